"""The `.readiness/` folder beside the project file: saved audits, private to their owner, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from checker.errors import InputError, Problem, RefusedError

FOLDER = ".readiness"
LOCK, HOLDER, IGNORE = "lock", "lock.holder", ".gitignore"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
PATH = re.compile(r"/[A-Za-z0-9_-]{20,80}")  # of a receiver of events
PATH_BYTES = 24  # of chance in it
EVENTS = "events.jsonl"
VERDICTS = "verdicts"
RECORDS = "records"
REQUESTS = "requests"
MOST_EVENTS = 100_000  # that are kept


def write_whole(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a file whole or not at all: beside it first, then renamed over it, so that a planted link is replaced and never followed.

    Raises InputError where that can't be done, and where a folder, a device or a link to one stands at the path.
    """
    if path.exists() and not path.is_file():
        raise InputError(Problem("files.not-a-file", {"path": path}))
    try:
        _write(path, content, mode)
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": error.strerror})) from None


def _write(path: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:  # Ctrl-C too: half a file must not stay; it is raised again
        temporary.unlink(missing_ok=True)
        raise


def _file_name(name: str) -> str:
    """A name of the project file's as a file can be called, whatever stands in it."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _own(folder: Path) -> Path:
    """The folder itself; raises InputError where a link or a file stands in its place."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(Problem("store.not-a-folder", {"path": folder}))
    return folder


def _made(folder: Path) -> Path:
    """The folder, which is there afterwards; raises InputError where nothing can be written in it."""
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": folder, "reason": error.strerror})) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(Problem("files.cannot-use", {"path": folder, "reason": os.strerror(errno.EACCES)}))
    return folder


@dataclass(frozen=True, slots=True)
class Store:
    """What is kept between runs. `project_folder` is the folder of the project file."""

    project_folder: Path

    @property
    def folder(self) -> Path:
        """`.readiness/`; raises InputError where a link or a file stands in its place."""
        return _own(self.project_folder / FOLDER)

    def ready(self) -> None:
        """Make the folder, so that a long run doesn't find out at its end that it can't be kept. Raises InputError."""
        self._ready("audits")

    def _ready(self, *below: str) -> Path:
        folder = _made(self.folder)
        ignore = folder / IGNORE
        if not ignore.exists():
            write_whole(ignore, b"*\n")
        for part in below:
            folder = _made(_own(folder / part))
        return folder

    def save_audit(self, content: bytes, started: str) -> Path:
        """Keep an audit under the time it started (ISO 8601) and as `latest.json`; gives the first one's path."""
        folder = self._ready("audits")
        path = folder / f"{started.replace(':', '').replace('-', '')}.json"
        write_whole(path, content)
        write_whole(folder / "latest.json", content)
        return path

    def audit(self, which: str | None = None) -> bytes:
        """A saved audit: the latest, or the one of that file name or path. Raises InputError where there is none."""
        path = self.folder / "audits" / "latest.json" if which is None else Path(which)
        if which is not None and not path.exists():
            path = self.folder / "audits" / (which if which.endswith(".json") else f"{which}.json")
        try:
            return path.read_bytes()
        except OSError:
            raise InputError(Problem("store.no-audit", {"path": path})) from None

    def verdict(self, name: str) -> bytes:
        """What a validator said of a document, as it was kept under that name; nothing where it wasn't. Raises InputError like `folder`."""
        try:
            return (self.folder / VERDICTS / f"{name}.json").read_bytes()
        except OSError:
            return b""

    def keep_verdict(self, name: str, content: bytes) -> None:
        """Keep what a validator said of a document. Raises InputError where nothing can be written."""
        write_whole(self._ready(VERDICTS) / f"{name}.json", content)

    def receiver_path(self, system: str) -> str:
        """The unguessable path at which this project receives a system's events: the same in every run, since people register it by hand."""
        file = self._ready("webhooks") / f"{system}.path"
        try:
            held = file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            held = ""
        if not PATH.fullmatch(held):
            held = f"/{secrets.token_urlsafe(PATH_BYTES)}"
            write_whole(file, held.encode())
        return held

    def keep_events(self, lines: Sequence[bytes]) -> Path:
        """Add events that came, a JSON text each, to those that are kept (the last hundred thousand); gives the file's path."""
        file = self._ready("webhooks") / EVENTS
        before = file.read_bytes().splitlines() if file.exists() else []
        write_whole(file, b"".join(one + b"\n" for one in [*before, *lines][-MOST_EVENTS:]))
        return file

    def records_file(self, subject: str) -> Path:
        """Where the records of a list are kept, by its subject (`SYSTEM/RESOURCE`). Raises InputError where nothing can be kept."""
        return self._ready(RECORDS) / f"{_file_name(subject)}.sqlite"

    def records_files(self) -> tuple[Path, ...]:
        """The files in which records are kept."""
        return tuple(sorted(_own(self.folder / RECORDS).glob("*.sqlite")))

    def tally(self, system: str) -> DayTally:
        """The count of the requests that a system is sent, day by day."""
        return DayTally(self, system)

    def forget_requests(self) -> None:
        """Forget how many requests were sent: the systems are new ones, as the demonstration's are each time. Raises InputError where a link stands there."""
        shutil.rmtree(_own(self.folder / REQUESTS), ignore_errors=True)

    def requests_file(self, system: str, day: date) -> Path:
        """Where a day's requests to a system are counted; other days are forgotten. Raises InputError where nothing can be kept."""
        file = self._ready(REQUESTS, day.isoformat()) / _file_name(system)
        if not file.exists():
            for other in file.parents[1].iterdir():
                if other.name != day.isoformat() and not other.is_symlink():
                    shutil.rmtree(other, ignore_errors=True)
        return file

    @contextmanager
    def locked(self, command: str) -> Iterator[None]:
        """Be the only run that writes for this project. The operating system frees the lock of a process that died.

        Raises RefusedError where another run is at it, saying which and since when.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only who writes needs it

        folder = self._ready()
        holder = folder / HOLDER
        lock = FileLock(folder / LOCK, mode=PRIVATE_FILE, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise RefusedError(Problem("store.locked", _holder(holder))) from None
        try:
            since = datetime.now(UTC).isoformat(timespec="seconds")
            write_whole(holder, json.dumps({"process": os.getpid(), "command": command, "since": since}).encode())
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


@dataclass(frozen=True, slots=True)
class DayTally:
    """How many requests a system was sent on a day: a byte each, added at once, so that runs side by side and such as are cut off are counted, too."""

    store: Store
    system: str

    def sent(self, day: date) -> int:
        """The number so far."""
        try:
            return (self.store.folder / REQUESTS / day.isoformat() / _file_name(self.system)).stat().st_size
        except OSError:
            return 0

    def add(self, day: date) -> None:
        """One more. Raises InputError where nothing can be kept."""
        with self.store.requests_file(self.system, day).open("ab", buffering=0) as file:
            file.write(b".")


def _holder(path: Path) -> dict[str, object]:
    """Who holds the lock, as far as it was written down."""
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        held = {}
    told = held if isinstance(held, dict) else {}
    return {name: told.get(name) for name in ("process", "command", "since")}
