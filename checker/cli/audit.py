"""`readiness audit`: the main job."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from checker.cli.options import CONTEXT, language_option, load_named_project, progress, project_option

INTERRUPTED = 130


@click.command("audit", context_settings=CONTEXT)
@project_option
@click.option(
    "--gate",
    type=click.Choice(["start", "build", "go-live"]),
    help="The gate whose verdict is asked; default: the project's.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["blocker", "major", "minor"]),
    help="From which severity on an item counts; default: by gate.",
)
@click.option("--offline", is_flag=True, help="Read documents and project only; talk to no system.")
@click.option("--look", "look_only", is_flag=True, help="Read only. (This version always ends there.)")
@click.option(
    "--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", help="What is printed on stdout."
)
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the HTML report goes; default: readiness-report.html beside the project file.",
)
@language_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    project_path: Path | None,
    gate: str | None,
    fail_on: str | None,
    form: str,
    report_path: Path | None,
    language: str | None,
    offline: bool,
    look_only: bool,
) -> None:
    """Check both systems and write the report: who has to do what before they can be connected.

    Reads both documents, tries both sandboxes (reading only, with credentials from the environment), judges the checklist, recommends a
    sync mode. Nothing is written to any system.

    \b
    Examples:
      readiness audit
      readiness audit --gate build --format json > audit.json     # in CI: exit 0 ready, 1 not ready, 3 undecided
      readiness audit --offline --language de
    """
    from checker.audit import Options, audit
    from checker.cli.written import prepare, tell, write
    from checker.patience import undisturbed

    del look_only
    loaded = load_named_project(project_path)
    prepare(loaded.folder, report_path)
    options = Options(gate=gate or loaded.project.gate, fail_on=fail_on, offline=offline)
    with progress() as say:
        made = audit(loaded, options, say)
    language = language or loaded.project.language
    where, late = undisturbed(partial(write, made.audit, loaded.folder, language, report_path))
    tell(made.audit, form, language, where)
    ctx.exit(INTERRUPTED if made.interrupted or late else made.exit_code)
