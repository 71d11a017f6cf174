"""Records of one side that share a value of a key, as dataframe expressions: the same on every engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, NamedTuple

from checker.data.engine import EMBEDDED, Engine, Session, opened
from checker.data.joining import columns_of_key, normal_forms
from checker.data.keys import Key, Part
from checker.model.sync import Which

if TYPE_CHECKING:
    from ibis.expr.types import Table
    from pyarrow import RecordBatchReader


class Doubled(NamedTuple):
    """A complete value of the key `by`, in its normal form, that several rows of a side share, in their order."""

    side: Which
    by: str
    key: tuple[str, ...]
    rows: tuple[int, ...]


def parts_of(wanted: Sequence[Key]) -> tuple[Part, ...]:
    """The parts of keys, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(one.parts for one in wanted)))


def doubled(
    wanted: Sequence[Key], sides: Mapping[Which, RecordBatchReader], chosen: Engine = EMBEDDED
) -> Iterator[Doubled]:
    """What rows share of each key, side by side and key by key, in the order of the first row that has it.

    A side has a column `row` (its order) and `part0`, `part1` … (the texts of `parts_of` the keys). Raises InputError where the engine isn't there.
    """
    parts = parts_of(wanted)
    if not parts:
        return
    forms = {f"part{at}": one.form for at, one in enumerate(parts)}
    with opened(chosen) as session:
        for which, given in sides.items():
            normal = normal_forms(session, which, forms, given)
            for key in wanted:
                yield from _doubled(session, which, key.by, normal, columns_of_key(key.parts, parts))
            session.drop(normal)


def _doubled(session: Session, which: Which, by: str, side: Table, columns: Sequence[str]) -> Iterator[Doubled]:
    filled = side.drop_null(columns)
    several = filled.group_by(columns).agg(many=filled.count(), first=filled.row.min())
    members = filled.inner_join(several.filter(several.many > 1), columns).select("first", "row", *columns)
    rows = (row for batch in session.read(members.order_by("first", "row")) for row in batch.to_pylist())
    for _, group in groupby(rows, key=lambda row: row["first"]):
        held = list(group)
        yield Doubled(which, by, tuple(held[0][one] for one in columns), tuple(row["row"] for row in held))
