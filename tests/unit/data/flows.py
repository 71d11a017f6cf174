"""Flows and rows for tests of matching."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checker.data.across import Both
from checker.data.doubles import Doubled
from checker.data.keys import Between, Key, key_values
from checker.data.match import match
from checker.model.sync import Row, Which
from checker.project.sides import FlowView, side_of
from checker.project.types import FieldMapping, Flow, Lines

FIELDS = [
    FieldMapping(left="email", right="mail"),
    FieldMapping(left="vat_id", right="ust_id"),
    FieldMapping(left="name", right="name1"),
    FieldMapping(left="country", right="land"),
    FieldMapping(left="number", right="nummer"),
]
RIGHT = {one.left: one.right for one in FIELDS}


def flow(*keys: str | list[str], fields: list[FieldMapping] | None = None, lines: Lines | None = None) -> FlowView:
    """A flow of customers with these match keys; nothing is known of either side's document."""
    made = Flow(
        name="customers",
        left="crm/companies",
        right="erp/partners",
        match=list(keys),
        fields=FIELDS if fields is None else fields,
        lines=lines,
    )
    return FlowView(made, side_of(made.left, {}), side_of(made.right, {}))


def both(view: FlowView, lefts: list[Row], rights: list[Row], role: str | None = None) -> Both:
    """The flow's records, matched as the sync would."""
    return Both(view, lefts, rights, match(view, lefts, rights), Between({}, (None, None)), role)


def left(id_: str, **values: Any) -> Row:
    """A row of the left side."""
    return Row(id=id_, values=values)


def right(id_: str, **values: Any) -> Row:
    """A row of the right side; values are given by the left side's names."""
    return Row(id=id_, values={RIGHT.get(name, name): value for name, value in values.items()})


def plainly_doubled(wanted: Sequence[Key], rows: Mapping[Which, Sequence[Row]]) -> Iterator[Doubled]:
    """What doubles are."""
    for which, some in rows.items():
        for key in wanted:
            held: dict[tuple[str, ...], list[int]] = {}
            for at, row in enumerate(some):
                value = key_values(key, row, left=which is Which.LEFT)
                if value is not None:
                    held.setdefault(value, []).append(at)
            yield from (Doubled(which, key.by, value, tuple(many)) for value, many in held.items() if len(many) > 1)
