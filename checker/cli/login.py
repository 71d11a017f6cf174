"""`readiness login SYSTEM`: a person signs in once, so that the check can renew its token by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.options import CONTEXT, load_named_project, project_option

if TYPE_CHECKING:
    from checker.project.load import LoadedProject
    from checker.project.secrets import Secrets


@click.command("login", context_settings=CONTEXT)
@project_option
@click.argument("system")
@click.option("--authorize-url", metavar="URL", help="Where people agree; default: as the API document says.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Of the redirect to this machine, where it has to be registered; default: a free one.",
)
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), default=300.0, show_default=True, help="How long to wait."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the address in the browser.")
def command(
    project_path: Path | None, system: str, authorize_url: str | None, port: int, seconds: float, *, open_browser: bool
) -> None:
    """Sign in to SYSTEM in the browser (OAuth 2.0 authorization code with PKCE) and keep the refresh token.

    The system's auth is `oauth2_refresh_token`; the token is put where its `refresh_token` points: ${file:…} (0600) or ${keyring:…}.

    \b
    Examples:
      readiness login crm
      readiness login crm --authorize-url https://login.example.com/authorize --port 8765
    """
    import os

    from checker.project.secrets import Secrets
    from checker.signing_in import sign_in

    loaded = load_named_project(project_path)
    if system not in loaded.project.systems:
        raise click.UsageError(f"there is no system {system!r}; there are: {', '.join(loaded.project.systems)}")
    secrets = Secrets(loaded.folder, os.environ)
    where = authorize_url or _declared(system, loaded, secrets)
    if where is None:
        raise click.UsageError("the document names no address where people agree: give it with --authorize-url")

    def show(address: str) -> None:
        click.echo(f"Open this address, sign in, and agree:\n  {address}", err=True)
        if open_browser:
            click.launch(address)

    sign_in(loaded, system, where, secrets, show, port=port, patience_s=seconds)
    click.echo(f"signed in to {system}; the refresh token is kept where the project file points")


def _declared(system: str, loaded: LoadedProject, secrets: Secrets) -> str | None:
    """The address that the document declares."""
    from checker.describe import both_described

    found = both_described(loaded, secrets, lambda _text: None)[system].profile
    return next((one.authorization_url for one in found.auth if one.authorization_url), None) if found else None
