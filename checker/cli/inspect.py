"""`readiness inspect DOCUMENT`: what one API document declares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.options import CONTEXT, collector_paused, format_option, progress
from checker.model.text import json_safe

if TYPE_CHECKING:
    from checker.describe import Described

NOT_VALID = 1


@click.command("inspect", context_settings=CONTEXT)
@click.argument("document")
@format_option
@click.option(
    "--strict", is_flag=True, help="Have openapi-spec-validator say whether the document is valid; exit 1 if it isn't."
)
@click.option("--all", "everything", is_flag=True, help="Show every resource, not only those with a known role.")
@click.option(
    "--allow-ref",
    "allow_refs",
    multiple=True,
    metavar="FOLDER|HOST",
    help="Also follow references into this folder or to this host.",
)
@click.option(
    "--overlay",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Correct the document by an OpenAPI Overlay 1.0 first.",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="OUT",
    help="Write a document of several files as one (JSON; - is the standard output), and nothing else.",
)
@click.option(
    "--against", "old", metavar="OLD", help="Compare with an earlier version of the document; what breaks comes first."
)
@click.option("--ask", is_flag=True, help="Print what the document leaves open, as questions to the vendor (Markdown).")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", help="Of --ask and --against.")
@click.pass_context
def command(
    ctx: click.Context,
    document: str,
    form: str,
    *,
    strict: bool,
    everything: bool,
    allow_refs: tuple[str, ...],
    overlay: Path | None,
    bundle: Path | None,
    old: str | None,
    ask: bool,
    language: str,
) -> None:
    """Show what one API document declares: access, resources, paging, filters, change detection, webhooks.

    DOCUMENT is a file (JSON or YAML) or an address.

    \b
    Examples:
      readiness inspect crm.openapi.json
      readiness inspect erp.yaml --format json > profile.json
      readiness inspect api.yaml --strict
      readiness inspect api.yaml --overlay corrections.yaml
      readiness inspect openapi/main.yaml --bundle one.json
      readiness inspect api.yaml --ask --language de > questions.md
      readiness inspect api-v2.yaml --against api-v1.yaml       # beside a readiness.yaml: only what is mapped
    """
    found = _read(document, strict=strict, allow_refs=allow_refs, overlay=overlay)
    assert found.profile is not None  # noqa: S101 - _read has looked
    if bundle is not None:
        _bundle(found, bundle)
    elif old is not None:
        click.echo(_compared(found, _read(old, strict=False, allow_refs=allow_refs), document, form, language))
    elif ask:
        from checker.cli.inspect_ask import questions

        click.echo("\n".join(questions(found.profile, language, everything=everything)))
    elif form == "json":
        import msgspec

        click.echo(json_safe(msgspec.json.format(msgspec.json.encode(found.profile), indent=2).decode()).encode())
    else:
        from checker.cli.profile_text import profile_lines

        click.echo("\n".join(profile_lines(found.profile, everything=everything)))
    if strict and found.profile.valid is False:
        ctx.exit(NOT_VALID)


def _read(document: str, *, strict: bool, allow_refs: tuple[str, ...], overlay: Path | None = None) -> Described:
    """The document, described. Raises DocumentError where it can't be read."""
    from checker.describe import described
    from checker.errors import DocumentError

    over = (overlay, str(overlay)) if overlay is not None else None
    with progress() as say, collector_paused():
        say(f"reading {document}")
        found = described(document, strict=strict, allow_refs=allow_refs, fetch=fetch, overlay=over)
    if found.profile is None or found.document is None:
        raise DocumentError(*found.problems)
    return found


def _bundle(found: Described, out: Path) -> None:
    """Write all files of a document as one, as JSON."""
    import orjson

    from checker import documents
    from checker.cli.written import READABLE
    from checker.store import write_whole

    assert found.document is not None  # noqa: S101 - _read has looked
    made = orjson.dumps(documents.bundle(found.document), option=orjson.OPT_INDENT_2).decode()
    text = json_safe(made).encode() + b"\n"
    if str(out) == "-":
        click.echo(text, nl=False)
        return
    write_whole(out, text, READABLE)
    click.echo(f"written: {out}")


def _compared(found: Described, old: Described, document: str, form: str, language: str) -> str:
    """What changed since the old one."""
    import json

    from checker.cli.inspect_against import as_json, changes, lines

    assert found.document is not None  # noqa: S101 - _read has looked
    assert old.document is not None  # noqa: S101 - _read has looked
    made, resources = changes(old.document.api, found.document.api, document)
    if form == "json":
        return json_safe(json.dumps({"resources": resources, "changes": as_json(made)}, indent=2, ensure_ascii=False))
    return "\n".join(lines(made, resources, language))


def fetch(address: str) -> bytes:
    """Read a document at an address that the user named; no credentials are sent."""
    from checker.client.build import client_for
    from checker.client.recorder import Recorder
    from checker.describe import download
    from checker.project.types import System

    client = client_for("document", System(base_url=address), lambda text: text, Recorder())
    return download(client, address, "none")
