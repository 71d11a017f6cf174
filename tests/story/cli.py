"""The command line as tests call it: in this process, with what it prints and how it ends."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from checker.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a run ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


class Readiness:
    """`readiness WORD …`."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Ended:
        """Run to the end."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        captured = self._capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, captured.out, captured.err)
