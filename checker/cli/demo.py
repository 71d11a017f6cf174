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
@language_option
def command(folder: Path, language: str | None) -> None:
    """Start a CRM and an ERP on this machine, audit them, play the sync through, and write the report. Nothing to prepare, nothing leaves the machine.

    \b
    Examples:
      readiness demo
      readiness demo --language de
    """
    from datetime import UTC, datetime

    from checker.audit import Options, audit
    from checker.cli.written import tell, write
    from checker.project.load import load_project
    from checker.sandbox.demo_project import demo_environment, write_demo
    from checker.sandbox.pair import running_pair
    from checker.trial import Wish

    language = language or "en"
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    with progress() as say:
        say("starting the CRM and the ERP")
        with running_pair(now) as pair:
            loaded = load_project(write_demo(folder, pair, now, language))
            wish = Wish(
                touch=True, agree=lambda _planned, _addresses: None
            )  # both systems are ours, and end with the demonstration
            made = audit(loaded, Options(gate=loaded.project.gate, wish=wish, environ=demo_environment()), say)
    tell(made, "terminal", language, write(made.audit, loaded.folder, language))
    click.echo(TELLS[language].format(folder=folder))
