"""Deleting: is a test record deleted, and how can that be noticed from outside?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checker.client.messages import Response
from checker.model.finding import Answer
from checker.model.paths import get
from checker.model.profile import ResourceProfile
from checker.probes.alterations import leads_to
from checker.probes.attempts import broke_on, refused_by_rule, why_not
from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.contexts import evidence_of
from checker.probes.rows import first_rows, listed_id, row_of
from checker.probes.shifting import begin
from checker.probes.stamps import NEXT_UNIT, wait_for_next_unit
from checker.probes.touching import Record, ResourceTouch
from checker.probes.traces import mark_of, traced
from checker.probes.writing import quoted
from checker.resources.outcomes import SERVER_ERROR, Outcome

SILENT = {401: "credentials-refused", 429: "rate-limited"}  # statuses that say nothing of a record
LEAST_REASON = 3  # letters of a word that says why
CLAIMS = ("delete.accepted", "delete.visible")
BLOCKED = ("delete.blocked-with-reason", "delete.dependents-shown")


@probe(*CLAIMS, scope="resource")
def delete(touch: ResourceTouch) -> Iterator[Told]:
    """Delete the test record, read it again, and look for traces; of a record that goes with the one that it came in, too."""
    swept = _swept(touch)
    for told in _deleted(touch):
        yield _of_both(told, swept) if swept is not None and told.claim == swept.claim else told


def _of_both(own: Told, swept: Told) -> Told:
    """One answer of two deletes: both have to show."""
    if Answer.NO in {own.answer, swept.answer} or own.answer is Answer.UNKNOWN:
        return own if own.answer is Answer.NO else swept
    return own._replace(evidence=(*own.evidence, *swept.evidence))


def _deleted(touch: ResourceTouch) -> Iterator[Told]:
    """The test record's own delete."""
    if not touch.born:
        yield from touch.left_open(*CLAIMS)
        return
    if touch.profile.operations.delete is None:
        for claim in CLAIMS:
            yield unknown(claim, "no-delete-operation")
        return
    by_list = not touch.latest and _listable(
        touch.profile
    )  # no id ever found it: then that none does any more is no proof
    before = touch.latest or (_listed(touch) if by_list else {})
    touch.walk = begin(touch)
    written = touch.writer.delete(touch.resource, touch.id or "")
    status = written.response.status if written.response else None
    if not written.ok:
        if written.outcome is Outcome.REFUSED and (refused_by_rule(written) or why_not(written) == "not-permitted"):
            yield no("delete.accepted", written.evidence, status=status, message=quoted(touch, written))
        else:
            yield unknown("delete.accepted", why_not(written), written.evidence, status=status)
        yield unknown("delete.visible", "delete-refused", written.evidence)
        return
    touch.gone = True
    after = _after(touch, touch.id or "", before, by_list=by_list)
    evidence = (*written.evidence, *after.evidence)
    open_ = after.open if before else "never-seen"
    if open_ is not None:
        for claim in CLAIMS:
            yield unknown(claim, open_, evidence)
        return
    field = mark_of(touch, before, after.record) if after.record is not None else None
    if after.record is not None and field is None:  # a record as it was is no delete
        yield no("delete.accepted", evidence, status=status, message=None, outcome="still-there")
        yield unknown("delete.visible", "still-there", evidence)
        return
    yield yes("delete.accepted", evidence, status=status, outcome="gone" if after.record is None else "marked")
    yield _visible(touch, touch.id or "", before, field, evidence)


def _swept(touch: ResourceTouch) -> Told | None:
    """Delete a new test record that rows of this resource come in: does it show that they went? None where there are none."""
    for parent in touch.system.resources:
        if parent is touch or parent.control is None or not can_sweep(parent.profile, touch.profile):
            continue
        body = parent.body() if _lists_rows(parent, touch) else {}
        born = parent.writer.create(parent.resource, body) if parent.marked(body) else None
        if (
            born is None
            or not born.ok
            or born.record_id is None
            or not parent.writer.owns(parent.resource, born.record_id)
        ):
            continue
        row = row_of(parent, body, parent.seen(record_id=born.record_id).record or {}, touch.profile.name)
        gone = parent.writer.delete(parent.resource, born.record_id)
        if row is None or not gone.ok:
            continue
        after = _after(touch, row.id, row.record)
        evidence = (*row.evidence, *gone.evidence, *after.evidence)
        field = mark_of(touch, row.record, after.record) if after.record is not None else None
        if after.open is not None or (after.record is not None and field is None):
            return unknown("delete.visible", after.open or "row-stays", evidence, parent=parent.profile.name)
        return _visible(touch, row.id, row.record, field, evidence, parent=parent.profile.name)
    return None


def _lists_rows(parent: ResourceTouch, touch: ResourceTouch) -> bool:
    """Whether the test record of `parent` listed rows by what may be ids of this resource."""
    held = parent.first_seen.record if parent.birth is not None and parent.birth.written.ok else None
    entries = first_rows(parent.birth.body, held) if parent.birth is not None and held is not None else ()
    return any(listed_id(touch.resource, one) is not None for one in entries)


def can_sweep(parent: ResourceProfile, rows: ResourceProfile) -> bool:
    """Whether deleting a record of `parent` may take records of `rows` with it that came in it."""
    operations = parent.operations
    able = parent.line_items and operations.create and operations.read and operations.delete
    return bool(able) and rows.name != parent.name and any(one.to == parent.name for one in rows.relations)


def _visible(
    touch: ResourceTouch, record_id: str, before: Record, field: str | None, deleted: tuple[str, ...], **values: Any
) -> Told:
    """What is left of a deleted record: nothing, a mark in the record, a place among what changed, or an entry in a journal."""
    how, more = (f"field {field}", ()) if field else traced(touch, before, record_id)
    listed = touch.listed_now(record_id, before)
    if listed.record is not None and (how or "").startswith("parameter "):
        how = None  # it stands in the list with or without the parameter, so that nothing tells it from the others
    evidence = (*deleted, *more, *listed.evidence)
    return whether("delete.visible", how is not None, evidence, how=how, listed=listed.record is not None, **values)


@dataclass(frozen=True, slots=True)
class After:
    """A record after its delete, None where it is gone. `open`: why nobody can tell, as a reason's code."""

    record: Record | None
    evidence: tuple[str, ...]
    open: str | None


def _after(touch: ResourceTouch, record_id: str, before: Record, *, by_list: bool = False) -> After:
    """The record as its id finds it after the delete, or as the list shows it, waiting while it is as it was, or while nothing is said."""
    by_list = by_list or touch.profile.operations.read is None
    for pause in (*touch.waiting.pauses, None):
        seen = touch.listed_now(record_id, before) if by_list else touch.seen_once(record_id)
        open_ = None if seen.record is not None else _says_nothing(seen.response, by_list=by_list)
        marked = seen.record is not None and mark_of(touch, before, seen.record) is not None
        if marked or pause is None or (seen.record is None and open_ is None):
            break
        touch.waiting.sleep(pause)
    return After(seen.record, evidence_of(seen.response), open_)


def _says_nothing(response: Response, *, by_list: bool) -> str | None:
    """Why an answer without the record doesn't say that it is gone, as a reason's code; None where it does."""
    if response.status >= SERVER_ERROR:
        return "server-error"
    return SILENT.get(response.status) or ("list-refused" if by_list and not response.ok else None)


def _listable(profile: ResourceProfile) -> bool:
    return bool(profile.operations.list or profile.operations.search)


def _listed(touch: ResourceTouch) -> Record:
    """The test record as the list shows it; empty where it doesn't."""
    wanted, body = touch.id or "", dict(touch.birth.body) if touch.birth else {}
    # asked for by what it was born with, and where that was changed meanwhile, page by page
    return touch.listed_now(wanted, body).record or touch.listed_now(wanted, {}).record or {}


@probe(*BLOCKED, scope="resource")
def blocked(touch: ResourceTouch) -> Iterator[Told]:
    """Delete a test record that another one of ours points at: is that refused, with a reason, and if not, does it show what becomes of the other?"""
    claim, dependents = BLOCKED
    found = _pointing(touch)
    if touch.profile.operations.delete is None or found is None:
        for one in BLOCKED:
            yield unknown(one, "no-delete-operation" if found else "nothing-points")
        return
    target, other, field = found
    before = _control(other)
    wait_for_next_unit(other, before or {})
    written = touch.writer.delete(touch.resource, target)
    status = written.response.status if written.response else None
    pointing = f"{other.profile.name}.{field}"
    values = {"pointing": pointing, "status": status}
    if refused_by_rule(written):
        reason = says_why(written.response.json() if written.response else None)
        yield whether(claim, reason, written.evidence, **values, outcome=None if reason else "refused-without-reason")
        yield yes(dependents, written.evidence, pointing=pointing, outcome="kept")
    elif broke_on(written) and _breaks_again(touch, target):
        yield no(claim, written.evidence, **values, outcome="refused-as-broken")
        yield unknown(dependents, why_not(written), written.evidence)
    elif written.ok:
        left = _left_behind(other, before, field, target)
        evidence = (*written.evidence, *left.evidence)
        silent = left.outcome == "emptied" and left.shown is False and other.profile.fields.updated is not None
        yield no(claim, evidence, **values, outcome="emptied-in-silence" if silent else left.outcome)
        yield _shown(touch, target, left, evidence, pointing)
        touch.system.lost_control(touch)
    else:
        for one in BLOCKED:
            yield unknown(one, why_not(written), written.evidence, **(values if one == claim else {}))


@dataclass(frozen=True, slots=True)
class Left:
    """What became of a record that pointed at a deleted one, and whether a run that asks for changes sees it; None where that can't be told."""

    outcome: str
    shown: bool | None
    evidence: tuple[str, ...]


def _shown(touch: ResourceTouch, target: str, left: Left, evidence: tuple[str, ...], pointing: str) -> Told:
    """Whether it shows what became of the other record; open where the one that it points at was not deleted at all."""
    claim = BLOCKED[1]
    kept = touch.seen_once(target)
    evidence = (*evidence, *evidence_of(kept.response))
    before = touch.control.record if touch.control else None
    if kept.record is not None and mark_of(touch, before or {}, kept.record) is None:
        return unknown(claim, "still-there", evidence)
    if left.shown is None:
        return unknown(claim, "stamp-too-coarse", evidence)
    return whether(claim, left.shown, evidence, pointing=pointing, outcome=left.outcome)


def _left_behind(other: ResourceTouch, before: Record | None, field: str, target: str) -> Left:
    """Look at the record that pointed there: gone, too, or marked; pointing at nobody, which nothing shows; or emptied."""
    after = other.resource.read(other.control.record_id or "") if other.control else None
    evidence = evidence_of(after.response) if after else ()
    record = after.record if after else None
    if record is None:
        record_id = other.control.record_id or "" if other.control else ""
        how, more = traced(other, before or {}, record_id)
        return Left("cascaded", how is not None, (*evidence, *more))
    if mark_of(other, before or {}, record) is not None:
        return Left("cascaded", True, evidence)
    pointed = get(record, field)
    if str(pointed) == target or leads_to(target, pointed):
        return Left("orphaned", False, evidence)
    return Left("emptied", _moved(other, before, record), evidence)


def _control(other: ResourceTouch) -> Record | None:
    """The record that points there, as it is now."""
    return other.resource.read(other.control.record_id or "").record if other.control else None


def _moved(other: ResourceTouch, before: Record | None, after: Record) -> bool | None:
    """Whether a record's changed time moved; None where it is too coarse to tell, and no move where there is none."""
    stamps = [other.look.stamp(one or {}) for one in (before, after)]
    if any(one is not None and one.precision not in NEXT_UNIT for one in stamps):
        return None
    at = [one.at if one is not None else None for one in stamps]
    return at[0] != at[1]


def _breaks_again(touch: ResourceTouch, target: str) -> bool:
    """Whether a second delete breaks as well: then it is no passing trouble."""
    return broke_on(touch.writer.delete(touch.resource, target))


def _pointing(touch: ResourceTouch) -> tuple[str, ResourceTouch, str] | None:
    """A living test record of this resource that another one of ours points at: its id, who points, by which field."""
    mine = touch.control.record_id if touch.control is not None and touch.control.ok else None
    for other in touch.system.resources if mine is not None else ():
        if other is touch or other.control is None or not other.control.ok or other.profile.operations.read is None:
            continue
        for one in other.profile.relations:
            if one.to == touch.profile.name and str(get(other.control_body, one.field)) == mine:
                return mine, other, one.field
    return None


def says_why(body: Any) -> bool:
    """Whether there is any sentence or code in a refusal's body."""
    if isinstance(body, Mapping):
        return any(says_why(one) for one in body.values())
    if isinstance(body, list):
        return any(says_why(one) for one in body)
    return isinstance(body, str) and sum(map(str.isalpha, body)) >= LEAST_REASON
