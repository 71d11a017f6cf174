"""Two systems in memory and a sync between them: what the planner's properties are held against."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.model.paths import put
from checker.model.sync import Action, Base, FlowPlan, Kind, Link, Matched, Row, Which
from checker.project.sides import FlowView, Side
from checker.project.types import FieldMapping, Flow
from checker.sync.base import held_fields, settle
from checker.sync.parts import parts_of
from checker.sync.plan import plan

Values = dict[str, Any]


def view_of(*fields: FieldMapping, **flow: Any) -> FlowView:
    """A flow between crm/contacts and erp/customers that creates and updates, unless told otherwise."""
    policies = {"on_create": "create", "on_update": "update", **flow}
    made = Flow(name="contacts", left="crm/contacts", right="erp/customers", fields=list(fields), **policies)
    return FlowView(made, Side("crm", "contacts", "", None), Side("erp", "customers", "", None))


def rows(**records: Values) -> dict[str, Row]:
    """Rows by id."""
    return {name: Row(id=name, values=values) for name, values in records.items()}


def linked(*pairs: tuple[str, str], **others: Any) -> Matched:
    """What matching found, where those pairs are one thing."""
    return Matched(links=tuple(Link(left=left, right=right, by="email") for left, right in pairs), **others)


@dataclass
class World:
    """Both systems. `keeps` is what a system makes of a record that is written to it (it may tidy)."""

    view: FlowView
    sides: dict[Which, dict[str, Values]] = field(default_factory=lambda: {side: {} for side in Which})
    keeps: Mapping[Which, Callable[[Values], Values]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    base: dict[tuple[str, str], Base] = field(default_factory=dict)
    created: int = 0

    def write(self, side: Which, record: str, values: Values) -> None:
        """As a user or a sync writes: the system keeps what it makes of it."""
        held = self.sides[side].get(record, {})
        for name, value in values.items():
            held = put(held, name, value)
        self.sides[side][record] = self.keeps.get(side, dict)(held)

    def rows(self, side: Which) -> dict[str, Row]:
        """What the system answers."""
        return {name: Row(id=name, values=dict(values)) for name, values in self.sides[side].items()}

    def plan(self) -> FlowPlan:
        """What a sync would do now; links are those known, and nobody else matches."""
        known = {side: {getattr(one, side.value) for one in self.links} for side in Which}
        alone = {side: tuple(sorted(set(self.sides[side]) - known[side])) for side in Which}
        matched = Matched(links=tuple(self.links), only_left=alone[Which.LEFT], only_right=alone[Which.RIGHT])
        return plan(self.view, self.rows(Which.LEFT), self.rows(Which.RIGHT), self.base, matched)

    def sync(self, between: Callable[[FlowPlan], None] = lambda _: None) -> FlowPlan:
        """Plan, write all of it, read again, keep the base. `between`: what users do between our writes and our reading again."""
        made = self.plan()
        seen = {side: self.rows(side) for side in Which}
        written: dict[tuple[str, str], set[str]] = {}
        for action in made.actions:
            pair = self._applied(action)
            written.setdefault(pair, set()).update(f"{action.side}:{name}" for name in action.values)
        between(made)
        for link in self.links:
            self._settle(link, made, seen, written.get((link.left, link.right), set()))
        return made

    def _applied(self, action: Action) -> tuple[str, str]:
        record = action.record
        if action.kind is Kind.CREATE:
            self.created += 1
            record = f"{action.side}-new-{self.created}"
        assert record is not None
        self.write(action.side, record, action.values)
        pair = (record, action.source) if action.side is Which.LEFT else (action.source, record)
        if action.kind is Kind.CREATE:
            self.links.append(Link(left=pair[0], right=pair[1], by="created"))
        return pair

    def _settle(self, link: Link, made: FlowPlan, seen: dict[Which, dict[str, Row]], written: set[str]) -> None:
        ids = {Which.LEFT: link.left, Which.RIGHT: link.right}
        now = {side: self.rows(side)[one] for side, one in ids.items() if one in self.sides[side]}
        if len(now) < len(Which):
            return
        planned = {side: seen[side].get(one, now[side]) for side, one in ids.items()}
        self.base[link.left, link.right] = settle(
            parts_of(self.view, {}),
            self.base.get((link.left, link.right)),
            planned,
            now,
            written=written,
            held=held_fields(made.notices, link.left, link.right),
        )
