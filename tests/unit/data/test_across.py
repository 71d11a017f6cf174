"""What the records of both sides say about a flow. Mutants: a key that is looked for in one side only, a check digit that isn't computed."""

from __future__ import annotations

from typing import Any

import pytest

from checker.catalogue import finding
from checker.data.across import of_flow
from checker.data.checks import valid_vat
from checker.model.finding import Answer, Grade
from checker.model.sync import Row
from checker.project.sides import FlowView
from tests.unit.data.flows import both, flow, left, right

YES, NO, UNKNOWN, NA = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_APPLICABLE


def told(view: FlowView, lefts: list[Row], rights: list[Row], claim: str, role: str | None = None) -> Any:
    """The answer to one claim; every answer has its sentence."""
    found = {one.claim: one for one in of_flow(both(view, lefts, rights, role))}
    for one in found.values():
        finding(one.claim, "flow:customers", one.answer, Grade.PROBED, one.values)
    return found[claim]


def test_a_record_without_any_key_is_counted() -> None:
    """The second key catches who lacks the first; who has neither can't be assigned."""
    view = flow("vat_id", ["name", "country"])
    lefts = [left("a", vat_id="DE136695976"), left("b", name="Kern", country="DE"), left("c", name="Kern")]
    found = told(view, lefts, [right("1", vat_id="DE136695976")], "keys.filled")
    assert (found.answer, found.values["without"]) == (NO, {"crm": 1})
    assert told(view, lefts[:2], [right("1", vat_id="DE136695976")], "keys.filled").answer is YES


def test_a_key_that_several_records_have_is_counted_in_normal_form() -> None:
    """Case and blanks don't make two keys of one; what stands once on each side is no duplicate."""
    view = flow("email")
    lefts = [left("a", email="a@x.de"), left("b", email=" A@X.de"), left("c", email="c@x.de")]
    found = told(view, lefts, [right("1", email="c@x.de")], "keys.unique")
    assert (found.answer, found.values["shared"]) == (NO, {"crm": 2})
    assert told(view, lefts[1:], [right("1", email="c@x.de")], "keys.unique").answer is YES


def test_a_key_that_is_spelt_otherwise_after_the_mapping_is_told() -> None:
    """A pair found in spite of its spelling needs a transformation; one that is spelt alike doesn't."""
    view = flow("email")
    assert told(view, [left("a", email="A@x.de")], [right("1", email="a@x.de")], "keys.normalised").answer is NO
    assert told(view, [left("a", email="a@x.de")], [right("1", email="a@x.de")], "keys.normalised").answer is YES


@pytest.mark.parametrize(
    ("vat", "valid"),
    [
        ("DE136695976", True),
        ("DE136695977", False),
        ("de 136 695 976", True),
        ("ATU12345675", True),
        ("ATU12345678", False),
        ("CHE-123.456.788", True),
        ("NO 914778271 MVA", True),
    ],
)
def test_vat_ids_of_the_union_have_their_check_digit(vat: str, valid: bool) -> None:
    """Germany's and Austria's are computed; other countries' ids are taken as they are."""
    assert valid_vat(vat) is valid


@pytest.mark.parametrize(("mail", "answer"), [("a@x.de", YES), ("n/a", NO), (None, NO)])
def test_mail_addresses_have_to_be_some(mail: Any, answer: Answer) -> None:
    """A placeholder is no address, and where most have none nobody is matched by it."""
    assert (
        told(flow("email"), [left("a", email=mail)], [right("1", email="b@x.de")], "keys.email-usable").answer is answer
    )


def test_without_records_on_both_sides_everything_stays_open() -> None:
    """Nothing passes by silence."""
    assert {one.answer for one in of_flow(both(flow("email"), [left("a", email="a@x.de")], []))} == {UNKNOWN}
