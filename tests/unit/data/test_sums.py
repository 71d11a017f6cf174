"""What totals are made of: lines, shipping, a discount on the whole, tax. Mutants: shipping assumed and not tried, a percent taken for an amount."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.catalogue import finding
from checker.data.counted import Counted
from checker.data.sums import PENNY, amounts
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldRoles
from tests.clients import contacts

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
Make = Callable[[int], dict[str, Any]]


def told(documents: list[dict[str, Any]]) -> Counted:
    """What is said of these documents' amounts; that it can be said is looked at, too."""
    made = amounts(contacts(role="order", fields=FieldRoles(id="id"), line_items_path="lines[]"), documents)
    assert finding(made.claim, "crm/orders", made.answer, Grade.PROBED, made.values).says
    return made


def document(base: int, **more: Any) -> dict[str, Any]:
    """A document whose two lines make `base`."""
    return {"lines": [{"quantity": 2, "price": base - 1}, {"quantity": 1, "price": 2 - base}], **more}


# How document n of a system is made -> what its total is made of, and what stands beside it.
SYSTEMS: dict[str, tuple[Make, list[str], list[str]]] = {
    "lines alone": (lambda n: document(n, total=n), ["total = quantity × price"], []),
    "shipping in": (
        lambda n: document(n, total=n + 4.9, shipping=4.9),
        ["total = quantity × price + shipping"],
        [],
    ),
    "shipping beside": (lambda n: document(n, total=n, shipping=4.9), ["total = quantity × price"], ["shipping"]),
    "German, sometimes free": (
        lambda n: document(n, gesamtbetrag=f"{n + n % 3},00", versandkosten=f"{n % 3},00"),
        ["gesamtbetrag = quantity × price + versandkosten"],
        [],
    ),
    "freight and handling": (
        lambda n: document(n, amount=n + 3 + n % 2, freightCost=3, handlingFee=n % 2),
        ["amount = quantity × price + freightCost + handlingFee"],
        [],
    ),
    "nested cost, and days that are no money": (
        lambda n: document(n, total=n + 6, delivery={"cost": "6.00", "days": n % 4}, delivery_date="2026-11-29"),
        ["total = quantity × price + delivery.cost"],
        [],
    ),
    "discount as an amount": (
        lambda n: document(n, total=n - n % 4, discount=n % 4),
        ["total = quantity × price − discount"],
        [],
    ),
    "discount with its minus": (
        lambda n: document(n, total=n - n % 4, rabattbetrag=f"-{n % 4}"),
        ["total = quantity × price − rabattbetrag"],
        [],
    ),
    "discount in percent": (
        lambda n: document(10 * n, summe=10 * n - n * (n % 3) / 2, rabatt=5 * (n % 3)),
        ["summe = quantity × price − rabatt %"],
        [],
    ),
    "discount that says which it is": (
        lambda n: document(100, total=95 if n % 2 else 80, discount={"type": ("percent", "amount")[n % 2 == 0], "value": 5 if n % 2 else 20}),
        ["total = quantity × price − discount.value (discount.type)"],
        [],
    ),
    "two discounts": (
        lambda n: document(100, total=90 - n % 3, rabatt_prozent=10, rabatt_betrag=n % 3),
        ["total = quantity × price − rabatt_betrag − rabatt_prozent %"],
        [],
    ),
    "discount not taken off": (lambda n: document(n, total=n, discount=3), ["total = quantity × price"], ["discount"]),
    "all at once": (
        lambda n: document(100, subtotal=100, total=100 + 5 - n % 7 + 19, shipping_total=5, discount_total=n % 7, tax_total=19),
        ["subtotal = quantity × price", "total = quantity × price + shipping_total − discount_total + tax_total"],
        [],
    ),
    "net, tax and gross with shipping": (
        lambda n: {"net": n, "tax": n, "gross": 2 * n + 5, "shipping": 5},
        ["gross = net + tax + shipping"],
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SYSTEMS)
def test_it_is_told_what_a_total_is_made_of(name: str) -> None:
    """Shipping and a discount on the whole are tried on the documents: no false alarm, and it is said whether the total holds them."""
    make, made, beside = SYSTEMS[name]
    found = told([make(number) for number in range(11, 41)])
    assert (found.answer, found.values["made"], found.values["beside"]) == (YES, made, beside)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_document_that_is_made_otherwise_is_told(name: str) -> None:
    """One of thirty is off by fifty cents. Catches: whatever differs is put down to shipping or a discount."""
    make, made, _ = SYSTEMS[name]
    documents = [make(number) for number in range(11, 41)]
    total = made[0].split(" = ")[0]
    documents[7][total] = str(Decimal(str(documents[7][total]).replace(",", ".")) + Decimal("0.5"))
    found = told(documents)
    assert (found.answer, found.values["wrong"], found.values["made"]) == (NO, 1, made)


def test_shipping_that_is_in_some_totals_and_beside_others_is_told() -> None:
    """Where most totals hold the shipping, those that don't are named wrong. Catches: an amount that explains the difference excuses each."""
    documents = [document(n, total=n + (5 if n % 20 else 0), shipping=5) for number in range(40) if (n := number + 10)]
    found = told(documents)
    assert (found.answer, found.values["wrong"], found.values["of"]) == (NO, 2, 40)
    assert found.values["made"] == ["total = quantity × price + shipping"]


def test_fields_that_only_sound_like_shipping_are_none() -> None:
    """Dates, methods, ids and weights of a delivery are no money, whatever number stands there."""
    extra = {"shipping_method": 5, "delivery_id": 5, "shipping_weight": "5", "versand_art": 5, "shipping_tax_rate": 5}
    found = told([document(n, total=n, **extra) for n in range(11, 41)])
    assert (found.answer, found.values["beside"]) == (YES, [])


def test_a_discount_that_nobody_can_recalculate_is_no_error() -> None:
    """A voucher's code tells no amount: that document proves nothing, the others count."""
    documents = [document(n, total=n) for n in range(11, 41)]
    found = told([*documents, document(50, total=41, discount_code="SUMMER")])
    assert (found.answer, found.values["of"]) == (YES, 30)


def test_what_is_left_to_pay_is_no_total() -> None:
    """Most are unpaid, so that what is due is what the lines make; what was paid is no error of sums."""
    documents = [document(n, total=n, amount_due=n if n % 15 else 0) for n in range(11, 41)]
    assert (told(documents).answer, told(documents).values["fields"]) == (YES, ["total"])


CENTS = st.integers(min_value=0, max_value=10**6).map(lambda n: Decimal(n) / 100)
NAMES = st.sampled_from(
    [("shipping", "discount"), ("versandkosten", "rabatt"), ("freight_charge", "rebate"), ("Fracht", "nachlass")]
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(CENTS, CENTS, CENTS), min_size=8, max_size=20, unique=True), NAMES, st.booleans(), st.booleans()
)
def test_whatever_the_amounts_the_way_is_found(
    money: list[tuple[Decimal, Decimal, Decimal]], names: tuple[str, str], shipped: bool, reduced: bool
) -> None:
    """Lines, with or without shipping, less a discount or not: documents that are made in one way add up, in every language and amount.

    Where a simpler way fits them all as well, nobody could tell.
    """
    documents = []
    for base, shipping, discount in money:
        total = base + (shipping if shipped else 0) - (discount if reduced else 0)
        documents.append(
            {
                "total": str(total),
                "lines": [{"quantity": 1, "price": str(base)}],
                names[0]: str(shipping),
                names[1]: str(discount),
            }
        )
    simpler = {(False, False), (shipped, False), (False, reduced)} - {(shipped, reduced)}
    assume(
        all(
            any(abs((shipped - more) * ship - (reduced - less) * off) > PENNY for _, ship, off in money)
            for more, less in simpler
        )
    )
    found = told(documents)
    assert (found.answer, found.values["wrong"]) == (YES, 0)
    (made,) = found.values["made"]
    assert (f"+ {names[0]}" in made, f"− {names[1]}" in made) == (shipped, reduced)
