"""The journal: durable before a byte leaves, one project's only, and never a traceback (acceptance F10, A14; B17 for writes).

Mutants: an intent that is committed with its outcome, a damaged file that is read as far as it goes, an insert whose failure is swallowed.
"""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from checker.errors import InputError, ReadinessError, RefusedError
from checker.journal import Intent, Journal
from checker.model.permit import Permit
from checker.model.profile import Operations
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from tests.clients import client, contacts
from tests.servers import serve

posix = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="file modes are POSIX's, and root ignores them"
)
MARK = "rdy4k7q2m9x"


def intent(number: int = 1) -> Intent:
    """A create of a test record."""
    return Intent(
        mark=MARK, purpose="probe", system="crm", base_url="http://127.0.0.1:1", resource="contacts",
        operation="create", test=True, body={"name": f"{MARK} {number}"},
    )  # fmt: skip


def filled(path: Path, count: int = 40) -> Path:
    """A closed journal with that many intents, each done."""
    journal = Journal(path, "test")
    for number in range(count):
        journal.settle(journal.intend(intent(number)), "done", str(number))
    journal.close()
    return path


def used(path: Path) -> None:
    """All that a run does with a journal."""
    journal = Journal(path, "test")
    try:
        journal.settle(journal.intend(intent()), "done", "x")
        journal.test_records()
        journal.unresolved()
        journal.is_test_record("crm", "contacts", "1")
    finally:
        journal.close()


def test_an_intent_is_there_before_its_outcome_and_another_process_reads_it(tmp_path: Path) -> None:
    """What is about to be written stands on disk when the call returns, and is unresolved until its end is written down."""
    path = tmp_path / "journal.sqlite"
    journal = Journal(path, "test")
    number = journal.intend(intent())
    reading = f"from checker.journal import Journal; from pathlib import Path; print(len(Journal(Path({str(path)!r}), 'test').unresolved()))"
    told = [subprocess.run([sys.executable, "-c", reading], capture_output=True, text=True, check=True).stdout.strip()]
    journal.settle(number, "done", "17", "201")
    told.append(
        subprocess.run([sys.executable, "-c", reading], capture_output=True, text=True, check=True).stdout.strip()
    )
    assert told == ["1", "0"]
    assert (journal.is_test_record("crm", "contacts", "17"), journal.is_test_record("crm", "contacts", "18")) == (
        True,
        False,
    )
    journal.close()


def test_what_is_gone_or_refused_is_no_test_record_any_more(tmp_path: Path) -> None:
    """Clean-up asks for what may be there: done and unknown, not refused and not gone."""
    journal = Journal(tmp_path / "journal.sqlite", "test")
    done, refused, unknown, gone, open_ = (journal.intend(intent(one)) for one in range(5))
    for number, outcome in ((done, "done"), (refused, "refused"), (unknown, "unknown"), (gone, "done")):
        journal.settle(number, outcome, str(number))
    journal.removed(gone)
    assert [one.number for one in journal.test_records()] == [open_, unknown, done]
    assert [one.number for one in journal.unresolved()] == [open_, unknown]
    assert journal.test_records("erp") == journal.test_records(mark="other") == []
    journal.close()


def test_another_projects_and_another_versions_journal_are_refused(tmp_path: Path) -> None:
    """Records of another project are never touched; a newer version's file isn't read by guessing."""
    path = filled(tmp_path / "journal.sqlite", 1)
    with pytest.raises(RefusedError) as caught:
        Journal(path, "other")
    assert (caught.value.problems[0].code, caught.value.problems[0].values["project"]) == (
        "journal.other-project",
        "test",
    )
    with sqlite3.connect(path) as link:
        link.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    link.close()
    with pytest.raises(RefusedError) as caught:
        Journal(path, "test")
    assert caught.value.problems[0].code == "journal.other-version"


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_journal_is_refused(tmp_path: Path, share: float) -> None:
    """A file that was cut anywhere is told as damaged, and what to do is in the catalogue."""
    path = filled(tmp_path / "journal.sqlite", 200)
    content = path.read_bytes()
    path.write_bytes(content[: max(1, int(len(content) * share))])
    with pytest.raises(RefusedError) as caught:
        Journal(path, "test")
    assert caught.value.problems[0].code == "journal.damaged"


def test_flipped_bits_never_end_in_a_traceback(tmp_path: Path) -> None:
    """Two hundred times three bits of a journal are flipped: it is refused, or it works."""
    draw = random.Random(4)
    content = filled(tmp_path / "whole.sqlite").read_bytes()
    ends: dict[str, int] = {}
    for trial in range(200):
        damaged = bytearray(content)
        for _ in range(3):
            # half of the time in the header and the schema, where a flip does most
            at = draw.randrange(600 if trial % 2 else len(damaged))
            damaged[at] ^= 1 << draw.randrange(8)
        path = tmp_path / f"{trial}.sqlite"
        path.write_bytes(damaged)
        try:
            used(path)
            ends["works"] = ends.get("works", 0) + 1
        except (InputError, RefusedError) as error:
            code = error.problems[0].code
            ends[code] = ends.get(code, 0) + 1
    assert sum(ends.values()) == 200
    assert ends.get("journal.damaged", 0) > 20


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4000], ids=["text", "header"]
)
def test_a_file_that_is_no_journal_is_refused(tmp_path: Path, content: bytes) -> None:
    """Something else in the journal's place is left as it is."""
    path = tmp_path / "journal.sqlite"
    path.write_bytes(content)
    with pytest.raises(ReadinessError):
        Journal(path, "test")
    assert path.read_bytes() == content


def test_a_link_and_a_folder_in_its_place_are_refused(tmp_path: Path) -> None:
    """A planted link is never followed, and nothing is made behind it."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "folder").mkdir()
    for name in ("link", "folder"):
        with pytest.raises(InputError) as caught:
            Journal(tmp_path / name, "test")
        assert caught.value.problems[0].code == "files.not-a-file"
    assert not (tmp_path / "elsewhere").exists()


def test_a_journal_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A folder that isn't there is told, with its path."""
    with pytest.raises(InputError) as caught:
        Journal(tmp_path / "none" / "journal.sqlite", "test")
    assert caught.value.problems[0].code == "files.cannot-use"


@posix
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    """Where nothing can be written down, the run ends before it begins."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError):
            Journal(tmp_path / "journal.sqlite", "test")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_journal_is_its_owners_alone(tmp_path: Path) -> None:
    """It holds records as they were: nobody else reads them, whatever the umask says."""
    before = os.umask(0)
    try:
        journal = Journal(tmp_path / "journal.sqlite", "test")
        journal.intend(intent())
    finally:
        os.umask(before)
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}
    journal.close()


def test_on_a_full_disk_nothing_is_sent(tmp_path: Path) -> None:
    """The intent that can't be written down is an error, and the server was asked as often as intents stand in the journal."""
    journal = Journal(tmp_path / "journal.sqlite", "test")
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with serve(lambda asked: {"id": "1", **asked.json()}) as server:
        asking = client(server.url)
        resource = Resource("crm", contacts(operations=Operations(create="POST /contacts")), asking)
        writer = Writer(Permit("crm", asking.base_url), journal, MARK)
        with pytest.raises(InputError) as caught:
            for _ in range(100):
                writer.create(resource, {"name": f"{MARK} {'x' * 900}"})
        asking.close()
    assert caught.value.problems[0].code == "files.cannot-use"
    assert 0 < len(server.asked) == len(journal.test_records())
    journal.close()


def test_threads_share_a_journal(tmp_path: Path) -> None:
    """Eight threads at once: every intent has a number of its own and its own outcome."""
    journal = Journal(tmp_path / "journal.sqlite", "test")

    def work() -> None:
        for _ in range(25):
            number = journal.intend(intent())
            journal.settle(number, "done", f"r{number}")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = journal.test_records()
    assert len(found) == 200
    assert all(one.record == f"r{one.number}" for one in found)
    journal.close()
