"""What the records of one resource say of themselves. Mutants: a comparison of raw texts, a sum in floats, an empty value counted as a key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.catalogue import finding
from checker.data.charges import amount
from checker.data.quality import Sample, quality
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldInfo, FieldRoles, Relation
from tests.clients import contacts

ROLES = FieldRoles(
    id="id",
    name="name",
    email="email",
    vat_id="vat_id",
    country="country",
    currency="currency",
    register_number="register",
    register_court="court",
)
YES, NO, UNKNOWN, NA = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_APPLICABLE


def told(claim: str, records: list[dict[str, Any]], **more: Any) -> Any:
    """The answer to one claim; every answer has its sentence in the catalogue."""
    pointed = more.pop("pointed", {})
    sample = Sample(contacts(fields=ROLES, role="company", **more), records, whole=True, pointed=pointed)
    found = {one.claim: one for one in quality(sample)}
    for one in found.values():
        finding(one.claim, "crm/contacts", one.answer, Grade.PROBED, one.values)
    return found[claim]


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ({"email": "A@x.de "}, {"email": "a@X.de"}, NO),
        ({"vat_id": "de 136695976"}, {"vat_id": "DE136695976"}, NO),
        ({"name": "Kern  GmbH", "country": "DE"}, {"name": "kern gmbh", "country": "DE"}, NO),
        ({"name": "Kern GmbH", "country": "DE"}, {"name": "Kern GmbH", "country": "AT"}, YES),
        ({"register": "HRB 7", "court": "AG Ulm"}, {"register": "hrb007", "court": "Ulm"}, NO),
        ({"register": "HRB 7", "court": "Ulm"}, {"register": "HRB 7", "court": "Hof"}, YES),
        ({"register": "7", "court": "Ulm"}, {"register": "7", "court": "Ulm"}, YES),
        ({"email": ""}, {"email": None}, YES),
    ],
)
def test_duplicates_are_found_whatever_their_spelling(first: Any, second: Any, answer: Answer) -> None:
    """Case, blanks and separators don't hide a duplicate; nothing is no value that two could share."""
    assert told("duplicates.none", [{"id": 1, **first}, {"id": 2, **second}]).answer is answer


def test_one_account_of_two_is_a_probable_duplicate() -> None:
    """However the IBAN is spelt, for customers and persons; of payments it is whose they are. Mutant: compared as it is written."""
    records = [
        {"id": 1, "bank": {"iban": "DE89 3704 0044 0532 0130 00"}},
        {"id": 2, "bank": {"iban": "de89370400440532013000"}},
    ]
    schema = (FieldInfo(name="bank.iban", type="string"),)
    found = told("duplicates.none", records, schema=schema)
    assert (found.answer, found.values["shared"]) == (NO, {"bank.iban": 2})
    assert told("duplicates.none", [*records[:1], {"id": 2}], schema=schema).answer is YES
    sample = Sample(
        contacts(fields=FieldRoles(id="id", email="email"), role="payment", schema=schema), records, whole=True
    )
    assert next(one for one in quality(sample) if one.claim == "duplicates.none").answer is YES


def test_one_record_alone_proves_nothing() -> None:
    """Too few records leave it open."""
    assert told("duplicates.none", [{"email": "a@x.de"}]).answer is UNKNOWN


@pytest.mark.parametrize(("value", "answer"), [("EUR", YES), ("€", NO), ("Euro", NO), (None, UNKNOWN)])
def test_currencies_are_codes_or_signs(value: Any, answer: Answer) -> None:
    """Three capitals are a code."""
    assert told("currency.codes-used", [{"currency": value}]).answer is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Müller", YES),
        ("MÃ¼ller", NO),
        ("Mu\u0308ller", NO),
        ("M\ufffdller", NO),
        ("Mueller", UNKNOWN),
        ("São Ãndi", YES),
    ],
)
def test_garbled_letters_are_told_from_foreign_ones(text: str, answer: Answer) -> None:
    """UTF-8 read as Latin-1, and letters in two pieces; Portuguese is neither."""
    assert told("encoding.composed", [{"name": text}]).answer is answer


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        ({"total_net": 100.1, "total_tax": 19.02, "total_gross": 119.12}, YES),
        ({"netto": "1.000,00", "steuer": "190,00", "brutto": "1.190,00"}, YES),
        ({"netto": "1.000,00", "steuer": "190,00", "brutto": "1.191,00"}, NO),
        ({"net": 1, "tax_rate": 19, "gross": 2}, NA),
    ],
)
def test_net_and_tax_make_gross(record: Any, answer: Answer) -> None:
    """In cents, in German spelling too; where one of the three isn't told there is nothing to add up."""
    assert told("amounts.consistent", [record]).answer is answer


def order(total: Any, *lines: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    """An order whose lines have these quantities and prices."""
    return {"total": total, "lines": [{"quantity": count, "price": price} for count, price in lines], **more}


ORDERS = [order(f"{3 * number}.50", (2, number), (1, f"{number}.50"), number=f"R{number}") for number in range(1, 21)]


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        (order("10.00", (1, 10)), YES),
        (order("14.90", (1, 10), shipping="4.90"), YES),  # another amount explains it
        (order("9.00", (1, 10), discount=10), YES),  # a discount is a question of its own
        (order("19.00", (1, 10)), NO),
        (order(None, (1, 10)), YES),
    ],
)
def test_a_total_is_the_sum_of_its_lines_where_totals_are_that(more: Any, answer: Answer) -> None:
    """Where nearly all orders show that the total is quantity × price of the lines, one that is something else is told."""
    made = told("amounts.consistent", [*ORDERS, more], line_items_path="lines[]")
    assert (made.answer, made.values["fields"]) == (answer, ["total"])


def test_totals_that_are_something_else_are_no_sums() -> None:
    """Where totals hold tax or freight throughout, nothing follows from the lines."""
    other = [order(3 * number + number % 4, (3, number)) for number in range(1, 21)]
    assert told("amounts.consistent", other, line_items_path="lines[]").answer is UNKNOWN


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_is_read_in_every_spelling(value: Any) -> None:
    """As a number, with a point, with a decimal comma and thousands: the same amount."""
    german = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert amount(str(value)) == amount(german) == value


def test_references_lead_somewhere() -> None:
    """An id that the other list doesn't have is told; where that list wasn't read to its end nobody can tell."""
    relations = (Relation(field="company_id", to="companies"),)
    records = [{"id": 1, "company_id": "a"}, {"id": 2, "company_id": "z"}]
    assert told("relations.resolve", records, relations=relations, pointed={"companies": {"a"}}).values["fields"] == {
        "company_id": 1
    }
    assert told("relations.resolve", records, relations=relations, pointed={"companies": {"a", "z"}}).answer is YES
    assert told("relations.resolve", records, relations=relations, pointed={"companies": None}).answer is UNKNOWN
    assert told("relations.resolve", records, relations=relations).answer is NA
    both = (*relations, Relation(field="owner", to="users"))
    pointed = {"companies": {"a"}, "users": None}
    assert told("relations.resolve", records, relations=both, pointed=pointed).values["fields"] == {"company_id": 1}
    pointed = {"companies": {"a", "z"}, "users": None}
    assert told("relations.resolve", records, relations=both, pointed=pointed).answer is UNKNOWN


@pytest.mark.parametrize(("value", "answer"), [("2026-11-23", YES), ("23.11.2026", NO), ("2026-11-23T10:00:00Z", NO)])
def test_a_day_is_a_day(value: str, answer: Answer) -> None:
    """What the document calls a date is written as one."""
    assert (
        told("dates.consistent", [{"due": value}], schema=(FieldInfo(name="due", type="string", format="date"),)).answer
        is answer
    )


@pytest.mark.parametrize(
    ("mail", "answer"),
    [
        ("a@example.com", YES),
        ("a@firma.test", YES),
        ("a@kern.de", UNKNOWN),
        ("a@test.de", UNKNOWN),
        ("a@example.de", UNKNOWN),
    ],
)
def test_only_nobodys_addresses_prove_that_data_are_invented(mail: str, answer: Answer) -> None:
    """Domains that are reserved for examples; any other may be somebody's, and that is not said to be bad."""
    assert told("test-data.synthetic", [{"email": mail}]).answer is answer


@pytest.mark.parametrize(("records", "reason"), [([{"email": None}], "no-values"), ([], "no-records")])
def test_a_list_whose_field_is_empty_is_not_called_empty(records: list[Any], reason: str) -> None:
    """Records without a value are told from no records at all."""
    assert told("test-data.synthetic", records).values["reason"] == reason
