"""The journal: what we intended to write and what came of it, durable before a byte leaves (design.md, decision 7; acceptance F10, A14).

SQLite in WAL mode with `synchronous=FULL`: an intent survives a killed process and a power cut. Before-images are stored in full (undo needs
them), so the file is its owner's alone.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from checker.errors import InputError, Problem, RefusedError

FILE = "journal.sqlite"
VERSION = 1
PRIVATE = 0o600
BUSY_S = 5.0  # how long another process may hold the file

TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS intents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL, mark TEXT NOT NULL, purpose TEXT NOT NULL, system TEXT NOT NULL, base_url TEXT NOT NULL, resource TEXT NOT NULL,
    operation TEXT NOT NULL, record TEXT, key TEXT, test INTEGER NOT NULL, body TEXT, before TEXT,
    outcome TEXT, settled TEXT, note TEXT, removed TEXT
);
CREATE INDEX IF NOT EXISTS of_records ON intents (system, resource, record);
"""
# Of an intent about a test record: that the record was created by us and seen to be gone since.
GONE = (
    "(test = 1 AND EXISTS (SELECT 1 FROM intents AS made WHERE made.operation = 'create' AND made.removed IS NOT NULL"
    " AND (made.system, made.resource, made.record) = (intents.system, intents.resource, intents.record)))"
)
COLUMNS = (
    "number, mark, purpose, system, base_url, resource, operation, record, key, test, outcome, note, removed, at, body"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One intended write. `operation` is create, update, delete or merge; `test` says that the record is a test record of ours.

    `outcome`: done, refused, unknown; None for an intent whose end nobody wrote down. `removed`: when the record was seen to be gone.
    `body` holds the texts that were to be written, by dotted name: by them an intent without an outcome is looked up.
    """

    number: int
    mark: str
    purpose: str
    system: str
    base_url: str
    resource: str
    operation: str
    record: str | None
    key: str | None
    test: bool
    outcome: str | None
    note: str | None
    removed: str | None
    at: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is about to be written."""

    mark: str
    purpose: str
    system: str
    base_url: str
    resource: str
    operation: str
    record: str | None = None
    key: str | None = None
    test: bool = False
    body: Mapping[str, Any] | None = None
    before: Mapping[str, Any] | None = None


class Journal:
    """The journal of one project. May be used by several threads; each call is one transaction."""

    def __init__(self, path: Path, project: str) -> None:
        """Open or make it. Raises RefusedError for another project's, a newer one and a damaged one, InputError where no file can be had."""
        self.path = path
        self._lock = threading.Lock()
        self._connection = self._opened(path)
        try:
            with self._told():
                self._prepare(project)
        except BaseException:  # Ctrl-C too: an open file would hold the next run up; it is raised again
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def intend(self, intent: Intent) -> int:
        """Write an intent down, on disk when this returns; gives its number. Raises InputError where that can't be done: then nothing may be sent."""
        values = (
            _now(), intent.mark, intent.purpose, intent.system, intent.base_url, intent.resource, intent.operation, intent.record,
            intent.key, int(intent.test), _json(intent.body), _json(intent.before),
        )  # fmt: skip
        with self._told(), self._lock, self._connection:
            row = self._connection.execute(
                "INSERT INTO intents (at, mark, purpose, system, base_url, resource, operation, record, key, test, body, before)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        return int(row.lastrowid or 0)

    def settle(self, number: int, outcome: str, record: str | None = None, note: str | None = None) -> None:
        """Write down what came of an intent: done, refused or unknown, and the id of the record where it is known."""
        self._change(
            "UPDATE intents SET outcome = ?, settled = ?, record = COALESCE(?, record), note = ? WHERE number = ?",
            (outcome, _now(), record, note, number),
        )

    def removed(self, number: int) -> None:
        """The record of this create was seen to be gone."""
        self._change("UPDATE intents SET removed = ? WHERE number = ?", (_now(), number))

    def test_records(self, system: str | None = None, mark: str | None = None) -> list[Entry]:
        """Creates of test records that are not known to be gone, and not known to have been refused; newest first."""
        return self._entries(
            "operation = 'create' AND test = 1 AND removed IS NULL AND COALESCE(outcome, '') <> 'refused'", system, mark
        )

    def unresolved(self, system: str | None = None, mark: str | None = None) -> list[Entry]:
        """Intents that nobody knows the end of, newest first; a test record that is gone has none left."""
        return self._entries(
            f"COALESCE(outcome, 'unknown') = 'unknown' AND removed IS NULL AND NOT {GONE}", system, mark
        )

    def is_test_record(self, system: str, resource: str, record: str) -> bool:
        """Whether we created this record, as a test record."""
        return self._knows("operation = 'create' AND test = 1", system, resource, record)

    def was_deleted(self, system: str, resource: str, record: str) -> bool:
        """Whether we asked for this record to be deleted, and were not refused."""
        return self._knows("operation = 'delete' AND COALESCE(outcome, '') <> 'refused'", system, resource, record)

    def _knows(self, condition: str, system: str, resource: str, record: str) -> bool:
        question = f"SELECT 1 FROM intents WHERE system = ? AND resource = ? AND record = ? AND {condition}"  # noqa: S608 - our own words only
        with self._told(), self._lock:
            return self._connection.execute(question, (system, resource, record)).fetchone() is not None

    def _entries(self, condition: str, system: str | None, mark: str | None) -> list[Entry]:
        wanted = [(name, value) for name, value in (("system", system), ("mark", mark)) if value is not None]
        where = "".join(f" AND {name} = ?" for name, _ in wanted)
        with self._told(), self._lock:
            rows = self._connection.execute(
                f"SELECT {COLUMNS} FROM intents WHERE {condition}{where} ORDER BY number DESC",  # noqa: S608 - our own words only
                [value for _, value in wanted],
            ).fetchall()
            return [Entry(*(*row[:-1], json.loads(row[-1]) if row[-1] else {})) for row in rows]

    def _change(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._told(), self._lock, self._connection:
            self._connection.execute(statement, values)

    @staticmethod
    def _opened(path: Path) -> sqlite3.Connection:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise InputError(Problem("files.not-a-file", {"path": path}))
        try:
            if not path.exists():
                path.touch(PRIVATE)
            return sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise InputError(Problem("files.cannot-use", {"path": path, "reason": str(error)})) from None

    def _prepare(self, project: str) -> None:
        ask = self._connection.execute
        # Looked at before anything is written: what is not our journal stays as it is.
        tables = {name for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and not {"meta", "intents"} & tables:
            raise InputError(Problem("files.not-a-file", {"path": self.path}))
        if (
            "meta" in tables and ask("SELECT 1 FROM meta").fetchone()
        ):  # empty: whoever made the file was stopped in the middle
            self._check(project)
        ask("PRAGMA journal_mode = WAL")
        ask("PRAGMA synchronous = FULL")
        if ask("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("quick_check")
        with self._connection:
            self._connection.executescript(TABLES)
            ask("INSERT OR IGNORE INTO meta VALUES ('version', ?), ('project', ?)", (str(VERSION), project))
        self._check(project)

    def _check(self, project: str) -> None:
        """Raise RefusedError unless the journal is this project's, in our format."""
        held = dict(self._connection.execute("SELECT name, value FROM meta").fetchall())
        for name, ours in (("version", str(VERSION)), ("project", project)):
            if held.get(name) != ours:
                raise RefusedError(Problem(f"journal.other-{name}", {"path": self.path, name: held.get(name)}))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite says, as an error of ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise InputError(Problem("files.cannot-use", {"path": self.path, "reason": str(error)})) from None
        except (sqlite3.DatabaseError, ValueError):  # a text that is no JSON is damage too
            raise RefusedError(Problem("journal.damaged", {"path": self.path})) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=True, default=str)
