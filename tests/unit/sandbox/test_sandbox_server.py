"""The server under the embedded systems starts and stops whatever else happens."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

from checker.sandbox.server import Server


def _application(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def test_stopping_survives_a_loop_that_ends_before_it_is_woken() -> None:
    """A connection that arrives just then wakes the loop first; the mutant without the lock wakes a closed pipe (EBADF)."""
    server = Server(_application)
    host, port = server.origin.removeprefix("http://").split(":")
    wake = server._server.pull_trigger

    def late() -> None:
        with socket.create_connection((host, int(port))):
            server._thread.join(0.5)
        wake()

    server._server.pull_trigger = late
    server.stop()
    server.stop()
    assert not server._thread.is_alive()
