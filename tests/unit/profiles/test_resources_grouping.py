"""Which operations are taken for one business object."""

import pytest
from profile_apis import api, crud, fields, listed, operation, profile, query, resource

from checker.profiles.names import one_of, same_thing, words
from checker.profiles.paths import segments


def test_the_usual_five_operations_are_one_resource():
    """A collection and its item path give list, create, read, update and delete."""
    found = resource(crud()).operations
    assert (found.list, found.create, found.read) == ("GET /contacts", "POST /contacts", "GET /contacts/{id}")
    assert (found.update, found.delete) == ("PATCH /contacts/{id}", "DELETE /contacts/{id}")


def test_a_post_to_the_item_is_an_update():
    """Where there is neither PATCH nor PUT, POST to one record changes it."""
    paths = crud()
    paths["POST /contacts/{id}"] = paths.pop("PATCH /contacts/{id}")
    assert resource(paths).operations.update == "POST /contacts/{id}"


def test_a_post_to_delete_is_the_delete():
    """`POST /x/{id}/delete` deletes, though its method doesn't say so."""
    paths = crud()
    paths["POST /contacts/{id}/delete"] = paths.pop("DELETE /contacts/{id}")
    assert resource(paths).operations.delete == "POST /contacts/{id}/delete"


def test_without_a_list_the_search_is_what_lists():
    """A resource that can only be searched keeps its search, and its page style comes from the search's body."""
    paths = crud()
    del paths["GET /contacts"]
    body = {"type": "object", "properties": {"cursor": {"type": "string"}, "limit": {"type": "integer"}}}
    paths["POST /contacts/search"] = operation(listed(fields()), body=body)
    found = resource(paths)
    assert found.operations.list is None
    assert found.operations.search == "POST /contacts/search"
    assert [(one.name, one.in_) for one in found.pagination.params] == [("limit", "body"), ("cursor", "body")]


def test_a_search_that_stands_apart_joins_its_resource():
    """`POST /search/contact` and `/teams/{id}/contacts/search` search contacts, and are no resources of their own."""
    for path in ("/search/contact", "/teams/{team}/contacts/search"):
        found = profile({**crud(), f"POST {path}": operation(listed(fields()), body=fields("query"))})
        assert [one.name for one in found.resources] == ["contacts"]
        assert found.resources[0].operations.search == f"POST {path}"


def test_a_create_below_a_parent_is_lent_to_the_free_collection():
    """Invoices that are listed freely and created below an account are one resource."""
    paths = crud("/invoices")
    paths["POST /accounts/{account}/invoices"] = paths.pop("POST /invoices")
    assert resource(paths, "invoices").operations.create == "POST /accounts/{account}/invoices"


def test_addresses_of_another_kind_stay_a_resource_of_their_own():
    """A nested collection with another record isn't merged into the free one of the same name."""
    schemas = {"A": fields("id street"), "B": fields("id town")}
    paths = {
        "GET /addresses": operation(listed({"$ref": "#/schemas/A"})),
        "GET /customers/{id}/addresses": operation(listed({"$ref": "#/schemas/B"})),
    }
    assert {one.name for one in profile(paths, schemas=schemas).resources} == {"addresses", "customers_addresses"}


def test_an_upsert_is_create_update_and_upsert():
    """One operation that creates or updates fills all three places."""
    paths = {
        "GET /objects": operation(listed(fields())),
        "POST /objects": operation(fields(), body=fields(), id="upsertObject"),
    }
    found = resource(paths).operations
    assert found.create == found.update == found.upsert == "POST /objects"


@pytest.mark.parametrize(
    ("called", "body", "known"),
    [("upsertContact", fields(), True), ("changeContact", fields(), False), ("upsertNote", fields("id text"), False)],
)
def test_a_put_by_another_key_is_an_upsert_where_it_may_create(called, body, known):
    """By its name, with the body that a create takes; a mere change by another key is none, and neither is a note of the contact."""
    key = "PUT /contacts/by-number/{number}"
    found = resource({**crud(), key: operation(fields(), body=body, id=called)}).operations
    assert found.upsert == (key if known else None)


def test_put_beside_an_upserting_post_is_the_create():
    """Where POST to the collection adds or changes, PUT to it adds."""
    record = fields()
    paths = crud(record=record)
    paths["POST /contacts"] = operation(record, body=record, id="updateOrCreateContacts")
    paths["PUT /contacts"] = operation(record, body=record, id="createContacts")
    assert resource(paths).operations.create == "PUT /contacts"


def test_array_bodies_on_the_collection_update_and_delete_in_bulk():
    """A collection without item paths is changed by PUT and DELETE on itself, many at once."""
    many = {"type": "array", "items": fields()}
    paths = {
        "GET /customers": operation(listed(fields())),
        "POST /customers": operation(listed(fields()), body=many),
        "PUT /customers": operation(listed(fields()), body=many),
        "DELETE /customers": operation(params=[query("id:in")]),
    }
    found = resource(paths)
    assert (found.operations.update, found.operations.delete) == ("PUT /customers", "DELETE /customers")
    assert found.operations.bulk == "POST /customers"
    assert found.body_path == "[]"


def test_a_list_and_its_singular_item_path_are_one_resource():
    """`/issues` lists what `/issue/{id}` reads."""
    paths = {"GET /issues": operation(listed(fields())), "GET /issue/{id}": operation(fields())}
    paths["PUT /issue/{id}"] = operation(fields(), body=fields())
    found = resource(paths).operations
    assert (found.list, found.read) == ("GET /issues", "GET /issue/{id}")


def test_verbs_in_the_path_say_what_a_post_does():
    """An API that writes its verbs into the paths is read by them."""
    paths = {
        "POST /contacts/list": operation(listed(fields())),
        "POST /contacts/create": operation(fields(), body=fields()),
        "POST /contacts/update": operation(fields(), body=fields()),
        "POST /contacts/delete": operation(),
    }
    found = resource(paths).operations
    assert (found.list, found.create) == ("POST /contacts/list", "POST /contacts/create")
    assert (found.update, found.delete) == ("POST /contacts/update", "POST /contacts/delete")


def test_odata_keys_in_brackets_are_item_paths():
    """`/Customers({id})` is one of `/Customers`."""
    paths = {"GET /Customers": operation(listed(fields(), "value")), "GET /Customers({id})": operation(fields())}
    assert resource(paths).operations.read == "GET /Customers({id})"


def test_a_parameter_in_the_collections_place_makes_a_template():
    """`/items/{collection}` is one resource for many kinds of records, with fields of the customer's own."""
    record = {"type": "object"}
    paths = {
        "GET /items/{collection}": operation(listed(record)),
        "GET /items/{collection}/{id}": operation(record),
    }
    found = resource(paths)
    assert (found.name, found.operations.list) == ("items", "GET /items/{collection}")
    assert found.custom_fields is True
    assert found.line_items is None


def test_settings_that_are_no_list_are_no_resource():
    """A single object without an item path is not offered for synchronising."""
    assert profile({"GET /me": operation(fields("id email"))}).resources == ()


def test_names_are_words_whatever_their_spelling():
    """camelCase, snake_case, kebab-case and umlauts give the same words; plural and singular the same thing."""
    assert words("VATNumber") == words("vat_number") == ("vat", "number")
    assert words("Geschäftspartner") == ("geschaeftspartner",)
    assert same_thing("salesInvoices", "sales-invoice")
    assert one_of("companies") == "company"
    assert segments("/a.json/b/{id}:archive") == ("a.json", "b", "{}", "archive")


def test_no_operation_is_no_resource():
    """An empty document gives an empty profile."""
    assert profile({}).operations == 0
    assert api({}).operations == ()


def test_a_last_segment_may_spell_out_verb_and_thing():
    """`/Invoice/Factory/saveInvoice` creates invoices; `/teams/{id}/addContact` is the team's affair."""
    paths = {"GET /Invoice": operation(listed(fields())), "GET /Invoice/{id}": operation(fields())}
    saved = {**paths, "POST /Invoice/Factory/saveInvoice": operation(fields(), body=fields())}
    assert resource(saved, "Invoice").operations.create == "POST /Invoice/Factory/saveInvoice"
    elsewhere = {**paths, "POST /teams/{id}/addInvoice": operation(fields(), body=fields())}
    assert resource(elsewhere, "Invoice").operations.create is None


def test_parameters_inside_a_segment_are_parameters():
    """`/stores/key={key}/orders` is a nested collection like any other."""
    assert segments("/stores/key={key}/orders") == ("stores", "{}", "orders")


def test_a_bulk_operation_below_a_list_is_that_resources_alone():
    """`POST /events/batch` takes events, `POST /batch` anything. Catches: every resource writes through the batch of events."""
    many = fields(events={"type": "array", "items": fields()})
    both = {**crud(), **crud("/events")}
    own = profile({**both, "POST /events/batch": operation(fields(), body=many)})
    assert {one.name: one.operations.bulk for one in own.resources} == {
        "contacts": None,
        "events": "POST /events/batch",
    }
    shared = profile({**both, "POST /batch": operation(fields(), body=many)})
    assert {one.operations.bulk for one in shared.resources} == {"POST /batch"}


def test_a_record_is_read_by_its_id_where_other_keys_are_offered_beside_it():
    """`/orders/number={number}` stands beside `/orders/{id}`: changed and deleted is by id, whichever the document names first."""
    paths = {
        "GET /orders": operation(listed(fields())),
        "GET /orders/number={number}": operation(fields()),
        "DELETE /orders/number={number}": operation(),
        "GET /orders/{id}": operation(fields()),
        "DELETE /orders/{id}": operation(),
    }
    found = resource(paths, "orders").operations
    assert (found.read, found.delete) == ("GET /orders/{id}", "DELETE /orders/{id}")


def test_goods_in_batches_are_no_bulk_operation():
    """A warehouse's `/batches` are records; a `/batch` that serves all resources holds several requests."""
    one = profile({**crud(), "POST /batches": operation(fields(), body=fields("batch_number expires_on"))})
    assert one.resources[0].operations.bulk is None
    many = fields(data=fields(actions={"type": "array", "items": fields("method path")}))
    assert (
        profile({**crud(), "POST /batch": operation(fields(), body=many)}).resources[0].operations.bulk == "POST /batch"
    )


def test_of_several_bulk_operations_the_one_that_writes_is_named():
    """`batch-delete` stands before `batch-upsert` in the alphabet, and would add nothing."""
    paths = crud()
    paths |= {
        f"POST /contacts/batch-{verb}": operation(fields(), body=fields()) for verb in ("delete", "get", "upsert")
    }
    assert resource(paths).operations.bulk == "POST /contacts/batch-upsert"


def test_a_list_by_pages_may_stand_below_the_collection():
    """`GET /accounts/pagination` lists what `POST /accounts` creates."""
    paths = crud("/accounts")
    paths["GET /accounts/pagination"] = paths.pop("GET /accounts")
    assert resource(paths, "accounts").operations.list == "GET /accounts/pagination"
