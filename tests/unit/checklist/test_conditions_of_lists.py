"""What reading finds out about lists beside the essential makes an item conditional with the measure for it, and never not ready."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path

import pytest

from checker import catalogue
from checker.checklist.judge import judge
from checker.checklist.load import items, load_packs
from checker.model.audit import Result, State
from checker.model.checklist import Answers, Item
from tests.unit.checklist.judging import SCOPE, TODAY, found

PLACE = "crm/contacts"
OPEN = ("yes", "unknown", "not-applicable")
# The item, what has to hold for the claim to be refuted at all, the claims that only lay down a condition, and those that may be open beside them.
CONDITIONS = (
    ("filtering", ("filter.honoured",), ("filter.operators-honoured", "filter.excluding-keeps-empty", "filter.case-known"), ("filter.combined",)),
    ("filtering", ("filter.honoured", "filter.case-known"), ("filter.exact", "count.filtered", "filter.null-honoured"), ("filter.combined",)),
    ("pagination", ("pagination.complete", "pagination.no-repeats", "pagination.ends"), ("pagination.past-end",), ()),
    ("updated-since-filter", ("updated-since.excludes-older", "updated-since.includes-boundary", "timestamp.filled"), ("updated-since.zone-kept", "updated-since.as-shown"), ()),
    ("sorting", ("sort.honoured", "sort.stable"), ("sort.default-still",), ()),
    ("sorting", ("sort.honoured", "timestamp.distinct"), ("sort.default-still",), ("sort.stable",)),
    ("page-size", ("page-size.honoured",), ("page-size.steady", "pagination.links-agree"), ()),
)  # fmt: skip


@cache
def item(name: str) -> Item:
    """The item of that name, as the packs that are shipped have it."""
    return items(load_packs(("core", "extended"), relative_to=Path()))[name][0]


def results(name: str, answers: dict[str, str]) -> list[Result]:
    """What is made of the item about the contacts by these answers of probes."""
    entry = item(name)
    told = [found(claim, PLACE, answer) for claim, answer in answers.items()]
    made = judge((entry,), told, Answers(), SCOPE, claims=catalogue.claims(), today=TODAY)
    return [one for one in made if one.subject == PLACE]


@pytest.mark.parametrize(("name", "certain", "conditions", "beside"), CONDITIONS, ids=[one[0] for one in CONDITIONS])
def test_a_condition_is_never_more_and_an_open_one_nothing(
    name: str, certain: tuple[str, ...], conditions: tuple[str, ...], beside: tuple[str, ...]
) -> None:
    """Whatever else is open, a no is a condition with a measure; where nothing is refuted, the item is as good as it was without the claims."""
    for answers in product((*OPEN, "no"), repeat=len(conditions)):
        for others in product(OPEN, repeat=len(beside)):
            known = dict.fromkeys(certain, "yes") | dict(zip(beside, others, strict=True))
            for one in results(name, known | dict(zip(conditions, answers, strict=True))):
                assert (one.state is State.CONDITIONAL and one.measure is not None) or (
                    "no" not in answers and one.state == results(name, known)[0].state
                ), (answers, others, one.state)


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("filter.combined", "one filter at a time"),
        ("filter.case-known", "mail addresses in small letters"),
        ("filter.excluding-keeps-empty", "whose field is empty apart"),
        ("filter.operators-honoured", "Narrow again after reading"),
        ("filter.exact", "Compare the value after each lookup"),
        ("count.filtered", "never by the total"),
        ("filter.null-honoured", "the filter for them brings others"),
    ],
)
def test_each_way_in_which_filters_fall_short_has_its_measure(claim: str, word: str) -> None:
    """The measure speaks of what failed, where all the rest was seen to work or isn't there."""
    fine = dict.fromkeys(
        ("filter.honoured", "filter.combined", "filter.case-known", "filter.exact", "count.filtered"), "yes"
    )
    rest = dict.fromkeys(
        ("filter.operators-honoured", "filter.excluding-keeps-empty", "filter.null-honoured"), "not-applicable"
    )
    (made,) = results("filtering", {**fine, **rest, claim: "no"})
    assert made.state is State.CONDITIONAL
    assert made.measure is not None
    assert word in made.measure.en


@pytest.mark.parametrize(("answer", "state"), [("yes", State.READY), ("no", State.CONDITIONAL)])
def test_a_target_that_wants_the_version_with_each_change_can_be_changed_with_a_measure(
    answer: str, state: State
) -> None:
    """All operations are there; whoever builds the connector has to know that each change goes with the record's version."""
    target = {"write.create-accepted": "yes", "write.update-accepted": "yes", "write.version-not-demanded": answer}
    told = [found("list.readable", PLACE), *(found(claim, "erp/customers", one) for claim, one in target.items())]
    made = judge((item("endpoints-in-scope"),), told, Answers(), SCOPE, claims=catalogue.claims(), today=TODAY)
    (to_erp,) = (one for one in made if one.state in {State.READY, State.CONDITIONAL})
    assert to_erp.state is state
    assert (to_erp.measure is not None and "If-Match" in to_erp.measure.en) is (answer == "no")


@pytest.mark.parametrize(
    ("answer", "state"), [("yes", State.READY), ("unknown", State.READY), ("no", State.CONDITIONAL)]
)
def test_fields_that_no_document_knows_want_a_word_each(answer: str, state: State) -> None:
    """A field that only the records show is nobody's plan; where no records could be looked at, nothing is held against anybody."""
    stated = [found(one, "flow:contacts") for one in ("flow.new-field-stated", "mapping.unmapped-explained")]
    shown = [found("answers.fields-declared", PLACE, answer), found("answers.fields-declared", "erp/customers")]
    told = [*stated, *shown]
    made = judge((item("custom-fields"),), told, Answers(), SCOPE, claims=catalogue.claims(), today=TODAY)
    assert {one.state for one in made if one.subject == "flow:contacts"} == {state}
