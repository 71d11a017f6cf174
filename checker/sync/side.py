"""One side of a flow: its records read as rows, and rows written through a writer. Records inside others are written with what is around them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from checker.errors import Problem, TransportError
from checker.model.paths import put
from checker.model.profile import FieldInfo
from checker.model.sync import Row, Which
from checker.project.sides import PARENT, FlowView, Side, many
from checker.resources.extraction import all_came, by_id, sound
from checker.resources.outcomes import Outcome, Written
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.sync import rows as seen

NOT_THERE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of a write. `row` is the id of the row that was written, where it is known; `why` a reason's code where nothing was sent."""

    outcome: Outcome
    row: str | None
    written: Written | None = None
    why: str | None = None


class SyncSide:
    """One side of a flow, asked and written through its resource."""

    def __init__(self, view: FlowView, which: Which, resource: Resource, zone: ZoneInfo) -> None:
        self.which, self.resource = which, resource
        self.side: Side = view.left if which is Which.LEFT else view.right
        self.names = field_names(view, which)
        self._zone = zone
        self._own: str | None = None
        self._own_known = False

    @property
    def system(self) -> str:
        """The system's name."""
        return self.side.system

    @property
    def subject(self) -> str:
        """The side as the project file names it."""
        inside = f".{self.side.inside}" if self.side.inside else ""
        return f"{self.side.system}/{self.side.resource}{inside}"

    @property
    def around_fields(self) -> Mapping[str, FieldInfo]:
        """The declared fields of the record around, or of the record itself where nothing is around it."""
        return replace(self.side, inside="").fields

    def rows(self) -> dict[str, Row]:
        """Every record by id. Raises TransportError where the list can't be read to its end, RefusedError where it came incomplete."""
        records = {record_id: self._whole(record_id, one) for record_id, one in self._walked()}
        if not self.side.inside:
            return {key: self._row(key, one) for key, one in records.items()}
        self._learn(list(records.values()))
        return {row.id: row for key, one in records.items() for row in self._inner(key, one)}

    def read(self, row: str) -> Row | None:
        """One row as it is now; None where it is no more."""
        if not self.side.inside:
            record = self._read(row)
            return None if record is None else self._row(row, record)
        parent, _ = seen.parent_and_own(row)
        record = self._read(parent)
        if record is None:
            return None
        self._learn([record])
        return next((one for one in self._inner(parent, record) if one.id == row), None)

    def create(self, writer: Writer, values: Mapping[str, Any], *, purpose: str = "sync", mine: bool = False) -> Landed:
        """Write a new row; `values` by dotted name. `mine`: it is a test record of ours, to be removed again."""
        if self.side.inside:
            return self._append(writer, values, purpose)
        written = writer.create(self.resource, nested(values), purpose=purpose, test_record=mine)
        return Landed(written.outcome, written.record_id, written)

    def update(self, writer: Writer, row: str, values: Mapping[str, Any], *, purpose: str = "sync") -> Landed:
        """Change a row; `values` by dotted name. A record inside another one can't move to another record."""
        if not self.side.inside:
            written = writer.update(self.resource, row, self._with_siblings(row, values), purpose=purpose)
            return Landed(written.outcome, row, written)
        parent, own = seen.parent_and_own(row)
        if self._parent_of(values) not in (None, parent):
            return Landed(Outcome.REFUSED, row, why="cannot-move")
        record = self._read(parent)
        held = seen.entries(record, self.side.inside) if record is not None else []
        self._learn([record] if record is not None else [])
        ids = seen.own_ids(held, self._own)
        if own not in ids:
            return Landed(Outcome.REFUSED, row, why="gone")
        place = ids.index(own)
        changed = [*held[:place], _merged(held[place], self._own_values(values)), *held[place + 1 :]]
        written = writer.update(self.resource, parent, self._around(changed, values), purpose=purpose)
        return Landed(written.outcome, row, written)

    def _append(self, writer: Writer, values: Mapping[str, Any], purpose: str) -> Landed:
        parent = self._parent_of(values)
        record = self._read(parent) if parent is not None else None
        if parent is None or record is None:
            return Landed(Outcome.REFUSED, None, why="no-parent")
        held = seen.entries(record, self.side.inside)
        self._learn([record])
        before = {one.id for one in self._inner(parent, record)}
        body = self._around([*held, nested(self._own_values(values))], values)
        written = writer.update(self.resource, parent, body, purpose=purpose)
        if written.outcome is not Outcome.DONE:
            return Landed(written.outcome, None, written)
        after = self._read(parent) or {}
        self._learn([after])  # where this is the first record inside, nothing told until now what they are known by
        new = [one.id for one in self._inner(parent, after) if one.id not in before]
        # Somebody else may have added one meanwhile: then only its values could tell which is ours, and the next matching does.
        return Landed(Outcome.DONE if len(new) == 1 else Outcome.UNKNOWN, new[0] if len(new) == 1 else None, written)

    def _with_siblings(self, row: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The changes as an update wants them: of an object that is changed in part, the rest goes along, for not every API merges deep."""
        if not any("." in name for name in values):
            return nested(values)
        record = self._read(row) or {}
        body: dict[str, Any] = {}
        for name, value in values.items():
            top = name.split(".")[0]
            if "." in name and top not in body and isinstance(record.get(top), dict):
                body[top] = dict(record[top])
            body = put(body, name, value)
        return body

    def _parent_of(self, values: Mapping[str, Any]) -> str | None:
        name = self.resource.profile.fields.id or "id"
        value = values.get(f"{PARENT}{name}")
        return None if value is None else str(value)

    def _own_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if not name.startswith(PARENT)}

    def _around(self, held: list[dict[str, Any]], values: Mapping[str, Any]) -> dict[str, Any]:
        """The changes of the record around: its list, and what the flow writes into the record itself."""
        key = f"{PARENT}{self.resource.profile.fields.id or 'id'}"
        own = {
            name.removeprefix(PARENT): value
            for name, value in values.items()
            if name.startswith(PARENT) and name != key
        }
        return put(nested(own), seen.list_inside(self.side.inside), held)

    def _walked(self) -> Iterator[tuple[str, dict[str, Any]]]:
        told: int | None = None
        found: dict[str, dict[str, Any]] = {}
        came = 0
        for page in self.resource.pages(wanted=math.inf):
            sound(self.resource, page)
            told = page.total if page.total is not None else told
            came += len(page.records)
            found.update(by_id(self.resource, page))
        all_came(self.resource, came, told)
        yield from ((key, one) for key, one in found.items() if not seen.gone(one, self.resource.profile))

    @property
    def needs_detail(self) -> bool:
        """Whether the list doesn't show all that the flow needs of a record."""
        return seen.needs_detail(self.resource.profile, self._wanted())

    def whole(self, record_id: str, listed: dict[str, Any]) -> dict[str, Any]:
        """A record of the list with what only the single read shows. Raises TransportError where that doesn't show it."""
        if seen.gone(listed, self.resource.profile):
            return listed
        return self._read(record_id) or listed

    def _whole(self, record_id: str, listed: dict[str, Any]) -> dict[str, Any]:
        """The record with what only the single read shows, where the flow needs that."""
        return self.whole(record_id, listed) if self.needs_detail else listed

    def _wanted(self) -> set[str]:
        inside = {seen.list_inside(self.side.inside)} if self.side.inside else set()
        return {*self.names, *inside}

    def _read(self, record_id: str) -> dict[str, Any] | None:
        answer = self.resource.read(record_id)
        if answer.response.status in NOT_THERE:
            return None
        if answer.record is None:
            values = {"resource": self.resource.subject, "id": record_id, "status": answer.response.status}
            error = TransportError(Problem("sync.read-broke", values))
            error.exchange = answer.response.exchange
            raise error
        if self.resource.id_of(answer.record) not in (None, record_id):
            values = {"resource": self.resource.subject, "id": record_id, "found": self.resource.id_of(answer.record)}
            raise TransportError(Problem("sync.another-record", values))
        return None if seen.gone(answer.record, self.resource.profile) else answer.record

    def _learn(self, records: list[dict[str, Any]]) -> None:
        """Find out, once, what tells the records inside apart."""
        if not self._own_known and any(seen.entries(one, self.side.inside) for one in records):
            self._own, self._own_known = seen.own_key(records, self.side.inside), True

    def _row(self, record_id: str, record: dict[str, Any]) -> Row:
        return seen.whole(record, record_id, self.resource.profile, self._zone)

    def _inner(self, record_id: str, record: dict[str, Any]) -> list[Row]:
        return seen.inner(record, record_id, self.resource.profile, self._zone, self.side.inside, self._own)


def field_names(view: FlowView, which: Which) -> tuple[str, ...]:
    """The names of a side's fields that a flow reads or writes, line items as one, sorted."""
    left = which is Which.LEFT
    names = {name for one in view.flow.fields for name in many(one.left if left else one.right)}
    lines = view.flow.lines
    scope = view.flow.filter.left if left else view.flow.filter.right
    return tuple(sorted({*names, *scope, *({lines.left if left else lines.right} if lines else ())}))


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names → nested objects."""
    body: dict[str, Any] = {}
    for name, value in values.items():
        body = put(body, name, value)
    return body


def _merged(record: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A record with some of its values replaced, by dotted name."""
    body = dict(record)
    for name, value in values.items():
        body = put(body, name, value)
    return body
