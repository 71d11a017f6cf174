"""The event matrix: which change of which resource led to an event, how soon, and with what in it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.finding import Answer, Finding
from checker.reports.book import Book
from checker.reports.matrix import MARKS, Cell
from checker.reports.words import Mark

KINDS = ("create", "update", "delete")
MERGE = ("merge", "zusammen")  # in the name of an event that tells of a merge


@dataclass(frozen=True, slots=True)
class EventRow:
    """One resource: a cell for each kind of change, how long its events took, and whether they carry the whole record."""

    name: str
    kinds: tuple[Cell, ...]
    delay: str
    payload: Cell


def event_rows(book: Book) -> tuple[EventRow, ...]:
    """A row for each resource whose changes were waited for; none where no events were."""
    found = (one for one in book.audit.findings if one.id == "webhook.covers-events" and one.values.get("tried"))
    return tuple(_row(book, one) for one in found)


def _row(book: Book, covers: Finding) -> EventRow:
    arrives, payload = (_about(book, f"webhook.{name}", covers.subject) for name in ("arrives", "complete-payload"))
    kinds = (*(_came(book, covers, kind) for kind in KINDS), _merge(book, covers.subject))
    took = arrives.values if arrives is not None and arrives.answer == Answer.YES else None
    delay = book.words("events.delay", median=took["median"], worst=took["worst"]) if took else "–"
    return EventRow(book.names.subject(covers.subject), kinds, delay, _payload(book, payload))


def _about(book: Book, claim: str, subject: str) -> Finding | None:
    return next(iter(book.by_reference.get(f"{claim}@{subject}", [])), None)


def _came(book: Book, covers: Finding, kind: str) -> Cell:
    if kind not in covers.values["tried"]:
        return _untried(book)
    lost = kind in covers.values["missing"]
    return Cell(Mark(MARKS[Answer.NO if lost else Answer.YES], book.words("events.lost" if lost else "events.came")))


def _merge(book: Book, subject: str) -> Cell:
    """No operation of an interface merges records; whether the document names an event for it is all that can be said."""
    declared = _about(book, "webhooks.events-declared", subject)
    names = [str(one).casefold() for one in declared.values.get("events", ())] if declared else []
    if any(word in name for name in names for word in MERGE):
        return Cell(Mark(MARKS[Answer.UNKNOWN], book.words("events.only-declared")))
    return _untried(book)


def _untried(book: Book) -> Cell:
    return Cell(Mark("none", book.words("events.untried")))


def _payload(book: Book, finding: Finding | None) -> Cell:
    if finding is None or finding.answer not in (Answer.YES, Answer.NO):
        return _untried(book)
    whole = finding.answer == Answer.YES
    return Cell(Mark(MARKS[finding.answer], book.words("events.whole" if whole else "events.thin")))
