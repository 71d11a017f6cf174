"""What a finished audit leaves: the saved audit, the HTML report, and the text on the screen."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path

import click

from checker import reports
from checker.cli.options import short_path
from checker.errors import InputError, Problem
from checker.model.audit import Audit
from checker.model.text import json_safe
from checker.store import Store, write_whole

REPORT_NAME = "readiness-report.html"
NARROWEST, WIDEST = 80, 120  # columns
READABLE = 0o644  # the report is made to be sent
TELLS = {
    "en": ("Report", "The look is all that this version does: nothing was written to any system.", "Interrupted: what was found so far is saved; `readiness audit` starts again."),
    "de": ("Bericht", "Diese Version prüft nur lesend: In keinem System wurde etwas geschrieben.", "Unterbrochen: Das bisher Gefundene ist gespeichert; `readiness audit` beginnt neu."),
}  # fmt: skip


def prepare(folder: Path, report_path: Path | None = None) -> None:
    """Look whether audit and report will find their places, before a long audit and not after it. Raises InputError."""
    path = report_path or folder / REPORT_NAME
    if path.exists() and not path.is_file():
        raise InputError(Problem("files.not-a-file", {"path": path}))
    if not os.access(path.parent, os.W_OK | os.X_OK):
        reason = os.strerror(errno.EACCES if path.parent.is_dir() else errno.ENOENT)
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": reason}))
    Store(folder).ready()


def write(audit: Audit, folder: Path, language: str, report_path: Path | None = None) -> Path:
    """Save the audit and write the HTML report; gives the report's path."""
    Store(folder).save_audit(as_bytes(audit, "json", language), audit.started)
    path = report_path or folder / REPORT_NAME
    write_whole(path, as_bytes(audit, "html", language), READABLE)
    return path


def tell(audit: Audit, form: str, language: str, report: Path) -> None:
    """Print the audit on stdout; then where the report is."""
    click.echo(on_screen(audit, language) if form == "terminal" else as_bytes(audit, form, language), nl=False)
    label, ended, interrupted = TELLS[language]
    if form == "terminal":
        click.echo(f"\n{label}: {short_path(report)}")
        click.echo(interrupted if audit.stopped else ended)
    elif sys.stderr.isatty():
        click.echo(f"{label}: {short_path(report)}", err=True)


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
