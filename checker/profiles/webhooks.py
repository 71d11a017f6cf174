"""How events can be had: by registering a URL through the API, or as documented events only."""

from __future__ import annotations

import re

from checker.model.api import Api, Operation, Schema
from checker.model.profile import Webhooks
from checker.profiles.names import flat, vocabulary, words
from checker.profiles.paths import HOLE, segments, verb_of
from checker.profiles.shapes import Shapes, body_schema

HOOK_WORDS = vocabulary("webhook webhooks hook hooks")
# Segments that name a subscription to events where its body says to which URL they go.
SUBSCRIPTION = vocabulary(
    "subscription subscriptions event_subscriptions event_subscription callbacks notifications notification_urls listeners"
)
URL_FIELDS = vocabulary(
    "url uri target target_url callback callback_url endpoint endpoint_url sink destination notification_url webhook_url hook_url "
    "address delivery_url post_url payload_url listener_url href notify_url callback_uri"
)
EVENT_FIELDS = vocabulary(
    "events event types type event_type event_types enabled_events topic topics event_name triggers filters trigger scopes subscriptions actions"
)
ACTIONS = vocabulary(
    "test ping replay resend verify trigger send retry rotate redeliver enable disable rotate_secret simulate"
)
# What an API tells about its webhooks beside the registrations.
RECORDS = vocabulary("log logs history delivery deliveries attempt attempts")

DEEPEST_IN_HOOK = 2  # wrappers around a registration's fields: `data.attributes.url`
_SIGNATURE = re.compile(r"\b(X-[A-Za-z-]*(?:Signature|Hmac)[A-Za-z0-9-]*|[A-Z][A-Za-z]*-Signature|webhook-signature)\b")


def detect_webhooks(api: Api, shapes: Shapes) -> Webhooks:
    """`webhooks`: subscription_api, documented_events or none, with the operations that register a URL."""
    found = [
        operation
        for operation in api.operations
        if operation.method in ("POST", "PUT") and _registers(operation, shapes)
    ]
    if not found:
        kind = "documented_events" if api.events else "none"
        pointer = next(iter(api.events.values()), None)
        return Webhooks(kind=kind, events=tuple(api.events), signature=_signature(api), pointer=pointer)
    shortest = min(segments(one.path).count(HOLE) for one in found)
    chosen = [one for one in found if segments(one.path).count(HOLE) == shortest]
    posting = [one for one in chosen if one.method == "POST"] or chosen
    events = tuple(dict.fromkeys(event for one in posting for event in _events(one, shapes)))
    return Webhooks(
        kind="subscription_api",
        operations=tuple(one.key for one in posting),
        events=events or tuple(api.events),
        signature=_signature(api, *posting),
        pointer=posting[0].pointer,
    )


def _registers(operation: Operation, shapes: Shapes) -> bool:
    key = segments(operation.path)
    if not key or key[-1] == HOLE or flat(key[-1]) in ACTIONS or RECORDS & set(words(key[-1])):
        return False
    said = flat(key[-1])
    last = key[-2] if verb_of(key[-1]) == "create" and len(key) > 1 else key[-1]
    hook = bool(HOOK_WORDS & set(words(last)))
    below_hook = any(HOOK_WORDS & set(words(one)) for one in key[:-1]) and said in SUBSCRIPTION | {
        "endpoints",
        "endpoint",
    }
    if not (hook or below_hook or flat(last) in SUBSCRIPTION):
        return False
    fields = _fields(operation, shapes, DEEPEST_IN_HOOK if hook or below_hook else 1)
    to_url = bool(fields & URL_FIELDS) or any(one.endswith(("_url", "_uri")) for one in fields)
    if hook or below_hook:
        return to_url or not fields
    return to_url and bool(fields & EVENT_FIELDS) and bool(fields & (URL_FIELDS - {"address", "endpoint"}))


def _fields(operation: Operation, shapes: Shapes, depth: int) -> set[str]:
    schema = body_schema(operation.body)[1]
    return {flat(name) for name in _properties(schema, shapes, depth)} | {
        flat(one.name) for one in operation.parameters if one.location == "query"
    }


def _properties(schema: Schema | None, shapes: Shapes, depth: int = 1) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    if schema is None:
        return found
    holder = schema.items if schema.items is not None else schema
    for name, below in shapes.properties(holder).items():
        found.setdefault(name, below)
        if depth > 0 and below.items is None:
            for inner, deeper in _properties(below, shapes, depth - 1).items():
                found.setdefault(inner, deeper)
    return found


def _events(operation: Operation, shapes: Shapes) -> list[str]:
    """The events one may subscribe to, where the body lists them."""
    for name, schema in _properties(body_schema(operation.body)[1], shapes, DEEPEST_IN_HOOK).items():
        if flat(name) in EVENT_FIELDS:
            holder = schema.items if schema.items is not None else schema
            values = [*holder.enum, *(value for one in holder.variants for value in one.enum)]
            if values:
                return [str(value) for value in values]
    return []


def _signature(api: Api, *operations: Operation) -> str | None:
    """The header that signs an event, where prose names it."""
    for text in (*(one.description for one in operations), api.description, *api.tags.values()):
        said = _SIGNATURE.search(text)
        if said is not None:
            return said.group(1)
    return None
