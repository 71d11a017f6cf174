"""What a finished audit leaves: the saved audit, the HTML report, and the text on the screen."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from checker import reports
from checker.audit import Audited
from checker.cli.options import short_path
from checker.errors import InputError, Problem
from checker.model.audit import Audit
from checker.model.text import json_safe
from checker.patience import undisturbed
from checker.store import Store, write_whole

REPORT_NAME = "readiness-report.html"
NARROWEST, WIDEST = 80, 120  # columns
READABLE = 0o644  # the report is made to be sent
TELLS = {
    "en": {
        "report": "Report",
        "look": "Nothing was written to any system.",
        "touch": "What was written was removed again.",
        "left": "{count} test records could not be removed; `readiness cleanup` tries again and lists them.",
        "interrupted": "Interrupted: what was found so far is saved; `readiness audit --resume` goes on from there.",
    },
    "de": {
        "report": "Bericht",
        "look": "In keinem System wurde etwas geschrieben.",
        "touch": "Was geschrieben wurde, ist wieder entfernt.",
        "left": "{count} Testdatensätze ließen sich nicht entfernen; `readiness cleanup` versucht es noch einmal und listet sie auf.",
        "interrupted": "Unterbrochen: Das bisher Gefundene ist gespeichert; `readiness audit --resume` macht dort weiter.",
    },
}  # fmt: skip
INTERRUPTED, REFUSED, NOT_READY, AWAITS = 130, 4, 1, 5
LONGEST_WRITING_S = 30.0  # how long a Ctrl-C waits for audit and report, a second of work on an idle machine: what was found is in them alone


def prepare(folder: Path, report_path: Path | None = None) -> None:
    """Look whether audit and report will find their places, before a long audit and not after it. Raises InputError."""
    path = report_path or folder / REPORT_NAME
    if path.exists() and not path.is_file():
        raise InputError(Problem("files.not-a-file", {"path": path}))
    if not os.access(path.parent, os.W_OK | os.X_OK):
        reason = os.strerror(errno.EACCES if path.parent.is_dir() else errno.ENOENT)
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": reason}))
    Store(folder).ready()


def leave(made: Audited, folder: Path, form: str, language: str, report_path: Path | None, *, asked: bool) -> int:
    """Write audit and report, tell them, and give the exit code: 130 also where Ctrl-C came while they were written."""
    where, late = undisturbed(partial(write, made.audit, folder, language, report_path), LONGEST_WRITING_S)
    tell(made, form, language, where)
    return INTERRUPTED if late else outcome(made, asked=asked)


def write(audit: Audit, folder: Path, language: str, report_path: Path | None = None) -> Path:
    """Save the audit and write the HTML report; gives the report's path."""
    Store(folder).save_audit(as_bytes(audit, "json", language), audit.started)
    path = report_path or folder / REPORT_NAME
    write_whole(path, as_bytes(audit, "html", language), READABLE)
    return path


def tell(made: Audited, form: str, language: str, report: Path) -> None:
    """Print the audit on stdout; then where the report is, what was written and what is left."""
    audit, texts = made.audit, TELLS[language]
    click.echo(on_screen(audit, language) if form == "terminal" else as_bytes(audit, form, language), nl=False)
    to_stderr = form != "terminal"
    if not to_stderr:
        click.echo()
    if not to_stderr or sys.stderr.isatty():
        click.echo(f"{texts['report']}: {short_path(report)}", err=to_stderr)
    for line in ending(made, language):
        click.echo(line, err=to_stderr)


def ending(made: Audited, language: str) -> Iterator[str]:
    """What was written, and what came of it, in a few lines."""
    from checker.catalogue import explain_problem

    texts = TELLS[language]
    for one in made.refused:
        message, hint = explain_problem(one, language)
        yield f"{message}" + (f"\n  → {hint}" if hint else "")
    if made.left:
        yield texts["left"].format(count=len(made.left))
    else:
        yield texts["touch" if "touch" in made.audit.phases else "look"]
    if made.audit.stopped:
        yield texts["interrupted"]


def outcome(made: Audited, *, asked: bool) -> int:
    """The exit code: 130, 4 (writing was asked for and nothing could be), 1, 5 (test records are left), else the verdict's."""
    if made.interrupted:
        return INTERRUPTED
    if asked and made.refused and "touch" not in made.audit.phases:
        return REFUSED
    return AWAITS if made.left and made.exit_code != NOT_READY else made.exit_code


def as_bytes(audit: Audit, form: str, language: str) -> bytes:
    """The audit in a format for programs: UTF-8 whatever the terminal speaks."""
    text = reports.render(audit, form, language)
    return (json_safe(text) if form == "json" else text).encode("utf-8")


def on_screen(audit: Audit, language: str, *, only_rehearsal: bool = False) -> str:
    """The audit as text: as wide as the terminal and in colour on one, plain and 100 columns wide in a pipe."""
    from checker.reports import terminal

    if not sys.stdout.isatty():
        return terminal.render(audit, language, only_rehearsal=only_rehearsal)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
    return terminal.render(audit, language, width=width, colour=colour, only_rehearsal=only_rehearsal)
