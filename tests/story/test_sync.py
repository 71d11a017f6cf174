"""`readiness sync` between the running pair: plan, apply, status, and everything that must be refused."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from checker.journal import Journal
from checker.sandbox import crm
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, running_pair
from checker.store import Store
from tests.story.cli import Readiness
from tests.sync_ground import watch

ROOT = Path(__file__).parents[2]


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


def saved(path: str) -> dict[str, Any]:
    """A plan's file."""
    return json.loads(Path(path).read_text("utf-8"))


def actions(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All actions of a plan."""
    return [one for flow in plan["flows"] for one in flow["actions"]]


def test_first_run_and_idle_second_run_of_all_flows(readiness: Readiness, writes: list[str]) -> None:
    """Plan, apply, plan again: what trims, re-cases, re-spells and clears never plays ping-pong, and the second plan has no action.

    Mutants: the base is what was sent; a refused value is planned again; the ERP's own numbers are taken for a change.
    """
    planned = readiness("sync", "plan", "--out", "plan.json")
    assert planned.code == 0
    assert writes == []
    count = len(actions(saved("plan.json")))
    assert count > 150
    applied = readiness("sync", "apply", "plan.json", "--yes", "--allow", "200", "--format", "json")
    assert applied.code == 5
    result = json.loads(applied.out)["result"]
    assert len(result["done"]) + len(result["refused"]) == count
    assert result["unknown"] == result["stopped"] == []
    assert len(result["refused"]) == 1
    writes.clear()
    again = readiness("sync", "plan", "--out", "again.json")
    assert actions(saved("again.json")) == []
    assert "Nothing would be written" in again.out
    assert readiness("sync", "apply", "again.json").code == 5
    assert writes == []
    status = readiness("sync", "status", "--format", "json")
    facts = json.loads(status.out)["result"]
    assert all(count > 20 for count in facts["links"].values())
    assert facts["pending"] == []
    assert facts["notices"]["ambiguous"] >= 1
    assert "links: companies" in readiness("sync", "status").out
    assert "Verknüpfungen: companies" in readiness("sync", "status", "--language", "de").out


@pytest.mark.parametrize("stored", [True, False])
def test_killed_between_send_and_answer(readiness: Readiness, pair: Pair, tmp_path: Path, *, stored: bool) -> None:
    """Kill -9 while a create is on its way, stored by the server or not: the next plan and apply leave it there once, linked, nothing open.

    Mutants: the create is remembered after the answer; the journal's intent stays open for ever.
    """
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    first = next(one for one in actions(saved("plan.json")) if one["kind"] == "create")
    words = ["sync", "apply", "plan.json", "--yes", "--allow", "99"]
    running = subprocess.Popen([sys.executable, "-m", "checker", *words], env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)  # fmt: skip
    store = pair.crm.store

    def kill(request: Request) -> Response | None:
        del pair.crm.faults["POST /products"]
        if stored:
            store.create("products", {**dict.fromkeys(("description", "external_id")), **request.get_json()}, "us")
        running.kill()
        running.wait()
        return Response("{}", 500)

    pair.crm.faults["POST /products"] = kill
    assert running.wait(60) < 0
    assert "broken off" in readiness("sync", "status").out
    readiness("sync", "plan", "--flow", "products", "--out", "again.json")
    readiness("sync", "apply", "again.json", "--yes", "--allow", "99")
    assert len([one for one in store.living("products") if one.data["sku"] == first["values"]["sku"]]) == 1
    journal = Journal(tmp_path / ".readiness" / "journal.sqlite", "Fjord CRM ↔ Hanse ERP")
    assert journal.unresolved() == []
    journal.close()
    assert json.loads(readiness("sync", "status", "--format", "json").out)["result"]["pending"] == []
    readiness("sync", "plan", "--flow", "products", "--out", "last.json")
    assert actions(saved("last.json")) == []


def test_what_is_shown_is_masked_and_what_is_kept_is_private(readiness: Readiness, pair: Pair) -> None:
    """The screen and JSON show the shape of personal values only; the file has them, for its owner alone. Mutant: changes are shown as they are."""
    shown = readiness("sync", "plan", "--flow", "contacts", "--out", "plan.json", "--all").out
    as_json = readiness("sync", "plan", "--flow", "contacts", "--format", "json").out
    assert stat.S_IMODE(Path("plan.json").stat().st_mode) == 0o600
    kept = Path("plan.json").read_text("utf-8")
    people = [one.data for one in pair.crm.store.living("contacts")]
    mails = {one["email"] for one in people if one["email"] and one["email"] in kept}
    assert mails
    for text in (shown, as_json):
        assert not [one for one in mails if one in text]
        assert re.search(r"[a-z]\*\*\*@[a-z]?\*\*\*", text)
    json.loads(as_json)


def test_nobody_agreed_nothing_is_sent(readiness: Readiness, writes: list[str], pair: Pair) -> None:
    """Without a terminal and without --yes: exit 4, and not a single request, reads included. Mutant: the agreement is asked for after the look."""
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    requests: list[str] = []
    for one in (pair.crm, pair.erp):
        for key in ("GET /products", "GET /mandanten/{mandant}/artikel"):
            one.faults[key] = lambda request: requests.append(request.path)
    ended = readiness("sync", "apply", "plan.json")
    assert ended.code == 4
    assert "--yes" in ended.err
    assert requests == writes == []


def test_an_edited_plan_is_refused(readiness: Readiness, writes: list[str]) -> None:
    """A value changed by hand: exit 4, nothing written. Mutant: the seal isn't looked at."""
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    text = Path("plan.json").read_text("utf-8")
    Path("plan.json").write_text(text.replace('"kind": "create"', '"kind": "update"', 1), "utf-8")
    ended = readiness("sync", "apply", "plan.json", "--yes", "--allow", "99")
    assert (ended.code, writes) == (4, [])
    assert "changed after it was made" in ended.err


def test_a_stale_plan_is_refused_and_says_what_moved(readiness: Readiness, pair: Pair, writes: list[str]) -> None:
    """A record changed between plan and apply, then the project file: exit 4, named, nothing written."""
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    source = actions(saved("plan.json"))[0]["source"]
    article = pair.erp.store.get("artikel", int(source))
    pair.erp.store.change("artikel", article.id, {**article.data, "bezeichnung": "Neu"}, "MHUBER")
    ended = readiness("sync", "apply", "plan.json", "--yes", "--allow", "99")
    assert ended.code == 4
    assert f"erp/artikel/{source}" in ended.err
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    project = Path("readiness.yaml")
    project.write_text(project.read_text("utf-8") + "\n# edited\n", "utf-8")
    ended = readiness("sync", "apply", "plan.json", "--yes", "--allow", "99")
    assert ended.code == 4
    assert "project changed" in ended.err
    assert writes == []


def test_a_mass_change_names_its_number(readiness: Readiness, writes: list[str]) -> None:
    """Over the guard: exit 4 before the first write, and the sentence says which number would let it pass."""
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    ended = readiness("sync", "apply", "plan.json", "--yes")
    assert (ended.code, writes) == (4, [])
    assert "--allow" in ended.err


def test_a_system_that_is_no_sandbox_is_never_written(readiness: Readiness, writes: list[str]) -> None:
    """Without `sandbox: true` a plan can be made and not applied: exit 4, no write reaches a server. Mutant: the plan is leave enough."""
    project = Path("readiness.yaml")
    project.write_text(project.read_text("utf-8").replace("sandbox: true", "sandbox: false", 1), "utf-8")
    assert readiness("sync", "plan", "--flow", "products", "--out", "plan.json").code == 0
    ended = readiness("sync", "apply", "plan.json", "--yes", "--allow", "99")
    assert (ended.code, writes) == (4, [])
    assert "sandbox" in ended.err


def test_credentials_that_are_not_accepted_write_nothing(
    readiness: Readiness, writes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that ended since the plan was made: exit 4, told, and nothing is written."""
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    monkeypatch.setenv("DEMO_CRM_TOKEN", crm.EXPIRED_TOKEN)
    ended = readiness("sync", "apply", "plan.json", "--yes", "--allow", "99")
    assert (ended.code, writes) == (4, [])
    assert "credentials" in ended.err


def test_another_run_holds_the_lock(readiness: Readiness, writes: list[str], tmp_path: Path) -> None:
    """Two runs at once: the second says who is at it, exit 4, and writes nothing. Mutant: each run takes a lock of its own."""
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    with Store(tmp_path).locked("audit"):
        ended = readiness("sync", "apply", "plan.json", "--yes", "--allow", "99")
    assert (ended.code, writes) == (4, [])
    assert "audit" in ended.err


def test_another_projects_memory_is_refused(readiness: Readiness, writes: list[str]) -> None:
    """A memory of another project, and a damaged one: exit 4 with what to do, and nothing is written."""
    readiness("sync", "plan", "--flow", "products", "--out", "plan.json")
    memory = Path(".readiness") / "sync.sqlite"
    with sqlite3.connect(memory) as raw:
        raw.execute("UPDATE meta SET value = '\"another\"' WHERE key = 'project'")
    raw.close()
    ended = readiness("sync", "plan")
    assert ended.code == 4
    assert "another" in ended.err
    for one in memory.parent.glob("sync.sqlite*"):
        one.unlink()
    memory.write_bytes(b"no database" * 100)
    ended = readiness("sync", "apply", "plan.json", "--yes")
    assert (ended.code, writes) == (4, [])
    assert "damaged" in ended.err


def test_status_before_any_sync(readiness: Readiness, pair: Pair) -> None:
    """Nothing was synchronised yet: said so, without a request, exit 0."""
    del pair
    ended = readiness("sync", "status")
    assert (ended.code, ended.out.strip()) == (0, "nothing was synchronised yet")


def test_a_flow_that_is_not_there(readiness: Readiness, pair: Pair) -> None:
    """A wrong name is wrong use, and the known ones are named."""
    del pair
    ended = readiness("sync", "plan", "--flow", "contact")
    assert ended.code == 2
    assert "contacts" in ended.err
