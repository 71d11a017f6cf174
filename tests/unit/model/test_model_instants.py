"""Instants as systems write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checker.model.instants import read_instant

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-11-24T12:00:00Z", "rfc3339"),
        ("2026-11-24T13:00:00", "naive"),
        ("24.11.2026 13:00", "german"),
        ("/Date(1795521600000)/", "dotnet"),
        (1795521600, "epoch_s"),
        ("1795521600000", "epoch_ms"),
        (["2026-11-24", "13:00:00"], "naive"),
    ],
)
def test_one_instant_in_its_usual_spellings(value: Any, form: str) -> None:
    """Each is noon, read with the system's zone where it names none."""
    found = read_instant(value, BERLIN)
    assert found is not None
    assert (found.at, found.form) == (NOON, form)


@pytest.mark.parametrize(
    "value",
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        f"/Date({'9' * 30})/",
        "9" * 400,
        10**400,
        float("inf"),
        "31.02.2026 25:61",
        True,
        None,
        [[1]],
        {"a": 1},
    ],
)
def test_what_is_no_instant_or_stands_for_never_is_none(value: Any) -> None:
    """Nothing that a system may write breaks the reader: neither a date beyond all calendars nor .NET's first day."""
    assert read_instant(value, BERLIN) is None
