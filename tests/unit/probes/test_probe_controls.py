"""Positive controls: a question put in a form that the system can't take proves nothing, good or bad."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from checker.model.finding import Answer
from checker.model.profile import FieldRoles, Filtering, Param, Relation, UpdatedSince
from checker.probes.contexts import UUID
from checker.probes.filtering import field_of
from tests.servers import Answered, Asked
from tests.unit.probes.lists import Lists, probed, profile, record
from tests.unit.profiles.profile_apis import api, operation, query


@dataclass
class FilterLanguage(Lists):
    """A list whose only filter takes a language of its own: whatever isn't written in it is refused, an instant included."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list; a `filter` that is no JSON is 400."""
        if not query.get("filter", "{").startswith("{"):
            return Answered(400, {"error": "no JSON"})
        return super().listed({name: value for name, value in query.items() if name != "filter"})


@dataclass
class EmptyWhenSorted(Lists):
    """A list that is empty as soon as it is to be sorted."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list; nothing where an order is asked for."""
        return {"data": [], "total": 23} if "sort" in query else super().listed(query)


@dataclass
class OnlyCounts(Lists):
    """A list that shows no records unless a size is asked for, and always tells how many there are."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, cut to nothing by default."""
        return super().listed({"limit": "0", **query})


def test_refusing_nonsense_counts_only_where_an_instant_is_taken() -> None:
    """A parameter that refuses a sensible instant as well was asked in a wrong form; that it refuses nonsense is no good news."""
    asked = replace(profile(), updated_since=UpdatedSince(param=Param(name="filter", in_="query")))
    found = probed(FilterLanguage(), asked)["updated-since.nonsense-refused"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "refused")


@dataclass
class Spells(Lists):
    """A list whose filter takes conditions in brackets, with an operator that no document names; it takes no notice of any other."""

    operator: str = "$gte"

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list; changed since, where the condition is spelt so."""
        plain = {name: value for name, value in query.items() if not name.startswith(("filter", "q"))}
        since = query.get(f"filter[updated_at][{self.operator}]")
        return super().listed({**plain, "since": since} if since else plain)


@pytest.mark.parametrize("operator", ["$gte", "_gte", "gte"])
def test_the_spelling_of_a_filter_that_nobody_describes_is_found(operator: str) -> None:
    """The document names the parameter alone: the usual spellings are tried, and the one that works is told."""
    asked = replace(profile(), updated_since=UpdatedSince(param=Param(name="filter", in_="query")))
    found = probed(Spells(operator=operator), asked)
    answers = [found[one].answer for one in ("updated-since.excludes-older", "updated-since.includes-boundary")]
    assert answers == [Answer.YES, Answer.YES]
    assert found["updated-since.excludes-older"].values["param"] == f"filter[updated_at][{operator}]"


@pytest.mark.parametrize("param", ["filter", "q"])
def test_a_filter_whose_spelling_is_not_found_is_not_blamed(param: str) -> None:
    """What was asked in a wrong form says nothing of the boundary, nor of nonsense."""
    asked = replace(profile(), updated_since=UpdatedSince(param=Param(name=param, in_="query")))
    found = probed(Spells(operator="since_when"), asked)
    told = {one.values["reason"] for name, one in found.items() if name.startswith("updated-since.")}
    assert told == {"language-unknown"}


@dataclass
class FindsByCondition(Lists):
    """A list that finds a contact by its mail address, asked for in one spelling; it takes no notice of any other."""

    spelling: str = ""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, narrowed where the condition is spelt so."""
        plain = {name: value for name, value in query.items() if not name.startswith(("filter", "$filter"))}
        wanted = query.get(self.spelling, "")
        if self.spelling == "$filter":
            field, _, quoted = wanted.partition(" eq ")
            wanted = quoted.strip("'") if field == "email" and quoted.startswith("'") else ""
        return super().listed({**plain, "email": wanted} if wanted else plain)


@pytest.mark.parametrize("spelling", ["$filter", "filter[email][$eq]", "filter[email][_eq]", "filter[email]"])
def test_a_filter_with_a_language_of_its_own_is_tried_by_a_key(spelling: str) -> None:
    """Whether one can look a record up before it is created: the usual spellings are tried, and the one that works is told."""
    param = Param(name=spelling.partition("[")[0], in_="query")
    found = probed(
        FindsByCondition(spelling=spelling), replace(profile(), filtering=Filtering(supported=True, params=(param,)))
    )
    assert (found["filter.honoured"].answer, found["filter.honoured"].values["param"]) == (Answer.YES, spelling)
    assert found["filter.case-known"].answer is Answer.YES


@dataclass
class OrdersByName(Lists):
    """A list that orders by `points` and `town` alone, as its document says in a sentence; contacts share kinds, names and towns."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, in order."""
        if query.get("sort", "town").lstrip("-") not in {"points", "town"}:
            return Answered(400, {"error": "not by this"})
        self.records = [{"kind": one["name"], **one, "town": one["town"] or "Bonn"} for one in self.records]
        return super().listed(query)


@pytest.mark.parametrize(("defect", "answer"), [("", Answer.YES), ("ties-move", Answer.NO)])
def test_an_order_that_the_document_names_in_a_sentence_is_tried(defect: str, answer: Answer) -> None:
    """Fields that lists are usually ordered by may be refused: those of the parameter's own words come first."""
    told = query("sort", description="A field, `-` for descending. Fields: points, town.")
    document = api({"GET /contacts": operation(params=[told])})
    sorted_by = replace(profile().sorting, operation="GET /contacts")
    found = probed(OrdersByName(defect), replace(profile(), sorting=sorted_by), api=document)
    assert found["sort.stable"].answer is answer


@dataclass
class Expressions(Lists):
    """A list whose `filter` takes conditions as OData writes them, joined by `and`; instants stand in quotes. It refuses whatever else stands there."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, narrowed."""
        query = dict(query)
        for one in query.pop("filter").split(" and ") if "filter" in query else ():
            told = re.fullmatch(r"(\w+) (eq|ge) '([^']*)'", one)
            if self.defect == "ignores-conditions" or (
                self.defect == "passes-over" and told and told[1].startswith("readiness")
            ):
                continue
            if told is None or told[1] not in {"email", "name", "updated_at"}:
                return Answered(400, {"error": "no condition"})
            query["since" if told[1] == "updated_at" else told[1]] = told[3]
        return super().listed(query)


def test_a_filter_whose_conditions_the_document_shows_is_asked_in_them() -> None:
    """By a key, by two fields together, and for what changed since: an example (`number eq 'K1'`) tells the language."""
    param = Param(name="filter", in_="query", means="expression")
    since = UpdatedSince(param=param)
    asked = replace(profile(), filtering=Filtering(supported=True, params=(param,)), updated_since=since)
    found = probed(Expressions(), asked)
    claims = (
        "filter.honoured",
        "filter.combined",
        "updated-since.excludes-older",
        "updated-since.includes-boundary",
        "filter.unknown-refused",
    )
    assert {one: found[one].answer for one in claims} == dict.fromkeys(claims, Answer.YES)


@pytest.mark.parametrize(
    ("defect", "claims"),
    [
        ("ignores-conditions", ("filter.honoured", "updated-since.excludes-older")),
        ("passes-over", ("filter.unknown-refused",)),
    ],
)
def test_conditions_that_the_document_shows_have_to_count(defect: str, claims: tuple[str, ...]) -> None:
    """A list that answers with everybody to what its own document writes doesn't filter; one that passes over an unknown field neither."""
    param = Param(name="filter", in_="query", means="expression")
    since = UpdatedSince(param=param)
    asked = replace(profile(), filtering=Filtering(supported=True, params=(param,)), updated_since=since)
    found = probed(Expressions(defect), asked)
    assert {one: found[one].answer for one in claims} == dict.fromkeys(claims, Answer.NO)


@dataclass
class InBrackets(Lists):
    """A list whose filters stand in `filter[…]`. What it doesn't know it refuses, but for the defect: `plain` or `brackets` are passed over."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list; every name that nobody knows is looked at in its place."""
        known = {name.removeprefix("filter[").rstrip("]"): (name, value) for name, value in query.items()}
        strange = [(name, shown) for name, (shown, _) in known.items() if name not in {"email", "name", "limit", "offset", "sort", "since"}]  # fmt: skip
        passed = {name for name, shown in strange if ("brackets" if "[" in shown else "plain") == self.defect}
        return super().listed({name: value for name, (_, value) in known.items() if name not in passed})


@pytest.mark.parametrize(("defect", "answer"), [("", Answer.YES), ("plain", Answer.NO), ("brackets", Answer.NO)])
def test_a_filter_that_nobody_knows_has_to_be_refused_wherever_it_stands(defect: str, answer: Answer) -> None:
    """A real system refuses `filter[nosuch]` and passes `nosuch` over, which brings everybody. Mutants: either way alone."""
    params = (Param(name="filter[email]", in_="query"), Param(name="filter[name]", in_="query"))
    found = probed(InBrackets(defect), replace(profile(), filtering=Filtering(supported=True, params=params)))
    assert found["filter.unknown-refused"].answer is answer
    assert found["filter.honoured"].answer is Answer.YES


@dataclass
class JoinsConditions(Lists):
    """A list whose filter takes equalities of any field, in brackets or as an expression; with the defect `first-only` it minds the first."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, narrowed as asked."""
        inside = [re.fullmatch(r"filter\[(\w+)\]\[\$eq\]", name) for name in query]
        asked = [(one[1], query[one[0]]) for one in inside if one]
        asked += re.findall(r"(\w+) eq '([^']*)'", query.get("$filter", ""))
        minded = asked[:1] if self.defect == "first-only" else asked
        found = [one for one in self.records if all(str(one.get(field)) == value for field, value in minded)]
        plain = {name: value for name, value in query.items() if "filter" not in name}
        return Lists(records=found or [], defect="empty" if not found else "").listed(plain)


@pytest.mark.parametrize("param", ["$filter", "filter"])
@pytest.mark.parametrize(("defect", "answer"), [("", Answer.YES), ("first-only", Answer.NO)])
def test_two_conditions_in_a_language_of_its_own_are_asked_for_together(
    param: str, defect: str, answer: Answer
) -> None:
    """Joined by `and` in an expression, or side by side in brackets: both have to count."""
    only = Filtering(supported=True, params=(Param(name=param, in_="query"),))
    found = probed(JoinsConditions(defect), replace(profile(), filtering=only))["filter.combined"]
    assert found.answer is answer
    assert found.evidence


def test_a_key_of_another_record_is_no_key_of_this_one() -> None:
    """The customer's mail address, which came along with an order, doesn't find the order: its own number does."""
    only = Filtering(supported=True, params=(Param(name="filter", in_="query"),))
    roles = FieldRoles(id="id", email="owner.email", number="name")
    asked = replace(profile(), filtering=only, fields=roles, relations=(Relation(field="owner", to="users"),))
    records = [{**record(i), "owner": {"email": f"u{i}@example.com"}} for i in range(5)]
    assert probed(JoinsConditions(records=records), asked)["filter.honoured"].values["field"] == "name"


def test_a_language_that_nobody_knows_is_not_called_a_filter_that_fails() -> None:
    """A list that takes no notice of our spellings may understand others."""
    param = Param(name="filter", in_="query")
    found = probed(
        FindsByCondition(spelling="fql"), replace(profile(), filtering=Filtering(supported=True, params=(param,)))
    )
    assert (found["filter.honoured"].answer, found["filter.honoured"].values["reason"]) == (
        Answer.UNKNOWN,
        "language-unknown",
    )


def test_the_query_of_the_project_file_is_named() -> None:
    """Where the project file says how to ask for changes, the finding names that query and not the document's parameter."""
    param = Param(name="filter", in_="query")
    asked = replace(profile(), updated_since=UpdatedSince(supported=True, param=param, query={"since": "{since}"}))
    assert probed(Lists(), asked)["updated-since.excludes-older"].values["param"] == "since"


def test_an_empty_sorted_list_is_no_proof_against_sorting() -> None:
    """Two empty answers are equal in either order, so that nothing follows for the order."""
    found = probed(EmptyWhenSorted())["sort.honoured"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "empty-answer")


@pytest.mark.parametrize(("defect", "reason"), [("ignores-sort", "no-order-seen"), ("breaks-on-sort", "server-error")])
def test_an_unknown_order_is_judged_only_beside_one_that_works(defect: str, reason: str) -> None:
    """What ignores every order proves nothing about unknown fields, and an error of the server's own is no refusal."""
    found = probed(Lists(defect))["sort.unknown-refused"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, reason)


@dataclass
class ByAnotherId(Lists):
    """Records that have a number of the database's and an id for the outside; they are read by the latter."""

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        last = asked.path.rpartition("/")[2]
        if last == "contacts":
            return super().__call__(asked)
        return next((one for one in self.records if one["documentId"] == last), Answered(404, {"error": "none"}))


def test_the_field_by_which_records_are_read_is_found_where_the_id_is_not_it() -> None:
    """A list that shows two ids: the document doesn't say which one the path takes, the system does."""
    known = [{**record(i), "documentId": f"doc{i}", "groupId": "one"} for i in range(9)]
    found = probed(ByAnotherId(records=known))["read.single"]
    assert (found.answer, found.values["instead"]) == (Answer.NO, "documentId")
    assert (
        "instead" not in probed(ByAnotherId(records=[{**one, "documentId": ""} for one in known]))["read.single"].values
    )


@dataclass
class CountsWhenAsked(Lists):
    """A list that tells its number of records to those who ask, as OData does, under the name that version 4.0 has for it."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list; counted where that is wanted."""
        answer = super().listed({name: value for name, value in query.items() if name != "$count"})
        counted = {"@odata.count": answer["total"]} if query.get("$count") == "true" else {}
        return {"data": answer["data"], **counted}


def test_a_list_that_counts_when_asked_is_asked() -> None:
    """With the number of records known, a walk can be held against it."""
    paged = profile().pagination
    asked = replace(
        paged, params=(*paged.params, Param(name="$count", in_="query", means="total")), total_path="@count"
    )
    found = probed(CountsWhenAsked(), replace(profile(), pagination=asked))
    assert found["pagination.complete"].answer is Answer.YES
    assert (
        probed(CountsWhenAsked(), replace(profile(), pagination=replace(paged, total_path="@count")))[
            "pagination.complete"
        ].answer
        is Answer.UNKNOWN
    )


@dataclass
class ByUuid(Lists):
    """Records that are known by UUIDs; an id that is none is a bad request."""

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        last = asked.path.rpartition("/")[2]
        if last != "contacts" and not UUID.fullmatch(last):
            return Answered(400, {"error": "no UUID"})
        return super().__call__(asked)


def test_a_record_that_is_not_there_is_asked_for_in_the_form_of_the_ids() -> None:
    """What answers 400 to a malformed id may well answer 404 to an unknown one."""
    known = [{**record(i), "id": f"10000000-0000-4000-8000-{i:012}"} for i in range(9)]
    assert probed(ByUuid(records=known))["credentials.errors-distinct"].values["unknown"] == 404


def test_records_that_are_counted_but_not_shown_are_there() -> None:
    """A page without records beside a total above zero is no empty list."""
    found = probed(OnlyCounts())["records.present"]
    assert (found.answer, found.values["records"]) == (Answer.YES, 23)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("email", "email"),
        ("id:in", "id"),
        ("filter[email][_eq]", "email"),
        ("filter[company][country][_eq]", "company.country"),
        ("filter[company][_eq]", "company"),
        ("filter[nosuch][_eq]", None),
    ],
)
def test_a_filter_may_reach_through_a_relation(name: str, field: str | None) -> None:
    """The field that a parameter is about is the deepest that the record has."""
    shown = {**record(1), "company": {"id": 4, "country": "DE"}}
    assert field_of(Param(name=name, in_="query"), shown) == field


def test_a_filter_through_a_relation_is_tried() -> None:
    """A filter on a field of a related record is asked for with the related record's value."""
    records = [{**record(number), "company": {"country": "DE" if number % 2 else "AT"}} for number in range(8)]

    @dataclass
    class Related(Lists):
        def listed(self, query: dict[str, str]) -> Answered | Any:
            wanted = query.pop("company[country]", None)
            kept = [one for one in records if wanted in (None, one["company"]["country"])]
            return Lists(records=kept).listed(query)

    asked = replace(
        profile(), filtering=Filtering(supported=True, params=(Param(name="company[country]", in_="query"),))
    )
    found = probed(Related(records=records), asked)["filter.honoured"]
    assert found.answer is Answer.YES
    assert (found.values["field"], found.values["kept"], found.values["of"]) == ("company.country", 4, 8)
