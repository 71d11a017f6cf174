"""An audit that was stopped goes on (acceptance D46). Mutants: a stop that saves nothing; a resumed audit that takes over what was left open."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checker.audit import Audited, Options, audit
from checker.cli.written import write
from checker.model.audit import Audit
from checker.project.load import load_project
from checker.reports import load_audit
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, running_pair
from tests.story.cli import Readiness

CUTS = (3, 14, 55, 100)  # questions after which somebody presses Ctrl-C
TRIALS, SEED = int(os.environ.get("READINESS_CTRL_C", "10")), 20261127
LONGEST_S = 5.0
# Ctrl-C abandons connections that a thread is just opening; a process that is stopped ends right after.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """The pair, its project in the current folder, credentials in the environment."""
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with running_pair(NOW) as running:
        path = write_demo(tmp_path, running, NOW)
        path.write_text(path.read_text("utf-8").replace("per_second: 100", "per_second: 5000"), "utf-8")
        yield running


class Interrupting:
    """Somebody who presses Ctrl-C at the n-th question."""

    def __init__(self, after: int) -> None:
        self.after, self.asked = after, 0

    def __call__(self, _what: str) -> None:
        """One more question is asked."""
        self.asked += 1
        if self.asked == self.after:
            os.kill(os.getpid(), signal.SIGINT)


def looked(say: Any = lambda _: None, resume: Audit | None = None) -> Audited:
    """A look at the project of the current folder."""
    return audit(load_project(Path("readiness.yaml")), Options(resume=resume, now=lambda: NOW), say)


def answers(made: Audit) -> dict[tuple[str, str], str]:
    """What was found, by claim and subject."""
    return {(one.id, one.subject): one.answer for one in made.findings}


def requests(made: Audit) -> int:
    """How many requests both systems were sent."""
    return sum(one.requests for one in made.systems.values())


@pytest.mark.usefixtures("pair")
def test_a_resumed_audit_finds_what_an_undisturbed_one_finds() -> None:
    """Wherever it was cut: the same answers, results and verdict, each with its evidence, and the more was settled the fewer requests."""
    whole = looked().audit
    sent = []
    for cut in CUTS:
        begun = looked(Interrupting(cut))
        assert begun.interrupted
        resumed = looked(resume=begun.audit).audit
        assert answers(resumed) == answers(whole)
        assert [(one.item, one.subject, one.state) for one in resumed.results] == [
            (one.item, one.subject, one.state) for one in whole.results
        ]
        assert (resumed.verdict, resumed.stopped) == (whole.verdict, None)
        bare = {(one.id, one.subject) for one in whole.findings if not one.evidence}
        assert {(one.id, one.subject) for one in resumed.findings if not one.evidence} == bare
        assert {key for one in resumed.findings for key in one.evidence} <= resumed.evidence.keys()
        sent.append(requests(resumed))
    assert sent == sorted(sent, reverse=True)
    assert sent[-1] < requests(whole) / 2


@pytest.mark.usefixtures("pair")
def test_resuming_says_what_it_can_not_go_on_with(readiness: Readiness, tmp_path: Path) -> None:
    """No audit, one that ran to its end, a project or a document that changed since: exit 2 and the reason, nothing asked."""
    none = readiness("audit", "--resume", "--look")
    assert (none.code, "no saved audit" in none.err) == (2, True)
    assert readiness("audit", "--look").code == 1
    done = readiness("audit", "--resume", "--look")
    assert (done.code, "ran to its end" in done.err) == (2, True)
    write(looked(Interrupting(40)).audit, tmp_path, "en")
    for name in ("readiness.yaml", next(one.name for one in tmp_path.glob("*.json"))):
        path = tmp_path / name
        before = path.read_text("utf-8")
        path.write_text(before.replace("\n", "\n\n", 1), "utf-8")
        moved = readiness("audit", "--resume", "--look")
        assert (moved.code, "has changed" in moved.err) == (2, True), name
        path.write_text(before, "utf-8")
    assert readiness("audit", "--resume", "--look").code == 1
    assert readiness("audit", "--resume", "--offline").code == 2


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("moment", ["weighing the records", "judging"])
def test_ctrl_c_between_two_parts_of_an_audit_loses_nothing(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the systems were asked is in the saved audit, wherever Ctrl-C falls afterwards."""
    from checker.cli.main import outcome
    from checker.cli.options import Progress

    def pressed(_self: Progress, what: str) -> None:
        if what == moment:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "__call__", pressed)
    assert outcome(["audit", "--look", "--format", "json"]) == 130
    saved = load_audit(Path(".readiness/audits/latest.json").read_bytes())
    assert [one for one in saved.findings if one.id == "list.readable" and one.answer == "yes"]


@pytest.mark.slow
def test_ctrl_c_at_random_moments_loses_nothing(pair: Pair, tmp_path: Path) -> None:
    """A real process over look, write probes and rehearsal: ends within five seconds with 130, says how to go on, keeps what it found, leaves no record."""
    chance = random.Random(SEED)
    before = {name: len(list(one.store.living(table))) for name, one, table in _tables(pair)}
    words = [sys.executable, "-m", "checker", "audit", "--yes"]
    saved, kept, under_way = Path(".readiness/audits/latest.json"), list[bytes](), threading.Event()
    pair.crm.faults["GET /companies"] = lambda _request: under_way.set()
    for _ in range(TRIALS):
        under_way.clear()
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert under_way.wait(60)
        time.sleep(chance.uniform(0, 5.0))
        asked_at = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        if process.returncode != 130:  # it was done already
            assert saved.exists(), (process.returncode, err)
            saved.unlink()
            continue
        assert time.monotonic() - asked_at < LONGEST_S, err
        assert "Traceback" not in err
        assert saved.exists(), (process.returncode, out, err)
        kept.append(saved.read_bytes())
        saved.unlink()
        if load_audit(kept[-1]).stopped is None:  # it came while the report was written
            kept.pop()
            continue
        assert "readiness audit --resume" in out
    assert kept
    saved.write_bytes(kept[-1])
    assert {name: len(list(one.store.living(table))) for name, one, table in _tables(pair)} == before
    resumed = subprocess.run([*words[:4], "--resume", "--look", "--format", "json"], capture_output=True, check=False)
    assert resumed.returncode == 1, resumed.stderr
    assert answers(load_audit(resumed.stdout)) == answers(looked().audit)
    assert json.loads(resumed.stdout)["stopped"] is None


def _tables(pair: Pair) -> list[tuple[str, Any, str]]:
    return [("companies", pair.crm, "companies"), ("partners", pair.erp, "geschaeftspartner")]
