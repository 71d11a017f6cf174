"""The recommended sync: one line per direction, why not faster, and the arithmetic as a table. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from checker.catalogue import claims
from checker.catalogue.mode_texts import mode_texts, say
from checker.model.audit import FlowMode, ModeAlternative
from checker.model.text import safe
from checker.reports.book import Book, capital, full_stop, rank, shorten
from checker.reports.words import Mark

LONGEST_REASON = 230
SHOWN_REASONS = 3
NO_TERM = "–"
SHOWN_LINES = 4  # directions on the first page
# The order in which the sum is read: reading, checking, writing.
TERMS = ("read", "detail", "events", "reconciliation", "compare", "sweep", "lookup", "write")
RIDERS_SAID = ("R8", "R9")  # beside the mode; R10 is the provisional mark itself
RIDERS_BELOW = ("R11",)  # once, below all directions


@dataclass(frozen=True, slots=True)
class SyncLine:
    """The recommendation for one direction; `flows` is empty where it holds for all of them."""

    direction: str
    flows: str
    mode: str
    age: str
    wanted: str
    provisional: bool
    notes: tuple[str, ...]
    why_not: tuple[str, ...]
    reasons: tuple[str, ...]
    settled_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SumRow:
    """One interval that was considered; `terms` in the order of the table's columns."""

    interval: str
    terms: tuple[str, ...]
    total: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class SumTable:
    """The calls a day of every alternative, term by term."""

    caption: str
    quota: str
    columns: tuple[str, ...]
    total: str
    rows: tuple[SumRow, ...]
    chosen: int | None

    @property
    def telling(self) -> SumTable:
        """The rows around the recommended one, else around the first that fits, without the columns that they leave empty."""
        fitting = next((n for n, row in enumerate(self.rows) if row.mark.state == "ready"), len(self.rows) - 1)
        first = fitting if self.chosen is None else self.chosen
        rows = self.rows[max(0, first - 1) : first + 2]
        kept = [n for n in range(len(self.columns)) if any(row.terms[n] != NO_TERM for row in rows)]
        return replace(
            self,
            columns=tuple(self.columns[n] for n in kept),
            rows=tuple(replace(row, terms=tuple(row.terms[n] for n in kept)) for row in rows),
        )


@dataclass(frozen=True, slots=True)
class SyncView:
    """What the first page says about the sync."""

    provisional: bool
    lines: tuple[SyncLine, ...]
    why_not: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tables: tuple[SumTable, ...]
    shown: tuple[SyncLine, ...]
    more: str

    @property
    def table(self) -> SumTable | None:
        """The most telling one: with a quota to hold against, a recommendation, and the most to compare."""
        return max(self.tables, key=lambda one: (bool(one.quota), one.chosen is not None, len(one.rows)), default=None)


def sync_view(book: Book) -> SyncView:
    """The recommended sync, directions with the same recommendation taken together."""
    mode = book.audit.sync_mode
    groups: dict[tuple[object, ...], list[FlowMode]] = {}
    for one in mode.flows:
        leading = one.leading if one.mode == "daily" else None
        groups.setdefault((one.from_, one.to, one.mode, one.interval_minutes, leading), []).append(one)
    common = (
        frozenset(RIDERS_SAID).intersection(*(one.riders for one in mode.flows)) if len(groups) > 1 else frozenset()
    )
    lines = tuple(_line(book, same, common) for same in groups.values())
    why_not: dict[str, list[str]] = {}
    for line in lines:
        why_not.setdefault(line.direction, []).extend(line.why_not)
    tables = {(one.rows, one.columns): one for one in (_table(book, flow) for flow in mode.flows) if one}
    return SyncView(
        provisional=mode.provisional,
        lines=lines,
        why_not=tuple((direction, " ".join(dict.fromkeys(said[:2]))) for direction, said in why_not.items() if said),
        notes=_notes(book, common),
        tables=tuple(tables.values()),
        shown=lines[:SHOWN_LINES],
        more=book.words.count("sync.more", rest) if (rest := len(lines) - SHOWN_LINES) > 0 else "",
    )


def _line(book: Book, same: list[FlowMode], common: frozenset[str]) -> SyncLine:
    first = same[0]
    words = book.words
    all_flows = {one.flow for one in book.audit.sync_mode.flows if (one.from_, one.to) == (first.from_, first.to)}
    flows = [book.names.flow(one.flow) for one in same]
    return SyncLine(
        direction=book.names.direction(first.from_, first.to),
        flows="" if len(set(flows)) == len(all_flows) else ", ".join(flows),
        mode=_mode(book, first),
        age=_age(book, same),
        wanted=_wanted(book, same),
        provisional=any(one.provisional for one in same),
        notes=tuple(
            words(f"rider.{rider}")
            for rider in RIDERS_SAID
            if rider not in common and any(rider in one.riders for one in same)
        ),
        why_not=_unique(
            said for one in same for said in _said(book, one, "why_not_faster", [one.why_not_faster or ""])
        ),
        reasons=_unique(said for one in same for said in _said(book, one, "reasons", one.reasons)),
        settled_by=_unique(settler for one in same for settler in _settlers(book, one)),
    )


def _notes(book: Book, common: frozenset[str]) -> tuple[str, ...]:
    words, flows = book.words, book.audit.sync_mode.flows
    riders = {rider for one in flows for rider in one.riders}
    shared = [words("sync.everywhere", what=words(f"rider.{rider}")) for rider in RIDERS_SAID if rider in common]
    below = [*shared, *(full_stop(words(f"rider.{rider}")) for rider in RIDERS_BELOW if rider in riders)]
    if flows and not any(row.calls_per_day is not None for one in flows for row in one.alternatives):
        below.append(words("sync.no-figures"))
    return tuple([words("sync.provisional.means"), *below] if any(one.provisional for one in flows) else below)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(shorten(text, LONGEST_REASON) for text in texts if text)
    return tuple(kept)[:SHOWN_REASONS]


def _said(book: Book, one: FlowMode, key: str, english: Iterable[str]) -> list[str]:
    """The kept sentences of that key in the report's language; the English ones where a later version kept codes that we don't know."""
    kept = one.says.get(key) or []
    if kept and all(isinstance(each, Mapping) and each.get("code") in mode_texts() for each in kept):
        return [full_stop(capital(say(_named(book, each), book.words.language))) for each in kept]
    return [full_stop(capital(safe(each))) for each in english if each]


def _named(book: Book, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A kept sentence with systems and places called as everywhere on the page."""
    call = {"source": book.names.system, "target": book.names.system, "place": book.names.subject}
    values = kept.get("values") or {}
    return {
        "code": kept["code"],
        "values": {key: call[key](value) if key in call and value else value for key, value in values.items()},
    }


def _settlers(book: Book, one: FlowMode) -> list[str]:
    """The questions behind claims or items that would make the recommendation firm, with what they are about."""
    found = []
    for reference in one.settled_by:
        code, _, subject = reference.partition("@")
        texts = book.audit.texts.get(code) or claims().get(code)
        question = texts.question.of(book.words.language) if texts else book.question(code)
        found.append((f"{book.names.subject(subject)}: " if subject else "") + question)
    return found


def _mode(book: Book, one: FlowMode) -> str:
    words = book.words
    if one.mode is None:
        return words("mode.none")
    if one.mode == "daily" and one.leading:
        return words("mode.daily-leading", system=book.names.system(one.leading))
    said = words.known(f"mode.{one.mode}", one.mode)
    return f"{said}, {words.every(one.interval_minutes)}" if one.interval_minutes and one.mode != "daily" else said


def _age(book: Book, same: list[FlowMode]) -> str:
    known = [one.staleness_minutes for one in same if one.staleness_minutes]
    mean = max((one.mean for one in known if one.mean is not None), default=None)
    worst = max((one.worst for one in known if one.worst is not None), default=None)
    words = book.words
    if mean is not None and worst is not None and same[0].mode == "webhooks":
        return words("sync.age.webhooks", mean=words.age(mean), worst=words.age(worst))
    if mean is not None and worst is not None:
        return words("sync.mean-worst", mean=words.age(mean), worst=words.age(worst))
    if worst is not None:
        return words("sync.worst", worst=words.age(worst))
    return words("sync.mean", mean=words.age(mean)) if mean is not None else ""


def _wanted(book: Book, same: list[FlowMode]) -> str:
    names = {one.flow for one in same}
    ages = [one.freshness_minutes for one in book.audit.flows if one.name in names and one.freshness_minutes]
    return book.words("sync.wanted", age=book.words.age(min(ages))) if ages else ""


def _table(book: Book, one: FlowMode) -> SumTable | None:
    rows = [alternative for alternative in one.alternatives if alternative.calls_per_day is not None]
    if not rows:
        return None
    words = book.words
    terms = sorted({term for row in rows for term in row.terms}, key=lambda term: (rank(TERMS, term), term))
    usable = one.arithmetic.get("usable")
    factor = one.arithmetic.get("retry_factor")
    return SumTable(
        caption=_caption(book, one),
        quota=_quota(book, one),
        columns=tuple(words.known(f"term.{term}", term) for term in terms),
        total=words("sync.sum", factor=words.number(factor)) if factor else words("sync.sum-plain"),
        rows=tuple(_sum_row(book, row, terms, usable) for row in rows),
        chosen=next((n for n, row in enumerate(rows) if _is_chosen(one, row)), None),
    )


def _is_chosen(one: FlowMode, row: ModeAlternative) -> bool:
    return (row.mode, row.interval_minutes) == (one.mode, one.interval_minutes)


def _caption(book: Book, one: FlowMode) -> str:
    direction = f"{book.names.flow(one.flow)} {book.names.direction(one.from_, one.to)}"
    system = one.arithmetic.get("system")
    if not isinstance(system, str):
        return book.words("sync.alternatives", direction=direction)
    return book.words("sync.alternatives-of", direction=direction, system=book.names.system(system))


def _quota(book: Book, one: FlowMode) -> str:
    quota, share, usable = (one.arithmetic.get(key) for key in ("quota", "share", "usable"))
    if not (isinstance(quota, int | float) and isinstance(share, int | float) and isinstance(usable, int | float)):
        return ""
    words = book.words
    return words("sync.quota", quota=words.number(quota), share=words.percent(share, 1), usable=words.number(usable))


def _sum_row(book: Book, row: ModeAlternative, terms: list[str], usable: object) -> SumRow:
    words = book.words
    mode = words.known(f"mode-short.{row.mode}", row.mode)
    every = words.every(row.interval_minutes) if row.interval_minutes else ""
    calls = row.calls_per_day or 0
    return SumRow(
        interval=mode if not every or row.mode == "daily" else f"{mode}, {every}",
        terms=tuple(words.number(round(row.terms[term])) if term in row.terms else NO_TERM for term in terms),
        total=words.number(round(calls)),
        mark=_fits(book, row, calls, usable),
    )


def _fits(book: Book, row: ModeAlternative, calls: float, usable: object) -> Mark:
    words = book.words
    if row.fits is None:
        return Mark("unknown", words("sync.fits.unknown"))
    if not isinstance(usable, int | float):
        return Mark("ready", words("sync.fits.yes")) if row.fits else Mark("not-ready", words("sync.fits.no"))
    if row.fits:
        return Mark("ready", words("sync.fits.share", percent=words.percent(calls, usable)))
    return Mark("not-ready", words("sync.fits.over", n=words.number(round(calls - usable))))
