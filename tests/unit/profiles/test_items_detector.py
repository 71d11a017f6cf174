"""Where records stand in answers and bodies."""

import pytest
from profile_apis import crud, fields, listed, operation, resource


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"type": "array", "items": fields()}, ""),
        (listed(fields()), "data"),
        (listed(fields(), "contacts", errors={"type": "array", "items": fields("code detail")}), "contacts"),
        ({"type": "object", "properties": {"_embedded": listed(fields(), "items")}}, "_embedded.items"),
        ({"type": "object", "properties": {"result": listed(fields(), "rows")}}, "result.rows"),
    ],
)
def test_the_list_of_records_is_found(answer, path):
    """A bare array, the usual wrappers, the resource's own name, one level deeper; errors beside it are not the records."""
    assert resource({"GET /contacts": operation(answer)}).items_path == path


def test_records_wrapped_under_their_own_name_are_unwrapped():
    """`list[].customer` is the record; what stands beside it is not."""
    wrapped = {"type": "object", "properties": {"customer": fields("id email"), "card": fields("last4")}}
    paths = {"GET /customers": operation(listed(wrapped, "list")), "GET /customers/{id}": operation(wrapped)}
    found = resource(paths)
    assert (found.items_path, found.record_path) == ("list", "customer")
    assert (found.fields.id, found.fields.email) == ("id", "email")
    assert found.answer_path == {"read": "customer"}


def test_a_wrapped_body_is_unwrapped():
    """A record in `data` beside an idempotency key: rules are those of the record."""
    inner = {**fields("id name"), "required": ["name"]}
    body = {
        "type": "object",
        "required": ["data"],
        "properties": {"data": inner, "idempotency_key": {"type": "string", "maxLength": 40}},
    }
    found = resource(crud(create=body))
    assert found.body_path == "data"
    assert (found.validation.required, found.validation.max_length) == (("name",), ())


def test_a_body_that_holds_an_array_under_the_plural_is_unwrapped():
    """`{Contacts: [...]}` takes several records at once."""
    record = fields("ContactID Name")
    body = listed(record, "Contacts", Warnings={"type": "array", "items": fields("Message")})
    paths = {
        "GET /Contacts": operation(body),
        "POST /Contacts": operation(body, body=body),
        "GET /Contacts/{ContactID}": operation(body),
    }
    found = resource(paths)
    assert (found.items_path, found.body_path, found.fields.id) == ("Contacts", "Contacts[]", "ContactID")


def test_plain_json_is_preferred_and_forms_are_named():
    """The media type of the body is part of the profile; form bodies are said to be forms."""
    paths = crud()
    paths["POST /contacts"] = operation(fields(), body=fields(), media="application/x-www-form-urlencoded")
    assert resource(paths).body_media == "application/x-www-form-urlencoded"


def test_fields_of_the_single_read_alone_are_named():
    """A list of compact records: what only the read has costs one call a record."""
    found = resource(crud(record=fields("id name created_at"), listing=listed(fields("id name"))))
    assert found.detail_fields == ("created_at",)
    assert found.fields.created == "created_at"


def test_an_undescribed_list_stays_open():
    """Without an answer's schema the path of the records is unknown, not empty."""
    found = resource({"GET /contacts": operation(), "GET /contacts/{id}": operation()})
    assert found.items_path is None
    assert "items_path" in [one.what for one in found.undetermined]


def test_schemas_that_contain_themselves_end():
    """A record that refers to itself is flattened once."""
    schemas = {
        "Node": {"type": "object", "properties": {"id": {"type": "string"}, "parent": {"$ref": "#/schemas/Node"}}}
    }
    found = resource({"GET /nodes": operation(listed({"$ref": "#/schemas/Node"}))}, schemas=schemas)
    assert [one.name for one in found.schema] == ["id", "parent"]


def test_objects_that_nest_in_each_other_end_soon():
    """Thirty fields that each hold the whole object again, in answer and search body, are looked at once, not thirty to the fourth times."""
    names = [f"field{number}" for number in range(30)]
    wide = {
        "type": "object",
        "properties": {"id": {"type": "string"}, **{one: {"$ref": "#/schemas/Wide"} for one in names}},
    }
    answer = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": "#/schemas/Wide"}},
            "x": {"$ref": "#/schemas/Wide"},
        },
    }
    body = {"type": "object", "properties": {"filter": {"$ref": "#/schemas/Wide"}}}
    paths = {"GET /things": operation(answer), "POST /things/search": operation(answer, body=body)}
    found = resource(paths, schemas={"Wide": wide})
    assert found.items_path == "items"
    assert len(found.schema) <= 600


def test_an_object_inside_a_full_record_is_no_wrapper():
    """A fee with an `item` is a fee; an envelope has a handful of fields beside what it holds. Catches: the item is read as the record."""
    fee = fields("fee_ref state amount tax_rate units created_at updated_at paid_at note", item=fields("code name"))
    assert resource({"GET /fees": operation(listed(fee))}, "fees").record_path == ""
    envelope = fields("status message", item=fields("code name"))
    assert resource({"GET /fees": operation(listed(envelope))}, "fees").record_path == "item"


def test_a_wrapper_whose_plural_is_hardly_longer_is_unwrapped():
    """`add_on` wraps one of the `add_ons`."""
    body = {"type": "object", "properties": {"add_on": fields("name code")}}
    assert resource(crud("/add_ons", create=body), "add_ons").body_path == "add_on"


def test_the_answer_of_what_went_wrong_beside_the_good_one_hides_no_list():
    """Some documents describe both answers as alternatives; an exception's `code` is no record's key."""
    schemas = {"Records": listed(fields()), "ApiException": fields("code message details")}
    answer = {"oneOf": [{"$ref": "#/schemas/Records"}, {"$ref": "#/schemas/ApiException"}]}
    found = resource({**crud(), "GET /contacts": operation(answer)}, schemas=schemas)
    assert (found.operations.list, found.items_path) == ("GET /contacts", "data")
