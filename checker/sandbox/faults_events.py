"""Faults of events: lost, unsigned, forged, thin, twice, out of order, never again; and of the subscriptions to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson

from checker.sandbox.fault_tools import instead
from checker.sandbox.faulty import Ask, Fault, Reply, register
from checker.sandbox.store import Store
from checker.sandbox.webhooks import COLLECTION, Bend, Post, secret_of

HOUR_S = 3600
LATE_S = 60.0
OTHER_SECRET = 77
COMPUTED = ("updated_at", "updated_by", "total_net", "total_tax", "total_gross")


def sending(name: str, bend: Bend) -> None:
    """A fault that makes of each event what is sent instead: nothing, another, several."""
    register(name, Fault("crm", sends=lambda: bend))


def lost(name: str, when: Callable[[Post], bool]) -> None:
    """A fault that loses events."""
    sending(name, lambda post: () if when(post) else (post,))


def body(name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """A fault in what an event says; it is signed as it is sent."""

    def bend(post: Post) -> Iterable[Post]:
        yield replace(post, body=orjson.dumps(change(orjson.loads(post.body))))

    sending(name, bend)


def stateful(name: str, make: Callable[[], Bend]) -> None:
    """A fault that remembers what was sent in its run."""
    register(name, Fault("crm", sends=make))


def _bare(post: Post) -> Iterable[Post]:
    headers = {one: value for one, value in post.signed().items() if one != "webhook-signature"}
    yield replace(post, headers=headers)


def _respelt(post: Post) -> Iterable[Post]:
    signed = replace(post, at=post.at or _now())
    spaced = orjson.dumps(orjson.loads(post.body), option=orjson.OPT_INDENT_2)
    yield replace(signed, headers=signed.signed(), body=spaced)


def _now() -> int:
    import time  # noqa: PLC0415 - the only fault that needs a clock

    return int(time.time())


def _thin(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "data": {"id": event["data"]["id"]}}


def _nameless(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": event["type"], "timestamp": event["timestamp"], "data": {"id": "cmp_000001"}}


def _swapping() -> Bend:
    held: list[Post] = []

    def bend(post: Post) -> Iterable[Post]:
        if not held and not post.kind.endswith(".deleted"):
            held.append(post)
            return ()
        return (post, held.pop()) if held else (post,)

    return bend


def _silent_about(*parts: str) -> Callable[[], Bend]:
    """No event of an update in which nothing but these fields changed, and what the system computes of them."""

    def make() -> Bend:
        known: dict[str, dict[str, Any]] = {}

        def bend(post: Post) -> Iterable[Post]:
            data = orjson.loads(post.body)["data"]
            rest = {name: value for name, value in data.items() if name not in {*parts, *COMPUTED}}
            same = known.get(data["id"]) == rest
            known[data["id"]] = rest
            return () if same and post.kind.endswith(".updated") else (post,)

        return bend

    return make


def _dying() -> Bend:
    sent: set[str] = set()

    def bend(post: Post) -> Iterable[Post]:
        first = not sent
        sent.add(post.id)
        return (post,) if first else ()

    return bend


def _second(name: str, reply: Callable[[Store], Reply | None]) -> None:
    """A fault in how a subscription beside another is taken."""

    def answered(_ask: Ask, store: Store) -> Reply | None:
        return reply(store) if any(True for _ in store.all(COLLECTION)) else None

    instead(name, {"POST /webhook_subscriptions"}, answered)


def _replaced(store: Store) -> None:
    for one in list(store.all(COLLECTION)):
        store.change(COLLECTION, one.id, {**one.data, "active": False}, one.changed_by)


def _kept(_ask: Ask, _store: Store) -> Reply:
    return Reply(204)


lost("crm-events-never-come", lambda _post: True)
lost("crm-events-lack-deletes", lambda post: post.kind.endswith(".deleted"))
lost("crm-events-lack-updates", lambda post: post.kind.endswith(".updated"))
lost("crm-events-lack-creates-of-companies", lambda post: post.kind == "company.created")
lost("crm-events-lack-invoices", lambda post: post.kind.startswith("invoice."))
lost("crm-every-third-event-is-lost", lambda post: post.number % 3 == 0)
stateful("crm-events-lack-changes-of-lines", _silent_about("items"))
stateful("crm-events-lack-changes-of-links", _silent_about("company_id"))
stateful("crm-subscription-dies-after-an-event", _dying)
sending("crm-events-come-late", lambda post: (replace(post, pauses=(LATE_S, *post.pauses[1:])),))
sending("crm-events-unsigned", _bare)
sending("crm-events-signed-with-another-secret", lambda post: (replace(post, secret=secret_of(OTHER_SECRET)),))
sending("crm-events-signed-before-respelling", _respelt)
sending("crm-events-stamped-an-hour-ago", lambda post: (replace(post, at=_now() - HOUR_S),))
sending("crm-events-share-an-id", lambda post: (replace(post, id="msg_000001"),))
sending("crm-events-twice", lambda post: (post, post))
stateful("crm-events-out-of-order", _swapping)
sending("crm-events-not-sent-again", lambda post: (replace(post, pauses=post.pauses[:1]),))
body("crm-events-hold-only-the-id", _thin)
body("crm-events-name-another-record", _nameless)
sending("crm-events-cut-in-the-middle", lambda post: (replace(post, body=post.body[: len(post.body) // 2]),))
_second(
    "crm-second-subscription-refused",
    lambda _store: Reply(422, {"error": {"code": "limit_reached", "message": "one subscription an account"}}),
)
_second("crm-second-subscription-replaces-the-first", _replaced)
instead("crm-ended-subscription-goes-on", {"DELETE /webhook_subscriptions/{id}"}, _kept)
