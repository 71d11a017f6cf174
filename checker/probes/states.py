"""States: which moves from one state to another does the system take, and does it say clearly which not?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from checker.probes.attempts import refused_by_rule, why_not
from checker.probes.base import Told, probe, unknown, whether
from checker.probes.deleting import says_why
from checker.probes.touching import ResourceTouch
from checker.resources.outcomes import Written
from checker.resources.values import FINAL

STATE = re.compile(r"stat(e|us)|stage|phase|lifecycle|zustand|stufe", re.IGNORECASE)
MOST_MOVES = 3
CLAIM = "write.transitions-known"


@probe(CLAIM, scope="resource")
def moves(touch: ResourceTouch) -> Iterator[Told]:
    """Move a test record through its harmless states and back: is each move taken, or refused with a reason?"""
    if not touch.born:
        yield from touch.left_open(CLAIM)
        return
    found = _states(touch)
    if found is None or touch.profile.operations.update is None:
        yield unknown(CLAIM, "no-state-field" if found is None else "no-update-operation")
        return
    field, options = found
    now = touch.latest.get(field)
    harmless = [one for one in options if one != now and not FINAL.search(one)][:MOST_MOVES]
    if not harmless:
        yield unknown(CLAIM, "final-states-only", field=field)
        return
    yield _tried(touch, field, [*harmless, *([now] if isinstance(now, str) else [])], now)


def _tried(touch: ResourceTouch, field: str, options: list[str], now: Any) -> Told:
    moves: dict[str, list[str]] = {"accepted": [], "refused": [], "ignored": [], "unexplained": []}
    evidence: list[str] = []
    for option in options:
        written = touch.update({field: option})
        evidence += written.evidence
        if not written.ok and not refused_by_rule(written):
            return unknown(CLAIM, why_not(written), tuple(evidence), field=field)
        became, after = _became(touch, written, field, option, now)
        moves[became].append(f"{now if isinstance(now, str) else '–'} → {option}")
        now = after
    clear = not (moves["ignored"] or moves["unexplained"])
    return whether(CLAIM, clear, tuple(evidence), field=field, **moves)


def _states(touch: ResourceTouch) -> tuple[str, list[str]] | None:
    """The field with the record's state, and its options."""
    for slot in touch.bodies.slots:
        if not STATE.search(slot.name) or slot.path in touch.bodies.references:
            continue
        options = [one for one in slot.enum if isinstance(one, str)]
        if len(options) > 1:
            return slot.name, options
    return None


def _became(touch: ResourceTouch, written: Written, field: str, option: str, before: Any) -> tuple[str, Any]:
    """What came of a move, and the state afterwards."""
    if refused_by_rule(written):
        told = says_why(written.response.json() if written.response else None)
        return ("refused" if told else "unexplained"), before
    seen = touch.seen(lambda record: record.get(field) == option)
    after = (seen.record or {}).get(field)
    return ("accepted" if after == option else "ignored"), after
