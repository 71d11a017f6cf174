"""A sandbox's application on a free loopback port."""

from __future__ import annotations

import socket
from typing import Any

from checker import serving

HOST = "127.0.0.1"
WORKERS = 8


class Server(serving.Server):
    """Serves from construction until `stop`. `port` 0 takes a free one; `origin` is where it is. Raises OSError for a port that is taken."""

    def __init__(self, application: Any, port: int = 0) -> None:
        bound = socket.create_server((HOST, port))
        self.origin = f"http://{HOST}:{bound.getsockname()[1]}"
        super().__init__(application, bound, name=f"sandbox {self.origin}", threads=WORKERS)
