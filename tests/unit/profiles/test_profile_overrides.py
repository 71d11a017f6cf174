"""The project file's resources over the detected profile."""

import pytest
from profile_apis import crud, fields, listed, operation, profile, query

from checker.errors import InputError
from checker.profiles.overrides import apply_overrides
from checker.project.types import Fixed, MetadataCall, ResourceMetadata, ResourceOverrides

RECORD = {"type": "object"}
GENERIC = {
    "GET /items/{collection}": operation(
        listed(RECORD), params=[query("limit", "integer"), query("offset", "integer"), query("filter"), query("sort")]
    ),
    "POST /items/{collection}": operation(RECORD, body=RECORD),
    "GET /items/{collection}/{id}": operation({"type": "object", "properties": {"data": RECORD}}),
    "PATCH /items/{collection}/{id}": operation(RECORD, body=RECORD),
    "GET /fields/{collection}": operation(RECORD),
}


def over(paths, **resources):
    """A profile with these overrides."""
    return apply_overrides(profile(paths), resources)


def test_a_resource_behind_a_template_takes_its_facts_and_fixes_the_parameter():
    """A literal list path makes a resource of its own, with page style, filter and sort of the template, and all its operations."""
    found = over(GENERIC, contacts=ResourceOverrides(operations={"list": "GET /items/contacts"})).resource("contacts")
    assert found.operations.list == "GET /items/{collection}"
    assert found.operations.update == "PATCH /items/{collection}/{id}"
    assert found.fixed == {"path": {"collection": "contacts"}}
    assert found.answer_path == {"read": "data"}
    assert (found.pagination.style, found.items_path, found.filtering.supported, found.sorting.supported) == (
        "offset",
        "data",
        True,
        True,
    )
    assert (found.role, found.metadata.fields) == ("contact", "GET /fields/{collection}")


def test_several_resources_stand_behind_one_template():
    """Two literal paths give two resources, and the template stays."""
    found = over(
        GENERIC,
        contacts=ResourceOverrides(operations={"list": "GET /items/contacts"}),
        firmen=ResourceOverrides(operations={"list": "GET /items/firmen"}),
    )
    assert [one.name for one in found.resources] == ["items", "contacts", "firmen"]
    assert [one.fixed.get("path") for one in found.resources] == [
        None,
        {"collection": "contacts"},
        {"collection": "firmen"},
    ]
    assert found.resource("firmen").role == "company"


def test_fixed_parameters_alone_may_name_the_template():
    """A documented operation named as it is, with the parameter fixed by hand, works too."""
    given = ResourceOverrides(
        operations={"list": "GET /items/{collection}"}, fixed=Fixed(path={"collection": "deals"}, query={"fields": "*"})
    )
    found = over(GENERIC, deals=given).resource("deals")
    assert found.fixed == {"path": {"collection": "deals"}, "query": {"fields": "*"}}
    assert found.pagination.style == "offset"


def test_given_keys_win_and_are_sure():
    """What the project file says replaces what was detected, is sure, and is no longer open."""
    given = ResourceOverrides(
        fields={"updated": ["date", "time"]}, pagination={"max_page_size": 50}, updated_since={"param": "since", "format": "date"},
        role="company", body="form", detail_fields=["lines"], relations=[{"field": "boss", "to": "users"}],
        create_example={"name": "Muster"}, deactivate={"status": "archived"}, record_path="contact",
    )  # fmt: skip
    found = over(crud(params=[query("page", "integer")]), contacts=given).resource("contacts")
    assert (found.fields.updated, found.fields.id) == (["date", "time"], "id")
    assert (found.pagination.max_page_size, found.pagination.style) == (50, "page")
    assert (found.updated_since.supported, found.updated_since.param.name, found.updated_since.format) == (
        True,
        "since",
        "date",
    )
    assert (found.role, found.body_media, found.detail_fields) == (
        "company",
        "application/x-www-form-urlencoded",
        ("lines",),
    )
    assert (found.relations[0].to, found.record_path, found.create_example) == ("users", "contact", {"name": "Muster"})
    assert "fields.updated" not in [one.what for one in found.undetermined]
    assert found.sure["pagination"] == 1.0


def test_null_takes_an_operation_away():
    """A documented operation that the customer may not use is struck out."""
    found = over(crud(), contacts=ResourceOverrides(operations={"delete": None})).resource("contacts")
    assert found.operations.delete is None
    assert found.operations.update == "PATCH /contacts/{id}"


def test_what_a_partial_document_lacks_is_open_not_no():
    """An operation that the document doesn't have shows that it is partial: lacking filters become open, with what would settle them."""
    before = profile(crud()).resource("contacts")
    assert before.filtering.supported is False
    result = over(crud(), contacts=ResourceOverrides(operations={"search": "POST /contacts/find"}))
    found = result.resource("contacts")
    assert (found.filtering.supported, found.sorting.supported, found.line_items) == (None, None, None)
    assert {"filtering", "sorting", "updated_since", "pagination"} <= {one.what for one in found.undetermined}
    assert result.declared["partial"] == ["contacts"]


def test_a_role_alone_leaves_the_documents_no():
    """Naming a role adds nothing that the document left out."""
    result = over(crud(), contacts=ResourceOverrides(role="company"))
    assert result.resource("contacts").filtering.supported is False
    assert "partial" not in result.declared


def test_a_resource_is_made_from_nothing_but_its_override():
    """No document, but named operations and paths: everything else is open."""
    given = ResourceOverrides(
        operations={"list": "GET /rechnungen", "read": "GET /rechnungen/{nr}"}, items_path="liste", fields={"id": "nr"},
        metadata=ResourceMetadata(schema=MetadataCall(operation="GET /schema", path="data")),
    )  # fmt: skip
    found = over({}, rechnungen=given).resource("rechnungen")
    assert (found.operations.list, found.items_path, found.fields.id) == ("GET /rechnungen", "liste", "nr")
    assert found.metadata.schema == {"operation": "GET /schema", "path": "data"}
    assert found.filtering.supported is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (ResourceOverrides(operations={"lisst": "GET /x"}), "profiles.unknown-key"),
        (ResourceOverrides(pagination={"stile": "page"}), "profiles.unknown-key"),
        (ResourceOverrides(fields={"e_mail": "mail"}), "profiles.unknown-key"),
        (ResourceOverrides(pagination={"max_page_size": "many"}), "profiles.bad-value"),
        (ResourceOverrides(relations=[{"field": "x"}]), "profiles.bad-value"),
    ],
)
def test_a_key_that_no_profile_has_is_refused(given, code):
    """A wrong key or value is an input error that names it, never silently ignored."""
    with pytest.raises(InputError) as caught:
        over(crud(), contacts=given)
    assert caught.value.problems[0].code == code


def test_overriding_twice_gives_the_same():
    """Merging is idempotent."""
    given = {
        "contacts": ResourceOverrides(operations={"list": "GET /items/contacts"}, fields={"updated": "date_updated"})
    }
    once = apply_overrides(profile(GENERIC), given)
    assert apply_overrides(once, given) == once
    assert apply_overrides(once, {}) == once


def test_nothing_given_changes_nothing():
    """Without overrides the profile stays as it was detected."""
    found = profile(crud("/contacts", fields("id email")))
    assert apply_overrides(found, {}) == found


def test_another_id_is_looked_for_in_the_answer_to_a_create_too():
    """A record with two ids is created under the one that the project file names, not under the one that was taken for it."""
    record = fields("id documentId name")
    paths = {
        **crud(record=record),
        "POST /contacts": operation({"type": "object", "properties": {"data": record}}, body=record),
    }
    assert over(paths).resource("contacts").created_id_path == "data.id"
    found = over(paths, contacts=ResourceOverrides(fields={"id": "documentId"})).resource("contacts")
    assert found.created_id_path == "data.documentId"
    told = ResourceOverrides(fields={"id": "documentId"}, created_id_path="meta.new")
    assert over(paths, contacts=told).resource("contacts").created_id_path == "meta.new"
