"""Lists and single records: can they be read, and are there any?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.model.finding import Answer
from checker.model.paths import segments
from checker.probes.alterations import same
from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.contexts import UNREADABLE, ResourceLook, evidence_of
from checker.profiles.names import words

Record = Mapping[str, Any]

NOT_FOUND = frozenset({400, 404})
IDS = (("id",), ("uuid",), ("guid",), ("gid",), ("key",), ("number",), ("no",), ("code",), ("slug",))
FORBIDDEN = frozenset({401, 403})
TOO_MANY, SERVER_ERROR = 429, 500


def refused(claim: str, status: int, evidence: tuple[str, ...], **values: object) -> Told:
    """What a refusal means: 401 and 403 leave it open, not permitted; a 429 and a 5xx pass, so they leave it open; the rest is a no."""
    shown: dict[str, object] = {"status": status, **values}
    if status in FORBIDDEN:
        return Told(claim, Answer.NOT_PERMITTED, shown, evidence)
    if status == TOO_MANY or status >= SERVER_ERROR:
        reason = "rate-limited" if status == TOO_MANY else "server-error"
        return Told(claim, Answer.UNKNOWN, {**shown, "reason": reason}, evidence)
    return Told(claim, Answer.NO, shown, evidence)


@probe("list.readable", "records.present", "count.known", scope="resource")
def listing(look: ResourceLook) -> Iterator[Told]:
    """Ask for the first page and look at what came."""
    operation = look.profile.operations.list or look.profile.operations.search
    page = look.first
    evidence = evidence_of(page.response)
    if not page.response.ok:
        yield refused("list.readable", page.response.status, evidence, operation=operation)
        yield unknown("records.present", "list-refused", evidence)
        yield unknown("count.known", "list-refused", evidence)
        return
    if page.stop in UNREADABLE:
        yield no(
            "list.readable", evidence, status=page.response.status, operation=operation, reason="unreadable-answer"
        )
        return
    yield yes("list.readable", evidence, status=page.response.status, operation=operation)
    yield whether(
        "records.present",
        bool(page.records) or bool(page.total),
        evidence,
        records=page.total if page.total is not None else len(page.records),
    )
    walked = look.walk
    if page.total is not None:
        yield yes("count.known", evidence, total=page.total, how=look.profile.pagination.total_path or "answer")
    elif walked.ended:
        yield yes("count.known", walked.evidence, total=len(walked.records), how="walk")
    else:
        yield unknown("count.known", "no-total", walked.evidence)


@probe("read.single", "list.agrees-with-read", scope="resource")
def single(look: ResourceLook) -> Iterator[Told]:
    """Read the first listed record by its id and compare."""
    operation = look.profile.operations.read
    if operation is None:
        for claim in ("read.single", "list.agrees-with-read"):
            yield unknown(claim, "no-read-operation")
        return
    listed, known = _first_known(look)
    if known is None:
        for claim in ("read.single", "list.agrees-with-read"):
            yield unknown(claim, "no-id" if look.first.records else "no-records")
        return
    answer = look.resource.read(known)
    evidence = evidence_of(answer.response)
    if not answer.response.ok:
        instead, tried = _other_id(look, listed) if answer.response.status in NOT_FOUND else (None, ())
        yield refused(
            "read.single",
            answer.response.status,
            (*evidence, *tried),
            operation=operation,
            **({"instead": instead} if instead else {}),
        )
    elif answer.record is None:
        yield no("read.single", evidence, status=answer.response.status, operation=operation)
    else:
        same_id = look.asked.id_of(answer.record) == known
        yield whether("read.single", same_id, evidence, status=answer.response.status, operation=operation)
        if same_id:
            yield _agrees(look, known, listed, answer.record, evidence)


def _first_known(look: ResourceLook) -> tuple[Record, str | None]:
    """The first listed record that has an id, and its id."""
    found = ((one, look.asked.id_of(one)) for one in look.first.records)
    return next(((record, known) for record, known in found if known is not None), ({}, None))


def _other_id(look: ResourceLook, listed: Record) -> tuple[str | None, tuple[str, ...]]:
    """Another field of the record by which it can be read, and the answer that shows it; None where none of those called an id is one."""
    own = look.profile.fields.id
    for name, value in listed.items():
        values = [str(one.get(name)) for one in look.first.records]
        if (
            name == own
            or words(name)[-1:] not in IDS
            or not isinstance(value, int | str)
            or len(set(values)) < len(values)
        ):
            continue
        answer = look.resource.read(str(value))
        if answer.response.ok and answer.record is not None and answer.record.get(name) == value:
            return name, evidence_of(answer.response)
    return None, ()


def _agrees(look: ResourceLook, known: str, listed: Record, read: Record, evidence: tuple[str, ...]) -> Told:
    """The same record by both ways: equal values, and nothing left out of the list that the document says is there.

    What differs is looked at a second time, for somebody may have changed the record in between.
    """
    claim = "list.agrees-with-read"
    differ, lacking = _differing(listed, read), _lacking(look, listed, read)
    if differ:
        again = look.resource.page()
        evidence = (*evidence, *evidence_of(again.response))
        row = next((one for one in again.records if look.asked.id_of(one) == known), None)
        second = look.resource.read(known).record
        if row is None or second is None:
            return unknown(claim, "record-gone", evidence)
        volatile = _differing(read, second)  # what each read tells anew is nobody's mistake
        differ = [name for name in _differing(row, second) if name not in volatile]
    return whether(claim, not differ and not lacking, evidence, differ=differ, lacking=lacking)


def _differing(listed: Record, read: Record) -> list[str]:
    """Plain fields that both show, with different values."""
    plain = (name for name in listed if name in read and not isinstance(listed[name], dict | list))
    return [name for name in plain if not same(listed[name], read[name])]


def _lacking(look: ResourceLook, listed: Record, read: Record) -> list[str]:
    """Fields that the document declares for the list, that the single read has, and that no listed record shows."""
    declared = declared_in_list(look)
    shown = {name for record in look.first.records for name in record} | set(listed)
    return [name for name in read if name in declared and name not in shown]


def declared_in_list(look: ResourceLook) -> frozenset[str]:
    """The fields that the document declares for a record of the list; none where it doesn't say."""
    key = look.profile.pagination.operation or look.profile.operations.list
    operation = look.system.api.operation(key) if look.system.api else None
    reply = operation.success if operation else None
    schema = reply.schema if reply is not None else None
    path = look.profile.items_path
    for part in segments(path if isinstance(path, str) else ""):
        schema = schema.properties(variants=True).get(part) if schema is not None else None
    items = schema.items if schema is not None else None
    return frozenset(items.properties(variants=True)) if items is not None else frozenset()
