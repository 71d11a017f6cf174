"""`readiness cleanup`: remove what probes and rehearsals left behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.options import (
    CONTEXT,
    emit_json,
    format_option,
    language_option,
    load_named_project,
    progress,
    project_option,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checker.cleanup import Cleaned

AWAITS = 5
REFUSED = 4
TELLS = {
    "en": {
        "nothing": "Nothing to remove: no test record of ours is left, as far as the journal knows.",
        "removed": "{removed} test records removed.",
        "left": "Left: {system} {resource} {record} (mark {mark}): {why}[[, status {status}]]",
        "unknown": "End unknown, check by hand: {operation} {resource} {record} in {system}, {at}",
        "next": "Have the system's owner remove what is left, then run `readiness cleanup` again: it looks whether it is gone.",
    },
    "de": {
        "nothing": "Nichts zu entfernen: Laut Journal ist kein Testdatensatz von uns mehr vorhanden.",
        "removed": "{removed} Testdatensätze entfernt.",
        "left": "Übrig: {system} {resource} {record} (Kennung {mark}): {why}[[, Status {status}]]",
        "unknown": "Ausgang unbekannt, bitte von Hand prüfen: {operation} {resource} {record} in {system}, {at}",
        "next": "Lassen Sie die Systembetreuung entfernen, was übrig ist, und führen Sie `readiness cleanup` erneut aus: Es prüft, ob es weg ist.",
    },
}  # fmt: skip


@click.command("cleanup", context_settings=CONTEXT)
@project_option
@format_option
@language_option
@click.pass_context
def command(ctx: click.Context, project_path: Path | None, form: str, language: str | None) -> None:
    """Remove test records that an audit or a rehearsal left behind, because it was killed or a system refused.

    Only records that stand in this project's journal and carry our mark are deleted. Exit 0: nothing is left; 5: something is, and is
    listed; 4: the permit to write is missing.

    \b
    Examples:
      readiness cleanup
      readiness cleanup --format json
    """
    import os

    from checker.cleanup import cleanup
    from checker.cli import failures
    from checker.errors import RefusedError

    loaded = load_named_project(project_path)
    with progress() as say:
        done = cleanup(loaded, os.environ, say)
    if form == "json":
        emit_json("cleanup", as_json(done), [failures.as_json(one) for one in done.refused])
    else:
        click.echo("\n".join(lines(done, language or loaded.project.language)))
    if done.refused:
        ctx.exit(failures.report(RefusedError(*done.refused), []))  # the JSON has told it already
    ctx.exit(0 if done.clean else AWAITS)


def as_json(done: Cleaned) -> dict[str, object]:
    """For programs."""
    from dataclasses import asdict

    return {
        "removed": done.removed,
        "left": [asdict(one) for one in done.left],
        "unknown": [
            {"number": one.number, "system": one.system, "resource": one.resource, "operation": one.operation, "record": one.record, "at": one.at}
            for one in done.unknown
        ],
    }  # fmt: skip


def lines(done: Cleaned, language: str) -> Iterator[str]:
    """For people."""
    from dataclasses import asdict

    from checker.catalogue.words import localised
    from checker.model.text import fill

    texts = TELLS[language]
    if not done.removed and done.clean and not done.refused:
        yield texts["nothing"]
        return
    yield texts["removed"].format(removed=done.removed)
    for one in done.left:
        values = localised({**asdict(one), "reason": one.why}, language)
        yield fill(texts["left"], {**values, "why": values["reason"]}, language)
    for it in done.unknown:
        values = {
            "operation": it.operation,
            "resource": it.resource,
            "record": it.record,
            "system": it.system,
            "at": it.at,
        }
        yield fill(texts["unknown"], values, language)  # fmt: skip
    if not done.clean:
        yield texts["next"]
