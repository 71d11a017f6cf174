"""Rows: records of another resource that came inside a test record, as a document's lines do where they have an address of their own.

They have no room for our mark. They are told as ours by what they say: the test record lists as many as it was created with, each is read by the
id that it is listed under, and by a relation of its resource it points back at the test record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checker.model.paths import get
from checker.probes.contexts import evidence_of
from checker.probes.touching import Record, ResourceTouch
from checker.resources.resource import Resource

MOST_PAGES = 3  # of a list that is looked through for rows that are left


@dataclass(frozen=True, slots=True)
class Row:
    """A record of `resource` that came inside a test record; `pointing` is its field that points back, `record` the row as it was read by its id."""

    resource: Resource
    id: str
    pointing: str
    record: Record
    evidence: tuple[str, ...]


def row_of(touch: ResourceTouch, sent: Mapping[str, Any], held: Record, kind: str | None = None) -> Row | None:
    """The first row of a test record that is a record of its own, of the resource `kind` where one is named; None where none is.

    `sent` is what the test record was created with, `held` the record as it is now.
    """
    for resource, pointing in _pointing_back(touch, kind):
        for entry in first_rows(sent, held):
            row_id = listed_id(resource, entry)
            answer = resource.read(row_id) if row_id is not None else None
            if row_id is None or answer is None or answer.record is None or resource.id_of(answer.record) != row_id:
                continue
            if str(get(answer.record, pointing)) == touch.resource.id_of(held):
                return Row(resource, row_id, pointing, answer.record, evidence_of(answer.response))
    return None


def listed_id(resource: Resource, entry: Any) -> str | None:
    """The id that an entry of a list has where it is a record of that resource: an object with one, or the bare id."""
    if isinstance(entry, Mapping):
        return resource.id_of(entry)
    return str(entry) if isinstance(entry, str | int) and entry != "" else None


def _pointing_back(touch: ResourceTouch, kind: str | None) -> Iterator[tuple[Resource, str]]:
    """Resources whose records are read by their id alone and point at this one, each with the field that does."""
    look = touch.look.system
    for profile in look.profile.resources:
        field = next((one.field for one in profile.relations if one.to == touch.profile.name), None)
        alone = (profile.operations.read or "").count("{") == 1
        if field is not None and alone and profile.name != touch.profile.name and kind in {None, profile.name}:
            yield look.door(profile), field


def first_rows(sent: Mapping[str, Any], held: Record) -> Iterator[Any]:
    """The first entry of each list that was sent with objects in it and is as long as it was sent: an object, or a bare id."""
    for name, rows in sent.items():
        there = held.get(name)
        if with_objects(rows) and isinstance(there, list) and len(there) == len(rows):
            yield there[0]


def stranded(touch: ResourceTouch) -> list[str]:
    """Ids of rows that still point at test records of this resource, which are deleted; looked for again until none is there, or patience ends."""
    birth = vars(touch).get("birth")  # a record that nobody made leaves no rows
    if birth is None or not any(with_objects(one) for one in birth.body.values()):
        return []
    found: list[str] = []
    for pause in (*touch.waiting.pauses, None):
        found = [
            one for resource, pointing in _pointing_back(touch, None) for one in _pointing(touch, resource, pointing)
        ]
        if not found or pause is None:
            break
        touch.waiting.sleep(pause)
    return found


def _pointing(touch: ResourceTouch, resource: Resource, pointing: str) -> Iterator[str]:
    """Rows, by resource and id, on the first pages of a list that point at test records of ours and are none of their own."""
    journal, system = touch.writer.journal, touch.system.name
    for page in resource.pages(resource.filtered({pointing: touch.id}), most=MOST_PAGES):
        for one in page.records:
            row_id, to = resource.id_of(one), str(get(one, pointing))
            own = row_id is None or journal.is_test_record(system, resource.name, row_id)
            if not own and journal.is_test_record(system, touch.profile.name, to):
                yield f"{resource.name} {row_id}"


def with_objects(value: Any) -> bool:
    """Whether a value of a body is a list of objects, which a system may keep as records of their own."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)
