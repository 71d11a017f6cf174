"""What the records of both sides say about a flow: keys, options, rules of the other side, values that don't come back. Pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple, TypeVar

from checker.data.checks import CHECKS, valid
from checker.data.counted import Counted, holds, idle, open_
from checker.data.keys import Between, Key, Part, Text, key_values, keys, value
from checker.data.laid import shared
from checker.data.mixing import CAREFUL, fallen
from checker.data.normal import normal
from checker.mapping.fields import FieldLens
from checker.mapping.lens import Untranslatable, is_empty
from checker.model.profile import FieldInfo
from checker.model.sync import Link, Matched, Row, Which
from checker.project.sides import PARENT, FlowView, Side, many, travels
from checker.project.types import FieldMapping

REGISTERS = (
    "register",
    "register_entry",
)  # the forms of an entry with its court, and of one whose court is another part of the key
SCALARS = frozenset({str, int, float, bool, type(None)})
KNOWN = 10_000  # values of a field whose answer is remembered
NONE = -(2**63)  # no number: none of those that are told is as small
LEGAL = "values.legal-on-other-side"
USABLE = 0.2  # the share of records that may lack the first key, where the next ones catch them
COMMON = 0.5  # the share of the smaller side's products that have to be found on the other

One = TypeVar("One")


@dataclass(frozen=True)
class Both:
    """A flow's records on both sides as far as they were read, those in scope, to be walked as often as there are questions; `matched`: which is which;
    `role`: what the flow carries.
    """

    view: FlowView
    left: Collection[Row]
    right: Collection[Row]
    matched: Matched
    between: Between
    role: str | None
    _texts: dict[str, list[tuple[str, Texts]]] = field(default_factory=dict, compare=False)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The flow's match keys."""
        return keys(self.view, self.between)

    @property
    def sides(self) -> tuple[tuple[str, Collection[Row], bool], ...]:
        """(system, records, whether it is the left one) of both sides."""
        return (self.view.left.system, self.left, True), (self.view.right.system, self.right, False)

    @cached_property
    def without(self) -> dict[str, int]:
        """How many records of each system have none of the keys."""
        return {
            system: sum(first_key(row, self.keys, left) is None for row in rows) for system, rows, left in self.sides
        }

    def texts(self, form: str) -> list[tuple[str, Texts]]:
        """(system, what its records have) of both sides, for the first key field of that form; looked at once, for that takes long."""
        part = next((one for key in self.keys for one in key.parts if one.form == form), None)
        if part is not None and form not in self._texts:
            told = ((system, rows, part.left if left else part.right) for system, rows, left in self.sides)
            self._texts[form] = [(system, _texts(form, rows, text)) for system, rows, text in told]
        return self._texts.get(form, [])


class Texts(NamedTuple):
    """What the texts of a side's key field come to: how many records there are, lack one, have one that isn't blank, fail its check, share one."""

    of: int
    lacking: int
    filled: int
    invalid: int
    shared: int


def _texts(form: str, rows: Collection[Row], text: Text) -> Texts:
    lacking = filled = invalid = 0
    for one in map(text, rows):
        lacking += not one
        if one and one.strip():
            filled, invalid = filled + 1, invalid + (not valid(form, one))
    several = shared(lambda: (normal(form, one) or None if one else None for one in map(text, rows)))
    return Texts(len(rows), lacking, filled, invalid, several)


def of_flow(both: Both) -> Iterator[Counted]:
    """All claims about a flow as a whole."""
    if not (both.left and both.right):
        for claim in FLOW_CLAIMS:
            yield open_(claim, "no-records")
        return
    yield from _keys(both)
    yield _mails(both)
    yield _companies(both)
    yield _products(both)
    yield _options(both)
    yield _round_trip(both)


FLOW_CLAIMS = (
    "keys.filled", "keys.unique", "keys.normalised", "keys.valid", "keys.email-usable", "keys.company-usable", "keys.product-number-common",
    "options.all-mapped", "transform.round-trip-stable",
)  # fmt: skip


def _keys(both: Both) -> Iterator[Counted]:
    wanted = both.keys
    if not wanted:
        for claim in FLOW_CLAIMS[:4]:
            yield open_(claim, "no-match-keys")
        return
    of = {system: len(rows) for system, rows, _ in both.sides}
    yield holds("keys.filled", not any(both.without.values()), without=_some(both.without), of=of)
    several = {system: shared(partial(_first_keys, rows, wanted, left)) for system, rows, left in both.sides}
    yield holds("keys.unique", not any(several.values()), shared=_some(several), of=of)
    yield _normalised(both, wanted)
    yield _valid(both)


def _first_keys(rows: Iterable[Row], wanted: Sequence[Key], left: bool) -> Iterator[tuple[str, ...] | None]:
    return (first_key(row, wanted, left) for row in rows)


def first_key(row: Row, wanted: Sequence[Key], left: bool) -> tuple[str, ...] | None:
    """The first of the flow's keys that the row has, in normal form."""
    for key in wanted:
        values = key_values(key, row, left=left)
        if values is not None:
            return (key.by, *values)
    return None


def _normalised(both: Both, wanted: Sequence[Key]) -> Counted:
    """Pairs whose key is spelt otherwise on both sides, although the mapping had its chance to tidy it."""
    claim = "keys.normalised"
    by = {key.by: key.parts for key in wanted}
    links = [one for one in both.matched.links if one.by in by]
    pairs = of_pairs(
        links,
        both,
        lambda row, one: hash(tuple(part.left(row) for part in by[one.by])),
        lambda row, one: hash(tuple(part.right(row) for part in by[one.by])),
    )
    same = Counter(left == right for left, right in pairs)
    if not same:
        return open_(claim, "no-links")
    return holds(claim, not same[False], differ=same[False], of=same.total())


Told = Callable[[Row, Link], "int | None"]


def of_pairs(links: Sequence[Link], both: Both, left: Told, right: Told) -> Iterator[tuple[int, int]]:
    """A number for each linked record, side by side, where both have one and are in scope: what is held of a record is that number."""
    ours, theirs = numbers_of(links, Which.LEFT, both.left, left), numbers_of(links, Which.RIGHT, both.right, right)
    return ((here, there) for here, there in zip(ours, theirs, strict=True) if here is not None and there is not None)


def numbers_of(links: Sequence[Link], which: Which, rows: Iterable[Row], told: Told) -> Iterator[int | None]:
    """What is told of each link's record on a side; None where that is nothing, or the record isn't there."""
    places = {getattr(one, which.value): at for at, one in enumerate(links)}
    numbers = array("q", [NONE]) * len(links)
    for row in rows:
        at = places.get(row.id)
        if at is not None:
            number = told(row, links[at])
            numbers[at] = NONE if number is None else number
    return (None if one == NONE else one for one in numbers)


def _mails(both: Both) -> Counted:
    claim, sides = "keys.email-usable", both.texts("email")
    if not sides:
        return idle(claim)
    most = max(one.lacking / max(1, one.of) for _, one in sides)
    invalid, several = {name: one.invalid for name, one in sides}, {name: one.shared for name, one in sides}
    good = most <= USABLE and not any(invalid.values()) and not any(several.values())
    lacking = _some({name: one.lacking for name, one in sides})
    return holds(claim, good, lacking=lacking, invalid=_some(invalid), shared=_some(several))


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts that are any."""
    return {name: n for name, n in counts.items() if n}


def _valid(both: Both) -> Counted:
    """Values of key fields that have check digits or a syntax, and fail them."""
    claim = "keys.valid"
    forms = dict.fromkeys(part.form for key in both.keys for part in key.parts if part.form in CHECKS)
    if not forms:
        return idle(claim)
    found = {f"{system}.{form}": one for form in forms for system, one in both.texts(form)}
    looked = sum(one.filled for one in found.values())
    if not looked:
        return open_(claim, "no-records")
    invalid = _some({name: one.invalid for name, one in found.items()})
    return holds(claim, not invalid, invalid=invalid, of=looked)


def _companies(both: Both) -> Counted:
    """VAT ids with a wrong check digit, register numbers without their court, and records that have no key at all."""
    claim, sides = "keys.company-usable", both.texts("vat_id")
    registers = [one for form in REGISTERS for one in both.texts(form)]
    if not (sides or registers):
        return idle(claim)
    counts = {
        "invalid": {system: one.invalid for system, one in sides},
        "incomplete": {system: one.invalid for system, one in registers},
        "shared": {system: one.shared for system, one in sides},
        "without": both.without,
    }
    some = {name: _some(one) for name, one in counts.items()}
    return holds(claim, not any(some.values()), **some)


def _products(both: Both) -> Counted:
    claim = "keys.product-number-common"
    if both.role != "product":
        return idle(claim)
    linked, least = len(both.matched.links), min(len(both.left), len(both.right))
    part = next((one for key in both.keys for one in key.parts if one.form == CAREFUL), None)
    mixed = {system: fallen(part, rows, left=left) for system, rows, left in both.sides} if part else {}
    exact = _alike(both, part) if part else linked
    told = {"exact": exact} if exact < linked else {}
    return holds(claim, linked >= COMMON * least, linked=linked, of=least, mixed=_some(mixed), **told)


def _alike(both: Both, part: Part) -> int:
    """Links whose both sides spell the number alike."""
    pairs = of_pairs(
        both.matched.links, both, lambda row, _: hash(part.left(row)), lambda row, _: hash(part.right(row))
    )
    return sum(here == there for here, there in pairs)


def _options(both: Both) -> Counted:
    """Options that occur and stand in no table."""
    claim = "options.all-mapped"
    tables = [one for one in both.view.flow.fields if one.options]
    if not tables:
        return idle(claim)
    ends = [(one.left, one.right) for one in tables]
    systems = [system for system, _, _ in both.sides]
    unknown = {f"{system}.{many(one)[0]}": 0 for two in ends for system, one in zip(systems, two, strict=True)}
    for system, rows, left in both.sides:
        asked = dict(_known(both.view, tables, left))
        for row in rows if asked else ():
            for name, names in asked.items():
                found = value(row, name)
                if not is_empty(found) and _spelt(found) not in names:
                    unknown[f"{system}.{name}"] += 1
    fields = _some(unknown)
    return holds(claim, not fields, fields=fields)


def _known(view: FlowView, tables: Sequence[FieldMapping], left: bool) -> Iterator[tuple[str, set[str]]]:
    """A side's fields whose options travel by a table, and those that stand in it; where it isn't decided what happens to others."""
    for one in tables:
        if one.unknown_option == "error" and travels(one, to_right=left) and (left, not left) in _ways(view):
            options = one.options or {}
            yield (
                many(one.left if left else one.right)[0],
                {str(each) for each in (options if left else options.values())},
            )


def _ways(view: FlowView) -> set[tuple[bool, bool]]:
    return {(source is view.left, target is view.left) for source, target in view.directions}


def _spelt(one: Any) -> str:
    return str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def _round_trip(both: Both) -> Counted:
    """Values that come back otherwise than they went, or can't go at all."""
    claim = "transform.round-trip-stable"
    every = list(_lenses(both))
    changed = dict.fromkeys(
        (names for _, lens in every for names in (lens.left, lens.right)), 0
    )  # as the mapping has them
    looked = 0
    for _, rows, left in both.sides:
        lenses = [lens for mapping, lens in every if travels(mapping, to_right=left)]
        asked = [(lens.left if left else lens.right, remembered(_returning(lens, left))) for lens in lenses]
        for row in rows if (left, not left) in _ways(both.view) else ():
            for names, stable in asked:
                values = [value(row, name) for name in names]
                if not all(map(is_empty, values)):
                    looked += 1
                    changed[names] += not stable(*values)
    if not looked:
        return open_(claim, "no-records")
    fields = _some({" + ".join(names): n for names, n in changed.items()})
    return holds(claim, not fields, fields=fields, of=looked)


def _returning(lens: FieldLens, left: bool) -> Callable[..., bool]:
    """Whether values of a side's fields, in the lens's order, come back as they went."""
    if not lens.chain and len(lens.left) == len(lens.right):
        return lambda *_: True

    def stable(*given: Any) -> bool:
        values = dict(zip(lens.left if left else lens.right, given, strict=True))
        try:
            there = lens.to_right(values) if left else lens.to_left(values)
            return lens.same(values, there) if left else lens.same(there, values)
        except Untranslatable:
            return False

    return stable


def remembered(told: Callable[..., One]) -> Callable[..., One]:
    """The same, asked once for each of the values that come again: a flow's records have few countries, and as many mail addresses as there are records."""
    known = lru_cache(KNOWN, typed=True)(told)
    return lambda *given: known(*given) if SCALARS.issuperset(map(type, given)) else told(*given)


def _lenses(both: Both) -> Iterator[tuple[FieldMapping, FieldLens]]:
    """Mapped fields with their lenses; what points at other records, and options, are counted elsewhere."""
    for mapping in both.view.flow.fields:
        if mapping.link is None and not mapping.options:
            yield mapping, both.between.lens(mapping, both.view)


class Rules(NamedTuple):
    """What a target's document rules: its declared fields by name, and those that a create demands."""

    fields: Mapping[str, FieldInfo]
    required: Collection[str]


def legal(both: Both, target: Side) -> Counted:
    """Values of the source that the target's document forbids: too long, no option of it, nothing where something is demanded."""
    claim = LEGAL
    to_right = target is both.view.right
    rows = both.left if to_right else both.right
    if not rows:
        return open_(claim, "no-records")
    rules = Rules(target.fields, frozenset(target.required))  # made once: there may be a hundred thousand records
    lenses = [one for one in _lenses(both) if travels(one[0], to_right=to_right)]
    broken = dict.fromkeys((name for _, lens in lenses for name in (lens.right if to_right else lens.left)), 0)
    asked = [
        (lens.left if to_right else lens.right, remembered(_breaking(mapping, lens, rules, to_right)))
        for mapping, lens in lenses
    ]
    for row in rows:
        for names, breaking in asked:
            for name in breaking(*[value(row, one) for one in names]):
                broken[name] += 1
    fields = _some(broken)
    return holds(claim, not fields, fields=fields, of=len(rows), target=target.system)


def _breaking(mapping: FieldMapping, lens: FieldLens, target: Rules, to_right: bool) -> Callable[..., list[str]]:
    """The target's fields that forbid what values of the source's fields, in the lens's order, become there."""
    source, names = (lens.left, lens.right) if to_right else (lens.right, lens.left)
    demanded = [name for name in names if name in target.required] if mapping.default is None else []

    def broken(*given: Any) -> list[str]:
        if all(map(is_empty, given)):
            return demanded
        values = dict(zip(source, given, strict=True))
        try:
            made = lens.to_right(values) if to_right else lens.to_left(values)
        except Untranslatable:
            return []  # told as a value that doesn't come back
        infos = ((name, target.fields.get(name)) for name in made if not name.startswith(PARENT))
        return [name for name, info in infos if info is not None and _forbidden(made[name], info)]

    return broken


def _forbidden(one: Any, info: FieldInfo) -> bool:
    if is_empty(one):
        return False
    if isinstance(one, str) and info.max_length is not None and len(one) > info.max_length:
        return True
    return bool(info.enum) and one not in info.enum and str(one) not in {str(it) for it in info.enum}
