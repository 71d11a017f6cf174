"""Shifting: does a walk that was under way while a record was deleted still bring all the others?

Pages with numbers move up when a record before them goes: the next page begins one record too late, and every system that counts pages does
that. It is known without asking, so it would be an alarm that says nothing; such a walk is left open with that reason, which lowers nothing. A
cursor promises that it doesn't happen. One that is a position in disguise breaks the promise, and nobody sees it: no record comes twice, and the
total fits.

The record that is deleted is the one whose delete is tried anyway; the walk begins right before it, over what changed since that record was
created where the list holds records of others. The last record of the first page stays, for some cursors are refused once the record is gone
that they point behind: that breaks a walk for all to see.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.probes.base import Told, probe, unknown, whether
from checker.probes.contexts import evidence_of
from checker.probes.touching import ResourceTouch
from checker.resources.query import Query
from checker.resources.resource import Page

CLAIM = "list.complete-while-changing"
PROMISING = frozenset({"cursor", "since_id"})
SMALL, LARGER = 2, 3  # records on a page: as the walk begins, and as the list is looked at anew


@probe(CLAIM, scope="resource")
def shifted(touch: ResourceTouch) -> Iterator[Told]:
    """Walk on after a record of the first page was deleted: what follows the last one of that page in the list has to come."""
    if touch.birth is None or not touch.birth.written.ok or touch.walk is None:
        yield from _not_begun(touch)
        return
    page, query = touch.walk
    first, evidence = _ids(touch, page), evidence_of(page.response)
    if touch.id not in first[:-1] or page.next is None:
        yield unknown(CLAIM, "not-on-first-page", evidence)
        return
    second = touch.resource.page(query, size=SMALL, step=page.next)
    anew = touch.resource.page(query, size=LARGER)
    evidence += evidence_of(second.response, anew.response)
    ids = _ids(touch, anew)
    if not (second.response.ok and anew.response.ok):
        yield unknown(CLAIM, "walk-not-ended", evidence)
    elif not touch.gone or touch.id in ids:
        yield unknown(CLAIM, "still-there", evidence)
    elif first[-1] not in ids[:-1]:
        yield unknown(CLAIM, "inconclusive", evidence)
    else:
        yield whether(CLAIM, ids[ids.index(first[-1]) + 1] in _ids(touch, second), evidence)


def begin(touch: ResourceTouch) -> tuple[Page, Query | None] | None:
    """The first page of a walk whose style promises to stay whole; None where there is no such walk to begin."""
    if touch.profile.pagination.style not in PROMISING:
        return None
    query = None
    if not touch.look.readable or touch.look.first.records:
        stamp = touch.look.stamp(touch.first_seen.record or {})
        query = touch.resource.since(stamp.at) if stamp is not None else None
        if query is None:
            return None
    return touch.resource.page(query, size=SMALL), query


def _not_begun(touch: ResourceTouch) -> Iterator[Told]:
    if touch.birth is None or not touch.birth.written.ok:
        yield from touch.left_open(CLAIM)
    elif touch.profile.operations.delete is None:
        yield unknown(CLAIM, "no-delete-operation")
    else:
        known = touch.profile.pagination.style in PROMISING
        yield unknown(CLAIM, "not-on-first-page" if known else "numbered-pages")


def _ids(touch: ResourceTouch, page: Page) -> list[str | None]:
    return [touch.resource.id_of(one) for one in page.records]
