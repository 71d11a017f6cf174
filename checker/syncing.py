"""The sync, as one story: both systems opened, a plan made, a plan applied. It composes and holds no logic."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from checker.audit import fetched
from checker.client.build import client_for
from checker.client.client import Client
from checker.client.recorder import Recorder
from checker.describe import Described, described
from checker.documents import is_url
from checker.errors import DocumentError, InputError, Problem
from checker.model.sync import Plan, Which
from checker.patience import side_by_side
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.project.sides import FlowView, Side, views
from checker.resources.resource import Resource
from checker.store import Store
from checker.sync.exact import digest
from checker.sync.planning import Ground, Pairing
from checker.sync.side import SyncSide
from checker.sync.state import FILE, State

DEFAULT_ZONE = "UTC"
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
        documents = _documents(loaded, secrets, say)
        clients: dict[str, Client] = {}
        for name, system in loaded.project.systems.items():
            clients[name] = client_for(name, system, secrets, recorder, folder=loaded.folder)
            stack.callback(clients[name].close)
        made_from = {"project": digest(loaded.path.read_text("utf-8"))}
        made_from |= {f"document:{name}": one.document.digest for name, one in documents.items() if one.document}
        made_from |= {f"target:{name}": digest(url) for name, url in known.items()}
        ground = Ground(
            loaded.project.project, _pairings(loaded, documents, clients, recorder), made_from, around.now, around.sleep
        )
        yield Opened(loaded, ground, state, clients, documents, recorder)


def _documents(loaded: LoadedProject, secrets: Secrets, say: Say) -> dict[str, Described]:
    def one(name: str) -> Described:
        settings = loaded.project.systems[name]
        if settings.document is None:
            return Described(None, None)
        say(f"{name}: reading {settings.document}")
        address = is_url(settings.document)
        source = settings.document if address else str(loaded.folder / settings.document)
        fetch = partial(fetched, loaded, name, secrets) if address else None
        found = described(source, overrides=settings.resources, fetch=fetch, shown_as=settings.document)
        if found.profile is None:
            raise DocumentError(*found.problems)
        return found

    return dict(zip(loaded.project.systems, side_by_side(one, loaded.project.systems), strict=True))


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


def systems_written(plan: Plan, ground: Ground) -> list[str]:
    """The systems that a plan writes to, in the order of their names."""
    pairings = {one.flow: one for one in ground.pairings}
    return sorted({pairings[flow.flow].side(one.side).system for flow in plan.flows for one in flow.actions})
