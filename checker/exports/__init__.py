"""Records from files that people exported: CSV, XLSX, JSON lines, Parquet. Nothing is coerced silently: what doesn't fit is told with its place."""

from checker.exports.read import Export, Fields, fields_of, read_export
from checker.exports.stream import UnfitError

__all__ = ["Export", "Fields", "UnfitError", "fields_of", "read_export"]
