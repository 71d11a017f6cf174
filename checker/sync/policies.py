"""What a flow's policies say: of writes, of a first meeting, of conflicts, of the scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checker.mapping.lens import comparable
from checker.model.sync import Row, Which
from checker.project.sides import FlowView
from checker.project.types import Flow
from checker.sync.parts import Part, value_of

ASK = "ask"  # what an unset policy means: nothing is written without one


def policy(stated: str | Mapping[Any, str] | None, target: Which) -> str:
    """What a policy says of writes to a side; `ask` where it says nothing."""
    if isinstance(stated, Mapping):
        return stated.get("left-to-right" if target is Which.RIGHT else "right-to-left", ASK)
    return stated or ASK


def first(part: Part, now: Mapping[Which, Mapping[str, Any]]) -> Which | None:
    """The side that a part is written to where both differ and never agreed; None where nobody said who wins.

    One way: the source wins. Both ways: what stands on one side only fills the other, else the leading side wins.
    """
    if len(part.ways) < len(Which):
        return only(part)
    empty = [side for side in Which if part.empty(now[side])]
    if len(empty) == 1:
        return empty[0]
    return part.leading.other if part.leading is not None else None


def only(part: Part) -> Which | None:
    """The one side that a part may be written to; None where there are two, or none."""
    return next(iter(part.ways)) if len(part.ways) == 1 else None


def decides(flow: Flow, part: Part, here: Mapping[Which, Row]) -> str:
    """What the policy for conflicts would do: `ask`, or the side that wins."""
    if flow.on_conflict == "leading" and part.leading is not None:
        return part.leading.value
    if flow.on_conflict == "newest":
        times = {side: _instant(row.changed) for side, row in here.items()}
        left, right = times[Which.LEFT], times[Which.RIGHT]
        if left is not None and right is not None and left != right:
            return (Which.LEFT if left > right else Which.RIGHT).value
    return ASK


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def within(value: Any, wanted: Any) -> bool:
    """Whether a value passes a filter's: equal, or one of a list."""
    found = comparable(value)
    return found in comparable(wanted) if isinstance(wanted, list) and wanted else bool(found == comparable(wanted))


def in_scope(row: Row, wanted: Mapping[str, Any]) -> bool:
    """Whether a record passes a side's filter."""
    return all(within(value_of(row, name), one) for name, one in wanted.items())


def of_new(view: FlowView) -> tuple[str, str]:
    """What becomes of left and of right records without a counterpart: `create`, `ask`, or `ignore`, as where the flow doesn't travel that way."""
    ways = {source is view.left for source, _ in view.directions}
    stated = view.flow.on_create
    return (
        policy(stated, Which.RIGHT) if True in ways else "ignore",
        policy(stated, Which.LEFT) if False in ways else "ignore",
    )
