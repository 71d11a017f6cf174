"""When records were created or changed. Mutants: days in UTC instead of the system's zone, a clump of days that are merely busy, a stamp of the future drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checker.data.times import MOST_YEARS, times
from checker.model.figures import Clump, TimeFigures
from checker.model.profile import FieldRoles

READ = datetime(2026, 11, 27, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def created(stamps: list[Any], zone: ZoneInfo = BERLIN) -> TimeFigures:
    """The figures of records that were created at these times."""
    (found,) = times(FieldRoles(created="at"), [{"at": one} for one in stamps], zone, READ)
    return found


def test_each_known_field_is_told_by_its_role_and_an_unknown_one_is_not() -> None:
    """A stamp in two fields is one; a resource without such fields has no timeline."""
    record = {"at": "2026-01-02T03:04:05Z", "day": "2026-02-03", "time": "10:00:00"}
    found = times(FieldRoles(created="at", updated=["day", "time"]), [record], BERLIN, READ)
    assert [(one.role, one.name, one.counts) for one in found] == [
        ("created", "at", {"2026-01-02": 1}),
        ("updated", "day + time", {"2026-02-03": 1}),
    ]
    assert times(FieldRoles(), [record], BERLIN, READ) == ()


@pytest.mark.parametrize(
    ("last", "keys"),
    [
        ("2026-11-26", {"2026-11-20", "2026-11-26"}),
        ("2026-02-01", {"2026-02", "2026-11"}),
        ("2019-02-01", {"2019", "2026"}),
    ],
)
def test_the_unit_is_chosen_by_the_span(last: str, keys: set[str]) -> None:
    """Days within two months, months within five years, else years."""
    assert set(created(["2026-11-20", last]).counts) == keys


def test_a_stamp_falls_on_the_day_that_the_systems_clock_showed() -> None:
    """Half past eleven in the evening in UTC is the next day in Berlin."""
    assert created(["2026-06-01T23:30:00Z"]).counts == {"2026-06-02": 1}
    assert created(["2026-06-01T23:30:00Z"], ZoneInfo("UTC")).counts == {"2026-06-01": 1}


def test_what_is_no_time_and_what_lies_outside_is_counted_and_not_drawn() -> None:
    """Empty, unreadable, of the next years, of long ago."""
    found = created([None, "soon", "2031-01-01T00:00:00Z", "1850-05-05T00:00:00Z", "2026-05-05T00:00:00Z"])
    assert (found.without, found.later, found.earlier) == (2, 1, 1)
    assert found.counts == {"2026": 1}
    assert created([f"{2026 - MOST_YEARS + 1}-05-05", "2026-05-05"]).earlier == 0


def test_many_equal_stamps_are_a_clump_and_a_few_are_not() -> None:
    """Five of twenty records of one second are an import; four aren't, and neither are records that share no more than a day."""
    apart = [(READ - timedelta(days=n, seconds=n)).isoformat() for n in range(1, 16)]
    same = "2026-02-28T23:30:00Z"  # in Berlin it is March: the mark stands over that month's column
    found = created([*apart, *[same] * 5])
    assert found.clumps == (Clump(at="2026-03-01T00:30:00+01:00", records=5),)
    assert created([*apart, *[same] * 4]).clumps == ()


def test_a_day_is_a_clump_only_where_far_more_fall_on_it_than_usual() -> None:
    """Where stamps are days, all records of one day are no news; half of a year's on one day are."""
    assert created(["2026-03-01"] * 30).clumps == ()
    usual = [f"2026-{month:02}-{day:02}" for month in range(1, 10) for day in (3, 13, 23)]
    assert created([*usual, *["2026-03-01"] * 20]).clumps == (Clump(at="2026-03-01", records=20),)


def test_no_record_gives_empty_figures() -> None:
    """And nothing breaks."""
    assert created([]) == TimeFigures(role="created", name="at")
