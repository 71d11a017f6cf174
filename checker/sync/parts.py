"""What a flow compares and writes as one value: a mapped field, a link to another record, or the list of line items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from checker.mapping.fields import lens_of
from checker.mapping.lens import comparable, is_empty
from checker.model.paths import get
from checker.model.sync import Base, Row, Which
from checker.project.sides import PARENT, FlowView, travels
from checker.project.types import FieldMapping
from checker.sync.lines import LinesLens, lines_lens
from checker.sync.linked import Linked, LinkLens, link_lens

Values = Mapping[str, Any]
Zones = tuple[str | None, str | None]  # the left system's and the right one's


class PartLens(Protocol):
    """A FieldLens, or what behaves like one."""

    @property
    def left(self) -> tuple[str, ...]: ...  # noqa: D102 - FieldLens says it
    @property
    def right(self) -> tuple[str, ...]: ...  # noqa: D102
    def same(self, left: Values, right: Values) -> bool: ...  # noqa: D102
    def left_moved(self, before: Values, now: Values) -> bool: ...  # noqa: D102
    def right_moved(self, before: Values, now: Values) -> bool: ...  # noqa: D102
    def to_right(self, values: Values) -> dict[str, Any]: ...  # noqa: D102
    def to_left(self, values: Values) -> dict[str, Any]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a flow compares and writes as a whole. `ways`: the sides that it may be written to; `leading`: the side that wins a first meeting."""

    lens: PartLens
    mapping: FieldMapping
    ways: frozenset[Which]
    leading: Which | None

    def names(self, side: Which) -> tuple[str, ...]:
        """The fields' names on a side."""
        return self.lens.left if side is Which.LEFT else self.lens.right

    @property
    def name(self) -> str:
        """The mapping's left name, several joined."""
        return " + ".join(self.lens.left)

    def of(self, row: Row, side: Which) -> dict[str, Any]:
        """What a record says of it."""
        return {name: value_of(row, name) for name in self.names(side)}

    def same(self, left: Values, right: Values) -> bool:
        """Whether both sides agree: equal after normalisation, or one is empty where the other has the default."""
        return self.lens.same(left, right) or self._defaulted(left, right)

    def moved(self, side: Which, before: Values, now: Values) -> bool:
        """Whether a side changed in more than spelling since `before`."""
        return (self.lens.left_moved if side is Which.LEFT else self.lens.right_moved)(before, now)

    def written(self, target: Which, source: Values, held: Values | None) -> dict[str, Any] | None:
        """What is written to the target, whose fields hold `held` now (None: a record that is created); None where nothing is. Raises Untranslatable."""
        if self.empty(source):
            if self.mapping.default is not None and (held is None or self.mapping.empty == "clear"):
                return dict.fromkeys(self.names(target), self.mapping.default)
            return dict.fromkeys(self.names(target)) if held is not None and self.mapping.empty == "clear" else None
        if isinstance(self.lens, LinesLens):
            return self.lens.onto(target, source, held)
        return self.lens.to_right(source) if target is Which.RIGHT else self.lens.to_left(source)

    def pending(self, target: Which, source: Values) -> dict[str, tuple[str, str]]:
        """The values that links will supply once the records that they point at are created: name → flow and source.

        One in a line item is named with the line's place (`lines.0.product`).
        """
        return self.lens.pending(target, source) if isinstance(self.lens, LinkLens | LinesLens) else {}

    def of_base(self, side: Which, base: Base | None) -> dict[str, Any] | None:
        """What the side answered after the last sync; None where this was never settled."""
        if base is None:
            return None
        held = base.left if side is Which.LEFT else base.right
        names = self.names(side)
        return {name: held[name] for name in names} if all(name in held for name in names) else None

    def empty(self, values: Values) -> bool:
        """Whether nothing stands there."""
        return is_empty(tuple(values.values()))

    def _defaulted(self, left: Values, right: Values) -> bool:
        default = comparable(self.mapping.default)
        if default is None:
            return False
        pairs = {Which.RIGHT: (left, right), Which.LEFT: (right, left)}
        return any(
            self.empty(source) and all(comparable(one) == default for one in target.values())
            for way, (source, target) in pairs.items()
            if way in self.ways
        )


def value_of(row: Row, name: str) -> Any:
    """A record's value by dotted name; `..name` is the record's around."""
    if name.startswith(PARENT):
        return get(row.around or {}, name.removeprefix(PARENT))
    return get(row.values, name)


def parts_of(view: FlowView, links: Mapping[str, Linked], zones: Zones = (None, None)) -> tuple[Part, ...]:
    """Everything that the flow compares and writes, in the mapping's order, line items last. `zones`: both systems' (IANA names).

    Raises InputError for an unknown transformation.
    """
    left, right = view.left.fields, view.right.fields

    def lens(mapping: FieldMapping) -> PartLens:
        if mapping.link is not None:
            return link_lens(mapping, mapping.link, links, left, right)
        return lens_of(mapping, left=left, right=right, left_zone=zones[0], right_zone=zones[1])

    found = [_part(view, one, lens(one)) for one in view.flow.fields]
    lines = view.flow.lines
    if lines is not None:
        whole = FieldMapping(left=lines.left, right=lines.right, empty="clear")
        found.append(_part(view, whole, lines_lens(lines, left, right, links, zones)))
    return tuple(found)


def _part(view: FlowView, mapping: FieldMapping, lens: PartLens) -> Part:
    targets = {id(view.right): Which.RIGHT, id(view.left): Which.LEFT}
    ways = {targets[id(target)] for _, target in view.directions}
    allowed = frozenset(way for way in ways if travels(mapping, to_right=way is Which.RIGHT))
    return Part(lens, mapping, allowed, leading_side(view, mapping.leading or view.flow.leading))


def leading_side(view: FlowView, system: str | None) -> Which | None:
    """The side of the leading system; None where none leads."""
    return {view.left.system: Which.LEFT, view.right.system: Which.RIGHT}.get(system or "")
