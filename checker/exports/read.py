"""A file → its records, typed by the document; every problem with file, line and column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from checker.errors import InputError, Problem
from checker.exports.cells import comma_columns, misfit, typed
from checker.model.paths import put
from checker.model.profile import FieldInfo
from checker.model.text import safe

MOST_BYTES = 1024**3  # larger exports are for the live extraction, page by page
MOST_PROBLEMS = 20  # of one file
TAB = "\t"
DELIMITERS = f";,{TAB}|"
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
FALLBACK = "cp1252"  # what German Excel writes
SAMPLE = 64 * 1024  # bytes in which the delimiter shows
LONGEST_CELL = 1_000_000

Fields = Mapping[str, FieldInfo]


@dataclass(frozen=True, slots=True)
class Export:
    """The records of a file, and how they were read: format, encoding and delimiter where there is one, and when the file was written."""

    path: Path
    records: tuple[dict[str, Any], ...]
    columns: tuple[str, ...]
    how: str
    written: datetime


def read_export(path: Path, fields: Fields) -> Export:
    """Read a file by its ending. `fields` are the declared fields by dotted name; columns are found by these names, else kept as they are called.

    Raises InputError with up to 20 problems: what is no such file, ragged rows, columns that stand twice, cells that are none of their type.
    """
    try:
        stat = path.stat()
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
    records, columns, how = reader(path, fields)
    if not records:
        raise InputError(Problem("export.no-records", {"file": path.name}, path.name))
    return Export(path, tuple(records), columns, how, datetime.fromtimestamp(stat.st_mtime, UTC))


Read = tuple[list[dict[str, Any]], tuple[str, ...], str]


def _csv(path: Path, fields: Fields) -> Read:
    text, encoding = _decoded(path)
    delimiter = delimiter_of(text)
    if delimiter is None:
        raise InputError(Problem("export.no-delimiter", {"file": path.name}, path.name, 1))
    csv.field_size_limit(LONGEST_CELL)
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        raise InputError(
            Problem("export.broken", {"file": path.name, "reason": str(error)}, path.name, before + 1)
        ) from None

    def place(number: int, column: int) -> dict[str, Any]:
        return {"file": path.name, "line": lines[number], "column": column + 1}

    header, body = rows[0], rows[1:]
    ragged = [
        Problem(
            "export.ragged", {"file": path.name, "found": len(row), "expected": len(header)}, path.name, lines[number]
        )
        for number, row in enumerate(rows)
        if len(row) != len(header)
    ]
    if ragged:
        raise InputError(*ragged[:MOST_PROBLEMS])
    return _table(path, header, body, fields, place, shown_csv(encoding, delimiter))


def shown_csv(encoding: str, delimiter: str) -> str:
    """How a CSV file is told to have been read."""
    return f"CSV, {encoding}, separated by {'tab' if delimiter == TAB else delimiter}"


def _decoded(path: Path) -> tuple[str, str]:
    raw = path.read_bytes()
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _as(raw, encoding, path), encoding.removesuffix("-sig")
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        good = raw[: error.start]
        # Bytes that are UTF-8 beside ones that aren't: two programs wrote this file, and either reading garbles the other's part
        if any(byte >= 0x80 for byte in good) or _has_utf8(raw[error.end :]):  # noqa: PLR2004 - beyond ASCII
            line = good.count(b"\n") + 1
            raise InputError(Problem("export.mixed-encodings", {"file": path.name}, path.name, line)) from None
        return _as(raw, FALLBACK, path), "Windows-1252"


def _has_utf8(raw: bytes) -> bool:
    """Whether letters beyond ASCII are written in UTF-8 there: pairs that Windows-1252 has only in nonsense (Ã followed by a sign)."""
    return any(raw[at] in (0xC3, 0xC2) and 0x80 <= raw[at + 1] <= 0xBF for at in range(len(raw) - 1))  # noqa: PLR2004 - lead and follower


def _as(raw: bytes, encoding: str, path: Path) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            Problem("export.encoding", {"file": path.name, "encoding": encoding}, path.name, line)
        ) from None


def delimiter_of(text: str) -> str | None:
    """The delimiter that cuts the first lines into equally many parts, more than one; the header alone where nothing does."""
    sample = text[:SAMPLE].splitlines()[:50]
    best: tuple[int, int, str] | None = None
    for one in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=one) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            agreeing = sum(width == widths[0] for width in widths)
            if best is None or (agreeing, widths[0]) > best[:2]:
                best = (agreeing, widths[0], one)
    if best is not None:
        return best[2]
    return ";" if sample and not any(one in sample[0] for one in DELIMITERS) else None  # a single column needs none


def _table(
    path: Path,
    header: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    fields: Fields,
    place: Callable[[int, int], Mapping[str, Any]],
    how: str,
) -> Read:
    """Rows below a header → records."""
    names = named(path, header, fields, place)
    if rows and [str(cell).strip().casefold() for cell in rows[0]] == [str(cell).strip().casefold() for cell in header]:
        raise InputError(Problem("export.two-headers", {"file": path.name}, path.name, place(1, 0)["line"]))
    commas = comma_columns(names, rows, {name: one.type for name, one in fields.items()})
    records: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        record: dict[str, Any] = {}
        for index, name in enumerate(names):
            try:
                value = typed(row[index], fields.get(name), comma=name in commas)
            except ValueError as error:
                problems.append(misfit("export.cell", place(number, index), name, row[index], str(error)))
                continue
            record = put(record, name, value) if "." in name else {**record, name: value}
        records.append(record)
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise InputError(*problems)
    return records, names, how


def named(
    path: Path, header: Sequence[Any], fields: Fields, place: Callable[[int, int], Mapping[str, Any]]
) -> tuple[str, ...]:
    """The columns' names, as the document spells them where it has them whatever their case. Raises InputError for one that is empty or stands twice."""
    known = {name.casefold(): name for name in fields}
    names: list[str] = []
    problems: list[Problem] = []
    for index, cell in enumerate(header):
        said = str(cell if cell is not None else "").strip()
        name = known.get(said.casefold(), said)
        where = place(0, index)
        if not said:
            problems.append(
                Problem("export.no-column-name", {"file": path.name, "number": index + 1}, path.name, where.get("line"))
            )
        elif name in names:
            problems.append(
                Problem(
                    "export.column-twice", {"file": path.name, "name": safe(said, 60)}, path.name, where.get("line")
                )
            )
        names.append(name)
    if problems:
        raise InputError(*problems[:MOST_PROBLEMS])
    return tuple(names)


def _json_lines(path: Path, _fields: Fields) -> Read:
    text, encoding = _decoded(path)
    records: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
        except ValueError as error:
            problems.append(Problem("export.broken", {"file": path.name, "reason": str(error)}, path.name, number))
        else:
            if isinstance(held, dict):
                records.append(held)
            else:
                problems.append(Problem("export.no-object", {"file": path.name}, path.name, number))
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise InputError(*problems)
    columns = tuple(dict.fromkeys(name for one in records for name in one))
    return records, columns, f"JSON lines, {encoding}"


def _xlsx(path: Path, fields: Fields) -> Read:
    from zipfile import BadZipFile  # noqa: PLC0415 - as below

    import openpyxl  # noqa: PLC0415 - slow to import, and only some exports need it

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError(Problem("export.broken", {"file": path.name, "reason": str(error)}, path.name)) from None
    sheet = book.worksheets[0]
    rows: list[list[Any]] = []
    places: list[int] = []
    problems: list[Problem] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [cell.value for cell in row]
        if all(cell in (None, "") for cell in cells):
            continue
        for cell in row:
            if getattr(cell, "data_type", None) == "f":
                values = {"file": path.name, "cell": f"{sheet.title}!{cell.coordinate}"}
                problems.append(Problem("export.formula", values, path.name, number))
        rows.append([plain(one) for one in cells])
        places.append(number)
    book.close()
    if problems:
        raise InputError(*problems[:MOST_PROBLEMS])
    width = max((index + 1 for index, cell in enumerate(rows[0]) if cell not in (None, "")), default=0) if rows else 0
    if not width:
        raise InputError(Problem("export.empty", {"file": path.name}, path.name))
    beyond = [
        Problem("export.ragged", {"file": path.name, "found": len(row), "expected": width}, path.name, places[number])
        for number, row in enumerate(rows)
        if any(cell not in (None, "") for cell in row[width:])
    ]
    if beyond:
        raise InputError(*beyond[:MOST_PROBLEMS])
    level = [[*row[:width], *[None] * (width - len(row))] for row in rows]
    typed_ids = [_ids_as_text(level[0], row, fields) for row in level[1:]]

    def place(number: int, column: int) -> dict[str, Any]:
        return {"file": path.name, "line": places[number], "column": column + 1}

    return _table(path, level[0], typed_ids, fields, place, f"XLSX, sheet {safe(sheet.title, 40)}")


def plain(value: Any) -> Any:
    """Days and times as JSON has them."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def _ids_as_text(header: Sequence[Any], row: Sequence[Any], fields: Fields) -> list[Any]:
    """A number in a column that the document calls text is text: ids, postal codes and telephone numbers that a spreadsheet made numbers of."""
    kinds = {name.casefold(): one.type for name, one in fields.items()}
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

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(Problem("export.broken", {"file": path.name, "reason": safe(error, 120)}, path.name)) from None
    records = [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]
    return [nested(one) for one in records], tuple(table.column_names), "Parquet"


def nested(record: dict[str, Any]) -> dict[str, Any]:
    """A record whose dotted names are paths; the record itself where it has none."""
    if not any("." in name for name in record):
        return record
    made: dict[str, Any] = {}
    for name, value in record.items():
        made = put(made, name, value) if "." in name else {**made, name: value}
    return made


READERS: Mapping[str, Callable[[Path, Fields], Read]] = {
    ".csv": _csv,
    ".txt": _csv,
    ".tsv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
}
