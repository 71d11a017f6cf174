"""Whether a request is sent again, and when: one pure function over what happened (acceptance B17, B18).

Full jitter as in "Exponential Backoff And Jitter" (M. Brooker, 2015). No retry library: stamina and tenacity decide on exceptions, take
neither clock nor sleep as parameters in public, and know nothing of a server that says how long to wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TRIES = 4
BASE_S, CAP_S = 0.5, 8.0
LONGEST_WAIT_S = 60.0  # a server that asks for more is left alone; the report says until when
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Retried statuses, and how many tries each is worth: 500 is seldom a passing trouble.
STATUSES = {408: TRIES, 425: TRIES, 429: TRIES, 500: 2, 502: TRIES, 503: TRIES, 504: TRIES}


class Outcome(StrEnum):
    """How one try ended."""

    ANSWERED = "answered"
    NOT_SENT = "not-sent"  # refused, reset or timed out before a byte left this machine
    CUT = "cut"  # reset, timed out or broken after something was sent
    HOPELESS = "hopeless"  # TLS, unknown name, too large, deadline: the same again would end the same


@dataclass(frozen=True, slots=True)
class Try:
    """One try: `number` from 1, `keyed` where the server knows the request by an idempotency key, `asked_s` what it asks us to wait."""

    method: str
    number: int
    outcome: Outcome
    status: int | None = None
    asked_s: float | None = None
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`wait_s` before the next try; None for no next try, where `reason` is done, last, unsafe, hopeless or too-long."""

    wait_s: float | None
    reason: str


def decide(one: Try, draw: float, longest_s: float = LONGEST_WAIT_S) -> Decision:
    """Whether to send again. `draw` is a random number from 0 to 1.

    A write without a key is never sent twice unless nothing left this machine. Never earlier than the server asked.
    """
    if one.outcome is Outcome.HOPELESS:
        return Decision(None, "hopeless")
    tries = STATUSES.get(one.status or 0, TRIES if one.outcome is not Outcome.ANSWERED else 0)
    if tries == 0:
        return Decision(None, "done")
    if one.asked_s is not None and one.asked_s > longest_s:
        return Decision(None, "too-long")
    if not (one.method in READING or one.keyed or one.outcome is Outcome.NOT_SENT):
        return Decision(None, "unsafe")
    if one.number >= tries:
        return Decision(None, "last")
    jitter = draw * min(CAP_S, BASE_S * 2 ** (one.number - 1))
    # On top of what was asked, so that those who were all told the same second do not come back in it.
    return Decision(jitter if one.asked_s is None else one.asked_s + draw * BASE_S, "again")
