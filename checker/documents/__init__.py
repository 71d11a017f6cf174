"""API documents → Api: load (bounded, jailed, lazy references), validate, bundle. The validators are imported when they are first called."""

from checker.documents.authority import validate
from checker.documents.bundling import bundle
from checker.documents.document import Document, load
from checker.documents.library import Fetch, is_url, public_url
from checker.documents.meta import Verdict, validate_fast

__all__ = ["Document", "Fetch", "Verdict", "bundle", "is_url", "load", "public_url", "validate", "validate_fast"]
