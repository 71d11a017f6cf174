"""Bodies: create bodies for a resource's test records. Pure.

What a body is made from, best first: the project file's `create_example`, the create operation's schema, an existing record's shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from checker.model.api import Operation
from checker.model.paths import MISSING, get, put
from checker.model.profile import ResourceProfile
from checker.profiles.names import vocabulary
from checker.resources.slots import Slot, own_fields, slots_of_body, slots_of_record
from checker.resources.values import Stroke, is_free, value_of

ROLES = ("email", "external_id", "vat_id", "currency", "number", "name", "country")
# Words of texts that hold what somebody else calls the record.
REFERENCE = vocabulary("reference referenz")
# Roles that a record is recognised by: written even where a create doesn't demand them.
TELLING = ("name", "email")


@dataclass(frozen=True)
class Bodies:
    """Makes create bodies in the resource's own field names.

    `wanted` are fields that the flows write, `unique` those that no two records may share, `references` the values of fields that point
    at other records, `sample` an existing record, for where no schema tells what a body looks like. `seen` are options that records have in
    fields whose options no document names, `ids` what one has in fields that are called an id, by their dotted names.
    """

    profile: ResourceProfile
    operation: Operation | None
    mark: str
    today: date
    wanted: frozenset[str] = frozenset()
    unique: frozenset[str] = frozenset()
    references: Mapping[str, Any] = field(default_factory=dict)
    sample: Mapping[str, Any] | None = None
    seen: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    ids: Mapping[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str | None:
        """What the bodies are made from: example, schema, record; None where there is nothing to make them from."""
        if self.profile.create_example is not None:
            return "example"
        if self._declared:
            return "schema"
        return "record" if self.sample is not None else None

    @cached_property
    def _declared(self) -> tuple[Slot, ...]:
        return tuple(self._read_as(self._shown(one)) for one in slots_of_body(self.operation, self.profile))

    def _shown(self, slot: Slot) -> Slot:
        """The slot with the id that a record has there: one made up would be nobody's."""
        below = tuple(self._shown(one) for one in slot.below)
        return replace(slot, below=below, example=slot.example if slot.example is not None else self.ids.get(slot.path))

    def _read_as(self, slot: Slot) -> Slot:
        """The slot under the name that the field has in a record (`write_as` names it as bodies have it)."""
        names = {written: read for read, written in self.profile.write_as.items()}
        name = names.get(slot.path, slot.name)
        slot = slot if name == slot.name else replace(slot, name=name, path=name)
        return replace(slot, enum=tuple(self.seen[name])) if not slot.enum and self.seen.get(name) else slot

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The fields that a create can carry, as far as they are known."""
        return self._declared or (slots_of_record(self.sample, self.profile) if self.sample is not None else ())

    @cached_property
    def _slots(self) -> dict[str, Slot]:
        return {one.path: one for top in self.slots for one in top.walk()}

    def slot(self, path: str) -> Slot | None:
        """The field of that dotted name."""
        return self._slots.get(path)

    def role_of(self, path: str) -> str | None:
        """The role that the profile gives the field."""
        return next((role for role in ROLES if getattr(self.profile.fields, role) == path), None)

    def variant(self, number: int, *, leave_out: Collection[str] = ()) -> dict[str, Any]:
        """The body of that number: what is demanded, and what matters beside it. Another number gives another body of the same shape."""
        return self._made(Stroke(self.mark, number, self.today), leave_out, lean=False)

    def lean(self, number: int, *, leave_out: Collection[str] = ()) -> dict[str, Any]:
        """The same with what is demanded only, and a text that bears the mark."""
        return self._made(Stroke(self.mark, number, self.today), leave_out, lean=True)

    def from_record(self, record: Mapping[str, Any]) -> Bodies:
        """The same maker, going by an existing record's shape."""
        bare = replace(self.profile, create_example=None) if self.profile.create_example else self.profile
        return replace(self, profile=bare, operation=None, sample=record)

    def fresh(self, path: str, number: int) -> Any:
        """A value for one field that the body of that number would have, of its own even where the field isn't unique."""
        slot = self.slot(path)
        return value_of(slot, self.role_of(path), Stroke(self.mark, number, self.today), fresh=True) if slot else None

    def _made(self, stroke: Stroke, leave_out: Collection[str], *, lean: bool) -> dict[str, Any]:
        example = self.profile.create_example
        if example is not None:
            return self._example(example, stroke, leave_out)
        chosen = [one for one in self.slots if one.path not in leave_out and self._carried(one, lean=lean)]
        if not lean and not any(self._says_anything(one) for one in chosen):
            chosen += [one for one in self.slots if one.path not in leave_out and self._is_remark(one)][:1]
        made = {one.name: self._value(one, stroke, lean=lean) for one in chosen}
        body = {name: value for name, value in made.items() if value is not None}
        return body if self.mark in str(body) else self._branded(body, stroke, leave_out)

    def branded(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        """The body with the mark in it, where it has none and there is a field with room for it."""
        held = dict(body)
        return held if self.mark in str(held) else self._branded(held, Stroke(self.mark, number, self.today), ())

    def _branded(self, body: dict[str, Any], stroke: Stroke, leave_out: Collection[str]) -> dict[str, Any]:
        """The body with the mark in the first field that has room for it, for nothing else would tell the record as ours."""
        rank = {role: place for place, role in enumerate(("external_id", "name", "number"))}
        closed = {*leave_out, *self._pointing, *own_fields(self.profile)}  # a stamp is no place for a text
        texts = [one for one in self.slots if one.type == "string" and one.path not in closed]
        for slot in sorted(texts, key=lambda one: rank.get(self.role_of(one.path) or "", len(rank))):
            value = value_of(slot, self.role_of(slot.path), stroke, fresh=True)
            if isinstance(value, str) and self.mark in value:
                return {**body, slot.name: value}
        return body

    def _example(self, example: Mapping[str, Any], stroke: Stroke, leave_out: Collection[str]) -> dict[str, Any]:
        """The user's example, with values of our own where a field is unique or bears the mark."""
        body = {name: value for name, value in deepcopy(dict(example)).items() if name not in leave_out}
        for path, value in _texts(body):
            slot = self.slot(path) or Slot(path.rpartition(".")[2], path, type="string", example=value)
            role = self.role_of(path)
            ours = path in self.unique or role in {"name", "email", "external_id", "number", "vat_id"}
            made = value_of(slot, role, stroke, fresh=path in self.unique) if ours else None
            body = body if made is None else put(body, path, made)
        for path, value in self.references.items():
            held = get(body, path, MISSING)
            body = put(body, path, [value] if isinstance(held, list) else value) if held is not MISSING else body
        return body

    def _carried(self, slot: Slot, *, lean: bool) -> bool:
        """Whether a body carries the field: demanded, mapped by a flow, or telling."""
        if slot.required or self._from_record(slot):
            return True
        path = slot.path.replace("[]", "")
        mapped = any(one == path or one.startswith(f"{path}.") or path.startswith(f"{one}.") for one in self._wanted)
        telling = self.role_of(slot.path) in (TELLING[:1] if lean else TELLING)
        if lean:
            return telling
        if slot.path in self._pointing and slot.path not in self.references:
            return False
        return telling or mapped

    def _says_anything(self, slot: Slot) -> bool:
        """Whether a text may be changed as we like: no options, no form, nobody else's, and no other record's."""
        free = slot.type == "string" and not (slot.enum or slot.pattern or slot.format) and slot.path not in self.unique
        return free and slot.path not in self._pointing and self.role_of(slot.path) in {None, "name"}

    def _is_remark(self, slot: Slot) -> bool:
        """Whether a field is called as those are that take any text: the one to change where a body has no other."""
        return (
            self._says_anything(slot)
            and is_free(slot.name, also=REFERENCE)
            and slot.path not in own_fields(self.profile)
        )

    def _from_record(self, slot: Slot) -> bool:
        """What an existing record has is carried, but for other records and what only it may have."""
        if self._declared or slot.path in self.unique:
            return False
        return slot.type != "object" or bool(slot.below)

    @cached_property
    def _wanted(self) -> frozenset[str]:
        plain = frozenset(one.replace("[]", "") for one in self.wanted)
        # Where fields of an object or a line are named, the whole isn't meant.
        return frozenset(one for one in plain if not any(other.startswith(f"{one}.") for other in plain))

    @cached_property
    def _pointing(self) -> frozenset[str]:
        return frozenset(one.field for one in self.profile.relations)

    def _value(self, slot: Slot, stroke: Stroke, *, lean: bool) -> Any:
        if slot.path in self.references:
            one = self.references[slot.path]
            return [one] if slot.type == "array" else one
        if slot.type == "object":
            made = {
                one.name: self._value(one, stroke, lean=lean) for one in slot.below if self._carried(one, lean=lean)
            }
            held = {name: value for name, value in made.items() if value is not None}
            return held if held or slot.required else None
        if slot.type == "array":
            one = self._value(slot.item, stroke, lean=lean) if slot.item is not None and not _names(slot.item) else None
            return [one] if one is not None else [] if slot.required else None
        return value_of(slot, self.role_of(slot.path), stroke, fresh=slot.path in self.unique)


def _names(item: Slot) -> bool:
    """Whether what a list holds are bare whole numbers: these are ids, and one made up would take somebody else's record."""
    return item.type == "integer" and not item.enum


def _texts(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a body outside its lists, with their dotted names."""
    for name, below in value.items():
        where = f"{path}.{name}" if path else name
        if isinstance(below, Mapping):
            yield from _texts(below, where)
        elif isinstance(below, str):
            yield where, below
