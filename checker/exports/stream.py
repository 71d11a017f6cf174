"""Some columns of a file, batch by batch, typed as `read_export` types them: for files whose records needn't be rows.

It tells no problems. Where a file isn't plain, `UnfitError` says why, and `read_export` reads it, or tells what is wrong with it and where.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from checker.errors import InputError
from checker.exports.cells import NUMBERS, comma_columns, typed
from checker.exports.read import LONGEST_CELL, MOST_BYTES, Fields, Line, folded, named, plain, read_export
from checker.exports.text import SAMPLE, delimiter_of, encoding_of, lines_of, shown_csv
from checker.model.paths import get, segments

if TYPE_CHECKING:
    from pyarrow import Array

BATCH = 16_384  # records of which some columns are held at a time

Column: TypeAlias = "Sequence[Any] | Array"
Batch: TypeAlias = Mapping[str, Column]
Read: TypeAlias = tuple[str, Iterator[Batch]]  # how a file is read, and what comes


class UnfitError(Exception):
    """A file that isn't read in this way; the reason is for those who work on this program."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A file's records as batches of columns; format, encoding and delimiter where there is one, and when it was written."""

    parts: Iterator[Batch]
    how: str
    written: datetime


def stream(path: Path, fields: Fields, names: Sequence[str]) -> Stream:
    """The columns of these dotted names; one that the file doesn't have is empty. `fields` as in `read_export`.

    Raises UnfitError, here or under way, where `read_export` might read something else, or refuse the file.
    """
    reader = STREAMS.get(path.suffix.lower())
    if reader is None:
        raise UnfitError("kind of file")
    try:
        stat = path.stat()
        if not path.is_file() or not 0 < stat.st_size <= MOST_BYTES:
            raise UnfitError("no file of that size")
        how, parts = reader(path, fields, names)
    except (OSError, UnicodeError, csv.Error, InputError) as error:
        raise UnfitError(str(error)) from error
    return Stream(_fit(parts), how, datetime.fromtimestamp(stat.st_mtime, UTC))


def _fit(parts: Iterator[Batch]) -> Iterator[Batch]:
    try:
        yield from parts
    except (UnicodeError, csv.Error, InputError) as error:
        raise UnfitError(str(error)) from error


def _csv(path: Path, fields: Fields, names: Sequence[str]) -> Read:
    encoding, shown = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = delimiter_of(file.read(SAMPLE))
    if delimiter is None:
        raise UnfitError("no delimiter")
    rows = _rows(path, encoding, delimiter)
    header, first = next(rows, []), next(rows, [])
    if not first or folded(header) == folded(first):
        raise UnfitError("no records, or two headers")
    columns = named(path, Line(1, header), fields)
    _told_apart(columns, names)
    rows.close()
    return shown_csv(shown, delimiter), _table(lambda: _rows(path, encoding, delimiter), columns, fields, names)


def _rows(path: Path, encoding: str, delimiter: str) -> Generator[list[str], None, None]:
    """The header and all rows but blank ones."""
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.reader(lines_of(file, path), delimiter=delimiter, strict=True)
        yield from (row for row in rows if any(map(str.strip, row)))


def _table(
    rows: Callable[[], Iterator[list[str]]], columns: Sequence[str], fields: Fields, names: Sequence[str]
) -> Iterator[Batch]:
    """Rows below a header → columns. All cells that the document types are looked at; a first reading tells how numbers are written."""
    types = {name: fields[name].type for name in columns if name in fields}
    commas: frozenset[str] = frozenset()
    if NUMBERS & set(types.values()):
        commas = frozenset().union(*(comma_columns(columns, some, types) for some in _batches(rows(), len(columns))))
    checked = {name for name, kind in types.items() if kind in NUMBERS or kind == "boolean"}
    wanted = set(names)
    for some in _batches(rows(), len(columns)):
        held = dict(zip(columns, zip(*some, strict=True), strict=True))
        batch: dict[str, Column] = {name: [None] * len(some) for name in names if name not in held}
        for name in (one for one in columns if one in checked or one in wanted):
            try:
                batch[name] = _typed(held[name], fields, name, checked, commas)
            except ValueError as error:
                raise UnfitError(f"cell of {name}: {error}") from error
        yield batch


def _typed(cells: Sequence[str], fields: Fields, name: str, checked: set[str], commas: frozenset[str]) -> list[Any]:
    if name in checked:
        return [typed(cell, fields[name], comma=name in commas) for cell in cells]
    return [None if not cell or cell.isspace() else cell for cell in cells]


def _batches(rows: Iterator[list[str]], width: int) -> Iterator[list[list[str]]]:
    """Rows below the header, some at a time. Raises UnfitError for ragged ones."""
    next(rows)
    for some in iter(lambda: list(islice(rows, BATCH)), []):
        if {*map(len, some)} != {width}:
            raise UnfitError("ragged rows")
        yield some


def _told_apart(columns: Sequence[str], names: Sequence[str]) -> None:
    """Raises UnfitError where a name may mean several columns, or a part of one."""
    if len(set(columns)) < len(columns):
        raise UnfitError("a column stands twice")
    paths = {one: ".".join(segments(one)) if "." in one else one for one in (*columns, *names)}
    for name in names:
        others = [paths[one] for one in columns if one != name]
        if paths[name] != name or any(_within(name, one) or _within(one, name) for one in others):
            raise UnfitError(f"{name} may be several columns")


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}.")


def _of_records(path: Path, fields: Fields, names: Sequence[str]) -> Read:
    """Of records that come whole: of JSON lines each has columns of its own, a spreadsheet's cells come with their types."""
    export = read_export(path, fields)

    def batches() -> Iterator[Batch]:
        for some in iter(lambda: list(islice(export.records, BATCH)), []):
            yield {name: [one[name] if name in one else get(one, name) for one in some] for name in names}

    return export.how, batches()


def _parquet(path: Path, _fields: Fields, names: Sequence[str]) -> Read:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and only some exports need it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    try:
        columns = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise UnfitError(str(error)) from error
    _told_apart(columns, names)

    def batches() -> Iterator[Batch]:
        try:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                for some in file.iter_batches(BATCH, columns=[name for name in names if name in columns]):
                    found = {name: _column(some[name]) for name in names if name in columns}
                    yield {name: found.get(name, pa.nulls(len(some), pa.string())) for name in names}
        except (pa.ArrowException, OSError) as error:
            raise UnfitError(str(error)) from error

    return "Parquet", batches()


def _column(values: Array) -> Column:
    """Text as it is, all else as JSON has it."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    return values if values.type == pa.string() else [plain(one) for one in values.to_pylist()]


STREAMS: Mapping[str, Callable[[Path, Fields, Sequence[str]], Read]] = {
    ".csv": _csv,
    ".txt": _csv,
    ".tsv": _csv,
    ".jsonl": _of_records,
    ".ndjson": _of_records,
    ".xlsx": _of_records,
    ".parquet": _parquet,
}
