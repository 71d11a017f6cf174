"""Audit → text or bytes: one module per format."""
