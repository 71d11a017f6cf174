"""Bodies of test records: valid by the rules they are made from, invented, marked, and each its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from checker.describe import described
from checker.model.api import Body, Place, Schema
from checker.model.profile import FieldInfo, FieldRoles, Relation, ResourceProfile
from checker.resources.bodies import Bodies
from checker.resources.patterns import fits, fitting
from checker.resources.slots import Slot, slot_of, takes_any
from checker.resources.values import Stroke, german_vat_id, value_of
from checker.sandbox.document import load_document
from checker.sandbox.vat import german

MARK = "rdy4k7q2m9x"
TODAY = date(2026, 11, 23)
DOCUMENTS = {"crm": "checker/sandbox/crm.openapi.yaml", "erp": "checker/sandbox/erp.openapi.json"}
REFERENCES = {"company_id": "cmp_000001", "kunde_id": 1}


def bodies(system: str, resource: str, **more: Any) -> Bodies:
    """The maker of a resource of the pair."""
    known = described(DOCUMENTS[system])
    assert known.profile is not None
    assert known.document is not None
    profile = known.profile.resource(resource)
    assert profile is not None
    operation = known.document.api.operation(profile.operations.create)
    return Bodies(profile, operation, MARK, TODAY, **{"references": REFERENCES, **more})


def schema(node: dict[str, Any]) -> Schema:
    """A schema without references."""
    return Schema(node, Place("x", "#/x"), lambda *_: None)


def slot(node: dict[str, Any], name: str = "field", **more: Any) -> Slot:
    """A declared field."""
    return slot_of(schema(node), name, name, **more)


RESOURCES = [
    ("crm", "companies"), ("crm", "contacts"), ("crm", "products"), ("crm", "invoices"), ("crm", "deals"),
    ("erp", "geschaeftspartner"), ("erp", "artikel"), ("erp", "rechnungen"),
]  # fmt: skip


@pytest.mark.parametrize(("system", "resource"), RESOURCES)
@pytest.mark.parametrize("everything", [False, True])
def test_a_body_keeps_the_rules_of_its_document(system: str, resource: str, everything: bool) -> None:
    """What is demanded is there, and every value fits its declared type, length, options, pattern and format."""
    maker = bodies(system, resource)
    if everything:
        maker = bodies(system, resource, wanted=frozenset(one.path for one in maker.slots))
    assert maker.operation is not None
    operation = next(
        one
        for one in load_document(DOCUMENTS[system].rpartition("/")[2]).operations.values()
        if one.key == maker.operation.key
    )
    for body in (maker.variant(1), maker.lean(2)):
        operation.check_body(body)
        assert MARK in str(body)


def test_another_number_makes_another_body() -> None:
    """No two bodies share what must be unique, and all have the same fields."""
    maker = bodies("crm", "products", unique=frozenset({"sku"}))
    made = [maker.variant(number) for number in range(30)]
    assert len({one["sku"] for one in made}) == len({one["name"] for one in made}) == 30
    assert len({tuple(one) for one in made}) == 1


def test_the_same_number_makes_the_same_body() -> None:
    """A create that is sent twice is the same create."""
    assert bodies("crm", "products").variant(7) == bodies("crm", "products").variant(7)


def test_addresses_are_nobodys() -> None:
    """E-mail addresses end in a domain that nobody can have, and bear the mark."""
    body = bodies("crm", "contacts").variant(1)
    assert body["email"] == f"{MARK}-1@example.com"


def test_a_reference_leads_to_the_record_that_was_given_or_is_left_out() -> None:
    """An optional reference without a record to point at isn't invented."""
    assert bodies("crm", "contacts", wanted=frozenset({"company_id"})).variant(1)["company_id"] == "cmp_000001"
    assert "company_id" not in bodies("crm", "contacts", wanted=frozenset({"company_id"}), references={}).variant(1)


def test_lines_have_what_lines_need() -> None:
    """A required list of objects holds one object with what that demands and what the flow maps."""
    (line,) = bodies("crm", "invoices", wanted=frozenset({"items.discount_percent"})).variant(1)["items"]
    assert line.keys() == {"sku", "description", "quantity", "unit_price", "tax_rate", "discount_percent"}


def test_the_mark_finds_a_place_where_no_required_field_has_one() -> None:
    """An invoice of the ERP demands no text of ours, so the foreign id bears the mark."""
    assert MARK in bodies("erp", "rechnungen").variant(1)["fremdsystem_id"]
    assert MARK in str(bodies("crm", "companies").variant(1, leave_out={"name"}))


EXAMPLE = {"title": "Sample", "email": "someone@example.net", "owner": {"id": 4}, "kind": "A"}


def test_the_projects_example_is_used_with_values_of_our_own() -> None:
    """`create_example` says what a body looks like; what is unique or names somebody is replaced, the rest stays."""
    profile = ResourceProfile(name="x", create_example=EXAMPLE, fields=FieldRoles(id="id", email="email", name="title"))
    body = Bodies(profile, None, MARK, TODAY).variant(3)
    assert body == {**EXAMPLE, "title": f"Readiness Test {MARK}-3", "email": f"{MARK}-3@example.com"}
    assert EXAMPLE["title"] == "Sample"


def test_an_existing_records_shape_is_used_where_no_schema_is() -> None:
    """Ids, stamps and what is only read are dropped, and what names a person is made up."""
    fields = FieldRoles(id="id", updated="changed", email="email", name="name")
    profile = ResourceProfile(
        name="x",
        fields=fields,
        schema=(FieldInfo(name="total", read_only=True),),
        relations=(Relation(field="boss", to="x"),),
    )
    record = {
        "id": 1,
        "changed": "2026-01-01",
        "email": "eva@example.net",
        "name": "Eva",
        "total": 3,
        "size": 7,
        "open": True,
    }
    body = Bodies(profile, None, MARK, TODAY).from_record(record).variant(1)
    assert body == {"email": f"{MARK}-1@example.com", "name": f"Readiness Test {MARK}-1", "size": 7, "open": True}


def test_a_line_that_is_there_stays_where_it_is() -> None:
    """An order made after an existing one has lines of its own: the id of a line would take it away. What the document says of room holds."""
    infos = (FieldInfo(name="number", type="string", max_length=20), FieldInfo(name="lines[].position", read_only=True))
    profile = ResourceProfile(name="x", fields=FieldRoles(id="id", number="number"), schema=infos)
    line = {"id": 4, "position": 1, "product": 31, "price": "62.15"}
    record = {"id": 1, "number": "R00000", "lines": [line, {**line, "id": 5}]}
    body = Bodies(profile, None, MARK, TODAY).from_record(record).variant(1)
    assert body["lines"] == [{"product": 31, "price": "62.15"}]
    assert len(body["number"]) <= 20
    assert MARK in body["number"]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"format": "decimal"}, "12.50"),
        ({"format": "decimal", "pattern": r"^-?\d{0,8}(?:\.\d{0,2})?$"}, "12.50"),
        ({"pattern": r"^-?\d+\.\d{2}$"}, "12.50"),
        ({"format": "decimal", "pattern": r"^\d{1,3}(\.\d)?$"}, "12.5"),
    ],
)
def test_a_text_that_is_a_number_is_one(told: dict[str, Any], wanted: str) -> None:
    """Amounts that an interface wants as texts are sent as such, never empty, for an empty one is no amount."""
    assert value_of(slot({"type": "string", **told}), None, Stroke(MARK, 1, TODAY)) == wanted


def test_fields_are_named_as_records_name_them() -> None:
    """Where a body has another name for a field (`write_as`), bodies are still made in the record's names: the writer renames."""
    maker = bodies("crm", "contacts")
    profile = ResourceProfile(
        name="contacts", write_as={"family": "last_name"}, fields=FieldRoles(id="id", name="family")
    )
    assert Bodies(profile, maker.operation, MARK, TODAY).variant(1)["family"] == f"Readiness Test {MARK}-1"


def described_by(properties: dict[str, Any], **more: Any) -> Bodies:
    """A maker for a resource whose create body has these properties; records have id, name and a stamp."""
    node = schema({"type": "object", "properties": properties})
    operation = replace(bodies("crm", "contacts").operation, body=Body({"application/json": node}, required=True))  # type: ignore[type-var]
    fields = FieldRoles(id="id", name="name", updated="changed")
    return Bodies(ResourceProfile(name="x", fields=fields), operation, MARK, TODAY, **more)


LINES: dict[str, Any] = {"type": "object", "properties": {"quantity": {"type": "integer"}}}


def test_a_list_of_lines_or_their_ids_gets_lines() -> None:
    """An id that is made up would take somebody else's line away: a whole line is sent, and where only ids are taken, none."""
    wanted = frozenset({"lines[].quantity"})
    for variants in ([{"type": "integer"}, LINES], [LINES, {"type": "integer"}]):
        maker = described_by(
            {"name": {"type": "string"}, "lines": {"type": "array", "items": {"oneOf": variants}}}, wanted=wanted
        )
        assert maker.variant(1)["lines"] == [{"quantity": 12}]
    ids = described_by(
        {"name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "integer"}}},
        wanted=frozenset({"tags"}),
    )
    assert "tags" not in ids.variant(1)


def test_a_stamp_is_no_place_for_the_mark() -> None:
    """Where no other text is there, the body has no mark, and no record of it may be created."""
    assert MARK not in str(described_by({"size": {"type": "integer"}, "changed": {"type": "string"}}).variant(1))


def test_options_that_no_document_names_are_taken_from_records() -> None:
    """The first of those that records have; the makers of bodies put harmless ones first."""
    maker = described_by(
        {"name": {"type": "string"}, "status": {"type": "string"}},
        wanted=frozenset({"status"}),
        seen={"status": ["draft", "sent"]},
    )
    assert maker.variant(1)["status"] == "draft"


def test_an_id_of_a_list_that_nobody_ties_to_it_is_one_that_records_have() -> None:
    """A country by its number, inside an address too: one made up is refused for a rule that no document states."""
    country = {"type": "integer"}
    address = {"type": "object", "properties": {"country_id": country}, "required": ["country_id"]}
    maker = described_by(
        {"name": {"type": "string"}, "address": address, "unit_id": country, "size": country},
        wanted=frozenset({"address", "unit_id", "size"}),
        ids={"address.country_id": 49, "unit_id": 7},
    )
    body = maker.variant(1)
    assert (body["address"], body["unit_id"], body["size"]) == ({"country_id": 49}, 7, 12)


@pytest.mark.parametrize("name", ["note", "your_reference"])
def test_a_body_has_a_text_that_may_be_changed(name: str) -> None:
    """Where neither demand nor mapping brings one, a remark comes along, so that there is something to change; never another record's text."""
    orders = {"number": {"type": "string"}, "date": {"type": "string", "format": "date"}}
    wanted = frozenset(orders)
    fields = FieldRoles(id="id", number="number")
    for more, carried in (({name: {"type": "string"}}, True), ({name: {"type": "string", "enum": ["a"]}}, False)):
        made = described_by({**orders, **more}, wanted=wanted)
        maker = replace(made, profile=ResourceProfile(name="orders", fields=fields))
        assert (name in maker.variant(1)) is carried
        assert name not in maker.lean(1)
    mapped = described_by({"title": {"type": "string"}, "note": {"type": "string"}}, wanted=frozenset({"title"}))
    assert "note" not in mapped.variant(1)


VALUES: list[tuple[dict[str, Any], str | None]] = [
    ({"type": "string", "maxLength": 12}, None),
    ({"type": "string", "maxLength": 3}, None),
    ({"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"}, None),
    ({"type": "string", "pattern": "^-?\\d{1,3}(\\.\\d{3})*,\\d{2}$|^-?\\d+,\\d{2}$"}, None),
    ({"type": "string", "format": "uuid"}, None),
    ({"type": "string", "format": "date-time"}, None),
    ({"type": "string", "format": "uri"}, None),
    ({"type": "string", "enum": ["b", "c"]}, None),
    ({"type": "integer", "minimum": 5, "maximum": 6}, None),
    ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, None),
    ({"type": "boolean"}, None),
    ({"type": "string", "maxLength": 2}, "country"),
    ({"type": "string", "pattern": "^[A-Z]{3}$"}, "currency"),
    ({"type": "string", "maxLength": 14}, "vat_id"),
    ({"type": "string", "maxLength": 40}, "email"),
]


@pytest.mark.parametrize(("node", "role"), VALUES, ids=[str(one) for one, _ in VALUES])
@pytest.mark.parametrize("fresh", [False, True])
def test_a_value_fits_its_rules(node: dict[str, Any], role: str | None, fresh: bool) -> None:
    """A value is valid by the very schema that it was made for."""
    value = value_of(slot(node), role, Stroke(MARK, 1, TODAY), fresh=fresh)
    jsonschema_rs.Draft202012Validator(node, validate_formats=True).validate(value)


@pytest.mark.parametrize(
    "node", [{"pattern": "^[A-Z0-9-]+$"}, {"pattern": r"^K\d*$", "maxLength": 9}, {"pattern": "^[A-Z]{2}[0-9]{2,14}$"}]
)
def test_a_unique_value_is_nobody_else_s(node: dict[str, Any]) -> None:
    """A product number of one letter, as a pattern allows it, is soon another record's: what may be longer is longer."""
    made = [value_of(slot({"type": "string", **node}), None, Stroke(MARK, n, TODAY), fresh=True) for n in range(200)]
    assert len(set(made)) == len(made)
    assert all(len(one) <= node.get("maxLength", 40) for one in made)


def test_an_alternative_that_is_null_is_not_chosen() -> None:
    """`anyOf` of a text and null is an optional text."""
    found = slot({"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 5}]})
    assert (found.type, found.max_length, found.nullable) == ("string", 5, True)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [(r"^\d{5}$", True), (r"^[A-Z]{0,3}(?:-\d*)?$", True), (r"^$", False), (r"^(?:AB|CD)-[0-9a-f]{8}$", True), (r"^A+B?$", True), (r"^(?=x)y$", False), (r"^[^a]$", False), (r"^\p{L}+$", False)],
)  # fmt: skip
def test_simple_patterns_are_met_and_others_left(pattern: str, wanted: bool) -> None:
    """A text is made for a simple pattern; one that is too much for us gives none rather than a wrong one."""
    made = fitting(pattern, "seed")
    assert (made is not None and fits(pattern, made)) is wanted


def test_a_hostile_pattern_ends() -> None:
    """A pattern that takes exponential time is not tried on long texts."""
    assert fits(r"^(a+)+$", "a" * 40 + "!") is False


@pytest.mark.parametrize("number", [0, 1, 4711, 999_999])
def test_vat_ids_have_valid_check_digits(number: int) -> None:
    """A test record's VAT id passes a system that checks it: the same digit as the sandbox's own computation, which VIES's rule is the source of."""
    made = german_vat_id(number)
    assert made == german(int(made[2:10]) - 10_000_000)
    assert made.startswith("DE99")


def test_a_form_is_made_from_its_own_schema() -> None:
    """Where an interface takes forms only, their schema tells what a body holds; a wrapper around the record is looked through."""
    node = {"properties": {"contact": {"required": ["last_name"], "properties": {"last_name": {"type": "string"}}}}}
    form = "application/x-www-form-urlencoded"
    media = {"application/xml": schema({}), form: schema(node)}
    operation = replace(bodies("crm", "contacts").operation, body=Body(media, required=True))  # type: ignore[type-var]
    profile = ResourceProfile(name="x", body_media=form, body_path="contact", fields=FieldRoles(name="last_name"))
    assert Bodies(profile, operation, MARK, TODAY).variant(1) == {"last_name": f"Readiness Test {MARK}-1"}


@pytest.mark.parametrize(("more", "any_"), [({}, False), (True, True), ({"type": "string"}, True), (False, False)])
def test_fields_that_are_not_named_are_taken_only_where_the_document_says_so(more: Any, any_: bool) -> None:
    """JSON Schema lets any field through where nothing is said; hardly a document means it that way."""
    node = {"type": "object", "properties": {}} | ({} if more == {} else {"additionalProperties": more})
    maker = bodies("crm", "companies")
    assert maker.operation is not None
    operation = replace(maker.operation, body=Body({"application/json": schema(node)}, required=True))
    assert takes_any(operation, ResourceProfile(name="x")) is any_


@pytest.mark.parametrize(
    ("role", "text"),
    [("number", f"Test {MARK}-7"), ("external_id", f"Test {MARK}-7"), ("name", f"Readiness Test {MARK}-7")],
)
def test_a_number_whose_length_nobody_says_is_short(role: str, text: str) -> None:
    """Documents rarely say how long an order's number may be, and systems rarely take more than twenty characters."""
    assert value_of(Slot("x", "x", type="string"), role, Stroke(MARK, 7, TODAY), fresh=True) == text
