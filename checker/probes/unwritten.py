"""Rules that no document states: are typical test records refused, and what becomes of numbers and dates that a business would not have?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.probes.attempts import refused_by_rule
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.breaking import Broken, in_first_row, replaced
from checker.probes.formats import NUMBERS, in_rows
from checker.probes.rules import LONG_AGO
from checker.probes.touching import ResourceTouch
from checker.probes.writing import quoted
from checker.resources.slots import Slot

CLAIM = "write.rules-known"
MOST_TRIED = 2  # each costs a create
BELOW = -1


@probe(CLAIM, scope="resource")
def unwritten(touch: ResourceTouch) -> Iterator[Told]:
    """Look at what became of the typical records; then write one with a negative number and one with a date long ago, where nothing forbids it."""
    if not touch.born or touch.birth is None:
        yield from touch.left_open(CLAIM)
        return
    typical = [*touch.birth.attempts, *([touch.control] if touch.control is not None else [])]
    refused = [one for one in typical if refused_by_rule(one)]
    if refused:
        evidence = tuple(key for one in refused for key in one.evidence)
        yield no(CLAIM, evidence, refused=len(refused), message=quoted(touch, refused[-1]))
        return
    odd = list(_odd(touch))[:MOST_TRIED]
    if not odd:
        yield unknown(CLAIM, "nothing-unusual", touch.birth.evidence)
        return
    tried = [(name, touch.writer.create(touch.resource, broken(touch.body()))) for name, broken in odd]
    evidence = (*touch.birth.evidence, *(key for _, one in tried for key in one.evidence))
    taken = [name for name, one in tried if one.ok]
    found = [name for name, one in tried if refused_by_rule(one)]
    yield yes(CLAIM, evidence, taken=taken, found=found, typical=len(typical))


def _odd(touch: ResourceTouch) -> Iterator[tuple[str, Broken]]:
    """Fields of the body, and of its rows, with what puts a value there that the document allows and a business would not have."""
    body: Mapping[str, Any] = touch.birth.body if touch.birth else {}
    plain = [one for one in touch.bodies.slots if one.name in body and one.path not in touch.bodies.references]
    number = next((one for one in plain if one.type in NUMBERS and not one.enum and _may_be_negative(one)), None)
    if number is not None:
        yield number.name, replaced(number.name, BELOW)
    day = next((one for one in plain if one.type == "string" and one.format in LONG_AGO), None)
    if day is not None:
        yield day.name, replaced(day.name, LONG_AGO[day.format or ""])
    for rows, one in in_rows(touch):
        if _may_be_negative(one):
            yield one.path, in_first_row(rows.name, one.name, BELOW)


def _may_be_negative(slot: Slot) -> bool:
    return slot.minimum is None or slot.minimum <= BELOW
