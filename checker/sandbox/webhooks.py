"""The CRM's webhooks: subscriptions by API, events signed by Standard Webhooks, tried three times, to loopback addresses only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import orjson

from checker.sandbox.crm import shown, zoned
from checker.sandbox.engine import Answer, Call, Special
from checker.sandbox.refusal import Issue, Refusal
from checker.sandbox.store import Data, Record, Store

COLLECTION = "webhook_subscriptions"
SINGULAR = {
    "companies": "company",
    "contacts": "contact",
    "deals": "deal",
    "products": "product",
    "invoices": "invoice",
}
PAUSES = (0.0, 0.2, 1.0)  # seconds before each try; a vendor waits for minutes and hours
PATIENCE = 2.0  # seconds that a receiver has
MOST_FAILURES = 20  # in a row; then the subscription is turned off
GOOD = range(200, 300)


def secret_of(number: int) -> str:
    """The signing secret of the n-th subscription, the same in every run."""
    return "whsec_" + base64.b64encode(f"sandbox-secret-{number:08}".encode()).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,…` over id, time and body (Standard Webhooks, symmetric)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def is_loopback(url: str) -> bool:
    """Whether an address is plain HTTP to this machine, by number or as localhost."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "http":
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def subscriptions(store: Store) -> Mapping[str, Special]:
    """What creating and changing a subscription do beyond storing it."""

    def create(call: Call) -> Answer:
        _check(call.body)
        record = store.create(COLLECTION, {**call.operation.blank(), **call.body, "failures": 0}, call.principal.user)
        return Answer(201, shown(COLLECTION, record) | {"secret": secret_of(_number(record))})

    def update(call: Call) -> Answer:
        _check(call.body)
        before = store.get(COLLECTION, call.path["id"])
        again = {"failures": 0} if call.body.get("active") else {}
        record = store.change(COLLECTION, before.id, {**before.data, **call.body, **again}, call.principal.user)
        return Answer(200, shown(COLLECTION, record))

    return {"createWebhookSubscription": create, "updateWebhookSubscription": update}


def _check(body: Data) -> None:
    if "url" in body and not is_loopback(body["url"]):
        raise Refusal(422, Issue("address_not_allowed", "url"))


def _number(record: Record) -> int:
    return int(str(record.id).rpartition("_")[2])


@dataclass
class Post:
    """One event on its way to a subscription. `number` counts the events, `at` is its time stamp in seconds; `headers` are made from it at last.

    `pauses` are the seconds before each try.
    """

    url: str
    kind: str
    number: int
    id: str
    at: int
    body: bytes
    secret: str
    pauses: Sequence[float]
    headers: dict[str, str] = field(default_factory=dict)

    def signed(self) -> dict[str, str]:
        """Its headers, by Standard Webhooks."""
        return {
            "Content-Type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": str(self.at),
            "webhook-signature": signature(self.secret, self.id, self.at, self.body),
        }


Bend = Callable[[Post], Iterable[Post]]


class Sender:
    """Sends events to the subscriptions of a store, in the order of the changes, from a thread of its own.

    `pauses` are the seconds before each try of a delivery; `wall` is the clock that receivers compare with theirs. `bends` make of an event
    what a faulty system would send: none, another, several.
    """

    def __init__(
        self,
        store: Store,
        pauses: Sequence[float] = PAUSES,
        wall: Callable[[], float] = time.time,
        bends: Sequence[Bend] = (),
    ) -> None:
        self._store = store
        self._pauses = pauses
        self._bends = bends
        self._wall = wall
        self._waiting: queue.SimpleQueue[tuple[str, Post] | None] = queue.SimpleQueue()
        self._sent = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sandbox webhooks", daemon=True)
        store.told = self._hear
        self._thread.start()

    def stop(self) -> None:
        """Give up what is still waiting, and end."""
        self._stopping.set()
        self._waiting.put(None)
        self._thread.join(PATIENCE)

    def _hear(self, name: str, action: str, record: Record) -> None:
        if name not in SINGULAR:
            return
        kind = f"{SINGULAR[name]}.{action}"
        for subscription in self._store.all(COLLECTION):
            if subscription.data["active"] and kind in subscription.data["events"]:
                self._sent += 1
                event = {"type": kind, "timestamp": zoned(record.updated), "data": shown(name, record)}
                self._waiting.put((str(subscription.id), self._post(subscription, kind, orjson.dumps(event))))

    def _post(self, subscription: Record, kind: str, body: bytes) -> Post:
        secret, number = secret_of(_number(subscription)), self._sent
        return Post(subscription.data["url"], kind, number, f"msg_{number:06}", 0, body, secret, self._pauses)

    def _work(self) -> None:
        while (task := self._waiting.get()) is not None and not self._stopping.is_set():
            subscription_id, post = task
            subscription = self._store.find(COLLECTION, subscription_id)
            if subscription is not None and subscription.data["active"]:
                self._note(subscription, arrived=self._deliver(post))

    def _deliver(self, post: Post) -> bool:
        """Send it, as it is or as the faults bend it; whether all that was sent was taken well."""
        posts = [post]
        for bend in self._bends:
            posts = [bent for one in posts for bent in bend(one)]
        taken = [self._tried(one) for one in posts]
        return all(taken)

    def _tried(self, post: Post) -> bool:
        for pause in post.pauses:
            if self._stopping.wait(pause):
                return False
            now = replace(post, at=post.at or int(self._wall()))
            if send(now.url, now.headers or now.signed(), now.body) in GOOD:
                return True
        return False

    def _note(self, subscription: Record, *, arrived: bool) -> None:
        with self._store.lock:
            current = self._store.find(COLLECTION, subscription.id)
            if current is None:
                return
            failures = 0 if arrived else current.data["failures"] + 1
            active = current.data["active"] and failures < MOST_FAILURES
            changed = {**current.data, "failures": failures, "active": active}
            self._store.change(COLLECTION, current.id, changed, current.changed_by)


def send(url: str, headers: Mapping[str, str], body: bytes) -> int | None:
    """Send one event; the answer's status, or None where none came. Redirects are not followed."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
