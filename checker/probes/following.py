"""Links to the next page, beside page numbers: does a walk that follows them see the same list, to its end?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from checker.client.links import next_link
from checker.client.pagination import Answer as Seen
from checker.errors import OriginError
from checker.model.finding import Answer
from checker.model.paths import get
from checker.probes.base import Told, no, not_applicable, probe, unknown, yes
from checker.probes.changes import spelling
from checker.probes.contexts import LARGE_PAGE, UNREADABLE, ResourceLook, Walk, walk
from checker.probes.filtering import answers, asked, failing, filters
from checker.resources.query import Query
from checker.resources.resource import NUMBERED, Resource

PARTS = 3  # pages that a narrowed walk is cut into
MOST = 6  # pages of it that are followed
SEVERAL = 3  # records that a narrowed walk has at least
CIRCLES = frozenset({"loop", "repeats"})

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a walk is narrowed by: the query, how many records it should bring, and whether a record belongs to them."""

    query: Query
    expected: int
    belongs: Callable[[Record], bool]


@probe("pagination.links-agree", scope="resource")
def links(look: ResourceLook) -> Iterator[Told]:
    """Follow the links of a narrowed list, where pages have numbers as well: nothing that the filter leaves out may come, and the links must lead
    to the end of the list, not back into it.
    """
    if not look.readable:
        return
    claim, linked = "pagination.links-agree", _linked(look)
    if linked is None:
        yield not_applicable(claim)
        return
    narrowing = _narrowing(look)
    try:
        told = _followed(look, linked, narrowing)
        if told.answer is Answer.NO:
            told = _certain(look, told, _followed(look, linked, narrowing), narrowing)
    except OriginError:
        told = unknown(claim, "other-origin")
    yield told


def _linked(look: ResourceLook) -> Resource | None:
    """The list, walked by the links that its answers have beside numbers of pages; None where it has no numbers, or no links."""
    pagination, first = look.profile.pagination, look.walk.pages[0]
    if pagination.style not in NUMBERED or first.stop in UNREADABLE or not first.response.ok:
        return None
    seen = Seen(first.response.json(), first.response.headers, first.response.url, first.records)
    places = dict.fromkeys((pagination.next_path, None))  # a profile's own may say that more comes, and not where
    for one in places:
        if "?" in (next_link(seen, one) or ""):
            return look.system.door(replace(look.profile, pagination=replace(pagination, style="link", next_path=one)))
    return None


def _narrowing(look: ResourceLook) -> Narrowing:
    """By what changed since the middle of the times, by a value that several records have, or not at all."""
    records, way = look.walk.records, look.profile.updated_since
    stamped = sorted((one for one in map(look.stamp, records) if one is not None), key=lambda one: one.at)
    if len(stamped) > 1 and way.supported:
        middle = stamped[len(stamped) - min(len(stamped) // 2, PARTS * _largest(look))]
        query = look.resource.since(middle.at, spelling(way, middle))
        later = sum(one.at >= middle.at for one in stamped)
        if query is not None and SEVERAL <= later < len(records):
            return Narrowing(query, later, lambda one: (at := look.stamp(one)) is not None and at.at >= middle.at)
    for param, name, value in filters(look):
        alike = sum(answers(get(one, name), value) for one in records)
        if alike >= SEVERAL:
            return Narrowing(asked(param, name, value), alike, _having(name, value))
    return Narrowing(Query(), len(records), lambda _one: True)


def _having(name: str, value: Any) -> Callable[[Record], bool]:
    return lambda one: answers(get(one, name), value)


def _largest(look: ResourceLook) -> int:
    return look.profile.pagination.max_page_size or LARGE_PAGE


def _walked(look: ResourceLook, resource: Resource, narrowing: Narrowing) -> Walk:
    size = min(-(-narrowing.expected // PARTS), _largest(look))
    return walk(resource, size, narrowing.query, MOST)


def _followed(look: ResourceLook, resource: Resource, narrowing: Narrowing) -> Told:
    claim, walked = "pagination.links-agree", _walked(look, resource, narrowing)
    first, *later = walked.pages
    strangers = sum(not narrowing.belongs(one) for page in later for one in page.records)
    refused = walked.stop == "status" and failing(walked.pages[-1].response) is None
    broken = refused and len(walked.records) < narrowing.expected  # a last link into nothing harms nobody
    values = {"pages": len(walked.pages), "strangers": strangers, "circle": walked.stop in CIRCLES, "broken": broken}
    if not first.response.ok or not first.records:
        return unknown(claim, "empty-answer" if first.response.ok else "refused", walked.evidence, **values)
    if not all(map(narrowing.belongs, first.records)):
        return unknown(claim, "filter-ignored", walked.evidence, **values)
    if strangers or values["circle"] or broken:
        return no(claim, walked.evidence, **values)
    if not later or not walked.ended:
        return unknown(claim, "walk-not-ended" if later else "one-page-only", walked.evidence, **values)
    return yes(claim, walked.evidence, **values)


def _certain(look: ResourceLook, told: Told, again: Told, narrowing: Narrowing) -> Told:
    """A no that came twice, where a walk by numbers has none of it; else the list is at fault, and not its links."""
    numbered = _walked(look, look.resource, narrowing)
    evidence = (*told.evidence, *again.evidence, *numbered.evidence)
    sound = numbered.ended and all(map(narrowing.belongs, numbered.records))
    if again.answer is Answer.NO and sound:
        return told._replace(evidence=evidence)
    return unknown(told.claim, "inconclusive", evidence, **told.values)
