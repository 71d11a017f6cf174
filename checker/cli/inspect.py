"""`readiness inspect DOCUMENT`: what one API document declares."""

from __future__ import annotations

import click

from checker.cli.options import CONTEXT, format_option, progress
from checker.model.text import json_safe

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
@click.option("--bundle", is_flag=True, help="Print a document of several files as one, and nothing else.")
@click.pass_context
def command(
    ctx: click.Context,
    document: str,
    form: str,
    *,
    strict: bool,
    everything: bool,
    allow_refs: tuple[str, ...],
    bundle: bool,
) -> None:
    """Show what one API document declares: access, resources, paging, filters, change detection, webhooks.

    DOCUMENT is a file (JSON or YAML) or an address.

    \b
    Examples:
      readiness inspect crm.openapi.json
      readiness inspect erp.yaml --format json > profile.json
      readiness inspect api.yaml --strict
    """
    from checker.describe import described
    from checker.errors import DocumentError

    with progress() as say:
        say(f"reading {document}")
        found = described(document, strict=strict, allow_refs=allow_refs, fetch=fetch)
    if found.profile is None or found.document is None:
        raise DocumentError(*found.problems)
    if bundle:
        import orjson

        from checker import documents

        bundled = orjson.dumps(documents.bundle(found.document), option=orjson.OPT_INDENT_2)
        click.echo(json_safe(bundled.decode()).encode())
    elif form == "json":
        import msgspec

        click.echo(json_safe(msgspec.json.format(msgspec.json.encode(found.profile), indent=2).decode()).encode())
    else:
        from checker.cli.profile_text import profile_lines

        click.echo("\n".join(profile_lines(found.profile, everything=everything)))
    if strict and found.profile.valid is False:
        ctx.exit(NOT_VALID)


def fetch(address: str) -> bytes:
    """Read a document at an address that the user named; no credentials are sent."""
    from checker.client.build import client_for
    from checker.client.recorder import Recorder
    from checker.describe import download
    from checker.project.types import System

    client = client_for("document", System(base_url=address), lambda text: text, Recorder())
    return download(client, address, "none")
