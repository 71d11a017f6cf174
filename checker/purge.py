"""`readiness purge` as a story: everything that this project has stored is shown, and removed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from checker.errors import Problem, RefusedError
from checker.journal import FILE as JOURNAL
from checker.journal import Journal
from checker.project.load import LoadedProject
from checker.store import HOLDER, IGNORE, LOCK, RECORDS, REQUESTS, VERDICTS, Store
from checker.sync.state import FILE as SYNC

OURS = frozenset({LOCK, HOLDER, IGNORE})  # nothing about any system or person stands in them
KINDS = {
    "audits": "audits",
    "webhooks": "events",
    VERDICTS: "verdicts",
    JOURNAL: "journal",
    RECORDS: "records",
    REQUESTS: "requests",
    SYNC: "sync",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing that is stored: its name in `.readiness/`, what it is (audits, events, verdicts, journal, records, requests, sync, other), its files and bytes."""

    name: str
    kind: str
    files: int
    bytes: int


def holdings(loaded: LoadedProject) -> tuple[Holding, ...]:
    """What is stored for the project, by name. Raises InputError where something else stands in the folder's place."""
    folder = Store(loaded.folder).folder
    if not folder.exists():
        return ()
    return tuple(_holding(one) for one in sorted(folder.iterdir()) if one.name not in OURS)


def _holding(path: Path) -> Holding:
    files = [path] if path.is_symlink() or path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    kind = next((kind for start, kind in KINDS.items() if path.name.startswith(start)), "other")
    return Holding(path.name, kind, len(files), sum(one.lstat().st_size for one in files))


def purge(loaded: LoadedProject, *, force: bool = False) -> tuple[Holding, ...]:
    """Remove all of it, the folder included; gives what was removed. Links are removed and not followed.

    Raises RefusedError where the journal still knows of test records or of writes whose end nobody knows (unless `force`: then they can
    never be cleaned up by us), or where another run writes.
    """
    found = holdings(loaded)
    store = Store(loaded.folder)
    if not store.folder.exists():
        return ()
    with store.locked("purge"):
        if not force:
            _refuse_if_needed(store.folder / JOURNAL, loaded.project.project)
        for one in found:
            path = store.folder / one.name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    shutil.rmtree(store.folder)
    return found


def _refuse_if_needed(path: Path, project: str) -> None:
    """What still has to be removed from a system is known from the journal alone."""
    if not path.exists():
        return
    journal = Journal(path, project)
    try:
        left, unknown = len(journal.test_records()), len(journal.unresolved())
    finally:
        journal.close()
    if left or unknown:
        raise RefusedError(Problem("purge.still-needed", {"records": left, "unknown": unknown}))
