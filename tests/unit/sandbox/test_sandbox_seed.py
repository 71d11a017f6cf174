"""What the pair holds at its start: the facts that an audit should find."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checker.sandbox import crm as crm_side
from checker.sandbox import erp as erp_side
from checker.sandbox import vat
from checker.sandbox.pair import SEED_NOW
from checker.sandbox.seed import seed
from checker.sandbox.store import Record, Store


def planted(now: datetime = SEED_NOW) -> tuple[Store, Store]:
    """Both stores, freshly seeded."""
    stores = (
        Store(crm_side.KINDS, lambda: now, crm_side.PRECISION),
        Store(erp_side.KINDS, lambda: now, erp_side.PRECISION),
    )
    seed(*stores, now)
    return stores


CRM, ERP = planted()


def data(store: Store, name: str) -> list[dict[str, Any]]:
    """Fields of all living records of a collection."""
    return [record.data for record in store.living(name)]


def everything(store: Store) -> list[Record]:
    """All records of all collections."""
    return [record for name in store.kinds for record in store.all(name)]


def test_the_seed_is_the_same_every_time() -> None:
    """Two pairs of the same `now` hold the same records, ids and stamps included."""
    again = planted()
    assert everything(again[0]) == everything(CRM)
    assert everything(again[1]) == everything(ERP)


def test_another_now_moves_stamps_and_nothing_else() -> None:
    """Ids and names stay, stamps move along, so that the data never grow old."""
    later = planted(SEED_NOW + timedelta(days=100))[0]
    for before, after in zip(CRM.all("contacts"), later.all("contacts"), strict=True):
        assert (after.id, after.data) == (before.id, before.data)
        assert after.updated - before.updated == timedelta(days=100)


def test_counts_are_the_known_ones() -> None:
    """The numbers that FACTS.md names."""
    assert {name: len(data(CRM, name)) for name in CRM.kinds} == {
        "companies": 55,
        "contacts": 114,
        "deals": 24,
        "products": 34,
        "invoices": 24,
        "webhook_subscriptions": 0,
    }
    assert {name: len(data(ERP, name)) for name in ERP.kinds} == {
        "geschaeftspartner": 51,
        "artikel": 36,
        "rechnungen": 30,
    }
    assert sum(len(one["ansprechpartner"]) for one in data(ERP, "geschaeftspartner")) == 92


def test_about_seven_customers_in_ten_are_on_both_sides() -> None:
    """VAT ids and private names tell who is on both sides, on one only."""

    def keys(records: list[dict[str, Any]], vat_field: str, name: str) -> set[str]:
        return {erp_side.vat_key(one[vat_field]) if one[vat_field] else one[name].strip() for one in records}

    left, right = (
        keys(data(CRM, "companies"), "vat_id", "name"),
        keys(data(ERP, "geschaeftspartner"), "ust_id", "name1"),
    )
    assert 0.6 < len(left & right) / len(left | right) < 0.8
    assert len(left - right) > 5
    assert len(right - left) > 5


def test_products_have_one_number_in_two_spellings() -> None:
    """A00012 here, A-00012 there; without the hyphen thirty are common."""
    left, right = {one["sku"] for one in data(CRM, "products")}, {one["artikelnummer"] for one in data(ERP, "artikel")}
    assert left & right == set()
    assert len(left & {one.replace("-", "") for one in right}) == 30


def test_duplicates_are_inside_both_systems() -> None:
    """The CRM has two customers twice by VAT id and one branch; e-mail addresses differ by case across the systems."""
    ids = Counter(erp_side.vat_key(one["vat_id"]) for one in data(CRM, "companies") if one["vat_id"])
    assert sorted(ids.values())[-3:] == [2, 2, 2]
    names = Counter(one["name1"].casefold() for one in data(ERP, "geschaeftspartner"))
    assert max(names.values()) == 2
    assert [one["name"] for one in data(CRM, "companies") if one["name"] != one["name"].strip()] != []


def test_emails_are_missing_and_differ_in_case() -> None:
    """Some contacts have no address; some addresses are equal only without regard to case; one is too long for the ERP."""
    contacts = data(CRM, "contacts")
    assert sum(one["email"] is None for one in contacts) == 10
    left = {one["email"] for one in contacts if one["email"]}
    right = {
        one["email"] for partner in data(ERP, "geschaeftspartner") for one in partner["ansprechpartner"] if one["email"]
    }
    exact, folded = left & right, left & {one.casefold() for one in right}
    assert len(folded) - len(exact) > 5
    assert any(len(one) > 60 for one in left)


def test_letters_of_europe_are_there() -> None:
    """Umlauts, sharp s, Polish, Nordic and French letters, in names on both sides."""
    for store, name, field in ((CRM, "companies", "name"), (ERP, "geschaeftspartner", "name1")):
        text = "".join(one[field] for one in data(store, name))
        assert all(letter in text for letter in "üäöß"), name
    assert all(letter in "".join(one["name"] for one in data(CRM, "companies")) for letter in "łØéèô")


def test_currencies_and_tax_rates_are_several() -> None:
    """Symbols against codes, and tax at 19, 7, 0 and 20 percent."""
    assert {one["waehrung"] for one in data(ERP, "geschaeftspartner")} == {"€", "$", "£", "CHF", "zł"}
    assert {one["currency"] for one in data(CRM, "companies")} == {"EUR", "USD", "GBP", "CHF", "PLN"}
    lines = [line for one in data(ERP, "rechnungen") for line in one["positionen"]]
    assert {one["steuerschluessel"] for one in lines} == {"V19", "V7", "V0", "E20"}
    lands = {one["land"] for one in data(ERP, "geschaeftspartner")}
    assert {"DE", "Deutschland"} <= lands


def test_invoices_have_lines_discounts_and_states() -> None:
    """One to four lines, discounts per line, in percent and as amount; posted, draft and cancelled ones."""
    invoices = data(ERP, "rechnungen")
    assert {len(one["positionen"]) for one in invoices} == {1, 2, 3, 4}
    assert {one["status"] for one in invoices} == {"E", "G", "S"}
    assert any(one["rabatt_prozent"] for one in invoices)
    assert any(one["rabatt_betrag"] for one in invoices)
    assert any(line["rabatt_prozent"] for one in invoices for line in one["positionen"])


def test_two_invoices_differ_between_the_systems() -> None:
    """Common invoices agree to the cent, but for the two whose quantity differs."""
    totals = {one["number"]: one["total_gross"] for one in data(CRM, "invoices")}
    common = [one for one in data(ERP, "rechnungen") if one["rechnungsnummer"] in totals]
    differing = [
        one["rechnungsnummer"]
        for one in common
        if float(erp_side.from_german(one["brutto"])) != totals[one["rechnungsnummer"]]
    ]
    assert len(common) == 22
    assert [one[-5:] for one in differing] == ["00007", "00014"]


def test_nobody_in_the_seed_is_real() -> None:
    """Every mail address and domain is one that belongs to examples."""
    text = repr([record.data for record in (*everything(CRM), *everything(ERP))])
    hosts = set(re.findall(r"[\w.+-]+@([\w.-]+)", text))
    assert hosts
    assert all(host.endswith(("example.com", "example.de")) for host in hosts)


def test_stamps_lie_before_now() -> None:
    """Nothing is from the future, and nothing was changed before it was created."""
    for record in (*everything(CRM), *everything(ERP)):
        assert record.created <= record.updated < SEED_NOW
        assert record.created.tzinfo == UTC


@pytest.mark.parametrize(
    ("made", "digits"),
    [
        # published examples of valid ids: the maker must come to the same check digits
        (vat.german(13669597 - 10_000_000), "DE136695976"),
        (vat.austrian(1358562 - 1_000_000), "ATU13585627"),
        (vat.french(30326504 - 30_000_000), "FR40303265045"),
        (vat.polish((856734621 - 526_000_000) // 7), "PL8567346215"),
        (f"IT0074311015{vat.luhn_digit('0074311015')}", "IT00743110157"),
    ],
)
def test_check_digits_are_the_published_ones(made: str, digits: str) -> None:
    """A system that checks VAT ids accepts ours."""
    assert made == digits
