"""The rehearsal as it is shown: a table of situations for each flow, with what was done, what happened, and what is to be decided. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from checker.catalogue.rehearsal_texts import rehearsal_texts, tell
from checker.model.audit import FlowSeen, RehearsalStep, Said, StepOutcome
from checker.model.text import safe
from checker.reports.book import Book, capital, shorten
from checker.reports.words import Mark

LONGEST_SAID = 320
SYSTEMS = frozenset({"system", "source", "target", "left", "right", "single", "several"})  # values that name a system


@dataclass(frozen=True, slots=True)
class StepRow:
    """A situation of the rehearsal."""

    name: str
    outcome: StepOutcome
    mark: Mark
    did: str
    happened: str
    decide: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowRows:
    """A flow's situations, in the order in which they were played; `route` is empty for what is about all flows."""

    flow: str
    route: str
    rows: tuple[StepRow, ...]

    @property
    def passed(self) -> tuple[str, ...]:
        """The names of the situations that need nobody's attention."""
        return tuple(one.name for one in self.rows if one.outcome is StepOutcome.PASS and not one.decide)

    @property
    def skipped(self) -> tuple[str, ...]:
        """The names of the situations that can't occur in a flow that could be played: why is no news to whoever stated its direction."""
        played = any(one.outcome is not StepOutcome.SKIPPED for one in self.rows)
        return tuple(one.name for one in self.rows if one.outcome is StepOutcome.SKIPPED) if played else ()

    @property
    def telling(self) -> tuple[StepRow, ...]:
        """The situations beside those."""
        told = {*self.passed, *self.skipped}
        return tuple(one for one in self.rows if one.name not in told)


@dataclass(frozen=True, slots=True)
class RehearsalView:
    """What the report says of the rehearsal; `summary` counts the situations by outcome."""

    summary: str
    flows: tuple[FlowRows, ...]


def rehearsal_view(book: Book) -> RehearsalView | None:
    """The rehearsal, flow by flow; None where none was held."""
    steps = book.audit.rehearsal.steps
    if not steps:
        return None
    groups: dict[str | None, list[RehearsalStep]] = {}
    for one in steps:
        groups.setdefault(one.flow, []).append(one)
    return RehearsalView(
        summary=_summary(book, steps), flows=tuple(_flow(book, name, same) for name, same in groups.items())
    )


def _summary(book: Book, steps: Iterable[RehearsalStep]) -> str:
    counts = Counter(one.outcome for one in steps)
    words = book.words
    said = (
        f"{words.outcome(outcome).symbol} {words.number(counts[outcome])} {words.outcome(outcome).word}"
        for outcome in StepOutcome
        if counts[outcome]
    )
    return " · ".join(said)


def _flow(book: Book, name: str | None, steps: list[RehearsalStep]) -> FlowRows:
    seen = next((one for one in book.audit.flows if one.name == name), None)
    return FlowRows(
        flow=book.words("gates.all") if name is None else book.names.flow(name),
        route=book.names.route(seen) if seen else "",
        rows=tuple(_row(book, one, seen) for one in steps),
    )


def _row(book: Book, one: RehearsalStep, flow: FlowSeen | None) -> StepRow:
    return StepRow(
        name=_title(book, one.name, flow),
        outcome=one.outcome,
        mark=book.words.outcome(one.outcome),
        did=_told(book, one.did),
        happened=_told(book, one.happened) if _known(one.happened) else safe(one.says, LONGEST_SAID),
        decide=_told(book, one.decide),
        evidence=one.evidence,
    )


def _title(book: Book, name: str, flow: FlowSeen | None) -> str:
    """What the situation is called; that of a change names the system."""
    key = f"rehearsal-step.{name}"
    left, right = (
        book.names.system(end.partition("/")[0]) if end else "–"
        for end in (flow.left if flow else "", flow.right if flow else "")
    )
    return book.words(key, left=left, right=right) if book.words.has(key) else safe(name)


def _known(several: Iterable[Said]) -> bool:
    """Whether every sentence is one of ours; a later version may have others, and told them in English beside."""
    found = tuple(several)
    return bool(found) and all(one.code in rehearsal_texts() for one in found)


def _told(book: Book, several: Iterable[Said]) -> str:
    told = (tell(_named(book, one), book.words.language) for one in several if one.code in rehearsal_texts())
    return " ".join(book.words.quoted(shorten(capital(one), LONGEST_SAID)) for one in told)


def _named(book: Book, one: Said) -> Said:
    """A sentence with systems and flows called as everywhere on the page."""
    return replace(one, values={key: _name(book, key, value) for key, value in one.values.items()})


def _name(book: Book, key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {book.names.system(str(name)): count for name, count in value.items()}
    if key in SYSTEMS and isinstance(value, str):
        return book.names.system(value)
    return book.names.flow(value) if key == "flow_name" and isinstance(value, str) else value
