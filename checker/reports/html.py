"""The customer's report: one HTML file without scripts or external loads, from `reports/template.html.j2` and `style.css`."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from checker.data_files import data_folder
from checker.model.audit import Audit
from checker.model.figures import RecordFigures
from checker.model.text import safe
from checker.reports import events, evidence, items, matrix
from checker.reports.book import open_book
from checker.reports.front import front
from checker.reports.records import records_view, systems
from checker.reports.rehearsal import rehearsal_view
from checker.reports.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment

LONGEST_SHOWN = 4000  # of one text; the views have shortened theirs before
NOT_IN_ANCHORS = re.compile(r"[^A-Za-z0-9._-]+")
SPACES = re.compile(r"\s*\n\s*")


def render(audit: Audit, language: str) -> str:
    """The report as one HTML page in `language` (en, de)."""
    book = open_book(audit, language)
    return _environment().get_template("template.html.j2").render(
        w=book.words,
        language=language,
        audit=audit,
        style_hash=_style_hash(),
        front=front(book),
        matrices=matrix.matrices(book),
        events=events.event_rows(book),
        records=records_view(audit.records, book.words),
        sections=items.sections(book),
        other_findings=items.other_findings(book),
        systems=evidence.system_rows(book),
        rehearsal=rehearsal_view(book),
        evidence=evidence.evidence_list(book),
    )  # fmt: skip


def render_records(figures: RecordFigures, project: str, at: str, version: str, language: str) -> str:
    """What the records say as a page of its own. `at`: when it is made (ISO 8601); `version`: whose work it is."""
    words = Words(language)
    return _environment().get_template("records-page.html.j2").render(
        w=words, language=language, project=project, at=at, version=version, style_hash=_style_hash(),
        systems=systems(figures, words), records=records_view(figures, words),
    )  # fmt: skip


def anchor(kind: str, name: str) -> str:
    """An id for an element, from a name that may be anyone's. Names that would fall together keep apart by a hash."""
    plain = NOT_IN_ANCHORS.sub("-", name)
    if plain != name:
        plain += "-" + hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:6]
    return f"{kind}-{plain}"


def _shown(value: Any) -> Any:
    """Every value on its way into the page: invisible characters made visible. Escaping comes after, by the environment."""
    if isinstance(value, str) and not hasattr(value, "__html__") and not value.isprintable():
        return safe(value, LONGEST_SHOWN)
    return value


@cache
def _style() -> str:
    return data_folder("reports").joinpath("style.css").read_text("utf-8")


@cache
def _style_hash() -> str:
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - slow to import
    from markupsafe import Markup  # noqa: PLC0415 - comes with it

    environment = Environment(
        loader=FileSystemLoader(data_folder("reports"), encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.globals.update(anchor=anchor, newline=Markup("\n"), sheet=lambda: Markup(_style()))  # noqa: S704 - our own file
    return environment
