"""Transformations as lenses: each has a way there and a way back (design.md, decision 6)."""
