"""The guard against mass changes (acceptance A9): what a plan may change of one object before somebody has to name the number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.model.sync import FlowPlan, Kind, NoticeKind, Which
from checker.project.types import Flow


@dataclass(frozen=True, slots=True)
class OverGuard:
    """A number that is over the guard. `what`: create, update or gone; `of`: records that the side holds; `allowed`: how many would have passed."""

    side: Which
    what: str
    number: int
    of: int
    allowed: int


def over_guard(plan: FlowPlan, flow: Flow, counts: Mapping[Which, int] | None = None) -> tuple[OverGuard, ...]:
    """Everything in which a plan is over its flow's guard: more than `records`, or more than `percent` of what the side holds.

    `counts`: records by side, those of the plan where nothing is given. Records that are gone from a side count against what it must have
    held, so that a side which is suddenly empty is over any guard.
    """
    held = counts or {side: plan.records.get(side.value, 0) for side in Which}
    found = []
    for side, what, number in _numbers(plan):
        of = held[side] + (number if what == "gone" else 0)
        allowed = min(flow.guard.records, int(of * flow.guard.percent / 100))
        if number > allowed:
            found.append(OverGuard(side, what, number, of, allowed))
    return tuple(found)


def _numbers(plan: FlowPlan) -> Iterator[tuple[Which, str, int]]:
    for side in Which:
        for kind in Kind:
            yield side, kind.value, sum(one.side is side and one.kind is kind for one in plan.actions)
        gone = (one for one in plan.notices if one.kind is NoticeKind.DELETED)
        yield side, "gone", sum(one.values.get("gone") == side.value for one in gone)
