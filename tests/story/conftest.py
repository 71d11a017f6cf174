"""Fixtures of the stories: the command line, and one demonstration that many tests look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.cli.main import main
from tests.story.cli import Readiness


@pytest.fixture
def readiness(capsys: pytest.CaptureFixture[str]) -> Readiness:
    """The command line."""
    return Readiness(capsys)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one `readiness demo` wrote."""
    folder = tmp_path_factory.mktemp("demo") / "readiness-demo"
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--folder", str(folder)])
    assert not ended.value.code
    return folder


@pytest.fixture(scope="session")
def demo_audit(demo_folder: Path) -> dict[str, Any]:
    """The audit that the demonstration saved."""
    return json.loads((demo_folder / ".readiness" / "audits" / "latest.json").read_text("utf-8"))
