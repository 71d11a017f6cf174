"""Page styles as machines that are told answers; whole walks are in tests/properties/test_paging.py."""

from __future__ import annotations

from typing import Any

import pytest

from checker.client.links import link_of
from checker.client.messages import Headers
from checker.client.pagination import PAGERS, Answer, Step, Stop, pager, position, size_of
from checker.model.profile import Pagination, Param
from tests.clients import paging

URL = "https://h/api/contacts?limit=2"


def told(
    body: Any = None, records: int = 2, start: int = 0, headers: dict[str, str] | None = None, url: str = URL
) -> Answer:
    """A page of `records` records, ids from `start` on."""
    ids = [str(start + one) for one in range(records)]
    return Answer(body, Headers((headers or {}).items()), url, [{"id": one} for one in ids], ids)


def named(outcome: Step | Stop) -> dict[str, Any]:
    """A step's values by parameter."""
    assert isinstance(outcome, Step)
    return {param.name: value for param, value in outcome.values}


@pytest.mark.parametrize("style", sorted(PAGERS))
def test_every_style_asks_for_its_size_first(style: str) -> None:
    """The first request carries the size alone, and nothing where none is wished."""
    assert named(pager(paging(style, place="p")).first(50)) == {"limit": 50}
    assert named(pager(paging(style, place="p")).first(None)) == {}


def test_offset_goes_on_by_what_came_until_a_page_is_empty() -> None:
    """A server that gives two where fifty were asked for loses nothing."""
    machine = pager(paging("offset", place="offset"))
    machine.first(50)
    assert named(machine.after(told())) == {"limit": 50, "offset": 2}
    assert named(machine.after(told(start=2))) == {"limit": 50, "offset": 4}
    assert machine.after(told(records=0)) == Stop("end")


@pytest.mark.parametrize(
    ("body", "second"),
    [
        ({"page": 0}, 1),
        ({"page": 1}, 2),
        ({"meta": {"current_page": 0}}, 1),
        ({"page": {"number": 0}}, 1),
        ({"page": True}, 1),
    ],
)
def test_a_first_page_that_says_its_number_is_believed(body: Any, second: int) -> None:
    """Pages that count from 0 and from 1 are told apart by what the first answer says."""
    machine = pager(paging("page", place="page"))
    machine.first(2)
    assert named(machine.after(told(body)))["page"] == second


def test_a_first_page_without_number_is_compared_with_page_one() -> None:
    """Where page 1 shows the first page again, pages count from 1 and the walk goes on with 2; else page 1 was the second."""
    from_one, from_zero = pager(paging("page", place="page")), pager(paging("page", place="page"))
    for machine in (from_one, from_zero):
        machine.first(2)
        assert named(machine.after(told()))["page"] == 1
    assert named(from_one.after(told()))["page"] == 2
    assert named(from_zero.after(told(start=2)))["page"] == 2
    assert named(from_one.after(told(start=2)))["page"] == 3
    assert from_zero.after(told(start=2)) == Stop("repeats")


@pytest.mark.parametrize("style", ["offset", "page", "cursor", "since_id"])
def test_a_list_that_repeats_itself_ends_within_three_requests(style: str) -> None:
    """A server that ignores the position sends the same page for ever; the walk stops by itself."""
    machine = pager(paging(style, place="p", next_path="next" if style == "cursor" else None))
    step: Step | Stop = machine.first(2)
    requests = 0
    while isinstance(step, Step):
        requests += 1
        step = machine.after(told({"next": f"c{requests}"}))
    assert requests <= 3
    assert step.reason == "repeats"
    assert not step.natural


@pytest.mark.parametrize("end", [None, "", False])
def test_a_cursor_ends_where_none_is_given(end: object) -> None:
    """Null, an empty text, false and a missing key all end the walk."""
    machine = pager(paging("cursor", place="after", next_path="paging.after"))
    machine.first(2)
    assert named(machine.after(told({"paging": {"after": "abc"}}))) == {"limit": 2, "after": "abc"}
    assert machine.after(told({"paging": {"after": end}}, start=2)) == Stop("end")
    assert pager(paging("cursor", place="after", next_path="paging.after")).after(told({})) == Stop("end")


def test_a_cursor_given_twice_is_a_loop() -> None:
    """The same cursor again would bring the same pages again."""
    machine = pager(paging("cursor", place="after", next_path="next"))
    machine.after(told({"next": "a"}))
    machine.after(told({"next": "b"}, start=2))
    assert machine.after(told({"next": "a"}, start=4)) == Stop("loop")


def test_a_cursor_in_a_header_or_inside_a_link_is_found() -> None:
    """`header:NAME` names a header; of a whole URL the parameter's value is taken, else the URL is followed."""
    in_header = pager(paging("cursor", place="after", next_path="header:X-Next"))
    assert named(in_header.after(told(headers={"x-next": "h1"})))["after"] == "h1"
    in_link = pager(paging("cursor", place="after", next_path="next"))
    assert named(in_link.after(told({"next": "https://h/api/contacts?after=q1&limit=2"})))["after"] == "q1"
    assert in_link.after(told({"next": "/api/more/xyz"}, start=2)) == Step(url="https://h/api/more/xyz")


def test_a_cursor_that_nobody_knows_where_to_find_is_said_so() -> None:
    """Without a next path the walk ends, and not as if the list were complete."""
    assert pager(paging("cursor", place="after")).after(told({})) == Stop("no-next")


def test_a_link_that_no_document_names_is_followed_where_it_usually_stands() -> None:
    """A cursor that nobody knows where to find may be in a whole link, in the body or in a header; a page's number in a header is none."""
    for body, headers in (
        ({}, {"Next-Page": "?after=q1"}),
        ({}, {"Link": '<?after=q1>; rel="next"'}),
        ({"next": "?after=q1"}, {}),
    ):
        found = pager(paging("cursor", place="after")).after(told(body, headers=headers))
        assert found == Step(url="https://h/api/contacts?after=q1")
    machine = pager(paging("cursor", place="after"))
    machine.after(told({"next": "?after=q1"}))
    assert machine.after(told({}, start=2)) == Stop("end")
    for style, end in (("cursor", "no-next"), ("link", "end")):
        assert pager(paging(style, place="after")).after(told({}, headers={"X-Next-Page": "2"})) == Stop(end)


@pytest.mark.parametrize(
    ("pagination", "body", "headers"),
    [
        (paging("link", next_path="links.next"), {"links": {"next": "?page=2"}}, {}),
        (paging("link"), {"_links": {"next": {"href": "?page=2"}}}, {}),
        (paging("link"), {"@odata.nextLink": "https://h/api/contacts?page=2"}, {}),
        (paging("link", next_path="header:Link"), {}, {"Link": '<?page=1>; rel="prev", <?page=2>; rel="next"'}),
        (paging("link"), {}, {"Link": '<?page=2>; title="a,b"; rel=next'}),
    ],
)
def test_a_link_is_found_in_body_and_header(pagination: Pagination, body: Any, headers: dict[str, str]) -> None:
    """Next links stand in the body, as text or as an object, or in the Link header; they are joined to the answer's URL."""
    assert pager(pagination).after(told(body, headers=headers)) == Step(url="https://h/api/contacts?page=2")


def test_a_link_back_to_where_one_was_is_a_loop() -> None:
    """A link to the page itself, or to an earlier one, is not followed."""
    assert pager(paging("link")).after(told({"next": URL})) == Stop("loop")


def test_the_last_id_is_where_the_next_page_begins() -> None:
    """since_id needs ids; without them nobody knows how to go on."""
    machine = pager(paging("since_id", place="starting_after"))
    assert named(machine.after(told(start=5)))["starting_after"] == "6"
    assert machine.after(Answer({}, Headers(), URL, [{"x": 1}], None)) == Stop("no-next")
    assert pager(paging("since_id", place="starting_after", next_path="has_more")).after(
        told({"has_more": False})
    ) == Stop("end")


def test_pages_that_stay_empty_end_the_walk() -> None:
    """Some servers filter after paging, so empty pages are followed; for ever they are not."""
    machine = pager(paging("cursor", place="after", next_path="next"))
    outcome: Step | Stop = Step()
    for number in range(12):
        outcome = machine.after(told({"next": f"c{number}"}, records=0))
        if isinstance(outcome, Stop):
            break
    assert outcome == Stop("too-many-empty")


def test_a_walk_can_be_taken_up_at_a_step() -> None:
    """From a step's number on, offset and page go on as if they had come there by themselves."""
    place = Param(name="offset", in_="query", means="position")
    machine = pager(paging("offset", place="offset"))
    machine.first(None)
    machine.resume(Step(((place, 40),)))
    assert named(machine.after(told())) == {"offset": 42}


def test_of_several_positions_the_one_of_the_style_is_used() -> None:
    """An operation that offers offset and page has a parameter for each."""
    both = Pagination(
        style="offset",
        also=("page",),
        params=tuple(
            Param(name=one, in_="query", means=means)
            for one, means in (("limit", "size"), ("page", "position"), ("offset", "position"))
        ),
    )
    assert [getattr(position(both, style), "name", None) for style in ("offset", "page")] == ["offset", "page"]
    assert getattr(size_of(both), "name", None) == "limit"


@pytest.mark.parametrize("line", ["", "<a>", "<a>; rel=prev", "garbage, <", '<a>; rel="nextish"'])
def test_other_links_are_not_next_links(line: str) -> None:
    """Only the relation next counts."""
    assert link_of(Headers([("Link", line)])) is None


@pytest.mark.parametrize(
    ("headers", "further"),
    [
        ({"X-Total-Pages": "5"}, [3, 4, 5]),
        ({"Link": '<?page=4>; rel="last"'}, [3, 4]),
        ({"Link": '<?page=4>; rel="last"', "X-WP-TotalPages": "3"}, [3]),
        ({}, []),
        ({"X-Total-Pages": "9" * 5000, "Link": '<http://[/?page=٤>; rel="last"'}, []),
    ],
)
def test_the_pages_to_come_are_known_by_whatever_tells_the_last(headers: dict[str, str], further: list[int]) -> None:
    """The number of pages or the link to the last, the lesser of both; what is no number tells nothing, and stops nothing."""
    machine = pager(paging("page", place="page"))
    machine.first(2)
    assert named(machine.after(told({"page": 1}, headers=headers))) == {"limit": 2, "page": 2}
    assert [named(one)["page"] for one in machine.ahead(None)] == further


def test_the_offsets_to_come_end_with_the_last_record() -> None:
    """By the length of the pages that came, whatever was asked for; without a total nothing is known."""
    machine = pager(paging("offset", place="offset"))
    machine.first(50)
    machine.after(told())
    assert [named(one)["offset"] for one in machine.ahead(7)] == [4, 6]
    assert list(machine.ahead(None)) == []


def test_that_more_comes_is_no_page_number() -> None:
    """A list that says `more: true` and not its number is asked for page 1 once more, as one that says nothing."""
    machine = pager(paging("page", place="page", next_path="more"))
    machine.first(2)
    assert named(machine.after(told({"more": True}))) == {"limit": 2, "page": 1}
    assert named(machine.after(told({"more": True}))) == {"limit": 2, "page": 2}
