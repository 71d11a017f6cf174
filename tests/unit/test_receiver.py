"""The receiver of events (acceptance C36): loopback, unguessable paths, bounded bodies, quick answers, nothing that comes breaks it."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from checker.receiver import MOST_BYTES, UNANSWERED, Receiver

GOOD = {"Content-Type": "application/json"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    made = Receiver()
    yield made
    made.stop()


def ask(
    receiver: Receiver, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    """One request: status, body, headers."""
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=20)
    try:
        connection.request(method, path, body, headers or GOOD)
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def test_it_listens_on_this_machine_only_and_behind_a_path_that_nobody_guesses(receiver: Receiver) -> None:
    """Loopback unless told; 24 bytes of chance in the path; any other path is nothing, whatever comes."""
    url = receiver.opened("mark")
    assert urlsplit(url).hostname == "127.0.0.1"
    path = urlsplit(url).path
    assert path.startswith("/mark-")
    assert len(path) >= 32
    assert receiver.opened("mark") != url
    for wrong in ("/", path[:-1], path + "x", path + "/", "/mark-"):
        assert ask(receiver, "POST", wrong, b"{}")[0] == 404
    assert receiver.deliveries() == []
    assert ask(receiver, "POST", path, b"{}")[0] == 204


BODIES: dict[str, tuple[bytes, int]] = {
    **{f"JSON {number}": (one, 204) for number, one in enumerate((b"{}", b"[]", b"null", b"1", b'"x"', b'{"a":1}', b"[1,2]", b"true", b'{"id":1,"type":"x"}', b'{"data":{"id":"1"}}'))},
    **{f"broken JSON {number}": (one, 204) for number, one in enumerate((b"{", b"}", b"{'a':1}", b'{"a":}', b"NaN", b"[1,]", b'{"a":1', b"\x00", b'{"a":"' + bytes((237, 160, 189)) + b'"}', b"nul"))},
    **{f"no JSON {number}": (one, 204) for number, one in enumerate((b"", b" ", b"<xml/>", b"a=1&b=2", b"\xff\xfe", "ä".encode("latin-1"), b"--x\r\n", b"\r\n\r\n", b"GET / HTTP/1.1", b"\xef\xbb\xbf{}"))},
    "nested": (b"[" * 50_000 + b"]" * 50_000, 204),
    "many keys": (b"{" + b",".join(b'"%d":1' % one for one in range(20_000)) + b"}", 204),
    "a challenge": (b'{"challenge":"abc123"}', 200),
    "a challenge of a kind": (b'{"type":"url_verification","token":"t","challenge":"abc"}', 200),
    "a challenge that is none": (b'{"challenge":{"a":1}}', 204),
    "a challenge with a script": (b'{"challenge":"<script>alert(1)</script>"}', 204),
    "a challenge with a line": (b'{"challenge":"a\\r\\nSet-Cookie: x"}', 204),
    "an endless challenge": (b'{"challenge":"' + b"a" * 5000 + b'"}', 204),
    "a challenge among much": (b'{"challenge":"a","b":1,"c":2,"d":3,"e":4,"f":5,"g":6}', 204),
    "as large as may be": (b"x" * MOST_BYTES, 204),
    "too large": (b"x" * (MOST_BYTES + 1), 413),
    "much too large": (b"x" * (4 * MOST_BYTES), 413),
    "an emoji": ('{"a":"🙂"}'.encode(), 204),
    "numbers beyond": (b'{"a":' + b"9" * 5000 + b"}", 204),
    "a large exponent": (b'{"a":1e999}', 204),
}  # fmt: skip


def test_there_are_45_bodies() -> None:
    """As the acceptance wants."""
    assert len(BODIES) >= 45


@pytest.mark.parametrize("name", BODIES)
def test_each_body_has_its_status_and_is_kept_as_it_came(receiver: Receiver, name: str) -> None:
    """What an event holds is for later to judge; what is too large is refused; what asks whether somebody is there is told."""
    body, status = BODIES[name]
    path = receiver.path_of(receiver.opened())
    try:
        got = ask(receiver, "POST", path, body)[0]
    except (ConnectionError, BrokenPipeError):  # a refusal may come before all was sent
        got = 413
    assert got == status
    assert [one.body for one in receiver.deliveries()] == ([body] if status == 204 else [])


def test_a_handshake_is_answered_with_plain_words_only(receiver: Receiver) -> None:
    """By query, by header; as text that no browser takes for a page; nothing else is said back."""
    path = receiver.path_of(receiver.opened())
    status, body, headers = ask(receiver, "GET", f"{path}?hub.mode=subscribe&hub.challenge=1158201444")
    assert (status, body) == (200, b"1158201444")
    assert headers["content-type"].startswith("text/plain")
    assert headers["x-content-type-options"] == "nosniff"
    assert ask(receiver, "POST", f"{path}?validationToken=a-b.c")[1] == b"a-b.c"
    assert ask(receiver, "GET", f"{path}?hub.challenge=%3Cscript%3E")[0] == 405
    assert ask(receiver, "POST", path, headers={"X-Hook-Secret": "abc"})[2]["x-hook-secret"] == "abc"
    assert ask(receiver, "GET", path)[2]["allow"] == "POST"


def test_it_says_what_it_is_told_to_say_and_waits_for_what_is_wished(receiver: Receiver) -> None:
    """A failure on purpose, at one address; another address isn't touched by it."""
    failing, other = receiver.opened(), receiver.opened()
    receiver.answers(failing, lambda *_: 503)
    assert ask(receiver, "POST", receiver.path_of(failing), b"{}")[0] == 503
    assert ask(receiver, "POST", receiver.path_of(other), b"{}")[0] == 204
    assert receiver.wait(lambda kept: len(kept) == 2, 5.0)
    assert not receiver.wait(lambda kept: len(kept) == 3, 0.1)
    assert [one.status for one in receiver.deliveries(failing)] == [503]


def test_an_event_without_an_answer_is_kept_at_once_and_let_go_at_the_end() -> None:
    """What waits for no answer is known while it waits; stopping the receiver ends its waiting, as a failure."""
    one = Receiver()
    path = one.opened()
    one.answers(path, lambda *_: UNANSWERED)
    ended: list[int] = []
    waiting = threading.Thread(target=lambda: ended.append(ask(one, "POST", one.path_of(path), b"{}")[0]))
    waiting.start()
    assert one.wait(lambda kept: [each.status for each in kept] == [UNANSWERED], 5.0)
    assert ended == []
    one.stop()
    waiting.join(5.0)
    assert ended == [503]


def test_answers_come_within_a_tenth_of_a_second(receiver: Receiver) -> None:
    """Senders give up early; the median of fifty, so that a busy machine doesn't matter."""
    path = receiver.path_of(receiver.opened())
    took = []
    for _ in range(50):
        began = time.perf_counter()
        ask(receiver, "POST", path, b'{"a":1}')
        took.append(time.perf_counter() - began)
    assert sorted(took)[25] < 0.1


@pytest.mark.slow
def test_a_body_that_drips_is_dropped_after_ten_seconds(receiver: Receiver) -> None:
    """A byte a second keeps no connection open; others are served meanwhile."""
    path = receiver.path_of(receiver.opened())
    with socket.create_connection(("127.0.0.1", receiver.port)) as dripping:
        dripping.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode())
        began = time.monotonic()
        dripping.settimeout(1.0)
        while time.monotonic() - began < 20:
            try:
                dripping.sendall(b"x")
                if dripping.recv(100) == b"":
                    break
            except TimeoutError:
                assert ask(receiver, "POST", path, b"{}")[0] == 204
            except OSError:
                break
        assert 9 <= time.monotonic() - began < 14


@pytest.mark.slow
def test_twenty_thousand_random_bodies_break_nothing(receiver: Receiver) -> None:
    """Random bytes, of random lengths and types: each is answered, and the last as well as the first."""
    chance = random.Random(36)
    path = receiver.path_of(receiver.opened())
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=20)
    statuses = set()
    for number in range(20_000):
        body = chance.randbytes(chance.randrange(0, 400))
        if number % 3 == 0:
            body = b"{" + body.hex().encode() + b"}"
        kind = chance.choice(["application/json", "text/plain", "", "application/x-www-form-urlencoded"])
        connection.request("POST", path, body, {"Content-Type": kind, "X-Signature": body[:20].hex()})
        answer = connection.getresponse()
        answer.read()
        statuses.add(answer.status)
    connection.close()
    assert statuses == {204}
    assert len(receiver.deliveries()) == 10_000
