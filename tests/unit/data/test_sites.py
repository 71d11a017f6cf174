"""Pairs that a VAT id makes one although they lie in two places: linked, and told."""

from __future__ import annotations

from typing import Any

import pytest

from checker.data import match
from checker.data.keys import Between
from checker.data.sites import elsewhere
from checker.model.sync import Link
from checker.project.sides import FlowView
from checker.project.types import FieldMapping
from tests.unit.data.flows import FIELDS, flow, left, right

VAT = "DE136695976"
PLACED = [
    *FIELDS,
    FieldMapping(left="postal_code", right="plz", transform=["trim"]),
    FieldMapping(left="city", right="ort"),
]
NO_LINKS = Between({}, (None, None))


def told(view: FlowView, here: dict[str, Any], there: dict[str, Any]) -> tuple[Link, ...]:
    """Which links of one record a side are in two places."""
    lefts, rights = (
        [left("a", vat_id=VAT, name="Kern", country="DE", **here)],
        [right("1", vat_id=VAT, name="Kern", country="DE", **there)],
    )
    matched = match(view, lefts, rights)
    return elsewhere(view, NO_LINKS, matched.links, lefts, rights)


@pytest.mark.parametrize(
    ("here", "there", "two"),
    [
        ({"postal_code": "90402"}, {"plz": "01067"}, True),
        (
            {"postal_code": "90402", "city": "Fürth"},
            {"plz": "90402", "ort": "Nürnberg"},
            False,
        ),  # one code, however the city is called
        ({"postal_code": "D-90402 "}, {"plz": "90 402"}, False),
        ({"postal_code": "01067"}, {"plz": "1067"}, False),  # what a spreadsheet makes of it
        ({"postal_code": ""}, {"plz": "90402"}, False),
        ({}, {}, False),
    ],
)
def test_a_link_by_vat_id_across_two_postal_codes_is_told(
    here: dict[str, Any], there: dict[str, Any], two: bool
) -> None:
    """Where both sides tell one, whatever its spelling. Mutants: raw texts compared, nothing taken for another place."""
    assert bool(told(flow("vat_id", fields=PLACED), here, there)) is two


def test_names_are_no_proof_of_one_company() -> None:
    """A pair that its name makes one is a guess anyway; a key that holds the postal code keeps branches apart by itself. Mutant: every link."""
    here, there = {"postal_code": "90402"}, {"plz": "01067"}
    assert told(flow(["name", "country"], fields=PLACED), here, there) == ()
    assert (
        match(
            flow(["vat_id", "postal_code"], fields=PLACED),
            [left("a", vat_id=VAT, **here)],
            [right("1", vat_id=VAT, **there)],
        ).links
        == ()
    )


def test_the_city_tells_the_place_where_no_postal_code_is_mapped() -> None:
    """And where nothing does, nothing is told."""
    fields = [*FIELDS, FieldMapping(left="city", right="ort")]
    assert told(flow("vat_id", fields=fields), {"city": "Fürth"}, {"ort": "Jena"})
    assert not told(flow("vat_id", fields=fields), {"city": "FÜRTH"}, {"ort": "Fürth"})
    assert not told(flow("vat_id"), {"city": "Fürth"}, {"ort": "Jena"})
