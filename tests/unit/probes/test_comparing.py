"""Filters that compare, leave out or mind case: what the names promise is held against what comes, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from checker.model.finding import Answer
from checker.model.profile import FieldRoles, Filtering, Param, ResourceProfile
from checker.probes.comparing import comparisons, field_behind
from checker.probes.filtering import other_case
from tests.servers import Answered
from tests.unit.probes.lists import Lists, looking, probed, profile, record


def declaring(*names: str, **roles: Any) -> ResourceProfile:
    """A profile whose list has these filters."""
    params = tuple(Param(name=name, in_="query") for name in names)
    known = replace(profile(), filtering=Filtering(supported=True, params=params))
    return replace(known, fields=FieldRoles(id="id", **roles)) if roles else known


@dataclass
class Bounded(Lists):
    """A list with one more filter, `kept` by a predicate of record and value; None refuses the value."""

    name: str = "born_after"
    kept: Any = None

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, narrowed by that filter."""
        wanted = query.pop(self.name, None)
        if wanted is None or self.kept is None:
            return Answered(400, {"error": "no"}) if wanted is not None else super().listed(query)
        return Lists(records=[one for one in self.records if self.kept(one, wanted)]).listed(query)


def born(number: int) -> dict[str, Any]:
    """A contact with a day and hour of birth, a week after the one before; every fifth without."""
    return {
        **record(number),
        "born_at": f"2020-{1 + number // 4:02}-{1 + number % 4 * 7:02}T10:00:00Z" if number % 5 else None,
    }


BORN = [born(number) for number in range(23)]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("points[gte]", "points"),
        ("min_points", "points"),
        ("pointsMax", "points"),
        ("filter[points][_lt]", "points"),
        ("born_after", "born_at"),
        ("points__greater_than", "points"),
        ("from", None),
        ("nosuch_min", None),
    ],
)
def test_the_field_of_a_comparison_is_read_off_its_name(name: str, field: str | None) -> None:
    """Whatever the spelling, the field is what stays of the name without the operator."""
    operators = {"gte", "min", "max", "lt", "after", "greater", "from"}
    assert field_behind(Param(name=name, in_="query"), operators, [born(1)]) == field


def test_what_changed_since_is_another_question() -> None:
    """Neither the parameter for changes nor another one by the changed time is tried as a comparison."""
    with looking(
        Lists(), declaring("since", "updated_after", "points[gte]", email="email", updated="updated_at")
    ) as look:
        assert [one.param.name for one in comparisons(look.resources[0])] == ["points[gte]"]


@pytest.mark.parametrize("counted", ["by the instant", "by whole days", "without the bound"])
def test_a_filter_by_time_may_count_whole_days_or_leave_its_bound_out(counted: str) -> None:
    """How finely "after" is meant the name doesn't say; the finding says whether the bound came."""
    kept = {
        "by the instant": lambda one, wanted: (one["born_at"] or "") >= wanted,
        "by whole days": lambda one, wanted: (one["born_at"] or "")[:10] >= wanted[:10],
        "without the bound": lambda one, wanted: (one["born_at"] or "") > wanted,
    }[counted]
    found = probed(Bounded(records=BORN, kept=kept), declaring("born_after"))["filter.operators-honoured"]
    assert (found.answer, found.values["strangers"]) == (Answer.YES, 0)
    assert found.values["inclusive"] is (counted != "without the bound")


def test_a_filter_by_time_that_means_something_else_is_found() -> None:
    """A comparison by another field lets the older through: two bounds say so before it is a no."""
    found = probed(Bounded(records=BORN, kept=lambda _one, _wanted: True), declaring("born_after", "email"))[
        "filter.operators-honoured"
    ]
    assert found.answer is Answer.NO
    assert found.values["strangers"] > 0
    assert len(found.evidence) == 2


def test_a_comparison_that_fails_where_no_filter_works_stays_open() -> None:
    """Without a plain filter that narrows the list, it isn't known whether comparing is at fault, and the item is no worse for it."""
    found = probed(Bounded(records=BORN, kept=lambda _one, _wanted: True), declaring("born_after"))[
        "filter.operators-honoured"
    ]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "no-filter-seen")


@pytest.mark.parametrize(
    ("kept", "reason"), [(None, "refused"), (lambda _one, _wanted: False, "empty-answer")], ids=["refused", "empty"]
)
def test_a_comparison_that_brings_nothing_stays_open(kept: Any, reason: str) -> None:
    """A value that the server doesn't take, or finds nothing for, may have to be written in another way."""
    found = probed(Bounded(records=BORN, kept=kept), declaring("born_after"))["filter.operators-honoured"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, reason)


@pytest.mark.parametrize(("kept", "answer"), [("by value", Answer.YES), ("not at all", Answer.NO)])
def test_amounts_that_are_texts_are_compared_as_amounts(kept: str, answer: Answer) -> None:
    """`total[gte]=9.50` is about 10.00, too, though as a text that comes before."""
    records = [{**record(number), "total": f"{number}.50"} for number in range(1, 24)]
    honest = {"by value": lambda one, wanted: float(one["total"]) >= float(wanted), "not at all": lambda *_: True}[kept]
    server = Bounded(records=records, name="total[gte]", kept=honest)
    assert probed(server, declaring("total[gte]", "email"))["filter.operators-honoured"].answer is answer


def test_a_strict_word_keeps_its_bound_out() -> None:
    """`gt` that brings the bound itself breaks its word."""
    server = Bounded(name="points[gt]", kept=lambda one, wanted: one["points"] >= int(wanted))
    assert probed(server, declaring("points[gt]", "email"))["filter.operators-honoured"].answer is Answer.NO


def test_what_the_document_does_not_declare_does_not_apply() -> None:
    """A list with plain filters only has neither comparisons nor exclusions, and without a key among them no lookup."""
    found = probed(Lists(), declaring("points"))
    for claim in ("filter.operators-honoured", "filter.excluding-keeps-empty", "filter.case-known"):
        assert found[claim].answer is Answer.NOT_APPLICABLE, claim


@pytest.mark.parametrize(
    ("kept", "answer"),
    [
        (lambda one, wanted: one["town"] != wanted, Answer.YES),
        (lambda one, wanted: one["town"] not in (None, wanted), Answer.YES),
        (lambda _one, _wanted: True, Answer.NO),
        (lambda one, wanted: one["town"] == wanted, Answer.NO),
        (lambda one, wanted: wanted == "Oslo" or one["town"] != wanted, Answer.UNKNOWN),
        (lambda _one, _wanted: False, Answer.UNKNOWN),
        (None, Answer.UNKNOWN),
    ],
    ids=["leaves-out", "drops-empty", "ignored", "the-other-way-round", "once", "nothing", "refused"],
)
def test_other_than_must_not_bring_the_value(kept: Any, answer: Answer) -> None:
    """What was to be left out doesn't come; a no takes two values."""
    found = probed(Bounded(name="town_not", kept=kept), declaring("town_not", "email"))["filter.operators-honoured"]
    assert found.answer is answer


@pytest.mark.parametrize(
    ("kept", "answer"),
    [
        (lambda one, wanted: one["town"] != wanted, Answer.YES),
        (lambda one, wanted: one["town"] not in (None, wanted), Answer.NO),
        (lambda _one, _wanted: True, Answer.UNKNOWN),
        (None, Answer.UNKNOWN),
    ],
    ids=["keeps", "drops", "ignores", "refuses"],
)
def test_other_than_is_tried_where_some_have_nothing(kept: Any, answer: Answer) -> None:
    """Records without a value come, are dropped, or the answer says nothing of them."""
    found = probed(Bounded(name="town_not", kept=kept), declaring("town_not", "email"))["filter.excluding-keeps-empty"]
    assert found.answer is answer


def test_other_than_needs_records_without_a_value() -> None:
    """Where every record has a value, nothing can be lost."""
    filled = [{**record(number), "town": f"T{number % 3}"} for number in range(9)]
    found = probed(Lists(records=filled))["filter.excluding-keeps-empty"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "no-empty-values")


@pytest.mark.parametrize(
    ("name", "kept", "answer"),
    [
        ("town__isnull", lambda one, wanted: (one["town"] is None) is (wanted == "true"), Answer.YES),
        ("town[exists]", lambda one, wanted: (one["town"] is None) is (wanted == "false"), Answer.YES),
        ("town_not_null", lambda one, wanted: (one["town"] is None) is (wanted == "false"), Answer.YES),
        ("town[exists]", lambda _one, _wanted: True, Answer.NO),
        ("town_is_null", lambda one, wanted: (one["town"] is None) is (wanted == "false"), Answer.UNKNOWN),
        ("town_is_null", lambda one, wanted: wanted == "true" or one["town"] is not None, Answer.UNKNOWN),
        ("town_is_null", lambda _one, _wanted: False, Answer.UNKNOWN),
        ("town_is_null", None, Answer.UNKNOWN),
    ],
    ids=["null", "exists", "not-null", "ignored", "the-other-way-round", "one-way-only", "nothing", "refused"],
)
def test_a_filter_for_empty_fields_is_held_to_its_word(name: str, kept: Any, answer: Answer) -> None:
    """Who asks for empty fields gets none but these; a no takes that neither empty nor filled can be asked for."""
    found = probed(Bounded(name=name, kept=kept), declaring(name, "email"))["filter.null-honoured"]
    assert found.answer is answer


def test_case_that_counts_in_a_number_is_told_and_no_fault() -> None:
    """A number is compared as it is written; that its case counts is said, not held against the system."""
    records = [{**record(number), "number": f"A-{number}"} for number in range(9)]
    server = Bounded(records=records, name="number", kept=lambda one, wanted: one["number"] == wanted)
    found = probed(server, replace(declaring("number", number="number"), role="product"))["filter.case-known"]
    assert (found.answer, found.values["sensitive"]) == (Answer.YES, True)


def test_contacts_without_a_mail_filter_are_not_judged_by_their_names() -> None:
    """What a filter by name does says nothing about looking contacts up by mail."""
    assert (
        probed(Lists(), declaring("name", name="name", email="email"))["filter.case-known"].answer
        is Answer.NOT_APPLICABLE
    )


def test_a_sharp_s_stays_when_case_changes() -> None:
    """Only A to Z change, since the capitals of some other letters are other letters."""
    assert [other_case(one) for one in ("weiß@a.de", "ABC-1", "123")] == ["WEIß@A.DE", "abc-1", "123"]
