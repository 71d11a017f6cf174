"""What the values of each field look like: filled, distinct, lengths, patterns, placeholders, kinds of personal data. Dataframe expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checker.data.checks import check_of, valid
from checker.data.engine import engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What people write where a form wants something.
PLACEHOLDERS = (
    "n/a", "na", "n.a.", "none", "null", "-", "--", "---", ".", "?", "??", "x", "xx", "xxx", "test", "tbd", "unbekannt", "unknown", "keine", "kein",
    "k.a.", "leer", "dummy", "asdf", "0", "00000", "12345", "test@test.de", "test@test.com", "a@b.de", "noreply@example.com",
)  # fmt: skip
# Kinds of personal data, by what a whole value looks like.
PERSONAL: Mapping[str, str] = {
    "mail": r"^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$",
    "iban": r"^[A-Z]{2}[0-9]{2}[ ]?([A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}$",
    "phone": r"^(\+|00|0)[0-9][0-9 ()/.-]{5,20}$",
    "tax id": r"^[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}$",
    "day of birth": r"^(19[2-9][0-9]|200[0-9])-[01][0-9]-[0-3][0-9]$",
}
BIRTH = re.compile(r"birth|geburt|naissance|nascita|nacimiento", re.IGNORECASE)
MOST_PATTERNS = 3
SHARE = 0.5  # of the filled values that have to look like it


@dataclass(frozen=True, slots=True)
class FieldStats:
    """One field over all records. `patterns`: the commonest shapes (letters a and A, digits 9), with how many; `personal`: a kind, or None.

    `invalid`: how many values fail the check of what the field is called (mail address, IBAN, VAT id); None where there is no check.
    """

    name: str
    records: int
    filled: int
    distinct: int
    shortest: int | None
    longest: int | None
    patterns: tuple[tuple[str, int], ...]
    placeholders: int
    personal: str | None
    invalid: int | None = None

    @property
    def unique(self) -> bool:
        """Whether no two records share a value."""
        return self.filled > 0 and self.distinct == self.filled


def field_stats(records: Sequence[Mapping[str, Any]]) -> list[FieldStats]:
    """Figures for every field that a record has, objects flattened to dotted names; lists count as they are written."""
    rows = [dict(_flat(one)) for one in records]
    seen = dict.fromkeys(name for row in rows for name in row)
    holders = {
        name.rpartition(".")[0] for name in seen
    }  # an object that is empty in some records is no field of its own
    names = [name for name in seen if name not in holders]
    if not names:
        return []
    import ibis
    import pyarrow as pa

    columns = {
        f"c{number}": pa.array([row.get(name) for row in rows], pa.string()) for number, name in enumerate(names)
    }
    with engine() as connection:
        table = connection.create_table("records", pa.table(columns))
        figures = table.aggregate(**_aggregates(table, len(names))).to_pyarrow().to_pylist()[0]
        shapes = [_shapes(ibis, table[f"c{number}"], table) for number in range(len(names))]
    return [
        replace(_of(name, number, len(rows), figures, shapes[number]), invalid=_invalid(name, rows))
        for number, name in enumerate(names)
    ]


def _invalid(name: str, rows: Sequence[Mapping[str, str | None]]) -> int | None:
    form = check_of(name)
    return sum(not valid(form, text) for row in rows if (text := row.get(name)) and text.strip()) if form else None


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for name, value in record.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        elif value is None or value in ("", [], {}):
            yield f"{prefix}{name}", None
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            yield f"{prefix}{name}", text.encode("utf-8", "replace").decode("utf-8")


def _aggregates(table: ir.Table, count: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for number in range(count):
        column = table[f"c{number}"]
        made[f"f{number}"] = column.count()
        made[f"d{number}"] = column.nunique()
        made[f"s{number}"] = column.length().min()
        made[f"l{number}"] = column.length().max()
        made[f"p{number}"] = column.lower().strip().isin(PLACEHOLDERS).sum()
        for index, pattern in enumerate(PERSONAL.values()):
            made[f"k{number}_{index}"] = column.re_search(pattern).sum()
    return made


def _shapes(ibis: Any, column: Any, table: ir.Table) -> list[tuple[str, int]]:
    """The commonest shapes: digits as 9, small letters as a, others as A; runs are kept, so that lengths show."""
    shape = column.re_replace(r"[0-9]", "9").re_replace(r"[a-zà-öø-ÿ]", "a").re_replace(r"[B-ZÀ-ÖØ-Þ]", "A")
    counted = table.filter(column.notnull()).select(shape=shape).shape.value_counts(name="many")
    top = counted.order_by([ibis.desc("many"), "shape"]).limit(MOST_PATTERNS).to_pyarrow()
    return [(str(one["shape"]), int(one["many"])) for one in top.to_pylist()]


def _of(name: str, number: int, records: int, figures: Any, shapes: list[tuple[str, int]]) -> FieldStats:
    filled = int(figures[f"f{number}"])
    return FieldStats(
        name=name,
        records=records,
        filled=filled,
        distinct=int(figures[f"d{number}"]),
        shortest=int(figures[f"s{number}"]) if filled else None,
        longest=int(figures[f"l{number}"]) if filled else None,
        patterns=tuple(shapes),
        placeholders=int(figures[f"p{number}"] or 0) if filled else 0,
        personal=_personal(name, number, filled, figures),
    )


def _personal(name: str, number: int, filled: int, figures: Any) -> str | None:
    for index, kind in enumerate(PERSONAL):
        hits = int(figures[f"k{number}_{index}"] or 0) if filled else 0
        if filled and hits >= filled * SHARE and (kind != "day of birth" or BIRTH.search(name)):
            return kind
    return None
