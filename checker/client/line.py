"""The line to a system, which a rehearsal can cut on our side: the system itself is never touched, and never notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from checker.client.origin import Address
from checker.client.retry import READING, Outcome
from checker.client.transport import Broken, Reply, Transport
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

    def refuses(self, method: str) -> bool:
        """Whether a request can't get through now."""
        self._cut = self._cut or (self._armed and method not in READING)
        return self._cut


class Severable(Transport):
    """A transport whose requests go through a line; what the line refuses was never sent, and isn't tried again."""

    def __init__(self, transport: Transport, line: Line) -> None:
        self._whole, self._line = transport, line
        self.largest, self.proxy_for = transport.largest, transport.proxy_for

    def exchange(
        self, method: str, address: Address, headers: Iterable[tuple[str, str]], body: bytes, deadline_s: float
    ) -> Reply:
        """One try. Raises Broken where the line is cut."""
        if self._line.refuses(method):
            place = {"host": address.origin.host, "port": address.origin.port, "reason": "cut on our side"}
            raise Broken(Outcome.HOPELESS, UnreachableError(Problem("http.no-connection", place)))
        return self._whole.exchange(method, address, headers, body, deadline_s)

    def close(self) -> None:
        """Close all connections."""
        self._whole.close()
