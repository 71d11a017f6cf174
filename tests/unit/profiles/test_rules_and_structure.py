"""Validation rules, line items, custom fields, relations and metadata operations."""

import pytest
from profile_apis import crud, fields, listed, operation, profile, query, resource

from checker.model.profile import ROLES
from checker.profiles.roles import NAMES


def test_rules_are_those_of_the_create_body():
    """required, enum, maxLength and pattern of what a client may write; alternatives count, an empty text alone is no choice."""
    body = {
        "type": "object",
        "required": ["name", "id"],
        "properties": {
            "id": {"type": "string", "readOnly": True, "maxLength": 9},
            "name": {"type": "string", "maxLength": 50, "pattern": "^x"},
            "kind": {"oneOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            "note": {"anyOf": [{"type": "string", "maxLength": 10}, {"type": "string", "enum": [""]}]},
        },
    }
    found = resource(crud(create=body)).validation
    assert (found.required, found.enum) == (("name",), ("kind",))
    assert (found.max_length, found.pattern) == (("name", "note"), ("name",))


def test_read_only_beside_a_reference_counts():
    """Many documents write readOnly beside a $ref; what it says is meant."""
    status = {"$ref": "#/schemas/Status", "readOnly": True}
    body = {"type": "object", "properties": {"name": {"type": "string"}, "status": status}}
    found = resource(crud(create=body), schemas={"Status": {"type": "string", "enum": ["open"]}})
    assert found.validation.enum == ()


def test_a_number_that_may_be_written_as_a_text_is_a_number():
    """Amounts are often declared so for the sake of their decimals; two kinds of an id stay two."""
    amount = {"anyOf": [{"type": "number", "format": "decimal"}, {"type": "string"}], "nullable": True}
    either = {"oneOf": [{"type": "string"}, {"type": "number"}]}
    record = {"type": "object", "properties": {"id": {"type": "string"}, "limit": amount, "code": either}}
    found = {one.name: one for one in resource(crud(record=record)).schema}
    assert (found["limit"].type, found["limit"].format) == ("number", "decimal")
    assert found["code"].type is None


def test_parts_of_all_of_are_joined():
    """Rules of allOf parts hold together."""
    body = {"allOf": [{**fields("code"), "required": ["code"]}, fields("name")]}
    assert resource(crud(create=body)).validation.required == ("code",)


def test_the_schema_lists_nested_fields_with_the_rules_of_the_body():
    """Dotted names, `[]` after arrays, rules from the create body, what only answers have is read-only."""
    lines = {"type": "array", "items": fields("sku", quantity={"type": "integer"})}
    record = fields("id name", lines=lines, address=fields("city"))
    body = {**fields(name={"type": "string", "maxLength": 5}, text=""), "required": ["name"]}
    found = {one.name: one for one in resource(crud("/orders", record, create=body)).schema}
    assert set(found) == {"id", "name", "lines", "lines[].sku", "lines[].quantity", "address", "address.city"}
    assert (found["name"].required, found["name"].max_length, found["id"].read_only) == (True, 5, True)
    assert found["lines[].quantity"].type == "integer"


def test_bounds_steps_and_shortest_texts_are_read_in_the_sense_of_either_version() -> None:
    """By `true` OpenAPI 3.0 says that the bound itself isn't allowed; later versions give the bound there."""
    body = {
        "rate": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 100, "multipleOf": 0.01},
        "share": {"type": "number", "exclusiveMaximum": 1, "minimum": True},
        "code": {"type": "string", "minLength": 2},
        "note": {"type": "string"},
    }
    found = {one.name: one.limits for one in resource(crud(create={"type": "object", "properties": body})).schema}
    assert found["rate"] == {"exclusiveMinimum": 0, "maximum": 100, "multipleOf": 0.01}
    assert [found[one] for one in ("share", "code", "note")] == [{"exclusiveMaximum": 1}, {"minLength": 2}, {}]


def test_line_items_are_arrays_with_quantities_or_prices():
    """On a document an array of items with amounts is its lines, also when wrapped; on a product it is not."""
    lines = {"type": "array", "items": fields("description quantity price")}
    assert resource(crud("/invoices", fields("id", items=lines))).line_items_path == "items[]"
    assert resource(crud("/rechnungen", fields("id", positionen=lines))).line_items is True
    wrapped = {"type": "object", "properties": {"data": lines}}
    assert resource(crud("/invoices", fields("id", lines=wrapped))).line_items_path == "lines.data[]"
    assert resource(crud("/contacts", fields("id", items=lines))).line_items is False
    assert resource(crud("/invoices", fields("id name"))).line_items is False


@pytest.mark.parametrize(
    ("param", "expected"),
    [
        (query("$expand", "array", items={"type": "string", "enum": ["*", "customer", "items"]}), "items,customer"),
        (query("include", enum=["customer", "items"]), "items"),
        (query("populate"), "items,customer"),
        (query("include", enum=["notes"]), None),
        (query("include", "boolean"), None),
        (query("sort", enum=["items"]), None),
    ],
    ids=["several-named", "one-named", "unnamed", "another", "a-switch", "another-parameter"],
)
def test_what_comes_along_on_demand_is_asked_for(param, expected):
    """Many interfaces leave lines, and other records that one refers to, out until a parameter asks for them."""
    lines = {"type": "array", "items": fields("description quantity price")}
    paths = {**crud("/orders", fields("id number", items=lines, customer=fields("id name"))), **crud("/customers")}
    paths = {key: {**one, "params": (param,)} for key, one in paths.items()}
    asked = {param["name"]: expected}
    known = {"GET /orders": asked, "GET /orders/{id}": asked} if expected else {}
    assert resource(paths, "orders").expand == known
    del paths["GET /orders/{id}"]["params"]  # described once, it counts for both
    assert (
        resource({**paths, "GET /orders/{id}": {**paths["GET /orders/{id}"], "params": ()}}, "orders").expand == known
    )


def test_custom_fields_are_places_for_names_of_the_customers_own():
    """Known names, free maps, lists of name and value, or an operation that manages them; a plain record has none."""
    free = {"type": "object", "additionalProperties": True}
    pairs = {"type": "array", "items": fields("name value")}
    assert resource(crud(record=fields("id", metadata=free))).custom_fields is True
    assert resource(crud(record=fields("id", properties=free))).custom_fields is True
    assert resource(crud(record=fields("id", attributes=pairs))).custom_fields is True
    assert resource(crud(record=fields("id", attributes=fields("colour")))).custom_fields is False
    assert resource(crud()).custom_fields is False
    assert resource(crud("/files", fields("id", metadata=free))).custom_fields is False
    paths = {**crud(), "GET /contacts/custom-attributes": operation(listed(fields("id key")))}
    assert resource(paths, "contacts").custom_fields is True


def test_ids_of_other_resources_are_relations():
    """`company_id`, `ownerUserId` and lists of ids point at the resources they name; created_by doesn't."""
    record = fields("id company_id ownerUserId tag_ids created_by")
    paths = {**crud(record=record), **crud("/companies"), **crud("/users"), **crud("/tags")}
    found = resource(paths, "contacts").relations
    assert {(one.field, one.to) for one in found} == {
        ("company_id", "companies"),
        ("ownerUserId", "users"),
        ("tag_ids", "tags"),
    }


def test_lines_point_at_products():
    """A line's `product` or `article_id` leads to the resource of that name; one that names its own document leads back, and is no relation."""
    line = fields(
        "id description", product={"type": "integer"}, order={"type": "integer"}, quantity={"type": "integer"}
    )
    record = fields("id number", lines={"type": "array", "items": line})
    paths = {**crud("/orders", record), **crud("/products")}
    found = resource(paths, "orders").relations
    assert [(one.field, one.to) for one in found] == [("lines[].product", "products")]


def test_a_number_is_nobodys_name():
    """`company` with an id in it points at a company; as a text it names one."""
    for kind, name in (("integer", None), ("string", "company")):
        record = fields("id", number={"type": "string"}, company={"type": kind})
        assert resource({**crud("/orders", record), **crud("/companies")}, "orders").fields.name == name


def test_operations_that_tell_fields_are_named():
    """`GET /fields/{collection}` tells the fields of a template; `GET /contacts/fields` those of contacts alone."""
    paths = {
        "GET /items/{collection}": operation(listed({"type": "object"})),
        "GET /items/{collection}/{id}": operation({"type": "object"}),
        "GET /fields/{collection}": operation({"type": "object"}),
    }
    assert resource(paths, "items").metadata.fields == "GET /fields/{collection}"
    paths = {**crud(), **crud("/deals"), "GET /contacts/fields": operation(listed(fields()))}
    assert resource(paths, "contacts").metadata.fields == "GET /contacts/fields"
    assert resource(paths, "deals").metadata.fields is None


def test_small_facts_are_declared():
    """Rate limit, deprecation, error codes, idempotency, lock, read-only fields and visible deletes, by resource."""
    record = fields("id name version", deleted_at={"type": "string"}, made={"type": "string", "readOnly": True})
    paths = crud(record=record)
    key = {"in": "header", "name": "Idempotency-Key", "description": "", "schema": {"type": "string"}}
    paths["POST /contacts"] = operation(record, body=record, params=[key], errors=("422", "429"))
    paths["GET /old"] = operation(deprecated=True)
    found = profile(paths).declared
    assert found["rate_limit"] == "#/paths/~1contacts/post/responses/429"
    assert found["deprecated"] == ["GET /old"]
    assert found["error_codes"] == {"contacts": ["422", "429"]}
    assert found["idempotency"] == {"contacts": "header Idempotency-Key"}
    assert found["optimistic_lock"] == {"contacts": "body version"}
    assert found["read_only"] == {"contacts": ["made"]}
    assert found["deletes_visible"] == {"contacts": "field deleted_at"}


def test_a_list_of_what_was_deleted_speaks_of_its_own_kind_or_of_all():
    """`/deals/deleted` holds deals, `/deletions` everything that was deleted."""
    gone = operation(listed(fields("ref kind")))
    both = {**crud(), **crud("/deals")}
    told = profile({**both, "GET /deals/deleted": gone}).declared["deletes_visible"]
    assert (told.get("contacts"), told["deals"]) == (None, "list /deals/deleted")
    told = profile({**both, "GET /deletions": gone}).declared["deletes_visible"]
    assert (told["contacts"], told["deals"]) == ("list /deletions", "list /deletions")


def test_nothing_declared_is_nothing():
    """A bare document declares no limit, no lock and no key."""
    found = profile(crud()).declared
    assert found["rate_limit"] is None
    assert (found["idempotency"], found["optimistic_lock"], found["deprecated"]) == ({}, {}, [])


def test_a_customer_by_another_name_points_at_the_only_party():
    """`kunde_id` means the Geschäftspartner where there is no other party; with two it stays open."""
    paths = {**crud("/rechnungen", fields("id kunde_id")), **crud("/geschaeftspartner")}
    assert [one.to for one in resource(paths, "rechnungen").relations] == ["geschaeftspartner"]
    assert resource({**paths, **crud("/lieferanten")}, "rechnungen").relations == ()


def test_every_role_has_names_and_every_name_a_role():
    """What checklists may ask for by role is what resources are recognised as."""
    assert tuple(NAMES) == ROLES


def test_fields_that_an_object_holds_are_the_records_own():
    """Beside id and kind, `attributes` holds the fields and `relationships` the references (JSON:API): rules, lines and relations are found there."""
    line = fields("product_id text", quantity={"type": "number"})
    inside = fields("number note", lines={"type": "array", "items": line})
    inside = {**inside, "required": ["number"]}
    inside["properties"]["number"] |= {"maxLength": 20, "description": "Unique."}
    to = {"type": "object", "properties": {"type": {"type": "string", "enum": ["companies"]}, "id": {"type": "string"}}}
    customer = {"type": "object", "properties": {"data": to}}
    related = {"type": "object", "required": ["customer"], "properties": {"customer": customer}}
    kind = {"type": "string", "enum": ["orders"]}
    record = fields("id", type=kind, attributes=inside, relationships=related)
    record["required"] = ["type", "attributes", "relationships"]
    body = fields(
        "", data={**record, "properties": {name: one for name, one in record["properties"].items() if name != "id"}}
    )
    paths = {**crud("orders", record=record, create=body), **crud("companies"), **crud("products")}
    found = next(one for one in profile(paths).resources if one.name == "orders")
    assert found.spread == ("attributes", "relationships")
    reference = "relationships.customer.data.id"
    assert found.validation.required == ("type", "attributes.number", reference)
    assert (found.validation.max_length, found.validation.unique) == (("attributes.number",), ("attributes.number",))
    assert found.line_items_path == "attributes.lines[]"
    assert [(one.field, one.to, one.kind) for one in found.relations] == [
        (reference, "companies", "companies"),
        ("attributes.lines[].product_id", "products", None),
    ]
    assert found.at_top("attributes.number")
    assert not found.at_top("attributes.lines[].product_id")
    assert found.spoken("attributes.number") == "number"


def test_an_object_beside_more_fields_holds_none_of_them():
    """A record with fields of its own has them there, whatever its `properties` hold."""
    record = fields("id name email city", properties=fields("color"))
    assert resource(crud(record=record)).spread == ()


def test_a_customer_with_a_vat_id_beside_contacts_is_a_company():
    """Where an API knows contacts too, customers with a VAT id and no first name are the companies."""
    paths = {
        **crud("customers", record=fields("id name email phone vat_id")),
        **crud("contacts", record=fields("id first_name email")),
    }
    roles = {one.name: one.role for one in profile(paths).resources}
    assert roles == {"customers": "company", "contacts": "contact"}


def test_rules_beside_a_reference_count():
    """JSON Schema 2020-12 has both hold together. Catches: nothing is required of what stands behind a reference."""
    body = {"$ref": "#/schemas/Plan", "required": ["name"]}
    found = resource(crud(create=body), schemas={"Plan": fields("name code")})
    assert found.validation.required == ("name",)


def test_a_choice_is_never_unique():
    """`per_customer: numbers are unique per customer` explains a choice; no two records may share a number, many a choice."""
    choice = {"type": "string", "enum": ["a", "b"], "description": "`a`: numbers are unique per customer"}
    number = {"type": "string", "description": "Must be unique."}
    body = {"type": "object", "properties": {"numbering": choice, "number": number}}
    assert resource(crud(create=body)).validation.unique == ("number",)


def test_an_invoices_lines_may_have_a_name_of_their_own():
    """What says how many of a thing and for how much is a line, whatever the array is called; taxes and payments are none."""
    lines = {"type": "array", "items": fields("code units unit_amount_cents")}
    taxes = {"type": "array", "items": fields("rate amount")}
    found = resource(crud("/invoices", record=fields(taxes=taxes, fees=lines)), "invoices")
    assert (found.line_items, found.line_items_path) == (True, "fees[]")
    assert resource(crud("/contacts", record=fields(fees=lines))).line_items is False
