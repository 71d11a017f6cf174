"""What becomes of mapped values on the other side, those of line items too: options without a counterpart, values that don't come back, rules that
they break there. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from checker.data.across import Both
from checker.data.counted import Counted, holds, idle, open_, some
from checker.data.keys import value
from checker.data.laid import Again
from checker.data.ruled import broken_rule
from checker.mapping.fields import FieldLens, lens_of
from checker.mapping.lens import Untranslatable, is_empty
from checker.model.paths import get
from checker.model.profile import FieldInfo
from checker.model.sync import Row
from checker.project.sides import PARENT, FlowView, Side, many, travels
from checker.project.types import FieldMapping, Lines

OPTIONS, STABLE, LEGAL = "options.all-mapped", "transform.round-trip-stable", "values.legal-on-other-side"
MAPPED_CLAIMS = (OPTIONS, STABLE)
LACKING, RECASED = "lacking", "recased"  # told beside the rules that `ruled.py` names; the second breaks none
SCALARS = frozenset({str, int, float, bool, type(None)})
KNOWN = 10_000  # values of a field whose answer is remembered

One = TypeVar("One")


class End(NamedTuple):
    """One side of what is mapped: its system, what stands before the names of its fields (the list of line items, or nothing), the things that
    have them, and what its document says of them: declared fields by name, and those that a new one can't be without.
    """

    system: str
    within: str
    rows: Iterable[Row]
    fields: Mapping[str, FieldInfo]
    required: Collection[str]

    def told(self, names: Sequence[str]) -> str:
        """Fields as a report names them."""
        return " + ".join(f"{self.within}{name}" for name in names)


class Level(NamedTuple):
    """Things whose fields are mapped onto each other: the records of both sides, or their line items."""

    mappings: Sequence[FieldMapping]
    left: End
    right: End

    def ends(self, *, to_right: bool) -> tuple[End, End]:
        """Source and target."""
        return (self.left, self.right) if to_right else (self.right, self.left)


def of_mapped(both: Both) -> Iterator[Counted]:
    """Every claim of `MAPPED_CLAIMS`, once."""
    if not (both.left and both.right):
        yield from (open_(claim, "no-records") for claim in MAPPED_CLAIMS)
        return
    yield _options(both)
    yield _round_trip(both)


def levels(both: Both) -> Iterator[Level]:
    """The records, and their line items where the flow maps some."""
    view, lines = both.view, both.view.flow.lines
    ends = ((view.left, both.left), (view.right, both.right))
    yield Level(view.flow.fields, *(End(side.system, "", rows, side.fields, {*side.required}) for side, rows in ends))
    if lines is not None:
        yield Level(lines.fields, *(_end(lines, side, rows, left=side is view.left) for side, rows in ends))


def _end(lines: Lines, side: Side, rows: Iterable[Row], *, left: bool) -> End:
    """A line can't be without what lines are matched by: a product number, mostly."""
    name = lines.left if left else lines.right
    keys = {key for one in lines.match for key in many(one)}
    needed = {
        one
        for mapping in lines.fields
        if keys & {*many(mapping.left)}
        for one in many(mapping.left if left else mapping.right)
    }
    fields = {one.removeprefix(f"{name}."): info for one, info in side.fields.items() if one.startswith(f"{name}.")}
    return End(side.system, f"{name}[].", Again(lambda: _lines(rows, name)), fields, needed)


def _lines(rows: Iterable[Row], name: str) -> Iterator[Row]:
    for row in rows:
        held = get(row.values, name)
        for one in held if isinstance(held, list) else ():
            if isinstance(one, dict):
                yield Row(id=row.id, values=one)


def _ways(view: FlowView) -> list[bool]:
    """The directions in which records travel: whether to the right."""
    return [target is view.right for _, target in view.directions]


def _options(both: Both) -> Counted:
    """Options that occur and stand in no table."""
    unknown: dict[str, int] = {}
    for level in levels(both):
        tables = [one for one in level.mappings if one.options]
        for to_right in (True, False):
            source, _ = level.ends(to_right=to_right)
            asked = dict(_known(tables, to_right=to_right)) if to_right in _ways(both.view) else {}
            told = {name: f"{source.system}.{source.told([name])}" for name in asked}
            unknown |= {
                f"{source.system}.{source.told(many(one.left if to_right else one.right)[:1])}": 0 for one in tables
            }
            for row in source.rows if asked else ():
                for name, names in asked.items():
                    found = value(row, name)
                    unknown[told[name]] += not is_empty(found) and _spelt(found) not in names
    if not unknown:
        return idle(OPTIONS)
    fields = some(unknown)
    return holds(OPTIONS, not fields, fields=fields)


def _known(tables: Iterable[FieldMapping], *, to_right: bool) -> Iterator[tuple[str, set[str]]]:
    """A source's fields whose options travel by a table, and those that stand in it; where it isn't decided what happens to others."""
    for one in tables:
        if one.unknown_option == "error" and travels(one, to_right=to_right):
            options = one.options or {}
            names = many(one.left if to_right else one.right)
            yield names[0], {str(each) for each in (options if to_right else options.values())}


def _spelt(one: Any) -> str:
    return str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def _round_trip(both: Both) -> Counted:
    """Values that come back otherwise than they went, or can't go at all."""
    changed: dict[str, int] = {}
    looked = 0
    for level in levels(both):
        for to_right in (True, False):
            source, _ = level.ends(to_right=to_right)
            asked = [
                (_source(lens, to_right), remembered(_returning(lens, to_right)))
                for _, lens in _lenses(both, level, to_right=to_right)
            ]
            for row in source.rows if to_right in _ways(both.view) else ():
                for names, stable in asked:
                    values = [value(row, name) for name in names]
                    if not all(map(is_empty, values)):
                        looked += 1
                        if not stable(*values):
                            changed[source.told(names)] = changed.get(source.told(names), 0) + 1
    if not looked:
        return open_(STABLE, "no-records")
    return holds(STABLE, not changed, fields=changed, of=looked)


def _source(lens: FieldLens, to_right: bool) -> tuple[str, ...]:
    return lens.left if to_right else lens.right


def _lenses(both: Both, level: Level, *, to_right: bool) -> Iterator[tuple[FieldMapping, FieldLens]]:
    """Mapped fields that travel in a direction, with their lenses; what points at other records, and options, are counted elsewhere."""
    left, right = both.between.zones
    known = {"left": level.left.fields, "right": level.right.fields}
    for mapping in level.mappings:
        if mapping.link is None and not mapping.options and travels(mapping, to_right=to_right):
            yield mapping, lens_of(mapping, **known, left_zone=left, right_zone=right)


def _returning(lens: FieldLens, to_right: bool) -> Callable[..., bool]:
    """Whether values of a source's fields, in the lens's order, come back as they went."""
    if not lens.chain and len(lens.left) == len(lens.right):
        return lambda *_: True

    def stable(*given: Any) -> bool:
        values = dict(zip(_source(lens, to_right), given, strict=True))
        try:
            there = lens.to_right(values) if to_right else lens.to_left(values)
            return lens.same(values, there) if to_right else lens.same(there, values)
        except Untranslatable:
            return False

    return stable


def remembered(told: Callable[..., One]) -> Callable[..., One]:
    """The same, asked once for each of the values that come again: a flow's records have few countries, and as many mail addresses as there are records."""
    known = lru_cache(KNOWN, typed=True)(told)
    return lambda *given: known(*given) if SCALARS.issuperset(map(type, given)) else told(*given)


def legal(both: Both, target: Side) -> Counted:
    """Values of the source that the target's document forbids, by the rule that they break and the target's field; those that are only re-cased are told beside them."""
    to_right = target is both.view.right
    rows = both.left if to_right else both.right
    if not rows:
        return open_(LEGAL, "no-records")
    found: dict[str, Counter[str]] = {}
    lines = 0
    for level in levels(both):
        source, wanted = level.ends(to_right=to_right)
        asked = [
            (_source(lens, to_right), remembered(_breaking(mapping, lens, wanted, to_right)))
            for mapping, lens in _lenses(both, level, to_right=to_right)
        ]
        for row in source.rows:
            lines += bool(source.within)
            for names, breaking in asked:
                for rule, name in breaking(*[value(row, one) for one in names]):
                    found.setdefault(rule, Counter())[name] += 1
    recased = dict(found.pop(RECASED, Counter[str]()))
    told = {rule: dict(names) for rule, names in found.items()}
    fields = dict(sum(found.values(), Counter[str]()))
    values = {"fields": fields, "of": len(rows), "target": target.system, "recased": recased, **told}
    return holds(LEGAL, not fields, **values, **({"lines": lines} if lines else {}))


def _breaking(
    mapping: FieldMapping, lens: FieldLens, target: End, to_right: bool
) -> Callable[..., list[tuple[str, str]]]:
    """(rule, the target's field as it is told) of each rule that values of the source's fields, in the lens's order, break there."""
    names = lens.right if to_right else lens.left
    demanded = [(LACKING, target.told([name])) for name in names if name in target.required]
    checks = {
        name: broken_rule(target.fields[name])
        for name in names
        if name in target.fields and not name.startswith(PARENT)
    }

    def broken(*given: Any) -> list[tuple[str, str]]:
        if all(map(is_empty, given)):
            return demanded if mapping.default is None else []
        values = dict(zip(_source(lens, to_right), given, strict=True))
        try:
            made = lens.to_right(values) if to_right else lens.to_left(values)
        except Untranslatable:
            return []  # told as a value that doesn't come back
        rules = [(check(made[name]), target.told([name])) for name, check in checks.items()]
        told = [(rule, name) for rule, name in rules if rule is not None]
        return [*told, *((RECASED, target.told([name])) for name in names if _recased(given, made[name]))]

    return broken


def _recased(given: Sequence[Any], made: Any) -> bool:
    """Whether a text differs from what is made of it in small and capital letters alone."""
    (one,) = given if len(given) == 1 else (None,)
    return isinstance(one, str) and isinstance(made, str) and one != made and one.casefold() == made.casefold()
