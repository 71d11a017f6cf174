"""Peers that live in an environment of their own: what they need must not touch what this project is tested with."""

from __future__ import annotations

import os
import subprocess
import tempfile
import venv
from pathlib import Path


def peer(package: str) -> str | None:
    """The Python of an environment that has the package; None, with a word, where there is none and none can be made.

    READINESS_PEER_<PACKAGE> names the Python of an existing one; else it is made on first use, in the machine's folder for temporary files.
    """
    told = os.environ.get(f"READINESS_PEER_{package.upper()}")
    if told:
        return told
    folder = Path(tempfile.gettempdir()) / f"readiness-peer-{package}"
    found = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        got = subprocess.run(
            [found, "-m", "pip", "install", "--quiet", package], check=False, capture_output=True, text=True
        )
        if got.returncode:
            print(f"{package}: skipped, it can't be installed: {got.stderr.strip().splitlines()[-1:]}")
            return None
        ready.touch()
    return str(found)
