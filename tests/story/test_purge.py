"""`readiness purge`: what is stored for a project is shown, and removed when its owner says so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from checker.journal import FILE, Intent, Journal
from checker.store import Store
from tests.story.cli import Readiness

PROJECT = "project: p\nsystems:\n  crm: {base_url: 'http://127.0.0.1:9'}\n  erp: {base_url: 'http://127.0.0.1:9'}\nflows: []\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that has kept an audit, and events."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "readiness.yaml").write_text(PROJECT, "utf-8")
    store = Store(tmp_path)
    store.save_audit(b"{}", "2026-11-20T10:00:00Z")
    store.keep_events([b"{}"])
    return tmp_path


def test_a_dry_run_shows_what_is_stored_and_removes_nothing(readiness: Readiness, project: Path) -> None:
    """Each thing with what it is; the folder stays as it is."""
    done = readiness("purge", "--dry-run")
    assert done.code == 0, done.err
    assert "audits: saved audits, masked (files: 2" in done.out
    assert (project / ".readiness" / "audits" / "latest.json").exists()


def test_with_yes_all_of_it_is_gone_and_the_project_stays(readiness: Readiness, project: Path) -> None:
    """The whole folder; project file and what lies beside stay. A second time there is nothing."""
    (project / "report.html").write_text("mine", "utf-8")
    done = readiness("purge", "--yes", "--format", "json")
    told = json.loads(done.out)["result"]
    assert (done.code, told["removed"], [one["kind"] for one in told["stored"]]) == (0, True, ["audits", "events"])
    assert sorted(one.name for one in project.iterdir()) == ["readiness.yaml", "report.html"]
    assert "Nothing is stored" in readiness("purge", "--yes").out


def test_without_a_terminal_nothing_is_removed_unasked(readiness: Readiness, project: Path) -> None:
    """Exit 4, and the option that agrees."""
    done = readiness("purge")
    assert done.code == 4
    assert "--yes" in done.err
    assert (project / ".readiness" / "audits").exists()


def test_a_journal_that_cleanup_still_needs_is_kept(readiness: Readiness, project: Path) -> None:
    """What is left in a system is known from the journal alone; only --force lets it go."""
    journal = Journal(project / ".readiness" / FILE, "p")
    journal.intend(
        Intent(
            system="crm",
            base_url="http://127.0.0.1:9",
            resource="contacts",
            operation="create",
            mark="zz-1",
            purpose="probe",
            test=True,
        )
    )
    journal.close()
    done = readiness("purge", "--yes")
    assert done.code == 4
    assert "readiness cleanup" in done.err
    assert (project / ".readiness" / FILE).exists()
    assert readiness("purge", "--yes", "--force").code == 0
    assert not (project / ".readiness").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_planted_link_is_removed_and_never_followed(
    readiness: Readiness, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What it leads to stays; a link in the folder's own place is an error."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "keep.txt").write_text("keep", "utf-8")
    (project / ".readiness" / "records").symlink_to(elsewhere)
    assert readiness("purge", "--yes").code == 0
    assert (elsewhere / "keep.txt").exists()
    (project / ".readiness").symlink_to(elsewhere)
    assert readiness("purge", "--yes").code == 2
    assert (elsewhere / "keep.txt").exists()
