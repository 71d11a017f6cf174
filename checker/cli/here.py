"""`readiness` alone: where one is, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from checker import __version__
from checker.cli import failures
from checker.errors import InputError
from checker.probes.configured import missing_secret
from checker.project.load import LoadedProject, find_project, load_project
from checker.project.secrets import Secrets
from checker.store import Store

WELCOME = """There is no readiness.yaml here or above. Three ways to begin:

  readiness demo                               see a whole audit in a minute, nothing to prepare
  readiness inspect DOCUMENT                   what does this OpenAPI document offer?
  readiness init crm=crm.json erp=erp.yaml     start a project from two API documents
"""
MOST_SHOWN = 5


def show() -> None:
    """Print where one is, and the next command."""
    click.echo(f"readiness {__version__}: can these two systems be integrated, and who has to do what before?\n")
    path = find_project(Path.cwd())
    if path is None:
        click.echo(WELCOME)
        return
    try:
        loaded = load_project(path)
    except InputError as error:
        click.echo(f"{path} needs mending first:\n")
        for problem in error.problems[:MOST_SHOWN]:
            click.echo(f"  {failures.told(problem)}")
        return
    project = loaded.project
    click.echo(f"Project: {project.project}   ({path})")
    for name, system in project.systems.items():
        access = f"{system.base_url or 'no sandbox address yet'}, {'credentials configured' if system.auth else 'no credentials yet'}"
        click.echo(f"  {name}: {system.document or 'no document'}, {access}{', sandbox' if system.sandbox else ''}")
    click.echo(f"  flows: {', '.join(flow.name for flow in project.flows) or 'none yet'}")
    click.echo("\n" + "\n".join(_next(loaded)))


def _next(loaded: LoadedProject) -> Iterator[str]:
    """What was found last, and what to do now."""
    missing = Secrets(loaded.folder).missing
    unset = {name: missing_secret(system, missing) for name, system in loaded.project.systems.items()}
    for name, reference in unset.items():
        if reference is not None:
            yield f"Missing: {reference} for {name}; without it that system is not asked"
    last = _last(loaded)
    if last is None:
        yield "Next: `readiness audit`"
        return
    yield last
    yield "Next: `readiness report` shows it again, `readiness audit` looks anew"


def _last(loaded: LoadedProject) -> str | None:
    """The latest audit in a line; None where there is none that can be read."""
    from checker.reports import load_audit

    try:
        audit = load_audit(Store(loaded.folder).audit())
    except InputError:
        return None
    verdict = audit.verdict
    state = (
        "ready" if verdict.ready else f"{verdict.gates[verdict.gate]}, {len(verdict.blocking)} results stand in the way"
    )
    return f"Last audit: {audit.started}, {verdict.gate}: {state}"
