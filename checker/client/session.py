"""A set of credentials in use: the scheme, its token, and one renewal at a time however many threads find it stale."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from checker.client.auth import Scheme, Token
from checker.client.messages import Request, Response
from checker.errors import TransportError


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """A token that was refused before its time: its age then and the lifetime it was given, in seconds; how many requests had carried it."""

    after_s: float
    lifetime_s: float
    requests: int
    exchange: str | None


class Session:
    """Puts credentials on requests. `ask` sends a token request, `learn` is told each new token so that it is never recorded.

    `keep` is given each new refresh token, and says whether it is kept for the next run; `kept` is what it said last, None before.
    `early` has the tokens that ended before their time.
    """

    def __init__(
        self,
        scheme: Scheme,
        ask: Callable[[Request], Response],
        learn: Callable[[str], None],
        monotonic: Callable[[], float],
        keep: Callable[[str], bool] = lambda _token: False,
    ) -> None:
        self._scheme, self._ask, self._learn, self._monotonic = scheme, ask, learn, monotonic
        self._keep = keep
        self.kept: bool | None = None
        self.early: list[EarlyEnd] = []
        self._carried = 0
        self._refused: dict[str, tuple[float, int]] = {}  # by token: when it was first refused, and what it had carried
        self._lock = threading.Lock()
        self.token: Token | None = None

    @property
    def age_s(self) -> float | None:
        """Seconds since the token was fetched; None where there is none."""
        return self._monotonic() - self.token.obtained if self.token else None

    def apply(self, request: Request) -> tuple[Request, Token | None]:
        """The request with credentials, and the token that it carries. Fetches or renews the token first where that is due."""
        if not self._scheme.fetches:
            return self._scheme.apply(request, None), None
        with self._lock:
            if self.token is None or self.token.stale(self._monotonic()):
                self._renew()
            self._carried += 1
            return self._scheme.apply(request, self.token), self.token

    def refused(self, token: Token | None) -> bool:
        """The server answered 401 to this token: renew it, unless another thread did so meanwhile. False where a new one can't help."""
        if token is None:
            return False
        with self._lock:
            if self.token is token:
                self._refused[token.value] = (self._monotonic(), self._carried)
                self._renew()
            return True

    def replaced(self, token: Token | None, exchange: str | None) -> None:
        """The token that was refused (in that exchange) had really ended, for a new one was taken in its place: kept where that was too early."""
        with self._lock:
            ended = self._refused.pop(token.value, None) if token is not None else None
            if token is None or ended is None or token.lifetime_s is None:
                return
            age, carried = ended[0] - token.obtained, ended[1]
            if age < token.lifetime_s:
                self.early.append(EarlyEnd(age, token.lifetime_s, carried, exchange))

    def renew(self) -> Token | None:
        """Fetch a new token now, whatever the age of the old one; None for credentials without tokens."""
        if not self._scheme.fetches:
            return None
        with self._lock:
            self._renew()
            return self.token

    def end(self) -> None:
        """Log out, where one can and somebody logged in."""
        with self._lock:
            request = self._scheme.ending(self.token) if self.token is not None else None
            if request is not None:
                self.token = None
                with suppress(TransportError):  # what could not be ended ends by itself
                    self._ask(request)

    def _renew(self) -> None:
        before, self._carried = self.token.refresh if self.token else None, 0
        steps = self._scheme.renew(self.token, self._monotonic())
        request = next(steps)
        while True:
            response = self._ask(request)
            try:
                request = steps.send(response)
            except StopIteration as end:
                self.token = end.value
                break
        for secret in (self.token.value, self.token.refresh) if self.token else ():
            if secret:
                self._learn(secret)
        if self.token and self.token.refresh and self.token.refresh != before:
            self.kept = self._keep(self.token.refresh)
