"""Inactive: does the way to set a record inactive that the project file states work in the system, and does it lead back?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.probes.alterations import same
from checker.probes.attempts import refused_by_rule, why_not
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.stamps import wait_for_next_unit
from checker.probes.touching import ResourceTouch
from checker.probes.writing import quoted, written_and_seen

CLAIM = "deactivate.accepted"


@probe(CLAIM, scope="resource")
def inactive(touch: ResourceTouch) -> Iterator[Told]:
    """Set the test record inactive as the project file says, read it, and set it back, so that it lives on as it was."""
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(CLAIM)
        return
    changes, before = touch.profile.deactivate, touch.latest
    if not changes or touch.profile.operations.update is None:
        yield unknown(CLAIM, "no-update-operation" if changes else "no-deactivation")
        return
    wait_for_next_unit(touch, before)
    written, seen = written_and_seen(touch, changes)
    values = {"field": ", ".join(changes), "status": written.response.status if written.response else None}
    if refused_by_rule(written):
        yield no(CLAIM, written.evidence, **values, outcome="not-inactive", message=quoted(touch, written))
        return
    if seen is None or seen.record is None:
        yield unknown(CLAIM, why_not(written), written.evidence, **values)
        return
    evidence = (*written.evidence, *seen.evidence)
    if not all(same(value, seen.record.get(name)) for name, value in changes.items()):
        yield no(CLAIM, evidence, **values, outcome="ignored")
        return
    back = touch.update({name: before.get(name) for name in changes})
    yield yes(CLAIM, (*evidence, *back.evidence), **values, outcome="came-back" if back.ok else "one-way")
