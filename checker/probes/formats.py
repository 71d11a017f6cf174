"""Formats: a value that the declared form of its field rules out, by its format, its pattern, its type or its range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from checker.probes.breaking import Fault, in_first_row, replaced
from checker.probes.touching import ResourceTouch
from checker.profiles.names import is_id
from checker.resources.slots import Slot

CLAIM, CALENDAR = "write.format-enforced", "write.calendar-checked"
# Texts that are wrong in each format; formats in the order in which they are tried.
WRONG: Mapping[str, str] = {
    "email": "readiness-no-address",
    "uri": "readiness no address",
    "uuid": "readiness-no-uuid",
}
NO_DAY: Mapping[str, str] = {"date": "readiness-no-date", "date-time": "readiness-no-date"}
NEVER: Mapping[str, str] = {"date": "2026-02-30", "date-time": "2026-02-30T12:00:00Z"}
NUMBERS = frozenset({"number", "integer"})
NO_NUMBER = "readiness-no-number"


def wrong_format(touch: ResourceTouch) -> Fault | None:
    """A text in the wrong format: of an address, or an id."""
    return _first(touch, WRONG)


def wrong_day(touch: ResourceTouch) -> Fault | None:
    """A text for a day or an instant that is neither: whoever checks addresses may still take any text for a date."""
    return _first(touch, NO_DAY)


def never(touch: ResourceTouch) -> Fault | None:
    """A day in the form of one that no calendar has: some look at the form alone, and some make another day of it, without a word."""
    found = _first(touch, NEVER)
    return replace(found, claim=CALENDAR) if found is not None else None


def _first(touch: ResourceTouch, wrong: Mapping[str, str]) -> Fault | None:
    """The first field of the body in one of the formats, with what is wrong in it."""
    there = _there(touch)
    for kind, text in wrong.items():
        for slot in there:
            role = touch.bodies.role_of(slot.path)
            if (slot.format == kind or (kind == "email" and role == "email")) and _room(slot, text):
                return Fault(CLAIM, slot.path, replaced(slot.name, text))
    return None


def wrong_type(touch: ResourceTouch) -> Fault | None:
    """A text for a number; in a row only where nothing else of the body has a form."""
    numbers = (one for one in _there(touch) if one.type in NUMBERS and one.path not in touch.bodies.references)
    number = next(numbers, None)
    if number is not None:
        return Fault(CLAIM, number.path, replaced(number.name, NO_NUMBER))
    rows = next(in_rows(touch), None)
    if rows is None or any(make(touch) is not None for make in (wrong_format, wrong_day, against_pattern)):
        return None
    return Fault(CLAIM, rows[1].path, in_first_row(rows[0].name, rows[1].name, NO_NUMBER))


def _there(touch: ResourceTouch) -> list[Slot]:
    """The fields of the body whose values are no options."""
    body = touch.birth.body if touch.birth else {}
    return [one for one in touch.bodies.slots if one.name in body and not one.enum]


def _room(slot: Slot, text: str) -> bool:
    return slot.max_length is None or len(text) <= slot.max_length


def against_pattern(touch: ResourceTouch) -> Fault | None:
    """A text that breaks the declared pattern, as long as a good one, so that no length is broken as well."""
    body = touch.birth.body if touch.birth else {}
    slot = next((one for one in _there(touch) if one.pattern and isinstance(body.get(one.name), str)), None)
    return Fault(CLAIM, slot.path, replaced(slot.name, re.sub(r"\w", "#", body[slot.name]))) if slot else None


def out_of_range(touch: ResourceTouch) -> Fault | None:
    """A number below the least that the document allows, or above the largest."""
    body = touch.birth.body if touch.birth else {}
    for slot in touch.bodies.slots:
        bounds = [
            *([slot.minimum - 1] if slot.minimum is not None else []),
            *([slot.maximum + 1] if slot.maximum is not None else []),
        ]
        if slot.type in NUMBERS and slot.name in body and bounds and slot.path not in touch.bodies.references:
            value = int(bounds[0]) if slot.type == "integer" else bounds[0]
            return Fault(CLAIM, slot.path, replaced(slot.name, value))
    return None


def in_rows(touch: ResourceTouch) -> Iterator[tuple[Slot, Slot]]:
    """Plain numbers in the rows of the body: the list, and the field in its first row."""
    body = touch.birth.body if touch.birth else {}
    pointing = {one.field for one in touch.profile.relations} | set(touch.bodies.references)
    for slot in touch.bodies.slots:
        rows = body.get(slot.name)
        if slot.item is None or not isinstance(rows, list) or not rows or not isinstance(rows[0], Mapping):
            continue
        numbers = (
            one for one in slot.item.below if one.type in NUMBERS and one.name in rows[0] and not is_id(one.name)
        )
        yield from ((slot, one) for one in numbers if not one.enum and one.path not in pointing)
