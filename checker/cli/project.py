"""`readiness project schema`: the project file's JSON Schema, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from checker.cli.options import CONTEXT, emit_json, format_option, load_named_project, project_option


@click.group("project", context_settings=CONTEXT)
def command() -> None:
    """The project file: its JSON Schema, and whether yours is right.

    \b
    Examples:
      readiness project schema > readiness.schema.json
      readiness project check
    """


@command.command("schema", context_settings=CONTEXT)
def schema() -> None:
    """Print the JSON Schema of readiness.yaml.

    \b
    Example: readiness project schema > readiness.schema.json
    and, in the first line of readiness.yaml: # yaml-language-server: $schema=readiness.schema.json
    """
    import msgspec

    from checker.project.types import Project

    made = msgspec.json.schema(Project)
    click.echo(
        json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "readiness.yaml", **made}, indent=2
        )
    )


@command.command("check", context_settings=CONTEXT)
@project_option
@format_option
def check(project_path: Path | None, form: str) -> None:
    """Check the project file and the answers beside it.

    \b
    Example: readiness project check --project customers/acme
    """
    loaded = load_named_project(project_path)
    if form == "json":
        emit_json("project check", {"file": loaded.path.name, "not_yet": list(loaded.not_yet)})
    else:
        click.echo(
            f"{loaded.path.name} is valid: {len(loaded.project.flows)} flows between {' and '.join(loaded.project.systems)}"
        )
