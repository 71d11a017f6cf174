"""What commands share: the project option, the two formats of a result, progress on a terminal."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from checker.errors import InputError, Problem
from checker.model.text import json_safe, safe

if TYPE_CHECKING:
    from checker.project.load import LoadedProject

Command = TypeVar("Command", bound=Callable[..., Any])
CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

project_option = click.option(
    "--project",
    "project_path",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The project file; default: the nearest readiness.yaml upward.",
)
format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How the result is printed."
)
language_option = click.option(
    "--language", type=click.Choice(["en", "de"]), help="Language of the texts; default: the project's, else English."
)


def load_named_project(path: Path | None) -> LoadedProject:
    """The project of `--project`, or the nearest upward. Raises InputError where there is none, or where it is wrong."""
    from checker.project.load import FILE_NAME, find_project, load_project

    if path is not None and path.is_dir():
        path /= FILE_NAME
    found = path or find_project(Path.cwd())
    if found is None:
        raise InputError(Problem("project.none"))
    loaded = load_project(found.resolve(), shown_as=short_path(found))
    if loaded.not_yet:
        keys = ", ".join(map(safe, loaded.not_yet))
        click.echo(f"note: read and checked, but not acted upon by this version yet: {keys}", err=True)
    return loaded


@contextmanager
def collector_paused() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: it would go through the millions of values of a large document again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def short_path(path: Path) -> str:
    """A path relative to where one is, where it is below; else as it was named."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def emit_json(command: str, result: object, problems: Sequence[object] = ()) -> None:
    """The result in the one shape of `--format json` (design.md, Contracts). `problems`: what stood in the way of the rest, in its own shape."""
    made = {"schema_version": 1, "command": command, "result": result, "problems": [*problems]}
    # As bytes: JSON is UTF-8 whatever the terminal speaks (RFC 8259, 8.1)
    click.echo(json_safe(json.dumps(made, indent=2, ensure_ascii=False, default=str)).encode())


class Progress:
    """What is going on, on stderr: one line that is rewritten on a terminal, silence in a pipe."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._lock = threading.Lock()
        self._last = 0.0

    def __call__(self, text: str) -> None:
        """Say what is going on now; at most ten times a second."""
        if not self._shown:
            return
        with self._lock:
            now = time.monotonic()
            if now - self._last >= 0.1:  # noqa: PLR2004 - ten times a second is as fast as one reads
                self._last = now
                sys.stderr.write("\r\x1b[K" + safe(text, 76))
                sys.stderr.flush()

    def clear(self) -> None:
        """Clear the line, for something else to be shown."""
        if self._shown:
            with self._lock:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

    def end(self) -> None:
        """Clear the line for good: a thread that is left behind has nothing to say any more."""
        self.clear()
        self._shown = False


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress line that is gone when the work is done."""
    line = Progress()
    try:
        yield line
    finally:
        line.end()
