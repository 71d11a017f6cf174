"""`readiness audit` goes on to writing behind a permit and an agreement, and never otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from checker.audit import Options, audit
from checker.cli.consent import consent
from checker.cli.written import outcome
from checker.project.load import load_project
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, running_pair
from checker.store import Store
from checker.trial import Wish
from tests.story.cli import Readiness
from tests.sync_ground import watch


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
def writes(pair: Pair) -> list[str]:
    """The writes that reach a server."""
    found: list[str] = []
    for one in (pair.crm, pair.erp):
        watch(one, found)
    return found


def saved() -> dict[str, Any]:
    """The audit that was saved last."""
    return json.loads(Path(".readiness/audits/latest.json").read_text("utf-8"))


def reasons(made: dict[str, Any], claim: str) -> set[str]:
    """Why a claim stayed open, over all its subjects."""
    return {one["values"].get("reason") for one in made["findings"] if one["id"] == claim}


def test_without_agreement_an_audit_looks_and_says_what_it_left_out(readiness: Readiness, writes: list[str]) -> None:
    """No terminal and no --yes: nothing is written, the verdict counts, and the report says why. The mutant that writes first fails."""
    ended = readiness("audit")
    assert (ended.code, writes) == (1, [])
    assert "up to" in ended.err
    assert "--yes" in ended.out
    made = saved()
    assert made["phases"] == ["look"]
    assert reasons(made, "write.create-accepted") == {"not-agreed"}
    assert reasons(made, "rehearsal.first-load") == {"not-agreed"}
    assert Path("readiness-report.html").is_file()


def test_look_asks_nobody_and_writes_nothing(readiness: Readiness, writes: list[str]) -> None:
    """--look reads only, and doesn't even say what it might write."""
    ended = readiness("audit", "--look")
    assert (ended.code, "up to" in ended.err, writes) == (1, False, [])
    assert not [one for one in saved()["findings"] if one["id"] == "write.permitted"]


def test_systems_not_marked_as_sandboxes_are_never_written_to(readiness: Readiness, writes: list[str]) -> None:
    """--yes without a permit: exit 4, nothing sent that writes, and the reasons are told; the report is there all the same."""
    path = Path("readiness.yaml")
    path.write_text(path.read_text("utf-8").replace("sandbox: true ", "sandbox: false "), "utf-8")
    path.write_text(path.read_text("utf-8").replace("sandbox: true\n", "sandbox: false\n"), "utf-8")
    ended = readiness("audit", "--yes")
    assert (ended.code, writes) == (4, [])
    assert "not marked as a test system" in ended.out
    assert reasons(saved(), "write.create-accepted") == {"no-permit"}
    assert Path("readiness-report.html").is_file()


def test_a_system_that_says_production_of_itself_is_not_written_to(
    readiness: Readiness, writes: list[str], pair: Pair
) -> None:
    """The marking in the project file is wrong, and the system's own account says so: exit 4, nothing written."""
    from werkzeug.wrappers import Response

    said = json.dumps({"environment": "production"})
    pair.crm.faults["GET /account"] = lambda _request: Response(said, 200, content_type="application/json")
    ended = readiness("rehearse", "--yes")
    assert (ended.code, writes) == (4, [])
    assert "environment = production" in ended.err


def test_one_run_at_a_time_writes(readiness: Readiness, writes: list[str], tmp_path: Path) -> None:
    """While another run writes for this project, an audit looks, says who is at it, and ends with 4."""
    with Store(tmp_path).locked("rehearse"):
        ended = readiness("audit", "--yes", "--no-rehearse")
    assert (ended.code, writes) == (4, [])
    assert "readiness rehearse" in ended.out


def test_ctrl_c_at_the_question_keeps_what_was_found(
    monkeypatch: pytest.MonkeyPatch, writes: list[str], tmp_path: Path
) -> None:
    """The look is done when the question comes: it is judged and kept, and the run ends with 130."""

    def interrupted(*_words: object, **_named: object) -> bool:
        raise click.Abort

    monkeypatch.setattr(click, "confirm", interrupted)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    wish = Wish(touch=True, agree=lambda planned, addresses: consent(planned, addresses, "en", yes=False))
    made = audit(load_project(tmp_path / "readiness.yaml"), Options(wish=wish), lambda _: None)
    assert (outcome(made, asked=False), writes) == (130, [])
    assert made.audit.stopped
    assert any(one.id == "pagination.complete" and one.answer == "yes" for one in made.audit.findings)
