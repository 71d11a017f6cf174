"""`--only` and `--skip` steer what is written, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, running_pair
from tests.story.cli import Readiness
from tests.sync_ground import watch


@pytest.fixture
def writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The writes that reach the pair, its project in the current folder."""
    now, found = datetime.now(UTC), list[str]()
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with running_pair(now) as pair:
        path = write_demo(tmp_path, pair, now)
        path.write_text(path.read_text("utf-8").replace("per_second: 100", "per_second: 5000"), "utf-8")
        _watch(pair, found)
        yield found


def _watch(pair: Pair, found: list[str]) -> None:
    for one in (pair.crm, pair.erp):
        watch(one, found)


def found(claim: str) -> dict[str, tuple[str, Any]]:
    """What the saved audit says of a claim, by subject: answer and reason."""
    made = json.loads(Path(".readiness/audits/latest.json").read_text("utf-8"))
    return {
        one["subject"]: (one["answer"], one["values"].get("reason")) for one in made["findings"] if one["id"] == claim
    }


def test_only_one_resource_is_written_to(readiness: Readiness, writes: list[str]) -> None:
    """--only names a resource: test records there and nowhere else, no rehearsal, and the rest says that it was left out."""
    ended = readiness("audit", "--yes", "--only", "crm/companies")
    assert {one.split("/")[-1] for one in writes if one.startswith("POST")} == {"companies"}, writes
    assert "erp" not in ended.err.split("This will be written")[1].split("crm")[0]
    assert found("write.create-accepted")["crm/companies"] == ("yes", None)
    assert found("write.create-accepted")["erp/artikel"] == ("unknown", "left-out")
    assert set(found("rehearsal.first-load").values()) == {("unknown", "left-out")}


def test_skipped_questions_are_told_as_left_out(readiness: Readiness, writes: list[str]) -> None:
    """--skip names claims: a probe that answers more than these says the others only."""
    readiness("audit", "--yes", "--no-rehearse", "--skip", "write.round-trip", "--skip", "erp")
    assert found("write.round-trip")["crm/companies"] == ("unknown", "left-out")
    assert found("write.create-accepted")["crm/companies"] == ("yes", None)
    assert not [one for one in writes if "/mandanten/" in one]


def test_nothing_to_write_asks_for_no_agreement(readiness: Readiness, writes: list[str]) -> None:
    """Questions that need no test record only: nobody is asked, and nothing is written."""
    ended = readiness("audit", "--only", "pagination.*")
    assert (ended.code, writes, "This will be written" in ended.err) == (1, [], False)
    assert found("write.create-accepted")["crm/companies"] == ("unknown", "left-out")


def test_the_rehearsal_alone_can_be_asked_for(readiness: Readiness, writes: list[str]) -> None:
    """--only rehearsal.*: the sync is played through, the write probes are left out."""
    readiness("audit", "--yes", "--only", "rehearsal.*")
    assert writes
    assert found("write.create-accepted")["crm/companies"] == ("unknown", "left-out")
    assert set(found("rehearsal.first-load").values()) != {("unknown", "left-out")}
