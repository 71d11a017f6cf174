"""Runs of the sync as the rehearsal looks at them: what was written, what did not go through, and both as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from checker.model.sync import Action, Notice, Which
from checker.resources.outcomes import Written
from checker.sync.applied import Applied, Left


@dataclass(frozen=True, slots=True)
class Failure:
    """A write that did not go through; `open` where nobody knows what came of it."""

    side: Which
    source: str
    reason: str
    open: bool


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the sync: what it wrote, what did not go through, what it reported."""

    actions: tuple[Action, ...]
    failures: tuple[Failure, ...]
    notices: tuple[Notice, ...]
    evidence: tuple[str, ...]

    @property
    def writes(self) -> int:
        """Writes that were tried."""
        return len(self.actions)

    @property
    def fields(self) -> list[str]:
        """Names of the fields that were written, as the written side calls them."""
        return sorted({name for one in self.actions for name in one.values})

    @property
    def sides(self) -> list[Which]:
        """The sides that were written."""
        return list(dict.fromkeys(one.side for one in self.actions))


def failures(actions: Iterable[Action], applied: Applied) -> Iterator[Failure]:
    """Every action that was not done: refused, of unknown outcome, or not come to any more."""
    left = {one.action: one for one in (*applied.refused, *applied.unknown)}
    open_ = {one.action for one in applied.unknown}
    done = {one.action for one in applied.done}
    for one in actions:
        if one.id not in done:
            why = why_left(left[one.id]) if one.id in left else "unreachable"
            yield Failure(one.side, one.source, why, one.id in open_)


def why_left(one: Left) -> str:
    """Why an action was not done: the answer's status, else the sync's own reason."""
    return f"HTTP {one.status}" if one.status is not None else one.reason


def why_not(written: Written | None, why: str | None) -> str:
    """Why a write did not go through: our own reason, the answer's status, or that there was none."""
    if why is not None or written is None:
        return why or "not-sent"
    if written.response is not None:
        return f"HTTP {written.response.status}"
    return "unreachable"


def as_detail(actions: Iterable[Action], applied: Applied, systems: dict[Which, str]) -> dict[str, Any]:
    """A run as evidence shows it: kinds, systems, names of fields, and how each write ended; no values, for those may be personal."""
    came = {one.action: "done" for one in applied.done}
    came |= {one.action: why_left(one) for one in (*applied.refused, *applied.unknown)}
    told = [
        {
            "kind": str(one.kind),
            "system": systems[one.side],
            "fields": sorted(one.values),
            "outcome": came.get(one.id, "not-reached"),
        }
        for one in actions
    ]
    return {"actions": told, "notices": [{"kind": str(one.kind), "field": one.on_field} for one in applied.notices]}


def exchanges(applied: Applied) -> tuple[str, ...]:
    """The evidence keys of a run's writes."""
    done = (one.evidence for one in applied.done)
    left = (one.evidence for one in (*applied.refused, *applied.unknown))
    return tuple(chain.from_iterable((*done, *left)))
