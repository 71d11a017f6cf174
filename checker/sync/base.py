"""What both sides agreed on, field by field: the base of the next plan (design.md, decision 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from checker.model.sync import Base, Notice, NoticeKind, Row, Which
from checker.sync.parts import Part

Pair = Mapping[Which, Row]


def held_fields(notices: Collection[Notice], left: str, right: str) -> frozenset[str]:
    """Names of a pair's parts that await a decision, and so keep the base that they have."""
    return frozenset(
        one.on_field for one in notices if one.on_field is not None and one.left == left and one.right == right
    )


def settle(
    parts: Sequence[Part],
    before: Base | None,
    planned: Pair | None,
    now: Pair,
    *,
    written: Collection[str] = (),
    held: Collection[str] = (),
) -> Base:
    """The base after a sync of one pair, from what both sides answered when re-read (`now`).

    `planned` is what the plan saw. `written` are the target's dotted names that were written, as `left:NAME` or `right:NAME`; `held` parts (by
    name) keep the base that they had. Where both sides don't agree after all, a side that nobody of us wrote keeps what the plan saw: an
    edit that came in between is the next plan's change, never the base. Where both sides came to agree by themselves, the same holds of what
    the plan saw. What neither agrees nor was written keeps the base that it had, or none: what a policy held back, or a number that the target gave a new record, is still to be carried over.
    """
    base = {
        Which.LEFT: dict(before.left) if before else {},
        Which.RIGHT: dict(before.right) if before else {},
    }
    for part in parts:
        if part.name in held:
            continue
        for side, values in _agreed(part, planned, now, written).items():
            base[side].update(values)
    return Base(left=base[Which.LEFT], right=base[Which.RIGHT])


def _agreed(part: Part, planned: Pair | None, now: Pair, written: Collection[str]) -> dict[Which, dict[str, Any]]:
    answered = {side: part.of(row, side) for side, row in now.items()}
    if part.same(answered[Which.LEFT], answered[Which.RIGHT]):
        return answered
    if not any(_written(part, side, written) for side in Which):
        then = {side: part.of(row, side) for side, row in planned.items()} if planned else None
        return then if then is not None and part.same(then[Which.LEFT], then[Which.RIGHT]) else {}
    seen = planned or now
    return {side: answered[side] if _written(part, side, written) else part.of(seen[side], side) for side in Which}


def _written(part: Part, side: Which, written: Collection[str]) -> bool:
    return any(f"{side}:{name}" in written for name in part.names(side))


def unsettled(
    flow: str, parts: Sequence[Part], intended: Mapping[str, Any], side: Which, pair: Pair
) -> tuple[Notice, ...]:
    """Written values (`intended`, by the written side's dotted names) that the target answers otherwise when re-read: told once, and left alone."""
    found = []
    for part in parts:
        meant = {name: intended[name] for name in part.names(side) if name in intended}
        answered = part.of(pair[side], side)
        if len(meant) == len(answered) and part.moved(side, meant, answered):
            values = {"written": list(meant.values()), "answered": list(answered.values())}
            found.append(
                Notice(
                    kind=NoticeKind.UNSETTLED, flow=flow, left=pair[Which.LEFT].id, right=pair[Which.RIGHT].id,
                    on_field=part.name, values=values,
                )
            )  # fmt: skip
    return tuple(found)
