"""Pages asked for before their turn (issue point 6): whatever a server does, such a walk is the one that asks for page after page.

The server is a real one on loopback, so that threads, connections and the recorder are those of a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.client.recorder import Recorder
from checker.model.profile import ResourceProfile
from checker.resources.resource import Page, Resource
from tests.clients import Unhurried, client, contacts, paging
from tests.properties.test_paging import STYLES, Answering, Api
from tests.servers import Answered, Asked, Server, serve

PLACES = 8  # of the system that is asked
NUMBERED = ["offset", "page from 1", "page from 0", "page that says its number"]


@dataclass
class World:
    """A list behind a real server; `broken` are the numbers of the positions that get an error."""

    server: Server
    answering: Answering = field(default=lambda _: ({}, [], {}))
    told: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    status: int = 404

    def answer(self, asked: Asked) -> Answered:
        """A page."""
        if asked.query.get("p") in self.broken:
            return Answered(self.status, {})
        body, records, headers = self.answering(dict(asked.query))
        shown = {**body, **self.told, "data": [{"id": one} for one in records]}
        return Answered(200, shown, list({**headers, **self.headers}.items()))

    def walked(
        self, profile: ResourceProfile, size: int | None, most: int, *, enough: float = math.inf, ahead: bool
    ) -> tuple[list[Any], Any, int]:
        """What a walk gives whose asker stops at `enough` records: pages, the evidence without times, and how many requests came."""
        recorder = Recorder()
        made = client(self.server.url, recorder=recorder, at=Unhurried())
        before = len(self.server.asked)
        try:
            pages: list[Page] = []
            for page in Resource("crm", profile, made).pages(size=size, most=most, wanted=enough if ahead else 0):
                pages.append(page)
                if sum(len(one.records) for one in pages) >= enough:
                    break
        finally:
            made.close()
        evidence = {key: (one.request, (one.response or {}).get("body")) for key, one in recorder.evidence().items()}
        seen = [(one.records, one.number, one.total, one.next, one.stop, one.response.exchange) for one in pages]
        return seen, evidence, len(self.server.asked) - before


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One server for all examples; what it answers changes with them."""
    held: list[World] = []

    def answer(asked: Asked) -> Answered:
        return held[0].answer(asked)

    with serve(answer) as server:
        held.append(World(server))
        yield held[0]


def ragged(answering: Answering) -> Answering:
    """A list whose pages lose records, as those do that are narrowed after they were cut."""

    def answer(query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        body, records, headers = answering(query)
        return body, records[: max(1, len(records) - int(query.get("p", 0)) % 3)], headers

    return answer


def saying_more(answering: Answering, records: list[int]) -> Answering:
    """A list that says whether more comes."""

    def answer(query: dict[str, Any]) -> tuple[Any, list[int], dict[str, str]]:
        body, held, headers = answering(query)
        return {**body, "more": bool(held) and held[-1] != records[-1]}, held, headers

    return answer


def profile_of(style: str, next_path: str | None = None) -> ResourceProfile:
    """Contacts in pages of that style, the total beside them."""
    name, _ = STYLES[style]
    next_path = "next" if name == "cursor" else next_path
    return contacts(pagination=paging(name, place="p", next_path=next_path, total_path="total"))


@pytest.mark.parametrize("style", sorted(STYLES))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_walk_is_the_one_that_asks_page_after_page(style: str, world: World, data: st.DataObject) -> None:
    """The same records, the same end, the same evidence under the same keys: with a true total, a wrong one and none, with pages that fail
    or are shorter than others, with a server that ignores the position, and however far the walk may go.
    """
    records = data.draw(st.lists(st.integers(0, 10**6), unique=True, max_size=40))
    size = data.draw(st.none() | st.integers(1, 12))
    total = data.draw(st.none() | st.just(len(records)) | st.integers(0, 80))
    most = data.draw(st.integers(1, 60))
    name, answering = STYLES[style]
    stuck = data.draw(st.integers(0, 4)) == 0
    one = answering(Api(records, data.draw(st.integers(1, 12))))
    one = ragged(one) if name in {"offset", "page"} and data.draw(st.booleans()) else one
    world.answering = (lambda _: ({"next": "same"}, records[:5], {})) if stuck else one
    world.told = data.draw(st.sampled_from([{}, {"total_pages": data.draw(st.integers(0, 9))}]))
    world.told |= {} if total is None else {"total": total}
    world.broken = frozenset(map(str, data.draw(st.sets(st.integers(2, 9), max_size=1))))
    world.status = data.draw(st.sampled_from([400, 404, 500]))
    profile = profile_of(style)
    slow = world.walked(profile, size, most, ahead=False)
    fast = world.walked(profile, size, most, ahead=True)
    assert fast[:2] == slow[:2]
    assert fast[2] == slow[2] if name not in {"offset", "page"} else fast[2] <= slow[2] + PLACES


@pytest.mark.parametrize("style", NUMBERED)
@pytest.mark.parametrize("telling", ["total", "pages", "last"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_where_the_total_is_true_no_request_is_made_in_vain(
    style: str, telling: str, world: World, data: st.DataObject
) -> None:
    """The total, the number of pages or the link to the last page, lists that say whether more comes, and askers who stop early: as many
    requests as page after page.
    """
    records = list(range(data.draw(st.integers(0, 60))))
    size = data.draw(st.integers(1, 12))
    first = 0 if style == "page from 0" else 1
    pages = -(-len(records) // size)
    plain = STYLES[style][1](Api(records, size))
    more = data.draw(st.booleans())
    world.answering = saying_more(plain, records) if more else plain
    world.told = {"total": {"total": len(records)}, "pages": {"meta": {"total_pages": pages}}, "last": {}}[telling]
    last = f'<?limit={size}&p={pages - 1 + first}>; rel="last"'
    world.headers = {"Link": last} if telling == "last" else {}
    world.broken = frozenset()
    enough = data.draw(st.just(math.inf) | st.integers(0, 70))
    most = data.draw(st.integers(1, 40))
    profile = profile_of(style, "more" if more else None)
    try:
        fast = world.walked(profile, size, most, enough=enough, ahead=True)
        slow = world.walked(profile, size, most, enough=enough, ahead=False)
    finally:
        world.headers = {}
    assert fast == slow
