"""The retry decision, as the table of acceptance B17."""

from __future__ import annotations

import pytest

from checker.client.retry import BASE_S, CAP_S, LONGEST_WAIT_S, TRIES, Decision, Outcome, Try, decide

READS, WRITES = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE")
PASSING = (408, 425, 429, 502, 503, 504)


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 409, 413, 422, 501])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_would_be_the_same_again_is_final(method: str, status: int) -> None:
    """Success, redirects and refusals are never asked for again."""
    assert decide(Try(method, 1, Outcome.ANSWERED, status, keyed=True), 0.5) == Decision(None, "done")


@pytest.mark.parametrize("status", PASSING)
@pytest.mark.parametrize("method", [*READS, *WRITES])
@pytest.mark.parametrize("keyed", [False, True])
def test_a_passing_trouble_is_tried_again_where_that_is_safe(method: str, status: int, keyed: bool) -> None:
    """Reads and writes with a key are sent again; a write without a key never is, whatever the status."""
    decision = decide(Try(method, 1, Outcome.ANSWERED, status, keyed=keyed), 0.5)
    assert (decision.wait_s is not None) is (method in READS or keyed)
    assert decision.reason == ("again" if method in READS or keyed else "unsafe")


@pytest.mark.parametrize("method", [*READS, *WRITES])
@pytest.mark.parametrize("keyed", [False, True])
def test_a_broken_conversation_is_tried_again_where_nothing_can_have_happened(method: str, keyed: bool) -> None:
    """What never left this machine may always go again; what was cut off only where twice does no harm."""
    assert decide(Try(method, 1, Outcome.NOT_SENT, keyed=keyed), 0.5).reason == "again"
    assert (decide(Try(method, 1, Outcome.CUT, keyed=keyed), 0.5).reason == "again") is (method in READS or keyed)
    assert decide(Try(method, 1, Outcome.HOPELESS, keyed=True), 0.5) == Decision(None, "hopeless")


@pytest.mark.parametrize(("status", "tries"), [*((one, TRIES) for one in PASSING), (500, 2)])
def test_the_tries_are_counted(status: int, tries: int) -> None:
    """At most four tries; a 500 is tried twice."""
    waits = [decide(Try("GET", number, Outcome.ANSWERED, status), 0.0).wait_s for number in range(1, 7)]
    assert waits == [0.0] * (tries - 1) + [None] * (7 - tries)


def test_the_pause_is_full_jitter_under_a_cap() -> None:
    """From nothing to twice as long each time, never above the cap."""
    for number in range(1, TRIES):
        most = decide(Try("GET", number, Outcome.CUT), 1.0).wait_s
        assert most == min(CAP_S, BASE_S * 2 ** (number - 1))
        assert decide(Try("GET", number, Outcome.CUT), 0.0).wait_s == 0.0


@pytest.mark.parametrize("draw", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("asked", [0.0, 0.3, 7.0, LONGEST_WAIT_S])
def test_never_earlier_than_the_server_asked(asked: float, draw: float) -> None:
    """What Retry-After asks is the least that is waited."""
    wait = decide(Try("GET", 1, Outcome.ANSWERED, 429, asked), draw).wait_s
    assert wait is not None
    assert asked <= wait <= asked + BASE_S


def test_asked_to_wait_for_too_long_we_leave() -> None:
    """Beyond the longest wait nobody sits it out, on reads and writes alike."""
    for method in ("GET", "POST"):
        assert decide(Try(method, 1, Outcome.ANSWERED, 503, LONGEST_WAIT_S + 1), 0.0) == Decision(None, "too-long")
