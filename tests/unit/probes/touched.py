"""The embedded pair under write probes: what their tests need."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from checker.client.build import client_for
from checker.client.recorder import Recorder
from checker.describe import Described, described
from checker.journal import Journal
from checker.model.finding import Finding
from checker.model.permit import Permit
from checker.model.profile import Profile, ResourceProfile
from checker.probes import CLEANUP_PROBES, WRITE_PROBES, WRITE_SYSTEM_PROBES
from checker.probes.attempts import Waiting
from checker.probes.base import Ledger
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.needs import bodies_of, key_places
from checker.probes.run import ask
from checker.probes.touching import ResourceTouch, SystemTouch
from checker.project.load import LoadedProject, load_project
from checker.project.secrets import Secrets
from checker.project.sides import views
from checker.project.types import System
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.engine import Fault
from checker.sandbox.pair import SEED_NOW, Pair, Running, running_pair
from checker.touch import cleaned, in_order
from tests.clients import FAST, Time
from tests.clients import client as our_client
from tests.servers import Asked, serve

MARK = "rdy4k7q2m9x"
TODAY = date(2026, 11, 23)
Change = Callable[[ResourceProfile], ResourceProfile]


@dataclass
class World:
    """A running pair, its project, and what is needed to write in it."""

    pair: Pair
    loaded: LoadedProject
    profiles: Mapping[str, Profile]
    looks: dict[str, SystemLook]
    journal: Journal
    time: Time

    def running(self, name: str) -> Running:
        """The system of that name."""
        return self.pair.crm if name == "crm" else self.pair.erp

    def writer(self, name: str) -> Writer:
        """The writer of a system."""
        look = self.looks[name]
        permit = Permit(name, look.whole_client.base_url)
        return Writer(permit, self.journal, MARK, idempotency=key_places(look), clock=self.time.clock)

    def system(self, name: str) -> SystemTouch:
        """A system to be touched, all its resources of the flows in order."""
        look = self.looks[name]
        system = SystemTouch(look, self.writer(name))
        flows = views(self.loaded.project, self.profiles)
        order = [one.name for one in in_order([one.profile for one in look.resources])]
        for one in sorted(look.resources, key=lambda one: order.index(one.profile.name)):
            plan = bodies_of(one, flows, MARK, TODAY)
            system.resources.append(ResourceTouch(one, system, plan, Waiting(self.time.sleep, self.time.monotonic)))
        return system

    def living(self) -> dict[str, dict[str, list[Any]]]:
        """Ids of the living records of both systems."""
        return {
            name: {kind: [one.id for one in store.living(kind)] for kind in store.kinds}
            for name, store in (("crm", self.pair.crm.store), ("erp", self.pair.erp.store))
        }


@cache
def document(name: str, folder: Path) -> Described:
    """A document of the pair, read once."""
    return described(str(folder / name))


@contextmanager
def world(
    folder: Path,
    faults: Mapping[str, Mapping[str, Fault]] | None = None,
    change: Change = lambda one: one,
    edit: Callable[[str], str] = lambda text: text,
) -> Iterator[World]:
    """A running pair with its project in `folder`; `change` alters each resource's profile, `edit` the project file.

    When the block ends, the pair's records are those from before: no test record is left, and nothing else is gone.
    """
    at = Time()
    with running_pair(SEED_NOW, faults=faults, monotonic=at.monotonic) as pair:
        path = write_demo(folder, pair, SEED_NOW)
        path.write_text(edit(path.read_text("utf-8")), "utf-8")
        loaded = load_project(path)
        known = {
            name: described(str(folder / str(one.document)), overrides=one.resources)
            for name, one in loaded.project.systems.items()
        }
        profiles = {name: one.profile for name, one in known.items() if one.profile is not None}
        secrets = Secrets(loaded.folder, demo_environment())
        looks: dict[str, SystemLook] = {}
        for name, settings in loaded.project.systems.items():
            recorder = Recorder()
            client = client_for(name, settings, secrets, recorder, folder=folder, clock=at.clock)
            api = known[name].document
            look = SystemLook(name, settings, profiles[name], api.api if api else None, client, recorder, Ledger())
            flows = [side for one in loaded.project.flows for side in (one.left, one.right)]
            wanted = dict.fromkeys(
                one.partition("/")[2].partition(".")[0] for one in flows if one.startswith(f"{name}/")
            )
            for one in wanted:
                profile = profiles[name].resource(one)
                assert profile is not None
                look.resources.append(ResourceLook(look, Resource(name, change(profile), client, zone=look.zone)))
            looks[name] = look
        made = World(pair, loaded, profiles, looks, Journal(folder / "journal.sqlite", "test"), at)
        before = made.living()
        try:
            yield made
            for running in (pair.crm, pair.erp):
                running.faults.clear()
            for name in looks:
                cleaned(made.system(name))
            assert made.living() == before
        finally:
            made.journal.close()
            for look in looks.values():
                look.whole_client.close()


@contextmanager
def touching(
    folder: Path,
    written: Mapping[str, Any],
    answering: Callable[[Asked], Any],
    at: Time,
    wanted: Mapping[str, Collection[str] | None],
) -> Iterator[SystemTouch]:
    """A server of ours that a document describes, its resources under write probes; `wanted`: by resource what flows write, None for no more than
    a create needs.
    """
    path = folder / "document.json"
    path.write_text(json.dumps(written), "utf-8")
    known = described(str(path))
    assert known.profile is not None
    assert known.document is not None
    with serve(answering) as running:
        made = our_client(running.url, at=at)
        settings = System(base_url=running.url, limits=FAST)
        look = SystemLook("crm", settings, known.profile, known.document.api, made, Recorder(), Ledger())
        journal = Journal(folder / "journal.sqlite", "test")
        system = SystemTouch(look, Writer(Permit("crm", made.base_url), journal, MARK, clock=at.clock))
        for name, fields in wanted.items():
            profile = known.profile.resource(name)
            assert profile is not None
            one = ResourceLook(look, Resource("crm", profile, made, zone=look.zone))
            look.resources.append(one)
            plan = bodies_of(one, (), MARK, TODAY)
            plan = plan if fields is None else replace(plan, wanted=frozenset(fields))
            system.resources.append(ResourceTouch(one, system, plan, Waiting(at.sleep, at.monotonic)))
        try:
            yield system
        finally:
            journal.close()
            made.close()


def probed(system: SystemTouch, *only: str, until: str | None = None) -> dict[str, Finding]:
    """The findings of the write probes about one resource (the first of `only`, else the first), by claim."""
    touch = next(one for one in system.resources if not only or one.profile.name == only[0])
    found = [one for probe in WRITE_PROBES for one in asked(probe, touch)]
    return {one.id: one for one in found}


def asked(probe: Any, touch: ResourceTouch) -> list[Finding]:
    """One probe about one resource."""
    touch.system.look.now(probe.name, touch.subject)
    return list(ask(probe, touch, touch.subject))


def told(system: SystemTouch, probes: Any = (*WRITE_SYSTEM_PROBES, *CLEANUP_PROBES)) -> dict[str, Finding]:
    """The findings about a system, after its clean-up where that was done."""
    return {one.id: one for probe in probes for one in ask(probe, system, system.name)}
