"""Records as data: matching, on an embedded dataframe engine. Nothing here asks a system; rows come in, links go out."""

from __future__ import annotations

from checker.data.forecast import forecast
from checker.data.match import match

__all__ = ["forecast", "match"]
