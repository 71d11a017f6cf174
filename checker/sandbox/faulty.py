"""Switchable faults: what real systems get wrong, one at a time, around a sandbox that gets everything right.

    request → `asked` of each fault → the sandbox → `answered` of each fault → answer

A fault sees requests and answers as plain values and may change them; before anything is asked it may change the store. `faults.yaml` lists all of
them: what breaks, and which items of the checklist have to notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson
import yaml
from werkzeug.wrappers import Request, Response

from checker.sandbox.engine import Sandbox
from checker.sandbox.store import Store
from checker.sandbox.webhooks import Bend

MODULES = (
    "faults_lists",
    "faults_changes",
    "faults_writes",
    "faults_rights",
    "faults_records",
    "faults_wire",
    "faults_events",
)


@dataclass
class Ask:
    """A request: the operation's key (`GET /contacts`), the path's last part, query, headers and body. `reply`: answer it at once."""

    key: str
    last: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    reply: Reply | None = None


@dataclass
class Reply:
    """An answer; `body` is JSON, None no body. `raw` is sent instead of it as it stands."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(frozen=True)
class Fault:
    """One fault. Every part is optional: `store` is changed once at the start, `asked` before and `answered` after the sandbox's own work.

    `sends` makes what bends the events of one run.
    """

    system: str
    store: Callable[[Store], None] | None = None
    asked: Callable[[Ask, Store], None] | None = None
    answered: Callable[[Ask, Reply, Store], None] | None = None
    sends: Callable[[], Bend] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A fault as `faults.yaml` tells of it. `must`: items that have to notice, `may`: items that can follow from it; none in `must`: nothing notices yet.

    `phase`: how far an audit has to go to notice: look, touch (write probes), rehearsal.
    """

    id: str
    system: str
    breaks: Mapping[str, str]
    must: tuple[str, ...]
    may: tuple[str, ...] = ()
    phase: str = "rehearsal"


FAULTS: dict[str, Fault] = {}


def register(name: str, fault: Fault) -> None:
    """Make a fault known by its id. Raises ValueError for an id that is taken."""
    if name in FAULTS:
        raise ValueError(name)
    FAULTS[name] = fault


@cache
def listed() -> Mapping[str, Listed]:
    """Every fault of `faults.yaml` by id, its function registered."""
    for name in MODULES:
        import_module(f"checker.sandbox.{name}")
    told = yaml.load(files("checker.sandbox").joinpath("faults.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return {
        name: Listed(
            id=name,
            system=FAULTS[name].system,
            breaks={"en": one["en"], "de": one["de"]},
            must=tuple(one.get("must", ())),
            may=tuple(one.get("may", ())),
            phase=one.get("phase", "rehearsal"),
        )
        for name, one in told.items()
    }


class Faulty:
    """A sandbox with faults: a WSGI application around another."""

    def __init__(self, inner: Sandbox, store: Store, faults: Iterable[Fault]) -> None:
        self._inner, self._store, self._faults = inner, store, tuple(faults)
        for one in self._faults:
            if one.store is not None:
                one.store(store)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        key = self._inner.operation_key(request)
        if key is None:
            return self._inner(environ, start_response)
        ask = _asked(request, key)
        for one in self._faults:
            if one.asked is not None and ask.reply is None:
                one.asked(ask, self._store)
        reply = ask.reply or _replied(Response.from_app(self._inner, _environ(environ, ask)))
        for one in self._faults:
            if one.answered is not None:
                one.answered(ask, reply, self._store)
        return _response(reply)(environ, start_response)


def _asked(request: Request, key: str) -> Ask:
    data = request.get_data()
    try:
        body = orjson.loads(data) if data else None
    except orjson.JSONDecodeError:
        body = data
    return Ask(key, request.path.rpartition("/")[2], request.args.to_dict(), dict(request.headers), body)


def _environ(environ: WSGIEnvironment, ask: Ask) -> WSGIEnvironment:
    body = ask.body if isinstance(ask.body, bytes) else b"" if ask.body is None else orjson.dumps(ask.body)
    held = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in ask.headers.items()}
    bare = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
    changed = {"QUERY_STRING": urlencode(ask.query), "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return {**bare, **held, **changed}


def _replied(response: Response) -> Reply:
    data = response.get_data()
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    body = orjson.loads(data) if data and "json" in (response.content_type or "") else None
    return Reply(response.status_code, body, headers, None if body is not None or not data else data)


def _response(reply: Reply) -> Response:
    data = reply.raw if reply.raw is not None else b"" if reply.body is None else orjson.dumps(reply.body)
    response = Response(data, reply.status, reply.headers)
    response.autocorrect_location_header = False
    if not data:
        response.headers.remove("Content-Type")
    elif "Content-Type" not in reply.headers:
        response.content_type = "application/json; charset=utf-8"
    return response
