"""Records from files that people exported: CSV, XLSX, JSON lines, Parquet. Nothing is coerced silently: what doesn't fit is told with its place."""

from checker.exports.read import Export, read_export

__all__ = ["Export", "read_export"]
