"""What the records of both sides say about a flow: keys, options, rules of the other side, values that don't come back. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from checker.data.checks import CHECKS, valid
from checker.data.counted import Counted, holds, idle, open_
from checker.data.keys import Between, Key, Part, key_values, keys, value
from checker.data.mixing import CAREFUL, fallen
from checker.data.normal import normal
from checker.mapping.fields import FieldLens
from checker.mapping.lens import Untranslatable, is_empty
from checker.model.profile import FieldInfo
from checker.model.sync import Matched, Row
from checker.project.sides import PARENT, FlowView, Side, many, travels
from checker.project.types import FieldMapping

REGISTERS = (
    "register",
    "register_entry",
)  # the forms of an entry with its court, and of one whose court is another part of the key
LEGAL = "values.legal-on-other-side"
USABLE = 0.2  # the share of records that may lack the first key, where the next ones catch them
COMMON = 0.5  # the share of the smaller side's products that have to be found on the other


@dataclass(frozen=True)
class Both:
    """A flow's records on both sides as far as they were read, those in scope; `matched`: which is which; `role`: what the flow carries."""

    view: FlowView
    left: Sequence[Row]
    right: Sequence[Row]
    matched: Matched
    between: Between
    role: str | None

    @property
    def keys(self) -> tuple[Key, ...]:
        """The flow's match keys."""
        return keys(self.view, self.between)

    @property
    def sides(self) -> tuple[tuple[str, Sequence[Row], bool], ...]:
        """(system, records, whether it is the left one) of both sides."""
        return (self.view.left.system, self.left, True), (self.view.right.system, self.right, False)


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
    without = {system: sum(first_key(row, wanted, left) is None for row in rows) for system, rows, left in both.sides}
    of = {system: len(rows) for system, rows, _ in both.sides}
    yield holds("keys.filled", not any(without.values()), without=_some(without), of=of)
    shared: dict[str, int] = {}
    for system, rows, left in both.sides:
        counts = Counter(key for row in rows if (key := first_key(row, wanted, left)) is not None)
        doubled = sum(n for n in counts.values() if n > 1)
        if doubled:
            shared[system] = doubled
    yield holds("keys.unique", not shared, shared=shared, of=of)
    yield _normalised(both, wanted)
    yield _valid(both)


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
    lefts, rights = {row.id: row for row in both.left}, {row.id: row for row in both.right}
    by = {key.by: key for key in wanted}
    pairs = [one for one in both.matched.links if one.by in by and one.left in lefts and one.right in rights]
    if not pairs:
        return open_(claim, "no-links")
    differ = sum(
        any(part.left(lefts[one.left]) != part.right(rights[one.right]) for part in by[one.by].parts) for one in pairs
    )
    return holds(claim, not differ, differ=differ, of=len(pairs))


def _named(both: Both, form: str) -> list[tuple[str, list[str | None]]]:
    """(system, the key field's text of each record) of both sides, for the first key field of that form."""
    part = next((one for key in both.keys for one in key.parts if one.form == form), None)
    if part is None:
        return []
    return [(system, [(part.left if left else part.right)(row) for row in rows]) for system, rows, left in both.sides]


def _mails(both: Both) -> Counted:
    claim, sides = "keys.email-usable", _named(both, "email")
    if not sides:
        return idle(claim)
    lacking = {system: sum(not one for one in texts) for system, texts in sides}
    invalid = {system: _invalid("email", texts) for system, texts in sides}
    shared = {system: _shared("email", texts) for system, texts in sides}
    most = max(lacking[system] / max(1, len(texts)) for system, texts in sides)
    good = most <= USABLE and not any(invalid.values()) and not any(shared.values())
    return holds(claim, good, lacking=_some(lacking), invalid=_some(invalid), shared=_some(shared))


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts that are any."""
    return {name: n for name, n in counts.items() if n}


def _shared(form: str, texts: Sequence[str | None]) -> int:
    """How many records have a value that others have too."""
    counts = Counter(found for one in texts if one and (found := normal(form, one)))
    return sum(n for n in counts.values() if n > 1)


def _invalid(form: str, texts: Sequence[str | None]) -> int:
    """How many records have a value that fails the check of its form."""
    return sum(not valid(form, one) for one in texts if one and one.strip())


def _valid(both: Both) -> Counted:
    """Values of key fields that have check digits or a syntax, and fail them."""
    claim = "keys.valid"
    forms = dict.fromkeys(part.form for key in both.keys for part in key.parts if part.form in CHECKS)
    if not forms:
        return idle(claim)
    found = {f"{system}.{form}": (form, texts) for form in forms for system, texts in _named(both, form)}
    invalid = {name: _invalid(form, texts) for name, (form, texts) in found.items()}
    looked = sum(bool(one and one.strip()) for _, texts in found.values() for one in texts)
    if not looked:
        return open_(claim, "no-records")
    return holds(claim, not any(invalid.values()), invalid=_some(invalid), of=looked)


def _companies(both: Both) -> Counted:
    """VAT ids with a wrong check digit, register numbers without their court, and records that have no key at all."""
    claim, sides = "keys.company-usable", _named(both, "vat_id")
    registers = [(form, *one) for form in REGISTERS for one in _named(both, form)]
    if not (sides or registers):
        return idle(claim)
    invalid = {system: _invalid("vat_id", texts) for system, texts in sides}
    incomplete = {system: _invalid(form, texts) for form, system, texts in registers}
    without = {
        system: sum(first_key(row, both.keys, left) is None for row in rows) for system, rows, left in both.sides
    }
    shared = {system: _shared("vat_id", texts) for system, texts in sides}
    good = not any((*invalid.values(), *incomplete.values(), *without.values(), *shared.values()))
    counts = {"invalid": invalid, "incomplete": incomplete, "shared": shared, "without": without}
    return holds(claim, good, **{name: _some(one) for name, one in counts.items()})


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
    lefts, rights = {row.id: row for row in both.left}, {row.id: row for row in both.right}
    pairs = [
        (lefts[one.left], rights[one.right]) for one in both.matched.links if one.left in lefts and one.right in rights
    ]
    return sum(part.left(here) == part.right(there) for here, there in pairs)


def _options(both: Both) -> Counted:
    """Options that occur and stand in no table."""
    claim = "options.all-mapped"
    tables = [one for one in both.view.flow.fields if one.options]
    if not tables:
        return idle(claim)
    unknown: dict[str, int] = {}
    for mapping in tables:
        if mapping.unknown_option != "error":
            continue  # what happens to others is decided
        known = {str(one) for one in (mapping.options or {})}, {str(one) for one in (mapping.options or {}).values()}
        for (system, rows, left), names in zip(both.sides, known, strict=True):
            if not travels(mapping, to_right=left) or (left, not left) not in _ways(both.view):
                continue
            field = many(mapping.left if left else mapping.right)[0]
            found = [value(row, field) for row in rows]
            strangers = sum(not is_empty(one) and _spelt(one) not in names for one in found)
            if strangers:
                unknown[f"{system}.{field}"] = strangers
    return holds(claim, not unknown, fields=unknown)


def _ways(view: FlowView) -> set[tuple[bool, bool]]:
    return {(source is view.left, target is view.left) for source, target in view.directions}


def _spelt(one: Any) -> str:
    return str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def _round_trip(both: Both) -> Counted:
    """Values that come back otherwise than they went, or can't go at all."""
    claim = "transform.round-trip-stable"
    changed: dict[str, int] = {}
    looked = 0
    for mapping, lens in _lenses(both):
        for left, rows, names in ((True, both.left, lens.left), (False, both.right, lens.right)):
            if not travels(mapping, to_right=left) or (left, not left) not in _ways(both.view):
                continue
            for row in rows:
                values = {name: value(row, name) for name in names}
                if all(is_empty(one) for one in values.values()):
                    continue
                looked += 1
                if not _stable(lens, values, left):
                    key = " + ".join(names)
                    changed[key] = changed.get(key, 0) + 1
    if not looked:
        return open_(claim, "no-records")
    return holds(claim, not changed, fields=changed, of=looked)


def _stable(lens: FieldLens, values: Mapping[str, Any], left: bool) -> bool:
    try:
        there = lens.to_right(values) if left else lens.to_left(values)
        return lens.same(values, there) if left else lens.same(there, values)
    except Untranslatable:
        return False


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
    broken: dict[str, int] = {}
    rules = Rules(target.fields, frozenset(target.required))  # made once: there may be a hundred thousand records
    for mapping, lens in _lenses(both):
        if not travels(mapping, to_right=to_right):
            continue
        for row in rows:
            for name in _broken(mapping, lens, row, rules, to_right):
                broken[name] = broken.get(name, 0) + 1
    return holds(claim, not broken, fields=broken, of=len(rows), target=target.system)


def _broken(mapping: FieldMapping, lens: FieldLens, row: Row, target: Rules, to_right: bool) -> Iterator[str]:
    values = {name: value(row, name) for name in (lens.left if to_right else lens.right)}
    if all(is_empty(one) for one in values.values()):
        names = lens.right if to_right else lens.left
        if mapping.default is None:
            yield from (name for name in names if name in target.required)
        return
    try:
        made = lens.to_right(values) if to_right else lens.to_left(values)
    except Untranslatable:
        return  # told as a value that doesn't come back
    for name, one in made.items():
        info = target.fields.get(name)
        if info is not None and not name.startswith(PARENT) and _forbidden(one, info):
            yield name


def _forbidden(one: Any, info: FieldInfo) -> bool:
    if is_empty(one):
        return False
    if isinstance(one, str) and info.max_length is not None and len(one) > info.max_length:
        return True
    return bool(info.enum) and one not in info.enum and str(one) not in {str(it) for it in info.enum}
