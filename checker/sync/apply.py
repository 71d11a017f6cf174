"""Applying a plan: the one place that does what a plan says (design.md, decisions 4 and 7).

fresh look → stale? → guard → action by action: remembered → written → read again → link and base kept
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from checker.client import mask
from checker.errors import Problem, RefusedError, TransportError
from checker.mapping.tables import typed
from checker.model.sync import Action, FlowPlan, Kind, Link, Notice, Plan, Row, Which
from checker.model.text import safe
from checker.project.sides import PARENT
from checker.resources.outcomes import Outcome
from checker.resources.writing import Writer
from checker.sync import settling
from checker.sync.applied import Applied, Did, Left, Stopped
from checker.sync.base import settle, unsettled
from checker.sync.guard import over_guard
from checker.sync.linked import Linked, supplied
from checker.sync.parts import Part
from checker.sync.planning import (
    Ground,
    Pairing,
    Planned,
    Rows,
    plan_flows,
    read_rows,
    record_digests,
    renew,
    row_digest,
    settle_pending,
)
from checker.sync.side import Landed, SyncSide
from checker.sync.state import Pending, State

PLACE = re.compile(r"\.\d+(?=\.)")  # of a line, in the name of one of its fields
MOST_TOLD = 20  # problems of a stale plan
MOST_SAID = 500  # bytes of a refusal
UNAUTHORIZED = 401
# Refusals that say nothing of the values: credentials, rights, a limit, a lock that somebody holds (RFC 9110, RFC 6585, RFC 4918)
PASSING = frozenset({UNAUTHORIZED, 403, 408, 412, 423, 425, 429})
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How a plan is applied. `allow`: the number that a person named against the guard; None: no guard. `mine`: what is created are test records."""

    allow: int | None = 0
    purpose: str = "sync"
    mine: bool = False


def apply(
    plan: Plan,
    ground: Ground,
    state: State,
    writers: Mapping[str, Writer],
    options: Options | None = None,
    say: Say = lambda _: None,
) -> Applied:
    """Do what a plan says, action by action, and remember what both sides answer. Needs the run's lock, and a writer for each written system.

    Raises RefusedError before the first write where the plan is stale or over a guard, TransportError where a side can't be read before it.
    What happens afterwards is told, never raised: one refused record keeps no other from arriving.
    """
    options = options or Options()
    fresh = plan_flows(ground, state, [one.flow for one in plan.flows])
    refuse_stale(plan, fresh, ground)
    if options.allow is not None:
        refuse_masses(plan, ground, options.allow)
    run = _Run(ground, state, writers, options, fresh, say)
    number = state.run_begins(ground.now().isoformat(timespec="seconds"))
    pairings = {one.flow: one for one in ground.pairings}
    for flow in plan.flows:
        run.flow(pairings[flow.flow], flow, next(one for one in fresh.plan.flows if one.flow == flow.flow))
    applied = run.applied
    state.run_ends(number, ground.now().isoformat(timespec="seconds"), applied.counts)
    return applied


def refuse_stale(plan: Plan, fresh: Planned, ground: Ground) -> None:
    """Raise RefusedError, naming what moved, where a plan no longer fits the world (acceptance C35)."""
    world = dict(ground.made_from)
    for flow in plan.flows:
        pairing = next(one for one in ground.pairings if one.flow == flow.flow)
        world |= record_digests(pairing, flow.actions, fresh.rows[flow.flow])
    moved = [name for name, held in sorted(plan.made_from.items()) if world.get(name) != held]
    now = {action.id: action for flow in fresh.plan.flows for action in flow.actions}
    records = {name.removeprefix("record:") for name in moved}
    for flow in plan.flows:
        pairing = next(one for one in ground.pairings if one.flow == flow.flow)
        for action in flow.actions:
            source = f"{pairing.side(action.side.other).subject}/{action.source}"
            target = f"{pairing.side(action.side).subject}/{action.record}"
            if now.get(action.id) != action and not {source, target} & records:
                moved.append(f"record:{source}")
    if moved:
        told = [Problem("sync.stale", {"what": name.removeprefix("record:")}) for name in dict.fromkeys(moved)]
        raise RefusedError(*told[:MOST_TOLD])


def refuse_masses(plan: Plan, ground: Ground, allow: int) -> None:
    """Raise RefusedError where a plan changes more than its flows' guards let pass, and more than the number that a person named."""
    found: list[Problem] = []
    for flow in plan.flows:
        pairing = next(one for one in ground.pairings if one.flow == flow.flow)
        for one in over_guard(flow, pairing.view.flow) if flow.actions else ():
            values = {"flow": flow.flow, "side": pairing.side(one.side).subject, "what": one.what}
            counts = {"count": one.number, "records": one.of, "allowed": one.allowed}
            if one.number > allow:
                found.append(Problem(f"sync.guard-{one.what}", {**values, **counts}))
    if found:
        raise RefusedError(*found)


class _Down(Exception):  # noqa: N818 - no error of the program: the flow ends here, and is told
    """A system doesn't answer any more."""

    def __init__(self, side: SyncSide, problem: Problem) -> None:
        super().__init__(side.system)
        self.side, self.problem = side, problem


@dataclass
class _Run:
    """One application of a plan."""

    ground: Ground
    state: State
    writers: Mapping[str, Writer]
    options: Options
    fresh: Planned
    say: Say
    done: list[Did] = field(default_factory=list)
    refused: list[Left] = field(default_factory=list)
    unknown: list[Left] = field(default_factory=list)
    stopped: list[Stopped] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def applied(self) -> Applied:
        """What came of it so far."""
        return Applied(
            done=tuple(self.done),
            refused=tuple(self.refused),
            unknown=tuple(self.unknown),
            stopped=tuple(self.stopped),
            notices=tuple(self.notices),
        )

    def flow(self, pairing: Pairing, plan: FlowPlan, fresh: FlowPlan) -> None:
        """Do one flow's actions; where a system goes down, the rest waits for the next plan."""
        rows = self.fresh.rows[pairing.flow]
        left = len(plan.actions)
        for side in Which:
            self.state.knows(pairing.flow, side, rows[side])
        try:
            for action in plan.actions:
                self.say(f"{pairing.flow}: {action.kind} in {pairing.side(action.side).system}")
                self._action(pairing, action, rows)
                left -= 1
            self._look_again(pairing)
        except _Down as down:
            self._stop(pairing, down.side.system, left - 1, down.problem)
        except TransportError as error:
            self._stop(pairing, "", left, error.problems[0])
        self._remember(pairing, plan, fresh, rows)

    def _stop(self, pairing: Pairing, system: str, left: int, problem: Problem) -> None:
        says = str(problem.values.get("reason") or problem.values.get("status") or "")
        self.stopped.append(Stopped(flow=pairing.flow, system=system, left=left, code=problem.code, says=says))

    def _action(self, pairing: Pairing, action: Action, rows: Rows) -> None:
        values = self._values(pairing, action)
        if values is None:
            self.refused.append(Left(action=action.id, reason="unlinked"))
        elif action.kind is Kind.CREATE:
            self._create(pairing, action, values, rows)
        else:
            self._update(pairing, action, values, rows)

    def _values(self, pairing: Pairing, action: Action) -> dict[str, Any] | None:
        """What is written, with the ids of records that were created before; None where one of those is missing."""
        values = dict(action.values)
        target = pairing.side(action.side)
        for name, (flow, source) in action.links.items():
            found = Linked.of(self.state.links(flow)).counterpart(action.side, source)
            if found is None:
                return None
            values = supplied(values, name, typed(found, _type_of(target, name)))
        return values

    def _create(self, pairing: Pairing, action: Action, values: dict[str, Any], rows: Rows) -> None:
        side, source = pairing.side(action.side), rows[action.side.other][action.source]
        begun = self.ground.now().isoformat()
        whole = replace(action, values=values, links={})
        pending = Pending(action=whole, source=source, begun=begun)
        self.state.begin(pending)
        landed = side.create(self.writers[side.system], values, purpose=self.options.purpose, mine=self.options.mine)
        if landed.outcome is Outcome.REFUSED:
            self.state.end(action.id)
            self._not_done(action, landed, side)
        elif landed.outcome is Outcome.UNKNOWN or landed.row is None:
            self._nobody_knows(action, landed, side)
        else:
            self._created(pairing, action, values, landed, rows)

    def _created(self, pairing: Pairing, action: Action, values: dict[str, Any], landed: Landed, rows: Rows) -> None:
        assert landed.row is not None  # noqa: S101 - the caller has looked
        side, source = pairing.side(action.side), rows[action.side.other][action.source]
        link = _link(action, landed.row)
        self.state.settle(pairing.flow, link, None, action.id)
        self.done.append(Did(action=action.id, record=landed.row, evidence=_evidence(landed)))
        after = side.read(landed.row)
        if after is not None:
            rows[action.side][landed.row] = after
            now = {action.side: after, action.side.other: source}
            self._keep(pairing, link, action, values, now, now)

    def _update(self, pairing: Pairing, action: Action, values: dict[str, Any], rows: Rows) -> None:
        side, record = pairing.side(action.side), action.record or ""
        current = side.read(record)
        if current is None or row_digest(side, current) != row_digest(side, rows[action.side][record]):
            self.refused.append(Left(action=action.id, reason="gone" if current is None else "moved"))
            return
        landed = side.update(self.writers[side.system], record, values, purpose=self.options.purpose)
        if landed.outcome is Outcome.REFUSED:
            self._not_done(action, landed, side)
        elif landed.outcome is Outcome.UNKNOWN:
            self._nobody_knows(action, landed, side)
        else:
            self.done.append(Did(action=action.id, record=record, evidence=_evidence(landed)))
            seen = {action.side: current, action.side.other: rows[action.side.other][action.source]}
            after = side.read(record)
            if after is not None:
                rows[action.side][record] = after
                self._keep(pairing, _link(action, record), action, values, seen, {**seen, action.side: after})

    def _keep(
        self,
        pairing: Pairing,
        link: Link,
        action: Action,
        values: dict[str, Any],
        seen: dict[Which, Row],
        now: dict[Which, Row],
    ) -> None:
        """Keep the base of a pair that was written, and report what its target spells in another way than it was told to.

        The source counts as it was when the run looked: what somebody edits there meanwhile is the next plan's change, never the base.
        """
        parts = self._parts(pairing)
        before = self.state.base(pairing.flow, link)
        written = {f"{action.side}:{name}" for name in values}
        base = settle(parts, before, seen, now, written=written)
        self.state.settle(pairing.flow, link, base, action.id)
        self.notices += unsettled(pairing.flow, parts, values, action.side, now)

    def _parts(self, pairing: Pairing) -> tuple[Part, ...]:
        return pairing.parts(self._links())

    def _links(self) -> dict[str, Linked]:
        """All flows' links as they are now."""
        return {one.flow: Linked.of(self.state.links(one.flow)) for one in self.ground.pairings}

    def _not_done(self, action: Action, landed: Landed, side: SyncSide) -> None:
        status, says = _told(landed, side)
        reason = landed.why or "refused"
        if status is not None and status not in PASSING:
            self.state.refuse(action, {"reason": reason, "status": status, "says": says})
        self.refused.append(Left(action=action.id, reason=reason, status=status, says=says, evidence=_evidence(landed)))
        self._still_there(landed, side)

    def _nobody_knows(self, action: Action, landed: Landed, side: SyncSide) -> None:
        status, says = _told(landed, side)
        self.unknown.append(
            Left(action=action.id, reason="unknown", status=status, says=says, evidence=_evidence(landed))
        )
        self._still_there(landed, side)

    def _still_there(self, landed: Landed, side: SyncSide) -> None:
        """Raise _Down where a system no longer takes us, or doesn't answer a plain question either."""
        response = landed.written.response if landed.written else None
        if response is not None and response.status == UNAUTHORIZED:
            raise _Down(side, Problem("sync.credentials-ended", {"system": side.system, "status": UNAUTHORIZED}))
        if landed.written is None or landed.written.error is None:
            return
        try:
            side.resource.page(size=1)
        except TransportError as error:
            raise _Down(side, error.problems[0]) from None

    def _look_again(self, pairing: Pairing) -> None:
        """Settle, by looking in the target, what the answers left open; what is found was done."""
        open_ = {one.action.id for one in self.state.pending(pairing.flow)}
        mine = [one for one in self.unknown if one.action in open_]
        if not mine:
            return
        longest = max(settling.wait_s(one, self.ground.now()) for one in self.state.pending(pairing.flow))
        self.ground.sleep(longest)
        rows = read_rows(self.ground, pairing)
        settle_pending(self.ground, self.state, pairing, rows, self._links(), wait=False)
        still = {one.action.id for one in self.state.pending(pairing.flow)}
        for one in mine:
            if one.action not in still:
                self.unknown.remove(one)
                self.done.append(Did(action=one.action, record="", evidence=one.evidence))

    def _remember(self, pairing: Pairing, plan: FlowPlan, fresh: FlowPlan, rows: Rows) -> None:
        """Keep the links that matching found, the bases of what agrees, and what awaits a decision; links of two records that are gone end."""
        done = [_link(one, one.record) for one in plan.actions if one.record is not None]
        written = {(one.left, one.right) for one in done}
        self.state.learn(pairing.flow, fresh.links)
        idle = [one for one in fresh.links if (one.left, one.right) not in written]
        renew(self.state, pairing, idle, rows, self._links())
        for link in self.state.links(pairing.flow):
            if link.left not in rows[Which.LEFT] and link.right not in rows[Which.RIGHT]:
                self.state.unlink(pairing.flow, link)
        self.notices += plan.notices
        self.state.note(pairing.flow, [one for one in self.notices if one.flow == pairing.flow])


def _link(action: Action, record: str) -> Link:
    left, right = (record, action.source) if action.side is Which.LEFT else (action.source, record)
    return Link(left=left, right=right, by="created")


def _evidence(landed: Landed) -> tuple[str, ...]:
    return landed.written.evidence if landed.written else ()


def _told(landed: Landed, side: SyncSide) -> tuple[int | None, str]:
    """Status and what the answer says, without secrets; as far as there was one."""
    response = landed.written.response if landed.written else None
    if response is None:
        return None, ""
    said = response.body[:MOST_SAID].decode("utf-8", "replace")
    return response.status, safe(mask.json_text(side.resource.client.redact(said)))


def _type_of(side: SyncSide, name: str) -> str | None:
    """The declared type of a field; `..x` is one of the record around, `lines.0.x` one of a line."""
    fields = side.around_fields if name.startswith(PARENT) else side.side.fields
    found = fields.get(PLACE.sub("", name.removeprefix(PARENT)))
    return found.type if found else None
