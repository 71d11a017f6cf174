"""What write probes look at: a resource's test record through its life, read back with patience; and the system around it.

The life of one record is shared by all probes of a resource, so that requests are few: create, read, update, read, delete, read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from checker.model.api import Operation
from checker.model.paths import get
from checker.model.profile import ResourceProfile
from checker.probes.attempts import Birth, Seen, Waiting, broke_on, refused_by_rule
from checker.probes.base import Told, unknown
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.needs import key_header
from checker.profiles.names import is_id
from checker.resources.bodies import Bodies
from checker.resources.cleaning import CleanedUp
from checker.resources.outcomes import Outcome, Written
from checker.resources.query import Query
from checker.resources.resource import Page, Resource
from checker.resources.values import FINAL
from checker.resources.writing import Writer

LIST_PAGES = 25  # of a list that is looked through for a record where no filter finds it

Record = dict[str, Any]
Good = Callable[[Record], bool]


@dataclass
class ResourceTouch:
    """One resource, as write probes see it."""

    look: ResourceLook
    system: SystemTouch
    plan: Bodies
    waiting: Waiting = field(default_factory=Waiting)
    refusals: list[tuple[str, Written]] = field(default_factory=list)
    breaks: list[tuple[str, Written]] = field(
        default_factory=list
    )  # fields of broken rules on which the system broke, twice
    kept_unique: set[str] = field(default_factory=set)  # fields of which a second record with one value was refused
    enforced: set[tuple[str, str]] = field(default_factory=set)  # claim, field: of broken rules that were refused
    control: Written | None = None
    control_body: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    walk: tuple[Page, Query | None] | None = None  # under way when the test record is deleted, and what it asks for
    changed: Record | None = None
    _number: int = 0

    @property
    def subject(self) -> str:
        """`SYSTEM/RESOURCE`."""
        return self.look.subject

    @property
    def profile(self) -> ResourceProfile:
        """The resource's profile."""
        return self.look.profile

    @property
    def resource(self) -> Resource:
        """The resource, its exchanges recorded under the probe that runs now."""
        return self.look.resource

    @property
    def writer(self) -> Writer:
        """The only thing that writes."""
        return self.system.writer

    def redact(self, text: str) -> str:
        """Any text without the secrets of this run."""
        return self.look.redact(text)

    def next(self) -> int:
        """A number that no body of this resource has had."""
        self._number += 1
        return self._number

    @property
    def operation(self) -> Operation | None:
        """The declared create operation."""
        return self.plan.operation

    @property
    def lock_field(self) -> str | None:
        """The field of a change that names the version which it rests on, where the document has one and no header for it."""
        declared = self.system.look.profile.declared.get("optimistic_lock") or {}
        place, _, name = str(declared.get(self.profile.name, "")).partition(" ")
        return name if place == "body" else None

    @property
    def key_header(self) -> str | None:
        """The header in which a create takes an idempotency key, where one is declared."""
        return key_header(self.operation)

    @cached_property
    def bodies(self) -> Bodies:
        """The maker of bodies, with references that lead somewhere."""
        known = dict(self.system.references(self))
        made = replace(self.plan, references=known, seen=dict(self._options()), ids=dict(self._ids()))
        if made.source is None and self.look.readable and self.look.first.records:
            return made.from_record(self.look.first.records[0])
        return made

    def _options(self) -> Iterator[tuple[str, list[str]]]:
        """Of fields that have options which the document doesn't name: those that records have, harmless ones first."""
        for name in self.profile.validation.enum if self.look.readable else ():
            values = {one for record in self.look.first.records if isinstance(one := record.get(name), str) and one}
            yield name, sorted(values, key=lambda one: (FINAL.search(one) is not None, one))

    def _ids(self) -> Iterator[tuple[str, Any]]:
        """Of whole numbers that are called an id, and so name an entry of a list that the document doesn't tie to it: one that a record has."""
        for one in self.profile.schema if self.look.readable else ():
            if one.type == "integer" and not one.read_only and is_id(one.name):
                held = (get(record, one.name) for record in self.look.first.records)
                found = next((value for value in held if isinstance(value, int)), None)
                if found is not None:
                    yield one.name, found

    @cached_property
    def birth(self) -> Birth | None:
        """The first create, with less where more is refused; None where nothing can be created at all."""
        if self.profile.operations.create is None or self.bodies.source is None:
            return None
        attempts: list[Written] = []
        last: Birth | None = None
        for shape, body in self._bodies_to_try():
            if not self.marked(body) or (last is not None and body == last.body):
                continue
            written = self.writer.create(self.resource, body)
            attempts.append(written)
            last = Birth(body, shape, written, tuple(attempts))
            if not refused_by_rule(written) and not broke_on(written):
                break
        return last

    def _bodies_to_try(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        yield "full", self.bodies.variant(self.next())
        if self.bodies.source == "schema":
            yield "lean", self.bodies.lean(self.next())
        if self.look.readable and self.look.first.records:
            yield "record", self.bodies.from_record(self.look.first.records[0]).variant(self.next())

    def create(self, make: Callable[[], Mapping[str, Any]], key: str | None = None) -> Written:
        """Create a record of a body that may be refused. Where the system broke (500) it is tried once more, made anew: once, that may have been
        anything; twice, the body was refused in that way, as databases do whose errors nobody words.
        """
        written = self.writer.create(self.resource, make(), key=key)
        return self.writer.create(self.resource, make(), key=key) if broke_on(written) else written

    @property
    def born(self) -> bool:
        """Whether there is a living test record whose id is known."""
        return self.birth is not None and self.birth.written.ok and self.id is not None and not self.gone

    @property
    def id(self) -> str | None:
        """The id of the test record."""
        return self.birth.written.record_id if self.birth else None

    @property
    def barred(self) -> str:
        """Why there is no test record to try things with, as a reason's code."""
        if self.profile.operations.create is None:
            return "no-create-operation"
        if self.birth is None:
            return "no-body" if self.bodies.source is None else "no-room-for-mark"
        if self.gone:
            return "record-gone"
        written = self.birth.written
        return "no-id" if written.ok else "write-unclear" if written.outcome is Outcome.UNKNOWN else "create-refused"

    def body(self, number: int | None = None, /, **more: Any) -> dict[str, Any]:
        """A body of the shape that was accepted at birth, with another number."""
        return {**self._shaped(number, ()), **more}

    def body_without(self, name: str) -> dict[str, Any]:
        """The same without a field; the mark is in another one where there is room."""
        return self._shaped(None, {name})

    def _shaped(self, number: int | None, leave_out: Collection[str]) -> dict[str, Any]:
        number = self.next() if number is None else number
        shape = self.birth.shape if self.birth else "full"
        if shape == "record" and self.look.first.records:
            return self.bodies.from_record(self.look.first.records[0]).variant(number, leave_out=leave_out)
        make = self.bodies.lean if shape == "lean" else self.bodies.variant
        return make(number, leave_out=leave_out)

    def marked(self, body: Mapping[str, Any]) -> bool:
        """Whether a record of this body could be told as ours, and so removed: by a field that records show, once one was read back."""
        shown = self.first_seen.record if "first_seen" in self.__dict__ else None
        return any(self.writer.mark in str(value) for name, value in body.items() if not shown or name in shown)

    def seen(self, good: Good = bool, record_id: str | None = None) -> Seen:
        """Read the test record until it is as expected, or patience ends. Raises TransportError where no answer came."""
        wanted = record_id or self.id or ""
        began: float | None = None  # the first look's own time is no delay: some systems are slow, and up to date
        for pause in (*self.waiting.pauses, None):
            single = self.seen_once(wanted)
            if single.record is not None and good(single.record):
                return Seen(single.record, single.response, self._since(began))
            began = self.waiting.monotonic() if began is None else began
            if pause is not None:
                self.waiting.sleep(pause)
        return Seen(single.record, single.response, None)

    def seen_once(self, record_id: str) -> Seen:
        """A record as it is now, by its id; in the list where there is no single read."""
        if self.profile.operations.read is None:
            return self.listed_now(record_id, {})
        single = self.resource.read(record_id)
        return Seen(single.record, single.response, None)

    @cached_property
    def first_seen(self) -> Seen:
        """The test record as it was read back after its birth."""
        return self.seen()

    @property
    def latest(self) -> Record:
        """The test record as it was seen last."""
        return self.changed or self.first_seen.record or {}

    def listed(self, record: Record, good: Good) -> Seen:
        """Look for the test record in the list until it is as expected, or patience ends."""
        began: float | None = None
        for pause in (*self.waiting.pauses, None):
            found = self.listed_now(self.id or "", record)
            if found.record is not None and good(found.record):
                return Seen(found.record, found.response, self._since(began))
            began = self.waiting.monotonic() if began is None else began
            if pause is not None:
                self.waiting.sleep(pause)
        return Seen(found.record, found.response, None)

    def _since(self, began: float | None) -> float:
        """Seconds since the first look, 0 where that one was enough."""
        return 0.0 if began is None else self.waiting.monotonic() - began

    def listed_now(self, record_id: str, record: Record) -> Seen:
        """The record in the list as it is now: by a filter on a text that bears the mark where there is one, else page by page."""
        pages = self.resource.pages(self._narrowed(record), most=LIST_PAGES)
        for page in pages:
            found = next((one for one in page.records if self.resource.id_of(one) == record_id), None)
            if found is not None:
                return Seen(found, page.response, None)
        return Seen(None, page.response, None)

    def _narrowed(self, record: Record) -> Query | None:
        for param in self.profile.filtering.params:
            value = record.get(param.name)
            if isinstance(value, str) and self.writer.mark in value:
                return self.resource.filtered({param.name: value})
        return None

    def update(self, changes: Mapping[str, Any]) -> Written:
        """Change the test record."""
        return self.writer.update(self.resource, self.id or "", changes)

    def left_open(self, *claims: str) -> Iterator[Told]:
        """Every claim open, for want of a test record."""
        evidence = self.birth.evidence if self.birth else ()
        for claim in claims:
            yield unknown(claim, self.barred, evidence)


@dataclass
class SystemTouch:
    """One system, as write probes see it. `cleaned` is what came of the clean-up, once it is done."""

    look: SystemLook
    writer: Writer
    resources: list[ResourceTouch] = field(default_factory=list)
    cleaned: CleanedUp | None = None

    @property
    def name(self) -> str:
        """The system's name."""
        return self.look.name

    def redact(self, text: str) -> str:
        """Any text without the secrets of this run."""
        return self.look.redact(text)

    def lost_control(self, touch: ResourceTouch) -> None:
        """The test record that others point at is deleted: bodies made from now on point at another one."""
        touch.control = None
        for one in self.resources:
            one.__dict__.pop("bodies", None)

    def references(self, touch: ResourceTouch) -> Iterator[tuple[str, Any]]:
        """Values for fields that point at other records: a test record of ours where there is one, else a record that exists."""
        slots = (one for top in touch.plan.slots for one in top.walk())
        needed = {one.path for one in slots if one.required} | touch.plan.wanted
        for relation in touch.profile.relations:
            told = any(one == relation.field or one.startswith(f"{relation.field}.") for one in needed)
            if touch.plan.source == "schema" and not told:
                continue
            found = self.record_of(relation.to, touch)
            if found is not None:
                yield relation.field, found

    def record_of(self, name: str, asking: ResourceTouch) -> Any:
        """The id of a record of the resource to point at, as the record has it: of a test record of ours where there is one; None where there is none."""
        own = next((one for one in self.resources if one.profile.name == name and one is not asking), None)
        if own is not None and own.control is not None and own.control.ok and own.control.record:
            return _raw_id(own.profile, own.control.record)
        found = next(iter(self._existing(name, 1)), None)
        if found is None and own is not None and own.birth is not None and own.birth.written.record:
            return _raw_id(own.profile, own.birth.written.record)
        return found

    def another(self, name: str, known: Any) -> Any:
        """The id of an existing record of the resource that isn't the known one, as the record has it; None where there is none.

        Some references spell a number as a text.
        """
        return next((one for one in self._existing(name, 2) if one is not None and str(one) != str(known)), None)

    def _existing(self, name: str, most: int) -> list[Any]:
        """The ids of the first records of a resource, as the records have them; none where it has no list, or an empty one."""
        profile = self.look.profile.resource(name)
        if profile is None or profile.fields.id is None or not (profile.operations.list or profile.operations.search):
            return []
        return [_raw_id(profile, one) for one in self.look.door(profile).page(size=most).records]


def _raw_id(profile: ResourceProfile, record: Mapping[str, Any]) -> Any:
    """The id as the record has it: a number stays one."""
    return record.get(profile.fields.id or "")
