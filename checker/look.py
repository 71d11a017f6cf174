"""The live look: read probes of both systems, side by side; nothing is written.

What a system does raises nothing here: it leaves findings, and what depended on it is unknown, with the reason.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from checker.client.build import client_for
from checker.client.client import Client
from checker.client.recorder import Recorder
from checker.documents import is_url
from checker.errors import InputError
from checker.model.api import Api
from checker.model.finding import Answer, Finding
from checker.model.profile import Profile
from checker.patience import in_threads
from checker.probes import LAST_SYSTEM_PROBES, REACH_PROBES, RESOURCE_PROBES, SYSTEM_PROBES, WITHOUT_STATE
from checker.probes.base import Ledger, Probe
from checker.probes.configured import missing_secret
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.round import LEFT_OUT, Round
from checker.probes.run import ask, left_open
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.project.types import Reference
from checker.resources.resource import Resource
from checker.store import Store

Say = Callable[[str], None]
ALWAYS = frozenset({"credentials.accepted", "sandbox.stateful"})  # what all else rests on is asked whatever is selected
LONGEST_JOIN_S = 2.0  # how long a stop waits for the requests under way


@dataclass
class Seen:
    """What the live look found out of one system; filled probe by probe, so that a stop keeps what was found."""

    name: str
    base_url: str | None = None
    findings: list[Finding] = field(default_factory=list)
    requests: int = 0
    reached: bool | None = None
    reached_from: str | None = None
    stateless: bool | None = None


@dataclass(frozen=True)
class Known:
    """What is known of a system before it is asked: its profile and its document's Api, where they could be read."""

    profile: Profile | None
    api: Api | None


def resource_names(loaded: LoadedProject, system: str) -> list[str]:
    """Resources of the system that flows carry, in the flows' order."""
    sides = (Reference.parse(side) for flow in loaded.project.flows for side in (flow.left, flow.right))
    return list(dict.fromkeys(side.resource for side in sides if side.system == system))


@dataclass
class Look:
    """A live look at both systems of a project."""

    loaded: LoadedProject
    known: Mapping[str, Known]
    secrets: Secrets
    recorder: Recorder
    ledger: Ledger
    say: Say
    round: Round = field(default_factory=Round)
    stop: threading.Event = field(default_factory=threading.Event)
    # Each system that could be asked, its client still open: who touches it goes on with what was read, under the same limits.
    looks: dict[str, SystemLook] = field(default_factory=dict)

    def open(self) -> dict[str, SystemLook]:
        """The systems that can be asked, their clients open and nothing asked yet: for who doesn't look, but goes straight on."""
        for name in self.known:
            self.open_one(name)
        return self.looks

    def open_one(self, name: str) -> None:
        """Open one system, where it can be asked. Raises InputError where its address or a file of the project is bad."""
        client = None if self._why_not(name) else self._client(name)
        if client is not None:
            self.looks[name] = self._look(name, client)

    def close(self) -> None:
        """Close all connections."""
        for one in self.looks.values():
            one.whole_client.close()

    def run(self) -> tuple[dict[str, Seen], bool]:
        """Probe both systems side by side. Gives what was seen, and whether somebody stopped it (Ctrl-C)."""
        seen = {name: Seen(name) for name in self.loaded.project.systems}
        works = {name: partial(self._system, one) for name, one in seen.items()}
        stopped = in_threads(works, self.stop.set, LONGEST_JOIN_S)
        # Copies, for a thread that is left behind may still add to the originals.
        kept = {name: replace(one, findings=[*one.findings]) for name, one in seen.items()}
        for one in kept.values():
            one.findings = complete(self._subjects(one.name), one.findings, "stopped")
        return kept, stopped

    def unasked(self, name: str) -> Seen:
        """A system that this run doesn't talk to: every live question stays open."""
        return Seen(name, self.loaded.project.systems[name].base_url, complete(self._subjects(name), [], "offline"))

    def _subjects(self, name: str) -> dict[str, list[Probe[Any]]]:
        """All subjects of a system with the probes that are about them."""
        system: list[Probe[Any]] = [*REACH_PROBES, *SYSTEM_PROBES, *LAST_SYSTEM_PROBES]
        resource: list[Probe[Any]] = [*RESOURCE_PROBES]
        profile = self.known[name].profile
        there = {one.name for one in profile.resources} if profile else set()
        wanted = [one for one in resource_names(self.loaded, name) if one in there]
        return {name: system, **{f"{name}/{one}": resource for one in wanted}}

    def _system(self, seen: Seen) -> None:
        """Probe one system, as far as it can be asked."""
        reason = self._why_not(seen.name)
        client = None if reason else self._client(seen.name)
        if client is None:
            seen.findings = complete(self._subjects(seen.name), seen.findings, reason or "no-base-url")
            return
        look = self.looks[seen.name] = self._look(seen.name, client)
        try:
            seen.base_url = client.base_url
            reason = self._probe(look, seen)
            reason = "stopped" if self.stop.is_set() else reason
            seen.findings = complete(self._subjects(seen.name), seen.findings, reason or "not-settled")
            seen.stateless = look.stateless
        finally:
            seen.requests = client.requests

    def _why_not(self, name: str) -> str | None:
        """Why a system can't be asked, as a reason's code."""
        settings, known = self.loaded.project.systems[name], self.known[name]
        if known.profile is None:
            return "no-document"
        if settings.base_url is None and _server(known.profile) is None:
            return "no-base-url"
        if settings.auth is None or missing_secret(settings, self.secrets.missing) is not None:
            return "no-credentials"
        return None

    def _client(self, name: str) -> Client:
        """The system's client. Raises InputError where an address or a file of the project is bad: that is no finding about the system."""
        profile = self.known[name].profile
        server = _server(profile) if profile else None
        settings = self.loaded.project.systems[name]
        return client_for(
            name,
            settings,
            self.secrets,
            self.recorder,
            base_url=server,
            folder=self.loaded.folder,
            keep=self.secrets.keep,
            tally=Store(self.loaded.folder).tally(name),
        )

    def _look(self, name: str, client: Client) -> SystemLook:
        known, settings = self.known[name], self.loaded.project.systems[name]
        assert known.profile is not None  # noqa: S101 - _why_not has looked
        look = SystemLook(
            name,
            settings,
            known.profile,
            known.api,
            client,
            self.recorder,
            self.ledger,
            self.loaded.project.platform,
            self.loaded.folder,
            self._events_secret(name),
        )
        for one in resource_names(self.loaded, name):
            profile = known.profile.resource(one)
            if profile is not None:
                look.resources.append(ResourceLook(look, Resource(name, profile, client, zone=look.zone)))
        return look

    def _events_secret(self, name: str) -> str | None:
        """The secret that a system signs its events with, where the project file says where it is and it is there."""
        settings = self.loaded.project.systems[name].webhooks
        if settings is None or settings.secret is None:
            return None
        try:
            found = self.secrets(settings.secret)
        except InputError:
            return None
        self.recorder.secrets.add(found, re.sub(r"\W", "_", f"{name}_EVENTS_SECRET").upper())
        return found

    def _probe(self, look: SystemLook, seen: Seen) -> str | None:
        """Run all probes; gives the reason why the rest stays open, None where all ran."""
        for probe in REACH_PROBES:
            self._ask(probe, look, look, look.name, seen)
        seen.reached = not any(
            one.id in {"network.dns", "network.tcp", "network.tls"} and one.answer is Answer.NO for one in seen.findings
        )
        seen.reached_from = next(
            (one.values.get("ours") for one in seen.findings if one.id == "network.from-platform"), None
        )
        if not seen.reached:
            return "unreachable"
        for probe in SYSTEM_PROBES:
            if look.stateless and probe.name not in WITHOUT_STATE:
                continue
            self._ask(probe, look, look, look.name, seen)
        if look.stateless:
            seen.findings = [_on_a_mock(one) for one in seen.findings]
            return "stateless-mock"
        if any(one.id == "credentials.accepted" and one.answer is Answer.NO for one in seen.findings):
            return "credentials-refused"
        for resource in look.resources:
            self._probe_resource(resource, look, seen)
        for probe in LAST_SYSTEM_PROBES:
            self._ask(probe, look, look, look.name, seen)
        return None

    def _probe_resource(self, resource: ResourceLook, look: SystemLook, seen: Seen) -> None:
        """Run the probes of one resource; where its list can't be read, the others stay open for that reason."""
        for probe in RESOURCE_PROBES:
            self._ask(probe, resource, look, resource.subject, seen)
            listed = next(
                (one for one in seen.findings if (one.id, one.subject) == ("list.readable", resource.subject)), None
            )
            left_out = listed is not None and listed.values.get("reason") == LEFT_OUT
            if listed is not None and listed.answer is not Answer.YES and not left_out:
                reason = str(listed.values.get("reason") or "list-refused")
                seen.findings = complete({resource.subject: [*RESOURCE_PROBES]}, seen.findings, reason)
                return

    def _ask(
        self,
        probe: Probe[SystemLook] | Probe[ResourceLook],
        at: SystemLook | ResourceLook,
        look: SystemLook,
        subject: str,
        seen: Seen,
    ) -> None:
        if self.stop.is_set():
            return
        fixed = probe in REACH_PROBES or not ALWAYS.isdisjoint(probe.claims)
        spared = None if fixed else self.round.spared(probe, subject)
        if spared is not None:
            seen.findings += spared
            return
        self.say(f"{subject}: {probe.name}")
        look.now(probe.name, subject)
        found = ask(probe, at, subject)
        seen.findings += found if fixed else self.round.narrowed(found)
        seen.requests = look.whole_client.requests


def _server(profile: Profile) -> str | None:
    """The first of the document's servers that is a whole address."""
    return next(filter(is_url, profile.document.servers), None)


def _on_a_mock(one: Finding) -> Finding:
    """What a mock answered is no proof: anything that it let pass or refused stays open."""
    if one.id.startswith("network.") or one.id == "sandbox.stateful":
        return one
    return next(left_open([one.id], one.subject, "stateless-mock"))


def complete(subjects: Mapping[str, list[Probe[Any]]], findings: list[Finding], reason: str) -> list[Finding]:
    """The findings, with one "unknown" for each claim that none answers: a forgotten probe can't become a silent pass."""
    there = {(one.id, one.subject) for one in findings}
    claims = ((subject, claim) for subject, probes in subjects.items() for probe in probes for claim in probe.claims)
    missing = (
        one for subject, claim in claims if (claim, subject) not in there for one in left_open([claim], subject, reason)
    )
    return [*findings, *missing]
