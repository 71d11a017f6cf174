"""Reuse: is the id of a deleted record given to another one? Then links lead to a stranger, and a compare of ids sees no delete.

A counter that starts again behind the newest record gives only the newest one's id anew: so it is the newest that is deleted, be it that one of
the earlier questions left it behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.model.paths import get
from checker.probes.attempts import why_not
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.touching import ResourceTouch
from checker.resources.outcomes import Written

CLAIM = "ids.not-reused"
EXPERIMENTS = 2  # before a no
NOT_DELETED = (None, False, "", 0)  # values of a field that marks what is deleted


@probe(CLAIM, scope="resource")
def reuse(touch: ResourceTouch) -> Iterator[Told]:
    """Delete the newest test record, create another one, and compare their ids."""
    if touch.birth is None or not touch.gone:
        yield from _without_delete(touch)
        return
    newest = next(iter(left_behind(touch)), None)
    evidence: tuple[str, ...] = ()
    for _ in range(EXPERIMENTS):
        if newest is None:
            made, _ = _created(touch)
            newest, evidence = made.record_id, (*evidence, *made.evidence)
        reason, more = _deleted(touch, newest)
        evidence += more
        if reason is not None:
            yield unknown(CLAIM, reason, evidence)
            return
        made, body = _created(touch)
        evidence += made.evidence
        if not made.ok or made.record_id is None:
            yield unknown(CLAIM, "no-id" if made.ok else why_not(made), evidence)
            return
        if _sent(made.record_id, body):
            yield unknown(CLAIM, "id-from-body", evidence)
            return
        if made.record_id != newest:
            yield yes(CLAIM, evidence)
            return
    yield no(CLAIM, evidence, times=EXPERIMENTS)


def _without_delete(touch: ResourceTouch) -> Iterator[Told]:
    if touch.profile.operations.delete is None:
        yield unknown(CLAIM, "no-delete-operation")
    elif touch.born:
        yield unknown(CLAIM, "delete-refused")
    else:
        yield from touch.left_open(CLAIM)


def left_behind(touch: ResourceTouch) -> list[str]:
    """The test records of this run that nothing needs any more, the newest first."""
    needed = {touch.id, touch.control.record_id if touch.control is not None else None}
    entries = touch.writer.journal.test_records(touch.system.name, touch.writer.mark)
    records = (one.record for one in entries if one.resource == touch.profile.name)
    return [one for one in records if one is not None and one not in needed]


def _created(touch: ResourceTouch) -> tuple[Written, Mapping[str, Any]]:
    body = touch.body()
    return touch.writer.create(touch.resource, body), body


def _deleted(touch: ResourceTouch, record_id: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Delete a test record: why it isn't gone afterwards, as a reason's code, None where it is; and the exchanges."""
    if record_id is None:
        return "create-refused", ()
    written = touch.writer.delete(touch.resource, record_id)
    if not written.ok:
        return "delete-refused", written.evidence
    seen = touch.seen_once(record_id)
    mark = touch.profile.fields.deleted
    there = seen.record is not None and (mark is None or get(seen.record, mark) in NOT_DELETED)
    return "still-there" if there else None, (*written.evidence, *seen.evidence)


def _sent(record_id: str, body: Mapping[str, Any]) -> bool:
    """Whether the id is one of the values that we sent: then we chose it."""
    return record_id in {str(one) for one in body.values()}
