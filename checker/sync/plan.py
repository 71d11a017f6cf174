"""The planner: what a sync would do, as plain data (design.md, decision 4). No I/O, no clock; the same world gives the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.mapping.lens import Untranslatable, comparable
from checker.model.sync import (
    Action,
    Base,
    FieldChange,
    FlowPlan,
    Kind,
    Link,
    Matched,
    Notice,
    NoticeKind,
    Row,
    Which,
)
from checker.project.sides import PARENT, FlowView, Side
from checker.sync.linked import UNLINKED, Linked, LinkLens
from checker.sync.parts import Part, Zones, parts_of
from checker.sync.policies import decides, first, in_scope, only, policy

Rows = Mapping[str, Row]


def plan(
    view: FlowView,
    left: Rows,
    right: Rows,
    base: Mapping[tuple[str, str], Base],
    matched: Matched,
    links: Mapping[str, Linked] | None = None,
    zones: Zones = (None, None),
) -> FlowPlan:
    """What the sync of one flow would do. Rows are all that the sides hold, by id; the scope filter only says what may be created.

    `base` is by (left id, right id), `links` by flow (`Linked.of_plan` of those planned before), `zones` are both systems' (IANA names).
    Raises InputError for an unknown transformation.
    """
    rows = {Which.LEFT: left, Which.RIGHT: right}
    planner = _Planner(view, rows, parts_of(view, links or {}, zones))
    for link in sorted(matched.links, key=lambda one: (one.left, one.right)):
        planner.pair(link, base.get((link.left, link.right)))
    for side, ids in ((Which.LEFT, matched.only_left), (Which.RIGHT, matched.only_right)):
        for one in sorted(set(ids)):
            planner.alone(side, one)
    planner.ambiguous(matched)
    alive = tuple(one for one in matched.links if one.left in left or one.right in right)
    return FlowPlan(
        flow=view.flow.name,
        actions=tuple(sorted(planner.actions, key=lambda one: (one.kind is Kind.CREATE, one.side, one.source))),
        notices=tuple(planner.notices),
        links=tuple(sorted(alive, key=lambda one: (one.left, one.right))),
        records={"left": len(left), "right": len(right), "linked": len(alive)},
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """What is written of one part: values, and values that another flow's links will supply."""

    part: Part
    values: Mapping[str, Any]
    links: Mapping[str, tuple[str, str]]

    def change(self, row: Row | None, target: Which) -> FieldChange:
        """Before and after, for the reader of the plan."""
        before = self.part.of(row, target) if row is not None else {}
        left, right = (" + ".join(self.part.names(side)) for side in Which)
        return FieldChange(left=left, right=right, before=shown(before), after=shown(self.values))


@dataclass(slots=True)
class _Planner:
    """Collects actions and notices of one flow."""

    view: FlowView
    rows: Mapping[Which, Rows]
    parts: tuple[Part, ...]
    actions: list[Action] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def pair(self, link: Link, base: Base | None) -> None:
        """Two linked records: field by field against the base."""
        ids = {Which.LEFT: link.left, Which.RIGHT: link.right}
        here = {side: self.rows[side][one] for side, one in ids.items() if one in self.rows[side]}
        if len(here) < len(Which):
            self._gone(ids, here, base)
            return
        writes: dict[Which, list[_Made]] = {}
        for part in self.parts:
            target = self._decided(part, here, base)
            if target is not None and (made := self._made(part, target, here, ids)) is not None:
                writes.setdefault(target, []).append(made)
        for target in sorted(writes):
            self._update(target, ids, here[target], writes[target])

    def alone(self, side: Which, record: str) -> None:
        """A record without counterpart: created on the other side where direction, scope and policy say so."""
        target, row = side.other, self.rows[side].get(record)
        if row is None or not self._travels(target) or not self._in_scope(side, row):
            return
        says = policy(self.view.flow.on_create, target)
        if says != "create":
            self._notice(NoticeKind.NOT_CREATED, {side: record}, decides=says)
            return
        action = self._create(target, row)
        if action is not None:
            self.actions.append(action)

    def ambiguous(self, matched: Matched) -> None:
        """Keys that several records share, and pairs that another key contradicts: nobody is linked or created by them."""
        for one in sorted(matched.ambiguous, key=lambda one: (one.by, one.key)):
            sides = {Which.LEFT: one.left, Which.RIGHT: one.right}
            ids = {side: found[0] for side, found in sides.items() if len(found) == 1}
            values = {"by": one.by, "key": one.key, "left": list(one.left), "right": list(one.right)}
            values |= {"against": one.against} if one.against else {}
            self._notice(NoticeKind.AMBIGUOUS, ids, values=values)

    def _decided(self, part: Part, here: Mapping[Which, Row], base: Base | None) -> Which | None:
        """The side that the part is written to; None where nothing is to be done, or a conflict was reported."""
        now = {side: part.of(row, side) for side, row in here.items()}
        if part.same(now[Which.LEFT], now[Which.RIGHT]):
            return None
        before = {side: held for side in Which if (held := part.of_base(side, base)) is not None}
        if len(before) < len(Which):
            target = first(part, now)
        else:
            moved = [side for side in Which if part.moved(side, before[side], now[side])]
            if not moved:
                return None  # both stand as they answered last time: a target that spells its own way is left alone
            target = moved[0].other if len(moved) == 1 else only(part)
            if target is not None and target not in part.ways:
                return None
        if target is None and part.ways:
            self._conflict(part, here, now)
        return target

    def _conflict(self, part: Part, here: Mapping[Which, Row], now: Mapping[Which, dict[str, Any]]) -> None:
        self._notice(
            NoticeKind.CONFLICT,
            {side: row.id for side, row in here.items()},
            on_field=part.name,
            values={side.value: shown(values) for side, values in now.items()},
            decides=decides(self.view.flow, part, here),
        )

    def _made(self, part: Part, target: Which, here: Mapping[Which, Row], ids: Mapping[Which, str]) -> _Made | None:
        """What is written; None where nothing is, which was reported where somebody should know."""
        source = part.of(here[target.other], target.other)
        held = part.of(here[target], target) if target in here else None
        pending = part.pending(target, source)
        if pending and isinstance(part.lens, LinkLens):
            return _Made(part, {}, pending)
        try:
            values = part.written(target, source, held)
        except Untranslatable as wrong:
            self._untranslatable(part, ids, source, wrong)
            return None
        if values is None or (
            held is not None and not pending and comparable(list(values.values())) == comparable(list(held.values()))
        ):
            return None
        return _Made(part, values, pending)

    def _untranslatable(
        self, part: Part, ids: Mapping[Which, str], source: Mapping[str, Any], wrong: Untranslatable
    ) -> None:
        kind = NoticeKind.UNLINKED if wrong.why == UNLINKED else NoticeKind.UNTRANSLATABLE
        self._notice(kind, ids, on_field=part.name, values={"value": shown(source), "reason": wrong.why})

    def _update(self, target: Which, ids: Mapping[Which, str], row: Row, made: list[_Made]) -> None:
        says = policy(self.view.flow.on_update, target)
        # a record doesn't move from one record around it to another by being updated
        moving = [one for one in made if any(name.startswith(PARENT) for name in one.part.names(target))]
        kept = moving if says == "update" else made
        for one in kept:
            values = {side.value: shown(one.part.of(self.rows[side][ids[side]], side)) for side in Which}
            decision = "moved" if one in moving else says
            self._notice(NoticeKind.NOT_UPDATED, ids, on_field=one.part.name, values=values, decides=decision)
        written = [one for one in made if one not in kept]
        if written:
            self.actions.append(self._action(Kind.UPDATE, target, ids[target.other], row, written))

    def _create(self, target: Which, row: Row) -> Action | None:
        """A create with every field that travels; None where a value that it can't do without is missing, which was reported."""
        ids = {target.other: row.id}
        made: list[_Made] = []
        for part in self.parts:
            if target not in part.ways:
                continue
            before = len(self.notices)
            one = self._made(part, target, {target.other: row}, ids)
            if one is not None:
                made.append(one)
            elif len(self.notices) > before and self._needed(target, part):
                return None
        if missing := self._homeless(target, made):
            self._notice(NoticeKind.UNLINKED, ids, on_field=missing.name)
            return None
        return self._action(Kind.CREATE, target, row.id, None, made)

    def _needed(self, target: Which, part: Part) -> bool:
        """Whether a create on that side can't do without the part."""
        side = self._side(target)
        demanded = {*side.required, *(name for name, one in side.fields.items() if one.required)}
        return any(name in demanded or name.startswith(PARENT) for name in part.names(target))

    def _homeless(self, target: Which, made: list[_Made]) -> Part | None:
        """The part that tells the record around, where a record inside it is to be created and nobody told."""
        telling = [one for one in self.parts if any(name.startswith(PARENT) for name in one.names(target))]
        told = any(one.part in telling for one in made)
        return telling[0] if telling and not told else None

    def _gone(self, ids: Mapping[Which, str], here: Mapping[Which, Row], base: Base | None) -> None:
        """A linked record that is there no more. Deletes are never passed on here; an edit on the other side beats them."""
        if not here:
            return
        ((there, row),) = here.items()
        edited = [one.name for one in self.parts if self._edited(one, there, row, base)]
        values = {"gone": there.other.value, "edited": edited}
        says = "keep" if edited else policy(self.view.flow.on_delete, there)
        self._notice(NoticeKind.DELETED, ids, values=values, decides=says)

    def _edited(self, part: Part, side: Which, row: Row, base: Base | None) -> bool:
        before = part.of_base(side, base)
        return before is not None and part.moved(side, before, part.of(row, side))

    def _side(self, side: Which) -> Side:
        return self.view.left if side is Which.LEFT else self.view.right

    def _travels(self, target: Which) -> bool:
        return any(to is self._side(target) for _, to in self.view.directions)

    def _in_scope(self, side: Which, row: Row) -> bool:
        return in_scope(row, getattr(self.view.flow.filter, side.value))

    def _action(self, kind: Kind, target: Which, source: str, row: Row | None, made: list[_Made]) -> Action:
        flow = self.view.flow.name
        return Action(
            id=f"{flow}:{kind}:{target}:{source}",
            kind=kind,
            flow=flow,
            side=target,
            source=source,
            record=row.id if row is not None else None,
            changes=tuple(one.change(row, target) for one in made),
            values={name: value for one in made for name, value in one.values.items()},
            links={name: held for one in made for name, held in one.links.items()},
        )

    def _notice(
        self,
        kind: NoticeKind,
        ids: Mapping[Which, str],
        *,
        on_field: str | None = None,
        values: dict[str, Any] | None = None,
        decides: str | None = None,
    ) -> None:
        left, right = ids.get(Which.LEFT), ids.get(Which.RIGHT)
        self.notices.append(
            Notice(
                kind=kind, flow=self.view.flow.name, left=left, right=right, on_field=on_field, values=values or {}, decides=decides
            )
        )  # fmt: skip


def shown(values: Mapping[str, Any]) -> Any:
    """A part's values as a reader sees them: one alone as it is, several as a list."""
    found = list(values.values())
    return found[0] if len(found) == 1 else found or None
