"""The joining of two sides by keys, one after the other, as dataframe expressions: the same on every engine."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain, groupby
from operator import itemgetter, or_
from typing import TYPE_CHECKING, Any, NamedTuple

from checker.data.engine import EMBEDDED, Engine, Session, opened
from checker.data.keys import Key, Part
from checker.data.normal import FORMS
from checker.data.vetoes import Veto, Vetoes, speaks
from checker.model.sync import Which

if TYPE_CHECKING:
    from ibis.expr.types import Table
    from pyarrow import Array, RecordBatch, RecordBatchReader

SIDES = (Which.LEFT, Which.RIGHT)
Against = Mapping[Veto, Sequence[str]]  # what may speak against a key's pairs, and the columns it looks at


class Pairs(NamedTuple):
    """Rows that are the only ones of their sides with a value of the key `by`: the first of `left` belongs to the first of `right`, and so on."""

    by: str
    left: Array
    right: Array


class Shared(NamedTuple):
    """A value of the key `by`, in its normal form, that both sides have and several rows of a side share, each side's in their order."""

    by: str
    key: str
    left: tuple[object, ...]
    right: tuple[object, ...]


class Vetoed(NamedTuple):
    """A row of each side, the only ones with a value of the key `by`, and what speaks against them. Later keys may join either with others."""

    by: str
    key: str
    left: object
    right: object
    against: str


class Rest(NamedTuple):
    """Rows of a side that no key joined, in their order."""

    side: Which
    rows: Array


Joined = Pairs | Shared | Vetoed | Rest


def joined(
    keys: Sequence[Key],
    parts: Sequence[Part],
    left: RecordBatchReader,
    right: RecordBatchReader,
    vetoes: Vetoes | None = None,
    *,
    chosen: Engine = EMBEDDED,
) -> Iterator[Joined]:
    """Key by key what both sides have, in the order of the left side's rows, then what is left over, batch by batch.

    A side has a column `row` (its order), `part0`, `part1` … (the texts of `parts`, which are all that keys and vetoes look at) and may have
    `id`, which names its rows in the answer instead of `row`. Rows that were hit by one key take no part in the later ones, but for those of
    pairs with a veto. A text gets its normal form when a key needs it: by then most rows may have gone.
    """
    with opened(chosen) as session:
        raw = {f"part{at}": one.form for at, one in enumerate(parts)}
        due = _due(raw, keys[:1], parts)
        sides = [normal_forms(session, which, due, given) for which, given in zip(SIDES, (left, right), strict=True)]
        for number, key in enumerate(keys):
            columns = columns_of_key(key.parts, parts)
            against = {one: columns_of_key(one.parts, parts) for one in (vetoes or {}).get(key.by, ())}
            both = session.keep(f"both{number}", _both(sides[0], sides[1], columns))
            back = dict(_vetoed(session, key.by, columns, both, sides, against, raw))
            crowded = yield from _pairs(session, key.by, both, back)
            if crowded:
                yield from _shared(session, key.by, columns, both, sides)
            yield from back.values()
            taken = _without(session, both, f"back{number}", back) if back else both
            free = [side.anti_join(taken, columns) for side in sides]
            if number == len(keys) - 1:
                sides = free  # nobody looks at them twice
                break
            later = _looked_at(keys[number + 1 :], parts, vetoes or {})
            due = _due(raw, keys[number + 1 : number + 2], parts)
            for at, which in enumerate(SIDES):
                kept = session.keep(f"{which}{number}", _formed(free[at].select("row", "id", *later), due))
                session.drop(sides[at])
                sides[at] = kept
            session.drop(both)
        for which, side in zip(SIDES, sides, strict=True):
            for batch in session.read(side.order_by("row").select("id")):
                yield Rest(which, batch.column(0))


def _looked_at(keys: Sequence[Key], parts: Sequence[Part], vetoes: Vetoes) -> list[str]:
    """The columns that these keys and their vetoes look at."""
    asked = chain.from_iterable((key.parts, *(one.parts for one in vetoes.get(key.by, ()))) for key in keys)
    return columns_of_key(dict.fromkeys(chain.from_iterable(asked)), parts)


def _due(raw: dict[str, str], keys: Sequence[Key], parts: Sequence[Part]) -> dict[str, str]:
    """The columns of these keys that are still as they came, and their forms; from here on they aren't any more."""
    columns = dict.fromkeys(chain.from_iterable(columns_of_key(one.parts, parts) for one in keys))
    return {one: raw.pop(one) for one in columns if one in raw}


def columns_of_key(wanted: Iterable[Part], parts: Sequence[Part]) -> list[str]:
    """The columns of a key's parts."""
    return [f"part{parts.index(one)}" for one in wanted]


def normal_forms(session: Session, which: Which, forms: Mapping[str, str], given: RecordBatchReader) -> Table:
    """A side with the normal forms of these columns, computed once and kept; others stay as they came."""

    def expression(table: Table) -> Table:
        return _formed(table if "id" in table.columns else table.mutate(id=table.row), forms)

    return session.computed(f"{which}_normal", given, expression)


def _formed(table: Table, forms: Mapping[str, str]) -> Table:
    """These columns in their normal forms; what is empty is no value."""
    return table.mutate(**{one: FORMS[form].expression(table[one]).nullif("") for one, form in forms.items()})


def _both(left: Table, right: Table, columns: Sequence[str]) -> Table:
    """Each complete value that both sides have, and whether it is `lone`: one row's on either side."""
    both = _counted(left, "left", columns).inner_join(_counted(right, "right", columns), columns)
    lone = (both.left_rows == 1) & (both.right_rows == 1)
    return both.select(*columns, "left_first", "right_first", "left_id", "right_id", lone=lone)


def _counted(side: Table, name: str, columns: Sequence[str]) -> Table:
    """Each complete value of a key: how many rows have it, the first of them, and the name of one, which is the only one's if it is one."""
    filled = side.drop_null(columns)  # null joins nobody anyway; this spares the grouping
    rows = {f"{name}_rows": filled.count(), f"{name}_first": filled.row.min(), f"{name}_id": filled.id.arbitrary()}
    return filled.group_by(columns).agg(**rows)


def _pairs(session: Session, by: str, both: Table, back: Mapping[int, Vetoed]) -> Generator[Pairs, None, bool]:
    """The pairs of one row each; gives whether there are values that several rows share. Asked for at once: each question costs its wording."""
    import pyarrow.compute as pc

    crowded = False
    for batch in session.read(both.order_by("left_first").select("left_id", "right_id", "left_first", "lone")):
        crowded = crowded or not pc.all(batch.column(3)).as_py()
        kept = batch.filter(batch.column(3))
        kept = _unspoken(kept, back) if back else kept
        yield Pairs(by, kept.column(0), kept.column(1))
    return crowded


def _unspoken(batch: RecordBatch, back: Mapping[int, Vetoed]) -> RecordBatch:
    """The pairs that nothing speaks against."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return batch.filter(pc.invert(pc.is_in(batch.column(2), value_set=pa.array(back, batch.column(2).type))))


def _without(session: Session, both: Table, name: str, back: Mapping[int, Vetoed]) -> Table:
    """The values whose rows are settled: those of vetoed pairs are free again."""
    import pyarrow as pa

    rows = pa.table({"left_first": pa.array(back, pa.int64())}).to_reader()
    return both.anti_join(session.keep(name, session.load(f"{name}_rows", rows)), "left_first")


def _vetoed(
    session: Session,
    by: str,
    columns: Sequence[str],
    both: Table,
    sides: Sequence[Table],
    against: Against,
    raw: Mapping[str, str],
) -> Iterator[tuple[int, Vetoed]]:
    """Pairs of one row each that something speaks against, by the left row's number. Only what differs is fetched at all."""
    asked = dict.fromkeys(one for wanted in against.values() for one in wanted)
    if not asked:
        return
    pairs = both.filter(both.lone).drop("lone")
    for name, side in zip(("left", "right"), sides, strict=True):
        values = side.select(**{f"{name}_first": side.row}, **{f"{name}_{one}": side[one] for one in asked})
        pairs = pairs.inner_join(values, f"{name}_first")
        pairs = _formed(pairs, {f"{name}_{one}": raw[one] for one in asked if one in raw})
    differ = pairs.filter(reduce(or_, (pairs[f"left_{one}"] != pairs[f"right_{one}"] for one in asked)))
    for batch in session.read(differ.order_by("left_first")):
        for one in batch.to_pylist():
            key = [one[column] for column in columns]
            speaking = _speaking(one, key, against)
            if speaking is not None:
                yield one["left_first"], Vetoed(by, " + ".join(key), one["left_id"], one["right_id"], speaking)


def _speaking(values: Mapping[str, Any], key: Sequence[str], against: Against) -> str | None:
    """The first of the vetoes that holds for a pair."""
    for veto, columns in against.items():
        left, right = ([values[f"{side}_{one}"] or "" for one in columns] for side in ("left", "right"))
        if left != right and all((*left, *right)) and speaks(veto, left, right, key):
            return veto.by
    return None


def _shared(session: Session, by: str, columns: Sequence[str], both: Table, sides: Sequence[Table]) -> Iterator[Shared]:
    """Values that several rows share, in the order of the first left row that has them."""
    import ibis

    several = both.filter(~both.lone).select(*columns, "left_first")
    members = [side.inner_join(several, columns).mutate(side=at) for at, side in enumerate(sides)]
    told = [one.select("left_first", "side", "row", "id", *columns) for one in members]
    rows: Iterator[tuple[Any, ...]] = (
        row
        for batch in session.read(ibis.union(*told).order_by("left_first", "side", "row"))
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    )
    for _, group in groupby(rows, key=itemgetter(0)):
        held = list(group)
        left, right = (tuple(one for _, side, _, one, *_ in held if side == at) for at in (0, 1))
        yield Shared(by, " + ".join(held[0][4:]), left, right)
