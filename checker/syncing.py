"""The sync, as one story: both systems opened, a plan made, a plan applied. It composes and holds no logic."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from checker.client.build import client_for
from checker.client.client import Client
from checker.client.recorder import Recorder
from checker.describe import Described, both_described, made_from
from checker.errors import DocumentError, InputError, Problem, RefusedError
from checker.journal import FILE as JOURNAL
from checker.journal import Journal
from checker.look import resource_names
from checker.model.sync import Plan, Which
from checker.permitting import knock, permits, refused, writers
from checker.probes.base import Ledger
from checker.probes.contexts import ResourceLook, SystemLook
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.project.sides import FlowView, Side, views
from checker.resources.outcomes import Outcome
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.store import Store
from checker.sync.applied import Applied
from checker.sync.apply import Options, apply
from checker.sync.exact import digest
from checker.sync.planning import Ground, Pairing
from checker.sync.side import SyncSide
from checker.sync.state import FILE, Pending, State

COMMAND = "sync apply"
DEFAULT_ZONE = "UTC"
PURPOSE = Options().purpose
Say = Callable[[str], None]


@dataclass(frozen=True)
class Surroundings:
    """The edges of a sync: where `${env:…}` references are looked up, the clock, and how one waits."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Opened:
    """Both systems ready to be asked, and what the sync remembers of them."""

    loaded: LoadedProject
    ground: Ground
    state: State
    clients: Mapping[str, Client]
    documents: Mapping[str, Described]
    recorder: Recorder


def targets(loaded: LoadedProject, environ: Mapping[str, str]) -> dict[str, str]:
    """Each system's base URL, references resolved. Raises InputError where a system has none."""
    secrets = Secrets(loaded.folder, environ)
    found: dict[str, str] = {}
    for name, system in loaded.project.systems.items():
        if not system.base_url:
            raise InputError(Problem("http.no-base-url", {"system": name}))
        found[name] = secrets(system.base_url).rstrip("/")
    return found


def state_path(loaded: LoadedProject) -> Path:
    """Where the sync keeps what it remembers."""
    return Store(loaded.folder).folder / FILE


def remembered(loaded: LoadedProject, environ: Mapping[str, str] | None = None) -> State:
    """What the sync remembers of this project. Raises RefusedError where that is another project's, another target's, or damaged."""
    Store(loaded.folder).ready()
    known = targets(loaded, os.environ if environ is None else environ)
    return State.open(state_path(loaded), project=loaded.project.project, targets=known)


@contextmanager
def opened(loaded: LoadedProject, say: Say, around: Surroundings | None = None) -> Iterator[Opened]:
    """Both systems described and their clients built; all is closed at the end. Nothing is sent yet but for documents at addresses.

    Raises InputError for what is wrong with the project, DocumentError where a document can't be read.
    """
    around = around or Surroundings()
    secrets, recorder = Secrets(loaded.folder, around.environ), Recorder()
    with ExitStack() as stack:
        known = targets(loaded, around.environ)
        state = remembered(loaded, around.environ)
        stack.callback(state.close)
        documents = _described(loaded, secrets, say)
        clients: dict[str, Client] = {}
        for name, system in loaded.project.systems.items():
            tally = Store(loaded.folder).tally(name)
            clients[name] = client_for(
                name, system, secrets, recorder, folder=loaded.folder, keep=secrets.keep, tally=tally
            )
            stack.callback(clients[name].close)
        ground_of = made_from(loaded, documents) | {f"target:{name}": digest(url) for name, url in known.items()}
        pairings = _pairings(loaded, documents, clients, recorder)
        told = partial(_told_the_journal, loaded)
        ground = Ground(loaded.project.project, pairings, ground_of, around.now, around.sleep, settled=told)
        yield Opened(loaded, ground, state, clients, documents, recorder)


def _described(loaded: LoadedProject, secrets: Secrets, say: Say) -> dict[str, Described]:
    found = both_described(loaded, secrets, say)
    for name, one in found.items():
        if one.profile is None:
            raise DocumentError(*one.problems or [Problem("sync.no-document", {"system": name})])
    return found


def _told_the_journal(loaded: LoadedProject, system: str, pending: Pending, record: str | None) -> None:
    """Write down what came of a create that was settled by looking: the journal's intent of it is open no longer."""
    path = Store(loaded.folder).folder / JOURNAL
    if not path.exists():
        return
    journal = Journal(path, loaded.project.project)
    try:
        begun = datetime.fromisoformat(pending.begun)
        begun -= timedelta(microseconds=begun.microsecond % 1000)  # the journal writes milliseconds
        of_sync = (one for one in journal.unresolved(system) if one.purpose == PURPOSE)
        found = [one.number for one in of_sync if datetime.fromisoformat(one.at) >= begun]
        if found:
            outcome = Outcome.REFUSED if record is None else Outcome.DONE
            journal.settle(min(found), outcome, record, "looked up by a later sync")
    finally:
        journal.close()


def _pairings(
    loaded: LoadedProject, documents: Mapping[str, Described], clients: Mapping[str, Client], recorder: Recorder
) -> tuple[Pairing, ...]:
    profiles = {name: one.profile for name, one in documents.items() if one.profile is not None}

    def side(view: FlowView, which: Which) -> SyncSide:
        there: Side = view.left if which is Which.LEFT else view.right
        if there.profile is None:
            values = {"flow": view.flow.name, "side": f"{there.system}/{there.resource}"}
            raise InputError(Problem("sync.no-profile", values))
        zone = ZoneInfo(loaded.project.systems[there.system].timezone or DEFAULT_ZONE)
        scope = recorder.scope(there.system, "sync", f"{there.system}/{there.resource}")
        resource = Resource(there.system, there.profile, clients[there.system].recorded(scope), zone=zone)
        return SyncSide(view, which, resource, zone)

    zones = {name: system.timezone for name, system in loaded.project.systems.items()}
    return tuple(
        Pairing(one, side(one, Which.LEFT), side(one, Which.RIGHT), (zones[one.left.system], zones[one.right.system]))
        for one in views(loaded.project, profiles)
    )


@contextmanager
def permitted(both: Opened, systems: Sequence[str]) -> Iterator[dict[str, Writer]]:
    """Be the only run that writes, with leave to write in these systems: a writer for each, all of one run.

    Raises RefusedError where another run is at it, and with all that speaks against writing: then nothing was written anywhere.
    """
    looks = {name: _look(both, name) for name in systems}
    found = permits(both.loaded, looks, [finding for one in looks.values() for finding in knock(one)])
    wanted = {name: found[name] for name in systems}
    if problems := refused(wanted):
        raise RefusedError(*problems)
    with writers(both.loaded, looks, wanted, COMMAND) as them:
        yield them


def _look(both: Opened, name: str) -> SystemLook:
    """One system as the questions before a write see it."""
    settings, known = both.loaded.project.systems[name], both.documents[name]
    assert known.profile is not None  # noqa: S101 - whoever has no profile isn't opened
    api = known.document.api if known.document else None
    look = SystemLook(name, settings, known.profile, api, both.clients[name], both.recorder, Ledger())
    named = (known.profile.resource(one) for one in resource_names(both.loaded, name))
    look.resources += [
        ResourceLook(look, Resource(name, one, both.clients[name], zone=look.zone)) for one in named if one
    ]
    return look


def apply_plan(plan: Plan, both: Opened, say: Say, *, allow: int = 0) -> Applied:
    """Do what a plan says, as the only run that writes. Raises RefusedError before the first write where a permit, a guard or the world says no."""
    with permitted(both, systems_written(plan, both.ground)) as writers:
        open_before = {name: _open_updates(writer, name) for name, writer in writers.items()}
        applied = apply(plan, both.ground, both.state, writers, Options(allow=allow), say)
        if not both.state.pending():
            for name, numbers in open_before.items():
                for number in numbers:
                    writers[name].journal.settle(number, Outcome.DONE, note="compared again by a later sync")
    return applied


def _open_updates(writer: Writer, system: str) -> list[int]:
    """Updates of earlier syncs that nobody knows the end of: this run reads both sides and compares again, whatever became of them."""
    entries = writer.journal.unresolved(system)
    return [one.number for one in entries if one.purpose == PURPOSE and one.operation == "update"]


def systems_written(plan: Plan, ground: Ground) -> list[str]:
    """The systems that a plan writes to, in the order of their names."""
    pairings = {one.flow: one for one in ground.pairings}
    return sorted({pairings[flow.flow].side(one.side).system for flow in plan.flows for one in flow.actions})
