"""Walks over any list, in any style (issue point 6): each record once, in order, to the end.

The server is a function from a step's parameters to a page; the machines never know that nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.client.messages import Headers
from checker.client.pagination import Answer, Pager, Step, pager
from tests.clients import paging

URL = "https://h/api/contacts"
LISTS = st.lists(st.integers(0, 10**6), unique=True, max_size=60)
SIZES = st.integers(1, 20)


@dataclass
class Api:
    """A server-side list; `cap` is the largest page it gives, whatever is asked for."""

    records: list[int]
    cap: int

    def size(self, query: dict[str, Any]) -> int:
        """The page size that is given."""
        return min(int(query.get("limit", self.cap)), self.cap)

    def cut(self, start: int, size: int) -> list[int]:
        """A slice of the list."""
        return self.records[start : start + size]

    def offset(self, query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        """By offset."""
        return {}, self.cut(int(query.get("p", 0)), self.size(query)), {}

    def from_one(self, query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        """By page number, the first is 1."""
        return {}, self.cut((int(query.get("p", 1)) - 1) * self.size(query), self.size(query)), {}

    def from_zero(self, query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        """By page number, the first is 0."""
        return {}, self.cut(int(query.get("p", 0)) * self.size(query), self.size(query)), {}

    def saying_its_page(self, query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        """By page number, which the answer repeats."""
        return {"page": int(query.get("p", 1))}, self.from_one(query)[1], {}

    def cursor(self, query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        """By opaque token."""
        start = int(str(query.get("p", "c0")).removeprefix("c"))
        following = start + self.size(query)
        return (
            {"next": f"c{following}" if following < len(self.records) else None},
            self.cut(start, self.size(query)),
            {},
        )

    def link(self, query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        """By Link header."""
        start, size = int(query.get("from", 0)), self.size(query)
        more = start + size < len(self.records)
        return {}, self.cut(start, size), {"Link": f'<?from={start + size}&limit={size}>; rel="next"'} if more else {}

    def since_id(self, query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        """By the last id."""
        last = query.get("p")
        return {}, self.cut(0 if last is None else self.records.index(int(last)) + 1, self.size(query)), {}


Answering = Callable[[dict[str, Any]], tuple[Any, list[int], dict[str, str]]]

STYLES: dict[str, tuple[str, Callable[[Api], Answering]]] = {
    "offset": ("offset", lambda api: api.offset),
    "page from 1": ("page", lambda api: api.from_one),
    "page from 0": ("page", lambda api: api.from_zero),
    "page that says its number": ("page", lambda api: api.saying_its_page),
    "cursor": ("cursor", lambda api: api.cursor),
    "link": ("link", lambda api: api.link),
    "since_id": ("since_id", lambda api: api.since_id),
}


def walk(
    machine: Pager, answering: Answering, size: int | None, *, with_ids: bool = True, most: int = 200
) -> tuple[list[int], int, str]:
    """Records in the order seen, requests needed, and why it ended; the page that shows page 1 again is the machine's affair."""
    outcome = machine.first(size)
    seen: list[int] = []
    pages: list[list[int]] = []
    for requests in range(1, most):
        query = (
            dict(parse_qsl(urlsplit(outcome.url).query))
            if outcome.url
            else {param.name: value for param, value in outcome.values}
        )
        body, records, headers = answering(query)
        url = outcome.url or f"{URL}?{query}"
        ids = [str(one) for one in records] if with_ids else None
        next_one = machine.after(Answer(body, Headers(headers.items()), url, records, ids))
        if not pages or records != pages[0] or query.get("p") is None:
            seen += records
        pages.append(records)
        if not isinstance(next_one, Step):
            return seen, requests, next_one.reason
        outcome = next_one
    raise AssertionError(f"no end after {most} requests")


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("with_ids", [True, False])
@given(records=LISTS, cap=SIZES, size=st.none() | SIZES)
def test_a_walk_returns_each_record_once_and_ends(
    style: str, with_ids: bool, records: list[int], cap: int, size: int | None
) -> None:
    """Whatever the list, the size asked for and the size given."""
    if style == "since_id":
        with_ids = True
    name, answering = STYLES[style]
    machine = pager(paging(name, place="p", next_path="next" if name == "cursor" else None))
    seen, requests, reason = walk(machine, answering(Api(records, cap)), size, with_ids=with_ids)
    assert seen == records
    assert reason == "end"
    given_size = min(size or cap, cap)
    assert requests <= len(records) // given_size + 3


@pytest.mark.parametrize("style", ["offset", "page from 1", "cursor", "since_id"])
@given(records=st.lists(st.integers(0, 99), unique=True, min_size=2, max_size=20), size=SIZES)
def test_a_server_that_ignores_the_position_is_found_out_in_three_requests(
    style: str, records: list[int], size: int
) -> None:
    """Always the first page: the walk stops by itself and does not call it the end."""
    name, _ = STYLES[style]
    machine = pager(paging(name, place="p", next_path="next" if name == "cursor" else None))
    _, requests, reason = walk(machine, lambda _: ({"next": "same"}, records[:size], {}), size)
    assert requests <= 3
    assert reason in {"repeats", "loop"}


@given(chain=st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_links_that_lead_in_circles_end(chain: list[int]) -> None:
    """Any graph of pages: no page is asked for twice."""
    count = iter(range(1000))

    def answering(query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        target = chain[int(query.get("at", 0)) % len(chain)]
        return {"next": f"{URL}?at={target}"}, [next(count)], {}

    _, requests, reason = walk(pager(paging("link", next_path="next")), answering, None)
    assert reason == "loop"
    assert requests <= 8
