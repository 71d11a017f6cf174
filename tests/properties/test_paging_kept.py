"""A walk that is interrupted anywhere and gone on with gives the records of one in one piece (issue point 8.1), in every page style.

The server is a real one on loopback, and the connection dies for good at some request: whoever goes on is another process, as far as it knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import TransportError
from checker.resources.extraction import Extraction, Told
from checker.resources.kept import Asker, Kept
from checker.resources.resource import Resource
from tests.clients import Unhurried, client
from tests.properties.test_paging import STYLES, Answering, Api
from tests.properties.test_paging_ahead import profile_of
from tests.servers import Answered, Asked, Server, serve

MOST_PIECES = 4
NOW = datetime(2026, 11, 27, 10, 32, tzinfo=UTC)


@dataclass
class World:
    """A list behind a real server that hangs up from the request `dies_at` on (counted from 1; 0: never); pages are asked for ahead."""

    server: Server
    answering: Answering = field(default=lambda _: ({}, [], {}))
    dies_at: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answered:
        """A page, or nothing at all."""
        if self.dies_at and len(self.server.asked) >= self.dies_at:
            raise ConnectionResetError
        body, records, headers = self.answering(dict(asked.query))
        shown = {**body, **self.told, "data": [{"id": one, "amount": one / 7} for one in records]}
        return Answered(200, shown, list(headers.items()))

    def read(self, path: Path, style: str) -> tuple[list[tuple[str, dict[str, Any]]] | None, list[str], int]:
        """One run: the records, None where it was cut off; what it said; how many requests came."""
        self.server.asked.clear()
        said: list[Told] = []
        made, kept = client(self.server.url, at=Unhurried()), Kept(path)
        try:
            reading = Extraction(
                Resource("crm", profile_of(style), made), kept, Asker("me", style), lambda: NOW, said.append
            )
            reading.done()
            return list(kept.each()), [one.what for one in said], len(self.server.asked)
        except TransportError:
            return None, [one.what for one in said], len(self.server.asked)
        finally:
            kept.close()
            made.close()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One server for all examples; what it answers changes with them."""
    held: list[World] = []
    with serve(lambda asked: held[0].answer(asked)) as server:  # noqa: PLW0108 - who answers is known later
        held.append(World(server))
        yield held[0]


@pytest.mark.parametrize("style", sorted(STYLES))
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_walk_in_pieces_gives_what_one_in_one_piece_gives(
    style: str, world: World, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The same records in the same order, however often it is cut off. Mutant: a place that is one page further than what was kept."""
    folder = tmp_path_factory.mktemp("kept")
    records = data.draw(st.lists(st.integers(0, 10**6), unique=True, min_size=1, max_size=40))
    cap = data.draw(st.integers(1, 12))
    world.answering, world.dies_at = STYLES[style][1](Api(records, cap)), 0
    world.told = data.draw(st.sampled_from([{}, {"total": len(records)}]))
    whole, _, needed = world.read(folder / "whole.sqlite", style)
    assert whole is not None
    assert [key for key, _ in whole] == [str(one) for one in records]
    found, asked, pieces = None, 0, 0
    while found is None:
        pieces += 1
        world.dies_at = 0 if pieces == MOST_PIECES else data.draw(st.integers(1, needed + 2))
        found, said, requests = world.read(folder / "pieces.sqlite", style)
        asked += min(requests, world.dies_at - 1) if world.dies_at else requests
        assert "moved" not in said
    assert found == whole
    if STYLES[style][0] in {"cursor", "since_id"}:  # whose place doesn't shift: no page is asked for twice
        assert asked == needed
