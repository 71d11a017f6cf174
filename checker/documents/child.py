"""A bounded child process: one of our modules, a JSON text in, a JSON text out, within time and memory.

The child starts in isolated mode with almost no environment, so that nothing in the current folder or in variables can change what it runs.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

MAX_MEMORY = 2 * 1024 * 1024 * 1024  # bytes of address space, where the platform can limit it
RECURSION = 3_000  # frames; the libraries recurse once or more per level of a document
KEPT = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "PATH", "LD_LIBRARY_PATH")
START = "import sys; sys.path.insert(0, sys.argv[1]); from importlib import import_module; import_module(sys.argv[2]).main()"


class ChildError(Exception):
    """The child did not answer; the text says why."""


def run(module: str, given: bytes, timeout: float) -> bytes:
    """What `module.main()` writes to stdout when `given` is its stdin. Raises ChildError after `timeout` seconds or when it fails."""
    home = str(Path(__file__).resolve().parents[2])
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONUTF8": "1"}
    command = [sys.executable, "-I", "-c", START, home, module]
    try:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
    except OSError as error:
        raise ChildError(f"could not be started: {error.strerror}") from None
    with child:
        # Whoever waits here may be a thread that the program's end leaves behind; its child must not go on alone.
        atexit.register(child.kill)
        try:
            answer, told = child.communicate(given, timeout)
        except subprocess.TimeoutExpired:
            raise ChildError(f"did not end within {timeout:g} s") from None
        finally:
            child.kill()
            atexit.unregister(child.kill)
    if child.returncode != 0:
        last = told.decode(errors="replace").strip().rpartition("\n")[2]
        raise ChildError(f"failed: {last.partition(':')[0] or f'exit code {child.returncode}'}")
    return answer


def confine() -> None:
    """Called by the child: bound its memory, where the platform knows how."""
    sys.setrecursionlimit(RECURSION)
    resource = _resource()
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(MAX_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _resource() -> ModuleType | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource
