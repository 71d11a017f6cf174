"""One answer out of counts over records: a claim, what it is about, and the counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from checker.model.finding import Answer


class Counted(NamedTuple):
    """An answer to a claim, with the counts that it rests on. Values never hold a record's own text: that may be personal."""

    claim: str
    answer: Answer
    values: Mapping[str, Any]


def holds(claim: str, good: bool, **values: Any) -> Counted:
    """Yes where it holds for all that was looked at, no where it doesn't."""
    return Counted(claim, Answer.YES if good else Answer.NO, values)


def open_(claim: str, reason: str, **values: Any) -> Counted:
    """Nothing follows from the records; `reason` is a code of `catalogue/reasons.yaml`."""
    return Counted(claim, Answer.UNKNOWN, {**values, "reason": reason})


def idle(claim: str) -> Counted:
    """The claim is about something that these records don't have."""
    return Counted(claim, Answer.NOT_APPLICABLE, {})


def some(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts that are any."""
    return {name: n for name, n in counts.items() if n}
