"""Request and Response: what is asked and what came back, as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson

from checker.client.ratelimit import RateLimitSeen, read_rate_limit
from checker.client.retry import READING
from checker.client.strict_json import decode_json
from checker.errors import Problem, UnreadableError
from checker.model.text import safe

SHOWN_START = 60  # characters of an unreadable body in an error

CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._-]+)", re.IGNORECASE)


class Headers(Mapping[str, str]):
    """Header fields: names in any case, several values under a name. `[]` joins them with a comma, as RFC 9110 5.3 does."""

    __slots__ = ("_fields", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = tuple(pairs)
        self._fields: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self._fields.setdefault(name.lower(), []).append(value)

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._fields[name.lower()])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def all(self, name: str) -> list[str]:
        """Every value under the name, in order."""
        return list(self._fields.get(name.lower(), ()))


def as_pairs(query: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> tuple[tuple[str, str], ...]:
    """A query as pairs of texts. A list under a name gives one pair each; None leaves the name out; booleans are `true` and `false`."""
    listed = query.items() if isinstance(query, Mapping) else (query or ())
    pairs: list[tuple[str, str]] = []
    for name, value in listed:
        several = value if isinstance(value, list | tuple) else (value,)
        texts = (str(one).lower() if isinstance(one, bool) else str(one) for one in several if one is not None)
        pairs.extend((str(name), text) for text in texts)
    return tuple(pairs)


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. `target` is a path below the base URL, or an absolute URL, which the origin guard then looks at.

    `query` is a mapping or pairs; nested values are put into bracket form by the caller. At most one of `json`, `form` and `body` is
    given. `key` says that the server knows the request by an idempotency key, so that it may be sent again; `reads` that it changes nothing
    though its method might (a search by POST).
    """

    method: str
    target: str
    query: Mapping[str, Any] | Sequence[tuple[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Any] | None = None
    body: bytes | None = None
    key: str | None = None
    reads: bool = False

    @property
    def asks(self) -> bool:
        """Whether it only asks, and changes nothing."""
        return self.reads or self.method in READING

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again though the first may have arrived, whatever its method."""
        return self.reads or self.key is not None

    def content(self) -> tuple[bytes, str | None]:
        """The body's bytes and its media type, None where the caller's headers say it."""
        if self.json is not None:
            return orjson.dumps(self.json), "application/json"
        if self.form is not None:
            return urlencode(as_pairs(self.form)).encode(), "application/x-www-form-urlencoded"
        return self.body or b"", None


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect that an answer asked for: from where, with which status, to where, and whether it was followed."""

    url: str
    status: int
    location: str
    followed: bool


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `body` is inflated; `url` is the one that answered; `elapsed_ms` counts from sending to the body's last byte.

    `exchange` is the evidence key, None where nothing was recorded. `sent` and `received` are our clock's instants. `tries` counts
    requests that were needed, the first included.
    """

    status: int
    headers: Headers
    body: bytes
    url: str
    elapsed_ms: float
    sent: datetime
    received: datetime
    exchange: str | None = None
    redirects: tuple[Redirect, ...] = ()
    tries: int = 1

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110 15.3

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; empty where none is said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The charset that the content type names."""
        named = CHARSET.search(self.headers.get("content-type", ""))
        return named[1].lower() if named else None

    def json(self) -> Any:
        """The decoded body. Raises UnreadableError where it is empty, cut off, HTML or otherwise no JSON; its values never lose digits."""
        if not self.body.strip():
            raise self.unreadable("http.empty-body", {"status": self.status})
        try:
            return decode_json(self.body, self.charset)
        except ValueError as error:
            text = self.body[: SHOWN_START * 4].decode("utf-8", "replace").lstrip("\ufeff").strip()
            html = text.lower().startswith(("<!doctype", "<html"))
            start = safe(text, SHOWN_START)
            values = {"status": self.status, "type": safe(self.media_type), "start": start, "reason": safe(error)}
            raise self.unreadable("http.html-for-json" if html else "http.no-json", values) from None

    def unreadable(self, code: str, values: Mapping[str, object]) -> UnreadableError:
        """An UnreadableError about this answer, with its evidence key."""
        error = UnreadableError(Problem(code, {"url": safe(self.url.partition("?")[0]), **values}))
        error.exchange = self.exchange
        return error

    def rate_limit(self) -> RateLimitSeen | None:
        """What the answer says about limits and waiting; None where it says nothing."""
        return read_rate_limit(self.headers, self.received)
