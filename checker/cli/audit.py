"""`readiness audit`: the main job."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from checker.cli.options import CONTEXT, language_option, load_named_project, progress, project_option


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
@click.option("--look", "look_only", is_flag=True, help="Read only: write nothing, and don't ask to.")
@click.option("--no-rehearse", is_flag=True, help="Try writes in the sandboxes, but don't play the sync through.")
@click.option("--yes", is_flag=True, help="Agree to what will be written; needed where there is no terminal to ask on.")
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the last audit, which was interrupted; what it had settled isn't asked again.",
)
@click.option("--max-requests", type=click.IntRange(min=1), help="At most so many requests to each system.")
@click.option("--only", multiple=True, metavar="PATTERN", help="Ask only this: pagination.*, crm, crm/contacts.")
@click.option("--skip", multiple=True, metavar="PATTERN", help="Don't ask this; may be given several times.")
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
    no_rehearse: bool,
    yes: bool,
    resume: bool,
    max_requests: int | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
) -> None:
    """Check both systems and write the report: who has to do what before they can be connected.

    Looks: reads both documents, and both sandboxes with credentials from the environment. Then touches, in systems that are marked
    `sandbox: true`: shows what it would write and, agreed to, tries writes with test records, plays the sync through, and removes
    everything again. Judges the checklist and recommends a sync mode. Without agreement it looks, and says what it left out.

    \b
    Examples:
      readiness audit
      readiness audit --look                                            # read only
      readiness audit --yes --gate build --format json > audit.json     # in CI: exit 0 ready, 1 not ready, 3 undecided
      readiness audit --offline --language de
      readiness audit --resume                                          # after Ctrl-C: what was settled isn't asked again
    """
    from checker.audit import Options, audit
    from checker.cli.consent import consent
    from checker.cli.selecting import capped, last_audit, selection
    from checker.cli.written import leave, prepare
    from checker.patience import kept_back
    from checker.trial import Wish

    if resume and offline:
        raise click.UsageError("--resume goes on asking the systems, and --offline asks none.")
    loaded = capped(load_named_project(project_path), max_requests)
    selected, earlier = selection(loaded, only, skip), last_audit(loaded) if resume else None
    prepare(loaded.folder, report_path)
    language = language or loaded.project.language
    with kept_back():
        with progress() as say:
            agree = partial(consent, language=language, yes=yes, pause=say.clear)
            wish = Wish(touch=not look_only, rehearse=not no_rehearse, agree=agree)
            options = Options(
                gate=gate or loaded.project.gate,
                fail_on=fail_on,
                offline=offline,
                wish=wish,
                selection=selected,
                resume=earlier,
            )
            made = audit(loaded, options, say)
        code = leave(made, loaded.folder, form, language, report_path, asked=yes)
    ctx.exit(code)
