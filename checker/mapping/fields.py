"""A whole field mapping as one lens: several names ↔ several, a chain of transformations, options, and when both sides agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.mapping.lens import Lens, Untranslatable, comparable, is_empty
from checker.mapping.registry import Fields, lens, table
from checker.mapping.tables import NO_DEFAULT
from checker.model.profile import FieldInfo
from checker.project.sides import many
from checker.project.types import FieldMapping


@dataclass(frozen=True, slots=True)
class FieldLens:
    """One field mapping. Values are given and told by name; a name that is missing is null."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    chain: tuple[Lens, ...]

    @property
    def name(self) -> str:
        """The mapping's left name, several joined by ` + `."""
        return " + ".join(self.left)

    def to_right(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The right side's values for those of the left. Empty ones stay empty. Raises Untranslatable."""
        return _named(self.right, self._there(_value(self.left, values)))

    def to_left(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The left side's values for those of the right. Empty ones stay empty. Raises Untranslatable."""
        return _named(self.left, self._back(_value(self.right, values)))

    def same(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
        """Whether both sides agree for syncing: the left value is spelled so on the right, or both come to one normal form."""
        ours, theirs = _value(self.left, left), _value(self.right, right)
        there = _tried(self._there, ours)
        if there is None:
            return False
        return there in (_tried(lambda value: value, theirs), _tried(self.normal_right, theirs))

    def normal_left(self, value: Any) -> Any:
        """The right side's spelling of a left value: where two come to the same, nothing has changed. Raises Untranslatable."""
        return self._there(value)

    def normal_right(self, value: Any) -> Any:
        """How the right side would spell its own value if it came from the left. Raises Untranslatable."""
        return self._there(self._back(value))

    def left_moved(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
        """Whether the left side changed in more than spelling."""
        return _moved(self._there, _value(self.left, before), _value(self.left, now))

    def right_moved(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
        """Whether the right side changed in more than spelling."""
        return _moved(self.normal_right, _value(self.right, before), _value(self.right, now))

    def _there(self, value: Any) -> Any:
        for one in self.chain:
            value = value if is_empty(value) else one.there(value)
        return value

    def _back(self, value: Any) -> Any:
        for one in reversed(self.chain):
            value = value if is_empty(value) else one.back(value)
        return value


def _value(names: Sequence[str], values: Mapping[str, Any]) -> Any:
    if len(names) == 1:
        return values.get(names[0])
    return tuple(values.get(name) for name in names)


def _named(names: Sequence[str], value: Any) -> dict[str, Any]:
    if is_empty(value):
        return dict.fromkeys(names)
    given = value if isinstance(value, tuple) else (value,)
    if len(given) != len(names):
        raise Untranslatable(value, "other-fields")
    return dict(zip(names, given, strict=True))


def _comparable(value: Any) -> Any:
    """Comparable, and wrapped: several empty fields are one empty value."""
    return (None,) if is_empty(value) else (comparable(value),)


def _tried(way: Callable[[Any], Any], value: Any) -> Any:
    """What the way makes of a value, comparable; None where it can't take it."""
    try:
        return _comparable(way(value))
    except Untranslatable:
        return None


def _moved(way: Callable[[Any], Any], before: Any, now: Any) -> bool:
    if _comparable(before) == _comparable(now):
        return False
    told = _tried(way, now)
    return told is None or told != _tried(way, before)


def lens_of(
    mapping: FieldMapping,
    *,
    left: Mapping[str, FieldInfo] | None = None,
    right: Mapping[str, FieldInfo] | None = None,
    left_zone: str | None = None,
    right_zone: str | None = None,
) -> FieldLens:
    """The lens of a field mapping: its transformations in their order, then its options.

    `left` and `right` are the declared fields by name, which tell a table whether `19` is a number or text. Zones are IANA names.
    Raises InputError for a transformation that nobody knows.
    """
    ours, theirs = many(mapping.left), many(mapping.right)
    between = Fields(
        tuple((left or {}).get(name) for name in ours),
        tuple((right or {}).get(name) for name in theirs),
        left_zone,
        right_zone,
    )
    chain = [lens(step, between) for step in mapping.transform]
    if mapping.options is not None:
        default = mapping.unknown_option["default"] if isinstance(mapping.unknown_option, dict) else NO_DEFAULT
        chain.append(table(mapping.options, between, default))
    return FieldLens(tuple(ours), tuple(theirs), tuple(chain))
