"""Pages of a walk that are asked for before their turn.

They are guesses, and only an answer to exactly what the walk then asks for counts: so a walk finds the same, and ends the same, as one that
asks for page after page. A guess that was wrong is the last.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from checker.client.begun import Begun
from checker.client.messages import Response
from checker.client.pagination import Step
from checker.errors import TransportError

WORTH_MS = 5.0  # quicker answers are read as fast one after the other: threads cost more than they spare


class Ahead:
    """What one walk has under way. `ask` gives a step's answer, `begin` asks without waiting for it."""

    def __init__(self, ask: Callable[[Step], Response], begin: Callable[[Step], Begun]) -> None:
        self._ask, self._begin = ask, begin
        self._under_way: deque[tuple[Step, Begun]] = deque()
        self._trusted = True
        self._quickest_ms = math.inf

    def answer(self, step: Step) -> Response:
        """The answer to a step, be it under way or not. Raises what sending raises, once nothing is under way any more."""
        try:
            response = self._under_way.popleft()[1].answer() if self._under_way else self._ask(step)
        except TransportError:
            self._forget()
            raise
        self._quickest_ms = min(self._quickest_ms, response.elapsed_ms)
        return response

    def follow(self, step: Step | None, guesses: Iterator[Step], most: float) -> None:
        """The walk goes on with `step`, or has ended; `guesses` are what it will ask for then. Up to `most` are kept under way, the next
        included. What turns out to be asked for in vain is waited for: no request outlives the walk that it belongs to.
        """
        if self._under_way and self._under_way[0][0] != step:
            self._trusted = False
            self._forget()
        worth = self._trusted and self._quickest_ms >= WORTH_MS
        if step is None or not worth or most <= len(self._under_way):
            return
        expected = [step, *islice(guesses, max(int(most) - 1, 0))]
        if len(expected) > 1:  # a last page is asked for when its turn comes
            self._under_way.extend((one, self._begin(one)) for one in expected[len(self._under_way) :])

    def _forget(self) -> None:
        while self._under_way:
            self._under_way.popleft()[1].forget()
