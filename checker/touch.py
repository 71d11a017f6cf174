"""The touch: write probes of the permitted systems, side by side, and the clean-up, whatever happens on the way.

What a system does raises nothing here: it leaves findings, and what depended on it is unknown, with the reason.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from checker.look import complete, resource_names
from checker.model.finding import Finding
from checker.model.permit import Permit, Planned
from checker.model.profile import Profile, ResourceProfile
from checker.patience import in_threads
from checker.probes import (
    CLEANUP_PROBES,
    HOOK_PROBES,
    HOOK_SYSTEM_PROBES,
    LAST_WRITE_PROBES,
    WRITE_PROBES,
    WRITE_SYSTEM_PROBES,
)
from checker.probes.attempts import Waiting
from checker.probes.base import Probe
from checker.probes.contexts import SystemLook
from checker.probes.deleting import can_sweep
from checker.probes.formats import NO_DAY, NUMBERS
from checker.probes.hooking import Lab, Patience, ResourceHooks, barred_at
from checker.probes.needs import bodies_of, unique_fields
from checker.probes.rights import RESTRICTED
from checker.probes.round import Round
from checker.probes.run import ask
from checker.probes.touching import ResourceTouch, SystemTouch
from checker.probes.upserting import UPSERTS
from checker.project.load import LoadedProject
from checker.project.sides import FlowView, views
from checker.project.types import WebhookLab
from checker.receiver import Receiver
from checker.resources.cleaning import CleanedUp, clean_up
from checker.resources.subscribing import written_in
from checker.resources.writing import Writer
from checker.store import Store

Say = Callable[[str], None]
MOST_UNIQUE = 3  # unique fields that are tried in a resource
# The record whose life the events tell, and the one of which parts are changed; at the first resource three for failures and two for subscriptions.
OF_EVENTS = 7
SUBSCRIPTIONS = 2
# The record that lives, the good body of the rules, the same again, one in a wrong format, one with a field that nobody knows, two with unusual
# values, three in one call, two whose ids are compared.
ALWAYS = 12
RACING = 4  # two times two with one unique value


@dataclass
class Touched:
    """What the touch found out of one system; filled probe by probe, so that a stop keeps what was found."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    requests: int = 0
    cleaned: CleanedUp | None = None


def planned(
    loaded: LoadedProject, profiles: Mapping[str, Profile], permits: Mapping[str, Permit | str], round_: Round
) -> tuple[Planned, ...]:
    """What would be written in the permitted systems for what is asked, in the order in which it would be. Pure."""
    seen = views(loaded.project, profiles)
    made: list[Planned] = []
    for name in (name for name, permit in permits.items() if isinstance(permit, Permit)):
        # The restricted user tries in one resource; which one, is seen only then.
        extra = int(RESTRICTED in loaded.project.systems[name].other_auth)
        ordered = in_order(_resources(loaded, profiles, name))
        wished = events_wished(loaded, name, profiles.get(name))
        lively = lives(round_, name, [one.name for one in ordered]) if wished else []
        for profile in ordered:
            heard = profile.name in lively
            if profile.operations.create is not None and (heard or _asked(round_, name, profile.name)):
                unique = len(set(unique_fields(seen, name, profile)))
                swept = sum(can_sweep(profile, one) and _asked(round_, name, one.name) for one in ordered)
                most = _at_most(profile, unique) + swept + extra + OF_EVENTS * heard
                made.append(Planned(name, profile.name, most))
        if lively and made and made[-1].system == name:
            written = written_in(profiles[name], loaded.project.systems[name].webhooks)
            made += [Planned(name, one, SUBSCRIPTIONS * written.count(one)) for one in dict.fromkeys(written)]
    return tuple(made)


def events_wished(loaded: LoadedProject, name: str, profile: Profile | None) -> bool:
    """Whether the events of a system are anybody's affair: the project file speaks of them, or the API takes subscriptions."""
    settings = loaded.project.systems[name].webhooks
    return settings is not None or (profile is not None and profile.webhooks.kind == "subscription_api")


def lives(round_: Round, system: str, resources: list[str]) -> list[str]:
    """The resources of which the webhook lab lives a record's life: those that are asked about; the first where only the system is."""
    found = [one for one in resources if any(round_.spared(p, f"{system}/{one}") is None for p in HOOK_PROBES)]
    return found or (resources[:1] if any(round_.spared(p, system) is None for p in HOOK_SYSTEM_PROBES) else [])


def _asked(round_: Round, system: str, resource: str) -> bool:
    """Whether any question about a resource needs a test record there."""
    about: list[tuple[Probe[Any], str]] = [
        (probe, f"{system}/{resource}") for probe in (*WRITE_PROBES, *LAST_WRITE_PROBES)
    ]
    about += [(probe, system) for probe in WRITE_SYSTEM_PROBES]
    return any(round_.spared(probe, subject) is None for probe, subject in about)


def _at_most(profile: ResourceProfile, unique: int) -> int:
    """A record for each rule that may turn out not to be enforced, beside those that are always created."""
    rules = profile.validation
    broken = sum(
        map(
            bool,
            (
                rules.required,  # left out
                rules.required,  # sent as an empty text
                rules.max_length,
                rules.enum,
                rules.pattern,
                any(one.type in NUMBERS for one in profile.schema),  # out of its range
                any(one.type in NUMBERS for one in profile.schema),  # a text in its place
                any(one.format in NO_DAY and not one.read_only for one in profile.schema),  # no day
                any(one.format in NO_DAY and not one.read_only for one in profile.schema),  # one of no calendar
                any(one.read_only for one in profile.schema),
                profile.relations,
            ),
        )
    )
    upserted = UPSERTS if profile.operations.upsert not in (None, profile.operations.create) else 0
    return ALWAYS + broken + upserted + min(unique, MOST_UNIQUE) + (RACING if unique else 0)


def _resources(loaded: LoadedProject, profiles: Mapping[str, Profile], name: str) -> list[ResourceProfile]:
    profile = profiles.get(name)
    found = (profile.resource(one) for one in resource_names(loaded, name)) if profile else ()
    return [one for one in found if one is not None]


def in_order(profiles: list[ResourceProfile]) -> list[ResourceProfile]:
    """Resources that others point at first; otherwise in their order, and where they point in a circle too."""
    waiting, ordered = list(profiles), list[ResourceProfile]()
    while waiting:
        names = {one.name for one in waiting}
        free = (one for one in waiting if not any(to.to in names - {one.name} for to in one.relations))
        first = next(free, waiting[0])
        waiting.remove(first)
        ordered.append(first)
    return ordered


@dataclass
class Touch:
    """Write probes of the systems of a project.

    `looks` are the systems as the look left them, their clients open; `permits` has a permit for each system, or the code of the reason why
    there is none; `writers` has a writer for each permitted system (its `idempotency`: `needs.key_places`).
    """

    loaded: LoadedProject
    profiles: Mapping[str, Profile]
    looks: Mapping[str, SystemLook]
    permits: Mapping[str, Permit | str]
    writers: Mapping[str, Writer]
    say: Say
    today: date
    round: Round = field(default_factory=Round)
    stop: threading.Event = field(default_factory=threading.Event)
    waiting: Waiting | None = None
    patience: Patience = field(default_factory=Patience)
    receiver: Receiver | str | None = None

    def run(self) -> tuple[dict[str, Touched], bool]:
        """Probe the permitted systems side by side and clean up. Gives what was found, and whether somebody stopped it.

        The first Ctrl-C ends the probing and waits for the clean-up, the second ends that too: the journal knows what is left.
        """
        touched = {name: Touched(name) for name in self.loaded.project.systems}
        works = {name: partial(self._system, one) for name, one in touched.items()}
        with self._listening():
            stopped = in_threads(works, self.stop.set, None)
        # Copies, for a thread that is left behind may still add to the originals.
        kept = {name: replace(one, findings=[*one.findings]) for name, one in touched.items()}
        for one in kept.values():
            one.findings = complete(self._subjects(one.name), one.findings, "stopped" if stopped else "not-settled")
        return kept, stopped

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """One receiver for all systems, where any can reach it; why there is none, as a reason's code, where its port is taken."""
        if all(self._barred(name) is not None for name, one in self.permits.items() if isinstance(one, Permit)):
            yield
            return
        chosen = self._chosen
        try:
            self.receiver = Receiver(chosen.listen, chosen.public_url)
        except OSError:
            self.receiver = "port-taken"
        try:
            yield
        finally:
            if isinstance(self.receiver, Receiver):
                self.receiver.stop()

    @property
    def _chosen(self) -> WebhookLab:
        return self.loaded.project.webhooks or WebhookLab()

    def _barred(self, name: str) -> str | None:
        """Why nothing can be heard of a system's events, as a reason's code."""
        look = self.looks.get(name)
        if look is None:
            return "unreachable"
        wished = events_wished(self.loaded, name, self.profiles.get(name))
        return barred_at(look.whole_client.base_url, self._chosen.public_url, wished=wished)

    def _lab(self, system: SystemTouch) -> Lab:
        """The webhook lab of a system, its receiver listening where it can be reached."""
        barred = self._barred(system.name) or (self.receiver if isinstance(self.receiver, str) else None)
        settings = self.loaded.project.systems[system.name].webhooks
        receiver = self.receiver if isinstance(self.receiver, Receiver) and barred is None else None
        path = Store(self.loaded.folder).receiver_path(system.name) if receiver else None
        lively = set(lives(self.round, system.name, [one.profile.name for one in system.resources]))
        touches = [one for one in system.resources if one.profile.name in lively]
        return Lab(system, touches, receiver, barred, settings, self.today, path, self.patience, self.stop)

    def _hear(self, system: SystemTouch, touched: Touched) -> None:
        """The webhook lab: lives of test records, and the events that come of them. What came is kept, masked."""
        lab = self._lab(system)
        for touch in system.resources:
            for probe in HOOK_PROBES:
                self._ask(probe, ResourceHooks(lab, touch), system, touch.subject, touched)
        for about in HOOK_SYSTEM_PROBES:
            self._ask(about, lab, system, system.name, touched)
        if lab.started:
            Store(self.loaded.folder).keep_events(lab.kept())

    def _subjects(self, name: str) -> dict[str, list[Probe[Any]]]:
        """All subjects of a system with the write probes that are about them."""
        about: dict[str, list[Probe[Any]]] = {name: [*WRITE_SYSTEM_PROBES, *HOOK_SYSTEM_PROBES, *CLEANUP_PROBES]}
        found = _resources(self.loaded, self.profiles, name)
        return about | {f"{name}/{one.name}": [*WRITE_PROBES, *LAST_WRITE_PROBES, *HOOK_PROBES] for one in found}

    def _system(self, touched: Touched) -> None:
        """Touch one system, as far as it may be."""
        name = touched.name
        permit, look = self.permits.get(name, "no-permit"), self.looks.get(name)
        if not isinstance(permit, Permit) or look is None:
            reason = permit if isinstance(permit, str) else "unreachable"
            touched.findings = complete(self._subjects(name), touched.findings, reason)
            return
        before = look.whole_client.requests
        try:
            self._probe_and_clean(SystemTouch(look, self.writers[name]), touched)
        finally:
            touched.requests = look.whole_client.requests - before

    def _probe_and_clean(self, system: SystemTouch, touched: Touched) -> None:
        """All probes, and the clean-up even where one of them broke what the runner doesn't catch."""
        try:
            for touch in self._touches(system):
                system.resources.append(touch)
                for probe in WRITE_PROBES:
                    self._ask(probe, touch, system, touch.subject, touched)
            for touch in system.resources:
                for probe in LAST_WRITE_PROBES:
                    self._ask(probe, touch, system, touch.subject, touched)
            for about in WRITE_SYSTEM_PROBES:
                self._ask(about, system, system, system.name, touched)
            self._hear(system, touched)
        finally:
            self.say(f"{system.name}: removing test records")
            touched.cleaned = system.cleaned = cleaned(system)
        for last in CLEANUP_PROBES:
            touched.findings += ask(last, system, system.name)

    def _touches(self, system: SystemTouch) -> Iterator[ResourceTouch]:
        order = [one.name for one in in_order([one.profile for one in system.look.resources])]
        for look in sorted(system.look.resources, key=lambda one: order.index(one.profile.name)):
            plan = bodies_of(look, self._flows, system.writer.mark, self.today)
            yield ResourceTouch(look, system, plan, self.waiting or Waiting(self._pause))

    @cached_property
    def _flows(self) -> tuple[FlowView, ...]:
        return views(self.loaded.project, self.profiles)

    def _pause(self, seconds: float) -> None:
        """Wait, but not past a stop."""
        self.stop.wait(seconds)

    def _ask(self, probe: Probe[Any], at: Any, system: SystemTouch, subject: str, touched: Touched) -> None:
        if self.stop.is_set():
            return
        spared = self.round.spared(probe, subject)
        if spared is not None:
            touched.findings += spared
            return
        self.say(f"{subject}: {probe.name}")
        system.look.now(probe.name, subject)
        touched.findings += self.round.narrowed(ask(probe, at, subject))


def cleaned(system: SystemTouch) -> CleanedUp:
    """Remove the run's test records of a system; what its writer wrote later, for the rehearsal, is removed by another call."""
    look = system.look
    look.now("clean-up", system.name)
    resources = {one.profile.name: one.resource for one in look.resources}
    for profile in look.profile.resources:
        resources.setdefault(profile.name, look.door(profile))
    return clean_up(system.writer, resources, system.writer.mark)
