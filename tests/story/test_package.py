"""The package: what is built is whole, and works where no repository is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_checklists_and_reports_travel_inside_the_wheel(wheel: Path) -> None:
    """The data that stand at the top of the repository are in the package."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wheel.name.startswith("readiness_checker-")
    for file in (ROOT / "checklists").glob("*.yaml"):
        assert f"checker/_data/checklists/{file.name}" in names
    for file in (ROOT / "reports").iterdir():
        if file.is_file():
            assert f"checker/_data/reports/{file.name}" in names


@pytest.mark.slow
def test_the_installed_package_runs_the_demo_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    """In a fresh environment, with the pinned dependencies, `readiness demo` writes its report."""
    environment = tmp_path / "fresh"
    venv.create(environment, with_pip=True)
    pinned = tmp_path / "constraints.txt"
    pinned.write_text(
        "\n".join(
            re.findall(r"^[A-Za-z0-9_.-]+==[^ \\]+", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
        ),
        "utf-8",
    )
    python = environment / BIN / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--constraint", pinned, wheel],
        check=True,
        cwd=tmp_path,
        capture_output=True,
    )
    program = environment / BIN / "readiness"
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(
        [program, "demo"], cwd=tmp_path, env=clean, check=False, capture_output=True, text=True, encoding="utf-8"
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "readiness-demo" / "readiness-report.html").is_file()
    where = subprocess.run(
        [python, "-c", "import checker; print(checker.__file__)"],
        cwd=tmp_path,
        env=clean,
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(ROOT) not in where.stdout


def test_dependencies_are_pinned_with_hashes_and_without_addresses() -> None:
    """Every line of the lock file has a version and hashes; no index is named."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9_.-]+==)", text)[1:]
    assert len(blocks) > 30
    assert all("--hash=sha256:" in block for block in blocks)
