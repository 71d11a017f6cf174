"""What the records of both sides say about a flow. Mutants: a key that is looked for in one side only, a check digit that isn't computed."""

from __future__ import annotations

from typing import Any

import pytest

from checker.catalogue import finding
from checker.data.across import Both, legal, of_flow
from checker.data.checks import valid_vat
from checker.data.keys import Between
from checker.data.match import match
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldInfo, Validation
from checker.model.sync import Row
from checker.project.sides import FlowView, Side
from checker.project.types import FieldMapping, Flow
from tests.clients import contacts
from tests.unit.data.flows import FIELDS, flow, left, right

YES, NO, UNKNOWN, NA = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_APPLICABLE


def both(view: FlowView, lefts: list[Row], rights: list[Row], role: str | None = None) -> Both:
    """The flow's records, matched as the sync would."""
    return Both(view, lefts, rights, match(view, lefts, rights), Between({}, (None, None)), role)


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


def test_options_without_a_counterpart_are_counted_where_they_would_travel() -> None:
    """An option that no table knows is told, unless the mapping says what becomes of others."""
    table = FieldMapping(left="status", right="status", options={"active": "A"})
    lefts, rights = [left("a", status="lead", email="a@x.de")], [Row(id="1", values={"status": "A", "mail": "a@x.de"})]
    assert told(flow("email", fields=[*FIELDS, table]), lefts, rights, "options.all-mapped").values["fields"] == {
        "crm.status": 1
    }
    lenient = FieldMapping(left="status", right="status", options={"active": "A"}, unknown_option={"default": "A"})
    assert told(flow("email", fields=[*FIELDS, lenient]), lefts, rights, "options.all-mapped").answer is YES


def test_values_that_do_not_come_back_are_counted() -> None:
    """A sign that stands for several currencies can't be turned into a code."""
    money = FieldMapping(left="currency", right="waehrung", transform=["currency_symbol"])
    view = flow("email", fields=[*FIELDS, money])
    rights = [
        Row(id="1", values={"mail": "a@x.de", "waehrung": "€"}),
        Row(id="2", values={"mail": "b@x.de", "waehrung": "?"}),
    ]
    found = told(view, [left("a", email="a@x.de", currency="EUR")], rights, "transform.round-trip-stable")
    assert (found.answer, found.values["fields"]) == (NO, {"waehrung": 1})


def test_values_that_come_again_count_each_time_and_equal_ones_of_another_type_by_themselves() -> None:
    """1.0 has a text, true has none, though Python takes them for equal; a list is looked at as itself."""
    view = flow("email", fields=[*FIELDS, FieldMapping(left="note", right="notiz", transform=["trim"])])
    notes = [1.0, True, 1.0, True, "1", ["1"], ["1"]]
    lefts = [left(str(at), email=f"{at}@x.de", note=note) for at, note in enumerate(notes)]
    found = told(view, lefts, [right("1", email="0@x.de")], "transform.round-trip-stable")
    assert (found.answer, found.values["fields"]) == (NO, {"note": 4})


def test_rules_of_the_target_are_held_against_the_sources_values() -> None:
    """Too long, no option, nothing where something is demanded: counted by the target's field."""
    schema = (
        FieldInfo(name="name1", type="string", max_length=5),
        FieldInfo(name="land", type="string", enum=("DE", "AT")),
    )

    profile = contacts(schema=schema, validation=Validation(required=("mail",)))
    made = Flow(name="customers", left="crm/companies", right="erp/partners", fields=FIELDS)
    view = FlowView(made, Side("crm", "companies", "", None), Side("erp", "partners", "", profile))
    lefts = [left("a", name="Kern GmbH", country="DE", email="a@x.de"), left("b", name="Kern", country="Utopia")]
    found = legal(both(view, lefts, []), view.right)
    assert (found.answer, found.values["fields"]) == (NO, {"name1": 1, "land": 1, "mail": 1})


def test_without_records_on_both_sides_everything_stays_open() -> None:
    """Nothing passes by silence."""
    assert {one.answer for one in of_flow(both(flow("email"), [left("a", email="a@x.de")], []))} == {UNKNOWN}
