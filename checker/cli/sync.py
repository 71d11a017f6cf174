"""`readiness sync`: the configured sync in sandbox mode: plan, apply, status."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.cli.options import (
    CONTEXT,
    emit_json,
    format_option,
    language_option,
    load_named_project,
    progress,
    project_option,
    short_path,
)

if TYPE_CHECKING:
    from checker.cli.sync_text import Names
    from checker.model.sync import Plan
    from checker.project.load import LoadedProject
    from checker.sync.state import State


@click.group("sync", context_settings=CONTEXT)
def command() -> None:
    """The configured sync, in sandbox mode: what it would do, doing it, and what awaits a decision.

    \b
    Examples:
      readiness sync plan --out plan.json
      readiness sync apply plan.json
      readiness sync status
    """


@command.command("plan", context_settings=CONTEXT)
@project_option
@click.option("--flow", "flows", multiple=True, metavar="NAME", help="Only this flow; may be given several times.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Keep the plan as a file, to be read and applied."
)
@click.option("--all", "everything", is_flag=True, help="Show every write, not only some of each flow.")
@click.option("--again", is_flag=True, help="Also plan what a system refused before and nobody changed since.")
@format_option
@language_option
def plan(
    project_path: Path | None,
    flows: tuple[str, ...],
    out: Path | None,
    form: str,
    language: str | None,
    *,
    everything: bool,
    again: bool,
) -> None:
    """Show what the sync would write in both systems; nothing is written to either.

    The file of --out holds records' values, so it is readable for you only; what is shown here is masked.

    \b
    Examples:
      readiness sync plan
      readiness sync plan --flow contacts --out plan.json
    """
    from checker.cli.sync_text import masked_plan, plan_lines
    from checker.sync.files import write_plan
    from checker.sync.planning import plan_flows
    from checker.syncing import opened

    loaded = load_named_project(project_path)
    with progress() as say, opened(loaded, say) as both:
        if again:
            both.state.ask_again()
        say("reading both systems")
        made = plan_flows(both.ground, both.state, flows or None).plan
    if out is not None:
        write_plan(out, made)
    if form == "json":
        emit_json("sync plan", masked_plan(made))
        return
    language = language or loaded.project.language
    click.echo("\n".join(plan_lines(made, names(loaded), language, everything=everything)))
    if out is not None:
        click.echo(f"\n{short_path(out)}")


@command.command("apply", context_settings=CONTEXT)
@project_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Agree to what the plan writes; needed where nobody can be asked.")
@click.option(
    "--allow",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Let a change of up to N records pass the guard against mass changes.",
)
@format_option
@language_option
@click.pass_context
def apply(
    ctx: click.Context,
    project_path: Path | None,
    file: Path,
    form: str,
    language: str | None,
    allow: int,
    *,
    yes: bool,
) -> None:
    """Do what a plan says, in both sandboxes.

    Refused, with nothing written, where the plan was edited, where records, project, documents or addresses changed since it was made, where
    it changes more than the guard lets pass, and where a system is no sandbox. Exit 5 where something awaits a decision afterwards.

    \b
    Examples:
      readiness sync apply plan.json
      readiness sync apply plan.json --yes --allow 120      # in CI; up to 120 records at once are meant
    """
    from checker.cli.sync_text import applied_lines
    from checker.sync.files import read_plan
    from checker.syncing import apply_plan, opened

    loaded = load_named_project(project_path)
    language = language or loaded.project.language
    made = read_plan(file, project=loaded.project.project)
    agree(made, loaded, language, yes=yes)
    with progress() as say, opened(loaded, say) as both:
        applied = apply_plan(made, both, say, allow=allow)
    if form == "json":
        import msgspec

        emit_json("sync apply", msgspec.to_builtins(applied))
    else:
        click.echo("\n".join(applied_lines(applied, language)))
    ctx.exit(applied.exit_code)


@command.command("status", context_settings=CONTEXT)
@project_option
@format_option
@language_option
def status(project_path: Path | None, form: str, language: str | None) -> None:
    """What is linked, how the last run ended, and what awaits a decision. Asks neither system.

    \b
    Example: readiness sync status
    """
    from checker.syncing import remembered, state_path

    loaded = load_named_project(project_path)
    language = language or loaded.project.language
    if not state_path(loaded).exists():
        found: dict[str, Any] = {"links": {}, "last_run": None, "notices": {}, "pending": []}
        lines = iter([_texts(language)["never"]])
    else:
        state = remembered(loaded)
        try:
            found, lines = _facts(loaded, state), iter(list(_status_lines(loaded, state, language)))
        finally:
            state.close()
    if form == "json":
        emit_json("sync status", found)
    else:
        click.echo("\n".join(lines))


def agree(made: Plan, loaded: LoadedProject, language: str, *, yes: bool) -> None:
    """Have a person agree to what will be written. Raises RefusedError where nobody can be asked or somebody says no; a plan without writes needs nobody."""
    from checker.cli.sync_text import TEXTS, plan_lines
    from checker.errors import Problem, RefusedError

    count = sum(len(one.actions) for one in made.flows)
    if yes or not count:
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        for line in plan_lines(made, names(loaded), language):
            click.echo(line, err=True)
        systems = ", ".join(loaded.project.systems)
        click.echo("\n" + TEXTS[language]["written-to"].format(count=count, systems=systems), err=True)
        if click.confirm(TEXTS[language]["agree"], default=False, err=True):
            return
    raise RefusedError(Problem("sync.not-agreed", {"count": count}))


def names(loaded: LoadedProject) -> Names:
    """The systems of each flow's sides."""
    from checker.model.sync import Which
    from checker.project.types import Reference

    return {
        one.name: {Which.LEFT: Reference.parse(one.left).system, Which.RIGHT: Reference.parse(one.right).system}
        for one in loaded.project.flows
    }


def _texts(language: str) -> dict[str, str]:
    from checker.cli.sync_text import TEXTS

    return dict(TEXTS[language])


def _facts(loaded: LoadedProject, state: State) -> dict[str, Any]:
    from checker.cli.sync_text import counted

    last = state.last_run()
    return {
        "links": {one.name: len(state.links(one.name)) for one in loaded.project.flows},
        "last_run": None
        if last is None
        else {"started": last.started, "finished": last.finished, "counts": dict(last.counts)},
        "notices": counted(state.notices()),
        "pending": [one.action.id for one in state.pending()],
    }


def _status_lines(loaded: LoadedProject, state: State, language: str) -> Iterator[str]:
    from checker.cli.sync_text import TEXTS, notice_lines

    texts = TEXTS[language]
    found = _facts(loaded, state)
    yield f"{texts['links']}: " + ", ".join(f"{name} {count}" for name, count in found["links"].items())
    last = state.last_run()
    if last is None:
        yield f"{texts['last']}: {texts['never']}"
    else:
        done = texts["done"].format_map(last.counts) if last.finished else texts["broken"]
        yield f"{texts['last']}: {last.started}  {done}"
    if found["pending"]:
        yield f"{texts['pending']}: {', '.join(found['pending'])}"
    yield from notice_lines(state.notices(), texts)
