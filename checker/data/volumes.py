"""How much there is, how often it changes and who changes it, counted from records. Pure.

Only production's own records say this of production: a test system's count is told beside the question that stays open.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from checker.data.counted import Counted, holds, open_
from checker.data.laid import Again
from checker.data.quality import Sample, filled
from checker.model.instants import read_instant
from checker.model.paths import written
from checker.profiles.field_names import says_who
from checker.profiles.names import words

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
WINDOW = timedelta(days=31)  # a month holds one closing
FEWEST_DAYS = 5  # different days of change, fewer than which make no rate
ONLY_TEST = "test-system-only"
# Words by which users of interfaces are called, as a consultant would read them
PROGRAMS = frozenset({"api", "integration", "import", "importer", "sync", "connector", "interface", "schnittstelle", "webservice", "bot", "job", "batch", "middleware", "service", "etl", "edi"})  # fmt: skip

WRITER_CLAIMS = ("changed-by.single-writer", "changed-by.programs-named")
VOLUME_CLAIMS = ("volume.counted", "change-rate.measured", *WRITER_CLAIMS)


def volumes(sample: Sample) -> Iterator[Counted]:
    """All claims about how much there is of one resource, and how it moves."""
    yield _counted(sample)
    yield _rate(sample)
    yield from _writers(sample)


def _counted(sample: Sample) -> Counted:
    claim = "volume.counted"
    if not sample.records:
        return open_(claim, "no-records")
    values: dict[str, Any] = {"records": len(sample.records)}
    if not sample.whole:
        return open_(claim, "not-all-read", **values)
    born = instants(sample, sample.profile.fields.created)
    newest = max(born, default=None)
    if newest is not None:
        values["new_last_month"] = sum(one > newest - WINDOW for one in born)
    return holds(claim, good=True, **values) if sample.production else open_(claim, ONLY_TEST, **values)


def instants(sample: Sample, name: str | list[str] | None) -> Collection[datetime]:
    """The times that stand in a field, or in two that hold day and time; in the system's zone where none is written."""
    records = sample.records if name else ()
    found = Again(lambda: (read_instant(written(record, name), sample.zone) for record in records))
    return Again(lambda: (one.at for one in found if one is not None))


def _rate(sample: Sample) -> Counted:
    """Records by the day of their last change, in the last month that the records tell of. A record that was changed twice counts once."""
    claim, name = "change-rate.measured", sample.profile.fields.updated
    if name is None:
        return open_(claim, "no-timestamp-field")
    values = rate(instants(sample, name))
    if values is None:
        return open_(claim, "no-timestamp" if sample.records else "no-records")
    if not sample.production:
        return open_(claim, ONLY_TEST, **values)
    if not sample.whole:
        return open_(claim, "not-all-read", **values)
    if values["days"] < FEWEST_DAYS:
        return open_(claim, "too-few-days", **values)
    return holds(claim, good=True, **values)


def rate(found: Collection[datetime]) -> Mapping[str, int] | None:
    """Changes in the month before the newest: of the busiest day and hour, on average a day, and the most that share one instant; None without any.

    The least that changed: who was changed several times is seen once. Days without a change count in the average.
    """
    newest = max(found, default=None)
    if newest is None:
        return None
    days, hours, stamps = Counter[date](), Counter[datetime](), array("q")
    for one in (each.astimezone(UTC) for each in found if each > newest - WINDOW):
        days[one.date()] += 1
        hours[one.replace(minute=0, second=0, microsecond=0)] += 1
        stamps.append((one - EPOCH) // MICROSECOND)
    span = max(1, (max(days) - min(days)).days + 1)
    return {
        "per_day": -(-len(stamps) // span),
        "busiest_day": max(days.values()),
        "busiest_hour": max(hours.values()),
        "at_once": max(sum(1 for _ in equal) for _, equal in groupby(sorted(stamps))),
        "days": len(days),
        "of": len(stamps),
    }


def _writers(sample: Sample) -> Iterator[Counted]:
    """Whether the field that names who changed a record names one writer, or one that is called like a program."""
    single, programs = WRITER_CLAIMS
    name = next((one for record in sample.records for one in record if says_who(one)), None)
    who = Counter(str(one) for one in filled(sample.records, name) if isinstance(one, str | int))
    values = {"field": name, "writers": len(who), "of": len(sample.records)}
    by_program = sum(many for one, many in who.items() if PROGRAMS & set(words(one)))
    if by_program:
        yield holds(single, good=False, **values, programs=by_program)
        yield holds(programs, good=True, **values, programs=by_program)
        return
    reason = (
        "no-records" if not sample.records else "writers-not-shown" if sum(who.values()) < len(sample.records) else None
    )
    yield open_(programs, reason or "no-program", **values)
    if reason is None and len(who) == 1 and sample.production:
        yield holds(single, good=True, **values)
    else:
        yield open_(single, reason or ("several-writers" if len(who) > 1 else ONLY_TEST), **values)
