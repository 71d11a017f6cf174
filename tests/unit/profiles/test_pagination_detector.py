"""Page styles, read off parameters and answers."""

import pytest
from profile_apis import crud, fields, listed, operation, query, resource


def page(params=(), headers=(), **beside):
    """The pagination of a list with these parameters and these properties beside the records."""
    paths = {"GET /contacts": operation(listed(fields(), **beside), params=params, headers=headers)}
    return resource(paths).pagination


@pytest.mark.parametrize(
    ("names", "style"),
    [
        (("limit", "offset"), "offset"),
        (("$top", "$skip"), "offset"),
        (("per_page", "page"), "page"),
        (("page[size]", "page[number]"), "page"),
        (("pageSize", "pageIndex"), "page"),
        (("limit", "cursor"), "cursor"),
        (("page_size", "page_token"), "cursor"),
        (("limit", "since_id"), "since_id"),
    ],
)
def test_the_names_of_the_parameters_tell_the_style(names, style):
    """Common spellings of offset, page, cursor and since-id are known, size first."""
    token = style in ("cursor", "since_id")
    size, position = query(names[0], "integer"), query(names[1], "string" if token else "integer")
    found = page([size, position])
    assert found.style == style
    assert [(one.name, one.means) for one in found.params] == [(names[0], "size"), (names[1], "position")]


def test_an_offset_that_is_an_opaque_token_is_a_cursor():
    """A parameter called offset that takes a token from the last answer is a cursor, not a number."""
    token = query("offset", description="Offset token returned by the previous request")
    found = page([query("limit", "integer"), token], next_page=fields("offset uri"))
    assert found.style == "cursor"
    assert found.next_path == "next_page.offset"


def test_a_next_link_in_the_body_is_link_style():
    """No position parameter, but the answer says where the next page is."""
    found = page(
        [query("limit", "integer")],
        has_more={"type": "boolean"},
        next={"type": "string", "description": "path of the next page"},
    )
    assert (found.style, found.next_path) == ("link", "next")


def test_a_next_link_that_is_an_object_is_found_by_its_href():
    """HAL's `_links.next.href` is a next link."""
    links = {"type": "object", "properties": {"next": {"type": "object", "properties": {"href": {"type": "string"}}}}}
    assert page(_links=links).next_path == "_links.next.href"


def test_a_link_header_is_link_style():
    """RFC 8288's Link header leads to the next page."""
    found = page([query("per_page", "integer")], headers=("Link", "X-Total-Count"))
    assert (found.style, found.next_path, found.total_path) == ("link", "header:Link", "header:X-Total-Count")


def test_the_body_tells_the_next_cursor_and_the_total():
    """Where cursor and count stand in the answer is part of the profile."""
    found = page(
        [query("cursor")],
        meta={"type": "object", "properties": {"next_cursor": {"type": "string"}, "total": {"type": "integer"}}},
    )
    assert (found.next_path, found.total_path) == ("meta.next_cursor", "meta.total")


def test_numbers_win_over_cursors_and_both_are_named():
    """Pages can be fetched side by side, so they come first; the cursor is named beside them."""
    found = page([query("page", "integer"), query("search_after"), query("limit", "integer")])
    assert (found.style, found.also) == ("page", ("cursor",))


def test_a_deprecated_page_parameter_comes_last():
    """What the vendor advises against isn't chosen."""
    found = page([query("page", "integer", "Deprecated, use cursor"), query("cursor")])
    assert (found.style, found.also) == ("cursor", ("page",))


def test_the_largest_page_is_read_from_schema_or_prose():
    """`maximum`, or "between 1 and 100" in the description."""
    assert page([query("limit", "integer", maximum=250), query("page", "integer")]).max_page_size == 250
    assert page([query("limit", "integer", maximum=2**63), query("page", "integer")]).max_page_size is None
    prose = "Results per page. The value must be between 1 and 100, default 20"
    found = page([query("limit", "integer", prose), query("page", "integer")])
    assert (found.max_page_size, found.default_page_size) == (100, 20)


def test_a_starting_date_is_no_offset():
    """`start` and `from` that take a date narrow the list, they don't walk it."""
    found = page([query("start", format="date"), query("from", format="date-time")])
    assert found.style == "none"


def test_a_page_size_without_a_way_on_stays_open():
    """Only the size is declared: whether there is a second page must be tried."""
    paths = {"GET /contacts": operation(listed(fields()), params=[query("limit", "integer")])}
    found = resource(paths)
    assert found.pagination.style == "none"
    assert ("pagination", "pagination.complete") in [(one.what, one.settled_by) for one in found.undetermined]


def test_every_page_style_says_why_and_how_sure():
    """A detection points into the document and carries a reason and a score."""
    found = resource(crud(params=[query("page", "integer"), query("limit", "integer")]))
    assert found.pagination.pointer.startswith("#/paths/~1contacts/get")
    assert "page" in found.why["pagination"]
    assert 0 < found.sure["pagination"] <= 1


@pytest.mark.parametrize("name", ["$count", "count", "include_total", "withCount", "pagination[withCount]"])
def test_a_switch_that_asks_for_the_total_is_known(name):
    """It is set where the answer has a place for the total; a `count` that is a number is the page's size."""
    total = {"type": "integer"}
    params = [query("$top", "integer"), query("$skip", "integer"), query(name, "boolean")]
    assert [one.name for one in page(params, total=total).params if one.means == "total"] == [name]
    assert [one.name for one in page(params).params if one.means == "total"] == []
    assert [one.means for one in page([query("count", "integer")], total=total).params] == ["size"]


def test_parameters_in_brackets_that_say_paging_are_known_by_what_is_inside():
    """A list that takes `pagination[page]` and `pagination[pageSize]` is paged, and neither is a filter."""
    names = ("pagination[page]", "pagination[pageSize]")
    found = page([query(one, "integer") for one in names])
    assert (found.style, [one.name for one in found.params]) == ("page", ["pagination[pageSize]", "pagination[page]"])


def test_of_two_ways_of_paging_one_is_taken_with_its_own_size():
    """Start with limit, or page with its size: what is mixed from both is refused by most that offer both."""
    names = ("pagination[page]", "pagination[pageSize]", "pagination[start]", "pagination[limit]")
    found = page([query(one, "integer") for one in names])
    assert (found.style, found.also) == ("offset", ())
    assert [one.name for one in found.params] == ["pagination[limit]", "pagination[start]"]
