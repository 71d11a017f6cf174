"""The stage: one flow and both its sides, narrowed to the test records of this run, and what can be done there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from checker.client.line import Line
from checker.errors import RefusedError
from checker.mapping.lens import comparable
from checker.model.finding import ActionEvidence
from checker.model.sync import FlowPlan, Link, Row, Which
from checker.probes.base import Ledger, Told
from checker.project.sides import FlowView, many
from checker.rehearsing.amounts import differing, sums
from checker.rehearsing.knobs import Knob, knobs, value_for
from checker.rehearsing.making import Maker, of_pair
from checker.rehearsing.own import OwnSide
from checker.rehearsing.runs import Ran, as_detail, exchanges, failures, why_not
from checker.resources.outcomes import Outcome
from checker.resources.writing import Writer
from checker.sync.apply import Options, apply
from checker.sync.guard import over_guard
from checker.sync.linked import Linked
from checker.sync.parts import Part, value_of
from checker.sync.planning import Ground, Pairing, plan_flows
from checker.sync.policies import policy
from checker.sync.side import SyncSide
from checker.sync.state import State


def sources_of(view: FlowView) -> tuple[Which, ...]:
    """The sides that a flow's records come from."""
    sides = {id(view.left): Which.LEFT, id(view.right): Which.RIGHT}
    return tuple(sides[id(source)] for source, _ in view.directions)


@dataclass
class Stage:
    """One flow, played. `state` is a memory that is gone with the run; `ground` sees only records with the mark."""

    pairing: Pairing
    sides: Mapping[Which, OwnSide]
    ground: Ground
    state: State
    writers: Mapping[str, Writer]
    lines: Mapping[str, Line]
    ledger: Ledger
    mark: str
    maker: Maker = field(init=False)
    _runs: int = 0
    _turned: dict[tuple[Which, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.maker = Maker(self.pairing, self.state, self.writers, self.mark, self.parts, self.sides)

    @property
    def view(self) -> FlowView:
        """The flow, as it is configured but for its scope."""
        return self.pairing.view

    @property
    def sources(self) -> tuple[Which, ...]:
        """The sides that records come from."""
        return sources_of(self.view)

    def system(self, which: Which) -> str:
        """The name of a side's system."""
        return self.side(which).system

    def side(self, which: Which) -> SyncSide:
        """One of both sides."""
        return self.pairing.side(which)

    def rule(self, what: str, target: Which) -> str:
        """What the flow's policy says of new or changed records that go to a side."""
        return policy(getattr(self.view.flow, f"on_{what}"), target)

    def creates(self, target: Which) -> bool:
        """Whether new records are created on that side."""
        return self.rule("create", target) == "create"

    def about_flow(self, *told: Told) -> tuple[tuple[str, Told], ...]:
        """Answers about the flow."""
        return tuple((f"flow:{self.view.flow.name}", one) for one in told)

    def direction(self, source: Which) -> str:
        """The subject of one of the flow's directions."""
        return f"flow:{self.view.flow.name}:{self.system(source)}->{self.system(source.other)}"

    # what is there

    def pairs(self) -> tuple[Link, ...]:
        """The linked test records."""
        return self.state.links(self.view.flow.name)

    def pair(self) -> Link | None:
        """The pair of test records that situations are played with."""
        return next(iter(self.pairs()), None)

    def counterpart(self, which: Which, record: str) -> str | None:
        """The id of a record's counterpart."""
        return next((of_pair(one, which.other) for one in self.pairs() if of_pair(one, which) == record), None)

    def parts(self) -> tuple[Part, ...]:
        """What the flow compares and writes, each as a whole."""
        return self.pairing.parts(self._linked())

    def _linked(self) -> dict[str, Linked]:
        return {one.flow: Linked.of(self.state.links(one.flow)) for one in self.ground.pairings}

    def _rows(self, pair: Link) -> dict[Which, Row] | None:
        found = {which: self.side(which).read(of_pair(pair, which)) for which in Which}
        return {which: row for which, row in found.items() if row is not None} if all(found.values()) else None

    def altered(self, which: Which, record: str) -> list[str]:
        """Names of what a record's counterpart answers otherwise than it should, of that which travels to it."""
        pair = next(one for one in self.pairs() if of_pair(one, which) == record)
        rows = self._rows(pair)
        if rows is None:
            return ["id"]
        return [one.name for one in self.parts() if which.other in one.ways and _differs(one, which, rows)]

    def amounts(self, records: Iterable[tuple[Which, str]]) -> tuple[list[str], int]:
        """The sums in which records differ from their counterparts, of all that both systems compute; and how many could be compared."""
        named, wrong, compared = sums(self.view), set[str](), 0
        for which, record in records if named else ():
            pair = next(one for one in self.pairs() if of_pair(one, which) == record)
            rows = self._rows(pair)
            found, known = differing(named, rows) if rows is not None else ([], 0)
            wrong |= set(found)
            compared += known
        return sorted(wrong), compared

    def guarded(self) -> bool | None:
        """Whether a run that changes more than the guard allows is stopped; None where what is planned is below it.

        Where it isn't stopped it has run.
        """
        plan = plan_flows(self.ground, self.state, [self.view.flow.name]).plan
        if not over_guard(plan.flows[0], self.view.flow):
            return None
        try:
            apply(plan, self.ground, self.state, self.writers, Options(allow=0, purpose="rehearsal", mine=True))
        except RefusedError:
            return True
        return False

    def share_a_key(self, which: Which, records: Iterable[str]) -> bool:
        """Whether records answer with the same value in a match key, rather than with numbers of their system's own."""
        names = {name for key in self.view.flow.match for name in many(key)}
        parts = [one for one in self.parts() if names & set(one.names(Which.LEFT))]
        rows = [self.side(which).read(one) for one in records]
        told = [
            {one.name: one.of(row, which) for one in parts if not one.empty(one.of(row, which))} for row in rows if row
        ]
        keys = [set(many(key)) for key in self.view.flow.match]
        return any(
            key <= set(told[0]) and all(one.get(name) == told[0][name] for one in told for name in key) for key in keys
        )

    def copies(self, which: Which, record: str) -> int:
        """How many records on the other side carry the text of a test record's own number."""
        return self.sides[which.other].copies(self.maker.texts(which, record))

    # what is done

    def make(self, which: Which, n: int, *, same: bool = False) -> list[str]:
        """Create test records on a side; `same`: with the match keys of the first one that was made so."""
        return self.maker.make(which, n, same=same)

    @property
    def trouble(self) -> str | None:
        """Why the last test record that did not come about did not."""
        return self.maker.trouble

    def delete(self, which: Which, pair: Link) -> str | None:
        """Delete a pair's test record on a side; None where that went through, else the reason."""
        side = self.side(which)
        if side.resource.profile.operations.delete is None:
            return "no-operation"
        written = self.writers[self.system(which)].delete(side.resource, of_pair(pair, which), purpose="rehearsal")
        return None if written.ok else why_not(written, None)

    def knobs(self, which: Which) -> tuple[Knob, ...]:
        """The fields that can be changed on a side, where its system takes changes and the flow carries them on."""
        changes = self.side(which).resource.profile.operations.update is not None
        return knobs(self.view, which) if changes and self.rule("update", which.other) == "update" else ()

    def knob(self, which: Which) -> Knob | None:
        """The field that is changed on a side."""
        changes = self.side(which).resource.profile.operations.update is not None
        return next(iter(knobs(self.view, which)), None) if changes else None

    def turn(self, which: Which, pair: Link, knob: Knob, *, to: Any = None) -> str | None:
        """Change a field of a pair's record on a side; None where that went through, else the reason."""
        value = value_for(knob, self.mark, self.maker.next()) if to is None else to
        writer = self.writers[self.system(which)]
        landed = self.side(which).update(writer, of_pair(pair, which), {knob.here: value}, purpose="rehearsal")
        self._turned[which, of_pair(pair, which)] = value
        return None if landed.outcome is Outcome.DONE else why_not(landed.written, landed.why)

    def turned(self, knob: Knob, pair: Link) -> Any:
        """The value that a field was last changed to."""
        return self._turned[knob.side, of_pair(pair, knob.side)]

    def value(self, pair: Link, knob: Knob) -> Any:
        """What stands in a field now."""
        row = self.side(knob.side).read(of_pair(pair, knob.side))
        return None if row is None else value_of(row, knob.here)

    def stands(self, pair: Link, knob: Knob) -> bool:
        """Whether a field still holds what it was changed to."""
        return bool(comparable(self.value(pair, knob)) == comparable(self.turned(knob, pair)))

    def agrees(self, pair: Link, knob: Knob) -> bool:
        """Whether a change stands where it was made, and arrived on the other side."""
        rows = self._rows(pair)
        if rows is None or not self.stands(pair, knob):
            return False
        return not any(_differs(one, knob.side, rows) for one in self.parts() if one.names(knob.side) == (knob.here,))

    def planned(self) -> FlowPlan:
        """What the sync would do now."""
        return plan_flows(self.ground, self.state, [self.view.flow.name]).plan.flows[0]

    def run(self, *, down: Which | None = None) -> Ran:
        """Run the sync once. `down`: a side that can't be reached for the length of the run, on our side of the line."""
        plan = plan_flows(self.ground, self.state, [self.view.flow.name]).plan
        line = self.lines[self.system(down)].cut_at_next_write() if down is not None else nullcontext()
        with line:
            applied = apply(
                plan, self.ground, self.state, self.writers, Options(allow=None, purpose="rehearsal", mine=True)
            )
        actions = plan.flows[0].actions
        self._runs += 1
        systems = {which: self.system(which) for which in Which}
        detail = as_detail(actions, applied, systems)
        told = ActionEvidence(flow=self.view.flow.name, action=f"sync {self._runs}", detail=detail)
        key = self.ledger.add(f"{self.view.flow.name}|rehearsal|{self._runs:02}", told)
        notices = tuple(one for one in applied.notices if one.flow == self.view.flow.name)
        return Ran(actions, tuple(failures(actions, applied)), notices, (key, *exchanges(applied)))


def _differs(part: Part, source: Which, rows: Mapping[Which, Row]) -> bool:
    """Whether a part that says something at its source says something else on the other side."""
    values = {which: part.of(row, which) for which, row in rows.items()}
    return not part.empty(values[source]) and not part.same(values[Which.LEFT], values[Which.RIGHT])
