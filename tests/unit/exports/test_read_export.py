"""Exported files as people really have them: read as they are meant, or refused with file, line and column; nothing is coerced silently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import InputError, Problem
from checker.exports import read_export
from checker.exports.cells import typed
from checker.model.profile import FieldInfo

FIELDS = {
    name: FieldInfo(name=name, type=kind)
    for name, kind in (("id", "string"), ("name", "string"), ("plz", "string"), ("preis", "number"), ("menge", "integer"), ("aktiv", "boolean"), ("address.city", "string"))
}  # fmt: skip
GERMAN = 'id;Name;PLZ;Preis;Menge;Aktiv;address.city\n0007;Müller & Söhne;01067;1.234,50;3;ja;Köln\n0008;"Groß; klein";99999;0,5;10;nein;\n'
RECORDS = [
    {"id": "0007", "name": "Müller & Söhne", "plz": "01067", "preis": 1234.5, "menge": 3, "aktiv": True, "address": {"city": "Köln"}},
    {"id": "0008", "name": "Groß; klein", "plz": "99999", "preis": 0.5, "menge": 10, "aktiv": False, "address": {"city": None}},
]  # fmt: skip


def file(folder: Path, name: str, content: bytes) -> Path:
    """A file with that content."""
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    """The commonest slip is a wrong path: nothing is said of rights or of a full disk."""
    with pytest.raises(InputError) as caught:
        read_export(tmp_path / "companys.csv", {})
    assert caught.value.problems[0].code == "export.no-file"


@pytest.mark.parametrize(
    ("encoding", "mark", "told"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("cp1252", b"", "Windows-1252"),
        ("utf-16", b"", "utf-16"),
    ],
)
def test_a_german_export_is_read_as_it_is_meant(tmp_path: Path, encoding: str, mark: bytes, told: str) -> None:
    """Semicolons, decimal commas, dots for thousands, ja and nein, leading zeros, Windows-1252 or a byte order mark."""
    export = read_export(file(tmp_path, "kunden.csv", mark + GERMAN.encode(encoding)), FIELDS)
    assert list(export.records) == RECORDS
    assert told in export.how
    assert "separated by ;" in export.how


@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    """Whichever cuts all lines alike."""
    text = (
        GERMAN.replace("1.234,50", "1234.50")
        .replace("0,5", "0.5")
        .replace(";", delimiter)
        .replace(f"Groß{delimiter} klein", "Groß klein")
    )
    records = list(read_export(file(tmp_path, "a.csv", text.encode()), FIELDS).records)
    assert [one["preis"] for one in records] == [1234.5, 0.5]


def test_a_dot_is_a_decimal_point_unless_the_column_writes_commas(tmp_path: Path) -> None:
    """1.500 is one and a half, but fifteen hundred where another row of the column says 2,5."""
    english = read_export(file(tmp_path, "a.csv", b"id;preis\n1;1.500\n2;2.5\n"), FIELDS).records
    german = read_export(file(tmp_path, "b.csv", b"id;preis\n1;1.500\n2;2,5\n"), FIELDS).records
    assert [one["preis"] for one in english] == [1.5, 2.5]
    assert [one["preis"] for one in german] == [1500, 2.5]


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b"])
def test_a_sign_that_some_take_for_a_line_break_stays_in_its_text(tmp_path: Path, sign: str) -> None:
    """JSON lines end at line feeds alone; a separator inside a text belongs to it (RFC 8259, 7)."""
    content = json.dumps({"id": "1", "note": f"a{sign}b"}, ensure_ascii=False).encode() + b"\n"
    assert list(read_export(file(tmp_path, "a.jsonl", content), {}).records) == [{"id": "1", "note": f"a{sign}b"}]


def test_json_lines_spreadsheets_and_parquet_say_the_same(tmp_path: Path) -> None:
    """The same records from each; ids and postal codes that a spreadsheet made numbers of are text again."""
    lines = "\n".join(json.dumps(one) for one in RECORDS).encode()
    assert list(read_export(file(tmp_path, "a.jsonl", lines), FIELDS).records) == RECORDS
    book = openpyxl.Workbook()
    book.active.append(["id", "name", "plz", "preis", "menge", "aktiv", "address.city"])
    book.active.append([7, "Müller & Söhne", 99999, 1234.5, 3, "ja", "Köln"])
    book.save(tmp_path / "a.xlsx")
    (record,) = read_export(tmp_path / "a.xlsx", FIELDS).records
    assert record == {**RECORDS[0], "id": "7", "plz": "99999"}
    flat = [
        {name: value for name, value in {**one, "address.city": one["address"]["city"]}.items() if name != "address"}
        for one in RECORDS
    ]
    pq.write_table(pa.Table.from_pylist(flat), tmp_path / "a.parquet")
    assert list(read_export(tmp_path / "a.parquet", FIELDS).records) == RECORDS


def problems(path: Path) -> tuple[Problem, ...]:
    """What is wrong with a file."""
    with pytest.raises(InputError) as caught:
        list(read_export(path, FIELDS).records)
    return caught.value.problems


BAD: dict[str, tuple[str, bytes, str, int | None]] = {
    "empty": ("a.csv", b"", "export.empty", None),
    "names only": ("a.csv", b"id;name\n", "export.no-records", None),
    "another kind": ("a.docx", b"PK", "export.unknown-kind", None),
    "a ragged row": ("a.csv", b"id;name\n1;a\n2;b;c\n", "export.ragged", 3),
    "a row that is short": ("a.csv", b"id;name;plz\n1;a;0\n2\n", "export.ragged", 3),
    "a column twice": ("a.csv", b"id;name;Name\n1;a;b\n", "export.column-twice", 1),
    "a column without a name": ("a.csv", b"id;;name\n1;2;a\n", "export.no-column-name", 1),
    "two header rows": ("a.csv", b"id;name\nID;NAME\n1;a\n", "export.two-headers", 2),
    "no number": ("a.csv", b"id;preis\n1;12\n2;teuer\n", "export.cell", 3),
    "no whole number": ("a.csv", b"id;menge\n1;1.5\n", "export.cell", 2),
    "neither yes nor no": ("a.csv", b"id;aktiv\n1;vielleicht\n", "export.cell", 2),
    "after a line break in quotes": ("a.csv", b'id;name;preis\n1;"a\nb";1\n2;c;x\n', "export.cell", 4),
    "an open quote": ("a.csv", b'id;name\n1;"a\n', "export.broken", 2),
    "two encodings": ("a.csv", "id;name\n1;Köln\n".encode() + "2;Köln\n".encode("cp1252"), "export.mixed-encodings", 3),
    "broken UTF-16": ("a.csv", b"\xff\xfei\x00d", "export.encoding", 1),
    "broken JSON": ("a.jsonl", b'{"id": "1"}\n{"id":\n', "export.broken", 2),
    "no object": ("a.jsonl", b"[1]\n", "export.no-object", 1),
    "a name twice in an object": (
        "a.jsonl",
        b'{"id": "1"}\n{"id": "2", "name": "a", "name": "b"}\n',
        "export.column-twice",
        2,
    ),
    "names alone in an open quote": ("a.csv", b'"id;name\n1;a\n', "export.no-delimiter", 1),
    "no spreadsheet": ("a.xlsx", b"nothing", "export.broken", None),
    "no Parquet": ("a.parquet", b"nothing", "export.broken", None),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_their_place(tmp_path: Path, name: str) -> None:
    """Each with a code of its own, and the line where there is one."""
    file_name, content, code, line = BAD[name]
    if name == "broken UTF-16":
        content = b"\xff\xfei\x00d\x00\n\x00\x00\xd8"
    found = problems(file(tmp_path, file_name, content))[0]
    assert (found.code, found.line) == (code, line if name != "broken UTF-16" else found.line)
    assert found.file == file_name


def test_several_problems_are_told_at_once_with_their_columns(tmp_path: Path) -> None:
    """Twenty at most; that there may be more is said."""
    rows = "".join(f"{number};x;y\n" for number in range(30))
    found = problems(file(tmp_path, "a.csv", f"id;preis;menge\n{rows}".encode()))
    assert [one.code for one in found] == ["export.cell"] * 20 + ["export.more"]
    assert [(one.line, one.column) for one in found[:4]] == [(2, 2), (2, 3), (3, 2), (3, 3)]
    few = problems(file(tmp_path, "a.csv", b"id;preis\n1;x\n2;y\n"))
    assert [one.code for one in few] == ["export.cell"] * 2


def test_a_formula_is_named_by_its_cell(tmp_path: Path) -> None:
    """What it would give is not known here, and a formula is no value."""
    book = openpyxl.Workbook()
    book.active.append(["id", "preis"])
    book.active.append(["1", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    (found,) = problems(tmp_path / "a.xlsx")
    assert (found.code, found.values["cell"], found.line) == ("export.formula", "Sheet!B2", 2)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_means_the_same_in_german_and_in_english(value: Any) -> None:
    """However many digits: written either way, it is read as the same number."""
    field = FieldInfo(name="preis", type="number")
    english = f"{value:,.2f}"
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert typed(english, field, comma=False) == typed(german, field, comma=True) == float(value)


@given(st.text(max_size=40))
def test_text_stays_as_it_is(text: str) -> None:
    """Ids, postal codes, telephone numbers, whatever looks like a number: no character changes."""
    field = FieldInfo(name="id", type="string")
    assert typed(text, field, comma=True) == (text if text.strip() else None)
