"""Test records: codes of an existing record, texts of ours, and nobody's numbers."""

from __future__ import annotations

import json
from typing import Any

from rehearsed_flows import side, text, view

from checker.model.profile import FieldInfo
from checker.model.sync import Row, Which
from checker.project.sides import FlowView
from checker.rehearsing.specimens import Wanted, scrambled, specimen
from checker.sync.parts import parts_of

LEFT = side(
    "crm",
    "contacts",
    text("name", 80),
    text("email", format="email"),
    text("vat_id", 20),
    text("kind", enum=("business", "private")),
    text("zip", 12),
    text("sku", 20, pattern="^A[0-9]{5}$"),
    FieldInfo(name="owner", type="integer"),
    text("note", 30),
    text("number", read_only=True),
    required=("name", "sku", "note"),
)
RIGHT = side("erp", "partners", text("name1", 40), text("mail"), text("ust"), text("art"), text("plz"), text("nr"))
FIELDS = [
    {"left": "name", "right": "name1"},
    {"left": "email", "right": "mail"},
    {"left": "vat_id", "right": "ust"},
    {"left": "kind", "right": "art", "options": {"business": "GK"}},
    {"left": "zip", "right": "plz"},
    {"left": "sku", "right": "nr"},
    {"left": "owner", "right": "halter", "link": "companies"},
    {"left": "number", "right": "nummer"},
]
FLOW = view(LEFT, RIGHT, fields=FIELDS, match=["sku", "vat_id", ["name"]])
MODEL = {
    "name": "Ulrike Berg", "email": "ulrike@berg.example", "vat_id": "DE 811907980", "kind": "business", "zip": "20457",
    "sku": "A00012", "owner": 4, "note": "private matter", "number": "K-1",
}  # fmt: skip


def made(flow: FlowView = FLOW, model: dict[str, Any] | None = None, **wanted: Any) -> dict[str, Any] | None:
    """A test record for the left side."""
    lenses = [one.lens for one in parts_of(flow, {})][: len(flow.flow.fields)]
    row = Row(id="1", values=model or MODEL)
    return specimen(
        flow, Which.LEFT, row, lenses, Wanted(**{"mark": "rdyabc", "number": 3, "links": {"companies": "17"}, **wanted})
    )


def test_texts_are_ours_and_codes_are_the_systems() -> None:
    """The name carries the run's mark; kind and postal code are such as the system knows."""
    values = made()
    assert values is not None
    assert values["name"] == "rdyabc 003"
    assert values["email"] == "rdyabc-3@example.com"
    assert (values["kind"], values["zip"]) == ("business", "20457")


def test_nothing_personal_of_the_model_is_copied() -> None:
    """Name, address, VAT id and free text of the existing record stay where they are."""
    told = json.dumps(made())
    assert not [one for one in ("Ulrike", "berg.example", "811907980", "private matter", "K-1") if one in told]


def test_a_key_that_is_demanded_keeps_its_form_with_other_digits() -> None:
    """Article number A00012 becomes another one of that form, a different one for each record."""
    first, second = made(), made(number=4)
    assert first is not None
    assert second is not None
    assert first["sku"][0] == "A"
    assert len(first["sku"]) == 6
    assert len({first["sku"], second["sku"], "A00012"}) == 3


def test_scrambled_digits_are_the_same_each_time() -> None:
    """Nothing is drawn by lot, so that a run can be repeated."""
    wanted = Wanted("rdyabc", 3, {})
    assert scrambled("A-00012", wanted) == scrambled("A-00012", wanted)


def test_links_point_at_test_records_in_the_fields_own_type() -> None:
    """An id that the document declares as a number is sent as one."""
    values = made()
    assert values is not None
    assert values["owner"] == 17


def test_a_model_whose_codes_do_not_translate_is_none() -> None:
    """A private customer has no counterpart in the drop-down table; another model is taken."""
    assert made(model={**MODEL, "kind": "private"}) is None


def test_a_lean_record_has_only_what_is_ours_demanded_or_a_code() -> None:
    """Where the usual record was refused, the model's own texts may have been the reason."""
    values = made(lean=True)
    assert values is not None
    assert "zip" not in values
    assert values["kind"] == "business"


def test_line_items_are_the_models_with_texts_of_ours() -> None:
    """An invoice keeps articles, quantities and prices of a real one, at most two lines, and the mark in their texts."""
    lines = (
        text("items", None),
        text("items.sku", 20),
        text("items.text", 60),
        FieldInfo(name="items.sum", type="number", read_only=True),
    )
    left = side("crm", "invoices", *lines)
    right = side("erp", "rechnungen", text("positionen"), text("positionen.bez"), text("positionen.nr"))
    stated = {
        "left": "items",
        "right": "positionen",
        "fields": [{"left": "sku", "right": "nr"}, {"left": "text", "right": "bez"}],
    }
    flow = view(left, right, fields=[], lines=stated)
    model = {"items": [{"sku": f"A{n}", "text": "consulting for Berg", "sum": 3} for n in range(3)]}
    values = made(flow, model)
    assert values == {"items": [{"sku": "A0", "text": "rdyabc 003"}, {"sku": "A1", "text": "rdyabc 003"}]}
