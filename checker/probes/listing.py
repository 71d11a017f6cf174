"""Lists and single records: can they be read, and are there any?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.finding import Answer
from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.contexts import UNREADABLE, ResourceLook, evidence_of

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


@probe("read.single", scope="resource")
def single(look: ResourceLook) -> Iterator[Told]:
    """Read the first listed record by its id and compare."""
    operation = look.profile.operations.read
    if operation is None:
        yield unknown("read.single", "no-read-operation")
        return
    ids = map(look.asked.id_of, look.first.records)
    known = next((one for one in ids if one is not None), None)
    if known is None:
        yield unknown("read.single", "no-id" if look.first.records else "no-records")
        return
    answer = look.resource.read(known)
    evidence = evidence_of(answer.response)
    if not answer.response.ok:
        yield refused("read.single", answer.response.status, evidence, operation=operation)
    elif answer.record is None:
        yield no("read.single", evidence, status=answer.response.status, operation=operation)
    else:
        same = look.asked.id_of(answer.record) == known
        yield whether("read.single", same, evidence, status=answer.response.status, operation=operation)
