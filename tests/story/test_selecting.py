"""`readiness audit` asked for less: `--only`, `--skip`, `--max-requests`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import serve
from tests.story.cli import Readiness
from tests.story.test_audit import latest, project
from tests.unit.probes.lists import TOKEN, Lists


def test_only_what_is_selected_is_asked(readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paging alone is probed, the rest is open because it was left out. Catches: a left-out list taken for unreadable."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists()) as server:
        readiness("audit", "--look", "--only", "pagination.*", "--project", str(project(tmp_path, server.url)))
    found = {(one["id"], one["subject"]): one for one in latest(tmp_path)["findings"]}
    assert found["pagination.complete", "crm/contacts"]["answer"] == "yes"
    assert found["credentials.accepted", "crm"]["answer"] == "yes"
    assert found["list.readable", "crm/contacts"]["values"]["reason"] == "left-out"


def test_records_are_not_read_for_what_was_not_asked(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the clock is asked about: no list is walked. Catches: records weighed whatever was selected."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists()) as server:
        readiness("audit", "--look", "--only", "clock.*", "--project", str(project(tmp_path, server.url)))
        assert not [one for one in server.asked if one.query.get("offset", "0") not in {"0", "100000"}]
    found = {(one["id"], one["subject"]): one for one in latest(tmp_path)["findings"]}
    assert found["duplicates.none", "crm/contacts"]["values"]["reason"] == "left-out"


def test_a_pattern_that_matches_nothing_is_told(readiness: Readiness, tmp_path: Path) -> None:
    """A mistyped subject ends with 2 and what was probably meant; nothing is asked."""
    ended = readiness("audit", "--skip", "crm/contact", "--project", str(project(tmp_path, "http://127.0.0.1:9")))
    assert ended.code == 2
    assert "crm/contacts" in ended.err


def test_no_more_requests_than_allowed(readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system is sent at most so many requests, whatever the project allows. Catches: the option not handed on."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists()) as server:
        readiness("audit", "--look", "--max-requests", "5", "--project", str(project(tmp_path, server.url)))
        assert 0 < len(server.asked) <= 5
