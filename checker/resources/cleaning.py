"""Cleaning up: test records of ours are removed, newest first, and what can't be is listed (design.md, decision 2; acceptance A16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.client.messages import Response
from checker.errors import RefusedError, TransportError
from checker.journal import Entry, Journal
from checker.resources.resource import Resource
from checker.resources.writing import Outcome, Writer

PASSES = 4  # a record may be held by another that goes first
GONE = frozenset({404, 410})


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
        records = _records_of(writer, resource, entry)
        if len(records) != 1:
            if not records:
                journal.removed(entry.number)
                return None
            return _left(entry, "several-marked")
        return _removed(writer, journal, resource, entry, records[0])
    except TransportError:
        return _left(entry, "unreachable")
    except RefusedError:
        return _left(entry, "not-marked")


def _records_of(writer: Writer, resource: Resource, entry: Entry) -> list[str]:
    """The record of a create; where nobody wrote its id down, those that carry the mark and stand in no other entry."""
    if entry.record is not None:
        return [entry.record]
    known = {one.record for one in writer.journal.test_records(resource.system, entry.mark)}
    return [one for one in writer.marked_records(resource, entry.mark, entry.body) if one not in known]


def _removed(writer: Writer, journal: Journal, resource: Resource, entry: Entry, record: str) -> Leftover | None:
    if entry.record is None:
        journal.settle(entry.number, Outcome.DONE, record, "found by its mark")
    if writer.found(resource, record) is None:
        journal.removed(entry.number)
        return None
    if resource.profile.operations.delete is None:
        return _left(entry, "no-delete-operation", record=record)
    written = writer.delete(resource, record, purpose="clean-up")
    response = written.response
    if writer.found(resource, record) is None or (response is not None and response.status in GONE):
        journal.removed(entry.number)
        return None
    return _left(entry, "delete-refused", response, record)


def _left(entry: Entry, why: str, response: Response | None = None, record: str | None = None) -> Leftover:
    status = response.status if response is not None else None
    return Leftover(entry.system, entry.resource, record or entry.record, why, status, entry.mark)
