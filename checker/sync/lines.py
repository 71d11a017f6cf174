"""Line items as one value: compared line by line under their match keys, written as the whole list in the target's spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.mapping.fields import FieldLens, lens_of
from checker.mapping.lens import Untranslatable, comparable, is_empty
from checker.model.paths import get, put
from checker.model.profile import FieldInfo
from checker.model.sync import Which
from checker.project.sides import many
from checker.project.types import FieldMapping, Lines
from checker.sync.linked import Linked, LinkLens, link_lens

Values = Mapping[str, Any]
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LinesLens:
    """The list of line items on both sides. `keys`: positions, among `lenses`, of the fields that lines are matched by; none: by their order.

    `read_only`: names that the target computes, by side, which no written line carries.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    lenses: tuple[FieldLens | LinkLens, ...]
    keys: tuple[int, ...]
    read_only: Mapping[Which, frozenset[str]]

    def same(self, left: Values, right: Values) -> bool:
        """Whether both lists say the same, in whatever order where lines have a key."""
        ours, theirs = _lines(left[self.left[0]]), _lines(right[self.right[0]])
        if len(ours) != len(theirs):
            return False
        try:
            pairs = zip(self._ordered(Which.LEFT, ours), self._ordered(Which.RIGHT, theirs), strict=True)
            return all(
                one.same(_of(mine, one.left), _of(other, one.right)) for mine, other in pairs for one in self.lenses
            )
        except Untranslatable:
            return False

    def left_moved(self, before: Values, now: Values) -> bool:
        """Whether a line changed in more than spelling, came or went on the left."""
        return self._moved(Which.LEFT, before[self.left[0]], now[self.left[0]])

    def right_moved(self, before: Values, now: Values) -> bool:
        """Whether a line changed in more than spelling, came or went on the right."""
        return self._moved(Which.RIGHT, before[self.right[0]], now[self.right[0]])

    def to_right(self, values: Values) -> dict[str, Any]:
        """The list as the right side spells it. Raises Untranslatable."""
        return self.onto(Which.RIGHT, values, None)

    def to_left(self, values: Values) -> dict[str, Any]:
        """The list as the left side spells it. Raises Untranslatable."""
        return self.onto(Which.LEFT, values, None)

    def onto(self, target: Which, source: Values, held: Values | None) -> dict[str, Any]:
        """The source's lines as the target spells them; what the target's line of the same key has beside the mapped fields stays."""
        name, other = (self.right[0], self.left[0]) if target is Which.RIGHT else (self.left[0], self.right[0])
        standing = self._by_key(target, _lines((held or {}).get(name)))
        written = []
        for at, line in enumerate(_lines(source[other])):
            same_key = standing.get(self._key(target.other, line, at), [])
            written.append(self._line(target, line, same_key.pop(0) if same_key else {}))
        return {name: written}

    def pending(self, target: Which, source: Values) -> dict[str, tuple[str, str]]:
        """What links will supply in single lines (`lines.0.product`) once the records that they point at are created: name → flow and source."""
        name, other = (self.right[0], self.left[0]) if target is Which.RIGHT else (self.left[0], self.right[0])
        links = [one for one in self.lenses if isinstance(one, LinkLens)]
        return {
            f"{name}.{at}.{field}": held
            for at, line in enumerate(_lines(source[other]))
            for one in links
            for field, held in one.pending(target, _given(one, target, line)).items()
        }

    def _line(self, target: Which, line: Line, standing: Line) -> dict[str, Any]:
        kept: dict[str, Any] = {name: held for name, held in standing.items() if name not in self.read_only[target]}
        for one in self.lenses:
            given = _given(one, target, line)
            if isinstance(one, LinkLens) and one.pending(target, given):
                continue  # its place is kept free
            for name, value in (one.to_right if target is Which.RIGHT else one.to_left)(given).items():
                if value is not None or not is_empty(get(kept, name)):
                    kept = put(kept, name, value)
        return kept

    def _key(self, side: Which, line: Line, at: int) -> Any:
        """The normal form of a line's key, the right side's; its place where lines have none. Raises Untranslatable."""
        if not self.keys:
            return at
        found = []
        for one in (self.lenses[index] for index in self.keys):
            if isinstance(one, LinkLens):
                found.append(one.known_as(side, line))
                continue
            there = _of(line, one.left) if side is Which.LEFT else one.to_left(_of(line, one.right))
            found.append(comparable(tuple(one.to_right(there).values())))
        return tuple(found)

    def _by_key(self, side: Which, lines: Sequence[Line]) -> dict[Any, list[Line]]:
        found: dict[Any, list[Line]] = {}
        for at, line in enumerate(lines):
            try:
                found.setdefault(self._key(side, line, at), []).append(line)
            except Untranslatable:
                continue  # the target's own line, which none of the source's can be
        return found

    def _ordered(self, side: Which, lines: Sequence[Line]) -> list[Line]:
        keyed = [(repr(self._key(side, line, at)), at) for at, line in enumerate(lines)] if self.keys else []
        return [lines[at] for _, at in sorted(keyed)] if keyed else list(lines)

    def _moved(self, side: Which, before: Any, now: Any) -> bool:
        then, lines = _lines(before), _lines(now)
        if len(then) != len(lines):
            return True
        try:
            pairs = zip(self._ordered(side, then), self._ordered(side, lines), strict=True)
        except Untranslatable:
            return bool(comparable(list(then)) != comparable(list(lines)))
        return any(
            one.left_moved(_of(old, one.left), _of(new, one.left))
            if side is Which.LEFT
            else one.right_moved(_of(old, one.right), _of(new, one.right))
            for old, new in pairs
            for one in self.lenses
        )


def _lines(value: Any) -> list[Line]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _given(lens: FieldLens | LinkLens, target: Which, line: Line) -> dict[str, Any]:
    """What a source's line says of a field."""
    return _of(line, lens.left if target is Which.RIGHT else lens.right)


def _of(line: Line, names: Sequence[str]) -> dict[str, Any]:
    return {name: get(line, name) for name in names}


def lines_lens(
    lines: Lines,
    left: Mapping[str, FieldInfo],
    right: Mapping[str, FieldInfo],
    links: Mapping[str, Linked],
    zones: tuple[str | None, str | None],
) -> LinesLens:
    """The lens of a flow's line items. Declared fields are those of the record around. Raises InputError for an unknown transformation."""
    below = {Which.LEFT: _below(left, lines.left), Which.RIGHT: _below(right, lines.right)}
    ours, theirs = below[Which.LEFT], below[Which.RIGHT]

    def lens(mapping: FieldMapping) -> FieldLens | LinkLens:
        if mapping.link is not None:
            return link_lens(mapping, mapping.link, links, ours, theirs)
        return lens_of(mapping, left=ours, right=theirs, left_zone=zones[0], right_zone=zones[1])

    lenses = tuple(map(lens, lines.fields))
    keys = [name for one in lines.match for name in many(one)]
    return LinesLens(
        (lines.left,),
        (lines.right,),
        lenses,
        tuple(at for at, one in enumerate(lenses) if set(one.left) & set(keys)),
        {side: frozenset(name for name, one in known.items() if one.read_only) for side, known in below.items()},
    )


def _below(known: Mapping[str, FieldInfo], name: str) -> dict[str, FieldInfo]:
    prefix = f"{name}."
    return {one.removeprefix(prefix): held for one, held in known.items() if one.startswith(prefix)}
