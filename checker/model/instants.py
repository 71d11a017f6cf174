"""Instants as systems write them: which form, which zone, how fine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

# Epoch numbers of the years 2001 to 2100, in seconds and in milliseconds; others are taken for something else.
EPOCH_S = (978_307_200, 4_102_444_800)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_YEARS = frozenset({1, 9999})  # systems write them for "never"; in another zone they may not exist
EPOCH_DIGITS = 16  # more than milliseconds of that time have, and few enough for a double
ISO = re.compile(
    r"^(?P<date>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2}(?:[.,](?P<fraction>\d{1,9}))?)?)(?P<zone>Z|z|[+-]\d{2}:?\d{2})?)?$",
    re.ASCII,
)
DOTNET = re.compile(
    r"^/Date\((?P<ms>-?\d{1,14})(?P<zone>[+-]\d{4})?\)/$", re.ASCII
)  # Microsoft JSON date, as some accounting APIs write it
GERMAN = re.compile(
    r"^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?:[ T](?P<time>\d{1,2}:\d{2}(?::\d{2})?))?$", re.ASCII
)

FRIDAY = 4  # as date.weekday() counts


def working_day(day: date) -> date:
    """The day itself, or the Friday before the weekend that it falls on; holidays are not known here."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


@dataclass(frozen=True, slots=True)
class Instant:
    """One instant: aware, its form (rfc3339, naive, date, epoch_s, epoch_ms, dotnet, german), whether the text names its zone, and
    its finest digit (day, minute, second, millisecond, microsecond).
    """

    at: datetime
    form: str
    zoned: bool
    precision: str


def _fraction(digits: str | None) -> str:
    if not digits:
        return "second"
    return "millisecond" if len(digits) <= 3 else "microsecond"  # noqa: PLR2004 - digits of a millisecond


def _epoch(value: float) -> Instant | None:
    if not EPOCH_S[0] <= value <= EPOCH_S[1] * 1000:  # first, for a very long number can't be divided
        return None
    if EPOCH_S[0] <= value <= EPOCH_S[1]:
        return Instant(
            datetime.fromtimestamp(value, UTC),
            "epoch_s",
            True,
            "second" if float(value).is_integer() else "millisecond",
        )
    if EPOCH_S[0] <= value / 1000 <= EPOCH_S[1]:
        return Instant(datetime.fromtimestamp(value / 1000, UTC), "epoch_ms", True, "millisecond")
    return None


def _iso(match: re.Match[str], zone: ZoneInfo) -> Instant | None:
    time, fraction, offset = match["time"], match["fraction"], match["zone"]
    text = (
        match["date"] + (f"T{time.replace(',', '.')}" if time else "") + (offset or "").upper().replace("Z", "+00:00")
    )
    if fraction and len(fraction) > 6:  # noqa: PLR2004 - datetime keeps microseconds
        text = text.replace(fraction, fraction[:6])
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not time:
        return Instant(at.replace(tzinfo=zone), "date", False, "day")
    precision = _fraction(fraction) if time.count(":") > 1 else "minute"
    return Instant(at if offset else at.replace(tzinfo=zone), "rfc3339" if offset else "naive", bool(offset), precision)


def _german(match: re.Match[str], zone: ZoneInfo) -> Instant | None:
    hours, minutes, seconds = ([int(one) for one in (match["time"] or "0:0:0").split(":")] + [0])[:3]
    try:
        at = datetime(int(match["y"]), int(match["m"]), int(match["d"]), hours, minutes, seconds, tzinfo=zone)
    except ValueError:
        return None
    precision = "day" if not match["time"] else ("second" if match["time"].count(":") > 1 else "minute")
    return Instant(at, "german", False, precision)


def read_instant(value: Any, zone: ZoneInfo) -> Instant | None:
    """What a value says of an instant; None where it is none, or stands for "never" (the years 1 and 9999).

    Values without a zone are read in `zone`; [date, time] is one instant.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [str(one) for one in value if one not in (None, "")]
        return read_instant("T".join(parts), zone) if len(parts) == len(value) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _epoch(value)
    if not isinstance(value, str):
        return None
    found = _written(value.strip(), zone)
    return None if found is None or found.at.year in NO_YEARS else found


def _written(text: str, zone: ZoneInfo) -> Instant | None:
    if match := ISO.match(text):
        return _iso(match, zone)
    if match := DOTNET.match(text):
        return Instant(EPOCH + timedelta(milliseconds=int(match["ms"])), "dotnet", True, "millisecond")
    if match := GERMAN.match(text):
        return _german(match, zone)
    return _epoch(float(text)) if text.isascii() and text.isdigit() and len(text) <= EPOCH_DIGITS else None
