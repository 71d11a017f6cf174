"""`readiness demo`: a whole audit of the embedded pair, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import click

from checker.cli.options import CONTEXT, language_option, progress

FOLDER = "readiness-demo"
TELLS = {
    "en": "\nThat was the demonstration: a CRM and an ERP ran on this machine, with invented customers, and are stopped again.\n"
          "Look around: {folder}/readiness.yaml (the project), {folder}/answers.yaml (the customer's answers).\n"
          "Next: `readiness init crm=CRM.json erp=ERP.json` with your own two documents.",
    "de": "\nDas war die Vorführung: Ein CRM und ein ERP liefen auf diesem Rechner, mit erfundenen Kunden, und sind wieder beendet.\n"
          "Zum Ansehen: {folder}/readiness.yaml (das Projekt), {folder}/answers.yaml (die Antworten des Kunden).\n"
          "Weiter: `readiness init crm=CRM.json erp=ERP.json` mit Ihren eigenen beiden Dokumenten.",
}  # fmt: skip


@click.command("demo", context_settings=CONTEXT)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(FOLDER),
    show_default=True,
    help="Where project and report are written.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="ID",
    help="Break something first, and point out what turned beside a healthy pair; may be given several times.",
)
@click.option(
    "--list-faults", is_flag=True, help="List what can be broken, and which items of the checklist notice; run nothing."
)
@language_option
def command(folder: Path, language: str | None, *, faults: tuple[str, ...], list_faults: bool) -> None:
    """Start a CRM and an ERP on this machine, audit them, play the sync through, and write the report. Nothing to prepare, nothing leaves the machine.

    \b
    Examples:
      readiness demo
      readiness demo --language de
      readiness demo --fault crm-name-cut       # what the audit says of a CRM that cuts names
      readiness demo --list-faults
    """
    from checker.cli.demo_text import COMPARING, broken, listing, turned_lines
    from checker.cli.written import tell, write
    from checker.demonstration import Stage, compared, demonstrate
    from checker.sandbox.faulty import listed

    language = language or "en"
    if list_faults:
        click.echo("\n".join(listing(language)))
        return
    _check(faults)
    stage = Stage(tuple(listed()[one] for one in dict.fromkeys(faults)), language)
    for line in broken(stage.faults, language):
        click.echo(line)
    with progress() as say:
        made = demonstrate(folder, stage, say)
    tell(made, "terminal", language, write(made.audit, folder, language))
    if stage.faults and not made.interrupted:
        click.echo(f"\n{COMPARING[language]}")
        with progress() as say:
            turned = compared(made.audit, stage, say)
        for line in turned_lines(stage.faults, turned, made.audit, language) if turned is not None else ():
            click.echo(line)
    click.echo(TELLS[language].format(folder=folder))


def _check(faults: tuple[str, ...]) -> None:
    """Raises click.BadParameter for a fault that isn't there, with the one that was probably meant."""
    from checker.project.check import suggestion
    from checker.sandbox.faulty import listed

    for one in faults:
        if one not in listed():
            meant = suggestion(one, list(listed()))
            raise click.BadParameter(
                f"there is no fault {one!r}{f'; did you mean {meant}?' if meant else ''} `--list-faults` shows all"
            )
