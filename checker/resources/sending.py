"""Writes as requests, and their answers read: body wrappers, form encoding, ids of what was created. Pure but for `send`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from checker.client.messages import Request, Response
from checker.errors import UnreadableError
from checker.model.paths import MISSING, get, put, segments
from checker.model.profile import ResourceProfile
from checker.resources import answers
from checker.resources.batches import BatchForm
from checker.resources.merges import MergeForm
from checker.resources.query import brackets
from checker.resources.resource import Resource

FORM = "application/x-www-form-urlencoded"
ERRORS = ("error", "errors", "fault", "fehler", "exception")  # names under which errors hide in a good status
VERDICTS = {"success": False, "ok": False, "successful": False}
CONDITION_WANTED = 428  # Precondition Required (RFC 6585, section 3): no change without If-Match
# Refusals by which others say the same, where their text names what is missing.
UNCLEAR_REFUSALS = frozenset({400, 409, 412})
CONDITION = re.compile(rb"if-match|\betag\b", re.IGNORECASE)


def send(
    resource: Resource,
    verb: str,
    body: Mapping[str, Any] | None = None,
    record_id: str | None = None,
    key: tuple[str, str] | None = None,
) -> Response:
    """Send one write: `verb` is create, update or delete; `key` a create's idempotency key with where it goes (`header NAME`, `body NAME`).

    An update's or a delete's `key` is what has to hold still (`header If-Match`): that makes it no safer to send again.

    Only the writer calls it, after permit and journal. Raises InputError where the profile has no such operation, TransportError where
    no answer came.
    """
    method, path = resource.operation(getattr(resource.profile.operations, verb), verb)
    headers: dict[str, str] = {}
    if key is not None:
        place, _, name = key[0].partition(" ")
        if place == "header":
            headers[name] = key[1]
        elif body is not None:
            body = {**body, name: key[1]}
    target = resource.filled(path, record_id)
    content = {} if body is None else content_of(_completed(body, resource.profile, record_id), resource.profile)
    media = resource.profile.body_media or ""
    # a dialect of JSON: strict servers refuse it under the plain name
    if "json" in content and media.endswith("+json"):
        headers["Content-Type"] = media
    fixed = resource.profile.fixed
    request = Request(
        method, target, fixed.get("query", {}), {**fixed.get("headers", {}), **headers},
        key=key[1] if key and verb == "create" else None, **content
    )  # fmt: skip
    return resource.send(request)


def send_many(resource: Resource, form: BatchForm, bodies: Sequence[Mapping[str, Any]]) -> Response:
    """Send several records in one call. As `send`: only the writer calls it. Raises as `send`."""
    method, path = resource.operation(form.operation, "bulk")
    rows = [_renamed(one, resource.profile) for one in bodies]
    fixed = resource.profile.fixed
    content = {"json": form.filled(rows)}
    return resource.send(
        Request(method, resource.filled(path), fixed.get("query", {}), fixed.get("headers", {}), **content)
    )


def send_merge(resource: Resource, form: MergeForm, ids: tuple[str, str]) -> Response:
    """Merge two records into one. As `send`: only the writer calls it. Raises as `send`."""
    method, path = resource.operation(form.operation, "merge")
    for name, record_id in form.path(ids).items():
        path = path.replace(f"{{{name}}}", quote(record_id, safe=""))
    fixed, body = resource.profile.fixed, form.body(ids)
    json = dict(body) if body is not None else None
    return resource.send(
        Request(method, resource.filled(path), fixed.get("query", {}), fixed.get("headers", {}), json=json)
    )


def send_upsert(resource: Resource, operation: str, key: Mapping[str, str], body: Mapping[str, Any]) -> Response:
    """Create a record or change it by a key in the path (its parameters by name). As `send`: only the writer calls it. Raises as `send`."""
    method, path = resource.operation(operation, "upsert")
    for name, value in key.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    fixed = resource.profile.fixed
    content = content_of(_completed(body, resource.profile, None), resource.profile)
    return resource.send(
        Request(method, resource.filled(path), fixed.get("query", {}), fixed.get("headers", {}), **content)
    )


def send_call(resource: Resource, method: str, path: str, body: Mapping[str, Any]) -> Response:
    """Send a call that the project file spells out, its body as it stands. As `send`: only the writer calls it. Raises as `send`."""
    fixed = resource.profile.fixed
    content = content_of(body, resource.profile) if body else {}
    return resource.send(
        Request(method, resource.filled(path), fixed.get("query", {}), fixed.get("headers", {}), **content)
    )


def content_of(body: Mapping[str, Any], profile: ResourceProfile) -> dict[str, Any]:
    """The request's content: fields renamed as `write_as` says, wrapped by `body_path`, as JSON or as a form."""
    renamed = _renamed(body, profile)
    wrapped: Any = renamed
    for part in reversed(segments(profile.body_path or "")):
        wrapped = [wrapped] if part == "[]" else {part: wrapped}
    if profile.body_media == FORM:
        form: dict[str, list[str]] = {}
        for name, value in wrapped.items():
            for field, text in brackets(name, value):
                form.setdefault(field, []).append(text)
        return {"form": form}
    return {"json": wrapped}


def _completed(body: Mapping[str, Any], profile: ResourceProfile, record_id: str | None) -> dict[str, Any]:
    """The body with what is demanded and no mapping carries: a field that takes one value only; where a record says its kind so, a change's id."""
    only = {one.name: one.enum[0] for one in profile.schema if one.constant}
    if record_id is None:
        return {**only, **body}
    if not only or not profile.spread:
        return dict(body)
    return {**only, **({profile.fields.id: record_id} if profile.fields.id else {}), **body}


def _renamed(body: Mapping[str, Any], profile: ResourceProfile) -> dict[str, Any]:
    """The body with its fields named as writes name them."""
    renamed: dict[str, Any] = answers.gathered(body, profile) if profile.spread else dict(body)
    for read, written in profile.write_as.items():
        value = get(renamed, read, MISSING)
        if value is not MISSING:
            renamed = put(_without(renamed, read), written, value)
    return renamed


def _without(record: Mapping[str, Any], path: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    if not rest:
        return {name: value for name, value in record.items() if name != first}
    below = record.get(first)
    return {**record, first: _without(below, rest)} if isinstance(below, Mapping) else dict(record)


def answered(response: Response, profile: ResourceProfile, verb: str) -> dict[str, Any] | None:
    """The record in the answer to a write; None where it has none."""
    try:
        body = response.json()
    except UnreadableError:
        return None
    return answers.single(body, profile, verb)


def says_error(response: Response) -> bool:
    """Whether a good status hides an error: `{"error": …}`, `{"success": false}`."""
    try:
        body = response.json()
    except UnreadableError:
        return False
    if not isinstance(body, Mapping):
        return False
    lower = {str(name).casefold(): value for name, value in body.items()}
    return any(lower.get(name) for name in ERRORS) or any(
        lower.get(name) is denied for name, denied in VERDICTS.items() if name in lower
    )


def wants_condition(response: Response) -> bool:
    """Whether a change was refused because it named no version of the record (header If-Match)."""
    by_text = response.status in UNCLEAR_REFUSALS and CONDITION.search(response.body) is not None
    return response.status == CONDITION_WANTED or by_text


def created_id(response: Response, record: Mapping[str, Any] | None, profile: ResourceProfile) -> str | None:
    """The id of what was created: where the profile says, in the record, or at the end of the Location header."""
    if profile.created_id_path:
        try:
            told = get(response.json(), profile.created_id_path)
        except UnreadableError:
            told = None
        if told is not None and not isinstance(told, dict | list):
            return str(told)
    found = answers.record_id(record, profile) if record else None
    if found is not None:
        return found
    path = urlsplit(response.headers.get("location", "")).path.rstrip("/")
    return unquote(path.rpartition("/")[2]) or None
