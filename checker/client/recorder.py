"""The recorder: what was asked and answered, as evidence that may be stored and shown. Redacted and masked before anything is kept."""

from __future__ import annotations

import re
import shlex
import threading
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from checker.client import mask
from checker.client.redact import CLOSE, MARK, OPEN, Secrets, between, shown, unmarked
from checker.model.finding import ExchangeEvidence
from checker.model.text import safe

SHOWN_BODY = 2000  # characters of a body that are kept
LONGEST_FIELD = 500
TEXTUAL = ("json", "xml", "text", "html", "x-www-form-urlencoded", "javascript", "csv", "yaml")
UNRESERVED = "-._~!$'()*,;:@/?[]{}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as they were, before redaction; `status` is None where there was no answer, `error` says why."""

    method: str
    url: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    sent: datetime
    elapsed_ms: float | None = None
    status: int | None = None
    answer_headers: Iterable[tuple[str, str]] = ()
    answer: bytes = b""
    error: str | None = None


@dataclass
class Scope:
    """Where a probe's exchanges are recorded: keys read `crm|pagination|crm/contacts|0003` and sort by system, probe, subject, sequence."""

    recorder: Recorder
    prefix: str

    def record(self, exchange: Exchange) -> str:
        """Keep an exchange; returns its evidence key."""
        return self.recorder.record(self.prefix, exchange)


@dataclass
class Held(Scope):
    """A scope that keeps exchanges back until it is known where they stand: what is asked at once answers in any order."""

    _waiting: list[Exchange] = field(default_factory=list)

    def record(self, exchange: Exchange) -> str:
        """Keep an exchange back; returns a mark, for which `release` has the key."""
        self._waiting.append(exchange)
        return f"held|{len(self._waiting)}"

    def release(self) -> dict[str, str]:
        """Record what was kept back, in its order; gives the evidence keys by mark."""
        return {f"held|{at}": super(Held, self).record(one) for at, one in enumerate(self._waiting, 1)}


@dataclass
class Recorder:
    """All exchanges of a run, by key. Thread-safe. `masking` is off only where a user wants to see personal data of their own."""

    secrets: Secrets = field(default_factory=Secrets)
    masking: bool = True
    _kept: dict[str, ExchangeEvidence] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def scope(self, system: str, probe: str, subject: object = None) -> Scope:
        """A handle for one probe on one subject (default: the system)."""
        return Scope(self, f"{system}|{probe}|{subject if subject is not None else system}")

    def record(self, prefix: str, exchange: Exchange) -> str:
        """Redact, mask and keep an exchange under the next key of that prefix; returns the key."""
        with self._lock:
            number = self._counts[prefix] = self._counts.get(prefix, 0) + 1
        key = f"{prefix}|{number:04d}"
        evidence = self._evidence(prefix.partition("|")[0], exchange)
        with self._lock:
            self._kept[key] = evidence
        return key

    def shown(self, system: str, exchange: Exchange) -> ExchangeEvidence:
        """An exchange as it would be kept, without keeping it."""
        return self._evidence(system, exchange)

    def evidence(self) -> dict[str, ExchangeEvidence]:
        """Everything recorded so far, in the order of the keys."""
        with self._lock:
            return dict(sorted(self._kept.items()))

    def redact(self, text: str) -> str:
        """Any other text without the secrets of this run."""
        return self.secrets.redact(text)

    def _evidence(self, system: str, exchange: Exchange) -> ExchangeEvidence:
        url = self._url(exchange.url)
        headers = self._headers(exchange.headers)
        media = _media(exchange.headers)
        body = self._body(exchange.body, media) if exchange.body else None
        response: dict[str, Any] | None = None
        if exchange.status is not None:
            response = {
                "status": exchange.status,
                "headers": {name: _plain(value) for name, value in self._headers(exchange.answer_headers).items()},
                "body": _plain(self._body(exchange.answer, _media(exchange.answer_headers)), SHOWN_BODY),
                "bytes": len(exchange.answer),
            }
        return ExchangeEvidence(
            at=exchange.sent.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            system=system,
            request={
                "method": exchange.method,
                "url": _plain(url, SHOWN_BODY),
                "headers": {name: _plain(value) for name, value in headers.items()},
                "body": None if body is None else _plain(body, SHOWN_BODY),
            },
            response=response,
            error=None if exchange.error is None else safe(self.secrets.redact(exchange.error)),
            milliseconds=None if exchange.elapsed_ms is None else round(exchange.elapsed_ms, 1),
            repeat=self._repeat(exchange, url, headers, body),
        )

    def _url(self, url: str) -> str:
        """The URL, marked: secrets anywhere, values of sensitive and personal parameters, userinfo."""
        parts = urlsplit(self.secrets.marked(unmarked(url)))
        host = parts.netloc.rpartition("@")[2]
        pairs: list[str] = []
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            hidden = self.secrets.field(name, value)
            hidden = mask.field(name, hidden) if self.masking and not MARK.search(hidden) else hidden
            pairs.append(f"{self._quoted(name)}={self._quoted(hidden)}")
        path = mask.free_text(parts.path) if self.masking else parts.path
        return f"{parts.scheme}://{host}{path}" + (f"?{'&'.join(pairs)}" if pairs else "")

    @staticmethod
    def _quoted(text: str) -> str:
        return between(text, lambda piece: quote(piece, safe=UNRESERVED))

    def _headers(self, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Header fields, marked and masked; several of a name are joined by a comma."""
        found: dict[str, str] = {}
        for name, value in pairs:
            hidden = self.secrets.field(name, unmarked(value))
            hidden = mask.free_text(hidden) if self.masking else hidden
            found[name] = f"{found[name]}, {hidden}" if name in found else hidden
        return found

    def _body(self, body: bytes, media: str) -> str:
        """The beginning of a body, marked and masked; a secret that the cut might leave half of goes whole."""
        if media and not any(word in media for word in TEXTUAL):
            return f"({len(body)} bytes of {media})"
        margin = self.secrets.longest + 1
        window = unmarked(body[: (SHOWN_BODY + margin) * 4].decode("utf-8", "replace"))
        text = window[: SHOWN_BODY + margin]
        whole = len(text) == len(window) and len(body) <= (SHOWN_BODY + margin) * 4
        hidden = self._hidden(text, media)
        return hidden if whole and len(hidden) <= SHOWN_BODY else _cut(hidden if whole else hidden[:-margin])

    def _hidden(self, text: str, media: str) -> str:
        if "form-urlencoded" in media:
            return "&".join(
                f"{name}={self._pair(name, value)}" for name, value in parse_qsl(text, keep_blank_values=True)
            )
        marked = self.secrets.marked(text)
        if marked.lstrip("\ufeff \r\n\t")[:1] in {"{", "["}:
            return mask.json_text(marked, personal=self.masking)
        return mask.free_text(marked) if self.masking else marked

    def _pair(self, name: str, value: str) -> str:
        hidden = self.secrets.field(name, value)
        return mask.field(name, hidden) if self.masking and not MARK.search(hidden) else hidden

    def _repeat(self, exchange: Exchange, url: str, headers: Mapping[str, str], body: str | None) -> str:
        """A curl command for the same request, secrets as shell variables."""
        words = ["curl -sS" + ("" if exchange.method == "GET" else f" -X {shlex.quote(exchange.method)}")]
        original = {name.lower(): value for name, value in exchange.headers}
        for name, value in headers.items():
            if name.lower() in {"user-agent", "accept-encoding", "host", "content-length", "connection"}:
                continue
            pair = _basic(original.get("authorization", "")) if name.lower() == "authorization" else None
            words.append(f"-u {_shell(self.secrets.marked(pair))}" if pair else f"-H {_shell(f'{name}: {value}')}")
        if body is not None:
            words.append(f"--data-raw {_shell(body)}")
        return " ".join([*words, _shell(url)])


def _media(headers: Iterable[tuple[str, str]]) -> str:
    named = next((value for name, value in headers if name.lower() == "content-type"), "")
    return safe(named.partition(";")[0].strip().lower(), 60)


def _basic(value: str) -> str | None:
    """`user:password` of an Authorization header; None for another scheme."""
    scheme, _, pair = value.partition(" ")
    try:
        return b64decode(pair, validate=True).decode() if scheme.lower() == "basic" else None
    except (Base64Error, UnicodeDecodeError):
        return None


def _cut(marked: str) -> str:
    """The beginning that is shown, never half a mark."""
    start = marked[:SHOWN_BODY]
    return (start[: start.rfind(OPEN)] if start.rfind(OPEN) > start.rfind(CLOSE) else start) + "…"


def _plain(marked: str, longest: int = LONGEST_FIELD) -> str:
    """Marked text as it may be shown: secrets as `$NAME`, control characters visible, lines kept."""
    lines = shown(marked).split("\n")
    # printable text is safe as it is, and `safe` looks at each character
    return "\n".join(line if line.isprintable() and len(line) <= longest else safe(line, longest) for line in lines)


def _shell(marked: str) -> str:
    """Marked text as one word of a POSIX shell, secrets as variables."""
    if not MARK.search(marked):
        return shlex.quote(_plain(marked, SHOWN_BODY))
    quoted = between(marked, lambda piece: re.sub(r'([\\"$`])', r"\\\1", _plain(piece, SHOWN_BODY)))
    return '"' + MARK.sub(r"${\1}", quoted) + '"'
