"""The joining of two sides by keys, one after the other, as dataframe expressions. Rows are known by their position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from checker.data.engine import engine
from checker.data.keys import Key, Part
from checker.data.normal import FORMS
from checker.data.vetoes import Veto, Vetoes, speaks

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend
    from ibis.expr.types import Table

Columns = Sequence[Sequence[str | None]]  # by part: each row's text
Against = Mapping[Veto, Sequence[str]]  # what may speak against a key's pairs, and the columns it looks at


class Hit(NamedTuple):
    """One key value that both sides have: its normal form, and the positions of the rows that share it, in ascending order.

    `against` names what speaks against the pair, where one row of each side has the value.
    """

    by: str
    key: str
    left: tuple[int, ...]
    right: tuple[int, ...]
    against: str | None = None


def hits(
    keys: Sequence[Key], parts: Sequence[Part], left: Columns, right: Columns, vetoes: Vetoes | None = None
) -> Iterator[Hit]:
    """Every value that both sides have, key by key; rows that were hit by one key take no part in the later ones, but for pairs with a veto."""
    import pyarrow as pa

    with engine() as database:
        sides = [_normal(database, name, parts, texts) for name, texts in (("left", left), ("right", right))]
        for number, key in enumerate(keys):
            columns = [f"part{parts.index(one)}" for one in key.parts]
            against = {
                one: [f"part{parts.index(part)}" for part in one.parts] for one in (vetoes or {}).get(key.by, ())
            }
            shared = database.create_table(f"shared{number}", _shared(sides[0], sides[1], columns))
            back: list[int] = []
            for hit in _told(key.by, columns, shared, sides, against):
                back += hit.left if hit.against else ()
                yield hit
            if back:
                again = database.create_table(f"again{number}", pa.table({"left_first": pa.array(back, pa.int64())}))
                shared = shared.anti_join(again, "left_first")
            sides = [
                database.create_table(f"{name}{number}", side.anti_join(shared, columns))
                for name, side in zip(("left", "right"), sides, strict=True)
            ]


def _normal(database: Backend, name: str, parts: Sequence[Part], texts: Columns) -> Table:
    """A side's normal forms, computed once and kept; what is empty is no value."""
    import pyarrow as pa

    names = [f"part{number}" for number in range(len(parts))]
    raw = {"row": pa.array(range(len(texts[0])), pa.int64())}
    raw |= {column: pa.array(one, pa.string()) for column, one in zip(names, texts, strict=True)}
    table = database.create_table(f"{name}_raw", pa.table(raw))
    forms = {
        column: FORMS[part.form].expression(table[column]).nullif("") for column, part in zip(names, parts, strict=True)
    }
    return database.create_table(name, table.select("row", **forms))


def _shared(left: Table, right: Table, columns: Sequence[str]) -> Table:
    """Each complete key value that both sides have, how many rows of each side have it, and the first of them."""
    return _counted(left, "left", columns).inner_join(_counted(right, "right", columns), columns)


def _counted(side: Table, name: str, columns: Sequence[str]) -> Table:
    filled = side.drop_null(columns)  # null joins nobody anyway; this spares the grouping
    return filled.group_by(columns).agg(**{f"{name}_rows": filled.count(), f"{name}_first": filled.row.min()})


def _told(by: str, columns: Sequence[str], shared: Table, sides: Sequence[Table], against: Against) -> Iterator[Hit]:
    """The hits of one key, in the order of the left side's rows."""
    found = shared.order_by("left_first").to_pyarrow().to_pylist()
    crowded = any(one["left_rows"] > 1 or one["right_rows"] > 1 for one in found)
    members = [_members(side, shared, columns) if crowded else {} for side in sides]
    apart = _apart(shared, sides, against)
    for one in found:
        key = tuple(one[column] for column in columns)
        left = members[0].get(key) or [one["left_first"]]
        right = members[1].get(key) or [one["right_first"]]
        yield Hit(by, " + ".join(key), tuple(left), tuple(right), _speaking(apart.get(left[0], {}), key, against))


def _apart(shared: Table, sides: Sequence[Table], against: Against) -> dict[int, dict[str, Any]]:
    """What may speak against pairs of one row each, where it differs, by the left row."""
    asked = dict.fromkeys(one for columns in against.values() for one in columns)
    if not asked:
        return {}
    pairs = shared.filter((shared.left_rows == 1) & (shared.right_rows == 1)).select("left_first", "right_first")
    for name, side in zip(("left", "right"), sides, strict=True):
        values = side.select(**{f"{name}_first": side.row}, **{f"{name}_{one}": side[one] for one in asked})
        pairs = pairs.inner_join(values, f"{name}_first")
    differ = pairs.filter(reduce(or_, (pairs[f"left_{one}"] != pairs[f"right_{one}"] for one in asked)))
    return {one["left_first"]: one for one in differ.to_pyarrow().to_pylist()}


def _speaking(values: Mapping[str, Any], key: Sequence[str], against: Against) -> str | None:
    """The first of the vetoes that holds for a pair."""
    for veto, columns in against.items() if values else ():
        left, right = ([values[f"{side}_{one}"] or "" for one in columns] for side in ("left", "right"))
        if left != right and all((*left, *right)) and speaks(veto, left, right, key):
            return veto.by
    return None


def _members(side: Table, shared: Table, columns: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    """The rows of each key value that several rows of a side share."""
    several = shared.filter((shared.left_rows > 1) | (shared.right_rows > 1))
    found: dict[tuple[str, ...], list[int]] = {}
    for one in side.semi_join(several, columns).order_by("row").to_pyarrow().to_pylist():
        found.setdefault(tuple(one[column] for column in columns), []).append(one["row"])
    return found
