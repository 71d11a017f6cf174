"""Some columns of a file, batch by batch, typed as `read_export` types them: for files whose records needn't be held.

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
from typing import TYPE_CHECKING, Any, TypeAlias

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
    plain,
    shown_csv,
)
from checker.model.paths import get, segments

if TYPE_CHECKING:
    from pyarrow import Array

BATCH = 16_384  # records that are held at a time
CHUNK = 1024**2  # bytes
MAYBE_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")  # the start of a letter beyond ASCII

Column: TypeAlias = "Sequence[Any] | Array"


class UnfitError(Exception):
    """A file that isn't read in this way; the reason is for those who work on this program."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Columns of a file: batches of them by name; format, encoding and delimiter where there is one, and when the file was written."""

    batches: Iterator[Mapping[str, Column]]
    how: str
    written: datetime


def stream(path: Path, fields: Fields, names: Sequence[str]) -> Stream:
    """The columns of these dotted names; one that the file doesn't have is empty. `fields` as in `read_export`.

    Raises UnfitError, here or with a batch, where `read_export` might read something else, or refuse the file.
    """
    reader = STREAMS.get(path.suffix.lower())
    if reader is None:
        raise UnfitError("kind of file")
    try:
        stat = path.stat()
        if not path.is_file() or not 0 < stat.st_size <= MOST_BYTES:
            raise UnfitError("no file of that size")
        how, batches = reader(path, fields, names)
    except (OSError, UnicodeError, csv.Error, InputError) as error:
        raise UnfitError(str(error)) from error
    return Stream(batches, how, datetime.fromtimestamp(stat.st_mtime, UTC))


Read = tuple[str, Iterator[Mapping[str, Column]]]


def _csv(path: Path, fields: Fields, names: Sequence[str]) -> Read:
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
    _told_apart(columns, names)
    rows.close()
    return shown_csv(shown, delimiter), _table(lambda: _rows(path, encoding, delimiter), columns, fields, names)


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
    rows: Callable[[], Iterator[list[str]]], columns: Sequence[str], fields: Fields, names: Sequence[str]
) -> Iterator[Mapping[str, Column]]:
    """Rows below a header → columns. All cells that the document types are looked at; a first reading tells how numbers are written."""
    types = {name: fields[name].type for name in columns if name in fields}
    commas: frozenset[str] = frozenset()
    if NUMBERS & set(types.values()):
        commas = frozenset().union(*(comma_columns(columns, some, types) for some in _batches(rows(), len(columns))))
    checked = {name for name, kind in types.items() if kind in NUMBERS or kind == "boolean"}
    for some in _batches(rows(), len(columns)):
        held = dict(zip(columns, zip(*some, strict=True), strict=True))
        batch: dict[str, Column] = {name: [None] * len(some) for name in names if name not in held}
        for name in checked | (set(names) & set(held)):
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


def _json_lines(path: Path, _fields: Fields, names: Sequence[str]) -> Read:
    encoding, shown = _encoding(path)

    def batches() -> Iterator[Mapping[str, Column]]:
        try:
            with path.open(encoding=encoding, newline="") as file:
                lines = chain.from_iterable(map(str.splitlines, file))
                records = (json.loads(line) for line in lines if line.strip())
                for some in iter(lambda: list(islice(records, BATCH)), []):
                    if not all(isinstance(one, dict) for one in some):
                        raise UnfitError("no objects")
                    yield {name: [one[name] if name in one else get(one, name) for one in some] for name in names}
        except ValueError as error:  # of the encoding, too
            raise UnfitError(str(error)) from error

    return f"JSON lines, {shown}", batches()


def _parquet(path: Path, _fields: Fields, names: Sequence[str]) -> Read:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and only some exports need it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    def batches() -> Iterator[Mapping[str, Column]]:
        try:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                for some in file.iter_batches(BATCH, columns=[name for name in names if name in columns]):
                    found = {name: _column(some[name]) for name in names if name in columns}
                    yield {name: found.get(name, pa.nulls(len(some), pa.string())) for name in names}
        except (pa.ArrowException, OSError) as error:
            raise UnfitError(str(error)) from error

    try:
        columns = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise UnfitError(str(error)) from error
    _told_apart(columns, names)
    return "Parquet", batches()


def _column(values: Array) -> Column:
    """Text as it is, all else as JSON has it."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    return values if values.type == pa.string() else [plain(one) for one in values.to_pylist()]


STREAMS: Mapping[str, Callable[[Path, Fields, Sequence[str]], Read]] = {
    ".csv": _csv,
    ".txt": _csv,
    ".tsv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
}
