"""The CRM's webhooks: real events at a real receiver on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from checker.sandbox.server import Server
from checker.sandbox.webhooks import is_loopback, signature

PATIENCE = 10  # seconds; an event arrives within milliseconds


@dataclass
class Receiver:
    """What arrived, and which statuses are answered next (200 when none is left)."""

    url: str
    arrived: queue.SimpleQueue[tuple[dict[str, str], bytes]]
    statuses: list[int]

    def next(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Headers and content of the next event."""
        headers, body = self.arrived.get(timeout=PATIENCE)
        return headers, json.loads(body)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    found = Receiver("", queue.SimpleQueue(), [])

    @Request.application
    def app(request: Request) -> Response:
        status = found.statuses.pop(0) if found.statuses else 200
        found.arrived.put(({name.lower(): value for name, value in request.headers.items()}, request.get_data()))
        return Response("", status)

    server = Server(app)
    found.url = f"{server.origin}/hook?source=crm"
    yield found
    server.stop()


def subscribe(crm: httpx.Client, receiver: Receiver, *events: str) -> dict[str, Any]:
    """A new subscription, with its secret."""
    answer = crm.post("webhook_subscriptions", json={"url": receiver.url, "events": list(events)})
    assert answer.status_code == 201
    return dict(answer.json())


def test_events_of_a_record_arrive_in_order(crm: httpx.Client, receiver: Receiver) -> None:
    """Create, update and delete each send the whole record; other collections and other events send nothing."""
    subscribe(crm, receiver, "contact.created", "contact.updated", "contact.deleted")
    crm.post("companies", json={"name": "Silent"})
    created = crm.post("contacts", json={"last_name": "Weiß"}).json()
    updated = crm.patch(f"contacts/{created['id']}", json={"last_name": "Schwarz"}).json()
    crm.delete(f"contacts/{created['id']}")
    events = [receiver.next()[1] for _ in range(3)]
    assert [one["type"] for one in events] == ["contact.created", "contact.updated", "contact.deleted"]
    assert [one["data"] for one in events[:2]] == [created, updated]
    assert events[2]["data"]["deleted_at"] == events[2]["timestamp"]


def test_an_event_is_signed_over_its_raw_body(crm: httpx.Client, receiver: Receiver) -> None:
    """Standard Webhooks: id, time and body under the subscription's secret, which is shown once."""
    subscription = subscribe(crm, receiver, "company.created")
    assert "secret" not in crm.get(f"webhook_subscriptions/{subscription['id']}").json()
    crm.post("companies", json={"name": "Größe"})
    headers, body = receiver.arrived.get(timeout=PATIENCE)
    key = base64.b64decode(subscription["secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_the_signature_is_the_published_one() -> None:
    """The example of the Standard Webhooks specification comes out."""
    body = b'{"test": 2432232314}'
    secret, message_id, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    assert signature(secret, message_id, at, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_failed_delivery_is_tried_again_with_the_same_id(crm: httpx.Client, receiver: Receiver) -> None:
    """A receiver that fails once gets the event again and can recognise it."""
    subscription = subscribe(crm, receiver, "contact.created")
    receiver.statuses[:] = [500]
    crm.post("contacts", json={"last_name": "Weiß"})
    (first, body), (second, again) = receiver.next(), receiver.next()
    assert first["webhook-id"] == second["webhook-id"]
    assert body == again
    assert crm.get(f"webhook_subscriptions/{subscription['id']}").json()["failures"] == 0


def test_an_inactive_or_ended_subscription_is_told_nothing(crm: httpx.Client, receiver: Receiver) -> None:
    """Turned off, then deleted: only the event in between arrives."""
    subscription = subscribe(crm, receiver, "contact.created")
    address = f"webhook_subscriptions/{subscription['id']}"
    assert crm.patch(address, json={"active": False}).json()["active"] is False
    crm.post("contacts", json={"last_name": "Unheard"})
    crm.patch(address, json={"active": True})
    crm.post("contacts", json={"last_name": "Heard"})
    assert receiver.next()[1]["data"]["last_name"] == "Heard"
    assert crm.delete(address).status_code == 204
    assert crm.get(address).status_code == 404
    crm.post("contacts", json={"last_name": "Unheard"})
    subscribe(crm, receiver, "company.created")
    crm.post("companies", json={"name": "Last"})
    assert receiver.next()[1]["data"]["name"] == "Last"


def test_several_subscriptions_are_served(crm: httpx.Client, receiver: Receiver) -> None:
    """Two subscriptions to one event both hear of it, each under its own secret."""
    secrets = {subscribe(crm, receiver, "deal.created")["secret"] for _ in range(2)}
    company = crm.get("companies").json()["results"][0]["id"]
    crm.post("deals", json={"name": "Two", "company_id": company})
    ids = {receiver.next()[0]["webhook-id"] for _ in range(2)}
    assert len(secrets) == len(ids) == 2
    assert crm.get("webhook_subscriptions").json()["total"] == 2


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:9000/hook", True),
        ("http://localhost:9000", True),
        ("http://[::1]:9000/", True),
        ("https://127.0.0.1/", False),
        ("http://hooks.example.com/", False),
        ("http://127.0.0.1.example.com/", False),
        ("http://127.0.0.1@hooks.example.com/", False),
        ("http://10.0.0.1/", False),
        ("http://127.0.0.1:99999/", False),
        ("ftp://127.0.0.1/", False),
    ],
)
def test_events_are_sent_to_loopback_only(crm: httpx.Client, url: str, allowed: bool) -> None:
    """A sandbox on somebody's machine calls nobody else."""
    assert is_loopback(url) is allowed
    answer = crm.post("webhook_subscriptions", json={"url": url, "events": ["deal.created"]})
    assert answer.status_code == (201 if allowed else 422)
