"""`readiness webhook`: receive a system's events, try them out, send kept ones again."""

from __future__ import annotations

import json
import signal
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from checker.model.text import json_safe, safe

if TYPE_CHECKING:
    from checker.hearing import Heard
    from checker.model.finding import Finding

KINDS = ("create", "update", "delete")
SIGNS = {"yes": "✓", "no": "✗", "unknown": "?"}
WORDS = {
    "en": {"create": "create", "update": "change", "delete": "delete", "came": "✓", "lost": "✗ none", "untried": "–"},
    "de": {
        "create": "Anlegen",
        "update": "Ändern",
        "delete": "Löschen",
        "came": "✓",
        "lost": "✗ keine",
        "untried": "–",
    },
}


@click.group("webhook", context_settings=CONTEXT)
def command() -> None:
    """A system's events (webhooks): receive them, try out whether they come whole, signed, in time and once; send kept ones again.

    \b
    Examples:
      readiness webhook listen --system crm
      readiness webhook test
      readiness webhook replay --to http://127.0.0.1:8000/hook
    """


@command.command("listen", context_settings=CONTEXT)
@project_option
@click.option(
    "--system", "systems", multiple=True, metavar="NAME", help="Only this system's; may be given several times."
)
@click.option(
    "--listen", metavar="HOST:PORT", help="Where to listen; default: webhooks.listen, else a free port on loopback."
)
@click.option("--public-url", metavar="URL", help="Where that is reached from outside (a tunnel, a proxy).")
@click.option("--count", type=click.IntRange(min=1), help="End after so many events.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="End after so long.")
@format_option
def listen(
    project_path: Path | None,
    systems: tuple[str, ...],
    listen: str | None,
    public_url: str | None,
    count: int | None,
    seconds: float | None,
    form: str,
) -> None:
    """Show the address to enter at each system, and every event that comes, until Ctrl-C.

    The address stays the same from run to run. Events are kept, personal data masked, in .readiness/webhooks/events.jsonl. Where
    `webhooks.secret` names the secret, what isn't signed with it is refused (401).

    \b
    Examples:
      readiness webhook listen
      readiness webhook listen --system crm --listen 0.0.0.0:8080 --public-url https://abc.example.net
    """
    import os

    from checker.hearing import listening
    from checker.project.secrets import Secrets
    from checker.store import Store

    loaded = load_named_project(project_path)
    unknown = [one for one in systems if one not in loaded.project.systems]
    if unknown:
        raise click.UsageError(f"there is no system {unknown[0]!r}; there are: {', '.join(loaded.project.systems)}")
    stop = threading.Event()
    before = (
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        if threading.current_thread() is threading.main_thread()
        else None
    )
    heard: list[Heard] = []
    try:
        with listening(
            loaded, systems or loaded.project.systems, Secrets(loaded.folder, os.environ), listen, public_url
        ) as open_:
            for name, url in open_.urls.items():
                click.echo(f"{safe(name)}: enter this address for its events: {url}", err=True)
            for one in open_.events(stop, seconds):
                heard.append(one)
                click.echo(json_safe(json.dumps(_as_json(one), ensure_ascii=False)) if form == "json" else _line(one))
                if len(heard) == count:
                    break
            file = Store(loaded.folder).keep_events(open_.masked(heard)) if heard else None
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)
    click.echo(f"{len(heard)} events" + (f", kept in {short_path(file)}" if file else ""), err=True)


def _as_json(one: Heard) -> dict[str, Any]:
    return {
        "system": one.system,
        "at": one.delivery.at.isoformat(timespec="milliseconds"),
        "name": one.event.name,
        "kind": one.event.kind,
        "id": one.event.id,
        "time": one.event.time,
        "signature": one.signature.state,
        "scheme": one.signature.scheme,
        "status": one.delivery.status,
        "bytes": len(one.delivery.body),
    }


def _line(one: Heard) -> str:
    at = one.delivery.at.strftime("%H:%M:%S")
    signed = f"signature {one.signature.state}" + (f" ({one.signature.scheme})" if one.signature.scheme else "")
    again = ", came before" if one.delivery.status == 208 else ""  # noqa: PLR2004 - Already Reported
    return f"{at}  {safe(one.system)}  {safe(one.event.name or '(no name)', 60):32} id {safe(one.event.id or '-', 40):24} {signed}, answered {one.delivery.status}{again}"


@command.command("test", context_settings=CONTEXT)
@project_option
@click.option(
    "--system", "systems", multiple=True, metavar="NAME", help="Only this system's; may be given several times."
)
@click.option("--yes", is_flag=True, help="Agree to what would be written.")
@format_option
@language_option
def test(project_path: Path | None, systems: tuple[str, ...], form: str, language: str | None, *, yes: bool) -> None:
    """Try out the events of the sandboxes: create, change and delete a test record of each resource, and see what comes.

    Subscribes where the API can, unsubscribes at the end, and removes its records. Part of `readiness audit` too. How one subscribes is read
    off the document, else the project file lists the calls, for instance:

    \b
      webhooks:
        subscribe:
          - {call: POST /hooks, body: {name: "readiness ${mark}"}, as: hook}
          - {call: "PUT /hooks/${hook}/target", body: {url: "${url}"}}

    \b
    Examples:
      readiness webhook test
      readiness webhook test --system crm --yes --format json
    """
    from checker.audit import Options, audit
    from checker.cli.consent import consent
    from checker.errors import RefusedError
    from checker.model.selection import Selection
    from checker.trial import Wish

    loaded = load_named_project(project_path)
    language = language or loaded.project.language
    others = tuple(f"{one}*" for one in loaded.project.systems if systems and one not in systems)
    with progress() as say:
        agree = partial(consent, language=language, yes=yes, pause=say.clear)
        options = Options(
            selection=Selection(("webhook.*",), others), wish=Wish(touch=True, rehearse=False, agree=agree)
        )
        made = audit(loaded, options, say)
    found = [one for one in made.audit.findings if one.id.startswith("webhook.")]
    if form == "json":
        emit_json(
            "webhook test",
            [
                {"id": one.id, "subject": one.subject, "answer": one.answer, "values": one.values, "says": one.says}
                for one in found
            ],
        )
    else:
        click.echo("\n".join(_matrix(found, language)))
    if made.refused:
        raise RefusedError(*made.refused)


def _matrix(found: Sequence[Finding], language: str) -> Iterator[str]:
    """Resource by kind of change, then what holds for all events of a system, then what stayed open and why."""
    from checker.catalogue.words import reasons

    words = WORDS[language]
    names = [one.subject for one in found if one.id == "webhook.covers-events"]
    width = max([len(one) for one in names], default=0)
    yield f"  {'':{width}}  {'  '.join(f'{words[kind]:10}' for kind in KINDS)}"
    for one in found:
        if one.id == "webhook.covers-events":
            yield f"  {one.subject:{width}}  " + "  ".join(f"{_cell(one, kind, words):10}" for kind in KINDS)
    yield ""
    for one in found:
        if one.id != "webhook.covers-events" and one.answer != "unknown":
            yield f"  {SIGNS.get(one.answer, '?')} {one.subject}: {_says(one, language)}"
    open_: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found:
        if one.answer == "unknown":
            open_[one.subject.partition("/")[0], str(one.values.get("reason"))].append(one.id.removeprefix("webhook."))
    for (system, reason), claims in open_.items():
        yield f"  ? {system}: {', '.join(dict.fromkeys(claims))}: {reasons()[reason].of(language) if reason in reasons() else safe(reason)}"


def _cell(one: Finding, kind: str, words: dict[str, str]) -> str:
    if kind not in one.values.get("tried", ()):
        return words["untried"]
    return words["lost"] if kind in one.values.get("missing", ()) else words["came"]


def _says(one: Finding, language: str) -> str:
    from checker import catalogue

    return catalogue.sentence(catalogue.finding_text(one.id), one.answer, one.values, language)


@command.command("replay", context_settings=CONTEXT)
@project_option
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--to", required=True, metavar="URL", help="The receiver, on this machine.")
@format_option
def replay(project_path: Path | None, file: Path | None, to: str, form: str) -> None:
    """Send kept events again to a receiver on this machine, in their order; no system is asked.

    FILE is what `listen` or an audit kept; default: .readiness/webhooks/events.jsonl. Bodies are masked, and not signed.

    \b
    Examples:
      readiness webhook replay --to http://127.0.0.1:8000/hook
    """
    from checker.hearing import replay as again
    from checker.store import EVENTS, Store

    if file is None:
        file = Store(load_named_project(project_path).folder).folder / "webhooks" / EVENTS
    with progress() as say:
        sent = list(again(file, to, say))
    if form == "json":
        emit_json("webhook replay", [{"number": one.number, "at": one.at, "status": one.status} for one in sent])
        return
    for one in sent:
        click.echo(f"{one.number:4}  {one.at}  answered {one.status}")
    click.echo(f"{len(sent)} events sent")
