"""A file → its records one by one, typed by the document; every problem with file, line and column. Few records are in memory at a time."""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from checker.errors import InputError, Problem
from checker.exports.cells import NUMBERS, comma_columns, misfit, typed
from checker.exports.text import SAMPLE, delimiter_of, encoding_of, lines_of, shown_csv
from checker.model.paths import put
from checker.model.profile import FieldInfo, ResourceProfile
from checker.model.text import safe

MOST_BYTES = 1024**3  # larger exports are for the live extraction, page by page
MOST_PROBLEMS = 20  # of one file
LONGEST_CELL = 1_000_000
FEW = 2_048  # records that are held at a time

Fields = Mapping[str, FieldInfo]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """The records of a file, which come once, and how they are read: format, encoding and delimiter where there is one, and when the file was written.

    `columns`: their names, None where each record has names of its own. Whoever takes the records hears of what is wrong with them: InputError
    with up to 20 problems and a word where there may be more, when the last record or the twentieth problem is read.
    """

    path: Path
    records: Iterator[Record]
    columns: tuple[str, ...] | None
    how: str
    written: datetime


def read_export(path: Path, fields: Fields) -> Export:
    """Read a file by its ending. `fields` are the declared fields by dotted name; columns are found by these names, else kept as they are called.

    Raises InputError, here or while the records come: what is no such file, ragged rows, columns that stand twice, cells that are none of their type.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise InputError(Problem("export.no-file", {"path": path})) from None
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": error.strerror})) from None
    if not path.is_file():
        raise InputError(Problem("files.not-a-file", {"path": path}))
    if stat.st_size > MOST_BYTES:
        raise InputError(Problem("export.too-large", {"file": path.name, "limit": MOST_BYTES // 1024**2}, path.name))
    if stat.st_size == 0:
        raise InputError(Problem("export.empty", {"file": path.name}, path.name))
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise InputError(Problem("export.unknown-kind", {"file": path.name, "known": known}, path.name))
    try:
        records, columns, how = reader(path, fields)
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": error.strerror})) from None
    return Export(path, _some(path, records), columns, how, datetime.fromtimestamp(stat.st_mtime, UTC))


def fields_of(profile: ResourceProfile) -> Fields:
    """The fields of a resource that a file has columns for."""
    return {one.name: one for one in profile.schema if "[]" not in one.name}


Read = tuple[Iterator[Record], tuple[str, ...] | None, str]


def _some(path: Path, records: Iterator[Record]) -> Iterator[Record]:
    """The records. Raises InputError where there are none."""
    one = None
    for one in records:
        yield one
    if one is None:
        raise InputError(Problem("export.no-records", {"file": path.name}, path.name))


class Line(NamedTuple):
    """A row of a table that isn't blank: its number in the file, its cells, and what is wrong with it."""

    number: int
    cells: list[Any]
    problems: tuple[Problem, ...] = ()


def _csv(path: Path, fields: Fields) -> Read:
    encoding, shown = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = delimiter_of(file.read(SAMPLE))
    if delimiter is None:
        raise InputError(Problem("export.no-delimiter", {"file": path.name}, path.name, 1))
    return *_table(path, lambda: _csv_lines(path, encoding, delimiter), fields), shown_csv(shown, delimiter)


def _csv_lines(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    """The header and all rows but blank ones. Raises InputError where no more can be read."""
    csv.field_size_limit(LONGEST_CELL)
    before, width = 0, None
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(lines_of(file, path), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                if any(map(str.strip, row)):
                    width = width or len(row)
                    yield Line(before + 1, row, _ragged(path, before + 1, len(row), width))
                before = reader.line_num
        except csv.Error as error:
            values = {"file": path.name, "reason": str(error)}
            raise InputError(Problem("export.broken", values, path.name, before + 1)) from None


def _ragged(path: Path, number: int, found: int, expected: int) -> tuple[Problem, ...]:
    if found == expected:
        return ()
    return (Problem("export.ragged", {"file": path.name, "found": found, "expected": expected}, path.name, number),)


def _table(path: Path, lines: Callable[[], Iterator[Line]], fields: Fields) -> tuple[Iterator[Record], tuple[str, ...]]:
    """Rows below a header → records, and what the columns are called."""
    begun = lines()
    header, first = next(begun, None), next(begun, None)
    if header is None:
        raise InputError(Problem("export.empty", {"file": path.name}, path.name))
    names = named(path, header, fields)
    if first is not None and folded(first.cells) == folded(header.cells):
        raise InputError(Problem("export.two-headers", {"file": path.name}, path.name, first.number))
    return _records(path, names, lines, fields), names


def folded(cells: Sequence[Any]) -> list[str]:
    """A row as it is compared with the header."""
    return [str(cell).strip().casefold() for cell in cells]


def _records(path: Path, names: Sequence[str], lines: Callable[[], Iterator[Line]], fields: Fields) -> Iterator[Record]:
    """The records of a table; none after the first that something is wrong with. A first reading tells how numbers are written."""
    commas = _commas(names, lines, fields)
    problems: list[Problem] = []
    for line in islice(lines(), 1, None):
        problems += line.problems
        record: Record = {}
        for index, name in enumerate(() if line.problems else names):
            try:
                value = typed(line.cells[index], fields.get(name), comma=name in commas)
            except ValueError as error:
                place = {"file": path.name, "line": line.number, "column": index + 1}
                problems.append(misfit("export.cell", place, name, line.cells[index], str(error)))
                continue
            record = put(record, name, value) if "." in name else {**record, name: value}
        if not problems:
            yield record
        elif len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise _refused(path, problems)


def _refused(path: Path, problems: Sequence[Problem]) -> InputError:
    """What is wrong with a file, as far as it was looked at."""
    more = [Problem("export.more", {"file": path.name, "count": MOST_PROBLEMS}, path.name)]
    return InputError(*problems[:MOST_PROBLEMS], *(more if len(problems) >= MOST_PROBLEMS else ()))


def _commas(names: Sequence[str], lines: Callable[[], Iterator[Line]], fields: Fields) -> frozenset[str]:
    """The columns whose numbers are written with a decimal comma, wherever in the file that shows."""
    types = {name: fields[name].type for name in names if name in fields}
    if not NUMBERS & set(types.values()):
        return frozenset()
    rows = (line.cells for line in islice(lines(), 1, None) if not line.problems)
    found = (comma_columns(names, some, types) for some in iter(lambda: list(islice(rows, FEW)), []))
    return frozenset().union(*found)


def named(path: Path, header: Line, fields: Fields) -> tuple[str, ...]:
    """The columns' names, as the document spells them where it has them whatever their case. Raises InputError for one that is empty or stands twice."""
    known = {name.casefold(): name for name in fields}
    names: list[str] = []
    problems: list[Problem] = list(header.problems)
    for index, cell in enumerate(header.cells):
        said = str(cell if cell is not None else "").strip()
        name = known.get(said.casefold(), said)
        values = {"file": path.name, "number": index + 1}
        if not said:
            problems.append(Problem("export.no-column-name", values, path.name, header.number))
        elif name in names:
            values = {"file": path.name, "name": safe(said, 60)}
            problems.append(Problem("export.column-twice", values, path.name, header.number, index + 1))
        names.append(name)
    if problems:
        raise _refused(path, problems)
    return tuple(names)


class TwiceError(ValueError):
    """A name that an object has twice."""


def _once(pairs: list[tuple[str, Any]]) -> Record:
    """An object of JSON. Raises TwiceError where one of two values would be lost."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise TwiceError(next(name for name in names if names.count(name) > 1))
    return made


def _json_lines(path: Path, _fields: Fields) -> Read:
    encoding, shown = encoding_of(path)

    def records() -> Iterator[Record]:
        problems: list[Problem] = []
        with path.open(encoding=encoding, newline="") as file:
            for number, line in enumerate(lines_of(file, path), start=1):
                if not line.strip():
                    continue
                try:
                    held = JSON.decode(line)
                except TwiceError as error:
                    values = {"file": path.name, "name": safe(error, 60)}
                    problems.append(Problem("export.column-twice", values, path.name, number))
                except (ValueError, RecursionError) as error:
                    values = {"file": path.name, "reason": str(error)}
                    problems.append(Problem("export.broken", values, path.name, number))
                else:
                    if not isinstance(held, dict):
                        problems.append(Problem("export.no-object", {"file": path.name}, path.name, number))
                    elif not problems:
                        yield held
                if len(problems) >= MOST_PROBLEMS:
                    break
        if problems:
            raise _refused(path, problems)

    return records(), None, f"JSON lines, {shown}"


def _xlsx(path: Path, fields: Fields) -> Read:
    import openpyxl  # noqa: PLC0415 - slow to import, and only some exports need it

    with _legible(path):
        with ZipFile(path) as parts:
            unpacked = sum(one.file_size for one in parts.infolist())  # no more than that is ever unpacked
        if unpacked > MOST_BYTES:
            raise InputError(
                Problem("export.too-large", {"file": path.name, "limit": MOST_BYTES // 1024**2}, path.name)
            )
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
        title = book.worksheets[0].title
        book.close()
    return *_table(path, lambda: _xlsx_lines(path, fields), fields), f"XLSX, sheet {safe(title, 40)}"


def _xlsx_lines(path: Path, fields: Fields) -> Iterator[Line]:
    """The header and all rows but blank ones, each as wide as the header."""
    import openpyxl  # noqa: PLC0415 - as above

    kinds = {name.casefold(): one.type for name, one in fields.items()}
    header: list[Any] = []
    with _legible(path), closing(openpyxl.load_workbook(path, read_only=True, data_only=False)) as book:
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [plain(cell.value) for cell in row]
            filled = max((index + 1 for index, cell in enumerate(cells) if cell not in (None, "")), default=0)
            if not filled:
                continue
            header = header or cells[:filled]
            formulas = (cell.coordinate for cell in row if getattr(cell, "data_type", None) == "f")
            told = ({"file": path.name, "cell": f"{sheet.title}!{one}"} for one in formulas)
            problems = tuple(Problem("export.formula", values, path.name, number) for values in told)
            if filled > len(header):
                problems += _ragged(path, number, len(row), len(header))
            level = [*cells[: len(header)], *[None] * (len(header) - len(cells))]
            yield Line(number, _ids_as_text(header, level, kinds), problems)


@contextmanager
def _legible(path: Path) -> Iterator[None]:
    """What a spreadsheet's parts are that aren't as they should be, as a problem of the file."""
    try:
        yield
    except (BadZipFile, SyntaxError, LookupError, ValueError, TypeError, EOFError, zlib.error, OSError) as error:
        values = {"file": path.name, "reason": safe(error, 120)}
        raise InputError(Problem("export.broken", values, path.name)) from None


def plain(value: Any) -> Any:
    """Days and times as JSON has them."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def _ids_as_text(header: Sequence[Any], row: Sequence[Any], kinds: Mapping[str, str | None]) -> list[Any]:
    """A number in a column that the document calls text is text: ids, postal codes and telephone numbers that a spreadsheet made numbers of."""
    made: list[Any] = []
    for name, value in zip(header, row, strict=True):
        is_text = kinds.get(str(name).strip().casefold()) == "string"
        if is_text and isinstance(value, int | float) and not isinstance(value, bool):
            made.append(str(int(value)) if float(value).is_integer() else str(value))
        else:
            made.append(value)
    return made


def _parquet(path: Path, _fields: Fields) -> Read:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and only some exports need it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    def broken(error: Exception) -> InputError:
        return InputError(Problem("export.broken", {"file": path.name, "reason": safe(error, 120)}, path.name))

    def records() -> Iterator[Record]:
        try:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                for some in file.iter_batches(FEW):
                    for row in some.to_pylist():
                        yield nested({name: plain(value) for name, value in row.items()})
        except (pa.ArrowException, OSError) as error:
            raise broken(error) from None

    try:
        columns = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise broken(error) from None
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise InputError(Problem("export.column-twice", {"file": path.name, "name": safe(twice, 60)}, path.name))
    return records(), tuple(columns), "Parquet"


def nested(record: dict[str, Any]) -> dict[str, Any]:
    """A record whose dotted names are paths; the record itself where it has none."""
    if not any("." in name for name in record):
        return record
    made: dict[str, Any] = {}
    for name, value in record.items():
        made = put(made, name, value) if "." in name else {**made, name: value}
    return made


JSON = json.JSONDecoder(object_pairs_hook=_once)
READERS: Mapping[str, Callable[[Path, Fields], Read]] = {
    ".csv": _csv,
    ".txt": _csv,
    ".tsv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
}
