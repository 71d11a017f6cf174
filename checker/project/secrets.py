"""References to secrets: `${env:NAME}`, `${file:PATH}`, `${keyring:SERVICE/USER}`. Values live in memory only."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checker.errors import InputError, Problem
from checker.project.check import REFERENCE


def _keyring(service: str, user: str) -> str | None:
    import keyring  # noqa: PLC0415 - slow to import, and seldom used
    import keyring.errors  # noqa: PLC0415 - as above

    try:
        return keyring.get_password(service, user)
    except keyring.errors.KeyringError:
        return None


def _into_keyring(service: str, user: str, value: str) -> bool:
    import keyring  # noqa: PLC0415 - slow to import, and seldom used
    import keyring.errors  # noqa: PLC0415 - as above

    try:
        keyring.set_password(service, user, value)
    except keyring.errors.KeyringError as error:
        raise InputError(
            Problem("secret.cannot-keep", {"where": f"keyring:{service}/{user}", "reason": str(error)})
        ) from None
    return True


def _write_private(path: Path, value: str) -> None:
    """Beside it first, then renamed over it: a token that was used up must not be lost with half a file."""
    beside = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{value}\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise InputError(
            Problem("secret.cannot-keep", {"where": f"file:{path.name}", "reason": error.strerror})
        ) from None


@dataclass(slots=True)
class Secrets:
    """Resolves references. `folder` is where relative file references start: the project file's."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    keyring: Callable[[str, str], str | None] = _keyring
    keep_in_keyring: Callable[[str, str, str], bool] = _into_keyring

    def __call__(self, text: str) -> str:
        """The text with its references replaced. Raises InputError for one that leads nowhere."""
        return REFERENCE.sub(lambda match: self._one(match[1], match[2]), text)

    def missing(self, text: str) -> str | None:
        """The first reference in the text that leads nowhere, as written; None where all resolve."""
        for match in REFERENCE.finditer(text):
            try:
                self._one(match[1], match[2])
            except InputError:
                return match[0]
        return None

    def keep(self, text: str, value: str) -> bool:
        """Put a new value where a reference points: into the file (0600) or the keyring. False where it points at a variable, or is none.

        Raises InputError where it can't be written there.
        """
        found = REFERENCE.fullmatch(text)
        if found is None or found[1] == "env":
            return False
        if found[1] == "file":
            _write_private(self.folder / found[2], value)
            return True
        service, _, user = found[2].rpartition("/")
        return self.keep_in_keyring(service, user, value)

    def _one(self, source: str, name: str) -> str:
        return {"env": self._env, "file": self._file, "keyring": self._ring}[source](name)

    def _env(self, name: str) -> str:
        value = self.environ.get(name)
        if not value:
            raise InputError(Problem("secret.unset-variable", {"name": name}))
        return value

    def _file(self, name: str) -> str:
        path = self.folder / name
        try:
            mode = path.stat().st_mode
            value = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise InputError(Problem("secret.no-file", {"path": name})) from None
        if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
            raise InputError(Problem("secret.world-readable", {"path": name}))
        if not value:
            raise InputError(Problem("secret.no-file", {"path": name}))
        return value

    def _ring(self, name: str) -> str:
        service, _, user = name.rpartition("/")
        value = self.keyring(service, user)
        if not value:
            raise InputError(Problem("secret.not-in-keyring", {"service": service, "user": user}))
        return value
