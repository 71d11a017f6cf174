"""`readiness webhook`: receive a system's events, try them out, send kept ones again."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from checker.permitting import knock, opened, permits, writers
from checker.probes.hooking import Lab
from checker.probes.touching import SystemTouch
from checker.project.load import load_project
from checker.receiver import Receiver
from checker.sandbox.crm import TOKEN
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, running_pair
from checker.sandbox.webhooks import PATIENCE
from tests.story.cli import Readiness


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """The running pair, its project in the current folder, its credentials in the environment. A parameter names a fault to switch on."""
    now = datetime.now(UTC)
    faults = [request.param] if hasattr(request, "param") else []
    with running_pair(now, rate_limit=10_000_000, switched_on=faults) as running:
        path = write_demo(tmp_path, running, now)
        path.write_text(path.read_text("utf-8").replace("per_second: 100", "per_second: 5000"), "utf-8")
        monkeypatch.chdir(tmp_path)
        for name, value in demo_environment().items():
            monkeypatch.setenv(name, value)
        yield running


def records(pair: Pair) -> dict[str, list[object]]:
    """Ids of the living records of some collections of the CRM."""
    names = ("companies", "contacts", "webhook_subscriptions")
    return {name: [one.id for one in pair.crm.store.living(name)] for name in names}


def test_the_events_of_the_sandboxes_are_tried_out_and_everything_is_removed(readiness: Readiness, pair: Pair) -> None:
    """A table of what came for what; what holds for all events; what stayed open and why. Nothing of ours is left."""
    before = records(pair)
    ended = readiness("webhook", "test", "--yes")
    assert ended.code == 0
    for name in ("companies", "contacts", "products", "invoices"):
        assert re.search(rf"crm/{name} +✓ +✓ +✓", ended.out), ended.out
    assert (
        "✓ crm: The events that arrived carried a signature that holds (webhook-signature, standard-webhooks)"
        in ended.out
    )
    assert "? erp:" in ended.out
    assert "speaks of events" in ended.out
    assert records(pair) == before
    told = json.loads(readiness("webhook", "test", "--yes", "--system", "crm", "--format", "json").out)
    found = {(one["id"], one["subject"]): one for one in told["result"]}
    assert found["webhook.arrives", "erp/artikel"]["answer"] == "unknown"
    retried = found["webhook.retried", "crm"]
    assert retried["answer"] == "yes"
    assert retried["values"]["status"] == 500
    assert PATIENCE <= retried["values"]["unanswered"] < 2 * PATIENCE  # after the CRM gave a silent receiver up


@pytest.mark.parametrize("pair", ["crm-name-cut"], indirect=True)
def test_a_change_that_did_not_take_effect_is_not_held_against_the_events(readiness: Readiness, pair: Pair) -> None:
    """The CRM cuts away what was changed: no event came, none was due, and that is said; the other lists are judged as ever."""
    before = records(pair)
    told = json.loads(readiness("webhook", "test", "--yes", "--system", "crm", "--format", "json").out)
    found = {one["subject"]: one for one in told["result"] if one["id"] == "webhook.covers-events"}
    assert found["crm/companies"]["answer"] == "unknown"
    assert found["crm/companies"]["values"]["reason"] == "nothing-changed"
    assert found["crm/contacts"]["answer"] == "yes"
    assert records(pair) == before


def test_without_agreement_nothing_is_subscribed(readiness: Readiness, pair: Pair) -> None:
    """Nobody at a terminal and no --yes: exit 4, and no request that writes."""
    before = records(pair)
    assert readiness("webhook", "test").code == 4
    assert records(pair) == before


def test_what_came_is_kept_masked_and_without_secrets(readiness: Readiness, pair: Pair, tmp_path: Path) -> None:
    """Personal data of events as everywhere: masked; neither our token nor the signing secret is on disk."""
    readiness("webhook", "test", "--yes")
    file = tmp_path / ".readiness" / "webhooks" / "events.jsonl"
    kept = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {one["system"] for one in kept} == {"crm"}
    assert any("contact.created" in one["request"]["body"] for one in kept)
    text = "".join(path.read_text("utf-8", errors="replace") for path in (tmp_path / ".readiness").rglob("*.json*"))
    assert TOKEN not in text
    assert "whsec_" not in text
    assert all(one["request"]["headers"]["webhook-signature"] == "***" for one in kept)
    assert file.stat().st_mode & 0o077 == 0


def test_listen_shows_the_address_and_every_event_and_replay_sends_them_again(
    readiness: Readiness, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is the same in the next run; what isn't signed with the stated secret is refused; kept events go to a receiver of mine."""
    project = tmp_path / "readiness.yaml"
    stated = "webhooks: {registration: manual, secret: '${env:HOOK_SECRET}'}"
    project.write_text(
        project.read_text("utf-8").replace("webhooks: {registration: api, scheme: standard-webhooks}", stated), "utf-8"
    )
    monkeypatch.setenv("HOOK_SECRET", "s3cret-canary")
    heard: list[str] = []

    def listen() -> None:
        ended = readiness(
            "webhook", "listen", "--system", "crm", "--listen", "127.0.0.1:0", "--count", "2", "--seconds", "20"
        )
        heard.extend((ended.out, ended.err))

    port, path = 0, ""
    monkeypatch.setattr("checker.hearing.Receiver", lambda *words: made.append(Receiver(*words)) or made[-1])
    made: list[Receiver] = []
    listening = threading.Thread(target=listen)
    listening.start()
    while not (made and made[0]._paths):
        pass
    port, (path,) = made[0].port, made[0]._paths
    import hashlib
    import hmac

    body = b'{"type": "contact.updated", "id": "e1", "data": {"email": "anna.weiss@example.org"}}'
    for signature in (hmac.new(b"s3cret-canary", body, hashlib.sha256).hexdigest(), "0" * 64):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", path, body, {"Content-Type": "application/json", "X-Signature": signature})
        assert connection.getresponse().status == (401 if signature == "0" * 64 else 204)
        connection.close()
    listening.join(20)
    out, err = heard
    assert f"crm: enter this address for its events: http://127.0.0.1:{port}{path}" in err
    assert "signature valid" in out
    assert "signature unverified" in out
    file = tmp_path / ".readiness" / "webhooks" / "events.jsonl"
    assert "anna.weiss" not in file.read_text("utf-8")
    assert "s3cret-canary" not in file.read_text("utf-8")
    mine = Receiver()
    try:
        url = mine.opened()
        sent = readiness("webhook", "replay", "--to", url)
        assert "2 events sent" in sent.out
        assert [one.headers["content-type"] for one in mine.deliveries()] == ["application/json"] * 2
    finally:
        mine.stop()
    assert readiness("webhook", "replay", "--to", "https://hooks.example.com/x").code == 2
    again = readiness("webhook", "listen", "--system", "crm", "--seconds", "0.1")
    assert urlsplit(again.err.split()[-3] if "http" in again.err.split()[-3] else path).path == path


def test_a_port_that_is_taken_and_a_system_that_is_none_are_told(readiness: Readiness, pair: Pair) -> None:
    """Both with what to do."""
    taken = Receiver()
    try:
        ended = readiness("webhook", "listen", "--listen", f"127.0.0.1:{taken.port}")
    finally:
        taken.stop()
    assert ended.code == 2
    assert "--listen HOST:PORT" in ended.err
    for none in ("127.0.0.1:99999", "127.0.0.1:abc"):
        ended = readiness("webhook", "listen", "--listen", none)
        assert ended.code == 2
        assert "is no port" in ended.err
    assert readiness("webhook", "listen", "--system", "shop").code == 2


def test_a_subscription_that_a_killed_run_left_is_removed_by_cleanup(
    readiness: Readiness, pair: Pair, tmp_path: Path
) -> None:
    """It is a test record like any other: in the journal before it was sent, and marked by its address."""
    loaded = load_project(tmp_path / "readiness.yaml")
    receiver = Receiver()
    with opened(loaded, demo_environment(), lambda _: None) as looks:
        look = looks["crm"]
        found = permits(loaded, looks, [one for each in looks.values() for one in knock(each)])
        with writers(loaded, looks, found, "audit") as them:
            lab = Lab(SystemTouch(look, them["crm"]), (), receiver, None, look.settings.webhooks, date(2026, 11, 29))
            made = lab.subscribe()
    receiver.stop()
    assert made.ok
    assert len(records(pair)["webhook_subscriptions"]) == 1
    assert readiness("cleanup").code == 0
    assert records(pair)["webhook_subscriptions"] == []
