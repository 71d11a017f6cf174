"""How requests are authenticated, one small class per kind of the project file, without any I/O.

A scheme puts credentials on a request (`apply`). One whose token must be fetched first yields the token requests from `renew` and is sent
their answers, so that a test drives it with `next` and `send`; who sends them, when, and under which lock is the session's business.
"""

from __future__ import annotations

import math
import re
from base64 import b64encode
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import quote_plus, unquote_plus

from checker.client.messages import Headers, Request, Response, as_pairs
from checker.errors import Problem, TransportError
from checker.model.paths import get
from checker.model.text import safe
from checker.project import types

RENEW_BEFORE_S = 30.0  # a token is renewed this long before its end, or after nine tenths of a short life
RENEW_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Token:
    """A fetched token. `obtained` is a monotonic instant, `lifetime_s` None where nothing was said; `refresh` renews it (RFC 6749, 6)."""

    value: str
    obtained: float
    lifetime_s: float | None = None
    refresh: str | None = None

    def stale(self, now: float) -> bool:
        """Whether it ends soon or has ended."""
        if self.lifetime_s is None:
            return False
        return now >= self.obtained + max(self.lifetime_s - RENEW_BEFORE_S, self.lifetime_s * RENEW_SHARE)


Renewal = Generator[Request, Response, Token]


class Scheme(Protocol):
    """One way to authenticate."""

    fetches: bool

    def apply(self, request: Request, token: Token | None) -> Request:
        """The request with credentials; `token` is None for schemes that fetch none."""
        ...

    def renew(self, old: Token | None, now: float) -> Renewal:
        """Requests that fetch a token; returns it. Raises TransportError where it is refused or can't be found in the answer."""
        ...

    def wrong(self) -> Scheme:
        """The same form with a plausible value that is wrong."""
        ...

    def ending(self, token: Token | None) -> Request | None:
        """The request that ends what a token stands for; None where nothing has to be ended."""
        ...


KNOWN_SCHEMES = frozenset({"apikey", "api-key", "basic", "bearer", "key", "oauth", "token"})


def plausible(value: str) -> str:
    """A value of the same shape that can't be right: letters become x or X, digits 0, what separates stays; it tells nothing of the real one."""
    shape = re.sub(r"[0-9]", "0", re.sub(r"[A-Z]", "X", re.sub(r"[a-z]", "x", value)))
    changed = shape if shape.isascii() and shape.isprintable() else "x" * len(value)
    return changed if changed != value else changed + "x"


def _with_header(request: Request, name: str, value: str) -> Request:
    kept = {key: old for key, old in request.headers.items() if key.lower() != name.lower()}
    return replace(request, headers={**kept, name: value})


class Static:
    """What needs no token: the base of the schemes that only put something on the request."""

    fetches = False

    def renew(self, old: Token | None, now: float) -> Renewal:  # noqa: ARG002 - the protocol's shape
        """Nothing is fetched."""
        raise AssertionError
        yield

    def ending(self, token: Token | None) -> Request | None:  # noqa: ARG002 - the protocol's shape
        """Nothing was begun."""
        return None


class NoCredentials(Static):
    """Nothing is put on the request."""

    def apply(self, request: Request, token: Token | None) -> Request:  # noqa: ARG002
        """The request as it is."""
        return request

    def wrong(self) -> Scheme:
        """A bearer token, since no form is known."""
        return Header("Authorization", "xxxxxxxxxxxxxxxx", "Bearer")


@dataclass(frozen=True)
class Header(Static):
    """A value in a header: bearer tokens and API keys."""

    name: str
    value: str
    prefix: str | None = None

    def apply(self, request: Request, token: Token | None) -> Request:  # noqa: ARG002
        """The request with the header set."""
        return _with_header(request, self.name, f"{self.prefix} {self.value}" if self.prefix else self.value)

    def wrong(self) -> Scheme:
        """The header with another value."""
        return replace(self, value=plausible(self.value))


@dataclass(frozen=True)
class Query(Static):
    """A key in the query."""

    name: str
    value: str
    prefix: str | None = None

    def apply(self, request: Request, token: Token | None) -> Request:  # noqa: ARG002
        """The request with the parameter last; one of that name that a link brought along is replaced."""
        value = f"{self.prefix} {self.value}" if self.prefix else self.value
        path, mark, brought = request.target.partition("?")
        rest = [one for one in brought.split("&") if unquote_plus(one.partition("=")[0]) != self.name]
        kept = [(name, old) for name, old in as_pairs(request.query) if name != self.name]
        target = path + (mark + "&".join(rest) if rest and rest != [""] else "")
        return replace(request, target=target, query=[*kept, (self.name, value)])

    def wrong(self) -> Scheme:
        """The parameter with another value."""
        return replace(self, value=plausible(self.value))


@dataclass(frozen=True)
class Cookie(Static):
    """A key in a cookie; cookies that the caller set stay."""

    name: str
    value: str
    prefix: str | None = None

    def apply(self, request: Request, token: Token | None) -> Request:  # noqa: ARG002
        """The request with the cookie added."""
        value = f"{self.prefix} {self.value}" if self.prefix else self.value
        old = Headers(request.headers.items()).get("cookie")
        return _with_header(request, "Cookie", f"{old}; {self.name}={value}" if old else f"{self.name}={value}")

    def wrong(self) -> Scheme:
        """The cookie with another value."""
        return replace(self, value=plausible(self.value))


@dataclass(frozen=True)
class Basic(Static):
    """HTTP Basic (RFC 7617), UTF-8."""

    username: str
    password: str

    def apply(self, request: Request, token: Token | None) -> Request:  # noqa: ARG002
        """The request with name and password."""
        pair = b64encode(f"{self.username}:{self.password}".encode()).decode()
        return _with_header(request, "Authorization", f"Basic {pair}")

    def wrong(self) -> Scheme:
        """The same name with another password."""
        return replace(self, password=plausible(self.password))


@dataclass(frozen=True)
class OAuth2:
    """OAuth 2.0 grants that need no person (RFC 6749, 4.3, 4.4, 6).

    `first` is the grant's own form. An answer's refresh token is used next time; where it is refused, the first grant is tried again.
    The client authenticates by HTTP Basic (2.3.1); where that is refused with 400 or 401, once more with its id and secret in the form.
    """

    token_url: str
    first: Mapping[str, str]
    client_id: str | None
    client_secret: str | None
    scopes: tuple[str, ...] = ()
    fetches = True

    def apply(self, request: Request, token: Token | None) -> Request:
        """The request with the token."""
        return _with_header(request, "Authorization", f"Bearer {token.value}") if token else request

    def wrong(self) -> Scheme:
        """A bearer token that nobody gave out."""
        return Header("Authorization", "xxxxxxxxxxxxxxxxxxxxxxxx", "Bearer")

    def renew(self, old: Token | None, now: float) -> Renewal:
        """Ask for a token, by the refresh token first where there is one."""
        forms = [dict(self.first)]
        if old is not None and old.refresh is not None and old.refresh != self.first.get("refresh_token"):
            forms.insert(0, {"grant_type": "refresh_token", "refresh_token": old.refresh})
        for form in forms:
            for request in self._requests(form):
                response = yield request
                if response.ok:
                    return self._token(response, now, old)
                if response.status not in {400, 401}:
                    break
        raise _refused(self.token_url, response)

    def ending(self, token: Token | None) -> Request | None:  # noqa: ARG002 - it ends by itself
        """A token ends by itself."""
        return None

    def _requests(self, form: Mapping[str, str]) -> list[Request]:
        form = {**form, "scope": " ".join(self.scopes)} if self.scopes else dict(form)
        headers = {"Accept": "application/json"}
        if self.client_id is None:
            return [Request("POST", self.token_url, headers=headers, form=form)]
        if self.client_secret is None:
            return [Request("POST", self.token_url, headers=headers, form={**form, "client_id": self.client_id})]
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}".encode()
        basic = {**headers, "Authorization": f"Basic {b64encode(pair).decode()}"}
        in_form = {**form, "client_id": self.client_id, "client_secret": self.client_secret}
        return [
            Request("POST", self.token_url, headers=basic, form=form),
            Request("POST", self.token_url, headers=headers, form=in_form),
        ]

    def _token(self, response: Response, now: float, old: Token | None) -> Token:
        answer = response.json()
        value = get(answer, "access_token")
        if not isinstance(value, str) or not value:
            raise _no_token(self.token_url, "access_token")
        refresh = get(answer, "refresh_token")
        kept = refresh if isinstance(refresh, str) and refresh else (old.refresh if old else None)
        return Token(value, now, _seconds(get(answer, "expires_in")), kept)


@dataclass(frozen=True)
class Login:
    """A login request of the system's own: the token stands in the answer, or a cookie is set."""

    request: Request
    token_path: str | None
    cookie: str | None
    lifetime_s: float | None
    logout: Request | None = None
    fetches = True

    def apply(self, request: Request, token: Token | None) -> Request:
        """The request with the session's token or cookie."""
        if token is None:
            return request
        return self._carrier(token.value).apply(request, None)

    def _carrier(self, value: str) -> Header | Cookie:
        return Cookie(self.cookie, value) if self.cookie else Header("Authorization", value, "Bearer")

    def wrong(self) -> Scheme:
        """A session that nobody opened."""
        return self._carrier("xxxxxxxxxxxxxxxxxxxxxxxx")

    def renew(self, old: Token | None, now: float) -> Renewal:  # noqa: ARG002 - a new login needs nothing of the old
        """Log in."""
        response = yield self.request
        if not (response.ok or (self.cookie and 300 <= response.status < 400)):  # noqa: PLR2004 - forms answer with a redirect
            raise _refused(self.request.target, response)
        value = _cookie(response, self.cookie) if self.cookie else get(response.json(), self.token_path or "")
        if not isinstance(value, str) or not value:
            raise _no_token(self.request.target, self.cookie or self.token_path or "")
        return Token(value, now, self.lifetime_s)

    def ending(self, token: Token | None) -> Request | None:
        """Log out."""
        return self.apply(self.logout, token) if self.logout is not None else None


def _cookie(response: Response, name: str) -> str | None:
    for line in response.headers.all("set-cookie"):
        key, _, value = line.partition(";")[0].strip().partition("=")
        if key == name:
            return value
    return None


def _seconds(value: Any) -> float | None:
    """`expires_in` as seconds; some servers write it as text."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < math.inf else None


def _refused(url: str, response: Response) -> TransportError:
    error = TransportError(Problem("http.token-refused", {"url": safe(url), "status": response.status}))
    error.exchange = response.exchange
    return error


def _no_token(url: str, path: str) -> TransportError:
    return TransportError(Problem("http.no-token-in-answer", {"url": safe(url), "path": path}))


def login(auth: types.LoginAuth, plain: Callable[[str], str]) -> Login:
    """A login as configured, references in its body resolved."""
    method, _, target = auth.request.strip().rpartition(" ")
    request = Request(method.upper() or "POST", target, json=_resolved(auth.body, plain))
    how, _, where = (auth.logout or "").strip().rpartition(" ")
    ending = Request(how.upper() or "POST", where) if where else None
    lifetime = types.seconds(auth.lifetime) if auth.lifetime else None
    return Login(request, auth.token_path, auth.cookie, lifetime, ending)


def _resolved(value: Any, plain: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _resolved(one, plain) for key, one in value.items()}
    return [_resolved(one, plain) for one in value] if isinstance(value, list) else value


def _refresh(auth: types.RefreshTokenAuth, plain: Callable[[str], str]) -> OAuth2:
    first = {"grant_type": "refresh_token", "refresh_token": plain(auth.refresh_token)}
    return OAuth2(auth.token_url, first, auth.client_id, plain(auth.client_secret), tuple(auth.scopes))


def _password(auth: types.PasswordAuth, plain: Callable[[str], str]) -> OAuth2:
    first = {"grant_type": "password", "username": auth.username, "password": plain(auth.password)}
    secret = plain(auth.client_secret) if auth.client_secret else None
    return OAuth2(auth.token_url, first, auth.client_id, secret, tuple(auth.scopes))


def _client_credentials(auth: types.ClientCredentialsAuth, plain: Callable[[str], str]) -> OAuth2:
    first = {"grant_type": "client_credentials"}
    return OAuth2(auth.token_url, first, auth.client_id, plain(auth.client_secret), tuple(auth.scopes))


def _api_key(auth: types.ApiKeyHeaderAuth, plain: Callable[[str], str]) -> Header:
    """The header, and the scheme before the key apart: a wrong key without it would be refused for the form alone, and prove nothing.

    The scheme is what stands before the reference in the project file, or one of those that are known (IANA's registry and the usual others).
    """
    value = plain(auth.value)
    word, blank, key = value.partition(" ")
    known = auth.value.startswith(f"{word} ${{") or word.lower() in KNOWN_SCHEMES
    if auth.prefix is None and blank and " " not in key and known:
        return Header(auth.name, key, word)
    return Header(auth.name, value, auth.prefix)


SCHEMES: dict[type, Callable[[Any, Callable[[str], str]], Scheme]] = {
    types.NoAuth: lambda _auth, _plain: NoCredentials(),
    types.BearerAuth: lambda auth, plain: Header("Authorization", plain(auth.token), "Bearer"),
    types.ApiKeyHeaderAuth: _api_key,
    types.ApiKeyQueryAuth: lambda auth, plain: Query(auth.name, plain(auth.value), auth.prefix),
    types.ApiKeyCookieAuth: lambda auth, plain: Cookie(auth.name, plain(auth.value), auth.prefix),
    types.BasicAuth: lambda auth, plain: Basic(auth.username, plain(auth.password)),
    types.ClientCredentialsAuth: _client_credentials,
    types.RefreshTokenAuth: _refresh,
    types.PasswordAuth: _password,
    types.LoginAuth: login,
}


def scheme(auth: types.Auth | None, plain: Callable[[str], str]) -> Scheme:
    """The scheme of a configured auth; `plain` resolves `${…}` references."""
    return SCHEMES[type(auth)](auth, plain) if auth is not None else NoCredentials()
