"""Which mapped fields of a test record can be changed in a rehearsal, to which values, and which value the other side refuses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from checker.model.profile import FieldInfo
from checker.model.sync import Which
from checker.project.sides import PARENT, FlowView, Side, many, travels
from checker.project.types import FieldMapping

# Transformations that let a text of ours through, apart from blanks at its ends and capitals.
HARMLESS = frozenset({"trim", "lowercase"})
PHONE = "phone"
# What fields mean whose texts anybody words as he likes, or numbers as he likes; all others that are known (countries, currencies, postcodes,
# amounts, bank accounts) hold codes or have a form of their own, however long the document lets them be.
WORDED = frozenset(
    {"name", "name_2", "first_name", "last_name", "job_title", "department", "street", "street_2", "city", "description", "note",
     "number", "sku", "external_id", "email"}
)  # fmt: skip
EMAIL = re.compile(r"e[-_]?mail", re.IGNORECASE)
SHORTEST = 16  # characters that a text of ours needs: the mark and what tells two values apart
TOO_MUCH = 1  # characters beyond the target's limit
LONGEST_TRIED = 4000


@dataclass(frozen=True, slots=True)
class Knob:
    """A mapped field that travels away from `side` and can be changed there: its name here and there, and what kind of value it takes."""

    side: Which
    here: str
    there: str
    kind: str  # text, email, phone, date
    longest: int | None


@dataclass(frozen=True, slots=True)
class Refusable:
    """A value that `side` takes and the other one refuses, by their documents: longer than `most` characters."""

    side: Which
    here: str
    there: str
    length: int
    most: int


def of(view: FlowView, which: Which) -> Side:
    """The side of that name."""
    return view.left if which is Which.LEFT else view.right


def id_of(view: FlowView, which: Which) -> str | None:
    """The field that records of that side are known by; None where it isn't known, or they are inside other records."""
    side = of(view, which)
    return side.profile.fields.id if side.profile is not None and not side.inside else None


def knobs(view: FlowView, which: Which) -> tuple[Knob, ...]:
    """What can be changed on one side so that it travels to the other; fields that records are matched by come last."""
    found = (_knob(view, which, one) for one in view.flow.fields if travels(one, to_right=which is Which.LEFT))
    keys = {name for key in view.flow.match for name in many(key)}
    plain = [one for one in found if one is not None]
    return tuple(
        sorted(plain, key=lambda one: ((one.here if which is Which.LEFT else one.there) in keys, one.kind != "text"))
    )


def _knob(view: FlowView, which: Which, mapping: FieldMapping) -> Knob | None:
    if mapping.link or isinstance(mapping.left, list) or isinstance(mapping.right, list):
        return None
    here, there = (mapping.left, mapping.right) if which is Which.LEFT else (mapping.right, mapping.left)
    if here.startswith(PARENT) or there.startswith(PARENT):
        return None
    if here == id_of(view, which) or there == id_of(view, which.other):  # what a record is known by can't be changed
        return None
    infos = of(view, which).fields.get(here), of(view, which.other).fields.get(there)
    kind = kind_of(view, which, mapping)
    longest = min((one.max_length for one in infos if one and one.max_length), default=None)
    if kind is None or (kind == "text" and longest is not None and longest < SHORTEST):
        return None
    return Knob(which, here, there, kind, longest)


def kind_of(view: FlowView, which: Which, mapping: FieldMapping) -> str | None:
    """What a value of ours has to look like in a mapped field; None where it is no free text."""
    if mapping.options or isinstance(mapping.left, list) or isinstance(mapping.right, list):
        return None
    name = mapping.left if which is Which.LEFT else mapping.right
    infos = view.left.fields.get(mapping.left), view.right.fields.get(mapping.right)
    known = [one for one in infos if one is not None]
    names = {one if isinstance(one, str) else next(iter(one), "") for one in mapping.transform}
    if any(one.read_only or one.enum or one.type not in (None, "string") for one in known):
        return None
    if names == {PHONE}:
        return PHONE
    if names - HARMLESS or any(one.pattern or _formed(one) for one in known):
        return None
    formats = {one.format for one in known if one.format is not None}
    if EMAIL.search(name) or "email" in formats:
        return "email"
    if not formats:
        return "text"
    return "date" if formats == {"date"} else None


def _formed(info: FieldInfo) -> bool:
    """Whether a field means something whose values have a form of their own, though the document may not say so."""
    return info.format is None and info.means is not None and info.means.role not in WORDED


def value_for(knob: Knob, mark: str, n: int) -> Any:
    """The n-th value of ours for a field, different for each n; a text carries the mark, so that the record stays ours to delete."""
    if knob.kind == "email":
        return f"{mark}-{n}@example.com"
    if knob.kind == "phone":
        return f"+4930901820{n:02}"[:14]
    if knob.kind == "date":
        return f"2030-01-{n % 28 + 1:02}"
    return f"{mark} {n:03}"


def refusable(view: FlowView, which: Which) -> Refusable | None:
    """A text that this side takes and the other refuses by its document's own limit of length; None where the documents show none."""
    return next(_refusables(view, which), None)


def _refusables(view: FlowView, which: Which) -> Iterator[Refusable]:
    for one in knobs(view, which):
        mine, theirs = of(view, which).fields.get(one.here), of(view, which.other).fields.get(one.there)
        most = theirs.max_length if theirs else None
        room = mine.max_length if mine and mine.max_length else LONGEST_TRIED
        if one.kind == "text" and most is not None and most + TOO_MUCH <= room:
            yield Refusable(which, one.here, one.there, most + TOO_MUCH, most)


def too_long(one: Refusable, mark: str) -> str:
    """The value: the mark, and letters up to one more than the target takes. No blanks, for cutting those would make it fit."""
    return f"{mark}-".ljust(one.length, "x")
