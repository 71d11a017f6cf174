"""Idling: does a change that changes nothing look like one?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.paths import MISSING, get
from checker.probes.attempts import why_not
from checker.probes.base import Told, probe, unknown, whether
from checker.probes.stamps import NEXT_UNIT, plain_change, wait_for_next_unit
from checker.probes.touching import ResourceTouch

CLAIM = "timestamp.still-on-same"


@probe(CLAIM, scope="resource")
def same_again(touch: ResourceTouch) -> Iterator[Told]:
    """Write the value that a field of the test record has already, a unit of its stamps after all else."""
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(CLAIM)
        return
    if touch.profile.operations.update is None:
        yield unknown(CLAIM, "no-update-operation")
        return
    held = touch.latest  # as it was read last, by the probe before
    name = next((one for one in plain_change(touch) if get(held, one, MISSING) is not MISSING), None)
    before = touch.look.stamp(held)
    if name is None or before is None or before.precision not in NEXT_UNIT:
        why = "no-free-text" if name is None else "no-timestamp" if before is None else "stamp-too-coarse"
        yield unknown(CLAIM, why, precision=before.precision if before else None)
        return
    wait_for_next_unit(touch, held)
    written = touch.update({name: held[name]})
    told = touch.look.stamp(written.record or {})
    # Some answers show a stamp more finely than records do: that would be another one.
    alike = told is not None and told.precision == before.precision
    after = None if alike else touch.seen_once(touch.id or "")
    stamp = told if after is None else touch.look.stamp(after.record or {})
    evidence = (*written.evidence, *(after.evidence if after is not None else ()))
    if not written.ok or stamp is None:
        yield unknown(CLAIM, "no-timestamp" if written.ok else why_not(written), evidence)
        return
    yield whether(CLAIM, stamp.at == before.at, evidence, field=name)
