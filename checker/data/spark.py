"""Spark as the engine: a session on the master that the user names, and nothing of it left behind."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import InputError, Problem
from checker.model.text import safe

if TYPE_CHECKING:
    from ibis.backends.pyspark import Backend
    from ibis.expr.types import Table
    from pyarrow import RecordBatch, RecordBatchReader
    from pyspark.sql import DataFrame, SparkSession

    from checker.data.engine import Session

LOOPBACK = "127.0.0.1"
QUIET = """status = off
appender.none.type = Null
appender.none.name = none
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
"""
LOCAL_PARTITIONS = "4"  # of a shuffle on this one machine; Spark's default of 200 is meant for a cluster


@contextmanager
def spark(master: str) -> Iterator[Session]:
    """A session of our own, without web page and log. Its files lie in a folder that is gone afterwards.

    Raises InputError where pyspark or Java is missing, or where Spark can't start on this master.
    """
    _look_for_it()
    heard = signal.getsignal(signal.SIGINT)
    with tempfile.TemporaryDirectory(prefix="readiness-records-") as folder:
        session = _started(master, Path(folder))
        try:
            import ibis

            yield Spark(session, ibis.pyspark.connect(session))
        finally:
            session.stop()
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, heard)  # Spark had put its own there


def _look_for_it() -> None:
    if importlib.util.find_spec("pyspark") is None:
        raise InputError(Problem("data.no-pyspark", {}))
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home) / "bin") if home else None) is None:
        raise InputError(Problem("data.no-java", {"looked": "JAVA_HOME" if home else "PATH"}))


def _started(master: str, folder: Path) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("readiness")
    for name, value in _settings(master, folder).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (Py4JError, PySparkException) as error:
        reason = str(getattr(error, "java_exception", error)).splitlines()[0]
        raise InputError(Problem("data.no-spark", {"master": safe(master, 60), "reason": safe(reason, 200)})) from None


def _settings(master: str, folder: Path) -> dict[str, str]:
    """How it starts. How work is cut into parts is Spark's affair, and its administrator's."""
    log = folder / "log4j2.properties"
    log.write_text(QUIET, encoding="utf-8")
    settings = {
        "spark.master": master,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log.as_uri()}",
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.local.dir": str(folder),
        "spark.pyspark.python": sys.executable,
        "spark.pyspark.driver.python": sys.executable,
    }
    if master.startswith("local"):  # nobody else has to reach it
        settings |= {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}
        settings["spark.sql.shuffle.partitions"] = LOCAL_PARTITIONS
    return settings


class Spark:
    """Spark, through Ibis. Ibis's own way in and out goes through pandas; Arrow is Spark's."""

    def __init__(self, session: SparkSession, connection: Backend) -> None:
        self._session = session
        self._connection = connection

    def load(self, name: str, batches: RecordBatchReader) -> Table:
        """The batches, handed to the cluster as one table."""
        self._session.createDataFrame(batches.read_all()).createOrReplaceTempView(name)
        return self._connection.table(name)

    def keep(self, name: str, table: Table) -> Table:
        """In the cluster's memory, and on its disks beyond it. A table that was only cached would carry all that it came from into every plan."""
        self._frame(table).localCheckpoint().createOrReplaceTempView(name)
        return self._connection.table(name)

    def computed(self, name: str, batches: RecordBatchReader, expression: Callable[[Table], Table]) -> Table:
        """At once; what it holds is the cluster's affair."""
        return self.keep(name, expression(self.load(f"{name}_records", batches)))

    def drop(self, kept: Table) -> None:
        """Its memory is free for others."""
        self._session.catalog.dropTempView(kept.op().name)

    def read(self, table: Table) -> Iterator[RecordBatch]:
        """The rows, collected from the cluster."""
        yield from self._frame(table).toArrow().to_batches()

    def _frame(self, table: Table) -> DataFrame:
        return self._session.sql(self._connection.compile(table))
