"""`readiness` alone: where one is, and what comes next."""

from __future__ import annotations

from pathlib import Path

import click

from checker import __version__
from checker.cli import failures
from checker.errors import InputError
from checker.project.load import find_project, load_project

WELCOME = """There is no readiness.yaml here or above. Three ways to begin:

  readiness demo                               see a whole audit in a minute, nothing to prepare
  readiness inspect DOCUMENT                   what does this OpenAPI document offer?
  readiness init crm=crm.json erp=erp.yaml     start a project from two API documents
"""


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
        for problem in error.problems[:5]:
            click.echo(f"  {failures.told(problem)}")
        return
    project = loaded.project
    click.echo(f"Project: {project.project}   ({path})")
    for name, system in project.systems.items():
        access = f"{system.base_url or 'no sandbox address yet'}, {'credentials configured' if system.auth else 'no credentials yet'}"
        click.echo(f"  {name}: {system.document or 'no document'}, {access}{', sandbox' if system.sandbox else ''}")
    click.echo(f"  flows: {', '.join(flow.name for flow in project.flows) or 'none yet'}")
    latest = path.parent / ".readiness" / "audits" / "latest.json"
    if latest.is_file():
        click.echo("\nNext: `readiness report` shows the last audit again, `readiness audit` makes a new one.")
    else:
        click.echo("\nNext: `readiness audit`")
