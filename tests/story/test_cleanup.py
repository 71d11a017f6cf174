"""`readiness cleanup`: what a run left behind is removed, and what can't be is listed with whose turn it is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checker.permitting import knock, opened, permits, writers
from checker.project.load import load_project
from checker.resources.resource import Resource
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, running_pair
from tests.story.cli import Readiness

COMPANY = {"name": "Test {mark}", "status": "lead"}
PARTNER = {"name1": "Test {mark}", "kundengruppe": "GK", "land": "DE", "waehrung": "€"}


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """The pair, its project in the current folder, credentials in the environment."""
    now = datetime.now(UTC)
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with running_pair(now) as running:
        path = write_demo(tmp_path, running, now)
        path.write_text(path.read_text("utf-8").replace("per_second: 100", "per_second: 5000"), "utf-8")
        yield running


@pytest.fixture
def left_behind(pair: Pair) -> dict[str, str]:
    """A run that ended without removing its records: one in each system. Gives their ids."""
    loaded, ids = load_project(Path("readiness.yaml")), dict[str, str]()
    with opened(loaded, os.environ, lambda _: None) as looks:
        found = permits(loaded, looks, [finding for one in looks.values() for finding in knock(one)])
        with writers(loaded, looks, found, "audit") as them:
            for name, resource, body in (("crm", "companies", COMPANY), ("erp", "geschaeftspartner", PARTNER)):
                profile = looks[name].profile.resource(resource)
                assert profile is not None
                marked = {key: value.format(mark=them[name].mark) for key, value in body.items()}
                written = them[name].create(Resource(name, profile, looks[name].client), marked)
                assert written.record_id is not None
                ids[name] = written.record_id
    return ids


def living(pair: Pair) -> tuple[int, int]:
    """How many companies and partners there are."""
    return len(list(pair.crm.store.living("companies"))), len(list(pair.erp.store.living("geschaeftspartner")))


@pytest.mark.usefixtures("pair")
def test_without_a_journal_there_is_nothing_to_remove(readiness: Readiness) -> None:
    """Before the first write nothing is asked, and it says so in both languages."""
    ended = readiness("cleanup")
    assert (ended.code, ended.out.startswith("Nothing to remove")) == (0, True)
    assert readiness("cleanup", "--language", "de").out.startswith("Nichts zu entfernen")


def test_what_was_left_is_removed_and_nothing_else(
    pair: Pair, left_behind: dict[str, str], readiness: Readiness
) -> None:
    """One record of ours in each system goes, everybody else's stays; the second time there is nothing to do."""
    before = living(pair)
    ended = readiness("cleanup")
    assert (ended.code, ended.out.strip()) == (0, "2 test records removed.")
    assert living(pair) == (before[0] - 1, before[1] - 1)
    assert pair.erp.store.find("geschaeftspartner", int(left_behind["erp"])) is None
    assert readiness("cleanup").out.startswith("Nothing to remove")


def test_what_a_system_keeps_is_listed_until_it_is_gone(
    pair: Pair, left_behind: dict[str, str], readiness: Readiness
) -> None:
    """A partner whom an invoice points at can't be deleted: exit 5, the record, its mark and the status; once the invoice is gone, it goes."""
    partner = int(left_behind["erp"])
    some = next(iter(pair.erp.store.living("rechnungen"))).data
    foreign = {**some, "rechnungsnummer": "RE-1", "kunde_id": partner, "status": "E"}
    made = pair.erp.store.create("rechnungen", foreign, "somebody")
    ended = readiness("cleanup", "--format", "json")
    told = json.loads(ended.out)["result"]
    assert (ended.code, told["removed"]) == (5, 1)
    [left] = told["left"]
    assert (left["system"], left["record"], left["status"]) == ("erp", str(partner), 409)
    assert left["mark"].startswith("rdy")
    german = readiness("cleanup", "--language", "de")
    assert (german.code, "Übrig: erp geschaeftspartner" in german.out) == (5, True)
    assert "Systembetreuung" in german.out
    pair.erp.store.delete("rechnungen", made.id, "somebody")
    assert readiness("cleanup").code == 0


def test_without_a_permit_nothing_is_deleted(pair: Pair, left_behind: dict[str, str], readiness: Readiness) -> None:
    """The mark `sandbox: true` was taken back: exit 4 with the reason, the record stays and is listed."""
    path = Path("readiness.yaml")
    path.write_text(path.read_text("utf-8").replace("sandbox: true", "sandbox: false"), "utf-8")
    before = living(pair)
    ended = readiness("cleanup")
    assert (ended.code, living(pair)) == (4, before)
    assert left_behind["erp"] in ended.out
    assert "not marked as a test system" in ended.err
    told = json.loads(readiness("cleanup", "--format", "json").out)  # one document, not two
    assert {one["code"] for one in told["problems"]} == {"permit.not-marked"}
    assert told["result"]["removed"] == 0
