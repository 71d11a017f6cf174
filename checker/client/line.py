"""The line to a system, which a rehearsal can cut on our side: the system itself is never touched, and never notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from checker.client.messages import Request
from checker.client.retry import Outcome
from checker.client.transport import Broken
from checker.errors import Problem, UnreachableError


class Line:
    """Whole, or cut from the next write on; a cut is seen by reads too, and lasts until it is mended."""

    def __init__(self) -> None:
        self._armed = self._cut = False

    @contextmanager
    def cut_at_next_write(self) -> Iterator[None]:
        """For as long as the block lasts, the first write and whatever comes after it reaches nobody."""
        self._armed = True
        try:
            yield
        finally:
            self._armed = self._cut = False

    def carry(self, request: Request, host: str, port: int) -> None:
        """Let a request through. Raises Broken where the line is cut: the request was never sent, and isn't tried again."""
        self._cut = self._cut or (self._armed and not request.asks)
        if self._cut:
            place = {"host": host, "port": port, "reason": "cut on our side"}
            raise Broken(Outcome.HOPELESS, UnreachableError(Problem("http.no-connection", place)))
