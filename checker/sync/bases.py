"""The base of a linked pair, renewed: what both sides answered where they agree or were just written, what was known before elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from checker.model.sync import Base, Row, Which
from checker.sync.parts import Part


def renewed(
    parts: Iterable[Part], left: Row, right: Row, old: Base | None, written: Collection[str] = frozenset()
) -> Base:
    """The base after both records were read: where a part agrees, or its name is among `written`, both sides' answers; else what was there.

    A conflict stays one that way until somebody decides, and so does a change that couldn't be written.
    """
    sides: dict[Which, dict[str, Any]] = {Which.LEFT: {}, Which.RIGHT: {}}
    for part in parts:
        now = {Which.LEFT: part.of(left, Which.LEFT), Which.RIGHT: part.of(right, Which.RIGHT)}
        settled = part.name in written or part.same(now[Which.LEFT], now[Which.RIGHT])
        for side in Which:
            held = now[side] if settled else part.of_base(side, old)
            if held is not None:
                sides[side] |= held
    return Base(left=sides[Which.LEFT], right=sides[Which.RIGHT])
