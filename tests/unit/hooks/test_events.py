"""What an event says, in the forms that senders have: which record, what happened, when, and which event it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.hooks import read_event

FORMS: dict[str, tuple[dict[str, str], Any, dict[str, Any]]] = {
    "a whole record": (
        {"webhook-id": "msg_7", "webhook-timestamp": "1795916683"},
        {"type": "contact.created", "timestamp": "2026-11-29T12:00:00Z", "data": {"id": "con_1", "name": "A"}},
        {"id": "msg_7", "time": "1795916683", "kind": "create", "record": "con_1"},
    ),
    "flow triggers": (
        {},
        {"event": "contacts.items.update", "payload": {"phone": "7"}, "keys": ["500094"], "collection": "contacts"},
        {"id": None, "time": None, "kind": "update", "record": "500094"},
    ),
    "topic in a header": (
        {
            "x-shop-topic": "orders/delete",
            "x-shop-webhook-id": "b54557e4",
            "x-shop-triggered-at": "2026-11-29T12:00:00Z",
        },
        {"id": 4711},
        {"id": "b54557e4", "time": "2026-11-29T12:00:00Z", "kind": "delete", "record": "4711"},
    ),
    "a list of thin events": (
        {},
        [{"eventId": 1, "subscriptionType": "contact.deletion", "objectId": 123, "occurredAt": 1795916683000}],
        {"id": None, "time": None, "kind": None, "record": "123"},
    ),
    "the record's address": (
        {"x-event-id": "e-1"},
        {"action": "modified", "resource": "https://api.example.com/v1/customers/c-9/", "eventDate": "2026-11-29"},
        {"id": "e-1", "time": "2026-11-29", "kind": "update", "record": "c-9"},
    ),
    "German": (
        {},
        {"event": "Kunde gelöscht", "uuid": "u-1", "zeitpunkt": "2026-11-29T12:00:00+01:00", "kunde": {"id": 5}},
        {"id": "u-1", "time": "2026-11-29T12:00:00+01:00", "kind": "delete", "record": "5"},
    ),
    "a plain time": (
        {"x-erp-event-id": "e-2"},
        {"Event": "InvoiceUpdated", "At": 1795916683000, "Id": 7, "Record": {"Id": 7, "Total": 3.5}},
        {"id": "e-2", "time": "1795916683000", "kind": "update", "record": "7"},
    ),
    "a credit note is no create": (
        {},
        {"id": "evt_1", "type": "credit_note.updated", "created": 1795916683, "data": {"object": {"id": "cn_1"}}},
        {"id": "evt_1", "time": "1795916683", "kind": "update", "record": "cn_1"},
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_event_is_read_whatever_its_form(form: str) -> None:
    """Its id, its time, what happened, and the record."""
    headers, body, expected = FORMS[form]
    event = read_event(headers, json.dumps(body).encode())
    assert {"id": event.id, "time": event.time, "kind": event.kind} == {
        one: expected[one] for one in ("id", "time", "kind")
    }
    assert event.about(expected["record"])
    assert not event.about("another")


def test_the_record_is_the_largest_mapping_with_its_id() -> None:
    """Around it others may hold the id too."""
    body = {"ref": {"id": "1"}, "old": {"id": "1", "a": 1}, "new": {"id": "1", "a": 2, "b": 3}}
    assert read_event({}, json.dumps(body).encode()).shows("1") == {"id": "1", "a": 2, "b": 3}


def test_a_record_s_own_id_is_no_event_id() -> None:
    """A flat body is the record itself."""
    assert read_event({}, b'{"id": 3, "name": "x", "updated_at": "2026-11-29T12:00:00Z"}').id is None
    assert read_event({}, b'{"id": 3, "customer_id": 5, "event": "order.created"}').id is None


def test_an_id_beside_the_record_s_is_the_event_s() -> None:
    """A flat event names its record by a name of its own; then `id` is free."""
    assert (
        read_event({}, b'{"id": "e-1", "event": "order.created", "resource": "orders", "resource_id": 3}').id == "e-1"
    )


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
        max_leaves=20,
    ).map(lambda x: json.dumps(x).encode())
)
def test_nothing_that_comes_breaks_it(body: bytes) -> None:
    """Whatever the body holds: an event, never an exception."""
    assert read_event({"content-type": "x"}, body).readable in (True, False)
