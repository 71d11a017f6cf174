"""What `readiness data` says of records that were read before, or are kept: on stderr, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.options import progress

if TYPE_CHECKING:
    from checker.data.engine import Engine
    from checker.gathering import Gathered
    from checker.project.load import LoadedProject
    from checker.resources.extraction import Told

TELLS = {
    "en": {
        "kept": "{subject}: the {records} records read at {at} are used; --fresh reads them anew",
        "resumed": "{subject}: going on after {records} records read at {at}",
        "old": "{subject}: the reading that stopped at {at} is too old, or a run has written since; reading anew",
        "other": "{subject}: the reading that stopped at {at} had other credentials, another address or profile; reading anew",
        "moved": "{subject}: the list has changed since {at}, or the system no longer knows the place; reading anew",
        "stopped": "{subject}: {records} records are kept; the same command goes on after them",
        "busy": "{subject}: another run reads this list at the moment; this one keeps nothing of it",
        "unkept": "{subject}: nothing can be kept in .readiness/; what is read is gone with this run",
        "where": "records lie in .readiness/records/, unmasked, and are used for an hour (48 hours where a reading stopped); `readiness purge` removes them",
    },
    "de": {
        "kept": "{subject}: die {records} um {at} gelesenen Datensätze werden verwendet; --fresh liest sie neu",
        "resumed": "{subject}: weiter nach {records} um {at} gelesenen Datensätzen",
        "old": "{subject}: das um {at} unterbrochene Lesen ist zu lange her, oder ein Lauf hat seither geschrieben; es wird neu gelesen",
        "other": "{subject}: das um {at} unterbrochene Lesen hatte andere Zugangsdaten, eine andere Adresse oder ein anderes Profil; es wird neu gelesen",
        "moved": "{subject}: die Liste hat sich seit {at} verändert, oder das System kennt die Stelle nicht mehr; es wird neu gelesen",
        "stopped": "{subject}: {records} Datensätze sind aufbewahrt; derselbe Aufruf setzt nach ihnen fort",
        "busy": "{subject}: ein anderer Lauf liest gerade diese Liste; dieser bewahrt nichts davon auf",
        "unkept": "{subject}: in .readiness/ lässt sich nichts aufbewahren; das Gelesene ist nach diesem Lauf fort",
        "where": "Datensätze liegen unmaskiert in .readiness/records/ und werden eine Stunde lang verwendet (48 Stunden, wo das Lesen unterbrochen wurde); `readiness purge` entfernt sie",
    },
}  # fmt: skip

fresh_option = click.option(
    "--fresh", is_flag=True, help="Read all records from the systems, also those that a run of the last hour has kept."
)


@contextmanager
def records_of(
    loaded: LoadedProject,
    given: Sequence[str],
    *,
    fresh: bool,
    language: str | None = None,
    engine: Engine | None = None,
    test_data: bool = False,
    keyed: bool = False,
) -> Iterator[Gathered]:
    """The records of a project, with a progress line, and notes in its language of what is kept. `given`: files, as `--file` names them;
    `test_data`: they hold test records, and the project file's are taken where none is given; `keyed` as of `Gathered`.
    """
    from checker.data.engine import EMBEDDED
    from checker.gathering import gathered
    from checker.sync.reading import Keeping

    spoken = language or loaded.project.language
    chosen_files = (loaded.test_files() if test_data else {}) | files(given)
    with progress() as say:

        def tell(told: Told) -> None:
            say.clear()
            click.echo(_line(told, spoken), err=True)

        chosen = engine or EMBEDDED
        with gathered(
            loaded, chosen_files, say, engine=chosen, keeping=Keeping(tell, fresh), test_data=test_data, keyed=keyed
        ) as made:
            yield made


def files(given: Sequence[str]) -> dict[str, Path]:
    """Files by subject. Raises UsageError for what is no `SYSTEM/RESOURCE=FILE`."""
    found: dict[str, Path] = {}
    for one in given:
        subject, sign, path = one.partition("=")
        if not sign or "/" not in subject or not path:
            raise click.UsageError(f"--file {one!r}: write SYSTEM/RESOURCE=FILE, such as crm/contacts=contacts.csv")
        found[subject] = Path(path)
    return found


def _line(told: Told, language: str) -> str:
    from checker.model.text import number, safe

    records = number(told.records, language) if told.records else "0"
    values = {"subject": safe(told.subject, 120), "records": records}
    return TELLS[language][told.what].format(**values, at=told.at.strftime("%Y-%m-%d %H:%M UTC"))
