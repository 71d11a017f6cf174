"""The receiver of events: an HTTP server that keeps what comes as it came. On loopback unless told otherwise, behind unguessable paths.

waitress reads the requests; what is too large it answers itself (413). A request that isn't whole after ten seconds is dropped, however it
drips (acceptance C36).
"""

from __future__ import annotations

import errno
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from checker.serving import Server

LAST_PORT = 65_535
MOST_BYTES = 1024 * 1024  # of a body
LONGEST_S = 10.0  # that a request may take to arrive
MOST_KEPT = 10_000  # deliveries; then the oldest go
WORKERS = 4
WAKE_S = 0.05
UNANSWERED = 0  # the status of a request that gets no answer while its sender would wait
HELD_S = 20.0  # that such a request is kept waiting; few senders are so patient
PATH_BYTES = 24  # of chance in a path
LONGEST_CHALLENGE = 1000
# Query parameters and body members by which a sender asks whether somebody is there who wants its events.
CHALLENGES = ("hub.challenge", "validationToken", "validationtoken", "challenge", "crc_token")
HANDSHAKE_HEADER = "x-hook-secret"
STATUS = {
    200: "200 OK",
    204: "204 No Content",
    401: "401 Unauthorized",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request that came: `number` from 1, `at` by this machine's clock, `moment` monotonic (seconds), headers in lower case, the raw body.

    `status` is what was answered, or UNANSWERED.
    """

    number: int
    at: datetime
    moment: float
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int


Decide = Callable[[str, Mapping[str, str], bytes], int]


def accepts(_path: str, _headers: Mapping[str, str], _body: bytes) -> int:
    """Every event is welcome."""
    return 204


@dataclass
class Receiver:
    """Serves from construction until `stop`. `listen` is `HOST:PORT`, port 0 takes a free one; raises OSError for one that is taken or none.

    `public_url` is where it is reached from outside, if not there.
    """

    listen: str = "127.0.0.1:0"
    public_url: str | None = None
    monotonic: Callable[[], float] = time.monotonic
    _paths: dict[str, Decide] = field(default_factory=dict)
    _kept: list[Delivery] = field(default_factory=list)
    _count: int = 0
    _news: threading.Condition = field(default_factory=threading.Condition)
    _ends: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        host, _, port = self.listen.rpartition(":")
        if not (port or "0").isdecimal() or int(port or 0) > LAST_PORT:
            raise OSError(errno.EINVAL, f"{port} is no port")
        bound = socket.create_server((host.strip("[]") or "127.0.0.1", int(port or 0)))
        self.port = bound.getsockname()[1]
        self.host = host or "127.0.0.1"
        self._serving = _serving(self._answer, bound)

    @property
    def base(self) -> str:
        """The address in front of the paths, as a sender has to know it."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def opened(self, hint: str = "", path: str | None = None) -> str:
        """Accept events at a path that nobody guesses (or at `path`, `/…`); gives its whole address. `hint` stands in it for people."""
        path = path or f"/{hint}{'-' if hint else ''}{secrets.token_urlsafe(PATH_BYTES)}"
        self._paths[path] = accepts
        return self.base + path

    def answers(self, url: str, decide: Decide = accepts) -> None:
        """From here on `decide` says with which status events at an address are answered; with UNANSWERED they aren't, for `HELD_S`."""
        self._paths[self.path_of(url)] = decide

    def path_of(self, url: str) -> str:
        """The path of an address that `opened` gave."""
        return url.removeprefix(self.base)

    def deliveries(self, url: str | None = None) -> list[Delivery]:
        """What came so far, at that address or at all."""
        with self._news:
            return [one for one in self._kept if url is None or one.path == self.path_of(url)]

    def wait(
        self, until: Callable[[Sequence[Delivery]], bool], seconds: float, stop: threading.Event | None = None
    ) -> bool:
        """Wait until what came is as wished, at most so long, or until somebody stops it; whether it is."""
        ends = self.monotonic() + seconds
        with self._news:
            while not until(self._kept):
                left = ends - self.monotonic()
                if left <= 0 or (stop is not None and stop.is_set()):
                    return False
                self._news.wait(min(left, WAKE_S))
            return True

    def stop(self) -> None:
        """Close all connections and the port."""
        self._ends.set()
        self._serving.stop()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        known = [one for one in list(self._paths) if secrets.compare_digest(path.encode(), one.encode())]
        if not known:
            return _said(start_response, 404)
        method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
        body = environ["wsgi.input"].read()
        headers = _headers(environ)
        challenge = _challenge(query, body if method == "POST" else b"")
        if challenge is not None:
            return _said(start_response, 200, *challenge)
        if method != "POST":
            return _said(start_response, 405, extra=[("Allow", "POST")])
        if _plain(headers.get(HANDSHAKE_HEADER, "")) and not body.strip(b" \r\n\t{}"):
            return _said(start_response, 200, extra=[("X-Hook-Secret", headers[HANDSHAKE_HEADER])])
        status = self._paths[known[0]](path, headers, body)
        with self._news:
            self._count += 1
            self._kept.append(Delivery(self._count, datetime.now(UTC), self.monotonic(), path, headers, body, status))
            del self._kept[:-MOST_KEPT]
            self._news.notify_all()
        if status == UNANSWERED:
            self._ends.wait(HELD_S)
            status = 503
        return _said(start_response, status)


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    found = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            found[name.replace("_", "-").lower()] = environ[name]
    return found


def _challenge(query: str, body: bytes) -> tuple[str, bytes] | None:
    """The answer to "is somebody there?": content type and text; None where nobody asks. Only plain words are said back."""
    asked = parse_qs(query, max_num_fields=50)
    for name in CHALLENGES:
        if _plain(text := asked.get(name, [""])[0]):
            return "text/plain; charset=utf-8", text.encode()
    if b"challenge" not in body[:LONGEST_CHALLENGE] or len(body) > 2 * LONGEST_CHALLENGE:
        return None
    try:
        held = json.loads(body)
    except ValueError:
        return None
    found: Any = held.get("challenge") if isinstance(held, dict) and len(held) <= len(CHALLENGES) else None
    if not isinstance(found, str) or not _plain(found):
        return None
    return "application/json", json.dumps({"challenge": found}).encode()


def _plain(text: str) -> bool:
    return bool(re.fullmatch(r"[\w.~+/=:-]{1,1000}", text, re.ASCII))


def _said(
    start_response: StartResponse, status: int, kind: str = "", text: bytes = b"", extra: Sequence[tuple[str, str]] = ()
) -> Iterable[bytes]:
    headers = [*extra, ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]
    if text:
        headers.append(("Content-Type", kind))
    if status != 204:  # noqa: PLR2004 - that one has no length
        headers.append(("Content-Length", str(len(text))))
    start_response(STATUS.get(status, f"{status} Status"), headers)
    return [text] if text else []


def _serving(application: Any, bound: socket.socket) -> Server:
    """A server for what strangers send: short-lived, small, and nothing of it on disk."""
    sizes = {"max_request_body_size": MOST_BYTES + 1, "inbuf_overflow": MOST_BYTES * 2}  # that many are too many
    return Server(application, bound, name="receiver of events", longest_s=LONGEST_S, threads=WORKERS, **sizes)


PAGE = b"<!doctype html><meta charset=utf-8><title>readiness</title><p>Done: you may close this window. / Fertig: Sie k\xc3\xb6nnen dieses Fenster schlie\xc3\x9fen."


class CodeReceiver:
    """Waits on loopback for the browser to come back from a sign-in. `state` tells our own from a forged one. Raises OSError for a port that is taken."""

    def __init__(self, state: str, port: int = 0) -> None:
        bound = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}/callback"
        self._state = state
        self._answer: dict[str, str] | None = None
        self._came = threading.Event()
        self._serving = _serving(self._hear, bound)

    def wait(self, seconds: float) -> Mapping[str, str] | None:
        """What came back: `code`, or `error`; None where nothing came in time."""
        self._came.wait(seconds)
        return self._answer

    def stop(self) -> None:
        """Close the port."""
        self._serving.stop()

    def _hear(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = {
            name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=50).items()
        }
        ours = secrets.compare_digest(asked.get("state", "").encode(), self._state.encode())
        if environ["REQUEST_METHOD"] != "GET" or environ.get("PATH_INFO") != "/callback" or not ours:
            return _said(start_response, 404)
        self._answer = asked
        self._came.set()
        return _said(start_response, 200, "text/html; charset=utf-8", PAGE)
