"""Stamps: does a change move the time of the last change, also that of a line or sub-record, reading not, does the list show it, and who made it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from checker.model.finding import Answer
from checker.model.instants import EPOCH_S
from checker.model.paths import MISSING, get
from checker.probes.alterations import same
from checker.probes.attempts import Seen, refused_by_rule, told_delay, why_not
from checker.probes.base import Told, no, not_applicable, probe, unknown, whether, yes
from checker.probes.contexts import evidence_of
from checker.probes.line_order import as_sent
from checker.probes.rows import row_of
from checker.probes.touching import Record, ResourceTouch
from checker.probes.writing import fitted, quoted, texts, written_and_seen
from checker.profiles.field_names import says_who
from checker.profiles.names import is_id
from checker.resources.outcomes import Outcome, Written
from checker.resources.slots import Slot

# How long to wait, so that the next change falls into another unit of the stamps, in seconds.
NEXT_UNIT = {"second": 1.1, "millisecond": 0.05, "microsecond": 0.05}
READINGS = 2  # of two reads each: once, something else may have changed the record
LATER = date(2030, 1, 1)  # far from what a test record has
EMPTY: tuple[Any, ...] = (None, "", [], {})
CHANGES = (
    "write.update-accepted",
    "write.version-not-demanded",
    "write.update-keeps-rest",
    "timestamp.moves-on-update",
    "list.shows-change-at-once",
)


@probe(*CHANGES, scope="resource")
def change(touch: ResourceTouch) -> Iterator[Told]:
    """Change a plain text: is it accepted, does the stamp move, does the list show it?"""
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(*CHANGES)
        return
    if touch.profile.operations.update is None:
        for claim in CHANGES:
            yield unknown(claim, "no-update-operation")
        return
    changes = plain_change(touch)
    if not changes:
        for claim in CHANGES:
            yield unknown(claim, "no-free-text")
        return
    before = touch.latest
    wait_for_next_unit(touch, before)
    written, seen = written_and_seen(touch, changes)
    yield _accepted(touch, written, changes)
    yield _unconditional(touch, written)
    if seen is None or seen.record is None:
        return
    yield _rest_kept(touch, before, changes, seen, written)
    yield from moved("timestamp.moves-on-update", touch, before, written.evidence, seen)
    yield _in_list(touch, seen, changes)


def _rest_kept(touch: ResourceTouch, before: Record, changes: Mapping[str, Any], seen: Seen, written: Written) -> Told:
    """Whether what the change didn't name is still there; of a PUT, which sends whole records, that is no question."""
    claim = "write.update-keeps-rest"
    if not (touch.profile.operations.update or "").upper().startswith("PATCH"):
        return unknown(claim, "whole-records-sent", written.evidence)
    ours = touch.birth.body if touch.birth else {}
    held = [name for name in ours if name not in changes and before.get(name) not in EMPTY]
    lost = [name for name in held if (seen.record or {}).get(name) in EMPTY]
    if not held:
        return unknown(claim, "no-optional-text", written.evidence)
    return whether(claim, not lost, (*written.evidence, *seen.evidence), fields=lost, of=len(held))


def plain_change(touch: ResourceTouch) -> dict[str, Any]:
    """Another text of the same kind for the first plain text; where there is none, another day, number or external id."""
    number = touch.next()
    for slot, value in texts(touch):
        fresh = touch.bodies.fresh(slot.path, number)
        other = fresh if isinstance(fresh, str) and touch.writer.mark in fresh else f"{value} {number}"
        if fitted(slot, other) is not None:
            return {slot.name: other}
    body = touch.birth.body if touch.birth else {}
    fixed = touch.bodies.unique | set(touch.bodies.references)
    plain = (one for one in touch.bodies.slots if one.name in body and one.path not in fixed)
    changed = ((one.name, _other(touch, one, body[one.name], number)) for one in plain)
    return next(({name: value} for name, value in changed if value is not None), {})


def _other(touch: ResourceTouch, slot: Slot, given: Any, number: int) -> Any:
    """Another value for a field that is no plain text; None where there is no harmless one."""
    if slot.format == "date":
        return (LATER + timedelta(days=number)).isoformat()
    if touch.bodies.role_of(slot.path) == "external_id" and isinstance(given, str):
        return touch.bodies.fresh(slot.path, number)
    if slot.type in {"number", "integer"} and isinstance(given, int | float) and _below(slot, given + number):
        return given + number
    return None


def _below(slot: Slot, value: float) -> bool:
    return slot.maximum is None or value <= slot.maximum


def wait_for_next_unit(touch: ResourceTouch, record: Record) -> None:
    """Let the system's clock reach the next unit of its stamps: within one, a change could not be told."""
    stamp = touch.look.stamp(record)
    pause = NEXT_UNIT.get(stamp.precision) if stamp is not None else None
    if pause is not None:
        touch.waiting.sleep(pause)


def _accepted(touch: ResourceTouch, written: Written, changes: Mapping[str, Any]) -> Told:
    claim, status = "write.update-accepted", written.response.status if written.response else None
    values = {"field": ", ".join(changes), "status": status}
    if written.ok:
        return yes(claim, written.evidence, **values)
    if written.outcome is Outcome.REFUSED and (refused_by_rule(written) or why_not(written) == "not-permitted"):
        return no(claim, written.evidence, **values, message=quoted(touch, written))
    return unknown(claim, why_not(written), written.evidence, **values)


def _unconditional(touch: ResourceTouch, written: Written) -> Told:
    """Whether a change that was taken in the end was taken without the record's version, too."""
    claim, demand = "write.version-not-demanded", touch.writer.demand(touch.resource)
    if not written.ok:
        return unknown(claim, "refused" if refused_by_rule(written) else why_not(written), written.evidence)
    if demand is None and touch.lock_field is not None and (touch.profile.operations.update or "").startswith("PUT"):
        return not_applicable(claim)  # the whole record is sent, its version with it
    if demand is None:
        return yes(claim, written.evidence)
    return no(claim, (*evidence_of(demand), *written.evidence), status=demand.status, header="If-Match")


def moved(claim: str, touch: ResourceTouch, before: Record, written: tuple[str, ...], seen: Seen) -> Iterator[Told]:
    """Whether the stamp is another one than before, be it the first; where it isn't at once, patience decides."""
    name = touch.profile.fields.updated
    old = touch.look.stamp(before)
    if name is None or (old is None and not _empty(before, name)):
        yield unknown(claim, "no-timestamp-field" if name is None else "no-timestamp", written)
        return
    if old is not None and old.precision not in NEXT_UNIT:
        yield unknown(claim, "stamp-too-coarse", written, precision=old.precision)
        return

    def another(record: Record) -> bool:
        stamp = touch.look.stamp(record)
        return stamp is not None and (old is None or stamp.at > old.at)

    last = seen if another(seen.record or {}) else touch.seen(another)
    touch.changed = last.record or touch.changed
    shown = " + ".join(name) if isinstance(name, list) else name
    evidence = (*written, *last.evidence)
    yield whether(claim, another(last.record or {}), evidence, field=shown, delay=told_delay(last.delay))


def _empty(record: Record, name: str | list[str]) -> bool:
    """Whether the record has the stamp's fields, and nothing in them: some systems fill them at the first change."""
    return all(get(record, one, MISSING) is None for one in ([name] if isinstance(name, str) else name))


def _in_list(touch: ResourceTouch, seen: Seen, changes: Mapping[str, Any]) -> Told:
    """Whether the list shows the record as the single read does, at once or after how many seconds."""
    claim = "list.shows-change-at-once"
    if not (touch.profile.operations.list or touch.profile.operations.search):
        return unknown(claim, "no-list-operation")
    listed_fields = set(touch.look.first.records[0]) if touch.look.readable and touch.look.first.records else set()
    shown = {
        name: value
        for name, value in (seen.record or {}).items()
        if name in changes and name in (listed_fields or {name})
    }
    if not shown:
        return unknown(claim, "not-in-list", seen.evidence)

    def fresh(record: Record) -> bool:
        return all(same(value, record.get(name)) for name, value in shown.items())

    found = touch.listed(seen.record or {}, fresh)
    at_once = found.delay is not None and found.delay < touch.waiting.pauses[0]
    return whether(claim, at_once, found.evidence, delay=told_delay(found.delay), status=found.response.status)


@probe("timestamp.moves-on-child", "write.lines-replaced", scope="resource")
def child(touch: ResourceTouch) -> Iterator[Told]:
    """Change one value in a line or sub-record, and nothing else: as many are there afterwards as before.

    Where the line is a record of its own, it is changed there as well: what moves the document in one way may leave it alone in the other.
    """
    claim, lines = "timestamp.moves-on-child", "write.lines-replaced"
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(claim, lines)
        return
    rows, reason = changed_rows(touch)
    if rows is None:
        yield unknown(claim, reason)
        yield unknown(lines, reason)
        return
    inside = {one.claim: one for one in _changed_inside(touch, rows)}
    told, name = inside[claim], next(iter(rows))
    alone = None if told.answer is Answer.NO else _changed_alone(touch, name)
    yield as_sent(touch, inside[lines], name, rows[name][0])
    if alone is None:
        yield told
    elif alone.answer is Answer.YES and told.answer is Answer.YES:
        yield told._replace(evidence=(*told.evidence, *alone.evidence))
    else:
        yield alone if alone.answer is not Answer.UNKNOWN else told


def _changed_inside(touch: ResourceTouch, rows: Mapping[str, Any]) -> Iterator[Told]:
    """What becomes of the rows, and of the record's stamp, when they are sent inside the record."""
    claim, lines = "timestamp.moves-on-child", "write.lines-replaced"
    before = touch.latest
    wait_for_next_unit(touch, before)
    written, seen = written_and_seen(touch, rows)
    if seen is None or seen.record is None:
        reason = "refused" if refused_by_rule(written) else why_not(written)
        yield unknown(claim, reason, written.evidence, message=quoted(touch, written))
        yield unknown(lines, reason, written.evidence)
        return
    name = next(iter(rows))
    held = seen.record.get(name)
    evidence = (*written.evidence, *seen.evidence)
    if isinstance(held, list) and held != before.get(name):
        yield whether(lines, len(held) == len(rows[name]), evidence, field=name, sent=len(rows[name]), found=len(held))
    else:
        yield unknown(lines, "child-unchanged", evidence, field=name)
    if seen.record.get(name) == before.get(name):
        yield unknown(claim, "child-unchanged", evidence, field=name)
        return
    yield from moved(claim, touch, before, written.evidence, seen)


def _changed_alone(touch: ResourceTouch, name: str) -> Told | None:
    """Whether the record's stamp moves when its first row in the list `name` is changed as a record of its own; None where it is none, or can't be."""
    claim, before = "timestamp.moves-on-child", touch.latest
    row = row_of(touch, {name: (touch.birth.body if touch.birth else {}).get(name)}, before)
    rows, _ = changed_rows(touch)
    changes = {
        one: value for one, value in (rows or {}).get(name, [{}])[0].items() if value != before[name][0].get(one)
    }
    if (
        row is None
        or row.resource.profile.operations.update is None
        or not changes
        or changes.keys() - row.record.keys()
    ):
        return None
    wait_for_next_unit(touch, before)
    written = touch.writer.update_row(touch.resource, touch.id or "", row.resource, row.id, row.pointing, changes)
    answer = row.resource.read(row.id) if written.ok else None
    evidence = (*row.evidence, *written.evidence, *(evidence_of(answer.response) if answer is not None else ()))
    if answer is None or not all(same(value, (answer.record or {}).get(one)) for one, value in changes.items()):
        return unknown(claim, "child-unchanged" if written.ok else why_not(written), evidence)
    told = next(moved(claim, touch, before, evidence, touch.seen_once(touch.id or "")))
    return told._replace(values={**told.values, "alone": row.resource.name})


def changed_rows(touch: ResourceTouch, record: Record | None = None) -> tuple[dict[str, Any] | None, str]:
    """The first list of objects of a record (default: the test record) with one value changed in its first row; else None and why."""
    for slot in touch.bodies.slots:
        item = slot.item
        rows = (touch.latest if record is None else record).get(slot.name)
        if item is None or item.type != "object" or not isinstance(rows, list):
            continue
        known = {one.name: one for one in item.below}
        kept = [{name: value for name, value in row.items() if name in known} for row in rows if isinstance(row, dict)]
        if not kept:
            return None, "no-child-rows"
        for name, one in known.items():
            other = _another(touch, one, kept[0].get(name))
            if other is not None:
                return {slot.name: [{**kept[0], name: other}, *kept[1:]]}, ""
    return None, "no-child-rows"


def _another(touch: ResourceTouch, slot: Slot, value: Any) -> Any:
    """Another value of the same kind; None where that can't be had without breaking a rule."""
    if slot.enum or slot.pattern or slot.format or value is None or is_id(slot.name):
        return None
    if isinstance(value, str) and slot.type == "string" and touch.writer.mark in value:
        return fitted(slot, f"{value}x") or value[:-1]
    counted = (
        isinstance(value, int | float) and not isinstance(value, bool) and "nr" not in slot.name and slot.name != "pos"
    )
    return value + 1 if counted and _below(slot, value + 1) else None


@probe("timestamp.still-on-read", scope="resource")
def reading(touch: ResourceTouch) -> Iterator[Told]:
    """Read the test record twice, a unit of its stamps after all else: the second shows what the first did. Two experiments before a no."""
    claim = "timestamp.still-on-read"
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(claim)
        return
    if touch.profile.operations.read is None:
        yield unknown(claim, "no-read-operation")
        return
    evidence: tuple[str, ...] = ()
    for _ in range(READINGS):
        wait_for_next_unit(touch, touch.latest)
        first, second = (touch.resource.read(touch.id or "") for _ in range(2))
        evidence += evidence_of(first.response, second.response)
        touch.changed = second.record or touch.changed
        before, after = (touch.look.stamp(one.record or {}) for one in (first, second))
        if before is None or after is None or before.precision not in NEXT_UNIT:
            reason = "no-timestamp" if before is None or after is None else "stamp-too-coarse"
            yield unknown(claim, reason, evidence, precision=before.precision if before else None)
            return
        if after.at == before.at:
            yield yes(claim, evidence, reads=len(evidence))
            return
    yield no(claim, evidence, reads=len(evidence))


@probe("timestamp.not-settable", scope="resource")
def settable(touch: ResourceTouch) -> Iterator[Told]:
    """Write a changed time of long ago beside another change: is it refused or passed over, or does the record wear it afterwards?"""
    claim, updated = "timestamp.not-settable", touch.profile.fields.updated
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(claim)
        return
    names = [updated] if isinstance(updated, str) else updated or []
    stamps = {name: _long_ago(get(touch.latest, name)) for name in names if touch.profile.at_top(name)}
    before, changes = touch.look.stamp(touch.latest), plain_change(touch)
    if before is None or not any(stamps.values()):
        yield unknown(claim, "no-timestamp" if updated else "no-timestamp-field")
        return
    if touch.profile.operations.update is None or not changes:
        yield unknown(claim, "no-update-operation" if changes else "no-free-text")
        return
    written, seen = written_and_seen(touch, {**changes, **{name: one for name, one in stamps.items() if one}})
    values = {"field": " + ".join(names), "status": written.response.status if written.response else None}
    after = touch.look.stamp(seen.record) if seen is not None and seen.record is not None else None
    if refused_by_rule(written):
        yield yes(claim, written.evidence, **values)
    elif seen is None or after is None:
        yield unknown(claim, "no-timestamp" if written.ok else why_not(written), written.evidence, **values)
    else:
        yield whether(claim, after.at >= before.at, (*written.evidence, *seen.evidence), **values)


def _long_ago(now: Any) -> str | int | None:
    """A stamp, or a part of one, in its own form and of the year 2004, which has all days; None where no year stands in it."""
    if isinstance(now, int) and not isinstance(now, bool):
        return 1_080_000_000_000 if now > EPOCH_S[1] else 1_080_000_000
    found = re.sub(r"\b20\d\d\b", "2004", now, count=1) if isinstance(now, str) else now
    return found if found != now else None


@probe("changed-by.own-user-shown", scope="resource")
def changed_by(touch: ResourceTouch) -> Iterator[Told]:
    """Is there a field that names who changed the record last, filled after our change, and another one after another user's?"""
    claim = "changed-by.own-user-shown"
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(claim)
        return
    record = touch.latest
    name = next((one for one in record if says_who(one)), None)
    if name is None or record.get(name) in (None, ""):
        yield no(claim, touch.first_seen.evidence, field=name, differs=None)
        return
    changes = plain_change(touch)
    if "second_user" not in touch.resource.client.credentials or not changes:
        yield yes(claim, touch.first_seen.evidence, field=name, differs=None)
        return
    ours = record[name]
    other = touch.resource.asked_with("second_user")
    written = touch.writer.update(other, touch.id or "", changes)
    if not written.ok:
        yield yes(claim, (*touch.first_seen.evidence, *written.evidence), field=name, differs=None)
        return
    seen = touch.seen(lambda one: one.get(name) != ours)
    touch.changed = seen.record or touch.changed
    evidence = (*touch.first_seen.evidence, *written.evidence, *seen.evidence)
    yield whether(claim, seen.delay is not None, evidence, field=name, differs=seen.delay is not None)
