"""Small facts of a document that the look turns into findings of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from checker.model.api import Api, Operation
from checker.profiles.names import flat, vocabulary, words
from checker.profiles.view import Input, View

RATE_HEADERS = vocabulary(
    "x_ratelimit_limit x_rate_limit_limit ratelimit_limit ratelimit x_ratelimit_remaining x_rate_limit_remaining ratelimit_remaining "
    "retry_after x_ratelimit_reset ratelimit_policy x_rate_limit x_ratelimit"
)
IDEMPOTENCY = vocabulary(
    "idempotency_key x_idempotency_key idempotence_key request_id x_request_id client_request_id idempotency_token"
)
LOCK_HEADERS = vocabulary("if_match if_unmodified_since")
LOCK_FIELDS = vocabulary(
    "version lock_version row_version revision etag sync_token _rev optimistic_lock object_version"
)
DELETED_PARAMS = vocabulary(
    "include_deleted with_deleted show_deleted deleted only_deleted include_archived is_deleted with_trashed include_removed deleted_since "
    "archived include_inactive show_archived deleted_after"
)

# What a list is called that holds nothing but deleted records, or what is left of them.
GONE = vocabulary(
    "deleted deletion deletions tombstone tombstones trash recycle bin removed papierkorb geloescht geloeschte"
)
# Options of such a parameter that has more than two, those first that leave the living ones in the list.
SHOWN = ("include", "included", "with", "all", "any", "both", "only", "deleted")


def declared(api: Api, views: Iterable[View]) -> dict[str, Any]:
    """Facts by key; a resource that says nothing is left out of the maps.

    - `rate_limit`: pointer of a declared answer 429 or of a rate limit header, or null
    - `deprecated`: keys of the deprecated operations
    - `error_codes`: {resource: declared statuses that are no success, sorted}
    - `idempotency`: {resource: "header NAME" | "body NAME"} of the create
    - `optimistic_lock`: {resource: "header If-Match" | "body version"} of the update
    - `read_only`: {resource: [fields that a client may not write]}
    - `deletes_visible`: {resource: "field NAME" | "parameter NAME" | "list PATH"}, how a deleted record can still be noticed
    - `auth_operations`: keys of the operations that hand out a token or a session
    """
    looked = list(views)
    return {
        "rate_limit": _rate_limit(api.operations),
        "deprecated": [one.key for one in api.operations if one.deprecated],
        "error_codes": _of_each(looked, _error_codes),
        "idempotency": _of_each(looked, _idempotency),
        "optimistic_lock": _of_each(looked, _lock),
        "read_only": _of_each(looked, _read_only),
        "deletes_visible": _of_each(looked, lambda one: _deletes(one) or _told_elsewhere(one, looked)),
        "auth_operations": [one.key for one in api.operations if one.method == "POST" and _hands_out(one)],
    }


def _of_each(views: list[View], ask: Any) -> dict[str, Any]:
    found = {view.group.name: ask(view) for view in views}
    return {name: value for name, value in found.items() if value}


def _rate_limit(operations: Iterable[Operation]) -> str | None:
    for operation in operations:
        for reply in operation.replies:
            if reply.status == "429" or any(flat(name) in RATE_HEADERS for name in reply.headers):
                return reply.pointer
    return None


def _error_codes(view: View) -> list[str]:
    found = {reply.status for one in view.group.found.values() for reply in one.replies}
    return sorted(one for one in found if one[:1] in "45")


def _idempotency(view: View) -> str | None:
    operation = view.operation("create")
    if operation is None:
        return None
    for one in operation.parameters:
        if flat(one.name) in IDEMPOTENCY:
            return f"{one.location} {one.name}"
    schema = operation.body.schema if operation.body is not None else None
    name = next((name for name in view.shapes.properties(schema) if "idempotency" in words(name)), None)
    return f"body {name}" if name is not None else None


def _lock(view: View) -> str | None:
    operation = view.operation("update")
    if operation is None:
        return None
    for one in operation.parameters:
        if flat(one.name) in LOCK_HEADERS:
            return f"{one.location} {one.name}"
    fields: Mapping[str, Any] = view.shapes.properties(view.update_body.schema) if view.update_body is not None else {}
    name = next((name for name in fields if flat(name) in LOCK_FIELDS), None)
    return f"body {name}" if name is not None else None


def _read_only(view: View) -> list[str]:
    return [name for name, schema in view.properties.items() if schema.read_only]


def _deletes(view: View) -> str | None:
    one = shows_deleted(view)
    if one is not None:
        return f"parameter {one.name}"
    name = next(
        (
            name
            for name in view.properties
            if flat(name) in ("deleted", "is_deleted", "deleted_at", "deleted_on", "geloescht")
        ),
        None,
    )
    return f"field {name}" if name is not None else None


def _told_elsewhere(view: View, views: Iterable[View]) -> str | None:
    """The list that holds what was deleted, of this kind (below its own path) or of every kind."""
    taken = {one.path for other in views for one in other.group.found.values() if other is not view}
    own = {one.path for one in view.group.found.values()}
    for one in views:
        if one.listing is None or one.operation("create") is not None or not GONE.intersection(words(one.group.name)):
            continue
        holder = one.listing.path.rpartition("/")[0]
        if holder in own or holder not in taken:
            return f"list {one.listing.path}"
    return None


def switch_of(view: View) -> dict[str, object] | None:
    """What brings deleted records into the list, or alone: a switch, or the option of it that says so."""
    one = shows_deleted(view)
    if one is None or one.operation is not view.listing:
        return None
    if one.schema.type == "boolean":
        return {one.name: True}
    options = {flat(str(value)): value for value in one.schema.enum}
    return next(({one.name: options[said]} for said in SHOWN if said in options), None)


def shows_deleted(view: View) -> Input | None:
    """The parameter of the list that brings deleted records, itself or in `filter[…]`; those that say a time or which ones are no switch."""
    named = ((one, flat(one.name)) for one in view.inputs)
    return next((one for one, name in named if name.removeprefix("filter_") in DELETED_PARAMS), None)


def _hands_out(operation: Operation) -> bool:
    said = {part for one in operation.path.split("/") for part in words(one)}
    return bool(said & {"login", "token", "authenticate", "signin"}) and not operation.path.endswith("}")
