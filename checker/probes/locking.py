"""Locking: is a change refused that rests on an outdated version? The version is an entity tag (RFC 9110, 13.1.1: If-Match), or a field that the
document has for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.stamps import plain_change
from checker.probes.touching import ResourceTouch
from checker.resources.outcomes import Written

CLAIM = "write.lock-honoured"
REFUSED = frozenset({409, 412, 428})  # a conflict, or the condition did not hold
TIMES = 2  # a single success could be luck


@probe(CLAIM, scope="resource")
def lock(touch: ResourceTouch) -> Iterator[Told]:
    """Change the test record with the version that it had before another change; then with the one that it has now."""
    if not touch.born or touch.profile.operations.update is None or touch.profile.operations.read is None:
        yield from touch.left_open(CLAIM) if not touch.born else (unknown(CLAIM, "no-update-operation"),)
        return
    # A record that came without a tag at its first read has none.
    shown = touch.lock_field is not None or touch.first_seen.response.headers.get("etag") is not None
    old = _version(touch) if shown else None
    if old is None:
        yield unknown(CLAIM, "no-version-shown")
        return
    changed = touch.update(plain_change(touch))
    if not changed.ok or _version(touch) == old:
        yield unknown(CLAIM, "refused" if not changed.ok else "version-stays", changed.evidence)
        return
    tried: list[Written] = []
    for _ in range(TIMES):
        tried.append(_conditional(touch, old))
        if not tried[-1].ok:
            break
    yield _judged(touch, tried, old)


def _judged(touch: ResourceTouch, tried: list[Written], old: Any) -> Told:
    """What outdated versions met; a refusal counts only where the version of now is let through."""
    evidence = tuple(key for one in tried for key in one.evidence)
    status = tried[-1].response.status if tried[-1].response else None
    if all(one.ok for one in tried):
        if touch.lock_field is not None and _version(touch) == old:  # it took what was sent: a field like any other
            return unknown(CLAIM, "no-version-shown", evidence, status=status)
        return no(CLAIM, evidence, status=status, header=_named(touch))
    if status not in REFUSED:
        return unknown(CLAIM, "refused", evidence, status=status)
    now = _version(touch)
    fresh = _conditional(touch, now) if now is not None else None
    if fresh is None or not fresh.ok:
        return unknown(CLAIM, "version-never-taken", (*evidence, *(fresh.evidence if fresh else ())), status=status)
    return yes(CLAIM, (*evidence, *fresh.evidence), status=status, header=_named(touch))


def _named(touch: ResourceTouch) -> str:
    return touch.lock_field or "ETag"


def _version(touch: ResourceTouch) -> Any:
    """The record's version: the field that names it, else its entity tag (a weak one as it came, which some systems take); None without either."""
    single = touch.resource.read(touch.id or "")
    if touch.lock_field is not None:
        return (single.record or {}).get(touch.lock_field)
    return single.response.headers.get("etag")


def _conditional(touch: ResourceTouch, version: Any) -> Written:
    """The change that rests on this version."""
    if touch.lock_field is not None:
        return touch.update({**plain_change(touch), touch.lock_field: version})
    return touch.writer.update(touch.resource, touch.id or "", plain_change(touch), condition=version)
