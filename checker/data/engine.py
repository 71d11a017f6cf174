"""The embedded engine: a database file of its own that is gone afterwards, with a memory limit. Imported late: it is slow to import."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

MEMORY = "500MB"
INTERRUPTED = "Query interrupted"  # as DuckDB's client says that it heard Ctrl-C
# Two threads, for the machine is somebody's; no extensions, for they would be fetched from the network.
SETTINGS = {
    "memory_limit": MEMORY,
    "threads": 2,
    "preserve_insertion_order": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


@contextmanager
def engine() -> Iterator[Backend]:
    """A connection to an empty database that spills to disk beyond its memory. File and spill lie in a folder only we may read.

    Ctrl-C under way is KeyboardInterrupt, as everywhere.
    """
    import ibis

    with tempfile.TemporaryDirectory(prefix="readiness-records-") as folder:
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
