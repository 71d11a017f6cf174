"""What the values of each field look like: filled, distinct, lengths, patterns, placeholders, kinds of personal data. Dataframe expressions.

Records are few in memory at a time: they go into the engine's table, and come out as values with how often each stands there, field by field.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from checker.data.checks import check_of, valid, valid_tax_id
from checker.data.engine import engine
from checker.profiles.meanings import USUALLY, meaning

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis.backends.duckdb import Backend

# What people write where a form wants something.
PLACEHOLDERS = (
    "n/a", "na", "n.a.", "none", "null", "-", "--", "---", ".", "?", "??", "x", "xx", "xxx", "test", "tbd", "unbekannt", "unknown", "keine", "kein",
    "k.a.", "leer", "dummy", "asdf", "0", "00000", "12345", "test@test.de", "test@test.com", "a@b.de", "noreply@example.com",
)  # fmt: skip
DAY = r"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ].*)?|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4})$"


class Kind(NamedTuple):
    """A kind of personal data: what a whole value looks like that is one whatever its field is called (None: no value shows it alone), and
    one in a field whose name says so, by the meanings of `profiles/meanings.py`.
    """

    alone: str | None
    named: str
    meanings: frozenset[str]


PERSONAL: Mapping[str, Kind] = {
    "mail": Kind(r"^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$", "@", frozenset({"email"})),
    "iban": Kind(
        r"^[A-Za-z]{2}[0-9]{2}[ ]?([A-Za-z0-9]{4}[ ]?){2,7}[A-Za-z0-9]{1,4}$",
        r"^\s*[A-Za-z]{2}[ ]?[0-9]{2}[A-Za-z0-9 -]{8,}$",
        frozenset({"iban"}),
    ),
    "phone": Kind(
        r"^[(]?(\+|00|0)[(]?[0-9][0-9 ()/.-]{5,20}$", r"^[0-9 +()/.-]{6,}$", frozenset({"phone", "mobile", "fax"})
    ),
    "tax id": Kind(r"^[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}$", r"^[A-Z0-9 /.-]{8,}$", frozenset({"tax_number"})),
    "day of birth": Kind(None, DAY, frozenset({"birth_date"})),
}
# What a field is called that the meanings don't know
CALLED: Mapping[str, re.Pattern[str]] = {
    "tax id": re.compile(r"(^|[._-])(steuer[_-]?(id(nr)?|ident\w*|nr|nummer)|id[_-]?nr|tin)$", re.IGNORECASE),
    "day of birth": re.compile(r"birth|geburt|naissance|nascita|nacimiento|(^|[._-])(dob|geb)($|[._-])", re.IGNORECASE),
}
MOST_PATTERNS = 3
SHARE = 0.5  # of the filled values that have to look like it
BATCH = 2_000  # records that are held at a time
ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


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


def field_stats(records: Iterable[Mapping[str, Any]]) -> list[FieldStats]:
    """Figures for every field that a record has, objects flattened to dotted names; lists count as they are written."""
    with engine() as connection:
        count, numbers = _loaded(connection.con, records)
        # An object that is empty in some records is no field of its own
        holders = {name.rpartition(".")[0] for name in numbers}
        asked = _asked(connection)
        return [_of(name, count, numbers[name], connection.con, asked) for name in numbers if name not in holders]


def _loaded(con: DuckDBPyConnection, records: Iterable[Mapping[str, Any]]) -> tuple[int, dict[str, int]]:
    """The values of records into the table `held`: how many records they are, and each field's number there.

    A value is a row: each column of a table takes memory while it is filled, and systems have hundreds of fields.
    """
    import pyarrow as pa

    con.execute("create table held (field integer, text varchar)")
    count, numbers, coming = 0, dict[str, int](), iter(records)
    for some in iter(lambda: list(islice(coming, BATCH)), []):
        count += len(some)
        texts: dict[int, list[str]] = defaultdict(list)
        for name, text in chain.from_iterable(dict(_flat(one)).items() for one in some):
            number = numbers.setdefault(name, len(numbers))
            if text is not None:
                texts[number].append(text)
        fields = pa.array([number for number, held in texts.items() for _ in held], pa.int32())
        batch = pa.table({"field": fields, "text": pa.array(chain.from_iterable(texts.values()), pa.string())})
        con.register("batch", batch)
        con.execute("insert into held from batch")
    return count, numbers


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for name, value in record.items():
        if isinstance(value, str):
            yield f"{prefix}{name}", _encodable(value) or None
        elif isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        elif value is None or value in ([], {}):
            yield f"{prefix}{name}", None
        else:
            yield f"{prefix}{name}", _encodable(ENCODER.encode(value))


def _encodable(text: str) -> str:
    """Halves of letters become `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


class Asked(NamedTuple):
    """What is asked of a field's values, as the engine takes it: one row of figures; the commonest shapes with how many, some rows."""

    figures: str
    shapes: str


def _asked(connection: Backend) -> Asked:
    """In shapes, digits are 9, small letters a, others A; runs are kept, so that lengths show."""
    import ibis

    values = connection.create_table("field", schema=ibis.schema({"text": "string", "many": "int64"}), temp=True)
    text, many = values.text, values.many
    figures = values.aggregate(
        filled=many.sum(),
        distinct=values.count(),
        shortest=text.length().min(),
        longest=text.length().max(),
        placeholders=many.sum(where=text.lower().strip().isin(PLACEHOLDERS)),
        **{
            f"{kind} alone": many.sum(where=text.re_search(one.alone) & ~text.re_search(DAY))
            for kind, one in PERSONAL.items()
            if one.alone
        },
        **{f"{kind} named": many.sum(where=text.re_search(one.named)) for kind, one in PERSONAL.items()},
    )
    shape = text.re_replace(r"[0-9]", "9").re_replace(r"[a-zà-öø-ÿ]", "a").re_replace(r"[B-ZÀ-ÖØ-Þ]", "A")
    shapes = values.group_by(shape=shape).aggregate(many=many.sum()).order_by([ibis.desc("many"), "shape"])
    return Asked(connection.compile(figures), connection.compile(shapes.limit(MOST_PATTERNS)))


def _of(name: str, records: int, number: int, con: DuckDBPyConnection, asked: Asked) -> FieldStats:
    """One field. Each of its values is looked at once, however many records have it."""
    values = f"select text, count(*) as many from held where field = {number} group by text"  # noqa: S608 - our own words only
    con.execute(f"create or replace temp table field as {values}")
    (row,) = con.execute(asked.figures).to_arrow_table().to_pylist()
    figures = {what: None if value is None else int(value) for what, value in row.items()}
    filled = figures["filled"] or 0
    return FieldStats(
        name=name,
        records=records,
        filled=filled,
        distinct=figures["distinct"] or 0,
        shortest=figures["shortest"],
        longest=figures["longest"],
        patterns=tuple((shape, int(many)) for shape, many in con.execute(asked.shapes).fetchall()),
        placeholders=figures["placeholders"] or 0,
        personal=_personal(name, filled, figures, con),
        invalid=_invalid(name, con),
    )


def _personal(name: str, filled: int, figures: Mapping[str, int | None], con: DuckDBPyConnection) -> str | None:
    """The kind that the name says and the values don't deny; else the one that the values show alone. Numbers are a tax id where the check digits are."""
    found = meaning(name)
    for kind, one in PERSONAL.items():
        called = CALLED.get(kind)
        told = (found is not None and found.role in one.meanings and found.score >= USUALLY) or (
            called is not None and called.search(name) is not None
        )
        if told and filled and (figures[f"{kind} named"] or 0) >= filled * SHARE:
            return kind
    shown = (kind for kind in PERSONAL if filled and (figures.get(f"{kind} alone") or 0) >= filled * SHARE)
    return next((kind for kind in shown if kind != "tax id" or _tax_ids(con) >= filled * SHARE), None)


def _tax_ids(con: DuckDBPyConnection) -> int:
    return sum(many for text, many in _values(con) if valid_tax_id(text))


def _invalid(name: str, con: DuckDBPyConnection) -> int | None:
    form = check_of(name)
    if form is None:
        return None
    return sum(many for text, many in _values(con) if text.strip() and not valid(form, text))


def _values(con: DuckDBPyConnection) -> Iterator[tuple[str, int]]:
    """The values of the field at hand, with how often each stands there."""
    con.execute("select text, many from field")
    return ((text, int(many)) for text, many in chain.from_iterable(iter(lambda: con.fetchmany(BATCH), [])))
