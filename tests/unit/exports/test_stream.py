"""Records of a file come one after the other: few are in memory, and what is wrong late in a file is told when its place is reached."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from checker.errors import InputError
from checker.exports import Fields, read_export
from checker.exports.text import LONGEST_LINE
from checker.model.profile import FieldInfo

TYPES: Fields = {
    name: FieldInfo(name=name, type=kind)
    for name, kind in (("id", "string"), ("sum", "number"), ("on", "boolean"), ("bank.limit", "integer"))
}
FILLER = "x" * 200


def comma_lines(path: Path, count: int) -> None:
    """A CSV file."""
    path.write_text("id;sum;name\n" + "".join(f"{n};{n},5;{FILLER}{n}\n" for n in range(count)), "utf-8")


def json_lines(path: Path, count: int) -> None:
    """A file of JSON lines."""
    path.write_text("".join(f'{{"id": {n}, "name": "{FILLER}{n}", "of": {{"a": [{n}]}}}}\n' for n in range(count)))


def parquet(path: Path, count: int) -> None:
    """A Parquet file of many row groups."""
    rows = [{"id": str(n), "name": f"{FILLER}{n}"} for n in range(count)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=1000)


def spreadsheet(path: Path, count: int) -> None:
    """A spreadsheet whose texts are each of its own cell."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["id", "sum", "on"])
    for number in range(count):
        sheet.append([number, number / 2, number % 2 == 0])
    book.save(path)


@pytest.mark.parametrize(
    ("name", "write", "count"),
    [("a.csv", comma_lines, 5000), ("a.jsonl", json_lines, 5000), ("a.parquet", parquet, 5000), ("a.xlsx", spreadsheet, 600)],
)  # fmt: skip
def test_few_records_are_in_memory_at_a_time(
    tmp_path: Path, name: str, write: Callable[[Path, int], None], count: int
) -> None:
    """Four times as many take no more of it. Mutant: the records as a list."""

    def peak(many: int) -> int:
        path = tmp_path / f"{many}{name}"
        write(path, many)
        tracemalloc.start()
        try:
            assert sum(1 for _ in read_export(path, TYPES).records) == many
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)  # what is imported late stays
    assert peak(4 * count) < 1.5 * peak(count) + 500_000


def test_a_decimal_comma_that_shows_late_counts_for_all(tmp_path: Path) -> None:
    """Dotted columns are objects, and all that comes before is typed by what comes after."""
    path = tmp_path / "a.csv"
    lines = ["ID;bank.limit;sum", *(f"{n};{n};1.000" for n in range(5000)), "x;;1.000,5"]
    path.write_text("\n".join(lines), "cp1252")
    found = list(read_export(path, TYPES).records)
    assert found[0] == {"id": "0", "bank": {"limit": 0}, "sum": 1000}
    assert found[-1] == {"id": "x", "bank": {"limit": None}, "sum": 1000.5}


def test_what_is_wrong_late_in_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    """After the records before it have come; ragged rows and cells that are none of their type together, in the order of the lines."""
    path = tmp_path / "a.csv"
    path.write_text("id;sum\n" + "1;1\n" * 5000 + "2;viel\n3;3;3\n4;4\n", "utf-8")
    came = 0
    with pytest.raises(InputError) as caught:
        for _ in read_export(path, TYPES).records:
            came += 1
    assert came == 5000
    assert [(one.code, one.line, one.column) for one in caught.value.problems] == [
        ("export.cell", 5002, 2),
        ("export.ragged", 5003, None),
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_whole_file_in_one_line_is_refused_before_it_is_in_memory(tmp_path: Path, name: str) -> None:
    """One JSON document instead of lines, a quote that is never closed, a hole in a file. Mutant: lines of any length."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(b'{"id": "1"}\n' if name == "a.jsonl" else b"id;name\n1;a\n")
        file.truncate(3 * LONGEST_LINE)  # zeros
    tracemalloc.start()
    with pytest.raises(InputError) as caught:
        list(read_export(path, TYPES).records)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (found,) = caught.value.problems
    assert (found.code, found.line) == ("export.long-line", 2 if name == "a.jsonl" else 3)
    assert peak < 6 * LONGEST_LINE


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.parquet"])
def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    """Two gigabytes, of which none is looked at; the limit is told."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)  # a hole: takes no room
    with pytest.raises(InputError) as caught:
        read_export(path, TYPES)
    assert [(one.code, one.file, one.values["limit"]) for one in caught.value.problems] == [
        ("export.too-large", name, 1024)
    ]


def test_a_column_that_a_parquet_file_has_twice_is_told(tmp_path: Path) -> None:
    """Neither of the two is lost silently."""
    path = tmp_path / "a.parquet"
    columns = [pa.array(["1"]), pa.array(["a"]), pa.array(["b"])]
    pq.write_table(pa.Table.from_arrays(columns, names=["id", "name", "name"]), path)
    with pytest.raises(InputError) as caught:
        read_export(path, TYPES)
    assert caught.value.problems[0].code == "export.column-twice"
