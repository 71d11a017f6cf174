"""What a sync remembers between runs: links, bases, what is under way, what awaits a decision. `.readiness/sync.sqlite`, private to its owner."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from checker.errors import InputError, Problem, RefusedError
from checker.model.sync import Action, Base, Link, Notice, Row, Which
from checker.store import PRIVATE_FILE
from checker.sync.exact import decoded, digest, encoded

FILE = "sync.sqlite"
VERSION = 1
MOST_TRIES = 3  # of a create that never arrives
BUSY_S = 5.0  # how long another process may hold the file
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE link (flow TEXT NOT NULL, left_id TEXT NOT NULL, right_id TEXT NOT NULL, found_by TEXT NOT NULL, base TEXT,
                   PRIMARY KEY (flow, left_id, right_id)) STRICT;
CREATE TABLE pending (action TEXT PRIMARY KEY, flow TEXT NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE known (flow TEXT NOT NULL, side TEXT NOT NULL, ids TEXT NOT NULL, PRIMARY KEY (flow, side)) STRICT;
CREATE TABLE refusal (action TEXT PRIMARY KEY, flow TEXT NOT NULL, digest TEXT NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE notice (flow TEXT NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE run (number INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, counts TEXT) STRICT;
"""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A create that was about to be sent: its action with every value as it goes out, its source as it was read, and when (ISO 8601)."""

    action: Action
    source: Row
    begun: str = ""


@dataclass(frozen=True, slots=True)
class LastRun:
    """One run of `sync apply`: when, and what came of it; `finished` is None where it was broken off."""

    started: str
    finished: str | None
    counts: Mapping[str, int]


class State:
    """The memory of one project's sync. Opened with `State.open`; every method is one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = connection, path

    @classmethod
    def open(cls, path: Path, *, project: str, targets: Mapping[str, str]) -> State:
        """Open or begin the memory. `targets`: each system's base URL; ids of one target mean nothing in another.

        Raises RefusedError for another project's, another target's, a damaged one and one of another version, InputError where the file
        can't be used.
        """
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise InputError(Problem("files.not-a-file", {"path": path}))
        connection = _connected(path)
        state = cls(connection, path)
        try:
            with state._careful():
                state._prepare(project, dict(targets))
        except BaseException:  # Ctrl-C too: an open file would hold the next run up; it is raised again
            connection.close()
            raise
        return state

    @classmethod
    def passing(cls) -> State:
        """A memory that is gone with the process: for a rehearsal."""
        state = cls(sqlite3.connect(":memory:", isolation_level=None), Path(":memory:"))
        state._db.executescript(TABLES)
        return state

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def links(self, flow: str) -> tuple[Link, ...]:
        """The links of a flow, in the order of their ids."""
        with self._careful():
            rows = self._db.execute(
                "SELECT left_id, right_id, found_by FROM link WHERE flow = ? ORDER BY left_id, right_id", (flow,)
            ).fetchall()
        return tuple(Link(left=left, right=right, by=by) for left, right, by in rows)

    def bases(self, flow: str) -> dict[tuple[str, str], Base]:
        """What both sides answered after the last sync, by pair of ids."""
        with self._careful():
            rows = self._db.execute(
                "SELECT left_id, right_id, base FROM link WHERE flow = ? AND base IS NOT NULL", (flow,)
            ).fetchall()
            return {(left, right): decoded(base, Base) for left, right, base in rows}

    def base(self, flow: str, link: Link) -> Base | None:
        """What both sides of one link answered after the last sync; None where that was never settled."""
        with self._careful():
            row = self._db.execute(
                "SELECT base FROM link WHERE flow = ? AND left_id = ? AND right_id = ?", (flow, link.left, link.right)
            ).fetchone()
            return None if row is None or row[0] is None else decoded(row[0], Base)

    def settle(self, flow: str, link: Link, base: Base | None, action: str | None = None) -> None:
        """Keep a link with its base (None: link only, a base that is there stays); `action` is no longer under way."""
        content = None if base is None else encoded(base).decode()
        with self._careful(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "INSERT INTO link VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET base = coalesce(excluded.base, base)",
                (flow, link.left, link.right, link.by, content),
            )
            if action is not None:
                self._db.execute("DELETE FROM pending WHERE action = ?", (action,))

    def learn(self, flow: str, links: Iterable[Link]) -> None:
        """Keep links that were found; those that are there stay as they are."""
        rows = [(flow, one.left, one.right, one.by) for one in links]
        with self._careful(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO link VALUES (?, ?, ?, ?, NULL)", rows)

    def keep(self, flow: str, pairs: Iterable[tuple[Link, Base]]) -> None:
        """Keep many links with their bases, all or none."""
        rows = [(flow, link.left, link.right, link.by, encoded(base).decode()) for link, base in pairs]
        with self._careful(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO link VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET base = excluded.base", rows
            )

    def unlink(self, flow: str, link: Link) -> None:
        """Forget a link and its base."""
        with self._careful():
            self._db.execute(
                "DELETE FROM link WHERE flow = ? AND left_id = ? AND right_id = ?", (flow, link.left, link.right)
            )

    def knows(self, flow: str, side: Which, ids: Iterable[str]) -> None:
        """Remember which records a side has before creates are sent to it; where some are still under way, what was there before those stays."""
        with self._careful():
            self._db.execute(
                "INSERT OR REPLACE INTO known SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM pending WHERE flow = ?1)",
                (flow, side.value, json.dumps(sorted(ids))),
            )

    def known(self, flow: str, side: Which) -> frozenset[str]:
        """The records that a side had before creates were sent to it."""
        with self._careful():
            row = self._db.execute("SELECT ids FROM known WHERE flow = ? AND side = ?", (flow, side.value)).fetchone()
            return frozenset(json.loads(row[0]) if row else ())

    def begin(self, pending: Pending) -> None:
        """Remember a create before it is sent."""
        action, content = pending.action, encoded(pending).decode()
        with self._careful():
            self._db.execute("INSERT OR REPLACE INTO pending VALUES (?, ?, ?)", (action.id, action.flow, content))

    def end(self, action: str) -> None:
        """A create is known not to have happened, or its link is kept."""
        with self._careful():
            self._db.execute("DELETE FROM pending WHERE action = ?", (action,))

    def pending(self, flow: str | None = None) -> tuple[Pending, ...]:
        """Creates of which nobody knows yet what came of them; of one flow, or of all."""
        with self._careful():
            rows = self._db.execute(
                "SELECT content FROM pending WHERE ?1 IS NULL OR flow = ?1 ORDER BY action", (flow,)
            ).fetchall()
            return tuple(decoded(one, Pending) for (one,) in rows)

    def refuse(self, action: Action, told: Mapping[str, Any]) -> None:
        """Remember that the target refused an action, and what it said, so that it isn't asked the same again."""
        with self._careful():
            self._db.execute(
                "INSERT OR REPLACE INTO refusal VALUES (?, ?, ?, ?)",
                (action.id, action.flow, digest(action), json.dumps(dict(told))),
            )

    def refused(self, action: Action) -> dict[str, Any] | None:
        """What the target said when it refused this very action; None where it didn't, or where the action is another one now."""
        with self._careful():
            row = self._db.execute(
                "SELECT content FROM refusal WHERE action = ? AND digest = ?", (action.id, digest(action))
            ).fetchone()
            told: dict[str, Any] = {} if row is None else json.loads(row[0])
        return told if told and told.get("tries", MOST_TRIES) >= MOST_TRIES else None

    def missed(self, action: Action) -> None:
        """Count that nothing arrived of an action whose outcome nobody knew; after three tries it counts as refused (acceptance A13)."""
        with self._careful():
            row = self._db.execute(
                "SELECT content FROM refusal WHERE action = ? AND digest = ?", (action.id, digest(action))
            ).fetchone()
            tries = 1 + (json.loads(row[0]).get("tries", 0) if row else 0)
        self.refuse(action, {"reason": "unknown", "tries": tries})

    def ask_again(self) -> None:
        """Forget all refusals."""
        with self._careful():
            self._db.execute("DELETE FROM refusal")

    def note(self, flow: str, notices: Iterable[Notice]) -> None:
        """What of a flow awaits a decision now; replaces what did before."""
        contents = [(flow, encoded(one).decode()) for one in notices]
        with self._careful(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM notice WHERE flow = ?", (flow,))
            self._db.executemany("INSERT INTO notice VALUES (?, ?)", contents)

    def notices(self) -> tuple[Notice, ...]:
        """What awaits a decision."""
        with self._careful():
            rows = self._db.execute("SELECT content FROM notice ORDER BY flow, rowid").fetchall()
            return tuple(decoded(one, Notice) for (one,) in rows)

    def run_begins(self, started: str) -> int:
        """Note that a run begins; gives its number."""
        with self._careful():
            return int(self._db.execute("INSERT INTO run (started) VALUES (?)", (started,)).lastrowid or 0)

    def run_ends(self, number: int, finished: str, counts: Mapping[str, int]) -> None:
        """Note how a run ended."""
        with self._careful():
            self._db.execute(
                "UPDATE run SET finished = ?, counts = ? WHERE number = ?", (finished, json.dumps(dict(counts)), number)
            )

    def last_run(self) -> LastRun | None:
        """The latest run; None where there was none."""
        with self._careful():
            row = self._db.execute("SELECT started, finished, counts FROM run ORDER BY number DESC LIMIT 1").fetchone()
        return None if row is None else LastRun(row[0], row[1], json.loads(row[2] or "{}"))

    @contextmanager
    def _careful(self) -> Iterator[None]:
        """What SQLite refuses, told as a problem of the file: damage with what to do, a full disk or a lock with its reason."""
        try:
            yield
        except (msgspec.DecodeError, UnicodeDecodeError, json.JSONDecodeError):
            raise RefusedError(Problem("sync.state-damaged", {"path": self._path})) from None
        except sqlite3.OperationalError as error:
            raise InputError(Problem("files.cannot-use", {"path": self._path, "reason": str(error)})) from None
        except sqlite3.DatabaseError:
            raise RefusedError(Problem("sync.state-damaged", {"path": self._path})) from None

    def _prepare(self, project: str, targets: dict[str, str]) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == 0 and tables == 0:
            self._db.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
            self._set("project", project)
            self._set("targets", targets)
            return
        if version != VERSION:
            values = {"path": self._path, "found": version, "expected": VERSION}
            raise RefusedError(Problem("sync.state-version", values))
        if self._db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise RefusedError(Problem("sync.state-damaged", {"path": self._path}))
        if (other := self._get("project")) != project:
            raise RefusedError(Problem("sync.other-project", {"path": self._path, "found": other, "expected": project}))
        self._same_targets(targets)

    def _same_targets(self, targets: dict[str, str]) -> None:
        kept: dict[str, str] = self._get("targets") or {}
        moved = [name for name in sorted(kept) if kept[name] != targets.get(name)]
        if moved:
            values = {
                "path": self._path,
                "system": moved[0],
                "found": kept[moved[0]],
                "expected": targets.get(moved[0]),
            }
            raise RefusedError(Problem("sync.other-target", values))

    def _get(self, key: str) -> Any:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def _set(self, key: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False)))


def _connected(path: Path) -> sqlite3.Connection:
    """A connection to the file, made with private rights first: SQLite itself would take the umask's."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
        path.chmod(PRIVATE_FILE)
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S, check_same_thread=False)
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": error.strerror})) from None
    except sqlite3.Error as error:
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": str(error)})) from None
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.OperationalError as error:
        connection.close()
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": str(error)})) from None
    except sqlite3.DatabaseError:
        connection.close()
        raise RefusedError(Problem("sync.state-damaged", {"path": path})) from None
    return connection
