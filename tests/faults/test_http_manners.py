"""Manners towards a system with a limit (acceptance B19), and bodies as no standard knows them (B25)."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from checker.client.messages import Request
from checker.errors import TransportError
from checker.project.types import Limits
from checker.store import Store
from tests.clients import Time, client
from tests.servers import Answered, Asked, serve

GET = Request("GET", "/contacts")
A_SECOND = 5
ASKED = 200


class Limited:
    """A system that takes five requests a second (a bucket that fills up), and says so when there were more; with its headers on good answers where `tells`."""

    def __init__(self, at: Time, *, tells: bool) -> None:
        self.at, self.tells, self.lock = at, tells, threading.Lock()
        self.left, self.filled, self.until = float(A_SECOND), at.monotonic(), 0.0
        self.statuses: list[int] = []
        self.too_early = 0

    def __call__(self, _asked: Asked) -> Answered:
        with self.lock:
            now = self.at.monotonic()
            self.too_early += now < self.until - 0.01
            self.left = min(A_SECOND, self.left + (now - self.filled) * A_SECOND)
            self.filled = now
            if self.left < 1:
                self.statuses.append(429)
                self.until = now + 1
                return Answered(429, {}, [("Retry-After", "1")])
            self.left -= 1
            self.statuses.append(200)
            headers = [
                ("RateLimit-Limit", str(A_SECOND)),
                ("RateLimit-Remaining", str(int(self.left))),
                ("RateLimit-Reset", "1"),
            ]
            return Answered(200, {}, headers if self.tells else [])


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("threads", [1, 4])
def test_a_limit_is_learnt_and_kept_to(*, tells: bool, threads: int) -> None:
    """Mutant: a client that goes on at its own pace after each pause. At most 3 % of the answers after the first 20 are 429, and nothing is
    asked while told to wait.
    """
    at = Time()
    limited = Limited(at, tells=tells)
    with serve(limited) as server:
        limits = Limits(requests_per_second=1000, concurrent=threads, max_requests=10_000)
        with closing(client(server.url, at=at, limits=limits)) as asking, ThreadPoolExecutor(threads) as pool:
            # the four share one time: what the others sleep passes for everybody whose answer is on its way, so no deadline ends here
            answered = list(pool.map(lambda _: asking.send(GET, deadline_s=math.inf).status, range(ASKED)))
    assert set(answered) == {200}
    later = limited.statuses[20:]
    assert later.count(429) <= 0.03 * len(later), (later.count(429), len(later))
    on_their_way = (threads - 1) * limited.statuses.count(
        429
    )  # other threads' requests, sent before the answer was read
    assert limited.too_early <= on_their_way


@pytest.mark.parametrize("system", ["crm", "../shop/de"])
def test_never_more_than_the_agreed_share_of_a_day_is_asked(tmp_path: Path, system: str) -> None:
    """Half of a quota of forty: twenty, whoever asks, however often, and in however many runs of a day; the next day is another one.

    Whatever a system is called, its count stays in the project's folder.
    """
    limits = Limits(requests_per_second=1000, concurrent=4, max_requests=1000, daily_quota=40, share=0.5)

    def run(url: str, at: Time, times: int) -> int:
        """One run's requests that were answered; each has a count of its own of what was sent today."""
        asking = client(url, at=at, limits=limits, build={"tally": Store(tmp_path).tally(system)})

        def ask(_number: int) -> bool:
            try:
                return asking.send(GET).ok
            except TransportError:
                return False

        with ThreadPoolExecutor(4) as pool, closing(asking):
            return sum(pool.map(ask, range(times)))

    with serve(lambda _asked: {}) as server:
        today = Time()
        assert [run(server.url, today, 7), run(server.url, today, 100), run(server.url, today, 5)] == [7, 13, 0]
        today.sleep(86_400)
        assert run(server.url, today, 100) == 20
    assert len(server.asked) == 40
    assert [len(list(day.iterdir())) for day in (tmp_path / ".readiness" / "requests").iterdir()] == [1]


STRANGE: dict[str, tuple[int, bytes, str]] = {
    "204 with a body": (204, b"", "application/json"),
    "200 with a page": (200, b"<html><body>Sign in</body></html>", "text/html"),
    "JSON that calls itself text": (200, b'{"id": 1}', "text/plain"),
    "a byte order mark": (200, b"\xef\xbb\xbf" + b'{"id": 1}', "application/json"),
    "UTF-16": (200, '{"id": 1}'.encode("utf-16"), "application/json; charset=utf-16"),
    "Latin-1 that calls itself UTF-8": (200, '{"name": "Müller"}'.encode("latin-1"), "application/json; charset=utf-8"),
    "Latin-1 that says so": (200, '{"name": "Müller"}'.encode("latin-1"), "application/json; charset=iso-8859-1"),
    "a key twice": (200, b'{"id": 1, "id": 2}', "application/json"),
    "NaN": (200, b'{"id": NaN}', "application/json"),
    "infinity": (200, b'{"id": Infinity}', "application/json"),
    "half a surrogate pair": (200, b'{"name": "\\ud83d"}', "application/json"),
    "a number beyond a double": (200, b'{"id": 9007199254740993}', "application/json"),
    "a number beyond 64 bits": (200, b'{"id": 123456789012345678901234567890}', "application/json"),
    "an exponent": (200, b'{"id": 1e400}', "application/json"),
    "cut in the middle": (200, b'{"id": 1', "application/json"),
    "two documents": (200, b'{"id": 1}{"id": 2}', "application/json"),
    "single quotes": (200, b"{'id': 1}", "application/json"),
    "a comment": (200, b'{"id": 1} // one', "application/json"),
    "nothing": (200, b"", "application/json"),
    "blanks": (200, b"  \n ", "application/json"),
    "null": (200, b"null", "application/json"),
    "a number": (200, b"1", "application/json"),
    "a text": (200, b'"ok"', "application/json"),
    "JSON after a guard": (200, b")]}',\n{\"id\": 1}", "application/json"),
    "a callback": (200, b'cb({"id": 1});', "application/javascript"),
    "XML": (200, b"<?xml version='1.0'?><a/>", "application/xml"),
    "NDJSON": (200, b'{"id": 1}\n{"id": 2}\n', "application/x-ndjson"),
    "no type": (200, b'{"id": 1}', ""),
    "a type that is none": (200, b'{"id": 1}', "banana"),
    "deep": (200, b"[" * 100_000 + b"]" * 100_000, "application/json"),
    "an error in a good status": (200, b'{"error": "no"}', "application/json"),
    "zero bytes": (200, b'{"id": 1}\x00\x00', "application/json"),
    "control characters": (200, b'{"name": "a\x01b"}', "application/json"),
    "a line break inside": (200, b'{"name": "a\nb"}', "application/json"),
    "an overlong sequence": (200, b'{"name": "\xc0\xaf"}', "application/json"),
    "a private character": (200, '{"name": "\ue000"}'.encode(), "application/json"),
    "a bidi override": (200, '{"name": "\u202e"}'.encode(), "application/json"),
    "1.10": (200, b'{"price": 1.10}', "application/json"),
    "-0": (200, b'{"price": -0}', "application/json"),
    "a million digits": (200, b'{"id": ' + b"9" * 1_000_000 + b"}", "application/json"),
}  # fmt: skip


def test_there_are_forty_strange_bodies() -> None:
    """As the acceptance wants."""
    assert len(STRANGE) >= 40


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_body_is_read_as_it_is_or_refused_and_never_breaks(name: str) -> None:
    """Either a value, or an error of ours that says what is wrong; the answer's bytes are as they came."""
    status, body, kind = STRANGE[name]
    headers = [("Content-Type", kind)] if kind else [("Content-Type", "")]
    with serve(lambda _asked: Answered(status, body, headers)) as server:
        asking = client(server.url)
        response = None
        with suppress(TransportError):
            response = asking.send(GET)
        asking.close()
    if response is None:
        return
    assert response.status == status
    with suppress(TransportError):
        value = response.json()
        assert value is None or isinstance(value, dict | list | str | int | float)


def test_a_number_that_no_double_holds_is_kept_to_its_last_digit() -> None:
    """2^53 + 1 as an id, one of thirty digits, and a price of 1.10: what was sent is what is read."""
    sent = b'{"id": 9007199254740993, "long": 123456789012345678901234567890, "price": 1.10}'
    with serve(lambda _asked: Answered(200, sent)) as server:
        asking = client(server.url)
        value = asking.send(GET).json()
        asking.close()
    assert value["id"] == 9007199254740993
    assert value["long"] == 123456789012345678901234567890
    assert value["price"] == pytest.approx(1.1)
