"""Before anything is written: what would be, in which system and where, shown and agreed to (design.md, decision 2)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

import click

from checker.errors import Problem, RefusedError
from checker.model.permit import Planned
from checker.model.text import safe

TELLS = {
    "en": {
        "head": "This will be written, and removed again at the end:",
        "line": "  {system} ({where}): up to {records} test records ({resources})",
        "question": "Write into these systems?",
    },
    "de": {
        "head": "Folgendes wird geschrieben und am Ende wieder entfernt:",
        "line": "  {system} ({where}): bis zu {records} Testdatensätze ({resources})",
        "question": "In diese Systeme schreiben?",
    },
}


def consent(
    planned: Iterable[Planned],
    addresses: Mapping[str, str],
    language: str,
    *,
    yes: bool,
    pause: Callable[[], None] | None = None,
) -> None:
    """Show on stderr what is going to be written, and have it agreed to: by `--yes`, or by a person at the terminal.

    `addresses`: base URLs by system; `pause` clears what stands on the terminal. Returns where it was agreed; raises RefusedError where it was declined, or where nobody can be asked.
    """
    tells = TELLS[language]
    if pause is not None:
        pause()
    click.echo(tells["head"], err=True)
    for line in lines(planned, addresses, language):
        click.echo(line, err=True)
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError(Problem("consent.nobody-asked"))
    try:
        agreed = click.confirm(tells["question"], err=True)
    except click.Abort:  # Ctrl-C at the question: what was found so far is kept by those who hear it
        raise KeyboardInterrupt from None
    if not agreed:
        raise RefusedError(Problem("consent.declined"))


def lines(planned: Iterable[Planned], addresses: Mapping[str, str], language: str) -> list[str]:
    """One line for each system: where it is, how many test records at most, and of which resources."""
    by_system: dict[str, list[Planned]] = {}
    for one in planned:
        by_system.setdefault(one.system, []).append(one)
    return [
        TELLS[language]["line"].format(
            system=safe(name),
            where=safe(addresses.get(name, "?")),
            records=sum(one.at_most for one in several),
            resources=", ".join(dict.fromkeys(safe(one.resource) for one in several)),
        )
        for name, several in by_system.items()
    ]
