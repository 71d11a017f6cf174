"""Locking: is a change refused that rests on an outdated version (RFC 9110, 13.1.1: If-Match with an entity tag)?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.stamps import plain_change
from checker.probes.touching import ResourceTouch
from checker.resources.outcomes import Written

CLAIM = "write.lock-honoured"
REFUSED = frozenset({409, 412, 428})  # a conflict, or the condition did not hold
TIMES = 2  # a single success could be luck


@probe(CLAIM, scope="resource")
def lock(touch: ResourceTouch) -> Iterator[Told]:
    """Change the test record with the entity tag that it had before another change; then with the one that it has now."""
    if not touch.born or touch.profile.operations.update is None or touch.profile.operations.read is None:
        yield from touch.left_open(CLAIM) if not touch.born else (unknown(CLAIM, "no-update-operation"),)
        return
    # A record that came without one at its first read has none.
    old = _tag(touch) if touch.first_seen.response.headers.get("etag") else None
    if old is None:
        yield unknown(CLAIM, "no-version-shown")
        return
    changed = touch.update(plain_change(touch))
    if not changed.ok or _tag(touch) == old:
        yield unknown(CLAIM, "refused" if not changed.ok else "version-stays", changed.evidence)
        return
    tried: list[Written] = []
    for _ in range(TIMES):
        tried.append(_conditional(touch, old))
        if not tried[-1].ok:
            break
    yield _judged(touch, tried)


def _judged(touch: ResourceTouch, tried: list[Written]) -> Told:
    """What outdated versions met; a refusal counts only where the version of now is let through."""
    evidence = tuple(key for one in tried for key in one.evidence)
    status = tried[-1].response.status if tried[-1].response else None
    if all(one.ok for one in tried):
        return no(CLAIM, evidence, status=status, header="ETag")
    if status not in REFUSED:
        return unknown(CLAIM, "refused", evidence, status=status)
    now = _tag(touch)
    fresh = _conditional(touch, now) if now is not None else None
    if fresh is None or not fresh.ok:
        return unknown(CLAIM, "version-never-taken", (*evidence, *(fresh.evidence if fresh else ())), status=status)
    return yes(CLAIM, (*evidence, *fresh.evidence), status=status, header="ETag")


def _tag(touch: ResourceTouch) -> str | None:
    """The record's entity tag; a weak one is sent as it came, which some systems take."""
    return touch.resource.read(touch.id or "").response.headers.get("etag")


def _conditional(touch: ResourceTouch, tag: str) -> Written:
    return touch.writer.update(touch.resource, touch.id or "", plain_change(touch), condition=tag)
