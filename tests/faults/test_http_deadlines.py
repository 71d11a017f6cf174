"""Answers that never end, and answers that are too large (acceptance F7, F8, B20, B21).

Mutants: a time-out per read instead of a deadline; a size checked after reading.
"""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable

import pytest

from checker.client.messages import Request
from checker.errors import DeadlineError, TooLargeError, TransportError, UnreadableError
from tests.clients import client
from tests.servers import Answered, raw, read_request, serve

DEADLINE = 0.3
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def repeating(start: bytes, piece: bytes, pause: float) -> Callable[[socket.socket, threading.Event], None]:
    """Send a beginning, then the piece again and again."""

    def talk(link: socket.socket, over: threading.Event) -> None:
        read_request(link)
        link.sendall(start)
        while not over.wait(pause):
            link.sendall(piece)

    return talk


ENDLESS = {
    "dripping body": repeating(HEAD + b"Content-Length: 1000000\r\n\r\n", b"x", 0.02),
    "dripping headers": repeating(HEAD, b"X", 0.02),
    "header after header": repeating(HEAD, b"X-A: b\r\n", 0.02),
    "endless chunks": repeating(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.0),
    "1xx flood": repeating(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.001),
    "silence": repeating(b"", b"", 0.02),
}


@pytest.mark.parametrize("fault", sorted(ENDLESS))
def test_an_answer_that_never_ends_is_left_at_the_deadline(fault: str) -> None:
    """Drips, floods and silence end at the deadline, the cause is named, and the next request works."""
    with raw(ENDLESS[fault]) as server:
        asking = client(server.url)
        began = time.monotonic()
        with pytest.raises(DeadlineError) as caught:
            asking.send(Request("GET", "/"), deadline_s=DEADLINE)
        took = time.monotonic() - began
        asking.close()
    assert caught.value.problems[0].code == "http.deadline"
    assert took < DEADLINE + 1


def test_after_a_deadline_the_next_request_works() -> None:
    """A connection that was left half-read is not used again."""
    count: list[int] = []

    def talk(link: socket.socket, over: threading.Event) -> None:
        count.append(1)
        if len(count) == 1:
            ENDLESS["dripping body"](link, over)
        read_request(link)
        link.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with raw(talk) as server:
        asking = client(server.url)
        with pytest.raises(DeadlineError):
            asking.send(Request("GET", "/"), deadline_s=DEADLINE)
        assert asking.send(Request("GET", "/")).json() == {}
        asking.close()


def test_a_server_that_does_not_even_accept_is_left_too() -> None:
    """A full backlog looks like silence."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        asking = client(f"http://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(TransportError):
            asking.send(Request("GET", "/"), deadline_s=DEADLINE)
        asking.close()


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b"x" * (MEGABYTE + 1)),
        Answered(200, gzip.compress(b"x" * 50 * MEGABYTE), [("Content-Encoding", "gzip")]),
    ],
    ids=["plain", "bomb"],
)
def test_what_is_too_large_is_not_kept(answer: Answered) -> None:
    """More than we take, raw or unpacked, is an error that names the limit; it is not asked for again."""
    with serve(lambda _: answer) as server:
        asking = client(server.url, build={"largest": MEGABYTE})
        with pytest.raises(TooLargeError) as caught:
            asking.send(Request("GET", "/"))
        asking.close()
    assert len(server.asked) == 1
    assert caught.value.problems[0].values == {"megabytes": 1.0}
    assert caught.value.exchange == "crm|test|crm|0001"


def test_a_stream_without_length_is_cut_at_the_size() -> None:
    """A server that sends for ever, fast, is left at the size, before the deadline."""
    with raw(
        repeating(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n", 0.0)
    ) as server:
        asking = client(server.url, build={"largest": MEGABYTE})
        with pytest.raises(TooLargeError):
            asking.send(Request("GET", "/"), deadline_s=20)
        asking.close()


def test_a_hundred_thousand_headers_are_an_error() -> None:
    """Headers have a size too."""

    def talk(link: socket.socket, _: threading.Event) -> None:
        read_request(link)
        link.sendall(HEAD + b"X-A: b\r\n" * 100_000 + b"\r\n")

    with raw(talk) as server:
        asking = client(server.url)
        with pytest.raises(TransportError) as caught:
            asking.send(Request("POST", "/", json={}))
        asking.close()
    assert caught.value.problems[0].code == "http.cut"


@pytest.mark.parametrize(
    ("encoding", "code"),
    [("br", "http.content-encoding"), ("gzip, gzip", "http.content-encoding"), ("gzip", "http.compression-broken")],
)
def test_packing_that_nobody_asked_for_is_an_error(encoding: str, code: str) -> None:
    """An unknown, a double and a broken content encoding are told apart."""
    with serve(lambda _: Answered(200, b"{}", [("Content-Encoding", encoding)])) as server:
        asking = client(server.url)
        with pytest.raises(UnreadableError) as caught:
            asking.send(Request("GET", "/"))
        asking.close()
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize("secret", ["line\nbreak", "nul\0"])
def test_a_secret_that_http_does_not_allow_is_said_so(secret: str) -> None:
    """A token with a line break is no request, and is not shown."""
    with serve(lambda _: {}) as server:
        asking = client(server.url)
        with pytest.raises(TransportError) as caught:
            asking.send(Request("GET", "/", headers={"Authorization": secret}))
        asking.close()
        assert server.asked == []
    assert caught.value.problems[0].code == "http.cannot-be-sent"
    assert secret not in str(caught.value)
