"""Deleting again: is it told that a record is gone? A run that got no answer to its first delete asks a second time."""

from __future__ import annotations

from collections.abc import Iterator

from checker.probes.attempts import NO_RULE, SERVER_ERROR, why_not
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.touching import ResourceTouch

CLAIM = "delete.again-told"
TIMES = 2  # a single server error may have been anything
GONE = 404  # says nothing of a body, and all of a record


@probe(CLAIM, scope="resource")
def again(touch: ResourceTouch) -> Iterator[Told]:
    """Delete the test record that is deleted once more: any answer but a server error will do."""
    if touch.birth is None or not touch.gone:
        open_ = touch.birth is not None and touch.born
        yield unknown(CLAIM, "delete-refused" if open_ else touch.barred)
        return
    evidence: tuple[str, ...] = ()
    for _ in range(TIMES):
        written = touch.writer.delete(touch.resource, touch.id or "")
        evidence += written.evidence
        status = written.response.status if written.response else None
        if status is None or (status in NO_RULE and status != GONE):
            yield unknown(CLAIM, why_not(written), evidence, status=status)
            return
        if status < SERVER_ERROR:
            yield yes(CLAIM, evidence, status=status)
            return
    yield no(CLAIM, evidence, status=status)
