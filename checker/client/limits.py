"""What we may ask of a system, kept: requests a second, at once, in a run, and retries in all. Thread-safe; clock and sleep are parameters."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Protocol

from checker.client.clock import Clock
from checker.client.ratelimit import RateLimitSeen
from checker.client.retry import TRIES
from checker.errors import Problem, TransportError
from checker.project.types import Limits

FREE_RETRIES = 10  # of a run; beyond them one retry for five requests
RETRY_SHARE = 0.2
MARGIN = 1.1  # a learnt pace is this much slower than what was let through
SLOWEST_S = 2.0  # between two requests: a slower pace is the server's own to ask for
SHORT_WINDOW_S = 120.0  # a limit's reset beyond that is a quota, and not for a pace to spread
RESERVE = 0.5  # of a limit: what is left below that is spread over the time to its reset


class Tally(Protocol):
    """How many requests a system was sent on a day (UTC), by all runs."""

    def sent(self, day: date) -> int:
        """The number so far."""

    def add(self, day: date) -> None:
        """One more."""


class Allowance:
    """The limits of one system, shared by all that ask it. Without a `tally` a run's share of the daily quota is all its own."""

    def __init__(self, system: str, limits: Limits, clock: Clock, tally: Tally | None = None) -> None:
        self.system = system
        self.sent = 0
        self._limits, self._clock, self._tally = limits, clock, tally
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(limits.concurrent)
        self._next = 0.0
        self._held_until = 0.0
        self._gap = 1 / limits.requests_per_second
        self._good = 0
        self._since: float | None = None
        self._slowed = 0.0
        self._retries = 0
        self._closed_until: datetime | None = None

    @property
    def most(self) -> int:
        """Requests that this run may send: `max_requests`, or less where less is left of our share of the daily quota."""
        left = self._share_left()
        return self._limits.max_requests if left is None else min(self._limits.max_requests, left)

    @property
    def abreast(self) -> int:
        """How many requests may be under way at once: as many as there are places. Only one where the run's requests are nearly used up:
        then the order decides which of them are sent.
        """
        places = self._limits.concurrent
        return places if self.most - self.sent > places * TRIES else 1

    def _share_left(self) -> int | None:
        """Our share of the daily quota without what other runs had of it today; None without a quota."""
        if self._limits.daily_quota is None:
            return None
        today = self._tally.sent(self._clock.now().date()) if self._tally is not None else 0
        return self._share(self._limits.daily_quota) - max(0, today - self.sent)

    def _share(self, quota: int) -> int:
        return int(quota * self._limits.share)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold one of the concurrent places for one request, after waiting for its turn. Raises TransportError where the run's requests are
        used up, or where the server told us to come back later than we wait for.
        """
        with self._places:
            wait = self._reserve()
            while wait > 0:  # who waited for a turn may find that the server asked for a pause meanwhile
                self._clock.sleep(wait)
                wait = self._held_until - self._clock.monotonic()
            yield

    def _reserve(self) -> float:
        with self._lock:
            self._check_open()
            if self.sent >= self.most:
                raise TransportError(self._used_up())
            self.sent += 1
            if self._tally is not None and self._limits.daily_quota is not None:
                self._tally.add(self._clock.now().date())
            now = self._clock.monotonic()
            start = max(now, self._next)
            self._next = start + self._gap
            self._since = start if self._since is None else self._since
            return start - now

    def _used_up(self) -> Problem:
        quota, left = self._limits.daily_quota, self._share_left()
        if quota is None or left is None or left >= self._limits.max_requests:
            return Problem("http.requests-used-up", {"system": self.system, "requests": self.most})
        values = {"system": self.system, "requests": self._share(quota), "quota": quota, "share": self._limits.share}
        return Problem("http.quota-share-used-up", values)

    def _check_open(self) -> None:
        if self._closed_until is not None and self._clock.now() < self._closed_until:
            raise TransportError(self.told_to_wait())

    def told_to_wait(self) -> Problem:
        """The problem that says until when the server does not want to be asked."""
        until = self._closed_until.isoformat(timespec="seconds") if self._closed_until else None
        return Problem("http.told-to-wait", {"system": self.system, "until": until})

    def hold(self, seconds: float) -> None:
        """Nobody sends for that long: the server asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock.monotonic() + seconds)
            self._next = max(self._next, self._held_until)

    def answered(self, told: RateLimitSeen | None) -> None:
        """A good answer, with what it says of the limit: what is left of a short window is spread over its rest."""
        with self._lock:
            self._good += 1
            if told is None or told.limit is None or not told.remaining or told.reset_s is None:
                return
            if told.reset_s <= SHORT_WINDOW_S and told.remaining <= told.limit * RESERVE:
                pause = min(told.reset_s / told.remaining, SLOWEST_S)
                self._next = max(self._next, self._clock.monotonic() + pause)

    def too_many(self, asked_s: float | None, sent: float | None = None) -> None:
        """The server was asked too often: from here on the pace is what it let through since the last time, its pause counted in.

        `sent` is the monotonic instant at which the request left: one that was under way when we slowed down says nothing new.
        """
        with self._lock:
            now = self._clock.monotonic()
            if sent is not None and sent < self._slowed:
                return
            self._slowed = now
            if self._good and self._since is not None:
                took = now - self._since + (asked_s or 0.0)
                self._gap = max(self._gap, min(took / self._good * MARGIN, SLOWEST_S))
            else:
                self._gap = min(max(self._gap * 2, 0.01), SLOWEST_S)
            self._good, self._since = 0, None

    def close_for(self, seconds: float) -> None:
        """Nobody sends before that time; asking raises. For waits longer than we are ready to sit out."""
        with self._lock:
            until = self._clock.now() + timedelta(seconds=seconds)
            self._closed_until = max(until, self._closed_until or until)

    def may_retry(self) -> bool:
        """Take one retry out of the run's budget; False where it is used up."""
        with self._lock:
            if self._retries >= FREE_RETRIES + RETRY_SHARE * self.sent:
                return False
            self._retries += 1
            return True
