"""`readiness rehearse`, as one story: what stands in the way, what would be written, leave to write it, and then the rehearsal alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from checker import __version__, catalogue
from checker.audit import stamp
from checker.client.clock import Clock
from checker.client.recorder import Recorder
from checker.describe import both_described
from checker.errors import Problem, RefusedError
from checker.journal import FILE, Journal
from checker.look import Known, Look
from checker.model.audit import Audit, FlowSeen, StepOutcome, SyncMode, SystemSeen, Verdict
from checker.model.finding import Evidence
from checker.model.permit import Permit, Planned
from checker.model.profile import Profile
from checker.numbering import numbered
from checker.permitting import Permits, knock, permits, refused
from checker.probes.base import Ledger
from checker.probes.contexts import SystemLook
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.rehearsal import Cast, Rehearsed, planned, rehearse
from checker.resources.writing import Writer, new_mark
from checker.store import Store

Say = Callable[[str], None]
Agree = Callable[[tuple[Planned, ...], Mapping[str, str]], None]
COMMAND = "rehearse"
ONLY_ASKING_TELLS = "permit.credentials-not-accepted"
DONE, FAILED, UNDECIDED, AWAITING = 0, 1, 3, 5


@dataclass(frozen=True)
class Around:
    """The edges: where `${env:…}` references are looked up, and time."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True)
class Played:
    """A rehearsal in the shape of an audit, so that reports can show it; the exit code; whether Ctrl-C came."""

    audit: Audit
    exit_code: int
    interrupted: bool


def play(loaded: LoadedProject, agree: Agree, say: Say, around: Around | None = None) -> Played:
    """Hold the rehearsal. `agree` shows what would be written and raises RefusedError where that isn't agreed to.

    What the project itself says against writing is refused first, then it is agreed to: until then no system was asked anything. Raises
    RefusedError without leave to write in both systems, and where another run writes for this project.
    """
    around = around or Around()
    _refuse(one for one in refused(permits(loaded, {}, ())) if one.code != ONLY_ASKING_TELLS)
    started, secrets = around.now(), Secrets(loaded.folder, around.environ)
    described = both_described(loaded, secrets, say, strict=False)
    profiles = {name: one.profile for name, one in described.items() if one.profile is not None}
    agree(planned(loaded, profiles), {name: one.base_url or "" for name, one in loaded.project.systems.items()})
    known = {name: Known(one.profile, one.document.api if one.document else None) for name, one in described.items()}
    recorder, ledger = Recorder(), Ledger()
    live = Look(loaded, known, secrets, recorder, ledger, say)
    store = Store(loaded.folder)
    store.ready()
    with store.locked(COMMAND):
        try:
            held = _permitted(loaded, live.open())
            rehearsed = _rehearsed(loaded, profiles, live.looks, held, (recorder, ledger), (say, around))
        finally:
            live.close()
    evidence = {**ledger.evidence, **recorder.evidence()}
    return Played(
        _audit(loaded, rehearsed, evidence, (stamp(started), stamp(around.now()))), code(rehearsed), rehearsed.stopped
    )


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise RefusedError(*found)


def _permitted(loaded: LoadedProject, looks: Mapping[str, SystemLook]) -> dict[str, Permit]:
    """The permits of both systems. Raises RefusedError where one is missing."""
    findings = [one for look in looks.values() for one in knock(look)]
    asked: Permits = permits(loaded, looks, findings)
    _refuse(refused(asked))
    return {name: one for name, one in asked.items() if isinstance(one, Permit)}


def _rehearsed(
    loaded: LoadedProject,
    profiles: Mapping[str, Profile],
    looks: Mapping[str, SystemLook],
    held: Mapping[str, Permit],
    kept: tuple[Recorder, Ledger],
    around: tuple[Say, Around],
) -> Rehearsed:
    say, edges = around
    journal, mark = Journal(Store(loaded.folder).folder / FILE, loaded.project.project), new_mark()
    try:
        cast = Cast(
            loaded=loaded,
            profiles=profiles,
            clients={name: one.whole_client for name, one in looks.items()},
            writers={name: Writer(one, journal, mark, clock=edges.clock) for name, one in held.items()},
            recorder=kept[0],
            ledger=kept[1],
            say=say,
            now=edges.now,
            sleep=edges.clock.sleep,
        )
        return rehearse(cast)
    finally:
        journal.close()


def code(rehearsed: Rehearsed) -> int:
    """The exit code: 1 where a situation failed, 5 where records are left, 3 where something could not be settled, else 0.

    What the rehearsal provokes and finds handled as it should counts for nothing, nor do the decisions that it asks for.
    """
    outcomes = {one.outcome for one in rehearsed.rehearsal.steps}
    if StepOutcome.FAIL in outcomes:
        return FAILED
    if rehearsed.left:
        return AWAITING
    return UNDECIDED if StepOutcome.UNKNOWN in outcomes else DONE


def _audit(
    loaded: LoadedProject, rehearsed: Rehearsed, evidence: Mapping[str, Evidence], times: tuple[str, str]
) -> Audit:
    """The rehearsal in the shape of an audit that judged nothing."""
    project = loaded.project
    findings, rehearsal, kept = numbered(rehearsed.findings, evidence, rehearsed.rehearsal)
    return Audit(
        project=project.project,
        readiness_version=__version__,
        started=times[0],
        finished=times[1],
        phases=("touch",),
        language=project.language,
        stopped="interrupted" if rehearsed.stopped else None,
        verdict=Verdict(ready=False, gate=project.gate, gates={}, flows={}, blocking=(), counts={}),
        systems={
            name: SystemSeen(base_url=one.base_url, reached=None, profile=None, sandbox=one.sandbox)
            for name, one in project.systems.items()
        },
        flows=tuple(
            FlowSeen(
                name=one.name,
                left=one.left,
                right=one.right,
                direction=one.direction,
                freshness_minutes=None,
                leading=one.leading,
            )
            for one in project.flows
        ),
        findings=findings,
        results=(),
        sync_mode=SyncMode(headline=None, provisional=True),
        rehearsal=rehearsal,
        items={},
        sections={},
        texts={name: catalogue.finding_text(name) for name in sorted({one.id for one in findings})},
        evidence=kept,
    )
