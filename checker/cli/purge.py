"""`readiness purge`: remove all that is stored for a project."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.options import CONTEXT, emit_json, format_option, language_option, load_named_project, project_option

if TYPE_CHECKING:
    from checker.purge import Holding

TELLS = {
    "en": {
        "nothing": "Nothing is stored for this project.",
        "head": "Stored in .readiness/:",
        "line": "  {name}: {kind} (files: {files}, {size} kB)",
        "audits": "saved audits, masked",
        "events": "events that came, masked, and the receiver's addresses",
        "verdicts": "what the validator said of the API documents",
        "journal": "what was written where, with values as they were before",
        "records": "records as `readiness data` read them, unmasked",
        "requests": "how many requests each system was sent today",
        "sync": "links between both systems' records and their values as of the last sync, unmasked",
        "other": "nothing that this version knows",
        "kept": "Nothing was removed (--dry-run).",
        "gone": "Removed. Reports that were written elsewhere, and tokens where `login` put them, stay.",
        "question": "Remove all of it?",
    },
    "de": {
        "nothing": "Für dieses Projekt ist nichts gespeichert.",
        "head": "In .readiness/ gespeichert:",
        "line": "  {name}: {kind} (Dateien: {files}, {size} kB)",
        "audits": "gespeicherte Prüfungen, maskiert",
        "events": "eingegangene Änderungsmeldungen, maskiert, und die Adressen des Empfängers",
        "verdicts": "das Urteil des Prüfprogramms über die API-Dokumente",
        "journal": "was wo geschrieben wurde, mit den Werten davor",
        "records": "Datensätze, wie `readiness data` sie gelesen hat, unmaskiert",
        "requests": "wie viele Anfragen jedes System heute bekam",
        "sync": "Verknüpfungen der Datensätze beider Systeme und ihre Werte beim letzten Abgleich, unmaskiert",
        "other": "nichts, was diese Version kennt",
        "kept": "Nichts wurde entfernt (--dry-run).",
        "gone": "Entfernt. Berichte, die anderswo liegen, und Token am Ort, an den `login` sie schrieb, bleiben.",
        "question": "Alles entfernen?",
    },
}  # fmt: skip


@click.command("purge", context_settings=CONTEXT)
@project_option
@click.option("--dry-run", is_flag=True, help="Show what is stored; remove nothing.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option(
    "--force",
    is_flag=True,
    help="Also where test records of ours are left in a system: nobody can clean them up by the journal then.",
)
@format_option
@language_option
def command(
    project_path: Path | None, form: str, language: str | None, *, dry_run: bool, yes: bool, force: bool
) -> None:
    """Remove all that is stored for this project: saved audits, journal, links and bases of the sync, events, records.

    Project file, answers, and reports that were written elsewhere stay. Nothing is removed from any system: that is `readiness cleanup`,
    which comes first. Exit 4: not agreed, or the journal is still needed.

    \b
    Examples:
      readiness purge --dry-run
      readiness cleanup && readiness purge --yes
    """
    from checker.purge import holdings, purge

    loaded = load_named_project(project_path)
    found, texts = holdings(loaded), TELLS[language or loaded.project.language]
    if form == "text" and found:
        click.echo("\n".join(_lines(found, texts)))
    if found and not dry_run:
        _agreed(texts, yes=yes)
        purge(loaded, force=force)
    if form == "json":
        emit_json("purge", as_json(found, removed=bool(found) and not dry_run))
    else:
        click.echo(texts["nothing"] if not found else texts["kept"] if dry_run else texts["gone"])


def as_json(found: Sequence[Holding], *, removed: bool) -> dict[str, object]:
    """For programs: what is or was stored, and whether it was removed."""
    stored = [{"name": one.name, "kind": one.kind, "files": one.files, "bytes": one.bytes} for one in found]
    return {"stored": stored, "removed": removed}


def _lines(found: Sequence[Holding], texts: dict[str, str]) -> Iterator[str]:
    from checker.model.text import safe

    yield texts["head"]
    for one in found:
        size = -(-one.bytes // 1000)
        yield texts["line"].format(name=safe(one.name), kind=texts[one.kind], files=one.files, size=size)


def _agreed(texts: dict[str, str], *, yes: bool) -> None:
    """Raises RefusedError where nobody agreed."""
    from checker.errors import Problem, RefusedError

    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError(Problem("purge.nobody-asked"))
    if not click.confirm(texts["question"], err=True):
        raise RefusedError(Problem("purge.declined"))
