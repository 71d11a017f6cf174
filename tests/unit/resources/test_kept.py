"""The file that a list's records are kept in: exact, private, whole after a kill, and never in anybody's way."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.client.strict_json import decode_json
from checker.errors import InputError
from checker.resources.kept import Asker, BusyError, Kept, encoded, tidy

NOW = datetime(2026, 11, 27, 10, 32, tzinfo=UTC)
ME = Asker("me", "contacts")
LONG = st.integers(10**16, 10**30).map(lambda one: decode_json(f"{one // 10**9}.{one % 10**9:09}".encode()))
FRACTIONS = st.floats(allow_nan=False, allow_infinity=False) | LONG
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | FRACTIONS | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
# A process that keeps pages of ten until somebody ends it.
KEEPING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from msgspec.structs import replace
from checker.resources.kept import Asker, Kept, encoded
kept = Kept(Path(sys.argv[1]))
state = kept.begin(Asker("me", "contacts"), datetime(2026, 11, 27, 10, 32, tzinfo=UTC))
page = 0
while True:
    page += 1
    state = replace(state, came=10 * page)
    kept.add(page, [(f"{page}-{one}", encoded({"id": one, "text": "x" * 200})) for one in range(10)], state)
    print(page, flush=True)
"""


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A reading that has begun."""
    made = Kept(tmp_path / "list.sqlite")
    made.begin(ME, NOW)
    yield made
    made.close()


def state(made: Kept) -> Any:
    """How far it is."""
    found = made.state(ME)
    assert found is not None
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=st.dictionaries(st.text(max_size=9), VALUES, max_size=5))
def test_a_record_is_what_it_was(record: dict[str, Any]) -> None:
    """Every value, with all its digits. Mutant: numbers as doubles."""
    made = Kept(None)
    made.begin(ME, NOW)
    made.add(1, [("1", encoded(record))], state(made))
    ((_, found),) = made.each()
    made.close()
    assert repr(found) == repr(record)


def test_a_record_that_comes_again_has_its_new_values_at_its_old_place(kept: Kept) -> None:
    """As a list has it whose pages overlap."""
    kept.add(1, [("a", encoded({"n": 1})), ("b", encoded({"n": 1}))], state(kept))
    kept.add(2, [("a", encoded({"n": 2}))], state(kept))
    assert list(kept.each()) == [("a", {"n": 2}), ("b", {"n": 1})]
    assert (kept.ids_of(1), kept.ids_of(2)) == ({"b"}, {"a"})


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_the_file_is_its_owners_alone(kept: Kept, tmp_path: Path) -> None:
    """With what SQLite lays beside it, whatever the umask is."""
    kept.add(1, [("a", b"{}")], state(kept))
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}


def test_who_asked_is_not_to_be_read(kept: Kept, tmp_path: Path) -> None:
    """Only its hash is there, with a salt of its own."""
    kept.begin(Asker("https://crm.example fjord-sandbox-token", "contacts"), NOW)
    assert kept.state(ME) is None
    kept.close()
    assert not any(b"fjord" in one.read_bytes() for one in tmp_path.iterdir())


def test_beginning_anew_leaves_nothing_of_what_was_read(kept: Kept, tmp_path: Path) -> None:
    """Not even in pages of the file that nobody uses any more."""
    kept.add(1, [("a", encoded({"name": "Erika Mustermann"}))], state(kept))
    kept.begin(ME, NOW)
    kept.close()
    assert not any(b"Mustermann" in one.read_bytes() for one in tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
@pytest.mark.parametrize("pages", [1, 2, 40])
def test_a_kill_leaves_whole_pages(tmp_path: Path, pages: int) -> None:
    """SIGKILL in mid-writing: the file opens, is held by nobody, and what it says to have is there. Mutant: a page and its place apart."""
    path = tmp_path / "list.sqlite"
    with subprocess.Popen([sys.executable, "-c", KEEPING, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < pages:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    made = Kept(path)
    assert made.count() == state(made).came >= 10 * pages
    assert sum(1 for _ in made.each()) == made.count()
    made.close()


def test_two_at_once_are_told_apart(kept: Kept, tmp_path: Path) -> None:
    """The second one is told that somebody is at it; tidying up leaves the file alone."""
    with pytest.raises(BusyError):
        Kept(tmp_path / "list.sqlite")
    tidy([tmp_path / "list.sqlite"], lambda _: True)
    assert (tmp_path / "list.sqlite").exists()


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_what_is_no_file_of_ours_is_replaced(tmp_path: Path, content: bytes) -> None:
    """The system has its records still."""
    path = tmp_path / "list.sqlite"
    path.write_bytes(content)
    made = Kept(path)
    assert made.state(ME) is None
    made.begin(ME, NOW)
    made.close()
    again = sqlite3.connect(path)
    again.execute("PRAGMA user_version = 99")
    again.close()
    newer = Kept(path)
    assert newer.any_state() is None
    newer.close()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    """What it leads to stays as it is."""
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "list.sqlite").symlink_to(tmp_path / "mine.txt")
    with pytest.raises(InputError, match="not-a-file"):
        Kept(tmp_path / "list.sqlite")
    assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"


def test_damage_is_told_with_what_to_do(tmp_path: Path) -> None:
    """A record that is no JSON any more."""
    made = Kept(tmp_path / "list.sqlite")
    made.begin(ME, NOW)
    made.add(1, [("a", b"{")], state(made))
    with pytest.raises(InputError, match=r"records\.damaged"):
        list(made.each())
    made.close()


def test_tidying_up_removes_what_nobody_wants_any_more(tmp_path: Path) -> None:
    """And what was never begun; the rest stays."""
    paths = [tmp_path / f"{name}.sqlite" for name in ("old", "new", "empty")]
    for path, begun in zip(paths, (NOW, NOW + timedelta(hours=1), None), strict=True):
        made = Kept(path)
        if begun is not None:
            made.begin(ME, begun)
        made.close()
    tidy(paths, lambda one: one.begun == NOW)
    assert [one.name for one in tmp_path.iterdir()] == ["new.sqlite"]
