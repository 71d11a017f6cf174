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
from checker.errors import Problem, RefusedError
from checker.model.audit import Audit, FlowSeen, StepOutcome, SyncMode, SystemSeen, Verdict
from checker.model.finding import Evidence
from checker.model.permit import Planned
from checker.numbering import numbered
from checker.patience import felt
from checker.permitting import Permits, knock, opened, permits, refused, writers
from checker.probes.contexts import SystemLook
from checker.project.load import LoadedProject
from checker.rehearsal import Cast, Rehearsed, planned, rehearse

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
    started = around.now()
    with opened(loaded, around.environ, say) as looks:
        _refuse(Problem("permit.not-asked", {"system": one}) for one in loaded.project.systems if one not in looks)
        profiles = {name: one.profile for name, one in looks.items()}
        with felt():
            agree(planned(loaded, profiles), {name: one.whole_client.base_url for name, one in looks.items()})
            found = _permitted(loaded, looks)
        with writers(loaded, looks, found, COMMAND, around.clock) as them:
            some = next(iter(looks.values()))
            cast = Cast(
                loaded=loaded,
                profiles=profiles,
                clients={name: one.whole_client for name, one in looks.items()},
                apis={name: one.api for name, one in looks.items()},
                writers=them,
                recorder=some.recorder,
                ledger=some.ledger,
                say=say,
                now=around.now,
                sleep=around.clock.sleep,
            )
            rehearsed = rehearse(cast)
        evidence = {**some.ledger.evidence, **some.recorder.evidence()}
    made = _audit(loaded, rehearsed, evidence, (stamp(started), stamp(around.now())))
    return Played(made, code(rehearsed), rehearsed.stopped)


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise RefusedError(*found)


def _permitted(loaded: LoadedProject, looks: Mapping[str, SystemLook]) -> Permits:
    """The permits of both systems. Raises RefusedError where one is missing."""
    found = permits(loaded, looks, [one for look in looks.values() for one in knock(look)])
    _refuse(refused(found))
    return found


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
