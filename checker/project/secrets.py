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


@dataclass(slots=True)
class Secrets:
    """Resolves references. `folder` is where relative file references start: the project file's."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    keyring: Callable[[str, str], str | None] = _keyring

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
