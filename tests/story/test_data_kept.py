"""`readiness data`: what was read of a system is kept for the next command, and an interrupted reading goes on (acceptance D46)."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.cli.data_notes import TELLS
from checker.resources.kept import Kept
from checker.store import Store
from tests.servers import Asked, Server, serve
from tests.story.cli import Readiness

TOKEN = "fjord-sandbox-token"
CONTACT = {"type": "object", "properties": {"id": {"type": "integer"}, "email": {"type": "string"}}}
LIST = {"type": "object", "properties": {"data": {"type": "array", "items": CONTACT}, "next": {"type": "string"}}}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Little CRM", "version": "1"},
    "paths": {
        "/contacts": {
            "get": {
                "parameters": [{"name": "cursor", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "a page", "content": {"application/json": {"schema": LIST}}}},
            }
        }
    },
}
PROJECT = """\
project: little
systems:
  crm: &little
    document: crm.json
    base_url: "{url}"
    auth: {{kind: bearer, token: "${{env:LITTLE_TOKEN}}"}}
    limits: {{requests_per_second: 1000}}
    resources:
      contacts:
        pagination: {{style: cursor, next_path: next, params: [{{name: cursor, in: query, means: position}}]}}
  erp: *little
flows:
  - {{name: contacts, left: crm/contacts, right: erp/contacts, match: [email], fields: [{{left: email, right: email}}]}}
"""
RECORDS, SIZE = 200, 10


@dataclass
class Little:
    """A list of contacts by cursor that takes its time; `reached` is set when that many pages are asked for."""

    pause_s: float = 0.0
    page: int = 5
    reached: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Any:
        """A page."""
        self.asked.append(asked.query.get("cursor", "0"))
        if len(self.asked) >= self.page:
            self.reached.set()
        time.sleep(self.pause_s)
        start = int(asked.query.get("cursor", 0))
        held = [{"id": one, "email": f"person.{one}@example.com"} for one in range(start, start + SIZE)]
        return {"data": held, "next": str(start + SIZE) if start + SIZE < RECORDS else None}


@pytest.fixture
def little() -> Little:
    """The list."""
    return Little()


@pytest.fixture
def project(little: Little, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A project in the current folder, whose two systems are that one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    (tmp_path / "crm.json").write_text(json.dumps(DOCUMENT), "utf-8")
    with serve(little) as server:
        (tmp_path / "readiness.yaml").write_text(PROJECT.format(url=server.url), "utf-8")
        yield server


PROFILE = ("data", "profile", "crm/contacts", "--format", "json")


def records(out: str) -> int:
    """How many records the first source of a command's result has."""
    return int(json.loads(out)["result"]["sources"][0]["records"])


@pytest.mark.skipif(os.name != "posix", reason="signals as a terminal sends them are POSIX's")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)], ids=["Ctrl-C", "kill -9"])
@pytest.mark.usefixtures("project")
def test_a_reading_that_was_stopped_goes_on_with_the_same_command(
    readiness: Readiness, little: Little, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    """A real process that is stopped on its fifth page: after Ctrl-C it says what it kept, and the next run asks only for what was not kept yet."""
    little.pause_s = 0.05
    process = subprocess.Popen(
        [sys.executable, "-m", "checker", *PROFILE], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert little.reached.wait(30)
    process.send_signal(sent)
    _, err = process.communicate(timeout=20)
    assert process.returncode == code, err
    assert b"Traceback" not in err
    assert sent != signal.SIGINT or b"records are kept; the same command goes on after them" in err
    little.pause_s, before = 0.0, list(little.asked)
    little.asked.clear()
    again = readiness(*PROFILE)
    assert (again.code, records(again.out)) == (0, RECORDS)
    assert "crm/contacts: going on after" in again.err
    # The page that was under way may have been answered, and is asked for once more.
    assert little.asked == [str(one) for one in range(int(little.asked[0]), RECORDS, SIZE)]
    assert int(before[-1]) - SIZE <= int(little.asked[0]) <= int(before[-1]) + SIZE
    assert not any(TOKEN.encode() in one.read_bytes() for one in tmp_path.rglob("*.sqlite*"))


def test_one_reading_serves_the_commands_of_an_hour(
    readiness: Readiness, project: Server, little: Little, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second command asks nobody and says when the records were read; --fresh, another token and a run that wrote meanwhile read anew."""
    first = readiness(*PROFILE)
    assert "records lie in .readiness/records/, unmasked" in first.err
    pages = RECORDS // SIZE
    assert len(little.asked) == pages
    again = readiness("data", "profile", "crm/contacts")
    assert len(little.asked) == pages
    assert "the 200 records read at" in again.err
    assert "--fresh" in again.err
    assert "records lie in" not in again.err
    assert json.loads(first.out)["result"]["sources"][0]["at"][:16].replace("T", " ") in again.out
    readiness(*PROFILE, "--fresh")
    assert len(little.asked) == 2 * pages
    monkeypatch.setenv("LITTLE_TOKEN", "another-tenants-token")
    readiness(*PROFILE)
    assert len(little.asked) == 3 * pages
    journal = tmp_path / ".readiness" / "journal.sqlite"
    journal.touch()
    later = (datetime.now(UTC) + timedelta(minutes=1)).timestamp()
    os.utime(journal, (later, later))
    readiness(*PROFILE)
    assert len(little.asked) == 4 * pages
    assert readiness("data", "match").code == 0


@pytest.mark.usefixtures("project")
def test_what_is_kept_is_said_in_the_readers_language(readiness: Readiness) -> None:
    """Every sentence is there in both languages, with the same figures in it."""
    said = [readiness("data", "match", "--language", "de").err for _ in range(2)]
    assert "`readiness purge` entfernt sie" in said[0]
    assert "crm/contacts: die 200 um" in said[1]
    assert TELLS["en"].keys() == TELLS["de"].keys()
    for key, text in TELLS["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", TELLS["de"][key]))


@pytest.mark.usefixtures("project")
def test_kept_records_are_shown_and_removed_by_purge(readiness: Readiness, tmp_path: Path) -> None:
    """As what they are, in both languages; a dry run leaves them."""
    readiness(*PROFILE)
    folder = tmp_path / ".readiness" / "records"
    assert [one.stat().st_mode & 0o777 for one in (folder, *folder.iterdir())] == [0o700, 0o600]
    assert "records: records as `readiness data` read them, unmasked (files: 1" in readiness("purge", "--dry-run").out
    assert "unmaskiert (Dateien: 1" in readiness("purge", "--dry-run", "--language", "de").out
    assert folder.exists()
    assert readiness("purge", "--yes").code == 0
    assert not (tmp_path / ".readiness").exists()


@pytest.mark.usefixtures("project")
def test_where_nothing_can_be_kept_the_records_are_read_all_the_same(readiness: Readiness, tmp_path: Path) -> None:
    """Something else stands in the folder's place: that stays, it is said, and the figures come."""
    (tmp_path / ".readiness").mkdir()
    (tmp_path / ".readiness" / "records").write_text("mine", "utf-8")
    ended = readiness(*PROFILE)
    assert (ended.code, records(ended.out)) == (0, RECORDS)
    assert "nothing can be kept in .readiness/" in ended.err
    assert (tmp_path / ".readiness" / "records").read_text("utf-8") == "mine"


@pytest.mark.usefixtures("project")
def test_who_reads_at_the_same_time_disturbs_nobody(readiness: Readiness, tmp_path: Path) -> None:
    """Another run is at the list: said, the figures come, and what the other one keeps stays its own."""
    other = Kept(Store(tmp_path).records_file("crm/contacts"))
    ended = readiness(*PROFILE)
    assert (ended.code, records(ended.out)) == (0, RECORDS)
    assert "another run reads this list at the moment" in ended.err
    assert other.count() == 0
    other.close()
