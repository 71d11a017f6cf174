"""Matching of exported files without rows: columns of text, from the file to the engine. It answers what `match` answers for the rows of these files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from checker.data.columns import Columns
from checker.data.engine import EMBEDDED, Engine
from checker.data.joining import joined
from checker.data.keys import Between, Key, Part, Plain, keys, role_field
from checker.data.match import told
from checker.data.mixing import CAREFUL
from checker.data.vetoes import Vetoes, vetoes
from checker.model.sync import Matched, Which
from checker.project.sides import PARENT, FlowView, Side

SIDES = (Which.LEFT, Which.RIGHT)
FEW = 50  # rows, below which asking for each is faster than asking for all


class IndirectError(Exception):
    """A flow whose records have to be rows; the reason is for those who work on this program."""


class Wanted(NamedTuple):
    """What matching looks at: keys, all their parts and those of their vetoes. `compared`: fields by which leftovers are looked at for likeness."""

    keys: tuple[Key, ...]
    parts: tuple[Part, ...]
    vetoes: Vetoes
    compared: Mapping[Which, tuple[str, ...]]

    def names(self, which: Which) -> list[str]:
        """The field of each part."""
        return [one.name for part in self.parts if isinstance(one := getattr(part, which.value), Plain)]


def wanted_of(view: FlowView, between: Between) -> Wanted:
    """What matching a flow looks at. Raises IndirectError where it needs more than fields as they stand in the file, and InputError as `match` does."""
    if view.left.inside or view.right.inside:
        raise IndirectError("records inside others")
    if view.flow.filter.left or view.flow.filter.right:
        raise IndirectError("a filter looks at other fields")
    found = keys(view, between)
    against = vetoes(view, found, between)
    asked = chain.from_iterable(veto.parts for one in found for veto in against[one.by])
    parts = tuple(dict.fromkeys((*chain.from_iterable(one.parts for one in found), *asked)))
    if not parts:
        raise IndirectError("no keys")
    if any(one.form == CAREFUL for one in parts):
        raise IndirectError("product numbers, which are levelled on proof")
    texts = chain.from_iterable((one.left, one.right) for one in parts)
    if any(not isinstance(one, Plain) or one.name.startswith(PARENT) for one in texts):
        raise IndirectError("a transformation, or another flow's link")
    compared = {which: _compared(side) for which, side in zip(SIDES, (view.left, view.right), strict=True)}
    return Wanted(found, parts, against, compared)


def _compared(side: Side) -> tuple[str, ...]:
    """Name and country, of records that have such fields."""
    return tuple(found for role in ("name", "country") if (found := role_field(role, side)))


def match_columns(wanted: Wanted, sides: Mapping[Which, Columns], engine: Engine = EMBEDDED) -> Matched:
    """As `match` for the rows of these columns, without known links. Raises InputError where the engine isn't there."""
    import pyarrow as pa

    def ids(side: Which, rows: Iterable[int]) -> list[str]:
        held, asked = sides[side].ids, list(rows)
        if len(asked) < FEW:
            return [held[one].as_py() for one in asked]
        return list(held.take(pa.array(asked, pa.int64())).to_pylist())

    left, right = (sides[which].reader(wanted.names(which)) for which in SIDES)
    found = joined(wanted.keys, wanted.parts, left, right, wanted.vetoes, chosen=engine)
    return told(found, (), ids)
