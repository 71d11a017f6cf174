"""Bulk: does a change that comes with others in one call move the changed time as a change alone does?

Mass edits and imports of the system itself can't be set off from outside; the declared call for many records is the nearest to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.probes.alterations import same
from checker.probes.base import Told, probe, unknown
from checker.probes.contexts import evidence_of
from checker.probes.stamps import moved, plain_change, wait_for_next_unit
from checker.probes.touching import Record, ResourceTouch
from checker.resources.batches import batch_change_form

CLAIM = "timestamp.moves-on-bulk"
SERVER_ERROR = 500


@probe(CLAIM, scope="resource")
def bulk(touch: ResourceTouch) -> Iterator[Told]:
    """Change a plain text of the test record and of the good one in one call, and look at the test record's stamp."""
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(CLAIM)
        return
    form = batch_change_form(touch.profile, touch.look.system.api)
    changes = plain_change(touch)
    if form is None or not changes:
        yield unknown(CLAIM, "no-batch-update" if form is None else "no-free-text")
        return
    before = touch.latest
    wait_for_next_unit(touch, before)
    response = touch.writer.update_many(touch.resource, form, dict(_rows(touch, changes)))
    sent = evidence_of(response)
    if not response.ok:
        reason = "write-unclear" if response.status >= SERVER_ERROR else "refused"
        yield unknown(CLAIM, reason, sent, status=response.status)
        return

    def changed(record: Record) -> bool:
        return all(same(value, record.get(name)) for name, value in changes.items())

    seen = touch.seen(changed)
    touch.changed = seen.record or touch.changed
    if seen.delay is None:
        yield unknown(CLAIM, "batch-ignored", (*sent, *seen.evidence), status=response.status)
        return
    yield from moved(CLAIM, touch, before, sent, seen)


def _rows(touch: ResourceTouch, changes: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each record's id, and its row: the id as the record has it, and the changes."""
    name = touch.profile.fields.id or ""
    yield touch.id or "", {name: touch.latest.get(name), **changes}
    good = touch.control
    if good is not None and good.ok and good.record_id is not None and good.record and name in good.record:
        yield good.record_id, {name: good.record[name], **plain_change(touch)}
