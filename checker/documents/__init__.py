"""API documents → Api: load (bounded, jailed, lazy references), validate, bundle. The validators are imported when they are first called."""

from checker.documents.authority import validate
from checker.documents.bundling import bundle
from checker.documents.document import Document, load
from checker.documents.library import Fetch, is_url, public_url
from checker.documents.meta import Verdict, validate_fast
from checker.documents.overlay import Overlay, read_overlay

__all__ = [
    "Document",
    "Fetch",
    "Overlay",
    "Verdict",
    "bundle",
    "is_url",
    "load",
    "public_url",
    "read_overlay",
    "validate",
    "validate_fast",
]
