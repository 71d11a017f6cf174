"""The guard against mass changes: a plan that creates, updates or finds deleted more than the flow allows (design.md, `guard`). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.errors import Problem, RefusedError
from checker.model.sync import FlowPlan, Kind, NoticeKind, Plan, Which
from checker.project.types import Flow

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Mass:
    """More than the guard lets pass: in one flow, on one side."""

    flow: str
    side: str
    what: str
    count: int
    records: int
    allowed: int

    @property
    def problem(self) -> Problem:
        """As it is told."""
        values = {"flow": self.flow, "side": self.side, "what": self.what, "count": self.count}
        return Problem("sync.guard", {**values, "records": self.records, "allowed": self.allowed})


def masses(plan: Plan, flows: Mapping[str, Flow]) -> tuple[Mass, ...]:
    """Everything in a plan that is more than its flow's guard lets pass."""
    return tuple(found for one in plan.flows for found in _of_flow(one, flows[one.flow]))


def refuse_masses(plan: Plan, flows: Mapping[str, Flow], allow: int = 0) -> None:
    """Raise RefusedError where a plan is a mass change; `allow`: the number that a person named."""
    found = [one.problem for one in masses(plan, flows) if one.count > allow]
    if found and any(one.actions for one in plan.flows):
        raise RefusedError(*found)


def _of_flow(plan: FlowPlan, flow: Flow) -> Iterator[Mass]:
    for side in Which:
        records = plan.records.get(side.value, 0)
        linked = plan.records.get("linked", records)
        name = flow.left if side is Which.LEFT else flow.right
        for what, count, whole in (
            ("create", _actions(plan, side, Kind.CREATE), records),
            ("update", _actions(plan, side, Kind.UPDATE), records),
            ("delete", _deleted(plan, side), linked),
        ):
            allowed = most(whole, flow)
            if count > allowed:
                yield Mass(plan.flow, name, what, count, whole, allowed)


def most(records: int, flow: Flow) -> int:
    """How many of that many records may change at once; one always may, for in a small system one is more than any percentage."""
    return max(1, min(flow.guard.records, int(records * flow.guard.percent / WHOLE)))


def _actions(plan: FlowPlan, side: Which, kind: Kind) -> int:
    return sum(1 for one in plan.actions if one.side is side and one.kind is kind)


def _deleted(plan: FlowPlan, side: Which) -> int:
    """Linked records that are gone on a side: the notice names the one that is left."""
    gone = (one for one in plan.notices if one.kind is NoticeKind.DELETED)
    return sum(1 for one in gone if (one.left if side is Which.LEFT else one.right) is None)
