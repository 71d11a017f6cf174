"""The `.readiness/` folder beside the project file: saved audits, private to their owner, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from checker.errors import InputError, Problem

FOLDER = ".readiness"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def write_whole(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a file whole or not at all: beside it first, then renamed over it, so that a planted link is replaced and never followed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class Store:
    """What is kept between runs. `project_folder` is the folder of the project file."""

    project_folder: Path

    @property
    def folder(self) -> Path:
        """`.readiness/`; raises InputError where a link or a file stands in its place."""
        folder = self.project_folder / FOLDER
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise InputError(Problem("store.not-a-folder", {"path": folder}))
        return folder

    def _ready(self, *below: str) -> Path:
        folder = self.folder
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            write_whole(ignore, b"*\n")
        for part in below:
            folder /= part
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
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

    def keep_crash(self, text: str) -> Path:
        """Keep the redacted account of a bug of ours."""
        path = self._ready() / "crash.txt"
        write_whole(path, text.encode("utf-8", "backslashreplace"))
        return path
