"""Checks whether two business systems are ready to be integrated."""

__version__ = "0.1.0"
