"""The plan of several flows: both sides read, matched once, planned in the order in which flows lean on each other, and bound to what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec.structs import replace

from checker import __version__
from checker.data.match import match
from checker.errors import InputError, Problem
from checker.model.sync import Action, Base, FlowPlan, Link, Notice, NoticeKind, Plan, Row, Which
from checker.patience import side_by_side
from checker.project.sides import FlowView, leans_on
from checker.sync import settling
from checker.sync.base import settle
from checker.sync.exact import digest
from checker.sync.files import sealed
from checker.sync.linked import Linked
from checker.sync.parts import Part, Zones, parts_of, value_of
from checker.sync.plan import plan as plan_flow
from checker.sync.side import SyncSide
from checker.sync.state import Pending, State

Rows = Mapping[Which, dict[str, Row]]
Only = Callable[[SyncSide, Row], bool]
Settled = Callable[[str, Pending, str | None], None]


@dataclass(frozen=True)
class Pairing:
    """A flow and both its sides, ready to be asked. `zones`: both systems' (IANA names)."""

    view: FlowView
    left: SyncSide
    right: SyncSide
    zones: Zones = (None, None)

    @property
    def flow(self) -> str:
        """The flow's name."""
        return self.view.flow.name

    def side(self, which: Which) -> SyncSide:
        """One of both sides."""
        return self.left if which is Which.LEFT else self.right

    def parts(self, links: Mapping[str, Linked]) -> tuple[Part, ...]:
        """What the flow compares and writes, each as a whole."""
        return parts_of(self.view, links, self.zones)


@dataclass(frozen=True)
class Ground:
    """What a sync stands on. `made_from`: digests of the project file, the documents and the targets. `only` narrows the rows that are seen.

    `settled` hears of creates that were settled by looking: the system, what was pending, the record's id or None where nothing arrived.
    """

    project: str
    pairings: tuple[Pairing, ...]
    made_from: Mapping[str, str]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    only: Only | None = None
    settled: Settled = field(default=lambda *_: None)


@dataclass
class Planned:
    """A plan, and the world that it was made in: rows and links by flow."""

    plan: Plan
    rows: dict[str, Rows] = field(default_factory=dict)
    links: dict[str, Linked] = field(default_factory=dict)
    found: dict[str, tuple[Link, ...]] = field(default_factory=dict)


def in_order(pairings: Sequence[Pairing]) -> list[Pairing]:
    """Flows after those whose links they resolve their fields through, else in the project file's order."""
    named = {id(one.view): one for one in pairings}
    return [named[id(view)] for view in leaning_first([one.view for one in pairings])]


def leaning_first(views: Sequence[FlowView]) -> list[FlowView]:
    """The same of views alone."""
    left = list(views)
    done: list[FlowView] = []
    while left:
        open_ = {one.flow.name for one in left}
        free = (one for one in left if not ({*leans_on(one.flow)} & (open_ - {one.flow.name})))
        following = next(free, left[0])  # flows that lean on each other in a ring go on in the file's order
        left = [one for one in left if one is not following]
        done.append(following)
    return done


def chosen(ground: Ground, asked: Collection[str] | None) -> list[Pairing]:
    """The asked flows, all where none is named, in the order in which they are synchronised. Raises InputError for an unknown name."""
    known = [one.flow for one in ground.pairings]
    for name in asked or ():
        if name not in known:
            raise InputError(Problem("sync.no-flow", {"name": name, "known": ", ".join(known)}))
    return in_order([one for one in ground.pairings if not asked or one.flow in asked])


def plan_flows(ground: Ground, state: State, asked: Collection[str] | None = None) -> Planned:
    """What a sync of the asked flows would do. Reads both sides whole and writes to neither; creates whose outcome is unknown are settled first.

    Raises TransportError where a side can't be read, RefusedError where it came incomplete, InputError for an unknown flow.
    """
    pairings = chosen(ground, asked)
    links = {one.flow: Linked.of(state.links(one.flow)) for one in ground.pairings}
    planned = Planned(_blank(ground), links=links)
    flows = [_flow(ground, state, one, planned) for one in pairings]
    made_from = dict(ground.made_from)
    for pairing, flow in zip(pairings, flows, strict=True):
        made_from |= record_digests(pairing, flow.actions, planned.rows[pairing.flow])
    made = Plan(
        project=ground.project,
        made=_stamp(ground.now()),
        readiness_version=__version__,
        flows=tuple(flows),
        made_from=made_from,
    )
    planned.plan = sealed(made)
    return planned


def _blank(ground: Ground) -> Plan:
    return Plan(project=ground.project, made="", readiness_version=__version__, flows=())


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _flow(ground: Ground, state: State, pairing: Pairing, planned: Planned) -> FlowPlan:
    """Plan one flow; what it read and linked is kept in `planned` for the flows that lean on it."""
    rows = read_rows(ground, pairing)
    rows = settle_pending(ground, state, pairing, rows, planned.links)
    known = state.links(pairing.flow)
    found = {**{one.flow: state.links(one.flow) for one in ground.pairings}, **planned.found}
    left, right = rows[Which.LEFT].values(), rows[Which.RIGHT].values()
    matched = match(pairing.view, left, right, known, links=found, zones=pairing.zones)
    made = plan_flow(
        pairing.view,
        rows[Which.LEFT],
        rows[Which.RIGHT],
        state.bases(pairing.flow),
        matched,
        planned.links,
        pairing.zones,
    )
    made = _without_refused(state, made)
    planned.rows[pairing.flow] = rows
    planned.found[pairing.flow] = made.links
    planned.links[pairing.flow] = Linked.of_plan(made)
    renew(state, pairing, known, rows, planned.links)
    return made


def _without_refused(state: State, made: FlowPlan) -> FlowPlan:
    """The plan without what the target refused before and would refuse again: a notice each, until a value changes on either side."""
    actions: list[Action] = []
    notices = list(made.notices)
    for one in made.actions:
        told = state.refused(one)
        if told is None:
            actions.append(one)
        else:
            left, right = (one.record, one.source) if one.side is Which.LEFT else (one.source, one.record)
            notices.append(
                Notice(
                    kind=NoticeKind.REFUSED, flow=one.flow, left=left, right=right, values={"side": one.side, **told}
                )
            )
    return replace(made, actions=tuple(actions), notices=tuple(notices))


def read_rows(ground: Ground, pairing: Pairing) -> Rows:
    """All rows of both sides, read side by side."""
    left, right = side_by_side(lambda one: one.rows(), (pairing.left, pairing.right))
    only = ground.only
    if only is None:
        return {Which.LEFT: left, Which.RIGHT: right}
    return {
        Which.LEFT: {key: row for key, row in left.items() if only(pairing.left, row)},
        Which.RIGHT: {key: row for key, row in right.items() if only(pairing.right, row)},
    }


def renew(state: State, pairing: Pairing, links: Iterable[Link], rows: Rows, linked: Mapping[str, Linked]) -> None:
    """Renew the bases of linked pairs where both sides agree now; what doesn't agree keeps the base that it had."""
    old, parts = state.bases(pairing.flow), pairing.parts(linked)
    changed: list[tuple[Link, Base]] = []
    for link in links:
        left, right = rows[Which.LEFT].get(link.left), rows[Which.RIGHT].get(link.right)
        if left is None or right is None:
            continue
        before, now = old.get((link.left, link.right)), {Which.LEFT: left, Which.RIGHT: right}
        base = settle(parts, before, now, now)
        if base != before:
            changed.append((link, base))
    if changed:
        state.keep(pairing.flow, changed)


def settle_pending(
    ground: Ground, state: State, pairing: Pairing, rows: Rows, linked: Mapping[str, Linked], *, wait: bool = True
) -> Rows:
    """Settle the flow's creates of which nobody knows what came: found in the target they are linked, else forgotten after a wait and a second look.

    Several candidates leave it open. Gives the rows, read anew where there was a wait.
    """
    open_ = [one for one in state.pending(pairing.flow) if not _settled(ground, state, pairing, one, rows, linked)]
    waits = [settling.wait_s(one, ground.now()) for one in open_]
    if open_ and wait:
        if max(waits) > 0:
            ground.sleep(max(waits))
            rows = read_rows(ground, pairing)
        for one in open_:
            if not _settled(ground, state, pairing, one, rows, linked) and not _candidates(state, one, rows):
                state.end(one.action.id)
                state.missed(one.action)
                ground.settled(pairing.side(one.action.side).system, one, None)
    return rows


def _candidates(state: State, pending: Pending, rows: Rows) -> tuple[str, ...]:
    side, links = pending.action.side, state.links(pending.action.flow)
    taken = frozenset(one.left if side is Which.LEFT else one.right for one in links)
    return settling.arrived(pending, rows[side], taken | state.known(pending.action.flow, side))


def _settled(
    ground: Ground, state: State, pairing: Pairing, pending: Pending, rows: Rows, linked: Mapping[str, Linked]
) -> bool:
    found = _candidates(state, pending, rows)
    if len(found) != 1:
        return False
    side = pending.action.side
    link = settling.link_of(pending, found[0])
    now = {side: rows[side][found[0]], side.other: pending.source}
    written = {f"{side}:{name}" for name in pending.action.values}
    base = settle(pairing.parts(linked), None, now, now, written=written)
    state.settle(pairing.flow, link, base, pending.action.id)
    ground.settled(pairing.side(side).system, pending, found[0])
    return True


def record_key(side: SyncSide, row: str) -> str:
    """How `made_from` names a record."""
    return f"record:{side.subject}/{row}"


def row_digest(side: SyncSide, row: Row) -> str:
    """A digest of what the flow reads of a record; other fields may change without the plan resting on them."""
    return digest({name: value_of(row, name) for name in side.names})


def record_digests(pairing: Pairing, actions: Iterable[Action], rows: Rows) -> dict[str, str]:
    """Digests of the records that actions rest on: sources, and what is updated."""
    return {
        record_key(pairing.side(which), row.id): row_digest(pairing.side(which), row)
        for which, row in _touched(actions, rows)
    }


def _touched(actions: Iterable[Action], rows: Rows) -> Iterator[tuple[Which, Row]]:
    for one in actions:
        for which, key in ((one.side.other, one.source), (one.side, one.record)):
            if key is not None and key in rows[which]:
                yield which, rows[which][key]
