"""A client for a system of the project file: references resolved, secrets made known to the recorder before the first request."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from checker.client import tls
from checker.client.auth import NoCredentials, Scheme, scheme
from checker.client.client import Client, Parts
from checker.client.clock import Clock
from checker.client.inflate import LARGEST_BODY
from checker.client.limits import Allowance, Tally
from checker.client.origin import Guard, Origin, parse_base
from checker.client.proxy import credentials_in, proxy_for
from checker.client.recorder import Recorder
from checker.client.redact import sensitive
from checker.client.session import Session
from checker.client.transport import Transport
from checker.errors import InputError, Problem
from checker.project.check import REFERENCE
from checker.project.types import Auth, Fixed, RefreshTokenAuth, System

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SECRET_FIELDS = ("token", "value", "password", "client_secret", "refresh_token")
OWN, NONE, WRONG = "own", "none", "wrong"
EVENTS = "webhooks"  # the credentials with which subscriptions are managed, where they are others


class _Plain:
    """Resolves references and makes what they held known as secrets."""

    def __init__(self, system: str, secrets: Callable[[str], str], recorder: Recorder) -> None:
        self._system, self._secrets, self._recorder = system, secrets, recorder

    def __call__(self, text: str) -> str:
        return REFERENCE.sub(self._one, text)

    def _one(self, match: re.Match[str]) -> str:
        value = self._secrets(match[0])
        self.learn(value, match[2] if match[1] == "env" and VARIABLE.fullmatch(match[2]) else "secret")
        return value

    def learn(self, value: str, name: str) -> None:
        """Make a secret known; in lower case the name is prefixed with the system's."""
        variable = f"{self._system}_{name}" if name.islower() else name
        self._recorder.secrets.add(
            value, re.sub(r"[^A-Za-z0-9_]", "_", variable).upper() if name.islower() else variable
        )

    def secret_fields(self, auth: Auth | None) -> None:
        """Make an auth's secrets known, be they references or not."""
        for name in SECRET_FIELDS:
            text = getattr(auth, name, None)
            if isinstance(text, str):
                self.learn(self(text), name)

    def fixed(self, fixed: Fixed) -> Fixed:
        """What goes with every request, references resolved."""
        parts: dict[str, dict[str, str]] = {}
        for part in ("path", "query", "headers"):
            pairs: Mapping[str, str] = getattr(fixed, part)
            parts[part] = {name: self(value) for name, value in pairs.items()}
            for name, value in parts[part].items():
                if sensitive(name):
                    self.learn(value, "secret")
        return Fixed(**parts)


def client_for(  # noqa: PLR0913 - the edges of the world come in here
    name: str,
    system: System,
    secrets: Callable[[str], str],
    recorder: Recorder,
    *,
    base_url: str | None = None,
    folder: Path = Path(),
    clock: Clock | None = None,
    draw: Callable[[], float] = random.random,
    environment: Mapping[str, str] | None = None,
    keep: Callable[[str, str], bool] | None = None,
    largest: int = LARGEST_BODY,
    tally: Tally | None = None,
) -> Client:
    """The client of a system. `secrets` gives the plain text of a `${…}` reference.

    `base_url` is for systems whose project entry has none (the document's server, read only). `folder` is what relative file names
    are seen from; `keep` puts a new refresh token where a reference points; `environment` holds the proxy variables (default: the process's); `tally` counts the day's requests of all runs. Nothing is sent yet. Raises InputError where a URL,
    a TLS file or the proxy is bad.
    """
    clock = clock or Clock()
    plain = _Plain(name, secrets, recorder)
    base = plain(system.base_url or base_url or "")
    if not base:
        raise InputError(Problem("http.no-base-url", {"system": name}))
    guard = Guard(parse_base(base), frozenset(parse_base(one).origin for one in system.origins))
    parts = Parts(
        system=name,
        guard=guard,
        fixed=plain.fixed(system.fixed),
        transport=_transport(system, plain, clock, folder, os.environ if environment is None else environment, largest),
        allowance=Allowance(name, system.limits, clock, tally),
        recorder=recorder,
        clock=clock,
        sessions={},
        draw=draw,
    )
    return Client(replace(parts, sessions=_sessions(system, plain, parts, keep)))


def _transport(
    system: System, plain: _Plain, clock: Clock, folder: Path, environment: Mapping[str, str], largest: int
) -> Transport:
    configured = plain(system.proxy) if system.proxy else None
    for url in (configured, *(value for key, value in environment.items() if key.lower().endswith("_proxy"))):
        for password in credentials_in(url) if url else ():
            plain.learn(password, "proxy_password")
    ca_file, certificate = (
        str(folder / one) if one else None for one in (system.tls.ca_file, system.tls.client_certificate)
    )
    return Transport(
        context=partial(tls.context, ca_file, certificate),
        proxy_for=lambda origin: proxy_for(origin, configured, environment),
        monotonic=clock.monotonic,
        connections=system.limits.concurrent,
        largest=largest,
    )


def _sessions(
    system: System, plain: _Plain, parts: Parts, keep: Callable[[str, str], bool] | None
) -> dict[str, Session]:
    """One session for each set of credentials that can be found; token requests may go to the token's own origin, recorded under `auth`."""
    sessions: dict[str, Session] = {}

    def session(of: Scheme, auth: Auth | None) -> Session:
        guard = replace(parts.guard, further=parts.guard.further | _token_origins(auth))
        silent = {NONE: Session(NoCredentials(), _never, lambda _: None, parts.clock.monotonic)}
        scope = parts.recorder.scope(parts.system, "auth")
        reference = auth.refresh_token if isinstance(auth, RefreshTokenAuth) else None
        asking = Client(replace(parts, guard=guard, fixed=Fixed(), sessions=silent), scope)
        return Session(
            of,
            lambda request: asking.send(request, credentials=NONE),
            lambda token: plain.learn(token, "token"),
            parts.clock.monotonic,
            lambda token: keep(reference, token) if keep is not None and reference else False,
        )

    configured: dict[str, Auth | None] = {OWN: system.auth}
    configured.update((str(name), auth) for name, auth in system.other_auth.items())
    if system.webhooks is not None and system.webhooks.auth is not None:
        configured[EVENTS] = system.webhooks.auth
    for name, auth in configured.items():
        try:
            plain.secret_fields(auth)
            made = scheme(auth, plain)
        except InputError:
            if name == OWN:
                raise
            continue  # a further credential that can't be found lets less be proven, and hinders nothing else
        sessions[name] = session(made, auth)
        if name == OWN:
            sessions[NONE] = session(NoCredentials(), None)
            wrong = scheme(auth, plain).wrong()
            parts.recorder.secrets.publish(_value(wrong))
            sessions[WRONG] = session(wrong, None)
    return sessions


def _never(request: Any) -> Any:
    raise AssertionError(request)


def _value(of: Scheme) -> str:
    return str(getattr(of, "value", None) or getattr(of, "password", ""))


def _token_origins(auth: Auth | None) -> frozenset[Origin]:
    url = getattr(auth, "token_url", None)
    return frozenset({parse_base(url, "http.bad-token-url").origin}) if isinstance(url, str) else frozenset()
