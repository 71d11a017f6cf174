"""The embedded engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pyarrow as pa
import pytest

from checker.data.engine import EMBEDDED, STRETCH, engine, opened

LONG = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range % 7 = b.range"

WHILE_LOADING = """
import os, signal, sys
from checker.data.engine import engine

def press(event, given):
    if event == "import" and given[:1] == ("_duckdb",):
        sys.modules.pop("typing", None)  # so that the native library has it looked for again while it comes up
    if event == "import" and given[:1] == ("typing",):
        print("pressed", flush=True)
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(press)
try:
    with engine():
        print("opened")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_while_the_native_library_loads_is_ctrl_c() -> None:
    """Catches: ImportError("initialization failed"), told as a bug of ours, and what the audit had found was lost."""
    done = subprocess.run([sys.executable, "-c", WHILE_LOADING], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["pressed", "interrupted"]), done.stderr


def test_ctrl_c_in_mid_query_is_ctrl_c() -> None:
    """Whoever stops a long query stopped the run; it is no crash of ours. Catches: the engine's own RuntimeError let through."""
    with pytest.raises(KeyboardInterrupt), engine() as database:
        database.raw_sql("SELECT 1").fetchall()
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        database.raw_sql(LONG).fetchall()


@pytest.mark.parametrize("batches", [0, 1, STRETCH, 2 * STRETCH + 1])
def test_records_of_many_batches_are_all_computed(batches: int) -> None:
    """A statement takes some of them, so that not all are held. Mutant: the last ones, or a first one, are lost."""
    schema = pa.schema([("row", pa.int64())])
    made = [pa.record_batch([pa.array([2 * at, 2 * at + 1])], schema=schema) for at in range(batches)]
    with opened(EMBEDDED) as session:
        given = pa.RecordBatchReader.from_batches(schema, made)
        table = session.computed("rows", given, lambda read: read.select(row=read.row + 1))
        found = [row for batch in session.read(table.order_by("row")) for row in batch.column(0).to_pylist()]
    assert found == list(range(1, 2 * batches + 1))
