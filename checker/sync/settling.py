"""Creates of which nobody knows what came of them, settled by looking in the target (design.md, decision 7). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checker.mapping.lens import comparable
from checker.model.sync import Link, Row, Which
from checker.project.sides import PARENT
from checker.sync.parts import value_of
from checker.sync.state import Pending

SETTLE_S = 5.0  # how long a server may take to show what it was sent before the connection broke (acceptance A4)
LOOSE = re.compile(r"[\W_]+")


def arrived(pending: Pending, target: Mapping[str, Row], known: frozenset[str]) -> tuple[str, ...]:
    """The rows that the create may have made: those not `known` from before or by a link that agree best with what was sent, in half of the values at least."""
    new = [row for key, row in target.items() if key not in known]
    scored = [(_agreeing(pending.action.values, row), row.id) for row in new]
    best = max((score for score, _ in scored), default=0)
    needed = max(1, (_told(pending.action.values) + 1) // 2)
    return tuple(sorted(one for score, one in scored if score == best)) if best >= needed else ()


def link_of(pending: Pending, target: str) -> Link:
    """The link between the record that was to be created and its source."""
    action = pending.action
    left, right = (target, action.source) if action.side is Which.LEFT else (action.source, target)
    return Link(left=left, right=right, by="created")


def wait_s(pending: Pending, now: datetime) -> float:
    """Seconds until a look is late enough to say that nothing arrived."""
    passed = (now - datetime.fromisoformat(pending.begun)).total_seconds() if pending.begun else SETTLE_S
    return min(SETTLE_S, max(0.0, SETTLE_S - passed))


def _told(values: Mapping[str, Any]) -> int:
    return sum(1 for name, value in values.items() if not name.startswith(PARENT) and _loose(value) is not None)


def _agreeing(values: Mapping[str, Any], row: Row) -> int:
    told = (
        (name, value) for name, value in values.items() if not name.startswith(PARENT) and _loose(value) is not None
    )
    return sum(1 for name, value in told if _loose(value_of(row, name)) == _loose(value))


def _loose(value: Any) -> Any:
    """A value without what systems change silently: letter case, blanks, punctuation. Lists count by their length."""
    if isinstance(value, list):
        return len(value) or None
    plain = comparable(value)
    return LOOSE.sub("", plain.casefold()) or None if isinstance(plain, str) else plain
