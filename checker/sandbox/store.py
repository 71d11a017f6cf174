"""What a sandbox remembers: collections of records in memory, behind one lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from checker.sandbox.refusal import Issue, Refusal

Data = dict[str, Any]
Id = str | int
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Record:
    """One record. Stamps are aware instants; a record is never changed in place, only replaced."""

    id: Id
    data: Data
    created: datetime
    updated: datetime
    changed_by: str
    deleted: datetime | None = None


def as_given(data: Data, store: Store, before: Record | None) -> Data:  # noqa: ARG001 - the shape of a `complete`
    """Store a record as it was sent."""
    return data


def allow(record: Record, verb: str) -> None:
    """Let everything pass: the protection of collections that have none."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is particular about one collection.

    `unique`: field to normal form, in which no two living records may agree. `links`: field to collection it points at.
    `complete` fills computed fields in before a record is stored, `protect` refuses a change that the record's state forbids.
    `soft`: deleted records stay, marked. `empty_change_counts`: an update that changes nothing moves the stamp all the same.
    """

    name: str
    make_id: Callable[[int], Id]
    unique: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    complete: Callable[[Data, Store, Record | None], Data] = as_given
    protect: Callable[[Record, str], None] = allow
    soft: bool = False
    empty_change_counts: bool = False


class Store:
    """Collections of records. Methods are atomic; hold `lock` to make several calls one step.

    `precision` is that of the stamps. `told` hears (collection, created | updated | deleted, record) of every change.
    """

    def __init__(self, kinds: tuple[Kind, ...], clock: Clock, precision: timedelta) -> None:
        self.kinds = {kind.name: kind for kind in kinds}
        self.lock = RLock()
        self.told: Callable[[str, str, Record], None] = lambda *_: None
        self._clock = clock
        self._precision = precision
        self._records: dict[str, dict[Id, Record]] = {name: {} for name in self.kinds}
        self._last = dict.fromkeys(self.kinds, 0)
        self._taken: dict[tuple[str, str], dict[Any, Id]] = {
            (kind.name, name): {} for kind in kinds for name in kind.unique
        }

    def now(self) -> datetime:
        """The time of the sandbox, cut to the precision of its stamps."""
        return self.cut(self._clock())

    def cut(self, instant: datetime) -> datetime:
        """An instant without what is finer than the stamps."""
        return instant - timedelta(microseconds=instant.microsecond % (self._precision // timedelta(microseconds=1)))

    def all(self, name: str) -> list[Record]:
        """All records of a collection, soft-deleted ones included, in order of creation."""
        with self.lock:
            return list(self._records[name].values())

    def living(self, name: str) -> Iterator[Record]:
        """The records that are not deleted."""
        return (record for record in self.all(name) if record.deleted is None)

    def find(self, name: str, record_id: Id | None) -> Record | None:
        """The record of that id, also a soft-deleted one."""
        return self._records[name].get(record_id) if record_id is not None else None

    def get(self, name: str, record_id: Id) -> Record:
        """The record of that id. Raises a 404."""
        record = self.find(name, record_id)
        if record is None:
            raise Refusal(404, Issue("not_found", "id", {"collection": name}))
        return record

    def next_number(self, name: str) -> int:
        """The number from which the next record of the collection gets its id."""
        return self._last[name] + 1

    def create(self, name: str, data: Data, who: str) -> Record:
        """Store a new record. Raises a 409 for a value that must be unique, a 422 for a link that leads nowhere."""
        with self.lock:
            now = self.now()
            record = self.plant(name, data, who, created=now, updated=now)
            self.told(name, "created", record)
            return record

    def plant(
        self, name: str, data: Data, who: str, *, created: datetime, updated: datetime, deleted: datetime | None = None
    ) -> Record:
        """Store a new record with given stamps, without telling anybody: for seeds."""
        kind = self.kinds[name]
        record_id = kind.make_id(self.next_number(name))
        data = kind.complete(data, self, None)
        self._check(kind, data, record_id)
        self._last[name] += 1
        stamps = self.cut(created), self.cut(updated)
        record = Record(record_id, data, *stamps, who, self.cut(deleted) if deleted else None)
        self._put(kind, record, None)
        return record

    def change(self, name: str, record_id: Id, data: Data, who: str) -> Record:
        """Replace a record's fields. Raises 404, 409 and 422 as `create` does, and what the record's state forbids."""
        kind = self.kinds[name]
        with self.lock:
            before = self.get(name, record_id)
            if before.deleted is not None:
                raise Refusal(409, Issue("deleted", "id"))
            kind.protect(before, "change")
            data = kind.complete(data, self, before)
            self._check(kind, data, record_id)
            if data == before.data and not kind.empty_change_counts:
                return before
            record = Record(record_id, data, before.created, self.now(), who)
            self._put(kind, record, before)
            self.told(name, "updated", record)
            return record

    def put(self, name: str, record: Record) -> Record:
        """Keep a record as it is given, stamps included: for seeds and faults."""
        with self.lock:
            self._put(self.kinds[name], record, self._records[name].get(record.id))
            return record

    def delete(self, name: str, record_id: Id, who: str) -> None:
        """Delete a record, or mark it. Raises a 404, also for one already marked, and a 409 where others point at it."""
        kind = self.kinds[name]
        with self.lock:
            before = self.get(name, record_id)
            if before.deleted is not None:
                raise Refusal(404, Issue("not_found", "id", {"collection": name}))
            kind.protect(before, "delete")
            self.check_unused(name, record_id)
            now = self.now()
            gone = Record(record_id, before.data, before.created, now, who, now)
            self._free(kind, before)
            if kind.soft:
                self._records[name][record_id] = gone
            else:
                del self._records[name][record_id]
            self.told(name, "deleted", gone)

    def forget(self, name: str, record_id: Id) -> None:
        """Take a record away for good, without telling anybody: for faults. Raises a 404."""
        with self.lock:
            self._free(self.kinds[name], self.get(name, record_id))
            del self._records[name][record_id]

    def _put(self, kind: Kind, record: Record, before: Record | None) -> None:
        if before is not None:
            self._free(kind, before)
        self._records[kind.name][record.id] = record
        for name, normal in kind.unique.items():
            value = record.data.get(name)
            if value is not None and record.deleted is None:
                self._taken[kind.name, name][normal(value)] = record.id

    def _free(self, kind: Kind, record: Record) -> None:
        for name, normal in kind.unique.items():
            if record.data.get(name) is not None:
                self._taken[kind.name, name].pop(normal(record.data[name]), None)

    def _check(self, kind: Kind, data: Data, record_id: Id) -> None:
        for name, normal in kind.unique.items():
            value = data.get(name)
            if value is not None and self._taken[kind.name, name].get(normal(value), record_id) != record_id:
                raise Refusal(409, Issue("not_unique", name))
        for name, target in kind.links.items():
            pointed = data.get(name)
            if pointed is not None:
                found = self.find(target, pointed)
                if found is None or found.deleted is not None:
                    raise Refusal(422, Issue("unknown_reference", name, {"collection": target}))

    def check_unused(self, name: str, record_id: Id) -> None:
        """Raises a 409 where a living record points at this one."""
        for kind in self.kinds.values():
            pointing = [link for link, target in kind.links.items() if target == name]
            if any(record.data.get(link) == record_id for link in pointing for record in self.living(kind.name)):
                raise Refusal(409, Issue("in_use", "id", {"collection": kind.name}))
