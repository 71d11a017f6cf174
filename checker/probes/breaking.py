"""One rule broken in one field: the faulty body that is made of a good one. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

Broken = Callable[[dict[str, Any]], dict[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """`broken` makes the faulty body of a good one, `beside` is what a good one must carry for that.

    `declared`: where no document states the rule, a system may well ignore the field: only its taking the value is news. `without_value`: the
    faulty body lacks what the field held, be it our mark.
    """

    claim: str
    field: str
    broken: Broken
    beside: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    declared: bool = True
    without_value: bool = False


def left_out(name: str) -> Broken:
    """Leave the field out."""
    return lambda body: {key: value for key, value in body.items() if key != name}


def replaced(name: str, value: Any) -> Broken:
    """Put another value in the field, be it there or not."""
    return lambda body: {**body, name: value}


def in_first_row(name: str, inside: str, value: Any) -> Broken:
    """Put another value in a field of a list's first row."""

    def broken(body: dict[str, Any]) -> dict[str, Any]:
        rows = body.get(name) or [{}]
        return {**body, name: [{**rows[0], inside: value}, *rows[1:]]}

    return broken
