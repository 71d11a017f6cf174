"""A subscription that takes several calls, spelt out in the project file: tried out like any other, and nothing of it stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from checker.probes.hooking import Patience
from tests.story.cli import Readiness
from tests.story.relay import BY_ENDPOINT, BY_FLOW, TOKEN, Relay, relay

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the project, and the CRM's token."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRM_TOKEN", TOKEN)


def tried(readiness: Readiness, *words: str) -> dict[str, dict[str, Any]]:
    """What `webhook test` tells of the CRM, by claim; of its contacts where a claim is about a resource."""
    ended = readiness("webhook", "test", "--yes", "--system", "crm", "--format", "json", *words)
    told, _ = json.JSONDecoder().raw_decode(ended.out)  # after it stands why nothing may be written in the other system
    return {one["id"]: one for one in told["result"] if one["subject"].startswith("crm")}


def test_three_calls_make_a_subscription_and_both_of_two_are_ended(readiness: Readiness, tmp_path: Path) -> None:
    """A flow, its operation and the link between them: events come, a second subscription stands beside, and after both ended it is silent."""
    with relay(tmp_path, BY_FLOW) as server:
        found = tried(readiness)
        assert server.left == []
    assert {
        claim: found[claim]["answer"]
        for claim in ("webhook.arrives", "webhook.covers-events", "webhook.retried", "webhook.several-subscriptions",
                      "webhook.stops", "webhook.signed", "webhook.ids-and-times", "webhook.expiry-known")
    } == {
        "webhook.arrives": "yes", "webhook.covers-events": "yes", "webhook.retried": "yes", "webhook.several-subscriptions": "yes",
        "webhook.stops": "yes", "webhook.signed": "no", "webhook.ids-and-times": "yes", "webhook.expiry-known": "unknown",
    }  # fmt: skip
    assert found["webhook.expiry-known"]["values"]["reason"] == "no-end-shown"


def test_what_a_call_makes_below_a_record_goes_with_it_and_events_are_signed_with_our_secret(
    readiness: Readiness, tmp_path: Path
) -> None:
    """An endpoint and its topics: address, events, resources and secret come from the run; the secret is nowhere on disk."""
    with relay(tmp_path, BY_ENDPOINT, events=["create", "update", "delete"]) as server:
        keys: set[str] = set()
        told = server.receivers
        server.receivers = lambda what: [keys.add(key) or (url, key) for url, key in told(what)]  # type: ignore[method-assign,func-returns-value]
        found = tried(readiness)
        assert server.left == []
    assert found["webhook.covers-events"]["answer"] == "yes"
    assert found["webhook.signed"]["answer"] == "yes"
    assert found["webhook.stops"]["answer"] == "yes"
    kept = b"".join(one.read_bytes() for one in (tmp_path / ".readiness").rglob("*") if one.is_file())
    assert keys
    assert not [key for key in keys if key.encode() in kept]


@pytest.mark.parametrize(
    ("defect", "call", "status"),
    [
        ("operation-refused", "POST /operations", 422),
        ("link-refused", "PATCH /flows/${flow}", 400),
    ],
)
def test_a_call_that_is_refused_midway_leaves_nothing_and_all_is_unknown(
    readiness: Readiness, tmp_path: Path, defect: str, call: str, status: int
) -> None:
    """The second or the third of three: what was made is removed at once, and the reason names the call and its answer."""
    with relay(tmp_path, BY_FLOW, defect) as server:
        found = tried(readiness)
        assert server.left == []
    assert {one["answer"] for claim, one in found.items() if claim.startswith("webhook.")} == {"unknown"}
    for claim in ("webhook.arrives", "webhook.several-subscriptions", "webhook.retried"):
        values = found[claim]["values"]
        assert (values["reason"], values["call"], values["status"]) == ("subscription-broke", call, status)


def test_a_call_that_breaks_although_it_was_stored_leaves_nothing(readiness: Readiness, tmp_path: Path) -> None:
    """The second call is answered with 500, its record is there all the same: it is found by its mark, used under its number, and removed."""
    with relay(tmp_path, BY_FLOW, "operation-breaks") as server:
        found = tried(readiness)
        assert server.left == []
    assert found["webhook.arrives"]["answer"] == "yes"


def test_calls_that_were_all_taken_and_bring_nothing_prove_nothing(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link was forgotten: whether the system sends nothing, or the calls are too few, nobody can tell."""
    monkeypatch.setattr(Patience, "__init__", partialmethod(Patience.__init__, events=1.0))
    with relay(tmp_path, BY_FLOW[:2]) as server:
        found = tried(readiness)
        assert server.left == []
    for claim in ("webhook.arrives", "webhook.reachable", "webhook.stops"):
        assert (found[claim]["answer"], found[claim]["values"]["reason"]) == ("unknown", "nothing-by-calls")


def test_a_second_subscription_that_is_refused_proves_nothing(readiness: Readiness, tmp_path: Path) -> None:
    """Its calls are the consultant's own: a name that is there already is no word about a second receiver. The first is ended all the same."""
    with relay(tmp_path, BY_FLOW, "one-flow") as server:
        found = tried(readiness)
        assert server.left == []
    several = found["webhook.several-subscriptions"]
    assert (several["answer"], several["values"]["call"], several["values"]["status"]) == (
        "unknown",
        "POST /flows",
        409,
    )
    assert found["webhook.stops"]["answer"] == "yes"


def test_what_a_system_does_not_let_go_is_listed(readiness: Readiness, tmp_path: Path) -> None:
    """A flow that can't be deleted: whether events stop stays open, and the flow is named as left over by `cleanup`."""
    with relay(tmp_path, BY_FLOW, "flows-stay") as server:
        found = tried(readiness)
        assert (found["webhook.stops"]["answer"], found["webhook.stops"]["values"]["reason"]) == (
            "unknown",
            "delete-refused",
        )
        assert [one for one in server.left if not one.startswith("flows")] == []
        ended = readiness("cleanup")
        assert ended.code == 5
        assert "flows" in ended.out


def test_a_run_that_is_killed_between_two_calls_leaves_nothing_after_cleanup(
    readiness: Readiness, tmp_path: Path
) -> None:
    """Killed when the operation is stored and its answer not yet there: the journal knows of both, and `cleanup` finds them."""
    with relay(tmp_path, BY_FLOW) as server:
        words = ["webhook", "test", "--yes", "--system", "crm", "--project", str(tmp_path)]
        start = [sys.executable, "-c", "import sys; from checker.cli.main import main; main(sys.argv[1:])", *words]
        with subprocess.Popen(start, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            server.on_operation = lambda: os.kill(run.pid, signal.SIGKILL)
            run.wait(60)
        server.on_operation = lambda: None
        assert kinds(server) == {"flows", "operations"}
        assert readiness("cleanup").code == 0
        assert server.left == []


def test_who_is_asked_for_leave_is_told_of_the_records_that_subscribing_makes(
    readiness: Readiness, tmp_path: Path
) -> None:
    """Two flows and two operations at most, beside the contacts; without agreement none."""
    with relay(tmp_path, BY_FLOW) as server:
        ended = readiness("webhook", "test", "--system", "crm")
        assert ended.code == 4
        assert server.left == []
    assert "flows" in ended.out + ended.err
    assert "operations" in ended.out + ended.err


def test_a_call_that_no_resource_could_end_again_is_an_error_with_its_line(
    readiness: Readiness, tmp_path: Path
) -> None:
    """What can't be listed and deleted is never made; the file, the line and the key are named, before anything is sent."""
    with relay(tmp_path, [{**BY_FLOW[0], "call": "POST /automations"}, *BY_FLOW[1:]]) as server:
        ended = readiness("webhook", "test", "--yes")
        assert (ended.code, server.left) == (2, [])
    lines = (tmp_path / "readiness.yaml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "POST /automations" in text)
    assert f"readiness.yaml:{line}:" in ended.err
    assert "systems.crm.webhooks.subscribe[0].call" in ended.err


def kinds(server: Relay) -> set[str]:
    """Of what something is there."""
    return {one.partition(" ")[0] for one in server.left}
