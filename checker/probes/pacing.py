"""Pacing: can what the answers' headers tell of the limit of calls be relied on? A limit is never provoked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from checker.client.messages import Response
from checker.client.ratelimit import RateLimitSeen, http_date
from checker.probes.access import knock
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.contexts import SystemLook, evidence_of

CLAIM = "rate-limit.sound"
KNOCKS = 5
SEVERAL = 2  # a limit may change once, and a window end between two answers
SLACK = timedelta(seconds=30)  # that a reset may lie behind: clocks differ, and an answer takes its time


@probe(CLAIM, scope="system")
def figures(look: SystemLook) -> Iterator[Told]:
    """Ask for the same a few times: does the limit stay, is no more left than it allows, and does its reset lie ahead?"""
    told: list[tuple[Response, RateLimitSeen]] = []
    for _ in range(KNOCKS):
        response = knock(look)
        seen = response.rate_limit() if response is not None and response.ok else None
        if response is None or seen is None:
            break
        told.append((response, seen))
    if len(told) < KNOCKS:
        yield unknown(CLAIM, "no-limit-headers", evidence_of(*(response for response, _ in told)))
        return
    limits = [seen.limit for _, seen in told if seen.limit is not None]
    wrong = {
        "limit-changes": sum(one != other for one, other in pairwise(limits)),
        "more-left-than-limit": sum(_above(seen) for _, seen in told),
        "reset-past": sum(_past(response, seen) for response, seen in told),
    }
    outcomes = [name for name, times in wrong.items() if times >= SEVERAL]
    evidence = evidence_of(*(response for response, _ in told))
    values = {"answers": len(told), "headers": _names(told), "limits": sorted(set(limits))}
    yield no(CLAIM, evidence, outcomes=outcomes, **values) if outcomes else yes(CLAIM, evidence, **values)


def _above(seen: RateLimitSeen) -> bool:
    return seen.limit is not None and seen.remaining is not None and seen.remaining > seen.limit


def _past(response: Response, seen: RateLimitSeen) -> bool:
    """Whether the reset lies in the past by either clock, though some calls of its window are used up."""
    if seen.reset_at is None or seen.remaining is None or seen.remaining == seen.limit:
        return False
    clocks: Sequence[datetime | None] = (response.received, http_date(response.headers.get("date", "")))
    return all(seen.reset_at < clock - SLACK for clock in clocks if clock is not None)


def _names(told: Sequence[tuple[Response, RateLimitSeen]]) -> list[str]:
    return sorted({name for _, seen in told for name in seen.headers})
