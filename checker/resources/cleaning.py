"""Cleaning up: test records of ours are removed, newest first, and what can't be is listed (design.md, decision 2; acceptance A16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checker.client.messages import Response
from checker.errors import RefusedError, TransportError
from checker.journal import Entry, Journal
from checker.resources.marks import foreign
from checker.resources.outcomes import Outcome
from checker.resources.resource import Resource
from checker.resources.seeking import found, marked_records
from checker.resources.writing import Writer

PASSES = 4  # a record may be held by another that goes first
LATE_S = 6.0  # a server may commit as late after the connection broke (acceptance A4: up to five seconds)


@dataclass(frozen=True, slots=True)
class Leftover:
    """A record of ours that could not be removed, and why (a code of catalogue/reasons.yaml) with the status that was answered."""

    system: str
    resource: str
    record: str | None
    why: str
    status: int | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class CleanedUp:
    """How many records were removed, and those that are left."""

    removed: int
    left: tuple[Leftover, ...] = ()


def clean_up(writer: Writer, resources: Mapping[str, Resource], mark: str | None = None) -> CleanedUp:
    """Remove the test records of a run (`mark`; None: of all runs) in the writer's system. `resources` are the system's, by name.

    Only what stands in the journal as a test record and carries its mark is deleted. Raises InputError where the journal can't be written.
    """
    journal, system = writer.journal, writer.permit.system
    left: dict[int, Leftover] = {}
    removed = 0
    _find(writer, resources, mark)
    for _ in range(PASSES):
        entries = journal.test_records(system, mark)
        gone = 0
        left = {}
        for entry in entries:
            why = _remove(writer, journal, resources.get(entry.resource), entry)
            if why is None:
                gone += 1
            else:
                left[entry.number] = why
        removed += gone
        if not left or not gone:
            break
    return CleanedUp(removed, tuple(left[number] for number in sorted(left)))


def _remove(writer: Writer, journal: Journal, resource: Resource | None, entry: Entry) -> Leftover | None:
    """Remove one record; None where it is gone."""
    if resource is None:
        return _left(entry, "no-such-resource")
    if resource.client.base_url != entry.base_url:
        return _left(entry, "written-elsewhere")
    try:
        if entry.record is not None:
            return _removed(writer, journal, resource, entry, entry.record)
        return _nowhere(writer, journal, resource, entry)
    except TransportError:
        return _left(entry, "unreachable")


def _mistaken(writer: Writer, journal: Journal, resource: Resource, entry: Entry) -> Leftover | None:
    """The id that stands in the journal is no record of ours: the system may have answered with another one's. Ours is told by its mark."""
    ours = writer.unknown_records(resource, entry.mark, entry.body)
    creates = [one for one in journal.test_records(entry.system, entry.mark) if one.resource == entry.resource]
    if ours and len(ours) <= len(creates):  # more of them than creates: somebody copied ours
        journal.settle(entry.number, Outcome.DONE, ours[0], "found by its mark")
        return _removed(writer, journal, resource, entry, ours[0])
    record = found(resource, entry.record or "")
    if not ours and record is not None and foreign(record, entry.body, entry.mark):
        journal.removed(entry.number)
        return None
    return _left(entry, "not-marked")


def _nowhere(writer: Writer, journal: Journal, resource: Resource, entry: Entry) -> Leftover | None:
    """A create of which no record could be told to be its own: either there are too many, or nothing was stored."""
    if writer.unknown_records(resource, entry.mark, entry.body):
        return _left(entry, "several-marked")
    journal.removed(entry.number)
    return None


def _find(writer: Writer, resources: Mapping[str, Resource], mark: str | None) -> None:
    """Write down the ids of creates whose answer nobody saw: looked up by their mark, and again once a late commit must be through."""
    for last in (False, True):
        open_ = [one for one in writer.journal.test_records(writer.permit.system, mark) if one.record is None]
        if not open_:
            return
        if last:
            now = writer.clock.now()
            writer.clock.sleep(
                max(0.0, LATE_S - min((now - datetime.fromisoformat(one.at)).total_seconds() for one in open_))
            )
        for place in dict.fromkeys((one.resource, one.mark, one.base_url) for one in open_):
            resource = resources.get(place[0])
            if resource is not None and resource.client.base_url == place[2]:
                _assign(writer, resource, [one for one in open_ if (one.resource, one.mark, one.base_url) == place])


def _assign(writer: Writer, resource: Resource, entries: list[Entry]) -> None:
    """Marked records to the creates that they may come from. More records than creates: somebody copied ours, and nobody can tell them apart."""
    try:
        records = writer.unknown_records(resource, entries[0].mark, {})
    except TransportError:
        return
    if len(records) <= len(entries):
        for entry, record in zip(entries, records, strict=False):
            writer.journal.settle(entry.number, Outcome.DONE, record, "found by its mark")


def _removed(writer: Writer, journal: Journal, resource: Resource, entry: Entry, record: str) -> Leftover | None:
    if found(resource, record) is None:
        if writer.saw(resource, record) and journal.was_deleted(entry.system, entry.resource, record):
            journal.removed(entry.number)
            return None
        return _vanished(writer, journal, resource, entry, record)
    if resource.profile.operations.delete is None:
        return _left(entry, "no-delete-operation", record=record)
    try:
        written = writer.delete(resource, record, purpose="clean-up")
    except RefusedError:
        return _mistaken(writer, journal, resource, entry)
    response = written.response
    if found(resource, record) is None:
        journal.removed(entry.number)
        return None
    return _left(entry, "delete-refused", response, record)


def _vanished(writer: Writer, journal: Journal, resource: Resource, entry: Entry, record: str) -> Leftover | None:
    """A record that can't be read, and never was by this id, or that nobody deleted: gone, or the id isn't the one that records are read by.

    The list has the last word; that a delete was answered well proves nothing.
    """
    if resource.profile.operations.list is None and resource.profile.operations.search is None:
        journal.removed(entry.number)
        return None
    marks = marked_records(resource, entry.mark, entry.body)
    if record in marks and resource.profile.operations.delete is not None:
        response = writer.delete(resource, record, purpose="clean-up").response
        marks = marked_records(resource, entry.mark, entry.body)
        if record in marks:
            return _left(entry, "still-listed", response, record)
    if record in marks:
        return _left(entry, "no-delete-operation", record=record)
    known = {one.record for one in journal.test_records(entry.system, entry.mark) if one.resource == entry.resource}
    if all(one in known for one in marks):
        journal.removed(entry.number)
        return None
    return _mistaken(writer, journal, resource, entry)


def _left(entry: Entry, why: str, response: Response | None = None, record: str | None = None) -> Leftover:
    status = response.status if response is not None else None
    return Leftover(entry.system, entry.resource, record or entry.record, why, status, entry.mark)
