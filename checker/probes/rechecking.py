"""Rules at a change: does a value that a create was refused for get in by the back door?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.paths import get
from checker.probes.alterations import same
from checker.probes.attempts import held_off, why_not
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.breaking import Fault
from checker.probes.formats import wrong_day, wrong_format, wrong_type
from checker.probes.rules import option, too_long
from checker.probes.touching import ResourceTouch
from checker.probes.writing import quoted, written_and_seen

CLAIM = "write.rules-hold-on-update"


@probe(CLAIM, scope="resource")
def recheck(touch: ResourceTouch) -> Iterator[Told]:
    """Change one field of the test record to what a create was refused for; where that is taken, it is put right again."""
    if not touch.born or touch.birth is None:
        yield from touch.left_open(CLAIM)
        return
    fault = _refused(touch)
    if fault is None or touch.profile.operations.update is None:
        yield unknown(CLAIM, "no-update-operation" if fault is not None else "no-refusal")
        return
    if touch.changed is None:  # no good change was taken so far: a refusal would say nothing
        yield unknown(CLAIM, "control-refused")
        return
    before, wrong = touch.latest.get(fault.field), get(fault.broken({}), fault.field)
    written, seen = written_and_seen(touch, {fault.field: wrong})
    values = {"field": fault.field, "status": written.response.status if written.response else None}
    if held_off(written):
        yield yes(CLAIM, written.evidence, **values, message=quoted(touch, written))
        return
    if seen is None or seen.record is None:
        yield unknown(CLAIM, why_not(written), written.evidence, **values)
        return
    now, evidence = seen.record.get(fault.field), (*written.evidence, *seen.evidence)
    if same(before, now):  # some fields are never changed again, and say nothing
        yield unknown(CLAIM, "change-without-effect", evidence, **values)
        return
    yield no(CLAIM, evidence, **values, outcome="stored" if same(wrong, now) else "changed")
    written_and_seen(touch, {fault.field: before})


def _refused(touch: ResourceTouch) -> Fault | None:
    """A wrong value of a plain field that a create was refused for."""
    kept = {*touch.bodies.unique, *touch.bodies.references}
    found = (make(touch) for make in (option, too_long, wrong_format, wrong_day, wrong_type))
    plain = (one for one in found if one is not None and touch.profile.at_top(one.field) and one.field not in kept)
    return next((one for one in plain if (one.claim, one.field) in touch.enforced and one.field in touch.latest), None)
