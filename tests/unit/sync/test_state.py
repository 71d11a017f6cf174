"""What the sync remembers: links, bases, what is under way; never another project's, never a damaged file taken for a whole one."""

from __future__ import annotations

import sqlite3
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from checker.errors import InputError, RefusedError
from checker.model.sync import Action, Base, Kind, Link, Notice, NoticeKind, Row, Which
from checker.sync.state import Pending, State

TARGETS = {"crm": "http://127.0.0.1:1/v1", "erp": "http://127.0.0.1:2/api"}
LINK = Link(left="con_1", right="5/1", by="email")
CREATE = Action(
    id="contacts:create:right:con_1",
    kind=Kind.CREATE,
    flow="contacts",
    side=Which.RIGHT,
    source="con_1",
    values={"vorname": "Ada"},
)


def open_state(path: Path, project: str = "Fjord ↔ Hanse", targets: dict[str, str] = TARGETS) -> State:
    """The memory at a path."""
    return State.open(path, project=project, targets=targets)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the memory is."""
    return tmp_path / "sync.sqlite"


def test_links_and_bases_are_there_in_the_next_run(path: Path) -> None:
    """What one run kept the next one finds, a fraction that no double can hold included."""
    base = Base(left={"price": Decimal("1.12345678901234567891")}, right={"preis": "1,12"})
    state = open_state(path)
    state.settle("contacts", LINK, base)
    state.close()
    again = open_state(path)
    assert again.links("contacts") == (LINK,)
    assert again.bases("contacts") == {("con_1", "5/1"): base}
    assert again.links("companies") == ()
    again.close()


def test_a_link_without_a_new_base_keeps_the_one_it_had(path: Path) -> None:
    """Learning a link once more doesn't lose what both sides agreed on. Mutant: the link is replaced, base and all."""
    state = open_state(path)
    state.settle("contacts", LINK, Base(left={"a": 1}, right={"b": 1}))
    state.settle("contacts", LINK, None)
    state.learn("contacts", [LINK])
    assert state.bases("contacts") != {}
    state.close()


def test_the_memory_is_private(path: Path) -> None:
    """It holds records' values, so only its owner may read it, whatever the umask says."""
    open_state(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("project", "targets", "code"),
    [
        ("another", TARGETS, "sync.other-project"),
        ("Fjord ↔ Hanse", {**TARGETS, "erp": "http://127.0.0.1:3/api"}, "sync.other-target"),
        ("Fjord ↔ Hanse", {"crm": TARGETS["erp"], "erp": TARGETS["crm"]}, "sync.other-target"),
    ],
)
def test_another_project_or_target_is_refused(path: Path, project: str, targets: dict[str, str], code: str) -> None:
    """Ids of one system mean nothing in another: a moved address and swapped sides are refused. Mutant: only the project's name is looked at."""
    open_state(path).close()
    with pytest.raises(RefusedError) as refused:
        open_state(path, project, targets)
    assert refused.value.problems[0].code == code


@pytest.mark.parametrize("damage", [b"no database at all", None, b""])
def test_a_damaged_memory_is_refused_or_begun_anew_never_half_read(path: Path, damage: bytes | None) -> None:
    """Nonsense and a torn page end in a sentence with what to do; an empty file is one that was never begun."""
    state = open_state(path)
    state.keep("contacts", [(Link(left=str(n), right=str(n), by="x"), Base(left={"a": "x" * 500})) for n in range(300)])
    state.close()
    whole = path.read_bytes()
    torn = whole[:8192] + b"\xff" * 4096 + whole[12288:]
    path.write_bytes(torn if damage is None else damage)
    if damage == b"":
        again = open_state(path)
        assert again.links("contacts") == ()
        again.close()
        return
    with pytest.raises(RefusedError) as refused:
        found = open_state(path)
        found.links("contacts"), found.bases("contacts")
    assert refused.value.problems[0].code == "sync.state-damaged"


def test_another_versions_memory_is_refused(path: Path) -> None:
    """A newer format is not guessed at."""
    open_state(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 9")
    raw.close()
    with pytest.raises(RefusedError) as refused:
        open_state(path)
    assert refused.value.problems[0].code == "sync.state-version"


def test_a_planted_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    """A symbolic link in the memory's place is refused, and what it points at stays as it is."""
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    path.symlink_to(other)
    with pytest.raises(InputError):
        open_state(path)
    assert other.read_bytes() == b"mine"


def test_a_create_is_under_way_until_its_link_is_kept(path: Path) -> None:
    """A kill in between leaves it to be found. Mutant: the create is forgotten when it is sent."""
    pending = Pending(action=CREATE, source=Row(id="con_1", values={"first_name": "Ada"}), begun="2026-11-24T09:00:00+00:00")  # fmt: skip
    state = open_state(path)
    state.begin(pending)
    state.close()
    again = open_state(path)
    assert again.pending("contacts") == (pending,)
    again.settle("contacts", LINK, None, CREATE.id)
    assert again.pending() == ()
    again.close()


def test_what_was_there_before_a_create_stays_known_while_it_is_under_way(path: Path) -> None:
    """A later run doesn't take what the lost create made for something that was always there. Mutant: each run remembers anew."""
    state = open_state(path)
    state.knows("contacts", Which.RIGHT, ["5/1"])
    state.begin(Pending(action=CREATE, source=Row(id="con_1", values={})))
    state.knows("contacts", Which.RIGHT, ["5/1", "5/2", "5/3"])
    assert state.known("contacts", Which.RIGHT) == {"5/1"}
    state.end(CREATE.id)
    state.knows("contacts", Which.RIGHT, ["5/1", "5/2"])
    assert state.known("contacts", Which.RIGHT) == {"5/1", "5/2"}
    assert state.known("contacts", Which.LEFT) == frozenset()
    state.close()


def test_a_refusal_counts_for_these_very_values_only(path: Path) -> None:
    """The same values aren't sent again; others are. Mutant: the refusal is kept by the record alone, and a mended value never arrives."""
    state = open_state(path)
    state.refuse(CREATE, {"status": 422})
    mended = Action(id=CREATE.id, kind=CREATE.kind, flow="contacts", side=CREATE.side, source="con_1", values={"vorname": "A"})  # fmt: skip
    assert state.refused(CREATE) == {"status": 422}
    assert state.refused(mended) is None
    state.ask_again()
    assert state.refused(CREATE) is None
    state.close()


def test_what_awaits_a_decision_is_what_the_last_run_found(path: Path) -> None:
    """A conflict that is gone is no longer shown; another flow's stays."""
    state = open_state(path)
    conflict = Notice(kind=NoticeKind.CONFLICT, flow="contacts", left="con_1", right="5/1", on_field="phone")
    state.note("contacts", [conflict])
    state.note("companies", [Notice(kind=NoticeKind.DELETED, flow="companies", left="c", right=None)])
    assert len(state.notices()) == 2
    state.note("contacts", [])
    assert [one.flow for one in state.notices()] == ["companies"]
    state.close()


def test_a_run_that_was_broken_off_is_told_from_one_that_ended(path: Path) -> None:
    """Without an end the last run was broken off."""
    state = open_state(path)
    number = state.run_begins("2026-11-24T09:00:00+00:00")
    last = state.last_run()
    assert last is not None
    assert last.finished is None
    state.run_ends(number, "2026-11-24T09:01:00+00:00", {"done": 3})
    last = state.last_run()
    assert last is not None
    assert (last.finished, last.counts) == ("2026-11-24T09:01:00+00:00", {"done": 3})
    state.close()
