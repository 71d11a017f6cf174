"""How one subscribes to events, in the forms that APIs have: a list of events or one each, a secret of ours, an address deeper inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checker.describe import described
from checker.resources.subscribing import MOST, Form, form_of
from tests.manners import Document, answer, collection, document, entries, thing

TEXT: Document = {"type": "string"}
EVENTS = [
    "ping",
    "app.uninstalled",
    *(f"thing{number}.created" for number in range(12)),
    "contact.created",
    "contact.deleted",
]


def form(folder: Path, subscription: Document, *, path: str = "/webhooks", **without: bool) -> Form | None:
    """How a system with such subscriptions takes them."""
    paths = collection(path, subscription, thing(data=entries(subscription)), [])
    if without.get("no_list"):
        del paths[path]["get"]
    (folder / "api.json").write_text(json.dumps(document(paths)), "utf-8")
    found = described(str(folder / "api.json"))
    assert found.profile is not None
    assert found.document is not None
    return form_of(found.profile, found.document.api)


def filled(found: Form | None, **more: Any) -> list[dict[str, Any]]:
    """The bodies of subscriptions."""
    assert found is not None
    return found.filled(
        {"name": "x"}, "http://127.0.0.1:1/h", more.get("wished", ()), more.get("about", ()), more.get("secret", "")
    )


def test_a_list_of_events_takes_all_or_those_that_are_wished(tmp_path: Path) -> None:
    """One subscription for all events; the body's other fields stay."""
    events = {"type": "array", "items": {"type": "string", "enum": EVENTS}}
    found = form(tmp_path, thing(id=TEXT, url=TEXT, events=events))
    assert filled(found) == [{"name": "x", "url": "http://127.0.0.1:1/h", "events": EVENTS}]
    assert filled(found, wished=("contact.created",))[0]["events"] == ["contact.created"]


def test_one_event_each_takes_those_first_that_are_about_what_travels(tmp_path: Path) -> None:
    """Of many topics at most ten are subscribed, the contacts' among them."""
    found = form(tmp_path, thing(id=TEXT, target_url=TEXT, topic={"type": "string", "enum": EVENTS}))
    topics = [one["topic"] for one in filled(found, about=("contacts", "contact"))]
    assert topics[:2] == ["contact.created", "contact.deleted"]
    assert len(topics) == MOST


def test_where_the_receiver_chooses_the_secret_ours_is_sent(tmp_path: Path) -> None:
    """In the field that asks for it; where the system makes the secret, none is."""
    assert (
        filled(form(tmp_path, thing(id=TEXT, callback_url=TEXT, secret=TEXT)), secret="s3cret")[0]["secret"] == "s3cret"
    )
    made_there = thing(id=TEXT, callback_url=TEXT, secret={**TEXT, "readOnly": True})
    assert "secret" not in filled(form(tmp_path, made_there), secret="s3cret")[0]


def test_an_address_inside_an_object_is_found(tmp_path: Path) -> None:
    """By its dotted name."""
    found = form(
        tmp_path, thing(id=TEXT, config=thing(url=TEXT, content_type=TEXT), events={"type": "array", "items": TEXT})
    )
    assert filled(found)[0]["config"] == {"url": "http://127.0.0.1:1/h"}


def test_what_could_not_be_found_again_or_ended_is_not_subscribed(tmp_path: Path) -> None:
    """Without a list of subscriptions a lost answer would leave one behind for good."""
    assert form(tmp_path, thing(id=TEXT, url=TEXT), no_list=True) is None
    (tmp_path / "api.json").write_text(
        json.dumps(document({"/contacts": {"get": {"responses": answer(entries(thing(id=TEXT)))}}})), "utf-8"
    )
    found = described(str(tmp_path / "api.json"))
    assert found.profile is not None
    assert form_of(found.profile, None) is None
