"""Subscriptions of several calls, through the writer: what a broken one leaves, whom a call may be about, with which credentials they are ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checker.client.recorder import Recorder
from checker.describe import described
from checker.errors import RefusedError
from checker.journal import Journal
from checker.model.permit import Permit
from checker.probes.base import Ledger
from checker.probes.contexts import SystemLook
from checker.project.types import BearerAuth, SubscriptionCall, System, WebhookSettings
from checker.resources.subscribing import Step, steps_of, written_in
from checker.resources.subscriptions import Subscription, by_calls, ended
from checker.resources.writing import Writer
from tests.clients import FAST, Time, client
from tests.servers import Server, serve
from tests.story.relay import BY_ENDPOINT, BY_FLOW, TOKEN, Relay, described_as

MARK, URL = "rdy4k7q2m9x", "http://127.0.0.1:9/rdy4k7q2m9x-hook"
VALUES = {"url": URL, "mark": MARK, "secret": "s3cret", "events": ["create"], "resources": ["contacts"]}


@dataclass
class At:
    """The small CRM, and what is needed to subscribe there."""

    server: Relay
    running: Server
    look: SystemLook
    writer: Writer
    steps: Sequence[Step]

    def subscribe(self) -> Subscription:
        """Make the calls."""
        return by_calls(self.writer, self.steps, self.look.door, VALUES)


def calls_of(given: Sequence[dict[str, Any]]) -> list[SubscriptionCall]:
    """Calls as the project file has them."""
    return msgspec.convert(list(given), list[SubscriptionCall])


@contextmanager
def relayed(folder: Path, given: Sequence[dict[str, Any]], defect: str = "") -> Iterator[At]:
    """The small CRM, running with that defect; subscriptions are managed with credentials of their own."""
    (folder / "relay.json").write_bytes(msgspec.json.encode(described_as()))
    known = described(str(folder / "relay.json"))
    assert known.profile is not None
    server, at = Relay(defect), Time()
    hooks = WebhookSettings(auth=BearerAuth(token="${env:HOOKS}"), subscribe=calls_of(given))
    with serve(server) as running:
        made = client(
            running.url,
            BearerAuth(token="${env:OWN}"),
            at=at,
            secrets={"OWN": "nobody", "HOOKS": TOKEN},
            webhooks=hooks,
        )
        settings = System(base_url=running.url, limits=FAST, webhooks=hooks)
        look = SystemLook("crm", settings, known.profile, None, made, Recorder(), Ledger())
        journal = Journal(folder / "journal.sqlite", "test")
        writer = Writer(Permit("crm", made.base_url), journal, MARK, clock=at.clock)
        steps = [one for one in steps_of(known.profile, hooks.subscribe) if one is not None]
        try:
            yield At(server, running, look, writer, steps)
        finally:
            journal.close()
            made.close()


def test_what_the_calls_made_is_ended_newest_first(tmp_path: Path) -> None:
    """The flow and its operation, each written down before it was sent; the operation goes before the flow that it hangs on."""
    with relayed(tmp_path, BY_FLOW) as at:
        made = at.subscribe()
        assert made.ok
        assert [(one.resource, one.outcome) for one in at.writer.journal.test_records()] == [
            ("operations", "done"),
            ("flows", "done"),
        ]
        assert list(at.server.receivers("create")) == [(URL, "")]
        assert all(one.ok for one in ended(at.writer, made.made))
        deleted = [one.path for one in at.running.asked if one.method == "DELETE"]
        assert [one.split("/")[1] for one in deleted] == ["operations", "flows"]
        assert at.server.left == []


@pytest.mark.parametrize("defect", ["operation-refused", "link-refused"])
def test_a_refused_call_takes_what_was_made_with_it(tmp_path: Path, defect: str) -> None:
    """At once, not only at the end of the run; what is told is the call, its answer and the exchange."""
    with relayed(tmp_path, BY_FLOW, defect) as at:
        made = at.subscribe()
        assert (made.ok, made.made) == (False, ())
        assert made.failed is not None
        assert made.failed.status in {400, 422}
        assert made.failed.evidence
        assert at.server.left == []


def test_a_call_is_about_a_record_of_ours_or_is_not_made(tmp_path: Path) -> None:
    """Somebody else's flow is not changed, whatever its number: the refusal comes before a byte leaves."""
    with relayed(tmp_path, BY_FLOW) as at:
        at.server.held["flows"][7] = {"id": 7, "name": "somebody's"}
        asked = len(at.running.asked)
        with pytest.raises(RefusedError):
            at.writer.call(at.look.door(at.steps[0].resource), "7", ("PATCH", "/flows/7"), {"operation": 1})
        assert len(at.running.asked) == asked
        assert at.server.held["flows"][7] == {"id": 7, "name": "somebody's"}


def test_subscriptions_are_managed_with_their_own_credentials(tmp_path: Path) -> None:
    """Made and ended with `webhooks.auth`, since the system's own user may do neither; other resources are asked with the own ones."""
    with relayed(tmp_path, BY_FLOW) as at:
        assert {name: at.look.door(profile).credentials for name in ("flows", "operations", "contacts")
                if (profile := at.look.profile.resource(name)) is not None} == {"flows": "webhooks", "operations": "webhooks", "contacts": "own"}  # fmt: skip
        assert at.subscribe().ok


def test_what_is_made_below_a_record_belongs_to_it(tmp_path: Path) -> None:
    """A call about what stands below an endpoint is one about the endpoint; only the endpoint is a record of its own."""
    below = [
        {**BY_ENDPOINT[1], "as": "topic"},
        {"call": "PATCH /endpoints/${endpoint}/topics/${topic}", "body": {"on": True}},
    ]
    with relayed(tmp_path, [BY_ENDPOINT[0], *below]) as at:
        assert [(one.resource.name, one.about) for one in at.steps] == [
            ("endpoints", None), ("endpoints", "endpoint"), ("endpoints", "endpoint"),
        ]  # fmt: skip
        assert written_in(at.look.profile, at.look.settings.webhooks) == ("endpoints",)
        assert at.subscribe().ok
