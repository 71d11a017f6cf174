"""Records of a file one after the other: those that `read_export` has, or none."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from checker.errors import InputError
from checker.exports import Fields, UnfitError, read_export, stream_records
from checker.exports.stream import FEW
from checker.model.profile import FieldInfo

TYPES: Fields = {
    name: FieldInfo(name=name, type=kind)
    for name, kind in (("id", "string"), ("sum", "number"), ("on", "boolean"), ("bank.limit", "integer"))
}
NASTY = ("id", "email", "sum", "on", "a.b", "1", "2", "1,5", "1.5", "1.000,5", "ja", "ä", " ", "", ";", ";", ";", "\n", "\n", "\r\n", '"', "\r", "\x0b", "\u2028", '{"id": 1}', '{"a": {"b": "ä"}}')  # fmt: skip


def both(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A file's records, streamed and whole, as they are written: the order of fields counts."""
    streamed, whole = stream_records(path, TYPES), read_export(path, TYPES)
    assert (streamed.how, streamed.written) == (whole.how, whole.written)
    return list(streamed.parts), list(whole.records)


def test_a_spreadsheet_s_records_are_typed_and_nested(tmp_path: Path) -> None:
    """Decimal commas that show late count for all; dotted columns are objects; a record is no longer than the file is wide."""
    lines = [
        "ID;bank.limit;name;bank.iban;sum;on",
        *(f"{n};{n};Köln;DE{n};{n};ja" for n in range(FEW + 1)),
        "x;;;;1.000,5;",
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), "cp1252")
    streamed, whole = both(path)
    assert json.dumps(streamed) == json.dumps(whole)
    assert streamed[-1] == {"id": "x", "bank": {"limit": None, "iban": None}, "name": None, "sum": 1000.5, "on": None}


def test_json_lines_keep_what_each_record_has(tmp_path: Path) -> None:
    """No field is added where a record lacks it."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1}\n\n{"b": {}, "id": 2, "x.y": [null]}\n', "utf-8")
    streamed, whole = both(path)
    assert json.dumps(streamed) == json.dumps(whole) == '[{"id": 1}, {"b": {}, "id": 2, "x.y": [null]}]'


def test_parquet_s_days_and_numbers_are_those_of_json(tmp_path: Path) -> None:
    """Batch by batch, with all columns."""
    from datetime import date

    rows = [
        {"id": f"{n}", "bank.iban": None, "sum": n / 2, "day": date(2026, 1, 1), "of": {"a": n}} for n in range(2 * FEW)
    ]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    streamed, whole = both(path)
    assert json.dumps(streamed) == json.dumps(whole)
    assert streamed[1]["day"] == "2026-01-01"


@pytest.mark.parametrize("seed", range(8))
def test_no_file_is_read_otherwise(tmp_path: Path, seed: int) -> None:
    """Fifty files of rubbish each: what is streamed to its end, `read_export` reads, and says the same. Mutant: ragged rows cut to the header's width."""
    dice = random.Random(seed)
    for number in range(50):
        start = dice.choice(
            ("id;email;sum\n", "id;a.b;on;a.c\n1;x@y;ja;\n", "a.b;a;id\n", "", "\ufeffid;sum\n", '{"id": 1}\n')
        )
        path = tmp_path / f"{number}.{dice.choice(('csv', 'txt', 'jsonl'))}"
        text = start + "".join(dice.choices(NASTY, k=dice.randrange(1, 14)))
        path.write_bytes(
            text.encode(dice.choice(("utf-8", "cp1252")), "ignore") + dice.choice((b"", b"\xff", b"\xc3\xa4"))
        )
        try:
            found = list(stream_records(path, TYPES).parts)
        except UnfitError:
            continue
        if found:
            assert json.dumps(found) == json.dumps(read_export(path, TYPES).records)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id;sum\n1;1\n2;viel\n"),
        ("a.csv", "id;sum\n1;1\n2;2;3\n"),
        ("a.jsonl", '{"id": 1}\n[]\n'),
        ("a.parquet", "PAR1"),
    ],
)
def test_what_is_wrong_is_left_to_whoever_tells_it(tmp_path: Path, name: str, content: str) -> None:
    """With its line and column."""
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(UnfitError):
        list(stream_records(path, TYPES).parts)
    with pytest.raises(InputError):
        read_export(path, TYPES)
