"""What blocks, and the gates that it blocks: the causes behind the verdict, numbered, at most a handful. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checker.model.audit import Result
from checker.model.finding import Answer, Subject
from checker.model.text import safe
from checker.reports.book import GATES, OPEN, SEVERITIES, Book, full_stop, is_item, item_of, rank, shorten
from checker.reports.words import Mark

SHOWN = 5  # causes on the first page (report-and-words.md, section 1)
LONGEST_TITLE = 160
LONGEST_DETAIL = 120


@dataclass(frozen=True, slots=True)
class Blocker:
    """One cause that keeps a gate closed: its number on the page, what it is, what it holds up."""

    number: int
    mark: Mark
    item: str
    title: str
    detail: str
    effect: str
    results: tuple[Result, ...]

    @property
    def known(self) -> bool:
        """Whether it is known to block, rather than open."""
        return self.mark.state == "not-ready"


@dataclass(frozen=True, slots=True)
class GateCell:
    """A gate's state for a flow, and the numbers of what closes it; `more` counts those that the page does not list."""

    mark: Mark
    numbers: tuple[int, ...]
    more: int

    @property
    def label(self) -> str:
        """The numbers as they are read: `1, 2`, `1–4`, `1–5 +3`."""
        first, last = (self.numbers[0], self.numbers[-1]) if self.numbers else (0, 0)
        row = len(self.numbers) > 2 and last - first + 1 == len(self.numbers)  # noqa: PLR2004 - two are as short by themselves
        listed = f"{first}–{last}" if row else ", ".join(map(str, self.numbers))
        return " ".join(filter(None, [listed, f"+{self.more}" if self.more else ""]))


@dataclass(frozen=True, slots=True)
class GateRow:
    """A flow with its route (CRM ⇄ ERP) and its three gates."""

    flow: str
    route: str
    cells: tuple[GateCell, ...]


def blockers(book: Book) -> tuple[Blocker, ...]:
    """The causes: what is not met, earlier gates first; then what is open, larger effects first.

    An open item that waits for another counts there, and items with the same bad finding are one cause.
    """
    groups: dict[str, list[Result]] = {}
    for key in book.audit.verdict.blocking:
        for result in book.by_key.get(key, []):
            state = str(result.state)
            if state == "not-ready" or state in OPEN:
                groups.setdefault(_cause(result), []).append(result)
    ordered = sorted(groups.items(), key=lambda pair: _weight(book, pair[0], pair[1]))
    merged: dict[str, tuple[str, list[Result]]] = {}
    for cause, results in ordered:
        merged.setdefault(_told(book, cause, results)[0], (cause, []))[1].extend(results)
    return tuple(_blocker(book, n, *one) for n, one in enumerate(merged.values(), start=1))


def _known(results: list[Result]) -> bool:
    return any(str(one.state) == "not-ready" for one in results)


def _cause(result: Result) -> str:
    """Open results share a cause with whatever they wait for; others are their own item's."""
    if str(result.state) in OPEN and result.waits_on:
        return item_of(result.waits_on)
    return result.item


def _weight(book: Book, cause: str, results: list[Result]) -> tuple[int, ...]:
    gate = min(rank(GATES, one.gate) for one in results)
    severity = min(rank(SEVERITIES, one.severity) for one in results)
    held = held_up(book, cause)
    return (0, gate, severity, -held) if _known(results) else (1, -held, gate, severity)


def held_up(book: Book, cause: str) -> int:
    """How many open items wait for that item, answer or stage."""
    return sum(row.state in OPEN and row.waits_on is not None and item_of(row.waits_on) == cause for row in book.rows)


def _blocker(book: Book, number: int, cause: str, results: list[Result]) -> Blocker:
    title, detail = _told(book, cause, results)
    return Blocker(
        number=number,
        mark=book.words.gate_state("not-ready" if _known(results) else "unknown"),
        item=cause if is_item(cause) else "",
        title=title,
        detail=detail,
        effect=_effect(book, cause, results),
        results=tuple(results),
    )


def _told(book: Book, cause: str, results: list[Result]) -> tuple[str, str]:
    """The cause in a sentence, and what else is known about it."""
    if not is_item(cause):
        kind, _ = book.waits(cause)
        who = book.names.who(cause.partition(":")[2], system_of(results))
        return book.words.count(f"blocks.waits.{kind}", len({one.item for one in results}), who=who), ""
    own = [one for one in results if one.item == cause]
    own = [one for one in own if str(one.state) == "not-ready"] or own
    if not own:
        held_by = dict.fromkeys(str(one.waits_on).partition("@")[2] for one in results)
        return shorten(_at(map(book.names.subject, filter(None, held_by))) + book.question(cause), LONGEST_TITLE), ""
    where = _at(book.names.subject(one.subject) for one in own)
    found = (finding for one in own for finding in book.findings(one) if finding.answer != Answer.YES)
    bad = list(dict.fromkeys(book.sentence(finding) for finding in found))
    title = where + (bad[0] if bad else book.question(cause))
    details = [*bad[1:2], *_sources(book, own)]
    return full_stop(shorten(title, LONGEST_TITLE)), shorten(" ".join(map(full_stop, details)), LONGEST_DETAIL)


def _at(subjects: Iterable[str]) -> str:
    """`CRM, ERP: `, at most three subjects."""
    names = list(dict.fromkeys(subjects))
    shown = 3
    return ", ".join(names[:shown]) + (" …: " if len(names) > shown else ": " if names else "")


def _sources(book: Book, own: list[Result]) -> list[str]:
    sources = [one.data_source for one in own if one.data_source]
    return [
        book.words("blocks.source", n=one.records, source=safe(one.source), at=book.words.date(one.at))
        for one in sources[:1]
    ]


def system_of(results: Iterable[Result]) -> str:
    """The only system that all of the results are about, else the pair."""
    systems = {Subject.parse(one.subject).system for one in results}
    only = next(iter(systems)) if len(systems) == 1 else None
    return only or "pair"


def _effect(book: Book, cause: str, results: list[Result]) -> str:
    """What the cause holds up, and who has to act by when."""
    return " · ".join(filter(None, [_extent(book, cause, results), _in_charge(book, cause, results)]))


def _in_charge(book: Book, cause: str, results: list[Result]) -> str:
    """Who has to act on the cause, and by when at the latest; both systems' people where it concerns both."""
    own = [one for row in book.rows if row.item == cause for one in row.results] or results
    wanted = [one for one in own if str(one.state) == "not-ready"] or [one for one in own if str(one.state) in OPEN]
    if not wanted:
        return ""
    first = min(wanted, key=lambda one: one.due or "9999")
    waits_on = first.waits_on if str(first.state) in OPEN else None
    who = book.names.acts(first.assignee, system_of(wanted), waits_on)
    return book.words("blocks.who", who=who, due=book.words.date(first.due)) if first.due else who


def _extent(book: Book, cause: str, results: list[Result]) -> str:
    held = held_up(book, cause) if is_item(cause) else 0
    if held:
        return book.words.count("blocks.holds", held)
    flows = {flow for one in results for flow in one.flows}
    return book.words.count("blocks.flows", len(flows)) if flows else ""


def gate_rows(book: Book, causes: tuple[Blocker, ...]) -> tuple[GateRow, ...]:
    """One row a flow; without flows one row for the audit as a whole."""
    verdict = book.audit.verdict
    rows = []
    for flow in book.audit.flows:
        states = verdict.flows.get(flow.name, {})
        cells = tuple(_cell(book, states.get(gate, "unknown"), gate, flow.name, causes) for gate in GATES)
        rows.append(GateRow(book.names.flow(flow.name), book.names.route(flow), cells))
    if not rows:
        cells = tuple(_cell(book, verdict.gates.get(gate, "unknown"), gate, None, causes) for gate in GATES)
        rows.append(GateRow(book.words("gates.all"), book.names.pair(), cells))
    return tuple(rows)


def _cell(book: Book, state: str, gate: str, flow: str | None, causes: tuple[Blocker, ...]) -> GateCell:
    """A closed or open gate names what keeps it so: the causes of this gate and of those before it, of the state it has."""
    numbers = [cause.number for cause in causes if state == cause.mark.state and _concerns(cause, gate, flow)]
    return GateCell(
        mark=book.words.gate_state(state),
        numbers=tuple(n for n in numbers if n <= SHOWN),
        more=sum(n > SHOWN for n in numbers),
    )


def _concerns(cause: Blocker, gate: str, flow: str | None) -> bool:
    return any(
        rank(GATES, one.gate) <= rank(GATES, gate) and (flow is None or not one.flows or flow in one.flows)
        for one in cause.results
    )
