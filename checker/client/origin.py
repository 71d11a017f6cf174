"""The origin guard: where requests and credentials may go (acceptance F6, B22). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from checker.errors import InputError, OriginError, Problem
from checker.model.text import safe

DEFAULT_PORTS = {"http": 80, "https": 443}
# Parsers disagree about these in a URL; what they disagree about can't be guarded (WHATWG URL, 4.4 against RFC 3986).
UNSAFE = re.compile(r"[\x00-\x20\x7f\\\u0080-\u00a0]")
KEPT = "%/:?#[]@!$&'()*+,;=~-._"  # RFC 3986: reserved, unreserved and what is encoded already
LOOPBACK_NAMES = frozenset({"localhost", "::1"})


class Origin(NamedTuple):
    """Scheme, host and port, normalised (RFC 6454)."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}")

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine."""
        return self.host in LOOPBACK_NAMES or re.fullmatch(r"127\.\d+\.\d+\.\d+", self.host, re.ASCII) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart, safe to send to: the origin, and path with query as they go on the wire."""

    origin: Origin
    target: str

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


def parse_url(url: str) -> Address | None:
    """A URL taken apart; None where it isn't plain http(s) or parsers could disagree about it (userinfo, backslash, blanks, foreign letters in the host)."""
    if UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), parts.hostname
    if scheme not in DEFAULT_PORTS or not host or not host.isascii() or "@" in parts.netloc or port == 0:
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(Origin(scheme, host, port or DEFAULT_PORTS[scheme]), quote(target, safe=KEPT))


def parse_base(url: str, code: str = "http.bad-base-url") -> Address:
    """A URL of the project file taken apart; a host in foreign letters is put into its ASCII form. Raises InputError."""
    address = parse_url(url.strip())
    if address is None:
        scheme, sep, rest = url.strip().partition("://")
        host, slash, path = rest.partition("/")
        try:
            address = parse_url(f"{scheme}{sep}{host.encode('idna').decode()}{slash}{path}")
        except UnicodeError:
            address = None
    if address is None:
        raise InputError(Problem(code, {"url": safe(without_userinfo(url))}))
    return address


def without_userinfo(url: str) -> str:
    """The URL without `user:password@`."""
    return re.sub(r"//[^/?#]*@", "//", url)


@dataclass(frozen=True, slots=True)
class Guard:
    """The addresses that may be talked to: the base URL's origin and the project's further `origins`."""

    base: Address
    further: frozenset[Origin] = frozenset()

    def address(self, target: str) -> Address:
        """Where a path below the base URL, or an absolute URL, leads. Raises OriginError where that is outside; nothing was sent then."""
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", target):
            path = target if target.startswith(("/", "?")) or not target else f"/{target}"
            address = parse_url(f"{self.base.origin}{self.base.target.rstrip('/')}{path.replace(' ', '%20')}")
        else:
            address = parse_url(target)
        if address is None or (address.origin != self.base.origin and address.origin not in self.further):
            values = {"url": safe(without_userinfo(target)), "origin": str(self.base.origin)}
            raise OriginError(Problem("http.outside-origin", values))
        return address


def resolve(url: str, reference: str) -> str:
    """A link or redirect as an absolute URL, seen from the URL that it stood in; unchanged where it can't be joined."""
    try:
        return urljoin(url, reference.strip())
    except ValueError:
        return reference


def in_query(url: str, name: str) -> str | None:
    """The last value of a parameter in a URL's query; None where there is none, or where the URL can't be taken apart."""
    try:
        return dict(parse_qsl(urlsplit(url).query)).get(name)
    except ValueError:
        return None
