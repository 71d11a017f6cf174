"""Sync mode: rules and arithmetic, pure (shared rules R0 to R11)."""
