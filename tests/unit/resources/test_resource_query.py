"""Filters and instants in the profile's form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checker.model.profile import Filtering, Param, UpdatedSince
from checker.resources.query import Query, brackets, filled, filtered, of_params, since, written

INSTANT = datetime(2026, 11, 24, 11, 30, 0, tzinfo=timezone(timedelta(hours=1)))


def param(name: str, where: str = "query") -> Param:
    """A parameter."""
    return Param(name=name, in_=where)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("rfc3339", "2026-11-24T10:30:00Z"),
        ("epoch_s", 1795516200),
        ("epoch_ms", 1795516200000),
        ("date", "2026-11-24"),
        ("naive", "2026-11-24T11:30:00"),
    ],
)
def test_an_instant_is_written_in_every_format(form: str, value: str | int) -> None:
    """UTC where the format has a zone, the system's own zone where it has none."""
    assert written(INSTANT, form, ZoneInfo("Europe/Berlin")) == value


def test_fractions_are_kept_where_there_are_any() -> None:
    """Milliseconds and microseconds, no more digits than needed."""
    assert written(INSTANT + timedelta(milliseconds=5), "rfc3339") == "2026-11-24T10:30:00.005Z"
    assert written(INSTANT + timedelta(microseconds=5), "rfc3339") == "2026-11-24T10:30:00.000005Z"


def test_an_unknown_format_is_an_error() -> None:
    """A format that nobody knows is not guessed."""
    with pytest.raises(ValueError, match="stardate"):
        written(INSTANT, "stardate")


@pytest.mark.parametrize(
    ("declared", "post", "query"),
    [
        ({"param": param("updated_since")}, False, Query((("updated_since", "2026-11-24T10:30:00Z"),))),
        ({"param": param("date_modified:min"), "format": "date"}, False, Query((("date_modified:min", "2026-11-24"),))),
        (
            {"param": param("If-Modified-Since", "header")},
            False,
            Query(headers={"If-Modified-Since": "2026-11-24T10:30:00Z"}),
        ),
        ({"param": param("changes.since", "body")}, True, Query(body={"changes": {"since": "2026-11-24T10:30:00Z"}})),
        (
            {"query": {"filter": {"date_updated": {"_gte": "{since}"}}}},
            False,
            Query((("filter[date_updated][_gte]", "2026-11-24T10:30:00Z"),)),
        ),
        ({"query": {"q": "modified >= '{since}'"}}, False, Query((("q", "modified >= '2026-11-24T10:30:00Z'"),))),
        (
            {"query": {"filter": [{"type": "range", "gte": "{since}"}]}, "format": "epoch_s"},
            True,
            Query(body={"filter": [{"type": "range", "gte": 1795516200}]}),
        ),
        (
            {"param": param("begin"), "together_with": {"sort": "updated_at"}},
            False,
            Query((("begin", "2026-11-24T10:30:00Z"), ("sort", "updated_at"))),
        ),
        (
            {"param": param("since"), "operation": "POST /search"},
            False,
            Query((("since", "2026-11-24T10:30:00Z"),), operation="POST /search"),
        ),
    ],
)
def test_changes_are_asked_for_as_the_profile_says(declared: dict[str, Any], post: bool, query: Query) -> None:
    """By parameter, header, body, nested template or template text, with what has to stand beside."""
    assert since(UpdatedSince(**declared), INSTANT, post=post) == query


def test_a_text_is_sent_as_it_is() -> None:
    """A record's own timestamp, or nonsense on purpose, is not rewritten."""
    assert since(UpdatedSince(param=param("since"), format="date"), "not a date") == Query((("since", "not a date"),))


def test_a_profile_without_a_way_says_none() -> None:
    """No parameter and no template: there is no such query."""
    assert since(UpdatedSince(), INSTANT) is None


def test_conditions_go_where_their_parameters_are() -> None:
    """Known filters are placed; an unknown one makes the whole impossible, unless the user said that any goes."""
    declared = Filtering(
        supported=True, params=(param("email:in"), param("X-Scope", "header"), param("filter.status", "body"))
    )
    assert filtered(declared, {"email:in": "a@b.de", "X-Scope": 1, "filter.status": "x"}) == Query(
        (("email:in", "a@b.de"),), {"X-Scope": "1"}, {"filter": {"status": "x"}}
    )
    assert filtered(declared, {"email": "a@b.de"}) is None
    assert filtered(Filtering(supported=True), {"email": "a@b.de"}) == Query((("email", "a@b.de"),))


def test_nested_values_go_into_brackets() -> None:
    """Mappings and lists of mappings get brackets, plain lists repeat the name."""
    assert brackets("f", {"a": {"_in": [1, 2]}, "b": [{"c": True}]}) == (
        ("f[a][_in]", "1"),
        ("f[a][_in]", "2"),
        ("f[b][0][c]", "true"),
    )


def test_queries_are_joined_and_the_later_wins() -> None:
    """A parameter stands once; bodies are merged, the operation is the one that was said last."""
    first = Query((("a", "1"), ("b", "1")), {"H": "1"}, {"x": {"y": 1}}, operation="GET /a")
    second = Query((("a", "2"),), {"H": "2"}, {"x": {"z": 2}})
    assert first | second == Query((("b", "1"), ("a", "2")), {"H": "2"}, {"x": {"y": 1, "z": 2}}, operation="GET /a")


def test_parameters_of_every_place_are_placed() -> None:
    """Query, header, cookie, path and body."""
    placed = of_params(
        [
            (param("q"), 1),
            (param("c", "cookie"), 2),
            (param("p", "path"), 3),
            (param("b", "body"), 4),
            (param("h", "header"), 5),
        ]
    )
    assert placed == Query((("q", "1"),), {"Cookie": "c=2", "h": "5"}, {"b": 4}, {"p": "3"})


def test_a_template_that_is_nothing_but_the_place_keeps_numbers() -> None:
    """`{since}` alone becomes the number itself, inside a text it becomes text."""
    assert filled({"a": "{since}", "b": "x{since}", "c": [1, "{since}"]}, 7) == {"a": 7, "b": "x7", "c": [1, 7]}


def test_utc_is_the_zone_where_none_is_said() -> None:
    """Naive stamps without a configured zone are meant in UTC."""
    assert written(datetime(2026, 11, 24, 10, 30, tzinfo=UTC), "naive") == "2026-11-24T10:30:00"
