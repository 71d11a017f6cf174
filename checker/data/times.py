"""When records were created or changed: counts by day, month or year, and clumps of equal stamps. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from checker.model.figures import Clump, TimeFigures
from checker.model.instants import Instant, read_instant
from checker.model.paths import written
from checker.model.profile import FieldRoles

MOST_DAYS, MOST_MONTHS, MOST_YEARS = 62, 60, 60  # bars of one picture
MONTHS = 12
AHEAD = timedelta(days=1)  # a zone that is told wrongly moves stamps by less
CLUMP, CLUMP_SHARE = 5, 0.1  # equal stamps that are no accident: that many records, and that share of all
CLUMP_OF_DAYS = 3  # times as many as fall on a day on average, where stamps are mere days
MOST_CLUMPS = 5
DAY, MONTH, YEAR = 10, 7, 4  # letters of an ISO 8601 day that name the unit


def times(
    roles: FieldRoles, records: Collection[Mapping[str, Any]], zone: ZoneInfo, read: datetime
) -> tuple[TimeFigures, ...]:
    """Of the roles created and updated, each that the resource has a field for. `read`: when the records were read."""
    found = (("created", roles.created), ("updated", roles.updated))
    return tuple(_of_field(role, name, records, zone, read) for role, name in found if name is not None)


def _of_field(
    role: str, name: str | list[str], records: Collection[Mapping[str, Any]], zone: ZoneInfo, read: datetime
) -> TimeFigures:
    told = [one for record in records if (one := read_instant(written(record, name), zone)) is not None]
    past = [one for one in told if one.at <= read + AHEAD]
    days = [one.at.astimezone(zone).date() for one in past]
    counts, earlier = _counts(days)
    return TimeFigures(
        role=role,
        name=name if isinstance(name, str) else " + ".join(name),
        counts=counts,
        without=len(records) - len(told),
        earlier=earlier,
        later=len(told) - len(past),
        clumps=_clumps(past, days, zone),
    )


def _counts(days: Sequence[date]) -> tuple[dict[str, int], int]:
    """Records by the smallest unit that a picture has room for; and how many lie before the oldest year that it shows."""
    if not days:
        return {}, 0
    first, last = min(days), max(days)
    if (last - first).days < MOST_DAYS:
        return _by(days, DAY), 0
    if (last.year - first.year) * MONTHS + last.month - first.month < MOST_MONTHS:
        return _by(days, MONTH), 0
    shown = [one for one in days if one.year > last.year - MOST_YEARS]
    return _by(shown, YEAR), len(days) - len(shown)


def _by(days: Iterable[date], unit: int) -> dict[str, int]:
    return dict(sorted(Counter(one.isoformat()[:unit] for one in days).items()))


def _clumps(stamps: Sequence[Instant], days: Sequence[date], zone: ZoneInfo) -> tuple[Clump, ...]:
    """Stamps that are equal to their last digit in many records, the largest first; told to the second, or to the day."""
    if not stamps:
        return ()
    least = max(CLUMP, CLUMP_SHARE * len(stamps))
    per_day = CLUMP_OF_DAYS * len(days) / ((max(days) - min(days)).days + 1)
    counts = Counter((day.isoformat(), one.at, one.precision == "day") for one, day in zip(stamps, days, strict=True))
    found = [(n, day, at, coarse) for (day, at, coarse), n in counts.items() if n >= least]
    large = [
        (n, day if coarse else at.astimezone(zone).isoformat(timespec="seconds"))
        for n, day, at, coarse in found
        if not coarse or n >= per_day
    ]
    return tuple(Clump(at=at, records=n) for n, at in sorted(large, key=lambda one: (-one[0], one[1]))[:MOST_CLUMPS])
