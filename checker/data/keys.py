"""A flow's match keys: where their values stand on both sides, as text in the left side's spelling, and in which normal form they are joined."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from checker.model.paths import get
from checker.model.profile import FieldRoles
from checker.model.sync import Row
from checker.project.sides import PARENT, FlowView, Side, many
from checker.project.types import FieldMapping

# Roles that have a normal form of their own, and names of fields that say the same where no role was found
ROLE_FORMS = ("email", "vat_id", "name")
NAMED = (
    (re.compile(r"e[-_]?mail", re.IGNORECASE), "email"),
    (re.compile(r"(^|[._-])(vat|ust|uid)[_-]?(id|nr|number|no)", re.IGNORECASE), "vat_id"),
    (re.compile(r"phone|telefon|mobile|(^|[._-])tel($|[._-])", re.IGNORECASE), "phone"),
    (re.compile(r"name\d?$", re.IGNORECASE), "name"),
)


class Lens(Protocol):
    """A field mapping's way there and back, from values by field name to values by field name."""

    def to_right(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The right side's values."""

    def to_left(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The left side's values."""


Text = Callable[[Row], str | None]


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


def keys(view: FlowView, lens: Callable[[FieldMapping], Lens]) -> tuple[Key, ...]:
    """The flow's keys in order. One that names neither a mapped field nor a role of both sides has no values, and is left out."""
    found = ((" + ".join(many(one)), [_part(name, view, lens) for name in many(one)]) for one in view.flow.match)
    return tuple(Key(by, tuple(part for part in parts if part)) for by, parts in found if all(parts))


def value(row: Row, name: str) -> Any:
    """What stands in a row's field; `..name` is a field of the record around. None where nothing stands there."""
    if name.startswith(PARENT):
        return get(row.around or {}, name.removeprefix(PARENT))
    return get(row.values, name)


def as_text(value: Any) -> str | None:
    """A value as the text that is compared: 5, 5.0 and "5" are one; None where there is no value.

    Letters with accents are composed; halves of a surrogate pair, which no database takes, are spelt out.
    """
    if value is None or isinstance(value, str):
        text = value or ""
    elif isinstance(value, bool | dict | list):
        text = json.dumps(value, sort_keys=True, default=str)
    elif isinstance(value, int | float | Decimal):
        text = _number(value)
    else:
        text = str(value)
    return unicodedata.normalize("NFC", text.encode("utf-8", "backslashreplace").decode("utf-8")) or None


def _number(value: float | Decimal) -> str:
    exact = Decimal(str(value))
    return f"{exact:f}" if not exact.is_finite() or exact != exact.to_integral_value() else f"{exact:.0f}"


def _part(name: str, view: FlowView, lens: Callable[[FieldMapping], Lens]) -> Part | None:
    mapping = next((one for one in view.flow.fields if name in many(one.left)), None)
    if mapping is not None:
        return Part(_form(name, view.left), *_mapped(name, mapping, lens(mapping)))
    left, right = _role(name, view.left), _role(name, view.right)
    if left is None or right is None:
        return None
    return Part(_form(name, view.left), lambda row: as_text(value(row, left)), lambda row: as_text(value(row, right)))


def _mapped(name: str, mapping: FieldMapping, lens: Lens) -> tuple[Text, Text]:
    """Left values go there and back, so that both sides have the left's spelling as the mapping writes it."""

    def left(row: Row) -> str | None:
        values = {one: value(row, one) for one in many(mapping.left)}
        return as_text(lens.to_left(lens.to_right(values)).get(name))

    def right(row: Row) -> str | None:
        return as_text(lens.to_left({one: value(row, one) for one in many(mapping.right)}).get(name))

    return left, right


def _role(name: str, side: Side) -> str | None:
    """The field that plays the role; roles are the record's own, so that records inside another one have none."""
    if side.profile is None or side.inside or name not in FieldRoles.__struct_fields__:
        return None
    found = getattr(side.profile.fields, name)
    return found if isinstance(found, str) else None


def _form(name: str, side: Side) -> str:
    """The normal form of a left field: by the role that it plays or names, else by its name."""
    for role in ROLE_FORMS:
        if name in (role, _role(role, side)):
            return role
    return next((form for pattern, form in NAMED if pattern.search(name)), "text")
