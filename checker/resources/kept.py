"""The records of one list as they were read, kept page by page: an interrupted reading goes on where it stopped.

One SQLite file for each list. A page and the place after it are one transaction, so that a kill at any moment leaves whole pages; whoever
reads holds the file, and the operating system frees it when a process dies. Records stand in it as they came, so it is its owner's alone.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from checker.client.strict_json import decode_json
from checker.errors import InputError, Problem
from checker.resources.resource import Place

VERSION = 1
PRIVATE = 0o600
BUSY_S = 2.0  # how long another process may hold the file
ROUNDS = 20_000  # of PBKDF2: who asked is known again, and a password isn't found by it in passing
BATCH = 500  # records that are in memory at once
TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE reading (salt BLOB NOT NULL, who BLOB NOT NULL, what TEXT NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE record (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, page INTEGER NOT NULL, whole INTEGER NOT NULL DEFAULT 0,
                     content BLOB NOT NULL) STRICT;
PRAGMA user_version = {VERSION};
COMMIT;
"""
UPSERT = "INSERT INTO record (id, page, content) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET page = excluded.page, content = excluded.content"
ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose view of a list it is, and of which: records of another tenant, user or profile are none of this one's.

    `who` holds the system's address and its credentials; only its salted, slow hash is kept.
    """

    who: str
    what: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far a reading has come. `latest`: when its last page came; `told`: the total that the system tells, if it does; `place`: where it
    goes on, None where that isn't known. `walked`: the list was read to its end; `finished`: when nothing was left to be read.
    """

    begun: datetime
    latest: datetime
    came: int = 0
    told: int | None = None
    place: Place | None = None
    walked: bool = False
    finished: datetime | None = None


class BusyError(Exception):
    """Another process reads this list at the moment."""


class Kept:
    """The file of one list. Every method is one transaction."""

    def __init__(self, path: Path | None) -> None:
        """Open or make the file; without a path one that is gone with the process.

        What is no file of ours, or damaged, is replaced: the system has its records still. Raises BusyError where another process holds the
        file, InputError where no file can be had.
        """
        self.path = path
        self._db = self._opened()

    def close(self) -> None:
        """Close the file, and let others at it."""
        self._db.close()

    def state(self, asker: Asker) -> State | None:
        """How far this asker's reading has come; None where there is none, or where it is somebody else's."""
        with self._careful():
            row = self._db.execute("SELECT salt, who, what, state FROM reading").fetchone()
        if row is None or row[2] != asker.what or row[1] != _hashed(asker.who, row[0]):
            return None
        return msgspec.json.decode(row[3], type=State)

    def any_state(self) -> State | None:
        """How far the reading has come, whoever began it; None where there is none."""
        with self._careful():
            row = self._db.execute("SELECT state FROM reading").fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=State)

    def begin(self, asker: Asker, now: datetime) -> State:
        """Forget what was read, and begin anew. The file is a new one: deleted rows would still stand in the old."""
        self._db.close()
        self.remove()
        self._db = self._opened()
        salt, state = secrets.token_bytes(16), State(begun=now, latest=now)
        with self._careful(), self._db:
            values = (salt, _hashed(asker.who, salt), asker.what, _text(state))
            self._db.execute("INSERT INTO reading VALUES (?, ?, ?, ?)", values)
        return state

    def add(self, page: int, records: Iterable[tuple[str, bytes]], state: State) -> None:
        """Keep a page: its records by id, encoded; one that came before has its new content at its old place."""
        with self._careful(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(UPSERT, ((key, page, content) for key, content in records))
            self._db.execute("UPDATE reading SET state = ?", (_text(state),))

    def complete(self, record_id: str, content: bytes) -> None:
        """Keep a record as its single read showed it."""
        with self._careful():
            self._db.execute("UPDATE record SET content = ?, whole = 1 WHERE id = ?", (content, record_id))

    def note(self, state: State) -> None:
        """Keep how far the reading has come."""
        with self._careful():
            self._db.execute("UPDATE reading SET state = ?", (_text(state),))

    def ids_of(self, page: int) -> frozenset[str]:
        """Ids of the records that this page brought last."""
        with self._careful():
            return frozenset(one for (one,) in self._db.execute("SELECT id FROM record WHERE page = ?", (page,)))

    def knows_all(self, ids: Collection[str]) -> bool:
        """Whether every one of these records is kept."""
        with self._careful():
            return all(self._db.execute("SELECT 1 FROM record WHERE id = ?", (one,)).fetchone() for one in ids)

    def count(self) -> int:
        """How many records are kept."""
        with self._careful():
            return int(self._db.execute("SELECT count(*) FROM record").fetchone()[0])

    def each(self, *, whole: bool | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        """The records by id, in the order in which they came first. `whole`: only those whose single read is, or isn't, kept yet."""
        last = 0
        wanted = "" if whole is None else f"AND whole = {int(whole)} "
        statement = f"SELECT number, id, content FROM record WHERE number > ? {wanted}ORDER BY number LIMIT {BATCH}"  # noqa: S608 - our own words only
        while True:
            with self._careful():
                rows = [
                    (number, key, decode_json(content))
                    for number, key, content in self._db.execute(statement, (last,)).fetchall()
                ]
            if not rows:
                return
            yield from ((key, record) for _, key, record in rows)
            last = rows[-1][0]

    def remove(self) -> None:
        """Remove the file, with what SQLite laid beside it."""
        if self.path is not None:
            for end in ("", "-wal", "-shm", "-journal"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            connection = sqlite3.connect("", isolation_level=None)  # SQLite's own temporary file
            connection.executescript(TABLES)
            return connection
        if self.path.is_symlink() or (self.path.exists() and not self.path.is_file()):
            raise InputError(Problem("files.not-a-file", {"path": self.path}))
        try:
            return self._held(self.path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise BusyError from None
            raise InputError(Problem("files.cannot-use", {"path": self.path, "reason": str(error)})) from None
        except sqlite3.DatabaseError:
            self.remove()
            with self._careful():
                return self._held(self.path)

    @staticmethod
    def _held(path: Path) -> sqlite3.Connection:
        """A connection that has the file to itself. Raises what SQLite raises, DatabaseError also for a file that isn't ours."""
        try:
            os.close(
                os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
            )  # with private rights first: SQLite would take the umask's
            path.chmod(PRIVATE)
        except OSError as error:
            raise InputError(Problem("files.cannot-use", {"path": path, "reason": error.strerror})) from None
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S)
        try:
            for said in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
                connection.execute(f"PRAGMA {said}")
            _prepare(connection)
        except BaseException:  # Ctrl-C too: an open file would hold the next run up; it is raised again
            connection.close()
            raise
        return connection

    @contextmanager
    def _careful(self) -> Iterator[None]:
        """What SQLite refuses, as a problem of the file."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise InputError(Problem("files.cannot-use", {"path": self.path, "reason": str(error)})) from None
        except (sqlite3.Error, msgspec.DecodeError, ValueError):  # a text that is no JSON is damage too
            raise InputError(Problem("records.damaged", {"path": self.path})) from None


def encoded(record: Any) -> bytes:
    """A record as it is kept: JSON whose numbers have all their digits."""
    return ENCODER.encode(record)


def _prepare(connection: sqlite3.Connection) -> None:
    """The tables in a new file. Raises DatabaseError for one that isn't ours."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not version and not tables:
        connection.executescript(TABLES)
    elif version != VERSION or tables != {"reading", "record"}:
        raise sqlite3.DatabaseError("not ours")


def _hashed(text: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt, ROUNDS)


def _text(state: State) -> str:
    return ENCODER.encode(state).decode()


def tidy(paths: Iterable[Path], unwanted: Callable[[State], bool]) -> None:
    """Remove the files whose reading is `unwanted(state)`; those that somebody is at stay."""
    for path in paths:
        with suppress(BusyError, InputError):
            kept = Kept(path)
            state = kept.any_state()
            kept.close()
            if state is None or unwanted(state):
                kept.remove()
