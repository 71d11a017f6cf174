"""`readiness report`: a saved audit again, in another format or language."""

from __future__ import annotations

from pathlib import Path

import click

from checker.cli.options import CONTEXT, language_option, project_option


@click.command("report", context_settings=CONTEXT)
@click.argument("audit", required=False)
@project_option
@click.option(
    "--format", "form", type=click.Choice(["terminal", "html", "json"]), default="terminal", help="How it is rendered."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of stdout."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a saved audit, and nothing else.")
@language_option
def command(
    audit: str | None, project_path: Path | None, form: str, output: Path | None, language: str | None, *, schema: bool
) -> None:
    """Render a saved audit again. No system is asked, and no document is read: the audit holds all texts in both languages.

    AUDIT is the name of a saved audit or a file; default: the latest.

    \b
    Examples:
      readiness report
      readiness report --format html --language de -o bericht.html
      readiness report 20261124T013000Z --format json
    """
    from checker import reports
    from checker.cli.written import READABLE, as_bytes, on_screen
    from checker.data_files import data_folder
    from checker.store import write_whole

    if schema:
        click.echo((data_folder("reports") / "audit.schema.json").read_text("utf-8"), nl=False)
        return
    loaded = reports.load_audit(_saved(audit, project_path))
    language = language or loaded.language
    if output is None:
        click.echo(on_screen(loaded, language) if form == "terminal" else as_bytes(loaded, form, language), nl=False)
    else:
        write_whole(output, reports.render(loaded, form, language).encode("utf-8"), READABLE)
        click.echo(f"written: {output}", err=True)


def _saved(audit: str | None, project_path: Path | None) -> bytes:
    from checker.errors import InputError, Problem
    from checker.project.load import find_project
    from checker.store import Store

    if audit is not None and Path(audit).is_file():
        return Path(audit).read_bytes()
    found = project_path or find_project(Path.cwd())
    if found is None:
        raise InputError(Problem("project.none"))
    return Store(found if found.is_dir() else found.parent).audit(audit)
