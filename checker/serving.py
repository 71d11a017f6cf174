"""A WSGI application as a real HTTP server (waitress) on a bound socket, in a thread of its own."""

from __future__ import annotations

import logging
import socket
import threading
import time
from typing import Any

LONGEST_WAIT_S = 10.0  # for the thread to end; it is woken, so this is never reached


class Server:
    """Serves from construction until `stop`. `bound` is the listening socket: where its port is taken, waitress would leave its threads behind.

    `longest_s`: a request that isn't whole by then is dropped, however it drips. `options` are waitress's own.
    """

    def __init__(
        self, application: Any, bound: socket.socket, *, name: str, longest_s: float | None = None, **options: Any
    ) -> None:
        from waitress import create_server  # noqa: PLC0415 - only where something is served

        # neither a short queue, nor what strangers send, nor a request cut off by stopping is news here
        logging.getLogger("waitress").setLevel(logging.CRITICAL)
        # its own map, so that two servers in one process don't serve each other; TCP_NODELAY is waitress' default
        self._sockets: dict[int, Any] = {}
        self._server = create_server(application, map=self._sockets, sockets=[bound], ident=None, **options)
        if longest_s is not None:
            self._server.adj.channel_timeout, self._server.adj.cleanup_interval = int(longest_s), 1
            self._server.channel_class = _impatient()
        self._stopping = threading.Event()
        # the thread may end by itself between being told to and being woken: no waking a closed server
        self._waking = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close all connections and the port. Calling it twice does no harm."""
        with self._waking:
            if not self._stopping.is_set():
                self._stopping.set()
                self._server.pull_trigger()
        self._thread.join(LONGEST_WAIT_S)

    def _serve(self) -> None:
        from waitress import wasyncore  # noqa: PLC0415 - as above

        while not self._stopping.is_set():
            wasyncore.loop(timeout=1.0, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown()
        with self._waking:
            self._server.close()
        for one in list(self._sockets.values()):
            one.handle_close()


def _impatient() -> type[Any]:
    """Waitress's kind of connection, but its time doesn't begin anew with every byte of a request."""
    from waitress.channel import HTTPChannel  # noqa: PLC0415 - as above

    class Channel(HTTPChannel):  # type: ignore[misc]
        last_activity: float

        def handle_read(self) -> None:
            began: float = self.last_activity if self.request is not None else time.time()
            super().handle_read()
            if self.request is not None:
                self.last_activity = began

    return Channel
