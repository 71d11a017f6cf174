"""What a finished audit leaves: the saved audit, the HTML report, and the text on the screen."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from checker import reports
from checker.model.audit import Audit
from checker.store import Store, write_whole

REPORT_NAME = "readiness-report.html"
NARROWEST, WIDEST = 80, 120  # columns
READABLE = 0o644  # the report is made to be sent
TELLS = {
    "en": ("Report", "The look is all that this version does: nothing was written to any system.", "Interrupted: what was found so far is saved; `readiness audit` starts again."),
    "de": ("Bericht", "Diese Version prüft nur lesend: In keinem System wurde etwas geschrieben.", "Unterbrochen: Das bisher Gefundene ist gespeichert; `readiness audit` beginnt neu."),
}  # fmt: skip


def write(audit: Audit, folder: Path, language: str, report_path: Path | None = None) -> Path:
    """Save the audit and write the HTML report; gives the report's path."""
    Store(folder).save_audit(reports.render(audit, "json", language).encode("utf-8"), audit.started)
    path = report_path or folder / REPORT_NAME
    write_whole(path, reports.render(audit, "html", language).encode("utf-8"), READABLE)
    return path


def tell(audit: Audit, form: str, language: str, report: Path) -> None:
    """Print the audit on stdout; then where the report is."""
    click.echo(on_screen(audit, language) if form == "terminal" else reports.render(audit, form, language), nl=False)
    label, ended, interrupted = TELLS[language]
    if form == "terminal":
        click.echo(f"\n{label}: {_short(report)}")
        click.echo(interrupted if audit.stopped else ended)
    elif sys.stderr.isatty():
        click.echo(f"{label}: {_short(report)}", err=True)


def on_screen(audit: Audit, language: str) -> str:
    """The audit as text: as wide as the terminal and in colour on one, plain and 100 columns wide in a pipe."""
    from checker.reports import terminal

    if not sys.stdout.isatty():
        return terminal.render(audit, language)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
    return terminal.render(audit, language, width=width, colour=colour)


def _short(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
