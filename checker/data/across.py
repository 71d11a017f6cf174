"""What the records of both sides say about a flow's keys. Pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

from checker.data.checks import CHECKS, valid
from checker.data.counted import Counted, holds, idle, open_, some
from checker.data.keys import Between, Key, Part, Text, key_values, keys
from checker.data.laid import shared
from checker.data.mixing import CAREFUL, fallen
from checker.data.normal import normal
from checker.model.sync import Link, Matched, Row, Which
from checker.project.sides import FlowView

REGISTERS = (
    "register",
    "register_entry",
)  # the forms of an entry with its court, and of one whose court is another part of the key
NONE = -(2**63)  # no number: none of those that are told is as small
USABLE = 0.2  # the share of records that may lack the first key, where the next ones catch them
COMMON = 0.5  # the share of the smaller side's products that have to be found on the other


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


FLOW_CLAIMS = (
    "keys.filled", "keys.unique", "keys.normalised", "keys.valid", "keys.email-usable", "keys.company-usable", "keys.product-number-common",
)  # fmt: skip


def _keys(both: Both) -> Iterator[Counted]:
    wanted = both.keys
    if not wanted:
        for claim in FLOW_CLAIMS[:4]:
            yield open_(claim, "no-match-keys")
        return
    of = {system: len(rows) for system, rows, _ in both.sides}
    yield holds("keys.filled", not any(both.without.values()), without=some(both.without), of=of)
    several = {system: shared(partial(_first_keys, rows, wanted, left)) for system, rows, left in both.sides}
    yield holds("keys.unique", not any(several.values()), shared=some(several), of=of)
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
    lacking = some({name: one.lacking for name, one in sides})
    return holds(claim, good, lacking=lacking, invalid=some(invalid), shared=some(several))


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
    invalid = some({name: one.invalid for name, one in found.items()})
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
    found = {name: some(one) for name, one in counts.items()}
    return holds(claim, not any(found.values()), **found)


def _products(both: Both) -> Counted:
    claim = "keys.product-number-common"
    if both.role != "product":
        return idle(claim)
    linked, least = len(both.matched.links), min(len(both.left), len(both.right))
    part = next((one for key in both.keys for one in key.parts if one.form == CAREFUL), None)
    mixed = {system: fallen(part, rows, left=left) for system, rows, left in both.sides} if part else {}
    exact = _alike(both, part) if part else linked
    told = {"exact": exact} if exact < linked else {}
    return holds(claim, linked >= COMMON * least, linked=linked, of=least, mixed=some(mixed), **told)


def _alike(both: Both, part: Part) -> int:
    """Links whose both sides spell the number alike."""
    pairs = of_pairs(
        both.matched.links, both, lambda row, _: hash(part.left(row)), lambda row, _: hash(part.right(row))
    )
    return sum(here == there for here, there in pairs)
