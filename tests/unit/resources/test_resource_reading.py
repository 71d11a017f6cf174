"""A resource, asked through one door, against real servers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from checker.client.client import Client
from checker.client.recorder import Recorder
from checker.errors import InputError, OriginError, TransportError
from checker.model.profile import FieldRoles, Operations, Param, ResourceProfile, UpdatedSince
from checker.project.types import Fixed
from checker.resources.answers import items, single
from checker.resources.query import Query
from checker.resources.resource import Resource
from tests.clients import client, contacts, paging
from tests.servers import Answered, Asked, serve

RECORDS = [{"id": one, "name": f"n{one}"} for one in range(23)]


def offsets(asked: Asked) -> Any:
    """A list by offset, ten a page at most, with total."""
    start, size = int(asked.query.get("offset", 0)), min(int(asked.query.get("limit", 5)), 10)
    return {"data": RECORDS[start : start + size], "meta": {"total": len(RECORDS)}}


OPENED: list[Client] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Every client that a test opened is closed after it."""
    yield
    while OPENED:
        OPENED.pop().close()


def at(url: str, profile: ResourceProfile, **settings: Any) -> Resource:
    """The resource of that profile at that server."""
    OPENED.append(client(url, **settings))
    return Resource("crm", profile, OPENED[-1])


BY_OFFSET = contacts(pagination=paging("offset", place="offset", total_path="meta.total", max_page_size=100))


def test_line_items_that_come_on_demand_are_asked_for_in_lists_and_single_reads() -> None:
    """With every page, and with a record by its id; what the project file fixes goes before it, and no other operation is asked so."""
    seen: list[str | None] = []

    def on_demand(asked: Asked) -> Any:
        seen.append(asked.query.get("include"))
        with_lines = [{**one, "lines": [1]} if asked.query.get("include") == "lines" else one for one in RECORDS]
        return {"data": with_lines[:2]} if asked.path == "/contacts" else with_lines[0]

    along = {"GET /contacts": {"include": "lines"}, "GET /contacts/{id}": {"include": "lines"}}
    with serve(on_demand) as server:
        resource = at(server.url, contacts(expand=along))
        assert all("lines" in record for record in resource.page(Query((("email", "a"),))).records)
        assert "lines" in (resource.read("0").record or {})
        other = contacts(expand=along, fixed={"query": {"include": "notes"}})
        assert "lines" not in (at(server.url, other).read("0").record or {})
        assert seen == ["lines", "lines", "notes"]


@pytest.mark.parametrize("knows", [True, False])
def test_what_is_not_to_be_had_along_is_left_out_from_then_on(knows: bool) -> None:
    """A value that a server refuses costs one request, and no record; a refusal for another reason is told as it came, and says nothing of it."""
    seen: list[tuple[str | None, str | None]] = []

    def picky(asked: Asked) -> Any:
        seen.append((asked.query.get("include"), asked.query.get("email")))
        refused = asked.query.get("email") == "nonsense" or ("include" in asked.query and not knows)
        return Answered(400, {"error": "no"}) if refused else {"data": RECORDS[:2]}

    with serve(picky) as server:
        resource = at(server.url, contacts(expand={"GET /contacts": {"include": "lines"}}))
        assert resource.page(Query((("email", "nonsense"),))).response.status == 400
        assert len(resource.page().records) == len(resource.page().records) == 2
        other = Resource("crm", resource.profile, resource.client.recorded(Recorder().scope("crm", "again")))
        assert resource.page(Query((("email", "nonsense"),))).response.status == 400
        assert len(other.page().records) == 2
    first = [("lines", "nonsense"), (None, "nonsense")]
    taken = [("lines", None), ("lines", None), ("lines", "nonsense"), ("lines", None)]
    left_out = [("lines", None), (None, None), (None, None), (None, "nonsense"), (None, None)]
    assert seen == first + (taken if knows else left_out)


def test_a_list_is_walked_page_by_page() -> None:
    """Pages are numbered and tell total and end; the declared size is asked for, what comes is taken."""
    with serve(offsets) as server:
        resource = at(server.url, BY_OFFSET)
        pages = list(resource.pages())
        assert [len(page.records) for page in pages] == [10, 10, 3, 0]
        assert [page.number for page in pages] == [1, 2, 3, 4]
        assert (pages[0].total, pages[-1].stop, pages[-1].natural) == (23, "end", True)
        assert [record["id"] for record in resource.walk()] == list(range(23))
        assert [record["id"] for record in resource.walk(limit=12)] == list(range(12))
        assert server.asked[0].query == {"limit": "100"}
        assert resource.subject == "crm/contacts"


def test_a_walk_may_be_bounded_and_taken_up_again() -> None:
    """After `most` pages it stops and says so; a page's `next` leads on."""
    with serve(offsets) as server:
        resource = at(server.url, BY_OFFSET)
        pages = list(resource.pages(size=10, most=2))
        assert [page.stop for page in pages] == [None, "most-pages"]
        third = resource.page(size=10, step=pages[-1].next)
        assert [one["id"] for one in third.records] == [20, 21, 22]
        assert third.next is not None
        assert resource.page(size=10, step=third.next).stop == "end"


def test_the_total_is_counted_without_reading_all() -> None:
    """One request for one record; from the body or a header; unknown where nobody says."""
    with serve(lambda asked: Answered(200, offsets(asked), [("X-Total-Count", "42")])) as server:
        resource = at(server.url, BY_OFFSET)
        assert resource.count() == 23
        assert server.asked[-1].query["limit"] == "1"
        assert at(server.url, contacts(pagination=paging("offset", total_path="header:X-Total-Count"))).count() == 42
        asked = len(server.asked)
        assert at(server.url, contacts()).count() is None
        assert len(server.asked) == asked


@pytest.mark.parametrize(
    ("body", "profile", "record"),
    [
        ({"id": 1}, {}, {"id": 1}),
        ({"data": {"id": 1}}, {}, {"id": 1}),
        ({"data": [{"id": 1}]}, {}, {"id": 1}),
        ({"contact": {"id": 1}}, {"answer_path": "contact"}, {"id": 1}),
        ({"contact": {"id": 1}}, {"answer_path": {"read": "contact", "create": None}}, {"id": 1}),
        ({"id": 1, "data": {"x": 2}}, {"answer_path": {"read": None}}, {"id": 1, "data": {"x": 2}}),
        ({"customer": {"id": 1}}, {"items_path": "list", "record_path": "customer"}, {"id": 1}),
        ([], {}, None),
        ("text", {}, None),
    ],
)
def test_a_single_record_is_taken_out_of_what_wraps_it(body: Any, profile: dict[str, Any], record: Any) -> None:
    """By answer_path where it is set, else by the wrapper that lists have, else the body itself."""
    assert single(body, contacts(**profile)) == record


@pytest.mark.parametrize(
    ("body", "path", "found"),
    [
        ([{"id": 1}], "", [{"id": 1}]),
        ({"data": {"items": [1]}}, "data.items", [1]),
        ({"data": {"items": [1]}}, "data.items[]", [1]),
        ({"customers": [{"contacts": [1, 2]}, {"contacts": [3]}]}, "customers[].contacts", [1, 2, 3]),
        ({"people": [1], "firms": [2]}, ["people", "firms"], [1, 2]),
        ({"people": [1]}, ["people", "firms"], [1]),
        ({"data": []}, "data", []),
        ({"data": None}, "data", None),
        ({"error": "x"}, "data", None),
        ({"meta": {}, "rows": [{"id": 1}]}, None, [{"id": 1}]),
        ([], None, []),
        ({"a": {"b": []}}, None, []),
        ({"a": 1}, None, None),
    ],
)
def test_items_are_found_by_path_or_guessed(body: Any, path: Any, found: Any) -> None:
    """Bare lists, nested lists, several lists; nothing there is something else than an empty list."""
    assert items(body, path) == found


def test_a_read_fills_the_path_and_escapes_the_id() -> None:
    """The last open place of the path is the id's; system's and resource's fixed values fill the others."""
    profile = contacts(
        operations=Operations(list="GET /c/{company}/{collection}", read="GET /c/{company}/{collection}/{id}"),
        fixed={"path": {"collection": "contacts"}},
    )
    with serve(lambda asked: {"data": {"path": asked.path}}) as server:
        resource = at(server.url + "/api", profile, fixed=Fixed(path={"company": "42", "collection": "x"}))
        assert resource.read("a/b ü").record == {"path": "/api/c/42/contacts/a%2Fb%20%C3%BC"}
        with pytest.raises(InputError) as caught:
            at(server.url, profile).page()
        assert caught.value.problems[0].code == "resource.open-path"
        assert caught.value.problems[0].values["missing"] == ["company"]


def test_a_missing_record_or_operation_is_told() -> None:
    """A 404 is an answer without a record; an operation that a profile lacks is an input error."""
    with serve(lambda _: Answered(404, {"error": "none"})) as server:
        resource = at(server.url, contacts())
        answer = resource.read("7")
        assert (answer.record, answer.response.status) == (None, 404)
        with pytest.raises(InputError):
            at(server.url, contacts(operations=Operations(list="GET /contacts"))).read("7")


def test_a_list_that_is_searched_for_is_asked_by_its_body() -> None:
    """A POST search carries size, position, filter and instant in its JSON body."""

    def search(asked: Asked) -> Any:
        sent = asked.json()
        start = (sent["page"] - 1) * sent["limit"] if "page" in sent else 0
        return {"data": RECORDS[start : start + sent["limit"]], "page": sent.get("page", 1)}

    profile = contacts(
        operations=Operations(search="POST /search/contacts"),
        pagination=paging("page", place="page", where="body"),
        updated_since=UpdatedSince(query={"filter": [{"field": "updated", "gte": "{since}"}]}),
    )
    with serve(search) as server:
        resource = at(server.url, profile)
        query = resource.since(datetime(2026, 11, 24, tzinfo=UTC))
        assert query is not None
        pages = list(resource.pages(query, size=10))
        assert sum(len(page.records) for page in pages) == 23
        assert server.asked[1].method == "POST"
        assert server.asked[1].json() == {
            "filter": [{"field": "updated", "gte": "2026-11-24T00:00:00Z"}],
            "limit": 10,
            "page": 2,
        }


def test_a_search_by_post_is_asked_again_where_the_server_was_busy() -> None:
    """It changes nothing: what a list by GET may do a second time it may, too."""
    busy = iter([503])

    def search(_: Asked) -> Any:
        return Answered(next(busy, 200), {"data": RECORDS})

    profile = contacts(operations=Operations(search="POST /search/contacts"), pagination=paging("none"))
    with serve(search) as server:
        assert len(at(server.url, profile).page().records) == 23
        assert len(server.asked) == 2


def test_an_updated_since_of_another_operation_is_asked_there() -> None:
    """Where changes have an endpoint of their own, the query goes to it."""
    profile = contacts(
        updated_since=UpdatedSince(operation="GET /contacts/changes", param=Param(name="since", in_="query"))
    )
    with serve(lambda asked: {"data": [{"id": asked.path}]}) as server:
        resource = at(server.url, profile)
        assert resource.page(resource.since("2026")).records == [{"id": "/contacts/changes"}]


def test_what_a_resource_fixes_is_laid_over_the_systems() -> None:
    """Query and headers of the resource win over the system's; a query's own wins over both."""
    profile = contacts(fixed={"query": {"fields": "*", "v": "2"}, "headers": {"X-A": "r"}})
    with serve(lambda asked: {"data": [{"id": 1, "query": asked.query, "a": asked.headers.get("x-a")}]}) as server:
        resource = at(server.url, profile, fixed=Fixed(query={"v": "1", "locale": "de"}, headers={"X-A": "s"}))
        assert resource.page().records == [{"id": 1, "query": {"fields": "*", "v": "2", "locale": "de"}, "a": "r"}]
        assert resource.page(Query((("v", "9"),))).records[0]["query"]["v"] == "9"


def test_a_next_link_is_followed_as_it_is_and_never_elsewhere() -> None:
    """The link's own query is used, credentials go along; a foreign link raises and nothing is sent there."""

    def linked(asked: Asked) -> Any:
        page = int(asked.query.get("page", 1))
        target = (
            f"{server.url}/contacts?page={page + 1}&sig=x%2By" if page < 3 else "https://elsewhere.example/contacts"
        )
        return {"data": [{"id": page, "sig": asked.query.get("sig")}], "next": target}

    with serve(linked) as server:
        resource = at(
            server.url, contacts(pagination=paging("link", next_path="next"), fixed={"query": {"expand": "all"}})
        )
        seen: list[dict[str, Any]] = []
        walk = resource.pages()
        with pytest.raises(OriginError):
            seen.extend(record for page in walk for record in page.records)
        assert seen == [{"id": 1, "sig": None}, {"id": 2, "sig": "x+y"}, {"id": 3, "sig": "x+y"}]
        assert server.asked[0].query == {"expand": "all"}


@pytest.mark.parametrize(
    ("second", "stop", "natural"),
    [
        (Answered(404, {}), "past-end", True),
        (Answered(400, {}), "past-end", True),
        (Answered(403, {}), "status", False),
        (Answered(200, b"<html>"), "unreadable", False),
        (Answered(200, {"rows": []}), "items-missing", False),
        (Answered(200, {"data": [{"id": 1}]}), "repeats", False),
    ],
)
def test_a_walk_says_why_it_stopped(second: Answered, stop: str, natural: bool) -> None:
    """Past the end, refused, unreadable, without a list, in circles; `walk` raises for all but the natural ends."""
    with serve(lambda asked: second if asked.query.get("offset") else {"data": [{"id": 1}]}) as server:
        resource = at(server.url, contacts(pagination=paging("offset", place="offset")))
        last = list(resource.pages())[-1]
        assert (last.stop, last.natural) == (stop, natural)
        if natural:
            assert len(list(resource.walk())) == 1
        else:
            with pytest.raises(TransportError) as caught:
                list(resource.walk())
            assert caught.value.problems[0].code == "resource.walk-broke"


def test_a_first_page_that_is_refused_is_no_end() -> None:
    """A 404 on the first page is no natural end of an empty list."""
    with serve(lambda _: Answered(404, {})) as server:
        resource = at(server.url, BY_OFFSET)
        assert (resource.page().stop, resource.page().records) == ("status", [])


def test_records_inside_items_are_taken_out() -> None:
    """`record_path` names where the record sits; ids are text, nested ones too."""
    profile = contacts(items_path="list", record_path="customer", fields=FieldRoles(id="ref.id"))
    with serve(lambda _: {"list": [{"customer": {"ref": {"id": 7}}}, {"customer": {"ref": {}}}]}) as server:
        resource = at(server.url, profile)
        records = resource.page().records
        assert [resource.id_of(one) for one in records] == ["7", None]


def test_another_style_that_is_offered_can_be_walked() -> None:
    """A list by offset that offers page numbers too can be walked both ways."""

    def both(asked: Asked) -> Any:
        start = int(asked.query.get("offset", 0)) + (int(asked.query.get("page", 1)) - 1) * 10
        return {"data": RECORDS[start : start + 10]}

    params = (*paging("offset", place="offset").params, Param(name="page", in_="query", means="position"))
    with serve(both) as server:
        resource = at(server.url, contacts(pagination=paging("offset", size=None, also=("page",))))
        resource.profile = contacts(
            pagination=resource.profile.pagination.__class__(style="offset", also=("page",), params=params)
        )
        ways = [
            [record["id"] for page in resource.pages(style=style) for record in page.records]
            for style in ("offset", "page")
        ]
        assert ways[0] == list(range(23))
        assert sorted(set(ways[1])) == list(range(23))


def test_exchanges_are_recorded_under_the_probes_scope() -> None:
    """`recorded` gives keys of that scope; without a scope nothing is kept."""
    recorder = Recorder()
    with serve(offsets) as server:
        resource = at(server.url, BY_OFFSET, recorder=recorder)
        page = resource.recorded(recorder.scope("crm", "pagination", resource.subject)).page(size=1)
        assert page.response.exchange == "crm|pagination|crm/contacts|0001"
        assert list(recorder.evidence()) == ["crm|pagination|crm/contacts|0001"]
        assert resource.asked_with("none").page().response.ok
