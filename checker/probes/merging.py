"""Merging: can a run see that one record was made of two? Tried where the document shows such a call, and what it takes.

It can't be undone, so it is tried with two test records that this run created and needs no more: both are ours, and what is left of them is removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.model.api import Api, Operation
from checker.model.profile import ResourceProfile
from checker.probes.attempts import Seen, why_not
from checker.probes.base import Told, probe, unknown, whether
from checker.probes.reusing import left_behind
from checker.probes.stamps import NEXT_UNIT, wait_for_next_unit
from checker.probes.touching import Record, ResourceTouch
from checker.probes.traces import mark_of, traced
from checker.profiles.names import vocabulary, words
from checker.resources.marks import marked
from checker.resources.merges import PAIR, MergeForm, merge_form

CLAIM = "merge.visible"
MERGING = vocabulary("merge merges merging deduplicate zusammenfuehren verschmelzen")

WRITING = frozenset({"POST", "PUT"})  # a PATCH may be called a merge and change one record
MOST_LOOKED_AT = 6  # test records, until two are found that are there


@probe(CLAIM, scope="resource")
def merges(touch: ResourceTouch) -> Iterator[Told]:
    """Merge two test records, and look what became of both."""
    operation = merge_of(touch.profile, touch.look.system.api)
    form = form_of(touch, operation) if operation is not None else None
    if operation is None:
        yield unknown(CLAIM, "no-merge-operation")
        return
    if form is None:
        yield unknown(CLAIM, "merge-untried", operation=operation.key)
        return
    two = _two(touch)
    if two is None:
        yield unknown(CLAIM, "no-two-records", operation=operation.key)
        return
    wait_for_next_unit(touch, next(iter(two.values())))
    first, second = two
    written = touch.writer.merge(touch.resource, form, (first, second))
    if not written.ok:
        yield unknown(CLAIM, why_not(written), written.evidence, operation=operation.key)
        return
    after = _settled(touch, two)
    evidence = (*written.evidence, *(key for one in after.values() for key in one.seen.evidence))
    lost = next((one for one in after.values() if one.outcome is not None), None)
    if lost is None:
        yield unknown(CLAIM, "merge-does-nothing", evidence, operation=operation.key)
        return
    outcome, more = _traced(touch, lost)
    if any(_in_silence(touch, two[name], one.seen.record) for name, one in after.items() if one.outcome is None):
        outcome = "changed-in-silence"
    good = outcome not in {"gone-untraced", "changed-in-silence"}
    yield whether(CLAIM, good, (*evidence, *more), operation=operation.key, outcome=outcome)


def merge_of(profile: ResourceProfile, api: Api | None) -> Operation | None:
    """The operation below the resource's own path that merges records; None where the document shows none."""
    operations = profile.operations
    homes = {one.partition(" ")[2] for one in (operations.list, operations.create) if one}
    for one in api.operations if api else ():
        below = next((one.path.removeprefix(home) for home in homes if one.path.startswith(f"{home}/")), None)
        if one.method in WRITING and below is not None and MERGING.intersection((*words(below), *words(one.id or ""))):
            return one
    return None


def form_of(touch: ResourceTouch, operation: Operation) -> MergeForm | None:
    """What the call takes; None where that isn't clear."""
    always = touch.resource.client.fixed
    known = {
        *always.path,
        *always.query,
        *always.headers,
        *(name for held in touch.profile.fixed.values() for name in held),
    }
    return merge_form(operation, known, touch.profile.name)


def _two(touch: ResourceTouch) -> Mapping[str, Record] | None:
    """Two test records of this run, by their ids, that are there, bear our mark and that nothing needs; made where earlier questions left none."""
    found: dict[str, Record] = {}
    for record_id in _candidates(touch):
        record = touch.seen_once(record_id).record
        if record is not None and mark_of(touch, {}, record) is None and marked(record, touch.writer.mark):
            found[record_id] = record
        if len(found) == PAIR:
            return found
    return None


def _candidates(touch: ResourceTouch) -> Iterator[str]:
    yield from left_behind(touch)[:MOST_LOOKED_AT]
    for _ in range(PAIR if touch.birth is not None else 0):
        made = touch.writer.create(touch.resource, touch.body())
        if not made.ok or made.record_id is None:
            return
        touch.seen(record_id=made.record_id)  # some systems show a new record only after a while
        yield made.record_id


@dataclass(frozen=True, slots=True)
class After:
    """A record after the merge: what a look at it shows; `outcome`: gone, redirected, marked; None where it stays."""

    record_id: str
    before: Record
    seen: Seen
    outcome: str | None


def _settled(touch: ResourceTouch, two: Mapping[str, Record]) -> dict[str, After]:
    """Both records, waiting until one of them is no longer what it was."""
    for pause in (*touch.waiting.pauses, None):
        after = {name: _after(touch, name, record) for name, record in two.items()}
        if pause is None or any(one.outcome is not None for one in after.values()):
            break
        touch.waiting.sleep(pause)
    return after


def _after(touch: ResourceTouch, record_id: str, before: Record) -> After:
    seen = touch.seen_once(record_id)
    if seen.record is None:
        return After(record_id, before, seen, "gone")
    if touch.resource.id_of(seen.record) not in (None, record_id):
        return After(record_id, before, seen, "redirected")
    return After(record_id, before, seen, "marked" if mark_of(touch, before, seen.record) else None)


def _traced(touch: ResourceTouch, lost: After) -> tuple[str, tuple[str, ...]]:
    """By what the record that was merged away shows; `gone-untraced` where by nothing."""
    if lost.outcome is not None and lost.outcome != "gone":
        return lost.outcome, ()
    how, evidence = traced(touch, lost.before, lost.record_id)
    return ("gone-untraced" if how is None else "in-changes" if how == "changes" else "in-journal"), evidence


def _in_silence(touch: ResourceTouch, before: Record, after: Record | None) -> bool:
    """Whether the merge changed what people write in the record that stays, and its changed time, where it has a precise one, stood still."""
    first, second = touch.look.stamp(before), touch.look.stamp(after or {})
    if after is None or first is None or second is None or not {first.precision, second.precision} <= NEXT_UNIT.keys():
        return False
    computed = {one.name for one in touch.profile.schema if one.read_only}
    changed = any(value != before.get(name) for name, value in after.items() if name not in computed)
    return changed and first.at == second.at
