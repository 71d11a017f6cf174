"""The way to a system, step by step; handshakes are in tests/faults/test_http_tls.py."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from checker.client import network
from checker.client.messages import Headers, Response
from tests.servers import serve

SENT = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)


def test_a_name_is_resolved_or_said_to_be_unknown() -> None:
    """Addresses come once each; an unknown or impossible name has a reason."""
    assert network.resolve("127.0.0.1").addresses == ("127.0.0.1",)
    assert network.resolve("localhost").addresses
    for name in ("no-such-host.invalid", "a" * 300, "ä" * 70):
        assert network.resolve(name) == network.Resolved((), "http.unknown-host")


def test_a_connection_is_timed_and_tells_our_address() -> None:
    """An open port gives milliseconds and the address we leave from."""
    with serve(lambda _: {}) as server:
        seen = network.connect("127.0.0.1", server.port)
        assert seen.milliseconds is not None
        assert 0 < seen.milliseconds < 5000
        assert network.local_address("127.0.0.1", server.port) == "127.0.0.1"


def test_a_closed_port_refuses() -> None:
    """Nobody listens: refused, and no address of ours."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert network.connect("127.0.0.1", port) == network.Connected(None, None, "http.refused")
    assert network.local_address("127.0.0.1", port) is None


@pytest.mark.parametrize(
    ("date", "took", "seconds", "uncertainty"),
    [
        ("Tue, 24 Nov 2026 10:00:00 GMT", 1.0, 0.0, 1.0),
        ("Tue, 24 Nov 2026 10:10:01 GMT", 2.0, 600.5, 1.5),
        ("Tue, 24 Nov 2026 09:59:30 GMT", 0.0, -29.5, 0.5),
    ],
)
def test_clocks_are_compared_at_the_middle_of_the_request(
    date: str, took: float, seconds: float, uncertainty: float
) -> None:
    """Half of the time there and back is the doubt, and half of the Date header's second."""
    response = Response(
        200, Headers([("Date", date)]), b"", "http://h/", took * 1000, SENT, SENT + timedelta(seconds=took)
    )
    assert network.clock_skew(response) == network.Skew(seconds, uncertainty)


def test_without_a_date_there_is_nothing_to_compare() -> None:
    """No header, no skew."""
    assert network.clock_skew(Response(200, Headers(), b"", "http://h/", 1.0, SENT, SENT)) is None
