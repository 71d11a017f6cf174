"""A request that was begun before its answer is wanted."""

from __future__ import annotations

from concurrent.futures import Future, wait
from dataclasses import replace

from checker.client.messages import Response
from checker.client.recorder import Held
from checker.errors import TransportError
from checker.patience import GLANCE_S, outcome


class Begun:
    """What is under way in a thread of its own. Its exchanges are recorded when the answer is taken: evidence follows the asker's order."""

    def __init__(self, running: Future[Response], held: Held | None) -> None:
        self._running, self._held = running, held

    def answer(self) -> Response:
        """The answer, as soon as it is there; to be called once. Raises what sending raised."""
        try:
            response = outcome(self._running)
        except TransportError as error:
            error.exchange = self._recorded(error.exchange)
            raise
        return replace(response, exchange=self._recorded(response.exchange))

    def forget(self) -> None:
        """Wait until it is over, whatever came of it: counted it is, recorded it isn't, for nothing rests on it."""
        while not self._running.done():
            wait([self._running], GLANCE_S)

    def _recorded(self, mark: str | None) -> str | None:
        """The key for a mark. What was recorded elsewhere, as token requests are, has its key already."""
        keys = self._held.release() if self._held is not None else {}
        return keys.get(mark, mark) if mark is not None else None
