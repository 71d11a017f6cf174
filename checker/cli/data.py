"""`readiness data`: what the records say, read from the sandboxes or from exported files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from checker.cli.data_notes import fresh_option, records_of
from checker.cli.options import (
    CONTEXT,
    emit_json,
    format_option,
    language_option,
    load_named_project,
    project_option,
    short_path,
)
from checker.model.text import safe

if TYPE_CHECKING:
    from checker.cli.data_text import Forecast
    from checker.gathering import Gathered
    from checker.model.figures import Source

READY, NOT_READY, UNDECIDED = 0, 1, 3
REPORT_NAME = "readiness-data.html"
MARKS = {"yes": "✔", "no": "✖", "unknown": "?", "not-applicable": "–"}


file_option = click.option(
    "--file",
    "given",
    multiple=True,
    metavar="SYSTEM/RESOURCE=FILE",
    help="An export (CSV, XLSX, JSON lines, Parquet) instead of the sandbox; may be given several times.",
)
engine_option = click.option(
    "--engine",
    "kind",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What computes: the embedded engine, or Spark (needs the extra `spark` and Java).",
)
master_option = click.option(
    "--spark-master",
    "master",
    default="local[2]",
    show_default=True,
    metavar="MASTER",
    help="Where Spark runs: local[CORES], spark://HOST:PORT, yarn.",
)


@click.group("data", context_settings=CONTEXT)
def command() -> None:
    """What the records say, before the first load: how many will link, what is missing, doubled, or refused by the other side.

    Records are read from the sandboxes, or from exported files. Nothing is written to any system; what is shown is masked.
    What was read is kept for an hour beside the project, so that the next command needs no second reading; one that was interrupted
    goes on where it stopped. `readiness purge` removes it.

    \b
    Examples:
      readiness data match
      readiness data match contacts --file crm/contacts=contacts.csv --out lists
      readiness data profile crm/contacts
      readiness data report --out data.html
      readiness data explain companies cmp_000017 4711
    """


def _sources(made: Gathered) -> Iterator[str]:
    """Where the figures come from."""
    for one in made.sources.values():
        yield f"  {one.subject}: {one.records:,} records from {safe(one.where, 120)}, {_when(one)} UTC"


def _when(one: Source) -> str:
    """To the minute; from when to when a reading took that was interrupted, or long."""
    began, ended = (None if at is None else at.strftime("%Y-%m-%d %H:%M") for at in (one.begun, one.at))
    return f"{began} to {ended}" if began not in (None, ended) else str(ended)


def _as_json(made: Gathered) -> list[dict[str, Any]]:
    return [
        {
            "subject": one.subject,
            "where": one.where,
            "records": one.records,
            "at": one.at.isoformat(timespec="seconds"),
            "begun": None if one.begun is None else one.begun.isoformat(timespec="seconds"),
        }
        for one in made.sources.values()
    ]


@command.command("match", context_settings=CONTEXT)
@project_option
@click.argument("flows", nargs=-1)
@file_option
@fresh_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the lists to clean up into this folder.",
)
@click.option(
    "--list-format",
    type=click.Choice(["csv", "xlsx"]),
    default="csv",
    show_default=True,
    help="A CSV file for each list, or a workbook for each flow.",
)
@click.option(
    "--unmasked", is_flag=True, help="Write values into the lists as they are: for the one who owns the data."
)
@engine_option
@master_option
@format_option
@language_option
def match(
    project_path: Path | None,
    flows: tuple[str, ...],
    given: tuple[str, ...],
    out: Path | None,
    list_format: str,
    form: str,
    language: str | None,
    *,
    kind: Literal["duckdb", "spark"],
    master: str,
    fresh: bool,
    unmasked: bool,
) -> None:
    """The forecast: how many records will link and by which key, be created, be ambiguous, or be unusable. These links are the sync's.

    Keys are tried in the order of `match`, so name the most certain first. A pair is left to a person where a key that proves more contradicts:
    one mail address but two VAT ids, one name but two mail domains. One VAT id may be several branches: pairs that it links across two postal codes are
    counted and listed; where each branch is a customer of its own, match by [vat_id, postal_code] instead.

    \b
    Examples:
      readiness data match
      readiness data match companies --out lists --list-format xlsx
      readiness data match contacts --file crm/contacts=contacts.csv --file erp/kunden=kunden.xlsx --format json
      readiness data match --engine spark --spark-master local[4]
    """
    from checker.cli.data_lists import write_lists
    from checker.cli.data_text import forecast_lines, forecast_of
    from checker.data.engine import Engine

    loaded = load_named_project(project_path)
    with records_of(loaded, given, fresh=fresh, language=language, engine=Engine(kind, master), keyed=True) as made:
        told: list[Forecast] = [
            forecast_of(made, name) for name in flows or [one.flow.name for one in made.views if one.flow.match]
        ]
        written = (
            [path for one in told for path in write_lists(made, one, out, list_format, masked=not unmasked)]
            if out
            else []
        )
        if form == "json":
            emit_json("data match", {"flows": [one.as_json() for one in told], "sources": _as_json(made)})
            return
        for one in told:
            click.echo("\n".join(forecast_lines(one, language or loaded.project.language)))
        click.echo("\n".join(_sources(made)))
        for path in written:
            click.echo(f"  {short_path(path)}")


@command.command("report", context_settings=CONTEXT)
@project_option
@click.argument("flows", nargs=-1)
@file_option
@fresh_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=REPORT_NAME,
    show_default=True,
    help="Where the page is written.",
)
@language_option
def report(
    project_path: Path | None,
    flows: tuple[str, ...],
    given: tuple[str, ...],
    out: Path,
    language: str | None,
    *,
    fresh: bool,
) -> None:
    """The figures as an HTML page with pictures: how both sides meet, how fields are filled, what is refused, changes over time.

    One file without scripts that loads nothing; no value of a record is in it. The audit's report has the same section.

    \b
    Examples:
      readiness data report
      readiness data report contacts --out kontakte.html --language de
      readiness data report contacts --file crm/contacts=contacts.csv --file erp/kunden=kunden.xlsx
    """
    from datetime import UTC, datetime

    from checker import __version__
    from checker.cli.written import READABLE
    from checker.reports.html import render_records
    from checker.store import write_whole

    loaded = load_named_project(project_path)
    with records_of(loaded, given, fresh=fresh) as made:
        figures = made.figures(flows or [one.flow.name for one in made.views])
        sources = list(_sources(made))
    at = datetime.now(UTC).isoformat(timespec="seconds")
    page = render_records(figures, loaded.project.project, at, __version__, language or loaded.project.language)
    write_whole(out, page.encode("utf-8"), READABLE)
    click.echo("\n".join([*sources, f"  {short_path(out)}"]))


@command.command("explain", context_settings=CONTEXT)
@project_option
@click.argument("flow")
@click.argument("left")
@click.argument("right")
@file_option
@fresh_option
@click.option("--unmasked", is_flag=True, help="Show values as they are.")
def explain(
    project_path: Path | None, flow: str, left: str, right: str, given: tuple[str, ...], *, fresh: bool, unmasked: bool
) -> None:
    """Why two records are linked, or not: each key's value on both sides, in its normal form. LEFT and RIGHT are their ids.

    \b
    Examples:
      readiness data explain companies cmp_000017 4711
    """
    from checker.cli.data_text import explained

    loaded = load_named_project(project_path)
    with records_of(loaded, given, fresh=fresh) as made:
        click.echo("\n".join(explained(made, flow, left, right, masked=not unmasked)))


@command.command("profile", context_settings=CONTEXT)
@project_option
@click.argument("subject", metavar="SYSTEM/RESOURCE")
@file_option
@fresh_option
@format_option
def profile(project_path: Path | None, subject: str, given: tuple[str, ...], form: str, *, fresh: bool) -> None:
    """Each field of a resource: how often filled, how many values, lengths, shapes, placeholders, personal data. No value is shown.

    `invalid` counts mail addresses, IBANs and VAT ids that fail their syntax or check digits.

    \b
    Examples:
      readiness data profile crm/contacts
      readiness data profile erp/kunden --file erp/kunden=kunden.csv --format json
    """
    from dataclasses import asdict

    loaded = load_named_project(project_path)
    system, _, resource = subject.partition("/")
    with records_of(loaded, given, fresh=fresh) as made:
        _known(made, subject)
        stats = made.fields(system, resource)
        if form == "json":
            emit_json(
                "data profile",
                {"fields": [asdict(one) | {"unique": one.unique} for one in stats], "sources": _as_json(made)},
            )
            return
        from checker.cli.data_text import profile_table

        click.echo("\n".join([*profile_table(stats), *_sources(made)]))


@command.command("duplicates", context_settings=CONTEXT)
@project_option
@click.argument("flows", nargs=-1)
@file_option
@fresh_option
@engine_option
@master_option
@format_option
def duplicates(
    project_path: Path | None,
    flows: tuple[str, ...],
    given: tuple[str, ...],
    form: str,
    *,
    fresh: bool,
    kind: Literal["duckdb", "spark"],
    master: str,
) -> None:
    """Records of one side that share a match key of a flow: clusters, and what the flow's policy would do with them.

    \b
    Examples:
      readiness data duplicates companies
      readiness data duplicates contacts --file crm/contacts=contacts.csv --engine spark
    """
    from checker.cli.data_text import clusters, duplicate_lines
    from checker.data.engine import Engine

    loaded = load_named_project(project_path)
    with records_of(loaded, given, fresh=fresh, engine=Engine(kind, master), keyed=True) as made:
        found = {
            name: clusters(made, name) for name in flows or [one.flow.name for one in made.views if one.flow.match]
        }
        if form == "json":
            told = {name: [one.as_json() for one in some] for name, some in found.items()}
            emit_json("data duplicates", {"flows": told, "sources": _as_json(made)})
            return
        for name, some in found.items():
            click.echo("\n".join(duplicate_lines(made.view(name), some)))
        click.echo("\n".join(_sources(made)))


@command.command("check", context_settings=CONTEXT)
@project_option
@click.argument("flows", nargs=-1)
@file_option
@click.option(
    "--test-data",
    is_flag=True,
    help="The files hold test records: they say nothing of production's volumes and habits. Without --file, those of the project file's `test_data`.",
)
@fresh_option
@engine_option
@master_option
@format_option
@language_option
@click.pass_context
def check(
    ctx: click.Context,
    project_path: Path | None,
    flows: tuple[str, ...],
    given: tuple[str, ...],
    form: str,
    language: str | None,
    *,
    kind: Literal["duckdb", "spark"],
    master: str,
    fresh: bool,
    test_data: bool,
) -> None:
    """What the records say against a flow: keys, duplicates, options, values that the other side refuses, currencies, sums, dates.

    Exit 0: nothing; 1: something; 3: nothing, but not everything could be told.

    \b
    Examples:
      readiness data check contacts --file crm/contacts=contacts.csv
      readiness data check --test-data
    """
    from checker import catalogue
    from checker.data.engine import Engine
    from checker.model.finding import Grade

    loaded = load_named_project(project_path)
    engine = Engine(kind, master)
    with records_of(loaded, given, fresh=fresh, language=language, engine=engine, test_data=test_data) as made:
        names = flows or [one.flow.name for one in made.views]
        counted = {(subject, one.claim): one for name in names for subject, one in made.told(name)}
        found = [
            catalogue.finding(claim, subject, one.answer, Grade.PROBED, dict(one.values))
            for (subject, claim), one in counted.items()
        ]
        sources = _as_json(made) if form == "json" else list(_sources(made))
    if form == "json":
        findings = [
            {"id": one.id, "subject": one.subject, "answer": one.answer, "values": one.values, "says": one.says}
            for one in found
        ]
        emit_json("data check", {"findings": findings, "sources": sources})
    else:
        chosen = language or loaded.project.language
        for one in sorted(
            found, key=lambda finding: list(MARKS).index(finding.answer) if finding.answer in MARKS else 9
        ):
            texts = catalogue.finding_text(one.id)
            click.echo(
                f"  {MARKS.get(one.answer, '?')} {one.subject}: {catalogue.sentence(texts, one.answer, one.values, chosen)}"
            )
        click.echo("\n".join(str(one) for one in sources))
    answers = {one.answer for one in found}
    ctx.exit(NOT_READY if "no" in answers else UNDECIDED if "unknown" in answers else READY)


def _known(made: Gathered, subject: str) -> None:
    known = sorted({f"{side.system}/{side.resource}" for view in made.views for side in (view.left, view.right)})
    if subject not in known:
        raise click.UsageError(f"{subject!r} is no resource of a flow; there are: {', '.join(known)}")
