"""`readiness login`, as a story: a person agrees in the browser, and the refresh token is put where the project file points.

OAuth 2.0 authorization code with PKCE (RFC 6749, 4.1; RFC 7636, S256), redirected to this machine (RFC 8252, 7.3).
"""

from __future__ import annotations

import secrets as chance
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from checker.client.build import client_for
from checker.client.messages import Request, Response
from checker.client.origin import parse_base
from checker.client.recorder import Recorder
from checker.errors import InputError, Problem
from checker.model.paths import get
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.project.types import NoAuth, RefreshTokenAuth, System
from checker.receiver import CodeReceiver

PATIENCE_S = 300.0
VERIFIER_BYTES = 48  # 64 characters; RFC 7636, 4.1 wants 43 to 128


@dataclass(frozen=True, slots=True)
class Asking:
    """What one sign-in is known by: the state that comes back with the code, and the verifier that only we know."""

    state: str
    verifier: str

    @classmethod
    def new(cls) -> Asking:
        """Made of chance."""
        return cls(chance.token_urlsafe(24), chance.token_urlsafe(VERIFIER_BYTES))

    @property
    def challenge(self) -> str:
        """The verifier's digest (RFC 7636, 4.2)."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    def address(self, authorize_url: str, client_id: str, redirect: str, scopes: list[str]) -> str:
        """Where the person agrees."""
        asked = {
            "response_type": "code", "client_id": client_id, "redirect_uri": redirect, "state": self.state,
            "code_challenge": self.challenge, "code_challenge_method": "S256", **({"scope": " ".join(scopes)} if scopes else {}),
        }  # fmt: skip
        return authorize_url + ("&" if "?" in authorize_url else "?") + urlencode(asked)


def sign_in(
    loaded: LoadedProject,
    name: str,
    authorize_url: str,
    secrets: Secrets,
    show: Callable[[str], None],
    *,
    port: int = 0,
    patience_s: float = PATIENCE_S,
) -> None:
    """Have a person sign in, and keep the refresh token. `show` is given the address to open.

    Raises InputError where the system isn't set up for it, where nobody agreed in time, and where the token can't be had or kept.
    """
    auth = loaded.project.systems[name].auth
    if not isinstance(auth, RefreshTokenAuth):
        raise InputError(Problem("login.no-refresh-token", {"system": name}))
    if auth.refresh_token.startswith("${env:"):
        raise InputError(Problem("login.into-variable", {"system": name, "reference": auth.refresh_token}))
    asking = Asking.new()
    receiver = CodeReceiver(asking.state, port)
    try:
        show(asking.address(authorize_url, auth.client_id, receiver.url, auth.scopes))
        answer = receiver.wait(patience_s)
    finally:
        receiver.stop()
    if answer is None:
        raise InputError(Problem("login.nobody", {"system": name, "seconds": round(patience_s)}))
    if "code" not in answer:
        raise InputError(Problem("login.refused", {"system": name, "reason": answer.get("error", "?")}))
    form = {
        "grant_type": "authorization_code", "code": answer["code"], "redirect_uri": receiver.url, "client_id": auth.client_id,
        "client_secret": secrets(auth.client_secret), "code_verifier": asking.verifier,
    }  # fmt: skip
    token = _refresh_token(name, auth.token_url, form)
    secrets.keep(auth.refresh_token, token)


def _refresh_token(name: str, token_url: str, form: Mapping[str, str]) -> str:
    """Exchange the code for a refresh token."""
    base = str(parse_base(token_url, "http.bad-token-url").origin)
    client = client_for(name, System(base_url=base, auth=NoAuth()), lambda text: text, Recorder())
    try:
        response: Response = client.send(Request("POST", token_url, form=form), credentials="none")
    finally:
        client.close()
    token = get(response.json(), "refresh_token") if response.ok else None
    if not isinstance(token, str) or not token:
        raise InputError(Problem("login.no-token", {"system": name, "status": response.status}))
    return token
