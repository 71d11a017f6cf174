"""`readiness doctor`: are the surroundings of an audit in order?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
    from checker.doctor import Check

# (symbol, word) of each state
MARKS = {
    "en": {"good": "✔ fine", "note": "◐ note", "bad": "✖ in the way"},
    "de": {"good": "✔ in Ordnung", "note": "◐ Hinweis", "bad": "✖ hinderlich"},
}
# What was found, and what to do next where there is something to do.
TELLS: dict[str, dict[str, tuple[str, str | None]]] = {
    "en": {
        "versions": ("readiness {readiness}, Python {python}", None),
        "no-project": ("There is no project file here or above; systems are named in one.", "`readiness init crm=crm.json erp=erp.yaml` starts a project, `readiness demo` shows an audit"),
        "project": ("The project file {path} is valid.", None),
        "answers": ("Answers in {path} to {count} questions.", None),
        "no-answers": ("There is no {path} yet: what only people know stays open.", "write down there what people answered"),
        "folder": ("Audits can be kept in {path}, and nobody else reads them.", None),
        "folder-open": ("Other users of this machine can look into {path}.", "`chmod 700 {path}`"),
        "folder-locked": ("Nothing can be kept in {path}: no right to write there.", "allow writing there, or move the project"),
        "journal": ("No test record of ours is left, as far as the journal knows.", None),
        "leftovers": ("Earlier runs left behind, or with unknown end: {count} writes.", "`readiness cleanup`"),
        "secret": ("{reference} is there.", None),
        "document": ("The document {path} can be read; operations: {count}.", None),
        "no-document": ("No API document is named.", "name it as `document`"),
        "not-asked": ("The system is not asked: document, address or credentials are missing.", "complete `document`, `base_url` and `auth`"),
        "own-address": ("Reached from our address {ours}[[; addresses of the platform: {platform}]].", None),
        "no-own-address": ("The address that we are seen with can't be told from here.", None),
        "no-proxy": ("No proxy is in use.", None),
        "permit": ("Test records may be written: {base_url}.", None),
    },
    "de": {
        "versions": ("readiness {readiness}, Python {python}", None),
        "no-project": ("Hier und darüber gibt es keine Projektdatei; in ihr stehen die Systeme.", "`readiness init crm=crm.json erp=erp.yaml` beginnt ein Projekt, `readiness demo` zeigt eine Prüfung"),
        "project": ("Die Projektdatei {path} ist gültig.", None),
        "answers": ("Antworten in {path} auf {count} Fragen.", None),
        "no-answers": ("Es gibt noch keine Datei {path}: Was nur Menschen wissen, bleibt offen.", "tragen Sie dort ein, was geantwortet wurde"),
        "folder": ("Prüfungen können in {path} aufbewahrt werden, und niemand sonst liest sie.", None),
        "folder-open": ("Andere Benutzer dieses Rechners können in {path} hineinsehen.", "`chmod 700 {path}`"),
        "folder-locked": ("In {path} kann nichts aufbewahrt werden: kein Schreibrecht.", "erlauben Sie dort das Schreiben oder verschieben Sie das Projekt"),
        "journal": ("Laut Journal ist kein Testdatensatz von uns mehr vorhanden.", None),
        "leftovers": ("Von früheren Läufen übrig oder mit unbekanntem Ausgang: {count} Schreibvorgänge.", "`readiness cleanup`"),
        "secret": ("{reference} ist vorhanden.", None),
        "document": ("Das Dokument {path} ist lesbar; Operationen: {count}.", None),
        "no-document": ("Es ist kein API-Dokument angegeben.", "geben Sie es als `document` an"),
        "not-asked": ("Das System wird nicht angesprochen: Dokument, Adresse oder Zugangsdaten fehlen.", "ergänzen Sie `document`, `base_url` und `auth`"),
        "own-address": ("Erreicht von unserer Adresse {ours} aus[[; Adressen der Plattform: {platform}]].", None),
        "no-own-address": ("Mit welcher Adresse man uns sieht, lässt sich von hier aus nicht sagen.", None),
        "no-proxy": ("Es ist kein Proxy im Spiel.", None),
        "permit": ("Testdatensätze dürfen geschrieben werden: {base_url}.", None),
    },
}  # fmt: skip


@click.command("doctor", context_settings=CONTEXT)
@project_option
@format_option
@language_option
@click.option(
    "--for-it",
    is_flag=True,
    help="Print what the customer's IT must allow, as a text to send (Markdown); nobody is asked.",
)
@click.pass_context
def command(ctx: click.Context, project_path: Path | None, form: str, language: str | None, *, for_it: bool) -> None:
    """Check the surroundings: project file, secrets (never shown), network, clocks, our address, leave to write.

    Writes nothing in any system. Exit 0: nothing is in the way; 1: something keeps an audit from finding out; 2: the project file is wrong.

    \b
    Examples:
      readiness doctor
      readiness doctor --format json
      readiness doctor --for-it --language de > firewall.md
    """
    if for_it:
        from checker.cli.doctor_it import request

        loaded = load_named_project(project_path)
        click.echo("\n".join(request(loaded, language or loaded.project.language)))
        return
    import os

    from checker.doctor import doctor
    from checker.project.load import FILE_NAME, find_project

    if project_path is not None and project_path.is_dir():
        project_path /= FILE_NAME
    path = project_path or find_project(Path.cwd())
    with progress() as say:
        done = doctor(path.resolve() if path else None, short_path(path) if path else None, os.environ, say)
    if form == "json":
        emit_json("doctor", {"checks": [as_json(one) for one in done.checks]})
    else:
        click.echo("\n".join(line for one in done.checks for line in lines(one, language or _language(path))))
    ctx.exit(done.exit_code)


def _language(path: Path | None) -> str:
    """The project's language; English where the project can't say."""
    from checker.errors import InputError
    from checker.project.load import load_project

    try:
        return load_project(path).project.language if path else "en"
    except InputError:
        return "en"


def told(check: Check, language: str) -> tuple[str, str | None]:
    """What was found, and what to do next where it is not fine."""
    from checker import catalogue
    from checker.model.finding import Answer
    from checker.model.text import fill, safe

    if check.problem is not None:
        message, hint = catalogue.explain_problem(check.problem, language)
        return (f"{safe(check.problem.where)}: {message}" if check.problem.where else message), hint
    if check.finding is not None:
        one = check.finding
        texts = catalogue.finding_text(one.id)
        remedy = texts.remedy.of(language) if one.answer is Answer.NO else None
        return catalogue.sentence(texts, one.answer, one.values, language), remedy
    message, hint = TELLS[language][check.code]
    return fill(message, check.values, language), fill(hint, check.values, language) if hint else None


def lines(check: Check, language: str) -> Iterator[str]:
    """For people: symbol and word, about what, what was found; below it what to do."""
    message, hint = told(check, language)
    about = f"{check.subject}: " if check.subject else ""
    yield f"{MARKS[language][check.state]}  {about}{message}"
    if hint:
        yield f"    → {hint}"


def as_json(check: Check) -> dict[str, object]:
    """For programs; the texts in English."""
    message, hint = told(check, "en")
    code = check.finding.id if check.finding else check.problem.code if check.problem else check.code
    return {"code": code, "state": check.state, "subject": check.subject, "says": message, "next": hint}
