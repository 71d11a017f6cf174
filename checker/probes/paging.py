"""Paging: does a walk end, is it complete, does nothing come twice, and is the page size kept?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.contexts import ResourceLook, Walk, evidence_of, walk

FEW = 2  # records asked for when the page size is tried
BROKEN = frozenset({"loop", "repeats", "too-many-empty", "items-missing", "unreadable"})


def repeated(look: ResourceLook, walked: Walk) -> tuple[int, int]:
    """(how many records came again, number of the first page on which one did); by id where there is one, else by content."""
    seen: Counter[str] = Counter()
    again = first = 0
    for number, page in enumerate(walked.pages, 1):
        for record in page.records:
            own = look.asked.id_of(record)
            key = own if own is not None else repr(sorted(record.items(), key=lambda one: one[0]))
            seen[key] += 1
            if seen[key] > 1:
                again += 1
                first = first or number
    return again, first


@probe("pagination.ends", "pagination.no-repeats", "pagination.complete", scope="resource")
def paging(look: ResourceLook) -> Iterator[Told]:
    """Walk the list to its end, with pages small enough that there are several."""
    if not look.readable:
        return
    walked = look.walk
    evidence, pages, seen = walked.evidence, len(walked.pages), len(walked.records)
    broken = walked.stop == "status" and pages > 1 and _breaks_again(look, walked)
    if walked.stop in BROKEN or broken:
        reason = "server-error" if broken else walked.stop
        yield no("pagination.ends", evidence, pages=pages, records=seen, reason=reason)
    elif not walked.ended:
        reason = {"status": "server-error", "no-next": "no-next"}.get(walked.stop or "", "too-many-pages")
        yield unknown("pagination.ends", reason, evidence, pages=pages, records=seen)
    elif pages == 1 and walked.size is not None and seen <= 1:
        yield unknown(
            "pagination.ends", "too-few-records" if seen else "no-records", evidence, pages=pages, records=seen
        )
    else:
        yield yes("pagination.ends", evidence, pages=pages, records=seen)
    again, page = repeated(look, walked)
    if again:
        yield no("pagination.no-repeats", evidence, page=page, repeated=again)
    elif pages <= 1 and look.profile.pagination.style != "none":
        yield unknown("pagination.no-repeats", "one-page-only" if seen else "no-records", evidence)
    else:
        yield yes("pagination.no-repeats", evidence, page=pages, repeated=0)
    yield _complete(walked, seen - again)


def _breaks_again(look: ResourceLook, walked: Walk) -> bool:
    """Whether a second walk ends in the same error on the same page: then it is no passing one."""
    again = walk(look.resource, walked.size)
    return again.stop == walked.stop and len(again.pages) == len(walked.pages)


def _complete(walked: Walk, distinct: int) -> Told:
    evidence, total = walked.evidence, walked.total
    if not walked.ended:
        return unknown("pagination.complete", "walk-not-ended", evidence, seen=distinct, total=total)
    if not distinct:
        return unknown("pagination.complete", "no-records", evidence, seen=0, total=total)
    if total is None:
        return unknown("pagination.complete", "no-total", evidence, seen=distinct, total=None)
    return whether("pagination.complete", distinct == total, evidence, seen=distinct, total=total)


@probe("page-size.honoured", scope="resource")
def page_size(look: ResourceLook) -> Iterator[Told]:
    """Ask for two records, and for one more than the declared maximum."""
    if not look.readable:
        return
    most = look.profile.pagination.max_page_size
    if look.profile.pagination.style == "none" or not any(
        one.means == "size" for one in look.profile.pagination.params
    ):
        yield unknown("page-size.honoured", "not-declared")
        return
    available = look.first.total or len(look.first.records)
    if available <= FEW:
        yield unknown("page-size.honoured", "too-few-records")
        return
    page = look.resource.page(size=FEW)
    evidence = evidence_of(page.response)
    yield whether(
        "page-size.honoured",
        page.response.ok and len(page.records) == FEW,
        evidence,
        asked=FEW,
        got=len(page.records),
        max=most,
    )
