"""Fields that point at records of another flow, and the links that they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.mapping.lens import Untranslatable, comparable, is_empty, spelled
from checker.mapping.tables import typed
from checker.model.paths import put
from checker.model.profile import FieldInfo
from checker.model.sync import FlowPlan, Kind, Link, Which
from checker.project.sides import many
from checker.project.types import FieldMapping

UNLINKED = "unlinked"

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """Which record here is which record there, in one flow. `coming` are sources, by the side that they stand on, whose counterpart the same plan creates."""

    to_right: Mapping[str, str] = field(default_factory=dict)
    to_left: Mapping[str, str] = field(default_factory=dict)
    coming: Mapping[Which, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, links: Iterable[Link], coming: Mapping[Which, frozenset[str]] | None = None) -> Linked:
        """From links alone, and sources on their way."""
        known = tuple(links)
        return cls({one.left: one.right for one in known}, {one.right: one.left for one in known}, coming or {})

    @classmethod
    def of_plan(cls, flow: FlowPlan) -> Linked:
        """From a flow's plan: its links, and the records that it is going to create."""
        creates = [one for one in flow.actions if one.kind is Kind.CREATE]
        return cls.of(
            flow.links,
            {side.other: frozenset(one.source for one in creates if one.side is side) for side in Which},
        )

    def counterpart(self, target: Which, source: str) -> str | None:
        """The id on the target's side of a record on the other."""
        return (self.to_right if target is Which.RIGHT else self.to_left).get(source)

    def is_coming(self, target: Which, source: str) -> bool:
        """Whether the same plan creates the counterpart on the target's side."""
        return source in self.coming.get(target.other, frozenset())


@dataclass(frozen=True, slots=True)
class LinkLens:
    """A field that points at a record of another flow: an id here ↔ the id of the linked record there. `left_type`, `right_type`: declared types."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    flow: str
    linked: Linked
    left_type: str | None = None
    right_type: str | None = None

    def same(self, left: Values, right: Values) -> bool:
        """Whether both point at the same thing, or at nothing."""
        ours, theirs = left.get(self.left[0]), right.get(self.right[0])
        if is_empty(ours) or is_empty(theirs):
            return is_empty(ours) and is_empty(theirs)
        return self.linked.counterpart(Which.RIGHT, spelled(ours)) == spelled(theirs)

    def left_moved(self, before: Values, now: Values) -> bool:
        """Whether the left side points elsewhere."""
        return bool(comparable(before.get(self.left[0])) != comparable(now.get(self.left[0])))

    def right_moved(self, before: Values, now: Values) -> bool:
        """Whether the right side points elsewhere."""
        return bool(comparable(before.get(self.right[0])) != comparable(now.get(self.right[0])))

    def to_right(self, values: Values) -> dict[str, Any]:
        """The linked record's id on the right. Raises Untranslatable with `unlinked`."""
        return self._pointed(Which.RIGHT, self.right[0], values.get(self.left[0]), self.right_type)

    def to_left(self, values: Values) -> dict[str, Any]:
        """The linked record's id on the left. Raises Untranslatable with `unlinked`."""
        return self._pointed(Which.LEFT, self.left[0], values.get(self.right[0]), self.left_type)

    def pending(self, target: Which, source: Values) -> dict[str, tuple[str, str]]:
        """The value that the link supplies once the record that it points at is created: name → flow and source."""
        ours, theirs = (self.left[0], self.right[0]) if target is Which.RIGHT else (self.right[0], self.left[0])
        pointed = source.get(ours)
        if is_empty(pointed) or not self.linked.is_coming(target, spelled(pointed)):
            return {}
        return {theirs: (self.flow, spelled(pointed))}

    def known_as(self, side: Which, values: Values) -> str | None:
        """What tells what a side points at from all else, whichever side asks: the right record's id, where there is none the left one's own."""
        pointed = values.get(self.left[0] if side is Which.LEFT else self.right[0])
        if is_empty(pointed):
            return None
        if side is Which.RIGHT:
            return spelled(pointed)
        return self.linked.counterpart(Which.RIGHT, spelled(pointed)) or f"left {spelled(pointed)}"

    def _pointed(self, target: Which, name: str, source: Any, kind: str | None) -> dict[str, Any]:
        if is_empty(source):
            return {name: None}
        found = self.linked.counterpart(target, spelled(source))
        if found is None:
            raise Untranslatable(source, UNLINKED)
        return {name: typed(found, kind)}


def link_lens(
    mapping: FieldMapping,
    flow: str,
    links: Mapping[str, Linked],
    left: Mapping[str, FieldInfo],
    right: Mapping[str, FieldInfo],
) -> LinkLens:
    """The lens of a field that points at the records of `flow`. `left`, `right`: the declared fields beside it."""
    ours, theirs = tuple(many(mapping.left)), tuple(many(mapping.right))
    kinds = [known[name].type if name in known else None for known, name in ((left, ours[0]), (right, theirs[0]))]
    return LinkLens(ours, theirs, flow, links.get(flow, Linked()), *kinds)


def supplied(values: Values, name: str, value: Any) -> dict[str, Any]:
    """What is written, with the value of a link that was awaited; in its place where that is in a line (`lines.0.product`)."""
    whole = next((one for one in values if name.startswith(f"{one}.")), None)
    if whole is None:
        return {**values, name: value}
    return {**values, whole: put({"lines": values[whole]}, f"lines{name.removeprefix(whole)}", value)["lines"]}
