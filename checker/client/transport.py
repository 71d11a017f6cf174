"""One try on the wire: the only module that knows httpx and its engine httpcore.

httpx alone limits each read, not a whole answer (acceptance F7): a byte every half second keeps it for ever. So the engine gets a network
backend that knows the deadline of the try it works for, and that counts what left this machine.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from checker.client import tls
from checker.client.inflate import LARGEST_BODY, too_large
from checker.client.origin import Address, Origin
from checker.client.proxy import Proxy
from checker.client.retry import Outcome
from checker.errors import DeadlineError, Problem, TransportError, UnreachableError
from checker.model.text import safe

CONNECT_S = 5.0  # for TCP and for the TLS handshake, each
SILENCE_S = 10.0  # without a byte
IDLE_CONNECTIONS_S = 30.0
SILENT = logging.CRITICAL + 1

# Their INFO lines hold whole URLs, secrets included (acceptance F9).
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(SILENT)


@dataclass
class Wire:
    """What one try may and did: the monotonic instants of its start and its latest end, and the bytes it sent."""

    began: float
    ends: float
    monotonic: Callable[[], float]
    sent: int = 0

    def left(self, timeout: float | None) -> float:
        """Seconds that the next step may take; not positive where the deadline has passed."""
        rest = self.ends - self.monotonic()
        return rest if timeout is None else min(timeout, rest)


_WIRE: ContextVar[Wire] = ContextVar("wire")


class _Stream(httpcore.NetworkStream):
    """A connection that keeps to the deadline of the try in whose thread it is used."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _WIRE.get().left(timeout)
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return self._inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        wire = _WIRE.get()
        left = wire.left(timeout)
        if left <= 0:
            raise httpcore.WriteTimeout("deadline")
        wire.sent += len(buffer)
        self._inner.write(buffer, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _WIRE.get().left(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, max(left, 0.001)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections that keep to a deadline."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _WIRE.get().left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout("deadline")
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))


class _Pools(httpx.BaseTransport):
    """Connections by scheme and proxy, opened when first needed."""

    def __init__(
        self, context: Callable[[], ssl.SSLContext], proxy_for: Callable[[Origin], Proxy | None], most: int
    ) -> None:
        self._context, self._proxy_for, self._most = context, proxy_for, most
        self._pools: dict[tuple[str, Proxy | None], httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def _pool(self, origin: Origin) -> httpcore.ConnectionPool:
        proxy = self._proxy_for(origin)
        with self._lock:
            key = (origin.scheme, proxy)
            if key not in self._pools:
                self._pools[key] = self._open(origin.scheme, proxy)
            return self._pools[key]

    def _open(self, scheme: str, proxy: Proxy | None) -> httpcore.ConnectionPool:
        common: dict[str, Any] = {
            "ssl_context": self._context() if scheme == "https" else None,
            "max_connections": self._most,
            "keepalive_expiry": IDLE_CONNECTIONS_S,
            "network_backend": _Backend(),
        }
        if proxy is None:
            return httpcore.ConnectionPool(**common)
        known = None if proxy.username is None else (proxy.username, proxy.password or "")
        return httpcore.HTTPProxy(proxy_url=str(proxy.address.origin), proxy_auth=known, **common)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        origin = Origin(url.scheme, url.host, url.port or {"http": 80, "https": 443}[url.scheme])
        raw = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool(origin).handle_request(raw)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()


class _Body(httpx.SyncByteStream):
    """An answer's body as it comes off the wire."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: header fields in order, the body still encoded."""

    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes


class Broken(Exception):  # noqa: N818 - an outcome for the retry decision, never shown to a user
    """A try without an answer: how it ended, and the error to raise where it is not tried again."""

    def __init__(self, outcome: Outcome, error: TransportError) -> None:
        super().__init__(str(error))
        self.outcome, self.error = outcome, error


class Transport:
    """Sends one request and reads its answer, within a deadline and a size. No redirects, cookies, environment or netrc."""

    def __init__(
        self,
        *,
        context: Callable[[], ssl.SSLContext],
        proxy_for: Callable[[Origin], Proxy | None],
        monotonic: Callable[[], float],
        connections: int,
        largest: int = LARGEST_BODY,
    ) -> None:
        self._monotonic, self.largest, self.proxy_for = monotonic, largest, proxy_for
        # Without httpx.Client: it refuses answers whose Location it can't parse, and keeps cookies.
        self._pools = _Pools(context, proxy_for, connections)

    def exchange(
        self, method: str, address: Address, headers: Iterable[tuple[str, str]], body: bytes, deadline_s: float
    ) -> Reply:
        """One try. Raises Broken where no whole answer came, InputError where a TLS file or the proxy setting is bad."""
        began = self._monotonic()
        wire = Wire(began, began + deadline_s, self._monotonic)
        token = _WIRE.set(wire)
        try:
            return self._exchange(self._request(method, address, headers, body))
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise broken(error, wire, address, self.proxy_for(address.origin)) from None
        finally:
            _WIRE.reset(token)

    def _request(self, method: str, address: Address, headers: Iterable[tuple[str, str]], body: bytes) -> httpx.Request:
        encoded = [(name.encode("utf-8"), value.encode("utf-8")) for name, value in headers]
        timeouts = {"connect": CONNECT_S, "read": SILENCE_S, "write": SILENCE_S, "pool": None}
        try:
            return httpx.Request(
                method, str(address), headers=encoded, content=body or None, extensions={"timeout": timeouts}
            )
        except httpx.InvalidURL as error:
            place = {"host": safe(address.origin.host), "port": address.origin.port, "reason": safe(error)}
            raise Broken(Outcome.HOPELESS, TransportError(Problem("http.cannot-be-sent", place))) from None

    def _exchange(self, request: httpx.Request) -> Reply:
        answer = self._pools.handle_request(request)
        try:
            pieces: list[bytes] = []
            size = 0
            said = answer.headers.get("content-length", "")
            if request.method != "HEAD" and said.isascii() and said.isdigit() and int(said) > self.largest:
                raise Broken(Outcome.HOPELESS, too_large(self.largest))
            for piece in answer.iter_raw():
                size += len(piece)
                if size > self.largest:
                    raise Broken(Outcome.HOPELESS, too_large(self.largest))
                pieces.append(piece)
        finally:
            answer.close()
        # latin-1 never fails (RFC 9110 5.5); most headers are ASCII
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
        return Reply(answer.status_code, fields, b"".join(pieces))

    def close(self) -> None:
        """Close all connections."""
        self._pools.close()


def broken(error: Exception, wire: Wire, address: Address, proxy: Proxy | None) -> Broken:
    """What an engine's error means: how the try ended, and what to tell."""
    place: dict[str, object] = {"host": safe(address.origin.host), "port": address.origin.port}
    if proxy is not None:
        place |= {"proxy": str(proxy.address.origin), "source": proxy.source}
    told = tls.failure(error)
    if told is not None:
        return Broken(Outcome.HOPELESS, UnreachableError(Problem(told.code, {**place, **told.values})))
    if wire.left(None) <= 0:
        problem = Problem("http.deadline", {**place, "seconds": round(wire.ends - wire.began, 1)})
        return Broken(Outcome.HOPELESS, DeadlineError(problem))
    if isinstance(error, httpcore.ProxyError):
        return Broken(
            Outcome.HOPELESS, UnreachableError(Problem("http.proxy-refused", {**place, "reason": safe(error)}))
        )
    if isinstance(error, httpcore.LocalProtocolError):
        return Broken(
            Outcome.HOPELESS, TransportError(Problem("http.cannot-be-sent", {**place, "reason": safe(error)}))
        )
    if wire.sent == 0:
        return _not_sent(error, place, proxied=proxy is not None)
    if isinstance(error, httpcore.TimeoutException):
        return Broken(Outcome.CUT, DeadlineError(Problem("http.silent", {**place, "seconds": SILENCE_S})))
    return Broken(Outcome.CUT, TransportError(Problem("http.cut", {**place, "reason": safe(error)})))


def _not_sent(error: Exception, place: dict[str, object], *, proxied: bool) -> Broken:
    """No connection came about. A name that nobody knows stays unknown; anything else may pass."""
    problem = tls.unreachable(error)
    outcome = Outcome.HOPELESS if problem.code == "http.unknown-host" else Outcome.NOT_SENT
    code = "http.proxy-unreachable" if proxied else problem.code
    return Broken(outcome, UnreachableError(Problem(code, {**place, **problem.values})))
