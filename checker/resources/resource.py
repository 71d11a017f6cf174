"""Resource: a business object of a system, asked through one door (design.md, decision 15). Reading here; writing through `writing.py`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import quote

from checker.client.begun import Begun
from checker.client.client import Client
from checker.client.messages import Request, Response
from checker.client.pagination import Answer, Pager, Step, Stop, pager
from checker.client.recorder import Scope
from checker.errors import InputError, Problem, TransportError, UnreadableError
from checker.model.profile import ResourceProfile, UpdatedSince
from checker.resources import answers
from checker.resources import query as queries
from checker.resources.ahead import Ahead
from checker.resources.query import Query

USUAL_SIZE = 100  # records per page where a document allows more
MOST_PAGES = 10_000
REFUSED = frozenset({400, 404, 422, 501})  # how servers answer to a parameter, or a value of one, that they don't know
PAST_END = frozenset({400, 404, 416})  # how servers answer to a page after the last one
NUMBERED = frozenset({"page", "offset"})
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `number` counts from 1. `records` is empty where the answer is no good one; `response` tells.

    `next` says how the walk goes on, `stop` why it doesn't: end, single, past-end, loop, repeats, no-next, too-many-empty, status,
    items-missing, unreadable, most-pages. `total` is what the answer says, None where it says nothing.
    """

    records: list[dict[str, Any]]
    response: Response
    number: int
    total: int | None
    next: Step | None
    stop: str | None

    @property
    def natural(self) -> bool:
        """Whether the walk ended here because the server had nothing more to give."""
        return self.stop in {"end", "single", "past-end"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk goes on: the step that is asked next, and how many pages and records came before it."""

    step: Step
    pages: int
    came: int


@dataclass(frozen=True, slots=True)
class Single:
    """The answer to a single read; `record` is None where it holds none."""

    record: dict[str, Any] | None
    response: Response


class Resource:
    """A resource and the client that asks for it."""

    def __init__(
        self,
        system: str,
        profile: ResourceProfile,
        client: Client,
        *,
        zone: tzinfo | None = None,
        credentials: str = "own",
    ) -> None:
        self.system, self.profile, self.client = system, profile, client
        self._zone, self._credentials = zone, credentials

    @property
    def name(self) -> str:
        """The resource's name in the profile."""
        return self.profile.name

    @property
    def subject(self) -> str:
        """`SYSTEM/RESOURCE`."""
        return f"{self.system}/{self.profile.name}"

    @property
    def credentials(self) -> str:
        """The set of credentials that it is asked with."""
        return self._credentials

    def recorded(self, scope: Scope) -> Resource:
        """The same resource, its exchanges recorded under that scope."""
        return self._with(self.client.recorded(scope), self._credentials)

    def asked_with(self, credentials: str) -> Resource:
        """The same resource, asked with another set of credentials (`client.credentials`)."""
        return self._with(self.client, credentials)

    def _with(self, client: Client, credentials: str) -> Resource:
        return Resource(self.system, self.profile, client, zone=self._zone, credentials=credentials)

    def page(self, query: Query | None = None, *, size: int | None = None, step: Step | None = None) -> Page:
        """One page: the first, or the one that a former page's `next` leads to. Raises TransportError where no answer came."""
        machine = pager(self.profile.pagination)
        first = machine.first(self._size(size))
        if step is not None:
            machine.resume(step)
        return self._page(machine, self._ask(query or Query(), step or first), 1)

    def pages(
        self,
        query: Query | None = None,
        *,
        size: int | None = None,
        style: str | None = None,
        most: int = MOST_PAGES,
        wanted: float = 0,
        start: Place | None = None,
    ) -> Iterator[Page]:
        """Walk the list, page by page, to its end or until `most` pages came. The last page says why the walk stopped.

        `style` walks by another style that the operation offers. `wanted`: whoever asks goes on until that many records came; as far as
        that, several pages are asked for at once where they have numbers and it is known how many there are. They come as they would one by
        one. `start`: go on where another walk of the same list stopped; what that one saw of circles is forgotten. Raises TransportError where no answer came, OriginError where a next link leaves the system.
        """
        asked = query or Query()
        machine = pager(self.profile.pagination, style)
        step: Step | None = machine.first(self._size(size))
        ahead = Ahead(lambda one: self._ask(asked, one), lambda one: self._begin(asked, one))
        number = came = longest = 0
        if start is not None:
            machine.resume(start.step, start.came)
            step, number, came = start.step, start.pages, start.came
        while step is not None:
            number += 1
            page = self._page(machine, ahead.answer(step), number)
            if page.next is not None and number >= most:
                page = Page(page.records, page.response, number, page.total, page.next, "most-pages")
                step = None
            else:
                step = page.next
            came, longest = came + len(page.records), max(longest, len(page.records))
            sure = min(self.client.abreast, most - number, (wanted - came) / longest if longest else 0)
            ahead.follow(step, machine.ahead(page.total), sure)
            yield page

    def walk(
        self,
        query: Query | None = None,
        *,
        size: int | None = None,
        limit: int | None = None,
        whole: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """All records, at most `limit`. Raises TransportError where the walk ends otherwise than at the list's end.

        `whole`: whoever asks takes them all, so that pages may be asked for before their turn (see `pages`).
        """
        given = 0
        all_ = math.inf if limit is None else limit
        for page in self.pages(query, size=size, wanted=all_ if whole else 0):
            for record in page.records:
                if limit is not None and given >= limit:
                    return
                given += 1
                yield record
            if page.stop is not None and not page.natural:
                raise self._error(page)

    def read(self, record_id: str) -> Single:
        """One record by its id. Raises InputError where the profile has no single read, TransportError where no answer came."""
        key = self.profile.operations.read
        method, path = self.operation(key, "read")
        target = self._filled(path, {}, record_id)
        response = self._expanded(key, lambda: self.send(self._request(method, target, self._expanding(key))))
        if not response.ok:
            return Single(None, response)
        return Single(answers.single(response.json(), self.profile), response)

    def count(self) -> int | None:
        """The total that the first page tells; None where the profile knows no total or the answer tells none."""
        return None if self.profile.pagination.total_path is None else self.page(size=1).total

    def filtered(self, conditions: Mapping[str, Any]) -> Query | None:
        """Conditions by filter parameter, in the profile's form; None where the list has no such filter."""
        return queries.filtered(self.profile.filtering, conditions)

    def since(
        self, instant: datetime | str | int, form: str | None = None, way: UpdatedSince | None = None
    ) -> Query | None:
        """What changed since an instant, in the profile's way or in another one; None where there is none. A text or number is sent as it is."""
        declared = way or self.profile.updated_since
        method = (declared.operation or self._list_key() or "").partition(" ")[0]
        return queries.since(declared, instant, form=form, zone=self._zone, post=method == "POST")

    def id_of(self, record: Mapping[str, Any]) -> str | None:
        """A record's id as text."""
        return answers.record_id(record, self.profile)

    def _list_key(self) -> str | None:
        return self.profile.operations.list or self.profile.operations.search

    def _size(self, size: int | None) -> int | None:
        declared = self.profile.pagination.max_page_size
        return size if size is not None or declared is None else min(declared, USUAL_SIZE)

    def _page(self, machine: Pager, response: Response, number: int) -> Page:
        if not response.ok:
            past = number > 1 and self.profile.pagination.style in NUMBERED and response.status in PAST_END
            return Page([], response, number, None, None, "past-end" if past else "status")
        try:
            body = response.json()
        except UnreadableError:
            return Page([], response, number, None, None, "unreadable")
        told = answers.total(body, response.headers, self.profile.pagination.total_path)
        found = answers.items(body, self.profile.items_path)
        if found is None:
            return Page([], response, number, told, None, "items-missing")
        records = answers.records(found, self.profile)
        outcome = machine.after(self._answer(body, response, found, records))
        stop = outcome.reason if isinstance(outcome, Stop) else None
        if isinstance(outcome, Step) and outcome.again:
            records = []
        return Page(records, response, number, told, None if isinstance(outcome, Stop) else outcome, stop)

    def _answer(self, body: Any, response: Response, found: list[Any], records: list[dict[str, Any]]) -> Answer:
        ids = answers.record_ids(records, self.profile) if len(records) == len(found) else None
        return Answer(body, response.headers, response.url, found, ids)

    def _ask(self, query: Query, step: Step) -> Response:
        key = query.operation or self._list_key()
        return self._expanded(key, lambda: self.send(self._request_of(query, step)))

    def _begin(self, query: Query, step: Step) -> Begun:
        return self.client.begin(self._request_of(query, step), credentials=self._credentials)

    def _request_of(self, query: Query, step: Step) -> Request:
        query = query | queries.of_params(step.values)
        key = query.operation or self._list_key()
        method, path = self.operation(key, "list")
        if step.url is not None:
            # A next link has the whole query in it; what stands in headers or body is still ours to say.
            query = Query((), query.headers, query.body, query.path)
            return self._request(method, step.url, query, linked=True)
        return self._request(method, self._filled(path, query.path, None), self._expanding(key) | query)

    def _expanding(self, key: str | None) -> Query:
        """What an operation is asked with so that more comes along; what the project file fixes goes before it, and what was refused is left out."""
        if key is None or not self.client.expansions.get(key, True):
            return Query()
        fixed = self.profile.fixed.get("query", {})
        return Query(
            tuple((name, value) for name, value in self.profile.expand.get(key, {}).items() if name not in fixed)
        )

    def _expanded(self, key: str | None, ask: Callable[[], Response]) -> Response:
        """The answer of an operation that is asked with `_expanding`. As long as it isn't known whether that is taken, a refusal is held against
        the answer without it.
        """
        known, response = self.client.expansions, ask()
        if key is None or key in known or not self._expanding(key).pairs:
            return response
        if response.ok:
            known[key] = True
        elif response.status in REFUSED:
            known[key] = False
            without = ask()
            if not without.ok:  # it wasn't for that
                del known[key]
            return without
        return response

    def _request(self, method: str, target: str, query: Query, *, linked: bool = False) -> Request:
        fixed = {} if linked else self.profile.fixed.get("query", {})
        named = {name for name, _ in query.pairs}
        pairs = [*((name, value) for name, value in fixed.items() if name not in named), *query.pairs]
        headers = {**self.profile.fixed.get("headers", {}), **query.headers}
        json = dict(query.body) if query.body or method == "POST" else None
        return Request(method, target, pairs, headers, json=json, reads=True)

    def operation(self, key: str | None, what: str) -> tuple[str, str]:
        """Method and path of an operation. Raises InputError where the profile has none."""
        if key is None:
            raise InputError(Problem("resource.no-operation", {"resource": self.subject, "operation": what}))
        method, _, path = key.strip().partition(" ")
        return method.upper(), path.strip()

    def filled(self, path: str, record_id: str | None = None) -> str:
        """A path of this resource with its templates filled. Raises InputError where one stays open."""
        return self._filled(path, {}, record_id)

    def send(self, request: Request) -> Response:
        """Send a request of this resource with its credentials. Raises TransportError where no answer came."""
        return self.client.send(request, credentials=self._credentials)

    def _filled(self, path: str, values: Mapping[str, str], record_id: str | None) -> str:
        """The path with its templates filled: by the query's, the resource's and the system's values, the last open one by the id."""
        known = {**self.client.fixed.path, **self.profile.fixed.get("path", {}), **values}
        open_ = [name for name in PLACEHOLDER.findall(path) if name not in known]
        if record_id is not None and open_:
            known[open_.pop()] = record_id
        if open_:
            raise InputError(Problem("resource.open-path", {"resource": self.subject, "path": path, "missing": open_}))
        return PLACEHOLDER.sub(lambda match: quote(known[match[1]], safe=""), path)

    def _error(self, page: Page) -> TransportError:
        values = {"resource": self.subject, "page": page.number, "status": page.response.status, "reason": page.stop}
        error = TransportError(Problem("resource.walk-broke", values))
        error.exchange = page.response.exchange
        return error
