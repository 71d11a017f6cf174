"""The forecast: what the departments sign, out of the links themselves."""

from __future__ import annotations

import pytest

from checker.catalogue import finding
from checker.data import forecast
from checker.model.finding import Answer, Grade
from checker.model.sync import Ambiguous, Link, Matched
from checker.project.sides import FlowView
from tests.unit.data.flows import flow

VIEW = flow("email")
LINK = Link(left="a", right="1", by="email")
TWO = Ambiguous(by="email", key="i@x", left=("b", "c"), right=("2",))


def test_without_a_shared_key_every_record_has_one_counterpart_at_most() -> None:
    """Both claims hold, with numbers that add up to the records of each side."""
    computed, alone = forecast(VIEW, Matched(links=(LINK,), only_left=("b",), only_right=("2", "3")))
    assert (computed.answer, alone.answer) == (Answer.YES, Answer.YES)
    values = computed.values
    assert values["left"] == values["linked"] + values["open_left"] + values["only_left"] == 2
    assert values["right"] == values["linked"] + values["open_right"] + values["only_right"] == 3


def test_a_shared_key_is_told_by_its_fields_and_never_by_its_value() -> None:
    """Which key several records share is told; the address itself is personal and isn't. Mutant: the key's value in the finding."""
    computed, alone = forecast(VIEW, Matched(links=(LINK,), ambiguous=(TWO,)))
    assert (computed.answer, alone.answer, alone.values["by"]) == (Answer.YES, Answer.NO, "email")
    assert (alone.values["open_left"], alone.values["open_right"]) == (2, 1)
    assert "i@x" not in str([computed, alone])


@pytest.mark.parametrize(
    ("view", "matched", "reason"),
    [
        (flow(), Matched(only_left=("a",), only_right=("1",)), "no-match-keys"),
        (flow("email"), Matched(only_left=("a",)), "no-records"),
    ],
)
def test_without_keys_or_records_there_is_no_forecast(view: FlowView, matched: Matched, reason: str) -> None:
    """Nothing passes by silence: both claims are open, and the reason is told."""
    for one in forecast(view, matched):
        assert (one.answer, one.values) == (Answer.UNKNOWN, {"reason": reason})


def test_every_answer_has_its_sentence() -> None:
    """What is told fills the catalogue's texts: the report says the numbers, and whose they are."""
    matched = Matched(links=(LINK,), ambiguous=(TWO,), only_left=("x", "y", "z"))
    says = [
        finding(one.claim, "flow:customers", one.answer, Grade.PROBED, one.values).says
        for one in forecast(VIEW, matched)
    ]
    assert "6 records in crm and 2 in erp: linked pairs: 1; without a counterpart: 3 and 0" in says[0]
    assert "share a match key (email) and can't be assigned by themselves: 2 in crm, 1 in erp" in says[1]
