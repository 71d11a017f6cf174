"""Paging: does a walk end, is it complete, does nothing come twice, is the page size kept, and what comes far behind?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from checker.client.pagination import Step, position, size_of
from checker.probes.base import Told, no, not_applicable, probe, unknown, whether, yes
from checker.probes.contexts import UNREADABLE, ResourceLook, Walk, evidence_of, walk
from checker.probes.filtering import failing
from checker.probes.listing import FORBIDDEN, SERVER_ERROR, TOO_MANY
from checker.probes.ordering import allowed, orders
from checker.resources.resource import NUMBERED, PAST_END, USUAL_SIZE, Page

FEW = 2  # records asked for when the page size is tried
FAR = 100  # pages behind the last one
NOTHING = PAST_END | {204}
DEEP = 10_000  # records, behind which many searches give none (the default window of the commonest search engine)
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
    yield _complete(look, walked, seen - again)


def _breaks_again(look: ResourceLook, walked: Walk) -> bool:
    """Whether a second walk ends in the same error on the same page: then it is no passing one."""
    again = walk(look.resource, walked.size)
    return again.stop == walked.stop and len(again.pages) == len(walked.pages)


def _complete(look: ResourceLook, walked: Walk, distinct: int) -> Told:
    claim, evidence, total = "pagination.complete", walked.evidence, walked.total
    values: dict[str, Any] = {"seen": distinct, "total": total}
    if not walked.ended:
        return unknown(claim, "walk-not-ended", evidence, **values)
    if not distinct:
        return unknown(claim, "no-records", evidence, **values)
    if total is not None and distinct != total:
        return no(claim, evidence, **values)
    beside, shown = _beside(look, walked)
    if beside:
        return no(claim, (*evidence, *shown), **values, beside=len(beside))
    return yes(claim, evidence, **values) if total is not None else unknown(claim, "no-total", evidence, **values)


def _beside(look: ResourceLook, walked: Walk) -> tuple[set[str], tuple[str, ...]]:
    """Ids that both ends of the list show in another order, and that two walks to the end left out; and what showed them. A list that is cut in
    silence counts only what it gives.
    """
    ends = _both_ends(look)
    missing = _ids(look, (one for page in ends for one in page.records)) - _ids(look, walked.records)
    if not missing or not _ids(look, walked.records):
        return set(), ()
    again = walk(look.resource, walked.size)
    evidence = evidence_of(*(page.response for page in ends), again.pages[-1].response)
    return (missing - _ids(look, again.records) if again.ended else set()), evidence


def _both_ends(look: ResourceLook) -> list[Page]:
    """The first pages in both orders of the first field that the list can be ordered by, as far as that is told; none where it can't."""
    roles, by = look.profile.fields, allowed(look)
    names = (one for one in (roles.updated, roles.created, roles.number, roles.id) if isinstance(one, str))
    name = next((one for one in names if not by or look.profile.spoken(one) in by), None)
    for up, down in orders(look, name) if name is not None else ():
        rising = look.resource.page(up)
        if rising.response.ok:
            return [rising, look.resource.page(down)]
    return []


def _ids(look: ResourceLook, records: Iterable[dict[str, Any]]) -> set[str]:
    return {known for one in records if (known := look.asked.id_of(one)) is not None}


@probe("pagination.past-end", scope="resource")
def past_end(look: ResourceLook) -> Iterator[Told]:
    """Ask for a page far behind the last one: nothing may come, or a refusal."""
    if not look.readable:
        return
    claim, walked = "pagination.past-end", look.walk
    step = _jump(look, (walked.total or 0) + FAR * (walked.size or 1), len(walked.pages) + FAR)
    if step is None:
        yield not_applicable(claim)
        return
    doubt = _end_unknown(look)
    if doubt is not None:
        yield unknown(claim, doubt)
        return
    page = look.resource.page(size=walked.size, step=step)
    evidence, values = evidence_of(page.response), {"status": page.response.status, "got": len(page.records)}
    if page.response.status in NOTHING or (page.response.ok and not page.records and page.stop not in UNREADABLE):
        yield yes(claim, evidence, **values)
    elif page.records:
        known = {look.asked.id_of(one) for one in walked.records}
        seen = all(look.asked.id_of(one) in known for one in page.records)
        yield no(claim, evidence, **values) if seen else unknown(claim, "changed-meanwhile", evidence, **values)
    else:
        yield _broken(look, claim, page, step, values)


def _end_unknown(look: ResourceLook) -> str | None:
    """Why it isn't known where the list ends (a reason's code); None where a walk of several pages brought as many records as the server counts."""
    walked = look.walk
    if len(walked.records) < FEW or len(walked.pages) < FEW:
        return "too-few-records" if len(walked.records) < FEW else "one-page-only"
    if not walked.ended or walked.total is None:
        return "no-total" if walked.ended else "walk-not-ended"
    again, _ = repeated(look, walked)
    return None if len(walked.records) - again == walked.total else "inconclusive"


def _broken(look: ResourceLook, claim: str, page: Page, step: Step, values: dict[str, int]) -> Told:
    """A server error counts when it comes a second time; any other refusal says nothing."""
    evidence = evidence_of(page.response)
    if page.response.status < SERVER_ERROR:
        silent = "unreadable-answer" if page.response.ok else "refused"
        return unknown(claim, failing(page.response) or silent, evidence, **values)
    again = look.resource.page(size=look.walk.size, step=step)
    evidence += evidence_of(again.response)
    if again.response.status < SERVER_ERROR:
        return unknown(claim, "inconclusive", evidence, **values)
    return no(claim, evidence, **values)


def _jump(look: ResourceLook, offset: int, number: int) -> Step | None:
    """The step to the page at that offset, or of that number, as the style has it; None where pages have neither."""
    pagination, size = look.profile.pagination, look.walk.size
    place = position(pagination, pagination.style) if pagination.style in NUMBERED else None
    if place is None:
        return None
    large = size_of(pagination)
    sized = ((large, size),) if large is not None and size is not None else ()
    return Step((*sized, (place, offset if pagination.style == "offset" else number)))


@probe("pagination.deep-page", scope="resource")
def deep_page(look: ResourceLook) -> Iterator[Told]:
    """Ask for the page behind ten thousand records, or behind the document's own limit, of a list that has more; twice, where nothing comes."""
    if not look.readable:
        return
    claim, total = "pagination.deep-page", look.first.total
    longest = max(1, *(len(page.records) for page in look.walk.pages))  # a size that was asked for may have been cut
    behind = min(DEEP, _declared_end(look, longest) or DEEP)
    step = _jump(look, behind, behind // longest + 1)
    if step is None or total is None:
        yield unknown(claim, "no-page-numbers" if step is None else "no-total")
        return
    if total <= behind + 2 * longest:  # the first page's number may be 0 or 1
        yield unknown(claim, "too-few-records", total=total)
        return
    tried = [look.resource.page(size=look.walk.size, step=step)]
    if not _brings_more(look, tried[0]):
        tried.append(look.resource.page(size=look.walk.size, step=step))
    status, came = tried[-1].response.status, _brings_more(look, tried[-1])
    values = {"behind": behind, "total": total, "status": status}
    told = whether(claim, came, evidence_of(*(one.response for one in tried)), **values)
    doubtful = status == TOO_MANY or status in FORBIDDEN or came != _brings_more(look, tried[0])
    yield unknown(claim, "inconclusive", told.evidence, **values) if doubtful else told


def _brings_more(look: ResourceLook, page: Page) -> bool:
    """Whether a page far down has records, and isn't the first one once more."""
    return bool(page.records) and page.records[:1] != look.first.records[:1]


def _declared_end(look: ResourceLook, longest: int) -> int | None:
    """The records before the first page that the document rules out by a largest offset or page number; None where it names none."""
    pagination = look.profile.pagination
    operation = look.system.api.operation(pagination.operation) if look.system.api and pagination.operation else None
    place = position(pagination, pagination.style) if pagination.style in NUMBERED else None
    if operation is None or place is None:
        return None
    said = next((one.schema.get("maximum") for one in operation.parameters if one.name == place.name), None)
    if not isinstance(said, int) or said <= 0:
        return None
    return said + 1 if pagination.style == "offset" else said * longest


@probe("page-size.honoured", "page-size.steady", scope="resource")
def page_size(look: ResourceLook) -> Iterator[Told]:
    """Was the first page as large as asked, within what the document allows? Ask for two records; and look whether a page of the walk was short while more came behind it."""
    if not look.readable:
        return
    most = look.profile.pagination.max_page_size
    if look.profile.pagination.style == "none" or not any(
        one.means == "size" for one in look.profile.pagination.params
    ):
        for claim in ("page-size.honoured", "page-size.steady"):
            yield unknown(claim, "not-declared")
        return
    available = look.first.total or len(look.first.records)
    if available <= FEW:
        for claim in ("page-size.honoured", "page-size.steady"):
            yield unknown(claim, "too-few-records")
        return
    yield _steady(look)
    large = min(most or 0, USUAL_SIZE)  # what the first page was asked for
    if look.first.next is not None and len(look.first.records) < min(large, available):
        evidence = evidence_of(look.first.response)
        yield no("page-size.honoured", evidence, asked=large, got=len(look.first.records), max=most)
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


def _steady(look: ResourceLook) -> Told:
    """Whether all pages but the last are as long as asked, or as the longest where the server gives fewer. A short one is asked for again."""
    claim, walked = "page-size.steady", look.walk
    pages = [page for page in walked.pages if page.next is None or not page.next.again]
    while pages and not pages[-1].records:
        pages.pop()
    if len(pages) < FEW:
        return unknown(claim, "one-page-only" if pages else "no-records", walked.evidence)
    longest = max(len(page.records) for page in pages)
    full = min(walked.size or longest, longest)
    short = next((page for page in pages[:-1] if len(page.records) < full), None)
    if short is None:
        return yes(claim, walked.evidence, full=full, pages=len(pages))
    before = walked.pages[short.number - 2] if short.number > 1 else None
    again = look.resource.page(size=walked.size, step=before.next if before else None)
    evidence = evidence_of(short.response, again.response)
    values = {"full": full, "got": len(short.records), "page": pages.index(short) + 1, "pages": len(pages)}
    if len(again.records) >= full or not again.response.ok:
        return unknown(claim, "inconclusive", evidence, **values)
    return no(claim, evidence, **values)
