"""What we may ask of a system is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checker.client.clock import Clock
from checker.client.limits import FREE_RETRIES, Allowance
from checker.errors import TransportError
from checker.project.types import Limits


class Still:
    """A clock that stands until somebody sleeps."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.clock = Clock(
            lambda: datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.at), lambda: self.at, self.sleep
        )

    def sleep(self, seconds: float) -> None:
        """Jump ahead."""
        self.at += seconds


def allowance(still: Still, **limits: float) -> Allowance:
    """The allowance of a system called crm."""
    return Allowance("crm", Limits(**limits), still.clock)


def take(one: Allowance, times: int) -> None:
    """Send that many requests."""
    for _ in range(times):
        with one.turn():
            pass


def test_requests_keep_their_distance() -> None:
    """Five a second means a fifth of a second from one to the next."""
    still = Still()
    take(allowance(still, requests_per_second=5.0), 11)
    assert still.at - 1000 == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("limits", "most", "code"),
    [
        ({"max_requests": 3}, 3, "http.requests-used-up"),
        ({"max_requests": 100, "daily_quota": 10, "share": 0.5}, 5, "http.quota-share-used-up"),
        ({"max_requests": 3, "daily_quota": 10, "share": 0.5}, 3, "http.requests-used-up"),
    ],
)
def test_a_run_sends_no_more_than_agreed(limits: dict[str, float], most: int, code: str) -> None:
    """Neither more than the run's maximum nor more than our share of the daily quota; then it is said which."""
    one = allowance(Still(), **limits)
    take(one, most)
    with pytest.raises(TransportError) as caught:
        take(one, 1)
    assert caught.value.problems[0].code == code
    assert one.sent == most


def test_nobody_sends_while_told_to_wait() -> None:
    """A hold moves the next request of every thread."""
    still = Still()
    one = allowance(still, requests_per_second=1000.0)
    one.hold(30.0)
    take(one, 1)
    assert still.at >= 1030.0


def test_a_system_that_asks_for_hours_is_left_alone_until_then() -> None:
    """Asking earlier sends nothing and says until when; afterwards it goes on."""
    still = Still()
    one = allowance(still)
    one.close_for(3600.0)
    with pytest.raises(TransportError) as caught:
        take(one, 1)
    assert caught.value.problems[0].code == "http.told-to-wait"
    assert caught.value.problems[0].values["until"] == "2026-11-24T01:16:40+00:00"
    assert one.sent == 0
    still.at += 3601
    take(one, 1)


def test_a_run_retries_only_so_often() -> None:
    """A system that is down does not get every request four times."""
    one = allowance(Still())
    assert [one.may_retry() for _ in range(FREE_RETRIES + 1)] == [True] * FREE_RETRIES + [False]
    take(one, 5)
    assert one.may_retry()
    assert not one.may_retry()


def test_one_refusal_slows_down_once_however_many_were_under_way() -> None:
    """Eight requests sent together and all refused tell one thing; one that is refused at the new pace tells another."""
    still = Still()
    one = allowance(still, requests_per_second=100.0)
    for _ in range(8):
        one.too_many(None, sent=still.at - 0.05)
    take(one, 11)
    assert still.at - 1000 == pytest.approx(10 * 0.02)
    one.too_many(None, sent=still.at)
    before = still.at
    take(one, 11)
    assert still.at - before == pytest.approx(0.02 + 10 * 0.04)


def test_near_the_end_of_a_run_one_request_at_a_time() -> None:
    """As many at once as there are places, until so few are left that tries could use them up."""
    one = allowance(Still(), concurrent=4, max_requests=20)
    assert one.abreast == 4
    take(one, 4)
    assert one.abreast == 1
