"""Finding a record again: by its id, or by the mark that it carries. An answer that says nothing is no proof that there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from checker.client.messages import Response
from checker.errors import Problem, TransportError
from checker.model.paths import get
from checker.resources.marks import marked
from checker.resources.resource import Resource

UNAUTHORIZED, TOO_MANY, SERVER_ERROR = 401, 429, 500
GONE = frozenset({404, 410})
MOST_PAGES = 200  # that a look-up by mark walks


def found(resource: Resource, record_id: str) -> dict[str, Any] | None:
    """The record as it stands now; None where it is gone, be it that it only says so. Raises TransportError where nobody can tell."""
    record = _seen(resource, record_id)
    return None if record is None or _hidden(record, resource) else record


def whole(resource: Resource, record_id: str) -> dict[str, Any]:
    """The record as it is now. Raises TransportError where it can't be had."""
    record = _seen(resource, record_id)
    if record is None:
        raise TransportError(Problem("write.nothing-to-change", {"resource": resource.subject, "record": record_id}))
    return record


def marked_records(resource: Resource, mark: str, texts: Mapping[str, Any]) -> list[str]:
    """Ids of the records that carry a mark, as `marked_rows` finds them. Raises as it does."""
    ids = (resource.id_of(one) for one in marked_rows(resource, mark, texts))
    return [one for one in ids if one is not None]


def marked_rows(resource: Resource, mark: str, texts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The living records that carry a mark: asked for by a field that has it, where the list takes that as a filter, else by a walk.

    Raises TransportError where there is no list to look through, or the walk broke before one was found: then nobody can tell that there is none.
    """
    if resource.profile.operations.list is None and resource.profile.operations.search is None:
        raise TransportError(Problem("resource.no-operation", {"resource": resource.subject, "operation": "list"}))
    queries = [resource.filtered({name: value}) for name, value in texts.items() if marked(value, mark)]
    for query in (one for one in queries if one is not None):
        pages = resource.pages(query, most=MOST_PAGES, wanted=math.inf)
        rows = _marked(resource, (one for page in pages for one in page.records), mark)
        if rows:
            return rows
    return _marked(resource, resource.walk(whole=True), mark)


def _seen(resource: Resource, record_id: str) -> dict[str, Any] | None:
    """The record by its id. Only 404 and 410 say that there is none; after any other answer without it the list has the last word."""
    if resource.profile.operations.read is not None:
        answer = resource.read(record_id)
        status, told = answer.response.status, resource.id_of(answer.record) if answer.record else None
        if status >= SERVER_ERROR or status in {UNAUTHORIZED, TOO_MANY}:
            raise _no_answer(resource, record_id, answer.response)
        if status in GONE:
            return None
        if answer.record is not None and (told == record_id or resource.profile.fields.id is None):
            return answer.record
        if resource.profile.operations.list is None and resource.profile.operations.search is None:
            raise _no_answer(resource, record_id, answer.response)
    return next((one for one in resource.walk() if resource.id_of(one) == record_id), None)


def _no_answer(resource: Resource, record_id: str, response: Response) -> TransportError:
    values = {"resource": resource.subject, "record": record_id, "status": response.status}
    error = TransportError(Problem("resource.read-broke", values))
    error.exchange = response.exchange
    return error


def _marked(resource: Resource, records: Iterable[dict[str, Any]], mark: str) -> list[dict[str, Any]]:
    """The living records that carry the mark."""
    return [one for one in records if marked(one, mark) and not _hidden(one, resource)]


def _hidden(record: Mapping[str, Any], resource: Resource) -> bool:
    """Whether a record says itself that it is deleted."""
    name = resource.profile.fields.deleted
    return bool(get(record, name)) if name else False
