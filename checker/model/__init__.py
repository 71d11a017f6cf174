"""The words of the product: plain, frozen values that flow from stage to stage. Nothing here does I/O."""
