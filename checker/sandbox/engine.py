"""The sandbox as a WSGI application: what every system does the same, driven by its document.

    route → fault hook → credentials → rate → rights → query → body → store → answer in the system's dialect

A verb follows from method and path: GET of a list lists, GET of one reads, POST creates, PATCH merges, PUT replaces, DELETE deletes.
Operations of another kind are named in the dialect's `specials`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from checker.sandbox.document import Operation, document_text, load_document
from checker.sandbox.refusal import Issue, Refusal
from checker.sandbox.store import Data, Record, Store

LARGEST_BODY = 1_000_000  # bytes; a sandbox need not take more
KEY_HEADER = "Idempotency-Key"
PUBLISHED = "published document"  # the endpoint of the document itself, open to everybody


@dataclass(frozen=True, slots=True)
class Principal:
    """Whose credentials came with the request."""

    user: str
    may_write: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed the checks: path and query values in their types, the body as the document wants it."""

    operation: Operation
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    principal: Principal


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers; a body of None is no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Special = Callable[[Call], Answer]
# replaces the answer to an operation (`GET /contacts`), or lets it pass with None
Fault = Callable[[Request], Response | None]


class Dialect(Protocol):
    """How one system speaks: credentials, lists, records, errors, and what it does that others don't."""

    refuses_unknown_parameters: bool
    keeps_idempotency_keys: bool

    def authenticate(self, headers: Headers) -> Principal:
        """Whose request it is. Raises a 401."""

    def admit(self, principal: Principal) -> Mapping[str, str]:
        """Headers that go with every answer to this user. Raises a 429 where a limit is used up."""

    def admit_path(self, path: Mapping[str, Any]) -> None:
        """Raises a 404 for a tenant that isn't there."""

    def record_id(self, text: str) -> str | int:
        """A path's identifier as the store has it. Raises a 400 for one that can't be."""

    def listing(self, name: str, records: Sequence[Record], query: Mapping[str, Any]) -> Data:
        """The page that the query asks for."""

    def record(self, name: str, record: Record) -> Data:
        """A record as answers show it."""

    def merged(self, before: Data, change: Data) -> Data:
        """A record's fields after a partial update."""

    def refusal(self, refusal: Refusal) -> Data:
        """The error body."""

    def specials(self) -> Mapping[str, Special]:
        """Handlers of operations that are no list, read, create, update or delete, by operation id."""


class Sandbox:
    """One system as a WSGI application, driven by the package's document of that file name. Thread-safe: writes happen one after the other."""

    def __init__(
        self,
        document: str,
        dialect: Dialect,
        store: Store,
        base_path: str,
        faults: Mapping[str, Fault] | None = None,
    ) -> None:
        self.faults: dict[str, Fault] = dict(faults or {})
        self._file = document
        self._document = load_document(document)
        self._dialect = dialect
        self._store = store
        self._base_path = base_path
        self._specials = dialect.specials()
        self._kept: dict[tuple[str, str], tuple[bytes, Answer]] = {}
        self._routes = Map(
            [
                Rule(f"{base_path}/openapi{PurePath(document).suffix}", methods=["GET"], endpoint=PUBLISHED),
                *(
                    Rule(base_path + _werkzeug_path(one.path), methods=[one.method], endpoint=one.id)
                    for one in self._document.operations.values()
                ),
            ],
            strict_slashes=False,
            redirect_defaults=False,
            merge_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        return self._respond(Request(environ))(environ, start_response)

    def operation_key(self, request: Request) -> str | None:
        """The operation that a request is for (`GET /contacts`); None where it is for none."""
        try:
            endpoint, _ = self._matched(request)
        except Refusal:
            return None
        return None if endpoint == PUBLISHED else self._document.operations[endpoint].key

    def _respond(self, request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            answer = self._route(request, headers)
            if isinstance(answer, Response):
                return answer
        except Refusal as refusal:
            answer = Answer(refusal.status, self._dialect.refusal(refusal), refusal.headers)
        return _rendered(answer, headers)

    def _route(self, request: Request, headers: dict[str, str]) -> Answer | Response:
        endpoint, path = self._matched(request)
        if endpoint == PUBLISHED:
            return Response(document_text(self._file), content_type=f"application/{PurePath(self._file).suffix[1:]}")
        operation = self._document.operations[endpoint]
        fault = self.faults.get(operation.key)
        replaced = fault(request) if fault else None
        if replaced is not None:
            return replaced
        principal = self._dialect.authenticate(request.headers)
        headers.update(self._dialect.admit(principal))
        if operation.writes and not principal.may_write:
            raise Refusal(403, Issue("forbidden"))
        self._dialect.admit_path(path)
        query = operation.read_query(request.args, refuse_unknown=self._dialect.refuses_unknown_parameters)
        body = _json_body(request) if operation.body is not None else None
        if operation.body is not None:
            operation.check_body(body)
        call = Call(operation, path, query, body, principal)
        return self._write(call, request) if operation.writes else self._handled(call)

    def _matched(self, request: Request) -> tuple[str, Mapping[str, Any]]:
        try:
            endpoint, path = self._routes.bind_to_environ(request.environ).match()
        except RequestRedirect as redirect:
            raise Refusal(404, Issue("not_found")) from redirect
        except MethodNotAllowed as wrong:
            raise Refusal(405, Issue("method_not_allowed")) from wrong
        except HTTPException as missing:
            raise Refusal(404, Issue("not_found")) from missing
        return endpoint, path

    def _write(self, call: Call, request: Request) -> Answer:
        key = request.headers.get(KEY_HEADER) if self._dialect.keeps_idempotency_keys else None
        with self._store.lock:
            if key is None or call.operation.method != "POST":
                return self._handled(call)
            slot, print_ = (call.principal.user, key), call.operation.key.encode() + b"\n" + request.get_data()
            if slot not in self._kept:
                self._kept[slot] = (print_, self._handled(call))
                return self._kept[slot][1]
            first, answer = self._kept[slot]
            if first != print_:
                raise Refusal(422, Issue("idempotency_key_reused", KEY_HEADER))
            return Answer(answer.status, answer.body, {**answer.headers, "Idempotency-Replayed": "true"})

    def _handled(self, call: Call) -> Answer:
        special = self._specials.get(call.operation.id)
        if special is not None:
            return special(call)
        name, dialect = call.operation.collection, self._dialect
        if call.operation.single:
            return self._one(call, name, dialect.record_id(call.path["id"]))
        if call.operation.method == "GET":
            return Answer(200, dialect.listing(name, self._store.all(name), call.query))
        record = self._store.create(name, _whole(call), call.principal.user)
        address = f"{self._base_path}{call.operation.path.format(**call.path)}/{record.id}"
        return Answer(201, dialect.record(name, record), {"Location": address})

    def _one(self, call: Call, name: str, record_id: str | int) -> Answer:
        store, dialect, method = self._store, self._dialect, call.operation.method
        if method == "DELETE":
            store.delete(name, record_id, call.principal.user)
            return Answer(204)
        record = store.get(name, record_id)
        if method == "PATCH":
            record = store.change(name, record_id, dialect.merged(record.data, call.body), call.principal.user)
        if method == "PUT":
            record = store.change(name, record_id, _whole(call), call.principal.user)
        return Answer(200, dialect.record(name, record))


def _whole(call: Call) -> Data:
    """The body's known fields, the others as they are when nothing is said."""
    blank = call.operation.blank()
    return {**blank, **{name: value for name, value in call.body.items() if name in blank}}


def _werkzeug_path(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")


def _json_body(request: Request) -> Any:
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise Refusal(415, Issue("unsupported_media_type"))
    request.max_content_length = LARGEST_BODY
    try:
        return orjson.loads(request.get_data())
    except RequestEntityTooLarge as large:
        raise Refusal(413, Issue("too_large")) from large
    except orjson.JSONDecodeError as broken:
        raise Refusal(400, Issue("invalid_json")) from broken


def _rendered(answer: Answer, headers: Mapping[str, str]) -> Response:
    payload = orjson.dumps(answer.body) if answer.body is not None else b""
    response = Response(payload, answer.status, {**headers, **answer.headers})
    if answer.body is None:
        response.headers.remove("Content-Type")
    else:
        response.content_type = "application/json; charset=utf-8"
    response.autocorrect_location_header = False
    return response
