"""One side of a flow: whole records, records inside others, what only the single read shows, and what is gone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checker.model.profile import FieldRoles, Operations, Pagination, ResourceProfile, UpdatedSince
from checker.sync import rows

BERLIN = ZoneInfo("Europe/Berlin")
PARTNER = {
    "id": 5,
    "name1": "Nordwind",
    "geaendert_datum": "2026-07-01",
    "geaendert_zeit": "12:00:00",
    "ansprechpartner": [{"nr": 1, "nachname": "Kern"}, {"nr": 4, "nachname": "Holt"}],
}
PROFILE = ResourceProfile(
    name="partner",
    operations=Operations(list="GET /partner", read="GET /partner/{id}"),
    pagination=Pagination(),
    items_path="daten",
    fields=FieldRoles(id="id", updated=["geaendert_datum", "geaendert_zeit"]),
)


def test_records_inside_others_are_rows_of_their_own() -> None:
    """Each entry has an id of its parent's and its own, the record around it, and that one's changed time in UTC."""
    found = rows.inner(PARTNER, "5", PROFILE, BERLIN, "ansprechpartner[]", "nr")
    assert [(one.id, one.values["nachname"]) for one in found] == [("5/1", "Kern"), ("5/4", "Holt")]
    assert all(one.around is PARTNER for one in found)
    assert {one.changed for one in found} == {"2026-07-01T10:00:00+00:00"}


@pytest.mark.parametrize(
    ("lists", "key"),
    [
        ([[{"nr": 1}, {"nr": 2}], [{"nr": 1}]], "nr"),
        ([[{"nr": 1, "id": "a"}, {"nr": 2, "id": "b"}]], "id"),
        ([[{"nr": 1, "id": "a"}, {"nr": 2, "id": "a"}]], "nr"),
        ([[{"nr": 1}, {"nr": None}]], None),
        ([[{"nr": 1}, {"nr": 1}]], None),
        ([[{"nr": ""}]], None),
        ([[{"name": "x"}]], None),
        ([], None),
    ],
)
def test_what_tells_records_inside_apart(lists: list[list[dict[str, Any]]], key: str | None) -> None:
    """A key is filled everywhere and unique in each record around, not over all of them; else the place counts.

    Mutants: unique over all records; the first record decides.
    """
    assert rows.own_key(({"p": {"list": one}} for one in lists), "p.list[]") == key


def test_without_a_key_the_place_is_the_id() -> None:
    """Entries that nothing tells apart are known by their place in the list."""
    record = {"lines": [{"text": "a"}, {"text": "a"}]}
    assert rows.own_ids(rows.entries(record, "lines[]"), None) == ["0", "1"]


@pytest.mark.parametrize(("parent", "own"), [("5", "1"), ("a/b", "1"), ("5", "x/y"), ("5", "50%"), ("5", "%2F")])
def test_an_id_is_taken_apart_as_it_was_put_together(parent: str, own: str) -> None:
    """Slashes and percent signs in either part keep their meaning."""
    assert rows.parent_and_own(rows.row_id(parent, own)) == (parent, own)


@pytest.mark.parametrize(
    ("value", "gone"),
    [("2026-07-01T10:00:00Z", True), (True, True), (1, True), (None, False), (False, False), ("", False)],
)
def test_a_record_that_is_shown_deleted_is_gone(value: Any, *, gone: bool) -> None:
    """A filled deleted stamp and a set flag mean gone; an empty one doesn't."""
    profile = ResourceProfile(name="contacts", fields=FieldRoles(id="id", deleted="deleted_at"))
    assert rows.gone({"id": 1, "deleted_at": value}, profile) is gone


def test_the_project_may_say_how_deletes_are_shown() -> None:
    """`deletes` of the project file wins over the detected field."""
    profile = ResourceProfile(name="c", updated_since=UpdatedSince(deletes={"field": "state", "equals": "D"}))
    assert rows.gone({"state": "D"}, profile)
    assert not rows.gone({"state": "A"}, profile)


def test_the_single_read_is_asked_for_where_the_flow_needs_it_only() -> None:
    """Detail fields cost a request a record; a flow that uses none of them pays nothing. Mutant: any detail field asks for all."""
    profile = ResourceProfile(name="invoices", detail_fields=("lines", "updated_at"))
    assert rows.needs_detail(profile, {"number", "lines[].sku"})
    assert rows.needs_detail(profile, {"lines"})
    assert not rows.needs_detail(profile, {"number", "line"})
