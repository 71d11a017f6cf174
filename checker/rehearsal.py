"""The rehearsal: the configured sync played through with test records of its own in both test systems (design.md, Words). It composes.

records of ours ─► situation by situation: what a sync would meet ─► findings ─► clean-up, whatever happened
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from checker import catalogue
from checker.catalogue.rehearsal_texts import said
from checker.client.client import Client
from checker.client.line import Line
from checker.client.recorder import Recorder
from checker.model.api import Api
from checker.model.audit import Rehearsal, StepOutcome
from checker.model.finding import ActionEvidence, Answer, Finding, Grade
from checker.model.permit import Planned
from checker.model.profile import Profile
from checker.model.sync import Which
from checker.patience import felt, undisturbed
from checker.probes.base import Ledger
from checker.probes.needs import bodies_for, carried_fields
from checker.project.load import LoadedProject
from checker.project.sides import FlowView, Side, views
from checker.project.types import SideFilter
from checker.rehearsing.loading import RECORDS
from checker.rehearsing.order import needed_by
from checker.rehearsing.own import OwnSide
from checker.rehearsing.scene import ORDER_CLAIM, Scene, findings_of, order_finding, skipped
from checker.rehearsing.scenes import SCENES, played
from checker.rehearsing.stage import Stage, sources_of
from checker.resources.cleaning import CleanedUp, clean_up
from checker.resources.marks import marked
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.sync.planning import Ground, Pairing, in_order
from checker.sync.policies import policy
from checker.sync.state import State

Say = Callable[[str], None]
LONGEST_CLEANING_S = 120.0  # how long a Ctrl-C waits for the test records to be removed
CLEAN_UP = "clean-up"


@dataclass(frozen=True)
class Cast:
    """Everything that a rehearsal is held with: a writer for each system, which has its leave to write, and the clients to read with.

    `apis`: the documents, by system, for test records that no existing one can be a model of.
    """

    loaded: LoadedProject
    profiles: Mapping[str, Profile]
    clients: Mapping[str, Client]
    writers: Mapping[str, Writer]
    recorder: Recorder
    ledger: Ledger
    apis: Mapping[str, Api | None] = field(default_factory=dict)
    say: Say = lambda _: None
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal came to. `left`: what could not be removed, by system; `stopped`: somebody pressed Ctrl-C."""

    rehearsal: Rehearsal
    findings: tuple[Finding, ...]
    cleaned: Mapping[str, CleanedUp]
    stopped: bool = False

    @property
    def left(self) -> int:
        """How many test records could not be removed."""
        return sum(len(one.left) for one in self.cleaned.values())


@dataclass
class Act:
    """One flow's part of the rehearsal, filled situation by situation, so that a stop keeps what was played."""

    view: FlowView
    scenes: list[Scene] = field(default_factory=list)


def rehearse(cast: Cast) -> Rehearsed:
    """Play every flow through, those first that others point at; then remove all test records, also after Ctrl-C or a crash of ours."""
    acts: list[Act] = []
    stopped = late = False
    cleaned: dict[str, CleanedUp] = {}
    try:
        with felt():
            _play(cast, acts)
    except KeyboardInterrupt:
        stopped = True
    finally:
        cast.say("removing the test records")
        cleaned, late = undisturbed(partial(_cleaned, cast), LONGEST_CLEANING_S)
    return told(cast, acts, cleaned, stopped=stopped or late)


def planned(loaded: LoadedProject, profiles: Mapping[str, Profile]) -> tuple[Planned, ...]:
    """What a rehearsal would write at most: test records by system and resource, those included that the sync creates of them."""
    counts: dict[tuple[str, str], int] = {}
    for view in playable(loaded, profiles):
        for which in sources_of(view):
            target = view.right if which is Which.LEFT else view.left
            source = view.left if which is Which.LEFT else view.right
            creates = policy(view.flow.on_create, which.other) == "create"
            made = RECORDS + (1 if creates else 0)
            for side, n in ((source, made), (target, made if creates else 0)):
                counts[side.system, _name(side)] = counts.get((side.system, _name(side)), 0) + n
    return tuple(Planned(system, resource, n) for (system, resource), n in counts.items() if n)


def playable(loaded: LoadedProject, profiles: Mapping[str, Profile]) -> list[FlowView]:
    """The flows of which both sides are known, without their scope: test records are ours, in scope or not."""
    found = (one for one in views(loaded.project, profiles) if one.left.profile and one.right.profile)
    return [FlowView(replace(one.flow, filter=SideFilter()), one.left, one.right) for one in found]


def _name(side: Side) -> str:
    return f"{side.resource}.{side.inside}" if side.inside else side.resource


def _play(cast: Cast, acts: list[Act]) -> None:
    lines = {name: Line() for name in cast.clients}
    mark = next(iter(cast.writers.values())).mark
    sides = {one.flow.name: _sides(cast, one, lines) for one in playable(cast.loaded, cast.profiles)}
    pairings = tuple(_pairing(cast, one, sides[one.flow.name]) for one in playable(cast.loaded, cast.profiles))
    ground = Ground(
        project=cast.loaded.project.project,
        pairings=pairings,
        made_from={},
        now=cast.now,
        sleep=cast.sleep,
        only=lambda _, row: marked(row.values, mark),
    )
    state = State.passing()
    for pairing in in_order(pairings):
        act = Act(pairing.view)
        acts.append(act)
        stage = Stage(pairing, sides[pairing.flow], ground, state, cast.writers, lines, cast.ledger, mark)
        for name, scene in _scenes(pairing, state):
            cast.say(f"{pairing.flow}: {name}")
            act.scenes.append(scene(stage))
    state.close()


def _scenes(pairing: Pairing, state: State) -> Iterator[tuple[str, Callable[[Stage], Scene]]]:
    """The situations of a flow; only a note where a flow that it points at has nothing to point at."""
    missing = next((name for name in needed_by(pairing.view) if not state.links(name)), None)
    if missing is not None:
        yield SCENES[0][0], lambda _: skipped(SCENES[0][0], "skip-needs", flow_name=missing)
        return
    for name, play in SCENES:
        yield name, partial(played, name, play)


def _sides(cast: Cast, view: FlowView, lines: Mapping[str, Line]) -> dict[Which, OwnSide]:
    return {which: _side(cast, view, which, lines) for which in Which}


def _pairing(cast: Cast, view: FlowView, sides: Mapping[Which, OwnSide]) -> Pairing:
    zones = {one: cast.loaded.project.systems[one].timezone for one in (view.left.system, view.right.system)}
    return Pairing(
        view=view,
        left=sides[Which.LEFT],
        right=sides[Which.RIGHT],
        zones=(zones[view.left.system], zones[view.right.system]),
    )


def _side(cast: Cast, view: FlowView, which: Which, lines: Mapping[str, Line]) -> OwnSide:
    side = view.left if which is Which.LEFT else view.right
    zone = ZoneInfo(cast.loaded.project.systems[side.system].timezone or "UTC")
    scope = cast.recorder.scope(side.system, "rehearsal", f"flow:{view.flow.name}")
    client = cast.clients[side.system].through(lines[side.system]).recorded(scope)
    assert side.profile is not None  # noqa: S101 - `playable` has looked
    resource = Resource(side.system, side.profile, client, zone=zone)
    writer, seen = cast.writers[side.system], views(cast.loaded.project, cast.profiles)
    bodies = bodies_for(side.system, side.profile, cast.apis.get(side.system), seen, writer.mark, cast.now().date())
    bodies = dataclasses.replace(bodies, wanted=bodies.wanted | {*carried_fields(view, side)})
    return OwnSide(view, which, resource, zone, partial(_ours, writer, side.resource), bodies)


def _ours(writer: Writer, resource: str) -> list[str]:
    """Ids of the run's test records in a resource, as the journal has them."""
    entries = writer.journal.test_records(writer.permit.system, writer.mark)
    return [one.record for one in entries if one.resource == resource and one.record is not None]


def _cleaned(cast: Cast) -> dict[str, CleanedUp]:
    return {name: clean_up(writer, _resources(cast, name), writer.mark) for name, writer in cast.writers.items()}


def _resources(cast: Cast, name: str) -> dict[str, Resource]:
    """Every resource of a system, to look for test records in; around the lines that the rehearsal cuts."""
    zone = ZoneInfo(cast.loaded.project.systems[name].timezone or "UTC")
    client = cast.clients[name].recorded(cast.recorder.scope(name, "clean-up"))
    profile = cast.profiles.get(name)
    return {one.name: Resource(name, one, client, zone=zone) for one in (profile.resources if profile else ())}


def told(cast: Cast, acts: Sequence[Act], cleaned: Mapping[str, CleanedUp], *, stopped: bool) -> Rehearsed:
    """The rehearsal as the audit keeps it, and the findings that follow from it, for every flow of the project."""
    steps = [scene.step(act.view.flow.name) for act in acts for scene in act.scenes]
    steps.append(_clean_up(cast, cleaned).step(None))
    return Rehearsed(Rehearsal(steps=tuple(steps)), tuple(_findings(cast, acts, stopped=stopped)), cleaned, stopped)


def _clean_up(cast: Cast, cleaned: Mapping[str, CleanedUp]) -> Scene:
    left = {
        name: [f"{one.resource} {one.record or one.mark}" for one in each.left]
        for name, each in cleaned.items()
        if each.left
    }
    n = sum(each.removed for each in cleaned.values())
    detail = {name: {"removed": each.removed, "left": left.get(name, [])} for name, each in cleaned.items()}
    key = cast.ledger.add("rehearsal|clean-up", ActionEvidence(flow="", action=CLEAN_UP, detail=detail))
    return Scene(
        CLEAN_UP,
        StepOutcome.DECISION if left else StepOutcome.PASS,
        did=(said("did-clean-up"),),
        happened=(
            said("removed", n=n),
            *(said("left-behind", system=name, records=each) for name, each in left.items()),
        ),
        decide=(said("decide-left"),) if left else (),
        evidence=(key,),
    )


def _findings(cast: Cast, acts: Sequence[Act], *, stopped: bool) -> Iterator[Finding]:
    by_flow = {act.view.flow.name: act.scenes for act in acts}
    for view in views(cast.loaded.project, cast.profiles):
        name = view.flow.name
        reason = (
            "no-document" if not (view.left.profile and view.right.profile) else "stopped" if stopped else "not-played"
        )
        ways = [(source.system, target.system) for source, target in view.directions]
        yield from findings_of(name, ways, by_flow.get(name, []), reason)
    loads = {act.view.flow.name: act.scenes[0] for act in acts if act.scenes}
    unlinked = {
        flow: [str(field) for one in scene.happened if one.code == "not-linked" for field in one.values["fields"]]
        for flow, scene in loads.items()
    }
    loaded = [flow for flow, scene in loads.items() if _arrived(scene)]
    yield order_finding(unlinked, loaded, [act.view.flow.name for act in acts if needed_by(act.view)])


def unplayed(loaded: LoadedProject, profiles: Mapping[str, Profile], reason: str) -> Iterator[Finding]:
    """Everything that a rehearsal would tell, left open for one reason (a code of catalogue/reasons.yaml)."""
    for view in views(loaded.project, profiles):
        ways = [(source.system, target.system) for source, target in view.directions]
        yield from findings_of(view.flow.name, ways, (), reason)
    yield catalogue.finding(ORDER_CLAIM, "pair", Answer.UNKNOWN, Grade.PROBED, {"reason": reason})


def _arrived(scene: Scene) -> bool:
    return any(one.claim == "rehearsal.first-load" and one.answer is Answer.YES for _, one in scene.told)
