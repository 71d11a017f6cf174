"""`readiness rehearse`: the scripted series of syncs alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

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

INTERRUPTED = 130


@click.command("rehearse", context_settings=CONTEXT)
@project_option
@click.option("--yes", is_flag=True, help="Agree to what will be written; needed where there is no terminal to ask on.")
@format_option
@language_option
@click.pass_context
def command(ctx: click.Context, *, project_path: Path | None, yes: bool, form: str, language: str | None) -> None:
    """Play the configured sync through with test records in both sandboxes, and remove them again.

    First load, second run, changes on one side and on both, a refused value, an outage, a delete. Exit 0 where all went as it should, 1
    where something did not, 3 where something could not be settled, 4 without leave to write, 5 where test records are left.

    \b
    Examples:
      readiness rehearse
      readiness rehearse --yes --format json > rehearsal.json     # in CI
    """
    import msgspec

    from checker.cli.consent import consent
    from checker.cli.written import on_screen
    from checker.patience import kept_back
    from checker.playing import play

    loaded = load_named_project(project_path)
    language = language or loaded.project.language
    with kept_back(), progress() as say:
        played = play(loaded, partial(consent, language=language, yes=yes), say)
    if form == "json":
        told = msgspec.to_builtins(played.audit, order="deterministic")
        emit_json("rehearse", {name: told[name] for name in ("rehearsal", "findings", "evidence")})
    else:
        click.echo(on_screen(played.audit, language, only_rehearsal=True), nl=False)
    ctx.exit(INTERRUPTED if played.interrupted else played.exit_code)
