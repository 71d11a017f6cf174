"""What write probes go by: a test record's birth, a read-back, how long it waits, and what a refusal says."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checker.client.messages import Response
from checker.probes.contexts import evidence_of
from checker.resources.outcomes import Outcome, Written

# Answers that say nothing about a body: who asks, how often, and how.
NO_RULE = frozenset({401, 403, 404, 405, 408, 415, 429})
RIGHTS = frozenset({401, 403})
BAD_REQUEST, SERVER_ERROR = 400, 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a read-back waits for what was written: the pauses between its reads, in seconds. Sleep and clock are parameters."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    pauses: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a read-back saw at last: the record where there is one, after how many seconds it was as expected (None: never)."""

    record: dict[str, Any] | None
    response: Response
    delay: float | None

    @property
    def evidence(self) -> tuple[str, ...]:
        """The last exchange."""
        return evidence_of(self.response)


@dataclass(frozen=True, slots=True)
class Birth:
    """The first create: what was sent at last, how much of it (full, lean, record), what came of it, and every attempt."""

    body: Mapping[str, Any]
    shape: str
    written: Written
    attempts: tuple[Written, ...]

    @property
    def evidence(self) -> tuple[str, ...]:
        """All attempts."""
        return tuple(key for one in self.attempts for key in one.evidence)


def told_delay(seconds: float | None) -> float | None:
    """A delay as findings tell it, in tenths of a second; None where there was none worth telling, or where the waiting was in vain."""
    return round(seconds, 1) or None if seconds is not None else None


def refused_by_rule(written: Written) -> bool:
    """Whether the system refused the body itself, and not the user, the moment or the way of asking."""
    status = written.response.status if written.response else 0
    return written.outcome is Outcome.REFUSED and BAD_REQUEST <= status < SERVER_ERROR and status not in NO_RULE


def broke_on(written: Written) -> bool:
    """Whether the system broke on the body (500), as some do instead of refusing it, and stored nothing that could be found."""
    return (
        written.outcome is Outcome.UNKNOWN and written.response is not None and written.response.status == SERVER_ERROR
    )


def held_off(written: Written) -> bool:
    """Whether a body was not taken: refused by a rule, or the system broke on it."""
    return refused_by_rule(written) or broke_on(written)


def why_not(written: Written) -> str:
    """Why a write that was neither done nor refused by a rule says nothing, as a reason's code."""
    status = written.response.status if written.response else None
    if status in RIGHTS:
        return "not-permitted"
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return "rate-limited"
    if written.outcome is Outcome.UNKNOWN:
        return "write-unclear"
    return "refused"
