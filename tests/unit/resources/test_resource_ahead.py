"""Several pages under way at once, and everything that must not suffer from it."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from checker.client.client import Client
from checker.client.recorder import Recorder
from checker.client.retry import TRIES
from checker.errors import TransportError
from checker.model.profile import ResourceProfile
from checker.project.types import Limits
from checker.resources.resource import Resource
from tests.clients import Time, Unhurried, client, contacts, paging
from tests.servers import Answered, Asked, serve

NUMBERED = contacts(pagination=paging("page", place="page", total_path="total"))
PAGES, SIZE = 12, 2


def page(number: int, total: int = PAGES * SIZE) -> dict[str, Any]:
    """A page of the list, which says its number and the total."""
    ids = [number * SIZE - 1, number * SIZE] if number <= PAGES else []
    return {"page": number, "total": total, "data": [{"id": one} for one in ids], "next": number + 1}


def number_of(asked: Asked) -> int:
    """The page that a request wants."""
    return int(asked.query.get("page") or asked.query.get("cursor") or 1)


def limits(**changes: Any) -> Limits:
    """A system that lets us run freely."""
    return Limits(**{"requests_per_second": 100_000.0, "concurrent": 4, "max_requests": 1000, **changes})


class Still(Time):
    """A clock that stands still: answers take no time."""

    def monotonic(self) -> float:
        """The one instant."""
        return 1000.0


OPENED: list[Client] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Every client that a test opened is closed after it."""
    yield
    while OPENED:
        OPENED.pop().close()


def contacts_at(url: str, profile: ResourceProfile = NUMBERED, **more: Any) -> Resource:
    """The list of that server."""
    OPENED.append(client(url, **{"at": Unhurried(), "limits": limits(), **more}))
    return Resource("crm", profile, OPENED[-1])


def test_pages_are_under_way_at_once_and_come_in_their_order() -> None:
    """Page 2 is answered only after page 4 was: nothing waits for its turn, and nothing leaves its place, evidence neither."""
    fourth = threading.Event()

    def answer(asked: Asked) -> Any:
        number = number_of(asked)
        if number == 2:
            assert fourth.wait(10)
        if number == 4:
            fourth.set()
        return page(number)

    recorder = Recorder()
    with serve(answer) as server:
        found = list(contacts_at(server.url, recorder=recorder).walk(whole=True))
    assert [one["id"] for one in found] == list(range(1, PAGES * SIZE + 1))
    urls = [one.request["url"].rpartition("page=")[2] for one in recorder.evidence().values()]
    assert urls[1:] == [str(number) for number in range(2, PAGES + 2)]


def test_no_more_are_under_way_than_the_system_allows() -> None:
    """The places of the project file hold for pages, too."""
    under_way: list[int] = []
    lock, now, all_three = threading.Lock(), [0], threading.Event()

    def answer(asked: Asked) -> Any:
        with lock:
            now[0] += 1
            under_way.append(now[0])
        if now[0] == 3:
            all_three.set()
        assert number_of(asked) == 1 or all_three.wait(10)
        with lock:
            now[0] -= 1
        return page(number_of(asked))

    with serve(answer) as server:
        list(contacts_at(server.url, limits=limits(concurrent=3)).walk(whole=True))
    assert max(under_way) == 3


@pytest.mark.parametrize("asker", ["reads-until-found", "cursor", "one-place", "no-total"])
def test_page_after_page_where_guessing_is_no_use(asker: str) -> None:
    """Who may stop at any record, lists with cursors, systems that take one request at once, totals that nobody tells: one by one."""
    under_way = [0]

    def answer(asked: Asked) -> Any:
        under_way[0] += 1
        assert under_way[0] == 1
        made = page(number_of(asked))
        made.pop("total") if asker == "no-total" else None
        under_way[0] -= 1
        return Answered(body=made)

    cursor = contacts(pagination=paging("cursor", place="cursor", next_path="next", total_path="total"))
    with serve(answer) as server:
        profile = cursor if asker == "cursor" else NUMBERED
        places = limits(concurrent=1) if asker == "one-place" else limits()
        pages = contacts_at(server.url, profile, limits=places).pages(
            wanted=0 if asker == "reads-until-found" else math.inf
        )
        for number, _ in enumerate(pages, 1):
            assert len(server.asked) == number
            if number == PAGES // 2:
                break


def test_an_error_under_way_is_met_where_its_page_is_due() -> None:
    """The pages before it come, then its error with its evidence; no thread keeps it to itself."""

    def answer(asked: Asked) -> Any:
        return Answered(body=b"[" * 20_000) if number_of(asked) == 4 else page(number_of(asked))

    recorder = Recorder()
    with serve(answer) as server:
        walk = contacts_at(server.url, recorder=recorder, build={"largest": 10_000}).pages(wanted=math.inf)
        assert [next(walk).number for _ in range(3)] == [1, 2, 3]
        with pytest.raises(TransportError) as caught:
            next(walk)
    kept = recorder.evidence()
    assert list(kept)[-1] == caught.value.exchange
    assert kept[caught.value.exchange].request["url"].endswith("page=4")


def test_a_walk_that_fails_leaves_nothing_under_way() -> None:
    """The connection of page 2 dies, with every try, while 3 and 4 are being answered: when the error comes, these are over. Mutant: they go on
    behind its back, and use up what the next walk may ask for.
    """
    dead, never = threading.Event(), threading.Event()
    over: list[int] = []
    tries: list[int] = []

    def answer(asked: Asked) -> Any:
        number = number_of(asked)
        if number == 2:
            tries.append(number)
            if len(tries) == TRIES:
                dead.set()
            raise ConnectionResetError
        if number > 2:
            assert dead.wait(10)
            never.wait(0.2)
        over.append(number)
        return page(number)

    with serve(answer) as server:
        walk = contacts_at(server.url, limits=limits(concurrent=3)).walk(whole=True)
        with pytest.raises(TransportError):
            list(walk)
        assert sorted(over) == [1, 3, 4]


def test_ctrl_c_does_not_wait_for_pages_that_hang() -> None:
    """A server that keeps its pages back holds nobody up."""
    held, never = threading.Event(), threading.Event()
    pages: set[int] = set()

    def answer(asked: Asked) -> Any:
        pages.add(number_of(asked))
        if len(pages) == 5:  # the first, and four at once
            held.set()
        assert number_of(asked) == 1 or never.wait(10)
        return page(number_of(asked))

    def press() -> None:
        held.wait(10)
        os.kill(os.getpid(), signal.SIGINT)

    with serve(answer) as server:
        walk = contacts_at(server.url).pages(wanted=math.inf)
        threading.Thread(target=press, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            list(walk)
        assert not never.is_set()
        never.set()
        for one in threading.enumerate():  # left behind, as they should be; the test's own end waits for them
            if one.name == "begun":
                one.join(10)


@pytest.mark.parametrize("most", [PAGES // 2, PAGES, PAGES + 1, PAGES + 20])
def test_the_last_requests_of_a_run_are_spent_in_order(most: int) -> None:
    """Near the run's maximum the walk is one by one, and ends at the same page with the same error as without any guess."""

    def walked(url: str, wanted: float) -> tuple[list[int], str | None]:
        pages: list[int] = []
        try:
            for one in contacts_at(url, limits=limits(max_requests=most)).pages(wanted=wanted):
                pages.append(one.number)  # noqa: PERF401 - what came before an error counts
        except TransportError as error:
            return pages, error.problems[0].code
        return pages, None

    with serve(lambda asked: page(number_of(asked))) as server:
        assert walked(server.url, math.inf) == walked(server.url, 0)
        assert len(server.asked) == 2 * min(most, PAGES + 1)


def test_a_total_that_is_far_too_large_costs_a_few_requests_once() -> None:
    """What was asked for in vain is counted and over when the walk is, and is no evidence of anything."""
    recorder = Recorder()
    with serve(lambda asked: page(number_of(asked), total=10**9)) as server:
        resource = contacts_at(server.url, recorder=recorder)
        pages = list(resource.pages(wanted=math.inf))
        assert pages[-1].natural
        assert [one.number for one in pages] == list(range(1, PAGES + 2))
        assert len(server.asked) == resource.client.requests <= PAGES + 1 + 4
    assert len(recorder.evidence()) == PAGES + 1


def test_answers_that_come_at_once_are_read_one_by_one() -> None:
    """Where nothing is waited for, threads would only cost: no page is asked for before its turn."""
    with serve(lambda asked: page(number_of(asked))) as server:
        pages = contacts_at(server.url, at=Still()).pages(wanted=math.inf)
        for number, _ in enumerate(pages, 1):
            assert len(server.asked) == number


def test_the_pace_holds_for_all_threads_together() -> None:
    """Five a second are five a second, however many are under way: by the clock that the limit sleeps on."""
    at = Unhurried()
    began = at.monotonic()
    with serve(lambda asked: page(number_of(asked))) as server:
        list(contacts_at(server.url, at=at, limits=limits(requests_per_second=5.0)).walk(whole=True))
        assert len(server.asked) == PAGES + 1
    assert at.monotonic() - began >= PAGES / 5


def test_a_guess_that_was_wrong_is_the_last() -> None:
    """Offsets that come out otherwise than the first page promised: a few requests in vain, once, and no record lost."""
    ids = list(range(60))

    def answer(asked: Asked) -> Any:
        start = int(asked.query.get("offset", 0))
        return {"total": len(ids), "data": [{"id": one} for one in ids[start : start + (5 if start == 0 else 3)]]}

    by_offset = contacts(pagination=paging("offset", place="offset", total_path="total"))
    with serve(answer) as server:
        assert [one["id"] for one in contacts_at(server.url, by_offset).walk(whole=True)] == ids
        in_order = 1 + -(-(len(ids) - 5) // 3) + 1
        assert in_order < len(server.asked) < in_order + 4
