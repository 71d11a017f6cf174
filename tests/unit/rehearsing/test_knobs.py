"""Which fields a rehearsal changes, to which values, and what the other side refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs
from rehearsed_flows import side, text, view

from checker.model.profile import FieldInfo, FieldRoles
from checker.model.sync import Which
from checker.profiles.meanings import meaning
from checker.rehearsing.knobs import Knob, knobs, refusable, too_long, value_for

LEFT = side(
    "crm",
    "contacts",
    text("name", 120),
    text("title", 80),
    text("email", 254, format="email"),
    text("phone"),
    text("status", enum=("a", "b")),
    text("zip", 12),
    text("sku", pattern="^A[0-9]+$"),
    text("born", format="date"),
    text("id", read_only=True),
)
RIGHT = side(
    "erp",
    "partners",
    text("name1", 40),
    text("position", 40),
    text("mail", 60),
    text("telefon"),
    text("status"),
    text("plz", 12),
    text("nr"),
    text("geboren", format="date"),
    FieldInfo(name="hoehe", type="number"),
)
FIELDS = [
    {"left": "name", "right": "name1"},
    {"left": "title", "right": "position", "transform": ["trim"]},
    {"left": "email", "right": "mail", "transform": ["trim", "lowercase"]},
    {"left": "phone", "right": "telefon", "transform": ["phone"]},
    {"left": "status", "right": "status"},
    {"left": "zip", "right": "plz"},
    {"left": "sku", "right": "nr"},
    {"left": "born", "right": "geboren"},
    {"left": "title", "right": "hoehe", "transform": ["decimal_comma"]},
    {"left": "owner", "right": "..id", "link": "companies"},
    {"left": ["first", "last"], "right": "name1"},
    {"left": "id", "right": "nr"},
]
FLOW = view(LEFT, RIGHT, fields=FIELDS, match=["email", ["name"]])


def names(which: Which) -> list[str]:
    """The fields that can be changed on a side, in the order of choice."""
    return [one.here for one in knobs(FLOW, which)]


def test_plain_texts_come_first_and_match_keys_last() -> None:
    """A change shall not make one record look like another: what records are recognised by is touched last."""
    assert names(Which.LEFT) == ["title", "phone", "born", "name", "email"]
    assert names(Which.RIGHT) == ["position", "telefon", "geboren", "name1", "mail"]


def test_a_field_that_does_not_travel_away_from_a_side_is_no_knob_there() -> None:
    """A change of it would not be expected on the other side."""
    one_way = view(LEFT, RIGHT, fields=[{"left": "title", "right": "position", "direction": "left-to-right"}])
    assert [one.here for one in knobs(one_way, Which.LEFT)] == ["title"]
    assert knobs(one_way, Which.RIGHT) == ()


@pytest.mark.parametrize(
    ("name", "free"),
    [
        ("country", False),
        ("postcode", False),
        ("currency", False),
        ("totalGross", False),
        ("iban", False),
        ("city", True),
        ("remark", True),
    ],
)
def test_codes_are_left_as_they_are_however_long_the_document_lets_them_be(name: str, free: bool) -> None:
    """A country of a document without lengths takes two letters all the same: a text of ours there would be refused, and with it every test record."""
    one = text(name, means=meaning(name))
    flow = view(side("crm", "contacts", one), side("erp", "partners", one), fields=[{"left": name, "right": name}])
    assert [knob.here for knob in knobs(flow, Which.LEFT)] == ([name] if free else [])


def test_what_a_record_is_known_by_is_not_changed() -> None:
    """A product's number that is its id on one side stays, there and where it would have to arrive."""
    products = side("erp", "products", text("sku", 40), text("title", 80))
    assert products.profile is not None
    known = replace(products, profile=structs.replace(products.profile, fields=FieldRoles(id="sku")))
    shop = side("shop", "products", text("number", 40), text("name", 80))
    fields = [{"left": "sku", "right": "number"}, {"left": "title", "right": "name"}]
    flow = view(known, shop, fields=fields, match=["sku"])
    assert [[one.here for one in knobs(flow, which)] for which in Which] == [["title"], ["name"]]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("text", "rdyabc 007"), ("email", "rdyabc-7@example.com"), ("date", "2030-01-08")],
)
def test_values_are_ours_and_fit_their_field(kind: str, expected: str) -> None:
    """A text carries the run's mark; an address stands at a domain that nobody owns."""
    assert value_for(Knob(Which.LEFT, "x", "y", kind, None), "rdyabc", 7) == expected


@pytest.mark.parametrize("kind", ["text", "email", "phone", "date"])
def test_no_two_values_are_alike(kind: str) -> None:
    """A change changes something, each time."""
    knob = Knob(Which.LEFT, "x", "y", kind, None)
    assert len({value_for(knob, "rdyabc", n) for n in range(1, 25)}) == 24


def test_a_value_that_is_refused_is_one_character_too_long_for_the_target_and_fits_the_source() -> None:
    """CRM titles have 80 characters, ERP positions 40: 41 is what the rehearsal writes."""
    found = refusable(FLOW, Which.LEFT)
    assert found is not None
    assert (found.here, found.length, found.most) == ("title", 41, 40)
    assert len(too_long(found, "rdyabc")) == 41
    assert " " not in too_long(found, "rdyabc")


def test_where_the_target_takes_more_than_the_source_nothing_is_refused() -> None:
    """No value is invented that the source itself would not take."""
    assert refusable(FLOW, Which.RIGHT) is None
