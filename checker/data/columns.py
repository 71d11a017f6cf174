"""The records of an export as columns of text on disk: what matching looks at, and no row of it through Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.data.keys import Plain, Text, Translated, as_text
from checker.exports import Fields, UnfitError
from checker.exports.stream import Stream, stream
from checker.model.sync import Row

if TYPE_CHECKING:
    from pyarrow import Array, RecordBatch, RecordBatchReader, StringArray

FEW = 50  # rows, below which asking for each is faster than asking for all
KNOWN = 10_000  # values whose text is remembered
ID = "id"  # and `field0`, `field1` … for the fields, whatever they are called


@dataclass(frozen=True, slots=True)
class Columns:
    """An export's records in their order: `ids`, and in the file `spool` the texts of these fields. Numbers are told as text, nothing else is altered.

    `without`: how many were left out, for they have no id.
    """

    spool: Path
    names: tuple[str, ...]
    ids: StringArray
    how: str
    written: datetime
    without: int

    def reader(self, texts: Sequence[Text]) -> RecordBatchReader:
        """The records as the engine takes them: `row`, `part0`, `part1` … are their places and these texts."""
        import pyarrow as pa

        kinds = {"row": pa.int64(), **{f"part{at}": pa.string() for at, _ in enumerate(texts)}}
        return pa.RecordBatchReader.from_batches(pa.schema(list(kinds.items())), self._parts(texts, list(kinds)))

    def _parts(self, wanted: Sequence[Text], called: Sequence[str]) -> Iterator[RecordBatch]:
        import pyarrow as pa

        told, row = [_teller(one) for one in wanted], 0
        for batch in self._batches():
            texts = [
                tell([batch.column(1 + self.names.index(name)) for name in one.names])
                for one, tell in zip(wanted, told, strict=True)
            ]
            places = pa.arange(row, row + len(batch))
            yield pa.RecordBatch.from_arrays([places, *texts], names=list(called))
            row += len(batch)

    def ids_of(self, places: Iterable[int]) -> list[str]:
        """The ids of the records at these places."""
        import pyarrow as pa

        asked = list(places)
        if len(asked) < FEW:
            return [self.ids[one].as_py() for one in asked]
        return list(self.ids.take(pa.array(asked, pa.int64())).to_pylist())

    def rows(self, only: Iterable[str] | None = None) -> Iterator[Row]:
        """The records, or those of these ids, with no more than these fields."""
        import pyarrow as pa
        import pyarrow.compute as pc

        asked = None if only is None else pc.is_in(self.ids, value_set=pa.array(only, pa.string()))
        row = 0
        for batch in self._batches():
            kept = batch if asked is None else batch.filter(asked.slice(row, len(batch)))
            row += len(batch)
            ids, *texts = (column.to_pylist() for column in kept.columns)
            for row_id, *values in zip(ids, *texts, strict=True):
                yield Row(id=row_id, values=dict(zip(self.names, values, strict=True)))

    def _batches(self) -> Iterator[RecordBatch]:
        import pyarrow as pa

        with pa.OSFile(str(self.spool)) as file, pa.ipc.open_stream(file) as batches:
            yield from batches


def columns_of(
    path: Path,
    fields: Fields,
    key: str,
    names: Iterable[str],
    texts: Iterable[str],
    spool: Path,
    came: Callable[[int], None] = lambda _: None,
) -> Columns:
    """The columns of a file, read once and written to `spool`; `key` is the field that holds the id, `texts` are those of the names that have to be text.
    `came` hears how many records were read so far.

    Raises UnfitError where rows might say something else: ids that several records have, no ids, a number in one of `texts`, what no file of text can hold.
    """
    import pyarrow as pa

    wanted = tuple(dict.fromkeys(names))
    read = stream(path, fields, list(dict.fromkeys((key, *wanted))))
    try:
        ids, without = _spooled(read, key, wanted, set(texts), spool, came)
    except (UnicodeError, pa.ArrowException) as error:
        raise UnfitError(str(error)) from error
    if not len(ids) or len(ids.unique()) < len(ids):
        raise UnfitError("ids that are missing, or stand twice")
    return Columns(spool, wanted, ids, read.how, read.written, without)


def _spooled(
    read: Stream, key: str, wanted: Sequence[str], texts: set[str], spool: Path, came: Callable[[int], None]
) -> tuple[StringArray, int]:
    import pyarrow as pa

    called = [ID, *(f"field{at}" for at, _ in enumerate(wanted))]
    schema = pa.schema([(name, pa.string()) for name in called])
    held: list[Array] = []
    without = 0
    with pa.OSFile(str(spool), "wb") as file, pa.ipc.new_stream(file, schema) as writer:
        for some in read.parts:
            ids = _told(some[key])
            found = [_plain(some[name], text=name in texts) for name in wanted]
            batch = pa.RecordBatch.from_arrays([ids, *found], schema=schema).filter(ids.is_valid())
            held.append(batch.column(0))
            without += ids.null_count
            writer.write_batch(batch)
            came(sum(map(len, held)))
    return pa.chunked_array(held, pa.string()).combine_chunks(), without


def _told(values: Array | Sequence[Any]) -> StringArray:
    """Ids as rows have them: nothing and "" are none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = values if isinstance(values, pa.Array) else [None if one is None else str(one) for one in values]
    array = pa.array(texts, pa.string())
    return pc.if_else(pc.equal(array, ""), None, array)


def _plain(values: Array | Sequence[Any], *, text: bool) -> StringArray:
    """Text as it is, all else as keys have it. Raises UnfitError for something else where only text is wanted."""
    import pyarrow as pa

    if isinstance(values, pa.Array):
        return values
    if not all(one is None or isinstance(one, str if text else str | int | float) for one in values):
        raise UnfitError("something else than text where text is read")
    return pa.array([one if isinstance(one, str) else as_text(one) for one in values], pa.string())


def _teller(read: Text) -> Callable[[Sequence[StringArray]], StringArray]:
    """How the columns that a text is read from become its column. Transformations are Python's, once for each of the values that come again."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(read, Plain):
        return lambda columns: _texts(columns[0])

    @lru_cache(KNOWN)
    def tell(*values: str | None) -> str | None:
        return read(Row(id="", values=dict(zip(read.names, values, strict=True))))

    def told(columns: Sequence[StringArray]) -> StringArray:
        return pa.array(map(tell, *(one.to_pylist() for one in columns)), pa.string())

    def levelled(columns: Sequence[StringArray]) -> StringArray:
        (column,) = columns
        beyond = pc.fill_null(pc.invert(pc.string_is_ascii(column)), False)
        return pc.replace_with_mask(_texts(column), beyond, told([column.filter(beyond)]))

    return levelled if isinstance(read, Translated) and read.level and len(read.names) == 1 else told


def _texts(values: StringArray) -> StringArray:
    """`as_text` of each. Python looks at letters beyond ASCII only."""
    import pyarrow as pa
    import pyarrow.compute as pc

    beyond = pc.fill_null(pc.invert(pc.string_is_ascii(values)), False)
    if pc.any(beyond).as_py():
        values = pc.replace_with_mask(
            values, beyond, pa.array(map(as_text, values.filter(beyond).to_pylist()), pa.string())
        )
    return pc.if_else(pc.equal(values, ""), None, values)
