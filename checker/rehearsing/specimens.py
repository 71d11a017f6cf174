"""Test records: an existing record's shape with texts of ours, so that codes, amounts and options are such as the system knows. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checker.mapping.lens import Untranslatable
from checker.mapping.tables import typed
from checker.model.paths import get
from checker.model.profile import FieldInfo
from checker.model.sync import Row, Which
from checker.project.sides import PARENT, FlowView, Side, many
from checker.project.types import FieldMapping
from checker.rehearsing.knobs import SHORTEST, Knob, kind_of, of, value_for
from checker.sync.parts import PartLens

DIGIT = re.compile(r"[0-9]")
MOST_LINES = 2
LONGEST_NUMBER = 30  # shorter fields of a line are numbers rather than texts


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a test record is made with: the run's mark, a number of its own, and the ids that its links shall point at, by flow.

    `lean`: plain texts of the model are left out where a create can do without them, for one of them may have been refused.
    """

    mark: str
    number: int
    links: Mapping[str, str]
    lean: bool = False


def specimen(
    view: FlowView, which: Which, template: Row, lenses: Iterable[PartLens], wanted: Wanted
) -> dict[str, Any] | None:
    """Values of a new test record by dotted name, after `template`'s shape; None where the mapping can't carry them to the other side.

    Of a made-up template (`id` empty) what can't be carried is left out: its values fit their fields, and not always each other.
    """
    side = of(view, which)
    values: dict[str, Any] = {}
    for mapping, lens in zip(view.flow.fields, lenses, strict=True):
        more = _mapped(view, which, mapping, template, wanted)
        carried = mapping.link is not None or _carries(lens, which, values | more)
        if not carried and template.id:
            return None
        values |= more if carried else {}
    values |= _lines(view, which, template, wanted)
    for name in side.required:
        if name not in values and name.split(".")[0] not in values:
            values[name] = _own(side, name, wanted) or get(template.values, name)
    return {name: one for name, one in values.items() if one is not None}


def _carries(lens: PartLens, which: Which, values: Mapping[str, Any]) -> bool:
    try:
        lens.to_right(values) if which is Which.LEFT else lens.to_left(values)
    except Untranslatable:
        return False
    return True


def _mapped(view: FlowView, which: Which, mapping: FieldMapping, template: Row, wanted: Wanted) -> dict[str, Any]:
    side = of(view, which)
    names = many(mapping.left if which is Which.LEFT else mapping.right)
    if mapping.link is not None:
        pointed = wanted.links.get(mapping.link)
        return {name: pointed and typed(pointed, _type(side, name)) for name in names}
    kind = kind_of(view, which, mapping)
    return {
        name: _value(side, name, kind, template, wanted, key=_is_key(view, mapping))
        for name in names
        if not name.startswith(PARENT) and not _read_only(side, name)
    }


def _type(side: Side, name: str) -> str | None:
    info = side.fields.get(name)
    return info.type if info is not None else None


def _value(side: Side, name: str, kind: str | None, template: Row, wanted: Wanted, *, key: bool) -> Any:
    """Text of ours where the field takes it; of a key that tells records apart another number, or none; else what the template has."""
    info = side.fields.get(name)
    longest = info.max_length if info else None
    if kind is not None and (kind != "text" or longest is None or longest >= SHORTEST):
        return value_for(Knob(Which.LEFT, name, name, kind, longest), wanted.mark, wanted.number)
    found = get(template.values, name)
    if name in side.required:
        return scrambled(found, wanted) if key and isinstance(found, str) else found
    own = key or name in _telling(side) or (wanted.lean and _plain(info))
    return None if own else found


def _telling(side: Side) -> set[str]:
    """Fields that tell one record from another, so that no second one may have their values."""
    if side.profile is None or side.inside:
        return set()
    roles = side.profile.fields
    single = (roles.external_id, roles.vat_id, roles.number, roles.id)
    return {one for one in single if isinstance(one, str)} | set(side.profile.validation.unique)


def _plain(info: FieldInfo | None) -> bool:
    return info is None or (info.type == "string" and not info.enum and not info.pattern)


def scrambled(text: str, wanted: Wanted) -> str:
    """The text with other digits, the same for the same mark and number: it keeps its form and is nobody's number."""
    digits = iter(str(int(hashlib.sha256(f"{wanted.mark} {wanted.number}".encode()).hexdigest(), 16)))
    return DIGIT.sub(lambda _: next(digits, "7"), text)


def _is_key(view: FlowView, mapping: FieldMapping) -> bool:
    """Whether records are matched by this field alone."""
    return any(many(one) == [name] for one in view.flow.match for name in many(mapping.left))


def _own(side: Side, name: str, wanted: Wanted) -> str | None:
    """A text of ours for a required field that the flow doesn't map; None where it takes no free text."""
    info = side.fields.get(name)
    if info is None or info.enum or info.pattern or info.format or info.type != "string":
        return None
    text = f"{wanted.mark} {wanted.number:03}"
    return text if info.max_length is None or info.max_length >= len(text) else None


def _read_only(side: Side, name: str) -> bool:
    info = side.fields.get(name)
    return info is not None and info.read_only


def _lines(view: FlowView, which: Which, template: Row, wanted: Wanted) -> dict[str, Any]:
    """The first line items of the template, their texts ours."""
    lines = view.flow.lines
    if lines is None:
        return {}
    name = lines.left if which is Which.LEFT else lines.right
    held = get(template.values, name)
    given = [one for one in held if isinstance(one, dict)][:MOST_LINES] if isinstance(held, list) else []
    side, own = (
        of(view, which),
        [(one, many(one.left if which is Which.LEFT else one.right)[0]) for one in lines.fields],
    )
    texts = {field for one, field in own if not one.options and one.link is None}
    links = {field: to for one, field in own if one.link is not None and (to := wanted.links.get(one.link))}
    pointed = {field: typed(to, _type(side, f"{name}.{field}")) for field, to in links.items()}
    return {name: [{**_line(side, name, one, texts, wanted), **pointed} for one in given]} if given else {}


def _line(side: Side, name: str, line: Mapping[str, Any], texts: set[str], wanted: Wanted) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in line.items():
        info = side.fields.get(f"{name}.{key}")
        if (info is not None and info.read_only) or value is None:
            continue
        made[key] = f"{wanted.mark} {wanted.number:03}" if key in texts and _free(info) else value
    return made


def _free(info: FieldInfo | None) -> bool:
    """Whether a field of a line takes a text of ours: longer than a number would be."""
    if info is None or info.type != "string" or info.enum or info.pattern:
        return False
    return info.max_length is None or info.max_length > LONGEST_NUMBER
