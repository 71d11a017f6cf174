"""What the network says on the way to a system, step by step: name, connection, handshake, our own address, and both clocks."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from checker.client import tls
from checker.client.messages import Response
from checker.client.ratelimit import http_date

TIMEOUT_S = 5.0
CERTIFICATE_DATE = "%b %d %H:%M:%S %Y GMT"  # OpenSSL's notAfter
CLOCK_STEP_S = 1.0  # the Date header has whole seconds


@dataclass(frozen=True, slots=True)
class Resolved:
    """A host's addresses, or why there are none (an http.* code)."""

    addresses: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Connected:
    """A TCP connection: how long it took, and the address of ours that it left from; or why there is none (an http.* code)."""

    milliseconds: float | None
    local_address: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Handshake:
    """A TLS handshake: version (`TLSv1.3`) and the certificate's end; or why it failed (an http.tls-* code, with OpenSSL's words in `detail`)."""

    version: str | None
    expires: datetime | None = None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Skew:
    """How far the server's clock is ahead of ours, and by how much that may be off, in seconds."""

    seconds: float
    uncertainty: float


def resolve(host: str) -> Resolved:
    """The host's addresses, each once, in the resolver's order."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return Resolved((), tls.unreachable(error).code if isinstance(error, OSError) else "http.unknown-host")
    return Resolved(tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))


def connect(
    host: str, port: int, timeout_s: float = TIMEOUT_S, monotonic: Callable[[], float] = time.monotonic
) -> Connected:
    """Open a TCP connection and close it again; nothing is sent."""
    began = monotonic()
    try:
        with socket.create_connection((host, port), timeout_s) as link:
            took = (monotonic() - began) * 1000
            return Connected(took, str(link.getsockname()[0]))
    except OSError as error:
        return Connected(None, reason=tls.unreachable(error).code)


def local_address(host: str, port: int) -> str | None:
    """The address of this machine that a connection to the host leaves from; None where there is no way. Behind a router it is a private one."""
    return connect(host, port).local_address


def handshake(
    host: str,
    port: int,
    ca_file: str | None = None,
    client_certificate: str | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Handshake:
    """Speak TLS, verified as the client verifies, and hang up. Raises InputError where a file of the settings is bad."""
    context = tls.context(ca_file, client_certificate)
    try:
        with (
            socket.create_connection((host, port), timeout_s) as link,
            context.wrap_socket(link, server_hostname=host) as spoken,
        ):
            return Handshake(spoken.version(), _expiry(spoken))
    except OSError as error:
        problem = tls.unreachable(error)
        return Handshake(None, reason=problem.code, detail=str(problem.values.get("reason") or "") or None)


def _expiry(spoken: ssl.SSLSocket) -> datetime | None:
    certificate = spoken.getpeercert() or {}
    end = certificate.get("notAfter")
    if not isinstance(end, str):
        return None
    return datetime.strptime(end, CERTIFICATE_DATE).replace(tzinfo=UTC)


def clock_skew(response: Response) -> Skew | None:
    """The server's clock against ours, from the Date header and the request's midpoint; None without that header.

    The header cuts off fractions, so half a second is added to it. The uncertainty is half the way there and back, and that half second.
    """
    told = http_date(response.headers.get("date", ""))
    if told is None:
        return None
    midpoint = response.sent + (response.received - response.sent) / 2
    seconds = (told - midpoint).total_seconds() + CLOCK_STEP_S / 2
    return Skew(seconds, (response.received - response.sent).total_seconds() / 2 + CLOCK_STEP_S / 2)
