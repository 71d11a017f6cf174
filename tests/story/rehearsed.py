"""Rehearsals on the embedded pair, for tests: the demonstration's project, its limits lifted, some of its flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from checker.client.build import client_for
from checker.client.client import Client
from checker.client.recorder import Recorder
from checker.describe import described
from checker.journal import Journal
from checker.model.audit import RehearsalStep
from checker.model.finding import Evidence
from checker.model.permit import Permit
from checker.probes.base import Ledger
from checker.project.load import LoadedProject, load_project
from checker.project.secrets import Secrets
from checker.rehearsal import Cast, Rehearsed, rehearse
from checker.resources.marks import new_mark
from checker.resources.writing import Writer
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import SEED_NOW, Pair
from tests.clients import Time

RESOURCES = {
    "crm": ("companies", "contacts", "products", "invoices"),
    "erp": ("geschaeftspartner", "artikel", "rechnungen"),
}


def project(folder: Path, pair: Pair, flows: tuple[str, ...] | None = None, **changes: Any) -> LoadedProject:
    """The demonstration's project with some of its flows, and no limits that would only take time. `changes`: by flow, keys that differ."""
    path = write_demo(folder, pair, SEED_NOW)
    stated = yaml.safe_load(path.read_text("utf-8"))
    for system in stated["systems"].values():
        system["limits"]["requests_per_second"] = 5000
    stated["flows"] = [
        {**one, **changes.get(one["name"], {})} for one in stated["flows"] if flows is None or one["name"] in flows
    ]
    path.write_text(yaml.safe_dump(stated, allow_unicode=True, sort_keys=False), "utf-8")
    return load_project(path)


@contextmanager
def cast(loaded: LoadedProject) -> Iterator[Cast]:
    """Everything that a rehearsal of the project is held with; pauses jump ahead."""
    secrets, recorder, at = Secrets(loaded.folder, demo_environment()), Recorder(), Time()
    systems = loaded.project.systems
    documents = {
        name: described(str(loaded.folder / str(one.document)), overrides=one.resources)
        for name, one in systems.items()
    }
    profiles = {name: one.profile for name, one in documents.items() if one.profile}
    apis = {name: one.document.api for name, one in documents.items() if one.document}
    clients: dict[str, Client] = {
        name: client_for(name, one, secrets, recorder, folder=loaded.folder, clock=at.clock, environment={})
        for name, one in systems.items()
    }
    journal, mark = Journal(loaded.folder / "journal.sqlite", loaded.project.project), new_mark()
    writers = {name: Writer(Permit(name, one.base_url), journal, mark, clock=at.clock) for name, one in clients.items()}
    try:
        yield Cast(loaded, profiles, clients, writers, recorder, Ledger(), apis, sleep=at.sleep)
    finally:
        journal.close()
        for one in clients.values():
            one.close()


@dataclass(frozen=True)
class Seen:
    """A rehearsal, its evidence, and both systems' records before and after."""

    rehearsed: Rehearsed
    evidence: Mapping[str, Evidence]
    before: dict[str, Any]
    after: dict[str, Any]

    def step(self, flow: str | None, name: str) -> RehearsalStep:
        """A flow's situation."""
        return next(one for one in self.rehearsed.rehearsal.steps if (one.flow, one.name) == (flow, name))

    def outcomes(self, flow: str) -> dict[str, str]:
        """How a flow's situations came out."""
        return {one.name: str(one.outcome) for one in self.rehearsed.rehearsal.steps if one.flow == flow}

    def answer(self, claim: str, subject: str) -> str:
        """The answer to a claim."""
        found = [one for one in self.rehearsed.findings if (one.id, one.subject) == (f"rehearsal.{claim}", subject)]
        assert len(found) == 1, (claim, subject)
        return str(found[0].answer)


def see(loaded: LoadedProject, pair: Pair, stop: Callable[[str], None] = lambda _: None) -> Seen:
    """Hold the rehearsal; `stop` hears what is going on, and may raise."""
    with cast(loaded) as held:
        before = stored(pair)
        rehearsed = rehearse(replace(held, say=stop))
        return Seen(rehearsed, {**held.ledger.evidence, **held.recorder.evidence()}, before, stored(pair))


def stored(pair: Pair) -> dict[str, Any]:
    """All records of both systems with their stamps, without those that say they are deleted."""
    stores = {"crm": pair.crm.store, "erp": pair.erp.store}
    return {
        f"{system}/{name}": {one.id: (one.data, one.updated) for one in stores[system].all(name) if not one.deleted}
        for system, names in RESOURCES.items()
        for name in names
    }
