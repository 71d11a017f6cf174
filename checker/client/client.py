"""THE HTTP client: every request to a system passes here, through guard, credentials, limits, retry and recorder, and nothing else sends.

It decides nothing about writing: it sends any method, and who may write is settled by the permit, above.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from checker.client import inflate
from checker.client.begun import Begun
from checker.client.clock import Clock
from checker.client.limits import Allowance
from checker.client.line import Line
from checker.client.messages import Headers, Redirect, Request, Response, as_pairs
from checker.client.origin import Address, Guard, parse_url, resolve
from checker.client.proxy import Proxy
from checker.client.recorder import Exchange, Held, Recorder, Scope
from checker.client.retry import LONGEST_WAIT_S, Outcome, Try, decide
from checker.client.session import Session
from checker.client.transport import Broken, Reply, Transport
from checker.errors import OriginError, Problem, TransportError
from checker.model.text import safe
from checker.patience import begun
from checker.project.types import Fixed

DEADLINE_S = 30.0  # of a request with its tries, the waits between them not counted
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNAUTHORIZED, TOO_MANY = 401, 429
QUERY_SAFE = "-._~!$'()*,;:@/?"  # RFC 3986 3.4, without what separates pairs
USER_AGENT = "readiness-checker"
ACCEPT = "application/json, */*;q=0.1"


@dataclass(frozen=True)
class Parts:
    """What a client is made of; `client_for` puts it together."""

    system: str
    guard: Guard
    fixed: Fixed
    transport: Transport
    allowance: Allowance
    recorder: Recorder
    clock: Clock
    sessions: Mapping[str, Session]
    draw: Callable[[], float] = random.random
    expansions: dict[str, bool] = field(default_factory=dict)
    line: Line | None = None


class Client:
    """Asks one system. May be used by several threads; `recorded` gives a view that records under a probe's scope."""

    def __init__(self, parts: Parts, scope: Scope | None = None) -> None:
        self._parts, self._scope = parts, scope

    @property
    def system(self) -> str:
        """The system's name in the project file."""
        return self._parts.system

    @property
    def fixed(self) -> Fixed:
        """What goes with every request; the path values are filled in by whoever builds the path."""
        return self._parts.fixed

    @property
    def base_url(self) -> str:
        """The base URL that paths stand below."""
        return str(self._parts.guard.base)

    @property
    def expansions(self) -> dict[str, bool]:
        """By operation, whether it takes the query that brings more along with its records (`ResourceProfile.expand`); filled as it is seen."""
        return self._parts.expansions

    @property
    def proxy(self) -> Proxy | None:
        """The proxy on the way to the system, be it configured or the environment's; None where there is none."""
        return self._parts.transport.proxy_for(self._parts.guard.base.origin)

    @property
    def requests(self) -> int:
        """Requests sent so far, those for tokens and tries included."""
        return self._parts.allowance.sent

    @property
    def abreast(self) -> int:
        """How many requests may be under way at once (see `Allowance.abreast`)."""
        return self._parts.allowance.abreast

    @property
    def credentials(self) -> tuple[str, ...]:
        """The sets of credentials that can be asked with: own, none, wrong, and those of `other_auth`."""
        return tuple(self._parts.sessions)

    def recorded(self, scope: Scope) -> Client:
        """The same client, recording its exchanges under that scope. Without one nothing is recorded."""
        return Client(self._parts, scope)

    def through(self, line: Line) -> Client:
        """The same client, its requests going through a line that can be cut."""
        return Client(replace(self._parts, line=line), self._scope)

    def redact(self, text: str) -> str:
        """Any text without the secrets of this run."""
        return self._parts.recorder.redact(text)

    def tells_secret(self, text: str) -> bool:
        """Whether a secret of this run stands in the text (see `Secrets.inside`)."""
        return self._parts.recorder.secrets.inside(text)

    def session(self, credentials: str = "own") -> Session:
        """A set of credentials, for those who look at tokens. Raises KeyError for one that isn't configured."""
        return self._parts.sessions[credentials]

    def close(self) -> None:
        """End what was begun by a login, and close all connections."""
        for session in self._parts.sessions.values():
            session.end()
        self._parts.transport.close()

    def send(self, request: Request, *, credentials: str = "own", deadline_s: float = DEADLINE_S) -> Response:
        """Ask. Any status is an answer; what is raised is a TransportError of errors.py with `exchange` set where something was recorded.

        `credentials`: one of `self.credentials`. A 401 to a fetched token renews it once. Redirects are followed for GET and HEAD inside
        the origin, five at most; otherwise the answer stays 3xx. Raises KeyError for credentials that aren't configured.
        """
        session = self._parts.sessions[credentials]
        prepared, token = session.apply(self._with_fixed(request))
        response = self._following(prepared, deadline_s)
        if response.status == UNAUTHORIZED and session.refused(token):
            prepared, _ = session.apply(self._with_fixed(request))
            again = self._following(prepared, deadline_s)
            if again.status != UNAUTHORIZED:
                session.replaced(token, response.exchange)
            response = replace(again, tries=response.tries + 1)
        return response

    def begin(self, request: Request, *, credentials: str = "own") -> Begun:
        """Ask as `send` does, without waiting for the answer. Raises nothing: whoever takes the answer learns of it."""
        held = Held(self._scope.recorder, self._scope.prefix) if self._scope is not None else None
        asking = Client(self._parts, held)
        return Begun(begun(lambda: asking.send(request, credentials=credentials)), held)

    def _with_fixed(self, request: Request) -> Request:
        """The request with the system's fixed query and headers, where it doesn't say them itself."""
        fixed = self._parts.fixed
        query = as_pairs(request.query)
        said = {name for name, _ in query} | {name for name, _ in parse_qsl(request.target.partition("?")[2])}
        headers = Headers(request.headers.items())
        added = {name: value for name, value in fixed.headers.items() if name not in headers}
        return replace(
            request,
            query=[*((name, value) for name, value in fixed.query.items() if name not in said), *query],
            headers={**added, **request.headers},
        )

    def _following(self, request: Request, deadline_s: float) -> Response:
        """Send and follow redirects; each is remembered on the answer."""
        address = self._address(request)
        went: list[Redirect] = []
        response = self._persisting(request, address, deadline_s)
        while response.status in REDIRECTS and "location" in response.headers:
            location = resolve(response.url, response.headers["location"])
            target = parse_url(location)
            followed = (
                request.method in {"GET", "HEAD"}
                and target is not None
                and target.origin == address.origin
                and len(went) < MOST_REDIRECTS
            )
            went.append(Redirect(response.url, response.status, safe(self.redact(location)), followed))
            if not followed or target is None:
                break
            response = self._persisting(request, target, deadline_s)
        return replace(response, redirects=tuple(went)) if went else response

    def _address(self, request: Request) -> Address:
        """Where the request goes, its query added. Raises OriginError before anything is sent."""
        try:
            address = self._parts.guard.address(request.target)
        except OriginError as error:
            told = OriginError(*(Problem(one.code, self._redacted(one.values)) for one in error.problems))
            raise told from None
        query = urlencode(as_pairs(request.query), safe=QUERY_SAFE, quote_via=quote)
        joined = "&" if "?" in address.target else "?"
        return replace(address, target=f"{address.target}{joined}{query}") if query else address

    def _redacted(self, values: Mapping[str, object]) -> dict[str, Any]:
        return {name: self.redact(value) if isinstance(value, str) else value for name, value in values.items()}

    def _persisting(self, request: Request, address: Address, deadline_s: float) -> Response:
        """One request, tried again as retry.decide says."""
        spent, number = 0.0, 1
        clock, allowance = self._parts.clock, self._parts.allowance
        while True:
            result, took = self._try(request, address, max(deadline_s - spent, 0.001))
            spent += took
            one, asked = self._seen(request, result, number)
            self._learn(result, asked)
            decision = decide(one, self._parts.draw())
            if decision.reason == "too-long" and asked is not None:
                allowance.close_for(asked)
                raise self._told_to_wait(result)
            if asked is not None and decision.reason in {"again", "last", "unsafe"}:
                allowance.hold(min(asked, LONGEST_WAIT_S))
            if decision.wait_s is None or spent >= deadline_s or not allowance.may_retry():
                break
            clock.sleep(decision.wait_s)
            number += 1
        if isinstance(result, Broken):
            raise result.error
        return replace(result, tries=number)

    def _learn(self, result: Response | Broken, asked: float | None) -> None:
        """Let the pace follow what the answer says."""
        if isinstance(result, Broken):
            return
        if result.status == TOO_MANY:
            self._parts.allowance.too_many(asked, self._parts.clock.monotonic() - result.elapsed_ms / 1000)
        elif result.ok:
            self._parts.allowance.answered(result.rate_limit())

    @staticmethod
    def _seen(request: Request, result: Response | Broken, number: int) -> tuple[Try, float | None]:
        if isinstance(result, Broken):
            return Try(request.method, number, result.outcome, keyed=request.repeatable), None
        told = result.rate_limit()
        asked = told.wait_s if told else None
        return Try(request.method, number, Outcome.ANSWERED, result.status, asked, request.repeatable), asked

    def _told_to_wait(self, result: Response | Broken) -> TransportError:
        error = TransportError(self._parts.allowance.told_to_wait())
        error.exchange = result.error.exchange if isinstance(result, Broken) else result.exchange
        return error

    def _try(self, request: Request, address: Address, deadline_s: float) -> tuple[Response | Broken, float]:
        """One try: waits for its turn, sends, records. Returns the seconds it took as well, waiting for its turn not counted."""
        body, media = request.content()
        headers = self._headers(request, media)
        clock = self._parts.clock
        with self._parts.allowance.turn():
            exchange = Exchange(request.method, str(address), headers, body, clock.now())
            began = clock.monotonic()
            try:
                if self._parts.line is not None:
                    self._parts.line.carry(request, address.origin.host, address.origin.port)
                reply = self._parts.transport.exchange(request.method, address, headers, body, deadline_s)
                took = clock.monotonic() - began
                return self._answered(exchange, reply, took * 1000), took
            except Broken as broken:
                took = clock.monotonic() - began
                return self._failed(exchange, broken, took * 1000), took
            except TransportError as error:
                took = clock.monotonic() - began
                return self._failed(exchange, Broken(Outcome.HOPELESS, error), took * 1000), took

    @staticmethod
    def _headers(request: Request, media: str | None) -> list[tuple[str, str]]:
        given = Headers(request.headers.items())
        own = [("Accept", ACCEPT), ("Accept-Encoding", inflate.ACCEPTED), ("User-Agent", USER_AGENT)]
        own += [("Content-Type", media)] if media else []
        return [*((name, value) for name, value in own if name not in given), *request.headers.items()]

    def _answered(self, exchange: Exchange, reply: Reply, elapsed_ms: float) -> Response:
        headers = Headers(reply.headers)
        body = inflate.inflate(reply.raw, headers.get("content-encoding", ""), self._parts.transport.largest)
        key = self._record(
            replace(exchange, elapsed_ms=elapsed_ms, status=reply.status, answer_headers=reply.headers, answer=body)
        )
        received = self._parts.clock.now()
        return Response(reply.status, headers, body, exchange.url, elapsed_ms, exchange.sent, received, key)

    def _failed(self, exchange: Exchange, broken: Broken, elapsed_ms: float) -> Broken:
        error = type(broken.error)(*(Problem(one.code, self._redacted(one.values)) for one in broken.error.problems))
        reason = "; ".join(f"{one.code} {dict(one.values)}" for one in error.problems)
        error.exchange = self._record(replace(exchange, elapsed_ms=elapsed_ms, error=reason))
        return Broken(broken.outcome, error)

    def _record(self, exchange: Exchange) -> str | None:
        return self._scope.record(exchange) if self._scope is not None else None
