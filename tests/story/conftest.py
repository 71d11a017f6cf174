"""Fixtures of the stories: the command line, and one demonstration that many tests look at."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checker.cli.main import main
from checker.store import Store
from tests.story.cli import Readiness

OFTEN = 100_000  # requests, more than a day's share


@pytest.fixture
def readiness(capsys: pytest.CaptureFixture[str]) -> Readiness:
    """The command line."""
    return Readiness(capsys)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that one `readiness demo` wrote, and what it printed: README shows it, other tests look into it.

    It was run there often today: its systems are new ones each time, so that nobody's share of a day is used up. Mutant: counts that stay.
    """
    folder = tmp_path_factory.mktemp("demo") / "readiness-demo"
    folder.mkdir()
    for system in ("crm", "erp"):
        Store(folder).requests_file(system, datetime.now(UTC).date()).write_bytes(b"." * OFTEN)
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with pytest.raises(SystemExit) as ended, contextlib.redirect_stdout(out):
        main(["demo", "--folder", str(folder)])
    assert not ended.value.code
    return folder, out.buffer.getvalue().decode("utf-8")


@pytest.fixture(scope="session")
def demo_folder(demonstration: tuple[Path, str]) -> Path:
    """The folder that the demonstration wrote."""
    return demonstration[0]


@pytest.fixture(scope="session")
def demo_audit(demo_folder: Path) -> dict[str, Any]:
    """The audit that the demonstration saved."""
    return json.loads((demo_folder / ".readiness" / "audits" / "latest.json").read_text("utf-8"))
