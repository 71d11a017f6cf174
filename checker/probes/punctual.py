"""Punctuality: is the changed time of a record that was just created the time at which that was, or that of another zone?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checker.client.ratelimit import http_date
from checker.probes.base import Told, no, not_applicable, probe, unknown, yes
from checker.probes.stamps import NEXT_UNIT
from checker.probes.touching import ResourceTouch

CLAIM = "timestamp.in-step"
SLACK = timedelta(minutes=5)  # in which a system may set the time before or after it answers
STEP = timedelta(minutes=15)  # by multiples of which zones differ
CLOSE = timedelta(minutes=2)  # to such a multiple: another clock, or another kind of time, is hardly ever that close
FARTHEST = timedelta(hours=14) + CLOSE  # that a zone is from UTC


@probe(CLAIM, scope="resource")
def punctual(touch: ResourceTouch) -> Iterator[Told]:
    """Hold the new record's changed time, read in its own zone or in the system's, against its clock and ours when it answered the create.

    Whole hours beside it are those of another zone: a local time that says it is UTC, or a zone that the project file has wrong.
    """
    written = touch.birth.written.response if touch.birth is not None else None
    record = touch.first_seen.record if touch.born else None
    if record is None or written is None:
        yield from touch.left_open(CLAIM)
        return
    evidence = (*touch.birth.evidence, *touch.first_seen.evidence) if touch.birth is not None else ()
    stamp = touch.look.stamp(record)
    if stamp is None:
        yield unknown(CLAIM, "no-timestamp" if touch.profile.fields.updated else "no-timestamp-field", evidence)
        return
    if stamp.precision not in NEXT_UNIT:
        yield not_applicable(CLAIM)
        return
    clocks = (http_date(written.headers.get("date", "")), written.received)  # of a wrong one `clock.in-step` speaks
    off = min((stamp.at - one for one in clocks if one is not None), key=abs)
    name = touch.profile.fields.updated
    shown = " + ".join(name) if isinstance(name, list) else name
    values = {"field": shown, "minutes": round(off / timedelta(minutes=1))}
    if abs(off) <= SLACK:
        yield yes(CLAIM, evidence, **values)
    elif abs(off) <= FARTHEST and abs(off - STEP * round(off / STEP)) <= CLOSE:
        yield no(CLAIM, evidence, **values)
    else:
        yield unknown(CLAIM, "inconclusive", evidence, **values)
