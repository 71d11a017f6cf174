"""Live probes: each tells a good system from one with the defect that it is there to find."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from checker.model.finding import Answer
from checker.model.profile import FieldInfo
from tests.servers import Answered
from tests.unit.probes.lists import Lists, probed, profile, record

GOOD = (
    "list.readable", "records.present", "count.known", "read.single", "list.agrees-with-read", "pagination.ends", "pagination.no-repeats", "pagination.complete",
    "pagination.past-end", "page-size.honoured", "page-size.steady", "filter.honoured", "filter.unknown-refused", "sort.honoured", "sort.stable", "sort.unknown-refused", "filter.combined", "filter.operators-honoured",
    "filter.excluding-keeps-empty", "filter.null-honoured", "filter.case-known", "filter.exact", "count.filtered", "timestamp.filled", "timestamp.zoned",
    "timestamp.precise", "timestamp.distinct", "updated-since.excludes-older", "updated-since.includes-boundary",
    "updated-since.nonsense-refused", "updated-since.zone-kept", "updated-since.as-shown", "credentials.accepted", "credentials.wrong-refused", "credentials.missing-refused",
    "credentials.errors-distinct", "answers.fields-declared", "sandbox.stateful", "redirect.none", "version.no-sunset", "clock.in-step", "network.latency",
)  # fmt: skip


def test_a_good_system_gets_good_news_on_every_claim() -> None:
    """A server without defects: every question that can be asked of it is answered with yes."""
    found = probed(Lists())
    assert {claim: found[claim].answer.value for claim in GOOD} == dict.fromkeys(GOOD, "yes")


@pytest.mark.parametrize(
    ("defect", "claim"),
    [
        ("repeats", "pagination.no-repeats"),
        ("loops", "pagination.ends"),
        ("incomplete", "pagination.complete"),
        ("cut-in-silence", "pagination.complete"),
        ("far-first", "pagination.past-end"),
        ("far-breaks", "pagination.past-end"),
        ("ignores-size", "page-size.honoured"),
        ("cuts-size", "page-size.honoured"),
        ("short-pages", "page-size.steady"),
        ("ignores-filter", "filter.honoured"),
        ("ignores-unknown", "filter.unknown-refused"),
        ("ignores-sort", "sort.honoured"),
        ("ties-move", "sort.stable"),
        ("sorts-by-nothing", "sort.unknown-refused"),
        ("first-filter-only", "filter.combined"),
        ("ignores-comparison", "filter.operators-honoured"),
        ("leaves-the-bound-out", "filter.operators-honoured"),
        ("drops-empty", "filter.excluding-keeps-empty"),
        ("ignores-null", "filter.null-honoured"),
        ("minds-case", "filter.case-known"),
        ("finds-beginnings", "filter.exact"),
        ("counts-all", "count.filtered"),
        ("ignores-since", "updated-since.excludes-older"),
        ("excludes-boundary", "updated-since.includes-boundary"),
        ("empty-since", "updated-since.includes-boundary"),
        ("minds-no-zone", "updated-since.zone-kept"),
        ("loses-some", "updated-since.includes-boundary"),
        ("takes-nonsense", "updated-since.nonsense-refused"),
        ("lets-everybody-in", "credentials.wrong-refused"),
        ("lets-everybody-in", "credentials.missing-refused"),
        ("finds-similar", "filter.honoured"),
        ("forgets-since", "updated-since.excludes-older"),
        ("breaks-deep", "pagination.ends"),
        ("read-differs", "list.agrees-with-read"),
        ("shows-more", "answers.fields-declared"),
        ("html", "list.readable"),
        ("cut", "list.readable"),
    ],
)
def test_each_defect_is_found(defect: str, claim: str) -> None:
    """A server with a defect gets a no on the claim about it, with evidence to look at."""
    finding = probed(Lists(defect))[claim]
    assert finding.answer is Answer.NO
    assert finding.values


def test_a_query_that_leaves_its_bound_out_is_asked_for_its_zone_all_the_same() -> None:
    """The instant just before the bound, written in another zone, has to bring the record at the bound."""
    assert probed(Lists("excludes-boundary"))["updated-since.zone-kept"].answer is Answer.YES
    assert probed(Lists("excludes-much"))["updated-since.zone-kept"].answer is Answer.UNKNOWN  # whatever the zone


def test_fields_that_no_document_knows_are_named_and_what_a_protocol_adds_is_none() -> None:
    """A field that somebody added is a finding with its name; annotations and links beside the fields are not."""
    assert probed(Lists("shows-more"))["answers.fields-declared"].values == {"fields": ["x_region"]}


class InEnvelopes(Lists):
    """The list with each record's fields in an object (JSON:API)."""

    def cut(self, found: list[dict[str, Any]], start: int, size: int) -> Answered | Any:
        """One page of resource objects."""
        page = super().cut(found, start, size)
        held = [{name: value for name, value in one.items() if name != "id"} for one in page["data"]]
        shown = zip(page["data"], held, strict=True)
        return {**page, "data": [{"id": one["id"], "attributes": fields} for one, fields in shown]}


@pytest.mark.parametrize(("defect", "fields"), [("", []), ("shows-more", ["attributes.x_region"])])
def test_fields_that_an_object_holds_are_known_by_their_paths(defect: str, fields: list[str]) -> None:
    """What the document describes inside `attributes` is no stranger there, and what it doesn't is named."""
    known = ("id", *(f"attributes.{one}" for one in record(0) if one != "id"))
    schema = tuple(FieldInfo(name=one, type="string") for one in known)
    described = replace(profile(), spread=("attributes",), schema=schema)
    assert probed(InEnvelopes(defect), described)["answers.fields-declared"].values == {"fields": fields}


class Growing(Lists):
    """A list that gets a record while it is read, when it is first put in order."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, with one more from then on."""
        if "sort" in query and len(self.records) == len(Lists().records):
            self.records = [*self.records, record(99)]
        return super().listed(query)


def test_a_record_that_came_meanwhile_is_none_that_a_walk_left_out() -> None:
    """A second walk brings it: the list is no less complete for it."""
    assert probed(Growing())["pagination.complete"].answer is Answer.YES


@pytest.mark.parametrize(
    ("status", "answer"),
    [("401", "not-permitted"), ("403", "not-permitted"), ("404", "no"), ("429", "unknown"), ("500", "unknown")],
)
def test_a_refused_list_is_told_as_what_it_is(status: str, answer: str) -> None:
    """Forbidden, missing and broken lists are told apart, and what depends on the list stays open."""
    found = probed(Lists(status))
    assert found["list.readable"].answer.value == answer
    assert found["list.readable"].values["status"] == int(status)
    assert found["pagination.ends"].answer is Answer.UNKNOWN


def test_a_list_that_never_ends_stays_open_and_costs_a_bounded_number_of_requests() -> None:
    """A server that always has another page is left after a bounded walk, and completeness is not claimed."""
    found = probed(Lists("endless"))
    assert (found["pagination.ends"].answer, found["pagination.ends"].values["reason"]) == (
        Answer.UNKNOWN,
        "too-many-pages",
    )
    assert found["pagination.complete"].answer is Answer.UNKNOWN


def test_refused_credentials_are_a_no() -> None:
    """A token that the server refuses is a no on credentials.accepted."""
    assert probed(Lists(), token="stale")["credentials.accepted"].answer is Answer.NO


def test_a_stateless_mock_proves_nothing() -> None:
    """The same page everywhere and a record for any id: a mock, told as not provable, neither good nor bad."""
    finding = probed(Lists("mock"))["sandbox.stateful"]
    assert (finding.answer, finding.values["reason"]) == (Answer.UNKNOWN, "stateless-mock")


def test_one_habit_of_a_mock_alone_makes_no_mock() -> None:
    """A real system that ignores paging, yet knows which records it has, is no mock."""
    assert probed(Lists("loops"))["sandbox.stateful"].answer is Answer.YES


def test_an_empty_list_proves_nothing_about_paging() -> None:
    """Without records there is nothing to page, filter or sort, and each claim says so."""
    found = probed(Lists(records=[]))
    assert found["records.present"].answer is Answer.NO
    for claim in ("pagination.ends", "pagination.complete", "filter.honoured", "sort.honoured", "timestamp.filled"):
        assert found[claim].answer is Answer.UNKNOWN, claim


def test_records_that_share_one_changed_time_are_a_danger_for_time_cursors() -> None:
    """A bulk change leaves many records with one changed time: told with the size of the clump."""
    clumped = [{**record(i), "updated_at": record(min(i, 15))["updated_at"]} for i in range(23)]
    finding = probed(Lists(records=clumped))["timestamp.distinct"]
    assert (finding.answer, finding.values["shared"]) == (Answer.NO, 8)


@pytest.mark.parametrize(
    ("stamp", "claim", "answer"),
    [
        ("2026-11-01 08:{:02}:00", "timestamp.zoned", "no"),
        ("2026-11-01T08:{:02}:00", "timestamp.precise", "yes"),
        ("2026-11-{:02}", "timestamp.precise", "no"),
        ("2026-11-{:02}T00:00:00.000Z", "timestamp.precise", "no"),
        ("2026-11-{:02}T23:00:00+00:00", "timestamp.precise", "no"),
        ("/Date(17300000{:02}000)/", "timestamp.zoned", "yes"),
    ],
)
def test_the_form_of_stamps_is_told(stamp: str, claim: str, answer: str) -> None:
    """Zone and precision are read off the stamps themselves."""
    records = [{**record(i), "updated_at": stamp.format(i + 1)} for i in range(12)]
    assert probed(Lists(records=records))[claim].answer.value == answer


def test_stamps_that_are_empty_are_counted() -> None:
    """A changed time that is null until the first change is told with how many have it."""
    records = [{**record(i), "updated_at": record(i)["updated_at"] if i % 2 else None} for i in range(10)]
    finding = probed(Lists(records=records))["timestamp.filled"]
    assert (finding.answer, finding.values["filled"], finding.values["of"]) == (Answer.NO, 5, 10)


def test_a_profile_without_paging_is_read_in_one_go() -> None:
    """A list that isn't paged ends after one answer."""
    found = probed(Lists("no-total"), profile(style="none"))
    assert found["pagination.ends"].answer is Answer.YES


def test_a_walk_of_any_style_brings_evidence() -> None:
    """Every answered claim of a walk points at exchanges that were recorded."""
    finding = probed(Lists())["pagination.ends"]
    assert finding.evidence
    assert all(key.startswith("crm|") for key in finding.evidence)


@pytest.mark.parametrize(
    ("says", "times", "first"),
    [
        ("Milliseconds since 1970-01-01 UTC.", 1, "updated_at: seconds instead of milliseconds"),
        ("Unix time in seconds", 1000, "updated_at: milliseconds instead of seconds"),
        ("Milliseconds since 1970-01-01 UTC.", 1000, None),
        ("Sekunden seit 1970", 1, None),
        ("How long it took, in milliseconds", 1, None),
        ("Unix timestamp", 1000, None),  # in which unit, nobody says
    ],
)
def test_a_time_in_another_unit_than_its_description_says_is_told(says: str, times: int, first: str | None) -> None:
    """Who trusts the document reads the year 1970, or 50,000; a duration is no time."""
    records = [{**record(i), "updated_at": (1_790_000_000 + i) * times} for i in range(5)]
    described = (FieldInfo(name="updated_at", type="integer", description=says),)
    found = probed(Lists(records=records), replace(profile(), schema=described))["answers.match-document"]
    assert (found.values.get("first"), found.answer is Answer.NO) == (first, first is not None)
