"""What a server counts when things go wrong (acceptance B17, B18). Mutant: a client that sends an unkeyed write twice."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime

import pytest

from checker.client.limits import FREE_RETRIES
from checker.client.messages import Request
from checker.client.recorder import Recorder
from checker.client.retry import LONGEST_WAIT_S
from checker.errors import DeadlineError, TransportError, UnreachableError
from tests.clients import Time, client
from tests.servers import Answered, Asked, raw, read_request, serve

METHODS = [
    ("GET", None, 4),
    ("HEAD", None, 4),
    ("POST", None, 1),
    ("PUT", None, 1),
    ("PATCH", None, 1),
    ("DELETE", None, 1),
    ("POST", "key-1", 4),
]


def request(method: str, key: str | None) -> Request:
    """A request of that method, a write with a body."""
    return Request(method, "/x", json={"a": 1} if method in {"POST", "PUT", "PATCH"} else None, key=key)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 409, 413, 422, 501])
@pytest.mark.parametrize(("method", "key", "tries"), METHODS)
def test_a_status_is_seen_as_often_as_the_table_says(method: str, key: str | None, tries: int, status: int) -> None:
    """The server counts four reads or keyed writes for passing trouble, two for 500, one otherwise."""
    with serve(lambda _: Answered(status, {})) as server:
        asking = client(server.url)
        response = asking.send(request(method, key))
        asking.close()
    expected = {500: min(tries, 2)}.get(status, 1 if status in {409, 413, 422, 501} else tries)
    assert (response.status, len(server.asked), response.tries) == (status, expected, expected)


def cut_head(link: socket.socket, _: threading.Event) -> None:
    """Read the request and hang up."""
    read_request(link)


def cut_body(link: socket.socket, _: threading.Event) -> None:
    """Promise a hundred bytes and send ten."""
    read_request(link)
    link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 10)


def garbage(link: socket.socket, _: threading.Event) -> None:
    """Answer in another protocol."""
    read_request(link)
    link.sendall(b"220 mail.example ESMTP\r\n")


@pytest.mark.parametrize("fault", [cut_head, cut_body, garbage])
@pytest.mark.parametrize(("method", "key", "tries"), METHODS)
def test_a_cut_conversation_is_repeated_only_where_that_is_safe(
    method: str, key: str | None, tries: int, fault: object
) -> None:
    """Reset after sending, a body cut off, garbage: a write without a key is sent once."""
    if (method, fault) == ("HEAD", cut_body):
        fault = cut_head  # the answer to HEAD has no body to cut
    count: list[int] = []

    def talk(link: socket.socket, over: threading.Event) -> None:
        count.append(1)
        assert callable(fault)
        fault(link, over)

    with raw(talk) as server:
        asking = client(server.url)
        with pytest.raises(TransportError) as caught:
            asking.send(request(method, key))
        asking.close()
    assert caught.value.problems[0].code == "http.cut"
    assert len(count) == tries


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_connection_is_tried_four_times_whatever_the_method(method: str) -> None:
    """Nothing left this machine, so even a write may try again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    at, recorder = Time(), Recorder()
    asking = client(f"http://127.0.0.1:{port}", at=at, recorder=recorder)
    with pytest.raises(UnreachableError) as caught:
        asking.send(request(method, None))
    assert caught.value.problems[0].code == "http.refused"
    assert caught.value.exchange == "crm|test|crm|0004"
    assert asking.requests == 4
    assert recorder.evidence()["crm|test|crm|0001"].error == f"http.refused {{'host': '127.0.0.1', 'port': {port}}}"


def test_a_name_that_does_not_exist_is_asked_once() -> None:
    """An unknown host stays unknown."""
    asking = client("http://no-such-host.invalid")
    with pytest.raises(UnreachableError) as caught:
        asking.send(Request("GET", "/"))
    assert caught.value.problems[0].code == "http.unknown-host"
    assert asking.requests == 1


def test_a_connection_that_went_stale_is_replaced() -> None:
    """A kept connection that the server closed meanwhile costs a read nothing but a second try."""

    def once(link: socket.socket, _: threading.Event) -> None:
        read_request(link)
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        read_request(link)

    with raw(once) as server:
        asking = client(server.url)
        assert [asking.send(Request("GET", "/")).status for _ in range(3)] == [200] * 3
        asking.close()


@pytest.mark.parametrize(
    ("header", "least"),
    [
        ("Retry-After: 7", 7.0),
        ("RateLimit-Remaining: 0\r\nRateLimit-Reset: 9", 9.0),
        ("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 9", 9.0),
    ],
)
def test_nobody_comes_back_earlier_than_asked(header: str, least: float) -> None:
    """After 429 the wait is what the server asked for, by any of the headers, and then it works."""
    headers = [(one.partition(": ")[0], one.partition(": ")[2]) for one in header.split("\r\n")]
    replies = iter([Answered(429, {}, headers), Answered(200, {})])
    at = Time()
    with serve(lambda _: next(replies)) as server:
        asking = client(server.url, at=at)
        response = asking.send(Request("GET", "/"))
        asking.close()
    assert (response.status, response.tries) == (200, 2)
    assert sum(at.slept) >= least


def test_other_threads_wait_too() -> None:
    """While the server wants to be left alone, other requests wait as well, not only the one that was told."""
    at = Time()
    with serve(lambda asked: Answered(429 if asked.path == "/told" else 200, {}, [("Retry-After", "30")])) as server:
        asking = client(server.url, at=at)
        assert asking.send(Request("POST", "/told", json={})).status == 429
        assert at.slept == []
        asking.send(Request("GET", "/other"))
        asking.close()
    assert sum(at.slept) >= 29


def test_asked_to_wait_for_an_hour_the_run_goes_on_without_the_system() -> None:
    """The error says until when; until then nothing more is sent; then it works again."""
    at = Time()
    answers = [Answered(503, {}, [("Retry-After", "3600")]), Answered(200, {})]

    def answer(_: Asked) -> Answered:
        return answers.pop(0)

    with serve(answer) as server:
        asking = client(server.url, at=at)
        for _ in range(3):
            with pytest.raises(TransportError) as caught:
                asking.send(Request("GET", "/"))
            assert caught.value.problems[0].code == "http.told-to-wait"
            until = datetime.fromisoformat(str(caught.value.problems[0].values["until"]))
            assert 3590 < (until - datetime.now(UTC)).total_seconds() <= 3601
        assert caught.value.problems[0].values["system"] == "crm"
        assert len(server.asked) == 1
        at.ahead += 3601
        assert asking.send(Request("GET", "/")).status == 200
        asking.close()
    assert max(at.slept, default=0.0) <= LONGEST_WAIT_S


def test_a_system_that_is_down_does_not_get_everything_four_times() -> None:
    """The run's retries are limited: forty requests to a broken server are far less than a hundred and sixty."""
    with serve(lambda _: Answered(503, {})) as server:
        asking = client(server.url)
        for _ in range(40):
            asking.send(Request("GET", "/"))
        asking.close()
    assert len(server.asked) <= 40 + FREE_RETRIES + 0.25 * 40 + 3


def test_silence_is_named() -> None:
    """A server that takes the request and says nothing is told apart from one that is slow, within the deadline."""

    def silent(link: socket.socket, over: threading.Event) -> None:
        read_request(link)
        over.wait(5)

    with raw(silent) as server:
        asking = client(server.url)
        with pytest.raises(DeadlineError) as caught:
            asking.send(Request("GET", "/"), deadline_s=0.2)
        asking.close()
    assert caught.value.problems[0].code == "http.deadline"
    assert caught.value.problems[0].values["seconds"] == 0.2
