"""Retry-After and the families of RateLimit headers (acceptance B18)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.client.messages import Headers
from checker.client.ratelimit import RateLimitSeen, read_rate_limit

NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
DATE = ("Date", "Tue, 24 Nov 2026 10:00:00 GMT")


def seen(*headers: tuple[str, str]) -> RateLimitSeen:
    """What these headers say; the answer came at NOW by our clock."""
    found = read_rate_limit(Headers(headers), NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "wait", "sense"),
    [
        ("0", 0.0, True),
        ("7", 7.0, True),
        (" 120 ", 120.0, True),
        ("1.5", 1.5, True),
        ("Tue, 24 Nov 2026 10:00:30 GMT", 30.0, True),
        ("Tuesday, 24-Nov-26 10:00:30 GMT", 30.0, True),
        ("Tue Nov 24 10:00:30 2026", 30.0, True),
        ("Tue, 24 Nov 2026 09:00:00 GMT", 0.0, False),
        ("-5", 0.0, False),
        ("1000000000", None, False),
        ("1e9", None, False),
        ("", None, False),
        ("soon", None, False),
        ("٣٠", None, False),
        ("Tue, 99 Nov 2026 10:00:30 GMT", None, False),
        ("9" * 400, None, False),
        ("30 seconds", None, False),
    ],
)
def test_retry_after_is_read_or_called_nonsense(value: str, wait: float | None, sense: bool) -> None:
    """Seconds and dates are understood; anything else counts as absent and is reported."""
    told = seen(("Retry-After", value), DATE)
    assert told.retry_after_s == wait
    assert bool(told.nonsense) is not sense


def test_of_two_waits_the_longer_counts() -> None:
    """Never earlier than asked, by whichever header asks for more."""
    assert seen(("Retry-After", "3"), ("Retry-After", "9")).retry_after_s == 9.0


def test_dates_are_seen_from_the_servers_clock() -> None:
    """A server whose clock is an hour ahead asks for thirty seconds, not for an hour."""
    ahead = (("Date", "Tue, 24 Nov 2026 11:00:00 GMT"), ("Retry-After", "Tue, 24 Nov 2026 11:00:30 GMT"))
    assert seen(*ahead).retry_after_s == 30.0
    assert seen(ahead[1]).retry_after_s == 3630.0


@pytest.mark.parametrize(
    ("headers", "limit", "remaining", "reset", "window"),
    [
        ({"RateLimit-Limit": "100", "RateLimit-Remaining": "5", "RateLimit-Reset": "30"}, 100, 5, 30, None),
        ({"RateLimit-Limit": "100, 100;w=60", "RateLimit-Remaining": "5", "RateLimit-Reset": "30"}, 100, 5, 30, 60),
        ({"RateLimit": "limit=100, remaining=5, reset=30", "RateLimit-Policy": "100;w=60"}, 100, 5, 30, 60),
        ({"RateLimit": '"default";r=5;t=30', "RateLimit-Policy": '"default";q=100;w=60'}, 100, 5, 30, 60),
        ({"RateLimit": '"day";r=900;t=3600, "burst";r=5;t=30'}, None, 5, 30, None),
        ({"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "30"}, 100, 5, 30, None),
        (
            {
                "X-Rate-Limit-Limit": "100",
                "X-Rate-Limit-Remaining": "5",
                "X-Rate-Limit-Reset": str(int(NOW.timestamp()) + 30),
            },
            100,
            5,
            30,
            None,
        ),
        ({"X-RateLimit-Reset": str((int(NOW.timestamp()) + 30) * 1000)}, None, None, 30, None),
        ({"X-RateLimit-Reset": "2026-11-24T10:00:30Z"}, None, None, 30, None),
        ({"X-RateLimit-Reset": "Tue, 24 Nov 2026 10:00:30 GMT"}, None, None, 30, None),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) - 30)}, None, None, 0, None),
    ],
)
def test_every_family_says_the_same_figures(
    headers: dict[str, str], limit: int | None, remaining: int | None, reset: int | None, window: int | None
) -> None:
    """Both drafts and the de facto headers give limit, what remains, seconds to the reset and the window."""
    told = seen(*headers.items())
    assert (told.limit, told.remaining, told.reset_s, told.window_s) == (limit, remaining, reset, window)
    assert not told.nonsense


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Remaining": "many"},
        {"X-RateLimit-Limit": "unlimited"},
        {"RateLimit-Reset": "9" * 30},
        {"X-RateLimit-Reset": "٣"},
    ],
)
def test_figures_that_make_no_sense_are_reported(headers: dict[str, str]) -> None:
    """Nonsense counts as absent, by name."""
    told = seen(*headers.items())
    assert (told.limit, told.remaining, told.reset_s) == (None, None, None)
    assert told.nonsense[0].startswith(next(iter(headers)).lower())


def test_a_used_up_limit_asks_to_wait_for_its_reset() -> None:
    """Without Retry-After the reset of a limit of which nothing remains says how long."""
    assert seen(("RateLimit-Remaining", "0"), ("RateLimit-Reset", "12")).wait_s == 12
    assert seen(("RateLimit-Remaining", "1"), ("RateLimit-Reset", "12")).wait_s is None
    assert seen(("RateLimit-Remaining", "0"), ("RateLimit-Reset", "12"), ("Retry-After", "3")).wait_s == 3


def test_an_answer_without_such_headers_says_nothing() -> None:
    """No headers, no value."""
    assert read_rate_limit(Headers([("Content-Type", "x"), DATE]), NOW) is None


@pytest.mark.parametrize(
    "header",
    [
        ("X-RateLimit-Limit", "9" * 400),
        ("X-RateLimit-Remaining", "9" * 5000),
        ("RateLimit", "limit=" + "9" * 5000),
        ("RateLimit-Policy", '"a";q=' + "9" * 5000),
        ("X-RateLimit-Limit", "5;w=" + "9" * 5000),
        ("X-RateLimit-Reset", "9" * 5000),
        ("Retry-After", "9" * 5000),
    ],
)
def test_a_figure_of_hundreds_of_digits_is_no_figure(header: tuple[str, str]) -> None:
    """It counts as absent and breaks nothing."""
    found = seen(header)
    assert found.limit in {None, 5}
    assert (found.remaining, found.reset_s, found.window_s, found.wait_s) == (None, None, None, None)
