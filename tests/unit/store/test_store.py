"""What is kept between runs: private to its owner, whole or not at all, and never behind a planted link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from checker.errors import InputError
from checker.store import Store, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="file modes and links are POSIX's")


def mode(path: Path) -> int:
    """A path's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_saved_audits_are_private_and_stay_out_of_git(tmp_path: Path) -> None:
    """Folders 0700, files 0600, and git ignores the folder by itself."""
    saved = Store(tmp_path).save_audit(b"{}", "2026-11-24T01:30:00Z")
    assert saved.name == "20261124T013000Z.json"
    assert [mode(one) for one in (tmp_path / ".readiness", saved.parent, saved)] == [0o700, 0o700, 0o600]
    assert (tmp_path / ".readiness" / ".gitignore").read_text("utf-8") == "*\n"


def test_the_latest_audit_and_a_named_one_can_be_read_again(tmp_path: Path) -> None:
    """The latest is the last one saved; each is found by its name."""
    store = Store(tmp_path)
    store.save_audit(b"1", "2026-11-24T01:30:00Z")
    store.save_audit(b"2", "2026-11-24T02:30:00Z")
    assert (store.audit(), store.audit("20261124T013000Z")) == (b"2", b"1")


def test_an_audit_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Without a saved audit the error names the place."""
    with pytest.raises(InputError) as caught:
        Store(tmp_path).audit()
    assert caught.value.problems[0].code == "store.no-audit"


@posix
def test_a_planted_link_is_never_followed(tmp_path: Path) -> None:
    """A link in the place of .readiness is refused; one in the place of a file is replaced, and what it pointed at is untouched."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / ".readiness").symlink_to(elsewhere)
    with pytest.raises(InputError) as caught:
        Store(project).save_audit(b"{}", "2026-11-24T01:30:00Z")
    assert caught.value.problems[0].code == "store.not-a-folder"
    assert list(elsewhere.iterdir()) == []

    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    report = project / "report.html"
    report.symlink_to(victim)
    write_whole(report, b"new")
    assert (report.read_bytes(), victim.read_bytes(), report.is_symlink()) == (b"new", b"precious", False)


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    """Whole or not at all: after a failure the old content stands, and no temporary file is left."""
    path = tmp_path / "audit.json"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_whole(path, "text")  # type: ignore[arg-type]
    assert [one.name for one in tmp_path.iterdir()] == ["audit.json"]
    assert path.read_bytes() == b"old"


@posix
def test_a_link_below_the_folder_and_a_pipe_are_left_alone(tmp_path: Path) -> None:
    """Audits never go behind a link, and nothing but an ordinary file is replaced, be it named by a link."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".readiness").mkdir()
    (tmp_path / ".readiness" / "audits").symlink_to(elsewhere)
    with pytest.raises(InputError) as caught:
        Store(tmp_path).ready()
    assert caught.value.problems[0].code == "store.not-a-folder"
    assert list(elsewhere.iterdir()) == []

    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "report").symlink_to(tmp_path / "pipe")
    with pytest.raises(InputError) as caught:
        write_whole(tmp_path / "report", b"new")
    assert caught.value.problems[0].code == "files.not-a-file"


def test_a_folder_that_is_not_there_is_told_with_the_reason(tmp_path: Path) -> None:
    """The error names the file that was asked for, and no temporary one."""
    with pytest.raises(InputError) as caught:
        write_whole(tmp_path / "no" / "report.html", b"new")
    (problem,) = caught.value.problems
    assert (problem.code, problem.values["path"]) == ("files.cannot-use", tmp_path / "no" / "report.html")
