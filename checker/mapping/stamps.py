"""Lenses over instants: zones, and a stamp in one field or two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from checker.mapping.lens import Lens, Untranslatable, is_empty, text_of
from checker.model.instants import read_instant

_DAY_AND_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ](?P<time>[0-9]{2}:[0-9]{2}[0-9:.,]*(?:Z|[+-][0-9:]+)?))?"
)
"""As ISO 8601 and databases write it: a day, and after T or a space a time with or without a zone."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A zoned instant ↔ the naive local time of the right side, in seconds. The hour that a clock change repeats or leaves out is untranslatable."""

    left: ZoneInfo
    right: ZoneInfo

    def there(self, value: Any) -> Any:
        """Local time without a zone: 2026-11-23T10:00:00."""
        local = _instant(value, self.left).astimezone(self.right)
        if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
            raise Untranslatable(value, "hour-twice")
        return local.replace(tzinfo=None).isoformat(timespec="seconds")

    def back(self, value: Any) -> Any:
        """The instant in UTC: 2026-11-23T09:00:00Z."""
        at = _instant(value, self.right)
        again = at.astimezone(UTC).astimezone(self.right)
        if at.tzinfo is self.right and again.replace(tzinfo=None) != at.replace(tzinfo=None):
            raise Untranslatable(value, "no-such-hour")
        if at.tzinfo is self.right and at.utcoffset() != at.replace(fold=1).utcoffset():
            raise Untranslatable(value, "hour-twice")
        return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(value: Any, zone: ZoneInfo) -> datetime:
    found = read_instant(value, zone)
    if found is None:
        raise Untranslatable(value, "no-instant")
    return found.at


@dataclass(frozen=True, slots=True)
class DateAndTime:
    """A stamp in one field ↔ its day and its time in two: 2026-11-23T10:00:00 ↔ [2026-11-23, 10:00:00].

    What is not written as a day and a time is untranslatable: cutting "+49 30 1234567" at its space would tell two values where there is one.
    """

    def there(self, value: Any) -> Any:
        """(day, time); a day alone has no time."""
        written = _DAY_AND_TIME.fullmatch(text_of(value).strip())
        if written is None:
            raise Untranslatable(value, "no-instant")
        return written["day"], written["time"]

    def back(self, value: Any) -> Any:
        """Both as one."""
        if not isinstance(value, tuple) or len(value) != 2 or is_empty(value[0]):  # noqa: PLR2004 - day and time
            raise Untranslatable(value, "no-instant")
        day, time = (None if is_empty(part) else text_of(part).strip() for part in value)
        joined = f"{day}" if time is None else f"{day}T{time}"
        if _DAY_AND_TIME.fullmatch(joined) is None:
            raise Untranslatable(value, "no-instant")
        return joined


@dataclass(frozen=True, slots=True)
class TurnedRound:
    """Another lens, its sides exchanged."""

    lens: Lens

    def there(self, value: Any) -> Any:
        """The other's way back."""
        return self.lens.back(value)

    def back(self, value: Any) -> Any:
        """The other's way there."""
        return self.lens.there(value)
