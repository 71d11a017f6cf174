"""Tax rates and discounts against the amounts. Mutants: sums in floats, a discount read as percent because it is small, a key taken for a rate."""

from __future__ import annotations

from typing import Any

import pytest

from checker.catalogue import finding
from checker.data.pricing import pricing
from checker.data.quality import Sample
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldRoles
from tests.clients import contacts

YES, NO, UNKNOWN, NA = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_APPLICABLE


def told(claim: str, records: list[dict[str, Any]], role: str = "invoice", path: str | None = "items[]") -> Any:
    profile = contacts(role=role, fields=FieldRoles(id="id"), line_items_path=path)
    found = {one.claim: one for one in pricing(Sample(profile, records, whole=True))}
    for one in found.values():
        finding(one.claim, "crm/invoices", one.answer, Grade.PROBED, one.values)
    return found[claim]


def taxed(net: Any, tax: Any, *rates: Any, name: str = "tax_rate") -> dict[str, Any]:
    gross = float(str(net).replace(",", ".")) + float(str(tax).replace(",", "."))
    return {"net": net, "tax": tax, "gross": round(gross, 2), "items": [{name: one} for one in rates]}


@pytest.mark.parametrize(
    ("records", "answer"),
    [
        ([taxed(100, 19, 19), taxed(10.1, 0.71, 7)], YES),
        ([taxed(100, 19, 19), taxed(100, 19, 7)], NO),
        ([taxed(100, 19, 0.19), taxed(10, 0.7, 0.07)], YES),
        ([taxed(100, 19, 0.19), taxed(100, 7, 7)], NO),
        ([taxed(100, 13, 19, 7)], YES),
        ([taxed(100, 25, 19, 7)], NO),
        ([taxed(100, 0, 0)], YES),
        ([taxed(0, 0, 19)], UNKNOWN),
        ([taxed(100, 19)], UNKNOWN),
        ([taxed(-100, -19, 19), taxed(-100, -13, 19, 7)], YES),
    ],
)
def test_tax_over_net_is_the_rate_that_stands_there(records: Any, answer: Answer) -> None:
    """In percent or as a fraction, but not both; credit notes count like invoices; with several rates the tax lies between."""
    assert told("tax-rates.consistent", records).answer is answer


def test_a_tax_key_stands_for_one_rate() -> None:
    """What a key means shows in the amounts; where it means two rates, that is told."""
    records = [
        taxed("100,00", "19,00", "V19", name="steuerschluessel"),
        taxed("50,00", "9,50", "V19", name="steuerschluessel"),
    ]
    good = told("tax-rates.consistent", records)
    assert (good.answer, good.values["rates"]) == (YES, ["19"])
    other = taxed("100,00", "7,00", "V19", name="steuerschluessel")
    assert told("tax-rates.consistent", [*records, other]).answer is NO


def line(quantity: Any, price: Any, discount: Any, net: Any = None) -> dict[str, Any]:
    made = {"quantity": quantity, "unit_price": price, "discount": discount}
    return made if net is None else made | {"net": net}


PLAIN = line(2, 5, 0, 10)


@pytest.mark.parametrize(
    ("lines", "answer", "forms"),
    [
        ([PLAIN, line(2, 50, 10, 90), line(1, 30, 5, 28.5)], YES, ["percent"]),
        ([PLAIN, line(2, 50, 0.1, 90)], YES, ["fraction"]),
        ([PLAIN, line(2, 40, "10 %", 72)], YES, ["percent"]),
        ([PLAIN, line(2, 40, 10, 70)], YES, ["amount"]),
        ([PLAIN, line(2, 40, -10, 70)], YES, ["amount"]),
        ([PLAIN, line(2, 40, 10, 60)], YES, ["amount-per-unit"]),
        ([PLAIN, line(2, 40, 10, 72), line(2, 40, 10, 70)], NO, ["amount", "percent"]),
        ([PLAIN, line(2, 40, 10, 55)], NO, ["unexplained"]),
        ([line(1, 420, 0, 420), line(5, 875, 5, 4156), line(10, 1120, 5, 10640)], YES, ["percent"]),
    ],
)
def test_one_reading_of_the_discounts_explains_all_lines(lines: Any, answer: Answer, forms: list[str]) -> None:
    """Percent, fraction, amount, amount per unit: what it is shows in the net; two kinds under one name are told."""
    found = told("discounts.consistent", [{"items": lines}])
    assert (found.answer, found.values["forms"]) == (answer, forms)


def test_without_a_net_on_the_lines_the_documents_net_tells() -> None:
    """Lines add up to the document; one that is reduced as a whole says nothing of its lines."""
    plain = {"net": 10, "tax": 0, "gross": 10, "items": [line(2, 5, 0)]}
    reduced = {"net": 90, "tax": 0, "gross": 90, "items": [line(1, 50, 10), line(1, 50, 10)]}
    assert told("discounts.consistent", [plain, reduced]).values["forms"] == ["percent"]
    whole = reduced | {"net": 80, "gross": 80, "discount": {"type": "amount", "value": 10}}
    assert told("discounts.consistent", [plain, whole]).answer is UNKNOWN


@pytest.mark.parametrize(
    "lines", [[line(2, 40, 10, 72)], [line(2, 5, 0, 11), line(2, 40, 10, 72)], [PLAIN], [{"sku": "A"}]]
)
def test_where_nets_are_not_quantity_times_price_nothing_follows(lines: Any) -> None:
    """Nor where no line without a discount shows that they are, or none has a discount."""
    assert told("discounts.consistent", [{"items": lines}]).answer is UNKNOWN


def test_customers_have_neither_taxes_nor_discounts() -> None:
    """The question doesn't arise."""
    assert told("tax-rates.consistent", [{"net": 1}], role="company").answer is NA
