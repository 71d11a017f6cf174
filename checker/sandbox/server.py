"""A WSGI application as a real HTTP server on a free loopback port, in a thread of its own."""

from __future__ import annotations

import logging
import socket
import threading
from typing import Any

HOST = "127.0.0.1"
WORKERS = 8
LONGEST_WAIT = 5.0  # seconds for the thread to end; it is woken, so this is never reached


class Server:
    """Serves from construction until `stop`. `port` 0 takes a free one; `origin` is where it is. Raises OSError for a port that is taken."""

    def __init__(self, application: Any, port: int = 0) -> None:
        from waitress import create_server  # noqa: PLC0415 - only where a sandbox starts

        logging.getLogger("waitress").setLevel(
            logging.ERROR
        )  # neither a short queue nor a request cut off by stopping is news here
        self._sockets: dict[int, Any] = {}
        # bound here: where the port is taken, waitress would leave its threads behind
        listening = socket.create_server((HOST, port))
        self.origin = f"http://{HOST}:{listening.getsockname()[1]}"
        # its own map, so that two servers in one process don't serve each other; TCP_NODELAY is waitress' default
        self._server = create_server(application, map=self._sockets, sockets=[listening], threads=WORKERS, ident=None)
        self._stopping = threading.Event()
        self._waking = (
            threading.Lock()
        )  # the thread may end by itself between being told to and being woken: no waking a closed server
        self._thread = threading.Thread(target=self._serve, name=f"sandbox {self.origin}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close all connections and the port. Calling it twice does no harm."""
        with self._waking:
            if not self._stopping.is_set():
                self._stopping.set()
                self._server.pull_trigger()
        self._thread.join(LONGEST_WAIT)

    def _serve(self) -> None:
        from waitress import wasyncore  # noqa: PLC0415 - as above

        while not self._stopping.is_set():
            wasyncore.loop(timeout=1.0, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown()
        with self._waking:
            self._server.close()
        for one in list(self._sockets.values()):
            one.handle_close()
