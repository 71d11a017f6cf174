"""The embedded engine."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from checker.data.engine import engine

LONG = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range % 7 = b.range"


def test_ctrl_c_in_mid_query_is_ctrl_c() -> None:
    """Whoever stops a long query stopped the run; it is no crash of ours. Catches: the engine's own RuntimeError let through."""
    with pytest.raises(KeyboardInterrupt), engine() as database:
        database.raw_sql("SELECT 1").fetchall()
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        database.raw_sql(LONG).fetchall()
