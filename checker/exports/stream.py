"""Some columns of a file, or its records, batch by batch, typed as `read_export` types them: for files whose records needn't be held.

It tells no problems. Where a file isn't plain, `UnfitError` says why, and `read_export` reads it, or tells what is wrong with it and where.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from checker.errors import InputError
from checker.exports.cells import NUMBERS, comma_columns, typed
from checker.exports.read import (
    BOMS,
    FALLBACK,
    LONGEST_CELL,
    MOST_BYTES,
    SAMPLE,
    Fields,
    delimiter_of,
    named,
    nested,
    plain,
    shown_csv,
)
from checker.model.paths import get, segments

if TYPE_CHECKING:
    from pyarrow import Array

BATCH, FEW = 16_384, 2_048  # records that are held at a time: some of their columns, and all of them
CHUNK = 1024**2  # bytes
MAYBE_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")  # the start of a letter beyond ASCII

Column: TypeAlias = "Sequence[Any] | Array"
Batch: TypeAlias = Mapping[str, Column]
Record: TypeAlias = dict[str, Any]
Part = TypeVar("Part", Batch, Record)
Read: TypeAlias = tuple[str, Iterator[Part]]  # how a file is read, and what comes


class UnfitError(Exception):
    """A file that isn't read in this way; the reason is for those who work on this program."""


@dataclass(frozen=True, slots=True)
class Stream(Generic[Part]):
    """A file's records, one after the other or as batches of columns; format, encoding and delimiter where there is one, and when it was written."""

    parts: Iterator[Part]
    how: str
    written: datetime


def stream(path: Path, fields: Fields, names: Sequence[str]) -> Stream[Batch]:
    """The columns of these dotted names; one that the file doesn't have is empty. `fields` as in `read_export`.

    Raises UnfitError, here or under way, where `read_export` might read something else, or refuse the file.
    """
    return _begun(STREAMS, path, fields, names)


def stream_records(path: Path, fields: Fields) -> Stream[Record]:
    """The records as `read_export` has them, whole. Raises as `stream` does."""
    return _begun(RECORDS, path, fields)


def _begun(readers: Mapping[str, Callable[..., Read[Part]]], path: Path, *asked: object) -> Stream[Part]:
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UnfitError("kind of file")
    try:
        stat = path.stat()
        if not path.is_file() or not 0 < stat.st_size <= MOST_BYTES:
            raise UnfitError("no file of that size")
        how, parts = reader(path, *asked)
    except (OSError, UnicodeError, csv.Error, InputError) as error:
        raise UnfitError(str(error)) from error
    return Stream(parts, how, datetime.fromtimestamp(stat.st_mtime, UTC))


def _csv(path: Path, fields: Fields, names: Sequence[str] | None) -> Read[Batch]:
    """`names`: None for all columns."""
    encoding, shown = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = delimiter_of(file.read(SAMPLE))
    if delimiter is None:
        raise UnfitError("no delimiter")
    rows = _rows(path, encoding, delimiter)
    header, first = next(rows, []), next(rows, [])
    if not first or _folded(header) == _folded(first):
        raise UnfitError("no records, or two headers")
    columns = named(path, header, fields, lambda _, column: {"line": 1, "column": column + 1})
    wanted, size = (columns, FEW) if names is None else (names, BATCH)
    _told_apart(columns, wanted)
    rows.close()
    return shown_csv(shown, delimiter), _table(lambda: _rows(path, encoding, delimiter), columns, fields, wanted, size)


def _folded(row: Sequence[str]) -> list[str]:
    return [cell.strip().casefold() for cell in row]


def _encoding(path: Path) -> tuple[str, str]:
    """How the file is encoded, and how that is told. Raises UnfitError where some of it might be UTF-8 and some isn't."""
    with path.open("rb") as file:
        start = file.read(4)
        for mark, encoding in BOMS:
            if start.startswith(mark):
                return encoding, encoding.removesuffix("-sig")
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            file.seek(0)
            last = b""
            for chunk in iter(lambda: file.read(CHUNK), b""):
                if MAYBE_UTF8.search(last + chunk):
                    raise UnfitError("mixed encodings") from None
                last = chunk[-1:]
            return FALLBACK, "Windows-1252"
        return "utf-8", "utf-8"


def _rows(path: Path, encoding: str, delimiter: str) -> Generator[list[str], None, None]:
    """The header and all rows but blank ones."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield from (row for row in csv.reader(file, delimiter=delimiter, strict=True) if any(map(str.strip, row)))
    except (UnicodeError, csv.Error) as error:
        raise UnfitError(str(error)) from error


def _table(
    rows: Callable[[], Iterator[list[str]]], columns: Sequence[str], fields: Fields, names: Sequence[str], size: int
) -> Iterator[Batch]:
    """Rows below a header → columns. All cells that the document types are looked at; a first reading tells how numbers are written."""
    types = {name: fields[name].type for name in columns if name in fields}
    commas: frozenset[str] = frozenset()
    if NUMBERS & set(types.values()):
        commas = frozenset().union(
            *(comma_columns(columns, some, types) for some in _batches(rows(), len(columns), size))
        )
    checked = {name for name, kind in types.items() if kind in NUMBERS or kind == "boolean"}
    wanted = set(names)
    for some in _batches(rows(), len(columns), size):
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


def _batches(rows: Iterator[list[str]], width: int, size: int) -> Iterator[list[list[str]]]:
    """Rows below the header, some at a time. Raises UnfitError for ragged ones."""
    next(rows)
    for some in iter(lambda: list(islice(rows, size)), []):
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


def _json_records(path: Path, _fields: Fields) -> Read[Record]:
    encoding, shown = _encoding(path)

    def records() -> Iterator[Record]:
        try:
            with path.open(encoding=encoding, newline="") as file:
                for line in chain.from_iterable(map(str.splitlines, file)):
                    if line.strip():
                        record = json.loads(line)
                        if not isinstance(record, dict):
                            raise UnfitError("no object")
                        yield record
        except ValueError as error:  # of the encoding, too
            raise UnfitError(str(error)) from error

    return f"JSON lines, {shown}", records()


def _json_lines(path: Path, fields: Fields, names: Sequence[str]) -> Read[Batch]:
    how, records = _json_records(path, fields)

    def batches() -> Iterator[Batch]:
        for some in iter(lambda: list(islice(records, BATCH)), []):
            yield {name: [one[name] if name in one else get(one, name) for one in some] for name in names}

    return how, batches()


def _parquet(path: Path, _fields: Fields, names: Sequence[str] | None) -> Read[Batch]:
    """`names`: None for all columns."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and only some exports need it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    try:
        columns = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise UnfitError(str(error)) from error
    wanted, size = (columns, FEW) if names is None else (names, BATCH)
    _told_apart(columns, wanted)

    def batches() -> Iterator[Batch]:
        try:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                for some in file.iter_batches(size, columns=[name for name in wanted if name in columns]):
                    found = {name: _column(some[name]) for name in wanted if name in columns}
                    yield {name: found.get(name, pa.nulls(len(some), pa.string())) for name in wanted}
        except (pa.ArrowException, OSError) as error:
            raise UnfitError(str(error)) from error

    return "Parquet", batches()


def _column(values: Array) -> Column:
    """Text as it is, all else as JSON has it."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    return values if values.type == pa.string() else [plain(one) for one in values.to_pylist()]


def _csv_records(path: Path, fields: Fields) -> Read[Record]:
    how, batches = _csv(path, fields, None)
    return how, chain.from_iterable(map(_records, batches))


def _parquet_records(path: Path, fields: Fields) -> Read[Record]:
    how, batches = _parquet(path, fields, None)
    return how, chain.from_iterable(map(_records, batches))


def _records(batch: Batch) -> Iterator[Record]:
    """The records of a batch that has all columns; dotted names are nested."""
    values = (one if isinstance(one, Sequence) else one.to_pylist() for one in batch.values())
    return (nested(dict(zip(batch, row, strict=True))) for row in zip(*values, strict=True))


STREAMS: Mapping[str, Callable[[Path, Fields, Sequence[str]], Read[Batch]]] = {
    ".csv": _csv,
    ".txt": _csv,
    ".tsv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
}
RECORDS: Mapping[str, Callable[[Path, Fields], Read[Record]]] = {
    ".csv": _csv_records,
    ".txt": _csv_records,
    ".tsv": _csv_records,
    ".jsonl": _json_records,
    ".ndjson": _json_records,
    ".parquet": _parquet_records,
}
