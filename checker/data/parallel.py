"""Whether people change the same record in both systems within one interval, by the times of change of linked records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checker.data.across import Both
from checker.data.counted import Counted, holds, open_
from checker.data.volumes import ONLY_TEST
from checker.model.instants import read_instant
from checker.model.paths import get
from checker.model.sync import Row
from checker.project.sides import Side
from checker.project.types import seconds

PARALLEL = "parallel-edits.none"
INTERVAL = timedelta(
    minutes=5
)  # where the flow states no freshness: the shortest poll that design and checklist speak of
UTC = ZoneInfo("UTC")  # rows tell their times in it
SAME = timedelta(seconds=2)  # a first write that is stored in two steps is no change


def parallel_edits(both: Both, *, production: bool) -> Counted:
    """Linked records that were changed after their creation on both sides, within the flow's freshness of each other.

    Only the last change of each is seen, and an integration that already runs leaves the same trace as two people: the count is a hint of how
    many, not a proof of who. `production`: both sides' records are production's own.
    """
    times = [_changed(rows, side) for rows, side in ((both.left, both.view.left), (both.right, both.view.right))]
    if not both.matched.links:
        return open_(PARALLEL, "no-links")
    pairs = [
        (times[0][one.left], times[1][one.right])
        for one in both.matched.links
        if one.left in times[0] and one.right in times[1]
    ]
    if not pairs:
        return open_(PARALLEL, "no-timestamp")
    stated = both.view.flow.freshness
    interval = timedelta(seconds=seconds(stated)) if stated else INTERVAL
    at_once = sum(abs(left - right) <= interval for left, right in pairs)
    values = {"pairs": at_once, "of": len(pairs), "minutes": interval.total_seconds() / 60}
    return holds(PARALLEL, not at_once, **values) if production else open_(PARALLEL, ONLY_TEST, **values)


def _changed(rows: Iterable[Row], side: Side) -> Mapping[str, datetime]:
    """When each record was last changed, by id; without those that are as they were created."""
    born = side.profile.fields.created if side.profile else None
    found: dict[str, datetime] = {}
    for row in rows:
        at = read_instant(row.changed, UTC) if row.changed else None
        first = read_instant(get(row.values, born), UTC) if isinstance(born, str) else None
        if at is not None and (first is None or abs(at.at - first.at) > SAME):
            found[row.id] = at.at
    return found
