"""Whether people change the same record in both systems within one interval, by the times of change of linked records. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checker.data.across import Both, of_pairs
from checker.data.counted import Counted, holds, open_
from checker.data.volumes import ONLY_TEST
from checker.model.instants import read_instant
from checker.model.paths import get
from checker.model.sync import Link, Row
from checker.project.sides import Side
from checker.project.types import seconds

PARALLEL = "parallel-edits.none"
INTERVAL = timedelta(
    minutes=5
)  # where the flow states no freshness: the shortest poll that design and checklist speak of
UTC = ZoneInfo("UTC")  # rows tell their times in it
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
SAME = timedelta(seconds=2)  # a first write that is stored in two steps is no change


def parallel_edits(both: Both, *, production: bool) -> Counted:
    """Linked records that were changed after their creation on both sides, within the flow's freshness of each other.

    Only the last change of each is seen, and an integration that already runs leaves the same trace as two people: the count is a hint of how
    many, not a proof of who. `production`: both sides' records are production's own.
    """
    if not both.matched.links:
        return open_(PARALLEL, "no-links")
    told = (_changed(both.view.left), _changed(both.view.right))
    gaps = array("q", (abs(left - right) for left, right in of_pairs(both.matched.links, both, *told)))
    if not gaps:
        return open_(PARALLEL, "no-timestamp")
    stated = both.view.flow.freshness
    interval = timedelta(seconds=seconds(stated)) if stated else INTERVAL
    at_once = sum(one <= interval // MICROSECOND for one in gaps)
    values = {"pairs": at_once, "of": len(gaps), "minutes": interval.total_seconds() / 60}
    return holds(PARALLEL, not at_once, **values) if production else open_(PARALLEL, ONLY_TEST, **values)


def _changed(side: Side) -> Callable[[Row, Link], int | None]:
    """When a record was last changed, in microseconds; nothing of one that is as it was created."""
    born = side.profile.fields.created if side.profile else None

    def told(row: Row, _: Link) -> int | None:
        at = read_instant(row.changed, UTC) if row.changed else None
        first = read_instant(get(row.values, born), UTC) if isinstance(born, str) else None
        if at is None or (first is not None and abs(at.at - first.at) <= SAME):
            return None
        return (at.at - EPOCH) // MICROSECOND

    return told
