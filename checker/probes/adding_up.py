"""Sums: does the system work them out rightly for a document that is new?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.data.sums import sums
from checker.probes.base import Told, probe, unknown, whether
from checker.probes.touching import ResourceTouch

CLAIM = "write.sums-right"


@probe(CLAIM, scope="resource")
def totals(touch: ResourceTouch) -> Iterator[Told]:
    """Add the test document's amounts up in the way that it and those that are there show, where the system computed any of them.

    Some systems compute after they answered: the document is read until it adds up, or patience ends.
    """
    if not touch.born or touch.birth is None:
        yield from touch.left_open(CLAIM)
        return
    seen = touch.first_seen
    there = touch.look.first.records if touch.look.readable else []
    known = sums(touch.profile, [*([seen.record] if seen.record else []), *there])
    if known is None or all(one in touch.birth.body for one in known.fields):
        yield unknown(CLAIM, "no-sums" if known is None else "sums-sent", seen.evidence)
        return
    if known.wrong(seen.record or {}):
        seen = touch.seen(lambda record: known.wrong(record) is False)
    wrong = known.wrong(seen.record or {})
    if wrong is None:
        yield unknown(CLAIM, "no-sums", seen.evidence)
    else:
        yield whether(CLAIM, not wrong, seen.evidence, fields=list(known.fields), made=list(map(str, known.made)))
