"""How a declared merge is called: where the ids of the two records go, in its path and in its body. Pure.

What such a call takes differs from system to system. It is known where its document shows exactly two places for ids, or one list of them, and
demands nothing else. Which of the two stays needn't be known: that is seen afterwards. A field that could hold the id of another kind of record
(`company_id` of a contact) is none: the same id may be somebody's there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from checker.model.api import Operation, Schema
from checker.profiles.names import singular, vocabulary, words
from checker.resources.resource import PLACEHOLDER

PAIR = 2
# Words of a field that holds the id of a record that is merged; the resource's own name may be among them.
NAMES = vocabulary(
    "id ids uuid uuids winner loser primary secondary master duplicate duplicates survivor source target into from with to keep merge merged other "
    "record records object objects hauptdatensatz dublette dubletten ziel quelle"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the body that takes ids: its name, whether it takes a list of them, and whether they are numbers there."""

    name: str
    many: bool
    numbers: bool

    def filled(self, ids: list[str]) -> Any:
        """The field's value."""
        told = [int(one) if self.numbers and one.isdecimal() else one for one in ids]
        return told if self.many else told[0]


@dataclass(frozen=True, slots=True)
class MergeForm:
    """A merge as the API takes it: the operation's key, the parameters of its path that take an id, and the fields of its body that do."""

    operation: str
    in_path: tuple[str, ...]
    in_body: tuple[Place, ...]

    def path(self, ids: tuple[str, str]) -> dict[str, str]:
        """The ids that go into the path, by parameter."""
        return dict(zip(self.in_path, ids, strict=False))

    def body(self, ids: tuple[str, str]) -> Mapping[str, Any] | None:
        """The call's body; None where both ids stand in the path."""
        left = list(ids[len(self.in_path) :])
        if not self.in_body:
            return None
        if len(self.in_body) == 1:
            return {self.in_body[0].name: self.in_body[0].filled(left)}
        return {place.name: place.filled([one]) for place, one in zip(self.in_body, left, strict=True)}


def merge_form(operation: Operation, known: Collection[str], resource: str) -> MergeForm | None:
    """The form of a merge of a resource's records; None where it isn't clear what the call takes. `known`: parameters sent with every request."""
    open_ = tuple(one for one in PLACEHOLDER.findall(operation.path) if one not in known)
    others = [one for one in operation.parameters if one.required and one.location in {"query", "header", "cookie"}]
    own = NAMES | {form for word in words(resource) for form in (word, singular(word))}
    if any(one.name not in known for one in others) or not all(own >= set(words(one)) for one in open_):
        return None
    places = _places(operation.body.schema if operation.body else None, PAIR - len(open_), own)
    return MergeForm(operation.key, open_, places) if places is not None else None


def _places(schema: Schema | None, left: int, own: Collection[str]) -> tuple[Place, ...] | None:
    """The fields for `left` ids; None where there are more or fewer, or the body demands something else."""
    if left <= 0 or schema is None:
        return () if left == 0 and (schema is None or not schema.required()) else None
    fields = schema.properties()
    named = {name: place for name, one in fields.items() if (place := _place(name, one, own)) is not None}
    demanded = [one for one in schema.required() if one in fields]
    if not set(demanded) <= set(named):
        return None
    wanted = demanded or list(named)
    places = tuple(named[one] for one in wanted)
    whole = len(places) == 1 and (places[0].many or left == 1)
    each = len(places) == left and not (left == PAIR and all(one.many for one in places))
    return places if whole or each else None


def _place(name: str, schema: Schema, own: Collection[str]) -> Place | None:
    told = words(name)
    if not told or not set(told) <= set(own):
        return None
    inner = schema.items if schema.type == "array" else schema
    kind = inner.type if inner is not None else None
    if kind not in {"string", "integer"} or (inner is not None and inner.get("enum")):
        return None
    return Place(name, schema.type == "array", kind == "integer")
