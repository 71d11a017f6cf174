"""Reports: an `Audit` → text, one module per format. Pure: the audit is the only input, same audit, same bytes.

To add a format: one module with `render(audit, language) -> str`, one line in FORMATS.
"""

from __future__ import annotations

from checker.model.audit import Audit
from checker.reports import html, json, terminal
from checker.reports.json import load_audit
from checker.reports.words import LANGUAGES

FORMATS = {"terminal": terminal.render, "html": html.render, "json": json.render}

__all__ = ["FORMATS", "LANGUAGES", "load_audit", "render"]


def render(audit: Audit, format: str, language: str) -> str:  # noqa: A002 - the word of the command line
    """The audit as `format` (terminal, html, json) in `language` (en, de). Raises KeyError for another format.

    The terminal form is 100 columns wide and without colour here; `terminal.render` takes both as arguments.
    """
    return FORMATS[format](audit, language)
