"""The stage: one flow and both its sides, narrowed to the test records of this run, and what can be done there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from checker.client.line import Line
from checker.errors import RefusedError
from checker.mapping.lens import comparable
from checker.model.finding import ActionEvidence
from checker.model.sync import Action, FlowPlan, Link, Notice, Row, Which
from checker.probes.base import Ledger, Told
from checker.project.sides import FlowView, many
from checker.rehearsing.amounts import differing, sums
from checker.rehearsing.knobs import Knob, knobs, value_for
from checker.rehearsing.order import needed_by
from checker.rehearsing.specimens import Wanted, specimen
from checker.resources.writing import Outcome, Writer, Written
from checker.sync.applied import Applied, Left
from checker.sync.apply import Options, apply
from checker.sync.guard import over_guard
from checker.sync.linked import Linked
from checker.sync.parts import Part, PartLens, value_of
from checker.sync.planning import Ground, Pairing, plan_flows
from checker.sync.policies import policy
from checker.sync.side import SyncSide
from checker.sync.state import State

TEMPLATES_TRIED = 40


@dataclass(frozen=True, slots=True)
class Failure:
    """A write that did not go through; `open` where nobody knows what came of it."""

    side: Which
    source: str
    reason: str
    open: bool


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the sync: what it wrote, what did not go through, what it reported."""

    actions: tuple[Action, ...]
    failures: tuple[Failure, ...]
    notices: tuple[Notice, ...]
    evidence: tuple[str, ...]

    @property
    def writes(self) -> int:
        """Writes that were tried."""
        return len(self.actions)

    @property
    def fields(self) -> list[str]:
        """Names of the fields that were written, as the written side calls them."""
        return sorted({name for one in self.actions for name in one.values})

    @property
    def sides(self) -> list[Which]:
        """The sides that were written."""
        return list(dict.fromkeys(one.side for one in self.actions))


def sources_of(view: FlowView) -> tuple[Which, ...]:
    """The sides that a flow's records come from."""
    sides = {id(view.left): Which.LEFT, id(view.right): Which.RIGHT}
    return tuple(sides[id(source)] for source, _ in view.directions)


def carries(row: Row, mark: str) -> bool:
    """Whether a record carries the run's mark, in any of its own values."""
    return mark in json.dumps(row.values, default=str, ensure_ascii=False)


@dataclass
class Stage:
    """One flow, played. `state` is a memory that is gone with the run; `ground` sees only records with the mark."""

    pairing: Pairing
    ground: Ground
    state: State
    writers: Mapping[str, Writer]
    lines: Mapping[str, Line]
    ledger: Ledger
    mark: str
    templates: dict[Which, list[Row]] = field(default_factory=dict)
    trouble: str | None = None
    _number: int = 0
    _shared: tuple[Which, dict[str, Any]] | None = None
    _runs: int = 0
    _turned: dict[tuple[Which, str], Any] = field(default_factory=dict)
    _texts: dict[tuple[Which, str], int] = field(default_factory=dict)

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

    def of_pair(self, pair: Link, which: Which) -> str:
        """The id of a pair's record on a side."""
        return pair.left if which is Which.LEFT else pair.right

    def counterpart(self, which: Which, record: str) -> str | None:
        """The id of a record's counterpart."""
        return next((self.of_pair(one, which.other) for one in self.pairs() if self.of_pair(one, which) == record), None)

    def parts(self) -> tuple[Part, ...]:
        """What the flow compares and writes, each as a whole."""
        return self.pairing.parts(self._linked())

    def _linked(self) -> dict[str, Linked]:
        return {one.flow: Linked.of(self.state.links(one.flow)) for one in self.ground.pairings}

    def _rows(self, pair: Link) -> dict[Which, Row] | None:
        found = {which: self.side(which).read(self.of_pair(pair, which)) for which in Which}
        return {which: row for which, row in found.items() if row is not None} if all(found.values()) else None

    def altered(self, which: Which, record: str) -> list[str]:
        """Names of what a record's counterpart answers otherwise than it should, of that which travels to it."""
        pair = next(one for one in self.pairs() if self.of_pair(one, which) == record)
        rows = self._rows(pair)
        if rows is None:
            return ["id"]
        return [one.name for one in self.parts() if which.other in one.ways and _differs(one, which, rows)]

    def amounts(self, records: Iterable[tuple[Which, str]]) -> tuple[list[str], int]:
        """The sums in which records differ from their counterparts, of all that both systems compute; and how many could be compared."""
        named, wrong, compared = sums(self.view), set[str](), 0
        for which, record in records if named else ():
            pair = next(one for one in self.pairs() if self.of_pair(one, which) == record)
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
        told = [{one.name: one.of(row, which) for one in parts if not one.empty(one.of(row, which))} for row in rows if row]
        keys = [set(many(key)) for key in self.view.flow.match]
        return any(key <= set(told[0]) and all(one.get(name) == told[0][name] for one in told for name in key) for key in keys)

    def copies(self, which: Which, record: str) -> int:
        """How many records on the other side carry the text of a test record's own number."""
        number = self._texts[which, record]
        rows = self.side(which.other).rows().values()
        return sum(any(carries(row, text) for text in _texts(self.mark, number)) for row in rows)

    # what is done

    def make(self, which: Which, n: int, *, same: bool = False) -> list[str]:
        """Create test records on a side; gives the ids of those that came about, and keeps why others did not (`trouble`).

        `same`: all with the match keys of the first one that was made so, on this side or the other.
        """
        made = []
        for _ in range(n):
            self._number += 1
            record = self._made(which, lean=False, same=same) or self._made(which, lean=True, same=same)
            made += [record] if record is not None else []
        return made

    def _made(self, which: Which, *, lean: bool, same: bool) -> str | None:
        """One test record; `lean`: without what may have been refused, texts of an existing record's own."""
        values = self._specimen(which, lean=lean)
        if values is None:
            return None
        values |= self._keys(which) if same else {}
        landed = self.side(which).create(self.writers[self.system(which)], values, purpose="rehearsal", mine=True)
        if landed.outcome is Outcome.DONE and landed.row is not None:
            self._texts[which, landed.row] = self._number
            self._shared = self._shared or ((which, values) if same else None)
            return landed.row
        self.trouble = why_not(landed.written, landed.why)
        return None

    def _keys(self, which: Which) -> dict[str, Any]:
        """The match keys that several records shall share, as this side spells them."""
        if self._shared is None:
            return {}
        side, values = self._shared
        names = {name for key in self.view.flow.match for name in many(key)}
        lenses = [one.lens for one in self.parts() if names & set(one.names(Which.LEFT))]
        if side is which:
            return {name: values[name] for one in lenses for name in _names(one, which) if name in values}
        told = (one.to_right(values) if side is Which.LEFT else one.to_left(values) for one in lenses)
        return {name: value for each in told for name, value in each.items() if value is not None}

    def delete(self, which: Which, pair: Link) -> str | None:
        """Delete a pair's test record on a side; None where that went through, else the reason."""
        side = self.side(which)
        if side.resource.profile.operations.delete is None:
            return "no-operation"
        written = self.writers[self.system(which)].delete(side.resource, self.of_pair(pair, which), purpose="rehearsal")
        return None if written.ok else why_not(written, None)

    def _specimen(self, which: Which, *, lean: bool) -> dict[str, Any] | None:
        """Values of the next test record; None where no existing record could be its model."""
        links = {flow: self._first(flow, which) for flow in needed_by(self.view)}
        if not all(links.values()):
            self.trouble = "needs-other-flow"
            return None
        wanted = Wanted(self.mark, self._number, {flow: one for flow, one in links.items() if one}, lean=lean)
        if which not in self.templates:
            self.templates[which] = [row for row in self.side(which).rows().values() if not carries(row, self.mark)]
        models = self.templates[which][:TEMPLATES_TRIED]
        lenses = [one.lens for one in self.parts()][: len(self.view.flow.fields)]  # line items come last
        found = (specimen(self.view, which, one, lenses, wanted) for one in models)
        values = next((one for one in found if one is not None), None)
        self.trouble = self.trouble if values is not None else "no-records"
        return values

    def _first(self, flow: str, which: Which) -> str | None:
        return next((self.of_pair(one, which) for one in self.state.links(flow)), None)

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
        self._number += 1
        value = value_for(knob, self.mark, self._number) if to is None else to
        writer = self.writers[self.system(which)]
        landed = self.side(which).update(writer, self.of_pair(pair, which), {knob.here: value}, purpose="rehearsal")
        self._turned[which, self.of_pair(pair, which)] = value
        return None if landed.outcome is Outcome.DONE else why_not(landed.written, landed.why)

    def turned(self, knob: Knob, pair: Link) -> Any:
        """The value that a field was last changed to."""
        return self._turned[knob.side, self.of_pair(pair, knob.side)]

    def value(self, pair: Link, knob: Knob) -> Any:
        """What stands in a field now."""
        row = self.side(knob.side).read(self.of_pair(pair, knob.side))
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
            applied = apply(plan, self.ground, self.state, self.writers, Options(allow=None, purpose="rehearsal", mine=True))
        actions = plan.flows[0].actions
        return Ran(
            actions,
            tuple(_failures(actions, applied)),
            tuple(one for one in applied.notices if one.flow == self.view.flow.name),
            self._evidence(actions, applied),
        )

    def _evidence(self, actions: Iterable[Action], applied: Applied) -> tuple[str, ...]:
        """The run as evidence, names only, and the exchanges of its writes."""
        self._runs += 1
        flow = self.view.flow.name
        key = f"{flow}|rehearsal|{self._runs:02}"
        came = {one.action: "done" for one in applied.done}
        came |= {one.action: why_left(one) for one in (*applied.refused, *applied.unknown)}
        told = [
            {
                "kind": str(one.kind),
                "system": self.system(one.side),
                "fields": sorted(one.values),
                "outcome": came.get(one.id, "not-reached"),
            }
            for one in actions
        ]
        notices = [{"kind": str(one.kind), "field": one.on_field} for one in applied.notices]
        self.ledger.add(key, ActionEvidence(flow=flow, action=f"sync {self._runs}", detail={"actions": told, "notices": notices}))
        exchanges = (one.evidence for one in (*applied.done, *applied.refused, *applied.unknown))
        return (key, *(key for keys in exchanges for key in keys))


def _names(lens: PartLens, which: Which) -> tuple[str, ...]:
    return lens.left if which is Which.LEFT else lens.right


def _differs(part: Part, source: Which, rows: Mapping[Which, Row]) -> bool:
    """Whether a part that says something at its source says something else on the other side."""
    values = {which: part.of(row, which) for which, row in rows.items()}
    return not part.empty(values[source]) and not part.same(values[Which.LEFT], values[Which.RIGHT])


def _failures(actions: Iterable[Action], applied: Applied) -> Iterator[Failure]:
    """Every action that was not done: refused, of unknown outcome, or not come to any more."""
    left = {one.action: one for one in (*applied.refused, *applied.unknown)}
    open_ = {one.action for one in applied.unknown}
    done = {one.action for one in applied.done}
    for one in actions:
        if one.id not in done:
            why = why_left(left[one.id]) if one.id in left else "unreachable"
            yield Failure(one.side, one.source, why, one.id in open_)


def why_left(one: Left) -> str:
    """Why an action was not done: the answer's status, else the sync's own reason."""
    return f"HTTP {one.status}" if one.status is not None else one.reason


def why_not(written: Written | None, why: str | None) -> str:
    """Why a write did not go through: our own reason, the answer's status, or that there was none."""
    if why is not None or written is None:
        return why or "not-sent"
    if written.response is not None:
        return f"HTTP {written.response.status}"
    return "unreachable"


def _texts(mark: str, number: int) -> Iterable[str]:
    """How a test record's number stands in its texts."""
    return (f"{mark} {number:03}", f"{mark}-{number}@")
