"""Subscriptions to events, written and ended through the writer: whatever becomes of one, its records stand in the journal and carry the mark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from checker.errors import RefusedError, TransportError
from checker.model.paths import get
from checker.model.profile import ResourceProfile
from checker.project import calls
from checker.resources import seeking, sending
from checker.resources.outcomes import Written
from checker.resources.resource import Resource
from checker.resources.subscribing import Step
from checker.resources.writing import Writer

Made = tuple[Resource, Written]


@dataclass(frozen=True, slots=True)
class Failed:
    """The call (`METHOD /path`) that was not taken, and so no subscription came about. `status`: of its answer, None where none came."""

    call: str
    status: int | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What was written so that events come to an address: each record with its resource; nothing where a person did it."""

    url: str
    made: tuple[Made, ...] = ()
    failed: Failed | None = None

    @property
    def written(self) -> tuple[Written, ...]:
        """The writes alone."""
        return tuple(one for _, one in self.made)

    @property
    def ok(self) -> bool:
        """Whether events may come of it."""
        return self.failed is None and any(one.ok for one in self.written)


def by_form(writer: Writer, resource: Resource, url: str, bodies: Iterable[Mapping[str, Any]]) -> Subscription:
    """Write the subscriptions that an API registers as records. Raises as `Writer.create`."""
    return Subscription(url, tuple((resource, writer.create(resource, body)) for body in bodies))


def by_calls(
    writer: Writer,
    steps: Sequence[Step],
    door: Callable[[ResourceProfile], Resource],
    values: Mapping[str, Any],
) -> Subscription:
    """Make the calls one after the other. Where one isn't taken, what earlier ones made is removed again; what that leaves, the clean-up removes.

    `values`: what the placeholders stand for. Raises InputError where nothing can be written down.
    """
    known, made = dict(values), list[Made]()
    owners: dict[str, Made] = {}
    for step in steps:
        resource = door(step.resource)
        try:
            written, new_id = _called(writer, step, resource, known, owners)
        except (TransportError, RefusedError) as error:
            key = error.exchange if isinstance(error, TransportError) else None
            return _given_up(writer, made, known, Failed(step.call.call, None, (key,) if key else ()))
        if written.ok and step.about is None:
            made.append((resource, written))
        name = step.call.as_
        if not written.ok or (name is not None and new_id is None):
            status = written.response.status if written.response is not None else None
            return _given_up(writer, made, known, Failed(step.call.call, status, written.evidence))
        if name is not None:
            known[name] = new_id
            owners[name] = (resource, written)
    return Subscription(known[calls.URL], tuple(made))


def ended(writer: Writer, made: Iterable[Made]) -> tuple[Written, ...]:
    """Delete what was written for subscriptions, newest first; gives what came of it. Raises as `Writer.delete`."""
    newest = reversed([*made])
    return tuple(writer.delete(resource, one.record_id) for resource, one in newest if one.ok and one.record_id)


def _called(
    writer: Writer, step: Step, resource: Resource, known: Mapping[str, Any], owners: Mapping[str, Made]
) -> tuple[Written, Any]:
    """Make one call; gives what came of it and the id of what it made, as the system spells it: a number stays one."""
    body = calls.filled(step.call.body, known)
    if step.about is None:
        written = writer.create(resource, body)
        told, shown = written.record_id, written.record
        if shown is None and told is not None:  # found by its mark: no answer showed it
            shown = seeking.found(resource, told)
    else:
        record_id = owners[step.about][1].record_id or ""
        written = writer.call(resource, record_id, calls.operation(step.call, known), body)
        answer, shown = written.response, written.record
        told = sending.created_id(answer, shown, resource.profile) if answer is not None else None
    name = resource.profile.fields.id
    held = get(shown, name) if name and shown else None
    return written, held if str(held) == told else told


def _given_up(writer: Writer, made: Sequence[Made], known: Mapping[str, Any], failed: Failed) -> Subscription:
    for one in reversed(made):
        with suppress(TransportError, RefusedError):  # the journal has it, and the clean-up tries again
            ended(writer, (one,))
    return Subscription(known[calls.URL], failed=failed)
