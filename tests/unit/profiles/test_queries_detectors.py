"""Filtering, sorting and changes since an instant."""

import pytest
from profile_apis import crud, fields, listed, operation, query, resource

from checker.model.profile import Param
from checker.profiles.languages import equal

RECORD = fields("id name", updated_at={"type": "string", "format": "date-time"}, status={"type": "string"})


def contacts(*params, record=RECORD):
    """A contacts resource whose list takes these parameters."""
    return resource(crud(record=record, params=params))


def test_a_field_of_the_record_filters():
    """A parameter named after a field narrows the list, with or without an operator."""
    found = contacts(query("status"), query("name:like"), query("page", "integer"))
    assert found.filtering.supported is True
    assert [one.name for one in found.filtering.params] == ["status", "name:like"]


def test_parameters_that_shape_the_answer_do_not_filter():
    """Field choice, expansion, formatting and paging narrow nothing."""
    shaping = [query(one) for one in ("fields", "expand", "include", "locale", "with_count", "opt_pretty", "cursor")]
    assert contacts(*shaping).filtering.supported is False


def test_including_archived_records_is_a_filter():
    """A parameter that adds archived records changes what is listed."""
    assert contacts(query("includeArchived", "boolean")).filtering.supported is True


@pytest.mark.parametrize("name", ["sort", "sort_by", "orderBy", "$orderby", "ordering", "sort[field]"])
def test_sort_parameters_are_known_by_name(name):
    """The usual names of a sort parameter."""
    assert contacts(query(name)).sorting.supported is True


def test_an_order_that_is_another_object_does_not_sort():
    """`order` that takes an order's id is a filter."""
    found = contacts(query("order", description="The id of the order to list contacts for"))
    assert (found.sorting.supported, found.filtering.supported) == (False, True)


@pytest.mark.parametrize(
    "name", ["modified_since", "updatedAfter", "date_modified:min", "updated_at[gte]", "min_updated_at", "changedSince"]
)
def test_changes_since_are_known_by_name(name):
    """The usual names of an updated-since parameter, operators included."""
    found = contacts(query(name, format="date-time")).updated_since
    assert (found.supported, found.param.name, found.format) == (True, name, "rfc3339")


def test_a_filter_is_an_expression_where_the_document_shows_one():
    """In its description or as an example; a sentence with `eq` in it, or an operator in brackets, shows none."""
    shown = (
        {"description": "Conditions, e.g. `number eq 'K1' and amount ge 5`"},
        {"description": "x", "example": "amount gt 5"},
    )
    others = {"description": "Operators: eq, ne"}, {"description": "filter[name][eq]=x"}
    for more, means in [*((one, "expression") for one in shown), *((one, None) for one in others)]:
        assert [one.means for one in contacts(query("filter", **more)).filtering.params] == [means]


def test_created_since_is_not_updated_since():
    """New records alone are no changes."""
    assert (
        contacts(query("created_after", format="date-time"), query("created_at[gte]")).updated_since.supported is False
    )


def test_modified_before_is_not_modified_since():
    """An upper bound doesn't ask for changes."""
    assert contacts(query("modified_before", format="date-time")).updated_since.supported is False


def test_if_modified_since_is_a_header_that_asks_for_changes():
    """The header is the parameter."""
    found = contacts(query("If-Modified-Since", where="header", format="date-time")).updated_since
    assert (found.supported, found.param.in_) == (True, "header")


def test_a_start_time_counts_with_the_sort_it_belongs_to():
    """`begin_time` filters by the field that is sorted by; the sort value is named."""
    begin = query("begin_time", description="Inclusively filter by begin_time when sort=updated_at", format="date-time")
    found = contacts(begin, query("sort", enum=["created_at", "updated_at"])).updated_since
    assert (found.param.name, found.together_with, found.boundary) == (
        "begin_time",
        {"sort": "updated_at"},
        "inclusive",
    )


def test_a_start_time_of_something_else_does_not_count():
    """A begin_time that says nothing of changes isn't taken for one."""
    assert (
        contacts(query("begin_time", description="when the meeting begins", format="date-time")).updated_since.supported
        is False
    )


def test_a_nested_filter_object_in_a_search_body_counts():
    """`query.filter.updated_at` in the body of the search asks for changes; the lower bound is what a client sets."""
    span = fields("start_at end_at")
    body = {
        "type": "object",
        "properties": {
            "query": {
                "type": "object",
                "properties": {"filter": {"type": "object", "properties": {"updated_at": span}}},
            }
        },
    }
    paths = {**crud(record=RECORD), "POST /contacts/search": operation(listed(RECORD), body=body)}
    found = resource(paths).updated_since
    assert (found.supported, found.param.name, found.param.in_) == (True, "query.filter.updated_at.start_at", "body")
    assert found.operation == "POST /contacts/search"


def test_a_structured_filter_with_ranges_counts_where_records_have_a_stamp():
    """A filter list in the body whose operators know ranges can ask for changes of the updated field."""
    condition = fields("field value", operator={"type": "string", "enum": ["equals", "gte", "lte"]})
    body = {"type": "object", "properties": {"filters": {"type": "array", "items": condition}}}
    search = {"POST /contacts/search": operation(listed(RECORD), body=body)}
    assert resource({**crud(record=RECORD), **search}).updated_since.supported is True
    assert resource({**crud(), **search}).updated_since.supported is False


def test_a_query_language_of_its_own_leaves_it_open():
    """Where only a free filter text could ask for changes, the answer is open and says what would settle it."""
    found = contacts(query("filter", description="filter expression"))
    assert found.updated_since.supported is None
    assert ("updated_since", "updated-since.excludes-older") in [
        (one.what, one.settled_by) for one in found.undetermined
    ]


def test_seconds_and_milliseconds_are_told_apart():
    """The format of the instant is read from type and prose."""
    assert contacts(query("updated_since", "integer", "unix timestamp")).updated_since.format == "epoch_s"
    assert contacts(query("updated_since", "integer", "in milliseconds")).updated_since.format == "epoch_ms"
    assert contacts(query("updated_since", format="date")).updated_since.format == "date"


def test_an_instant_without_a_zone_is_naive():
    """Prose that speaks of local time without a zone gives a naive format, in German too."""
    since = query("geaendert_ab", description="seit diesem Zeitpunkt geändert (einschließlich), Ortszeit ohne Zeitzone")
    found = contacts(since).updated_since
    assert (found.supported, found.format, found.boundary) == (True, "naive", "inclusive")


def test_a_filter_among_odatas_options_says_by_itself_how_changes_are_asked_for():
    """`$filter` beside `$top` and `$orderby` takes OData's expressions: no other word in the document is needed."""
    found = contacts(query("$top", "integer"), query("$search"), query("$filter"), query("$orderby")).updated_since
    assert (found.supported, found.param.name, found.query) == (True, "$filter", {"$filter": "updated_at ge {since}"})


@pytest.mark.parametrize("others", [("limit",), ("$top", "$inlinecount")])
def test_a_filter_that_may_be_another_language_stays_open(others):
    """Alone it may be anything, and version 2 writes times otherwise."""
    found = contacts(query("$filter"), *(query(one) for one in others)).updated_since
    assert (found.supported, found.query) == (None, {})


def test_a_search_for_words_comes_after_a_filter():
    """Of two parameters with a language of their own, the one that looks for words can hardly ask for changes."""
    assert contacts(query("search"), query("filter")).updated_since.param.name == "filter"


def test_a_quote_in_a_value_ends_no_expression():
    """OData doubles the quotes inside a text (part 2, section 5.1.1.6.1)."""
    asked = list(equal(Param(name="$filter", in_="query"), "name.last", "O'Neil"))
    assert [value for _, value in asked] == ["name/last eq 'O''Neil'"]


def test_the_fields_in_a_searchs_filter_are_filters_of_their_own():
    """Where a body's filter names fields, each of them narrows; what it knows beside them isn't one of the record's."""
    filters = {"type": "object", "properties": {**fields("status Name")["properties"], "Limit": {"type": "integer"}}}
    search = operation(listed(RECORD), body={"type": "object", "properties": {"Filter": filters}})
    found = resource({"POST /contacts/search": search, "GET /contacts/{id}": operation(RECORD)})
    assert [(one.name, one.in_) for one in found.filtering.params] == [
        ("Filter.status", "body"),
        ("Filter.Name", "body"),
    ]


@pytest.mark.parametrize("name", ["include_deleted", "filter[deleted]"])
def test_a_switch_that_shows_deleted_records_belongs_to_asking_for_changes(name):
    """With it, what was deleted comes among what changed."""
    found = contacts(query("updated_since", format="date-time"), query(name, "boolean"))
    assert found.updated_since.deleted_query == {name: True}
    assert contacts(query("updated_since", format="date-time"), query("deleted")).updated_since.deleted_query is None
