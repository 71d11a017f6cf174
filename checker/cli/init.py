"""`readiness init NAME=DOCUMENT NAME=DOCUMENT`: a project file to start from."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.options import CONTEXT, progress

if TYPE_CHECKING:
    from checker.model.profile import Profile

NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*$")


@click.command("init", context_settings=CONTEXT)
@click.argument("systems", nargs=-1, metavar="NAME=DOCUMENT NAME=DOCUMENT")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("readiness.yaml"),
    show_default=True,
    help="Where to write it.",
)
@click.option("--title", help="The project's name; default: the systems' names.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
def command(systems: tuple[str, ...], output: Path, title: str | None, *, force: bool) -> None:
    """Write a project file from two API documents: resources, roles, flows and fields are guessed, each with how sure.

    Without a document (just two names) you get a skeleton and the questions.

    \b
    Examples:
      readiness init crm=crm.openapi.json erp=erp.yaml
      readiness init shop billing
    """
    given = [_parse(one) for one in systems]
    if len(given) != 2 or given[0][0] == given[1][0]:  # noqa: PLR2004 - two systems are connected
        raise click.UsageError("name exactly two systems, such as: readiness init crm=crm.openapi.json erp=erp.yaml")
    if output.exists() and not force:
        raise click.UsageError(f"{output} is there already; --force overwrites it, --output writes elsewhere")
    from checker.cli.written import READABLE
    from checker.proposal import Given, open_ends, propose
    from checker.store import write_whole

    with progress() as say:
        found = []
        for name, document in given:
            say(f"reading {document or name}")
            found.append(Given(name, _from(output.parent, document), _profile(document)))
    left, right = found
    text = propose(title or f"{left.name} to {right.name}", (left, right))
    write_whole(output, text.encode("utf-8"), READABLE)
    click.echo(f"written: {output}")
    click.echo("Next, fill in:")
    for number, line in enumerate(open_ends({one.name: one for one in found}), 1):
        click.echo(f"  {number}. {line}")
    if left.profile is None and right.profile is None:
        _questions()
    click.echo("then: readiness audit" + ("" if output.name == "readiness.yaml" else f" --project {output}"))


def _questions() -> None:
    """Print what has to be asked before work begins, and whom."""
    from checker.checklist.load import load_packs
    from checker.model.checklist import Gate

    click.echo("Questions to ask now; what people say goes into answers.yaml, by the item's name:")
    for item in (one for pack in load_packs(["core"], relative_to=Path.cwd()) for one in pack.items):
        if item.ask.of != "never" and item.gate is Gate.START:
            click.echo(f"  {item.id:24} ({item.ask.of}) {item.ask.en or item.question.en}")


def _parse(text: str) -> tuple[str, str | None]:
    name, _, document = text.partition("=")
    if not NAME.match(name):
        raise click.UsageError(f"{name!r} is no name for a system: letters, digits, - and _, beginning with a letter")
    return name, document or None


def _from(folder: Path, document: str | None) -> str | None:
    """The document's path as the project file in `folder` names it; an address stays as it is."""
    if document is None or "://" in document:
        return document
    return Path(os.path.relpath(document, folder)).as_posix()


def _profile(document: str | None) -> Profile | None:
    from checker.cli.inspect import fetch
    from checker.describe import described
    from checker.errors import DocumentError

    if document is None:
        return None
    found = described(document, fetch=fetch)
    if found.profile is None:
        raise DocumentError(*found.problems)
    return found.profile
