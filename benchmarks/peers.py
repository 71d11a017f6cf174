"""Peers that live in an environment of their own: what they need must not touch what this project is tested with."""

from __future__ import annotations

import os
import subprocess
import venv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "build" / "peers"  # `make clean` removes it
VERSION = "import sys, importlib.metadata as found; print(found.version(sys.argv[1]))"


@cache
def peer(package: str) -> str | None:
    """The Python of an environment that has the package; None, with a word, where there is none and none can be made.

    READINESS_PEER_<PACKAGE> names the Python of an existing one; else it is made on first use.
    """
    python = os.environ.get(f"READINESS_PEER_{package.upper()}") or _made(package)
    if python is not None:
        got = subprocess.run([python, "-c", VERSION, package], check=True, capture_output=True, text=True)
        print(f"peer: {package} {got.stdout.strip()}")
    return python


def _made(package: str) -> str | None:
    folder = FOLDER / package
    python, ready = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), folder / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        got = subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=False, capture_output=True)
        if got.returncode:
            print(f"peer: {package} is skipped, for it can't be installed here")
            return None
        ready.touch()
    return str(python)
