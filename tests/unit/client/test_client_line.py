"""The line to a system, cut on our side."""

from __future__ import annotations

from contextlib import closing

import pytest

from checker.client.line import Line
from checker.client.messages import Request
from checker.errors import UnreachableError
from tests.clients import client
from tests.servers import serve


def ask(method: str) -> Request:
    """A request."""
    return Request(method, "/x", [], {}, json={} if method == "POST" else None)


def test_a_cut_line_lets_nothing_through_from_the_first_write_on_and_is_whole_again_afterwards() -> None:
    """Reads before the first write pass; from then on neither writes nor reads arrive, nothing is retried, and later all is well."""
    line = Line()
    with serve(lambda _: {}) as server, closing(client(server.url).through(line)) as ours:
        with line.cut_at_next_write():
            assert ours.send(ask("GET")).status == 200
            for method in ("POST", "GET", "PATCH"):
                with pytest.raises(UnreachableError):
                    ours.send(ask(method))
        assert ours.send(ask("POST")).status == 200
    assert [one.method for one in server.asked] == ["GET", "POST"]


def test_other_clients_of_the_system_are_not_cut_off() -> None:
    """Only who goes through the line feels the cut: what is cleaned up afterwards may go around it."""
    line = Line()
    with serve(lambda _: {}) as server, closing(client(server.url)) as whole:
        with line.cut_at_next_write(), pytest.raises(UnreachableError):
            whole.through(line).send(ask("POST"))
        assert whole.send(ask("POST")).status == 200


def test_a_search_by_post_is_no_write() -> None:
    """A request that only asks passes before the first write, whatever its method."""
    line = Line()
    search = Request("POST", "/search", json={}, reads=True)
    with serve(lambda _: {}) as server, closing(client(server.url).through(line)) as ours, line.cut_at_next_write():
        assert ours.send(search).status == 200
        with pytest.raises(UnreachableError):
            ours.send(ask("POST"))
        with pytest.raises(UnreachableError):
            ours.send(search)
