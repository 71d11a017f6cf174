"""Where dataframe expressions run: on the embedded engine, or on Spark where the records outgrow this machine. Imported late: both are slow to import."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from checker.patience import undisturbed

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend
    from ibis.expr.types import Table
    from pyarrow import RecordBatch, RecordBatchReader

MEMORY = "320MB"  # as DuckDB counts it; strings under way, scans and batches come on top, half as much again
FOLDER = "readiness-records-"  # how folders with records begin; only we may read them
INTERRUPTED = "Query interrupted"  # as DuckDB's client says that it heard Ctrl-C
BATCH = 50_000  # rows that are held as Arrow at a time
LONGEST_LOADING_S = 4.0  # a second or less, on a machine that has time
STRETCH = 32  # batches of a statement
# Two threads, for the machine is somebody's; no extensions, for they would be fetched from the network.
SETTINGS = {
    "memory_limit": MEMORY,
    "threads": 2,
    "preserve_insertion_order": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


@dataclass(frozen=True, slots=True)
class Engine:
    """Which engine computes; `master` is Spark's own word for where it runs: `local[2]`, `spark://host:7077`."""

    kind: Literal["duckdb", "spark"] = "duckdb"
    master: str = "local[2]"


EMBEDDED = Engine()


class Session(Protocol):
    """An engine at work. Expressions are Ibis's, and the same on all engines; how records get in, stay and get out differs."""

    def load(self, name: str, batches: RecordBatchReader) -> Table:
        """Records as a table that can be read once: what is needed of it is to be kept."""

    def keep(self, name: str, table: Table) -> Table:
        """What an expression gives, computed now and for good."""

    def computed(self, name: str, batches: RecordBatchReader, expression: Callable[[Table], Table]) -> Table:
        """What an expression gives of records, row by row, kept."""

    def drop(self, kept: Table) -> None:
        """Give back what was kept."""

    def read(self, table: Table) -> Iterator[RecordBatch]:
        """What an expression gives, batch by batch; the next expression may run when these are at their end."""


def opened(chosen: Engine) -> AbstractContextManager[Session]:
    """The chosen engine, empty; what it holds is gone afterwards. Raises InputError where Spark isn't there or doesn't start."""
    if chosen.kind == "spark":
        from checker.data.spark import spark

        return spark(chosen.master)
    return _embedded()


@contextmanager
def engine() -> Iterator[Backend]:
    """A connection to an empty database that spills to disk beyond its memory. File and spill lie in a folder only we may read.

    Ctrl-C under way is KeyboardInterrupt, as everywhere.
    """
    _loaded()
    import ibis

    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        connection = ibis.duckdb.connect(
            Path(folder) / "records.duckdb", temp_directory=str(Path(folder) / "spill"), **SETTINGS
        )
        try:
            yield connection
        except RuntimeError as error:
            if str(error) == INTERRUPTED:
                raise KeyboardInterrupt from None
            raise
        finally:
            connection.disconnect()


def _loaded() -> None:
    """A Ctrl-C while DuckDB's native library comes up makes an ImportError of it, or takes the process down: it waits until that is over."""
    _, interrupted = undisturbed(partial(import_module, "ibis.backends.duckdb"), LONGEST_LOADING_S)
    if interrupted:
        raise KeyboardInterrupt


def _stretches(batches: RecordBatchReader) -> Iterator[RecordBatchReader]:
    """A reader as several ones, one after the other; at least one, be it empty."""
    import pyarrow as pa

    first = list(islice(batches, 1))
    while True:
        yield pa.RecordBatchReader.from_batches(batches.schema, chain(first, islice(batches, STRETCH - 1)))
        first = list(islice(batches, 1))
        if not first:
            return


@contextmanager
def _embedded() -> Iterator[Session]:
    with engine() as connection:
        yield Embedded(connection)


class Embedded:
    """DuckDB, through Ibis."""

    def __init__(self, connection: Backend) -> None:
        self._connection = connection

    def load(self, name: str, batches: RecordBatchReader) -> Table:
        """The batches themselves, pulled as they are needed."""
        self._connection.con.register(name, batches)
        return self._connection.table(name)

    def keep(self, name: str, table: Table) -> Table:
        """As a temporary table: unlike those of the file it isn't compressed, which takes longer than the matching, and spills as they do."""
        return self._connection.create_table(name, table, temp=True)

    def computed(self, name: str, batches: RecordBatchReader, expression: Callable[[Table], Table]) -> Table:
        """Some batches after the others: DuckDB holds on to those whose texts it looked at until its statement ends, beside its memory limit."""
        stretches = _stretches(batches)
        given = f"{name}_records"
        computed = expression(self.load(given, next(stretches)))
        made = self.keep(name, computed)
        more = ""
        for some in stretches:
            # Worded once, where there are more: that takes as long as thousands of rows.
            more = more or f'insert into "{name}" {self._connection.compile(computed)}'
            self._connection.con.register(given, some)
            self._connection.con.execute(more)
        return made

    def drop(self, kept: Table) -> None:
        """Its memory is free for others."""
        self._connection.drop_table(kept.op().name)

    def read(self, table: Table) -> Iterator[RecordBatch]:
        """The rows as they come out."""
        yield from self._connection.con.execute(self._connection.compile(table)).to_arrow_reader(BATCH)
