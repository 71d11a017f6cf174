"""A flow's match keys: where their values stand on both sides, as text in the left side's spelling, and in which normal form they are joined."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from checker.data.normal import normal
from checker.mapping.fields import FieldLens, lens_of
from checker.mapping.lens import Untranslatable, is_empty, spelled
from checker.model.paths import get
from checker.model.profile import FieldRoles
from checker.model.sync import Row
from checker.project.sides import PARENT, FlowView, Side, many
from checker.project.types import FieldMapping

# Roles that have a normal form of their own, and names of fields that say the same where no role was found
ROLE_FORMS = {
    "email": "email", "vat_id": "vat_id", "register_number": "register", "register_court": "court", "name": "name", "country": "country",
}  # fmt: skip
NAMED = (
    (re.compile(r"e[-_]?mail", re.IGNORECASE), "email"),
    (re.compile(r"(^|[._-])(vat|ust|uid)[_-]?(id|nr|number|no)", re.IGNORECASE), "vat_id"),
    (re.compile(r"(^|[._-])iban($|[._-])", re.IGNORECASE), "iban"),
    (re.compile(r"(register|registration|registry|amts)[_-]?(court|gericht)", re.IGNORECASE), "court"),
    (re.compile(r"handelsregister|register[_-]?(no|nr|number|nummer)?$", re.IGNORECASE), "register"),
    (
        re.compile(
            r"(^|[._-])(sku|(article|item|product|part|artikel|material|produkt)[_-]?(no|nr|number|code|nummer))$",
            re.IGNORECASE,
        ),
        "product",
    ),
    (re.compile(r"phone|telefon|mobile|(^|[._-])tel($|[._-])", re.IGNORECASE), "phone"),
    (re.compile(r"name\d?$", re.IGNORECASE), "name"),
)
# Registers that number a whole country in one row, as text: France, the Netherlands, Great Britain, Scandinavia, Czechia, Poland
NATIONAL = re.compile(
    r"siren|siret|kvk|(^|[._-])(coc|cvr|ico|krs|org)($|[._-])|company[_-]?number|organisations?nummer", re.IGNORECASE
)
# Transformations of text that a normal form does anyway, to letters of ASCII
LEVELLED = {
    "email": ("trim", "lowercase"), "country": ("trim", "lowercase"), "name": ("trim", "lowercase"), "text": ("trim",),
    "vat_id": ("trim", "remove_blanks", "uppercase"), "iban": ("trim", "remove_blanks", "uppercase"),
}  # fmt: skip
NUMBER_AND_COURT = {"register", "court"}  # the forms of a key that tells a register's entry in two fields


@dataclass(frozen=True, slots=True)
class Plain:
    """The text of a field as it stands in the row."""

    name: str

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        return (self.name,)

    def __call__(self, row: Row) -> str | None:
        """Its text in a row."""
        return as_text(value(row, self.name))


@dataclass(frozen=True, slots=True, eq=False)
class Translated:
    """The text of a left field after its mapping's transformations, there and back; of a right row as it is told on the left.

    `level`: of ASCII text the normal form says the same without them.
    """

    name: str
    lens: FieldLens
    left: bool
    level: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        return self.lens.left if self.left else self.lens.right

    def __call__(self, row: Row) -> str | None:
        """Its text in a row; None where it can't be told on the left."""
        values: Mapping[str, Any] = {one: value(row, one) for one in self.names}
        try:
            values = values if self.left else self.lens.to_left(values)
        except Untranslatable:
            return None
        return as_text(_there_and_back(self.lens, values).get(self.name))


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """The left id of the record that an id in a right field points at: only another flow's link says whose it is there."""

    name: str
    links: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        return (self.name,)

    def __call__(self, row: Row) -> str | None:
        """Its text in a row; None where nobody is linked."""
        return self.links.get(as_text(value(row, self.name)) or "")


Text = Plain | Translated | Linked


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a key: its normal form, and its text in a row of either side; None where the row has no value."""

    form: str
    left: Text
    right: Text


@dataclass(frozen=True, slots=True)
class Key:
    """One match key; a row without a value in one of its parts has no key. `by` is how links name it: `vat_id`, `name + country`."""

    by: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """What stands between the two sides beside the mapping: links of other flows by flow, from the right id to the left one, and time zones."""

    links: Mapping[str, Mapping[str, str]]
    zones: tuple[str | None, str | None]

    def lens(self, mapping: FieldMapping, view: FlowView) -> FieldLens:
        """The mapping's lens. Raises InputError for an unknown transformation."""
        left, right = self.zones
        return lens_of(mapping, left=view.left.fields, right=view.right.fields, left_zone=left, right_zone=right)


def keys(view: FlowView, between: Between) -> tuple[Key, ...]:
    """The flow's keys in order. One that names neither a mapped field nor a role of both sides has no values, and is left out."""
    found = ((" + ".join(many(one)), [part(name, view, between) for name in many(one)]) for one in view.flow.match)
    return tuple(Key(by, _entry([part for part in parts if part])) for by, parts in found if all(parts))


def _entry(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts of a key; a register's number whose court is another part needn't name it."""
    if {one.form for one in parts} != NUMBER_AND_COURT:
        return tuple(parts)
    return tuple(replace(one, form="register_entry") if one.form == "register" else one for one in parts)


def key_values(key: Key, row: Row, *, left: bool) -> tuple[str, ...] | None:
    """A row's value of a key in its normal form; None where a part is empty."""
    values: list[str] = []
    for one in key.parts:
        raw = (one.left if left else one.right)(row)
        text = normal(one.form, raw) if raw else ""
        if not text:
            return None
        values.append(text)
    return tuple(values)


def value(row: Row, name: str) -> Any:
    """What stands in a row's field; `..name` is a field of the record around. None where nothing stands there."""
    if name in row.values:
        return row.values[name]
    if name.startswith(PARENT):
        return get(row.around or {}, name.removeprefix(PARENT))
    return get(row.values, name)


def as_text(given: Any) -> str | None:
    """A value as the text that is compared: 5, 5.0 and "5" are one; None where there is no value.

    Letters with accents are composed; halves of a surrogate pair, which no database takes, are spelt out.
    """
    if isinstance(given, str) and given.isascii():
        return given or None
    return None if is_empty(given) else spelled(given).encode("utf-8", "backslashreplace").decode("utf-8")


def part(name: str, view: FlowView, between: Between) -> Part | None:
    """One field of both sides; None where it is neither a mapped field nor a role that both have."""
    form = form_of(name, view.left)
    mapping = next((one for one in view.flow.fields if name in many(one.left)), None)
    if mapping is None:
        left, right = role_field(name, view.left), role_field(name, view.right)
        return Part(form, Plain(left), Plain(right)) if left and right else None
    if mapping.link is not None:
        return Part(form, Plain(name), Linked(many(mapping.right)[0], between.links.get(mapping.link, {})))
    lens = between.lens(mapping, view)
    if not lens.chain:  # most keys: spelt alike on both sides, and read a hundred thousand times
        return Part(form, Plain(name), Plain(lens.right[lens.left.index(name)]))
    level = mapping.options is None and all(one in LEVELLED.get(form, ()) for one in mapping.transform)
    return Part(form, Translated(name, lens, True, level), Translated(name, lens, False, level))


def _there_and_back(lens: FieldLens, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Left values as they come back from the right side, so that both sides are as tidy as the mapping makes them; else as they are."""
    try:
        return lens.to_left(lens.to_right(values))
    except Untranslatable:
        return values


def role_field(name: str, side: Side) -> str | None:
    """The field that plays the role; roles are the record's own, so that records inside another one have none."""
    if side.profile is None or side.inside or name not in FieldRoles.__struct_fields__:
        return None
    found = getattr(side.profile.fields, name)
    return found if isinstance(found, str) else None


def form_of(name: str, side: Side) -> str:
    """The normal form of a left field: by the role that it plays or names, else by its name. A product's number is a product number."""
    if side.profile is not None and side.profile.role == "product" and name in ("number", role_field("number", side)):
        return "product"
    if NATIONAL.search(role_field(name, side) or name):
        return "text"
    for role, form in ROLE_FORMS.items():
        if name in (role, role_field(role, side)):
            return form
    return next((form for pattern, form in NAMED if pattern.search(name)), "text")
