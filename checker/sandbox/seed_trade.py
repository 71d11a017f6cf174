"""Products, invoices and deals of the seed, in both systems' spellings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from checker.sandbox.erp import ZONE, german
from checker.sandbox.seed_parties import Party, every
from checker.sandbox.store import Data, Id, Store
from checker.sandbox.totals import cents

UNITS = {"piece": "Stk", "hour": "Std", "kilogram": "kg", "metre": "m", "set": "Satz"}
TAX_CODES = {19: "V19", 7: "V7", 0: "V0", 20: "E20"}
CODES = {"€": "EUR", "$": "USD", "£": "GBP", "CHF": "CHF", "zł": "PLN"}
CRM_USER, ERP_USER = "nora.lind@example.com", "MHUBER"

# Rows of seed.yaml, counted from 0 (FACTS.md)
DEARER_IN_ERP = (4, 11, 25)
IN_DOLLARS = (14,)
IMPORTED_TOGETHER = range(12, 24)  # these articles of the ERP share one changed stamp
OTHER_TAX_IN_CRM = (24,)  # coffee: 7 % in the ERP, 19 % in the CRM
OLD = "(old)"

INVOICES = 30
CUSTOMER_STEP = 17  # prime to their number, so that every invoice has another customer, foreign ones early
IN_CRM_TOO = 22
DRAFTS = 3
CANCELLED = 20
OTHER_QUANTITY_IN_CRM = (6, 13)
LINE_DISCOUNT, WHOLE_PERCENT, WHOLE_AMOUNT = (5, 1), (6, 2), (7, 3)
STAGES = ("qualified", "proposal", "negotiation", "won", "lost")


def seed_products(
    crm: Store, erp: Store, rows: Sequence[Sequence[Any]], stamps: Sequence[tuple[datetime, datetime]], now: datetime
) -> None:
    """Products in the CRM, articles in the ERP; the number differs by a hyphen."""
    imported = now - timedelta(days=45)
    for index, (row, (created, updated)) in enumerate(zip(rows, stamps, strict=True)):
        where = row[6]
        if where != "erp":
            crm.plant("products", _product(index, row), CRM_USER, created=created, updated=updated)
        if where != "crm":
            at = (imported, imported) if index in IMPORTED_TOGETHER else (created, updated)
            erp.plant("artikel", _article(index, row), ERP_USER, created=at[0], updated=at[1])


def _product(index: int, row: Sequence[Any]) -> Data:
    name, _, unit, price, tax, _, _ = row
    return {
        "sku": f"A{index + 1:05}",
        "name": name,
        "description": None,
        "unit": unit,
        "price": price,
        "currency": "USD" if index in IN_DOLLARS else "EUR",
        "tax_rate": 19 if index in OTHER_TAX_IN_CRM else tax,
        "active": OLD not in name,
        "external_id": None,
        "custom": {},
    }


def _article(index: int, row: Sequence[Any]) -> Data:
    name, german_name, unit, price, tax, group, _ = row
    amount = Decimal(str(price))
    return {
        "artikelnummer": f"A-{index + 1:05}",
        "bezeichnung": german_name,
        "bezeichnung2": None,
        "einheit": UNITS[unit],
        "preis": german(cents(amount * Decimal("1.05")) if index in DEARER_IN_ERP else amount),
        "waehrung": "$" if index in IN_DOLLARS else "€",
        "steuerschluessel": TAX_CODES[tax],
        "warengruppe": group,
        "gesperrt": "J" if OLD in name else "N",
        "lagerbestand": index * 7 % 60,
        "fremdsystem_id": None,
    }


def seed_invoices(
    crm: Store,
    erp: Store,
    everybody: Sequence[Party],
    ids: tuple[Mapping[str, Id], Mapping[str, Id]],
    rng: Random,
    now: datetime,
) -> None:
    """Thirty invoices in the ERP, of which the CRM shows twenty-two, and two that only the CRM has."""
    companies, partners = ids
    customers = [one for one in everybody if one.sides == "both"]
    articles = [record.data for record in erp.living("artikel") if record.data["gesperrt"] == "N"]
    for index in range(INVOICES):
        party = customers[index * CUSTOMER_STEP % len(customers)]
        at = now - timedelta(days=300 - 9 * index, minutes=index * 17)
        data = _erp_invoice(index, party, partners[party.key], articles, rng, at)
        record = erp.plant("rechnungen", data, ERP_USER, created=at, updated=at + timedelta(days=index % 5))
        if index < IN_CRM_TOO:
            shown = _crm_invoice(index, record.data, companies[party.key])
            crm.plant("invoices", shown, CRM_USER, created=at + timedelta(hours=1), updated=at + timedelta(hours=1))
    for index in range(2):
        own = {
            **_crm_invoice(0, record.data, companies[customers[index].key]),
            "number": f"PRO-{index + 1:03}",
            "status": "draft",
        }
        at = now - timedelta(days=9 - index)
        crm.plant("invoices", own, CRM_USER, created=at, updated=at)


def _erp_invoice(index: int, party: Party, partner: Id, articles: Sequence[Data], rng: Random, at: datetime) -> Data:
    issued = at.astimezone(ZONE).date()
    draft = index >= INVOICES - DRAFTS
    return {
        "kunde_id": partner,
        "rechnungsdatum": issued.isoformat(),
        "faellig_am": (issued + timedelta(days=14)).isoformat(),
        "waehrung": {"EUR": "€", "USD": "$", "GBP": "£", "PLN": "zł"}.get(party.currency, party.currency),
        "status": "S" if index == CANCELLED else "E" if draft else "G",
        "bezahlt": "J" if index < INVOICES // 2 else "N",
        "rabatt_prozent": 3 if every(index, WHOLE_PERCENT) else None,
        "rabatt_betrag": "50,00" if every(index, WHOLE_AMOUNT) and not every(index, WHOLE_PERCENT) else None,
        "fremdsystem_id": None,
        "positionen": [_line(index, party, one, rng) for one in rng.sample(articles, 1 + index % 4)],
    }


def _line(index: int, party: Party, article: Data, rng: Random) -> Data:
    price = Decimal(article["preis"].replace(".", "").replace(",", "."))
    home = {"DE": article["steuerschluessel"], "AT": "E20"}
    return {
        "artikelnummer": article["artikelnummer"],
        "bezeichnung": article["bezeichnung"],
        "menge": rng.choice((1, 2, 3, 5, 12.5)) if article["einheit"] in ("kg", "m") else rng.choice((1, 2, 3, 10)),
        "einheit": article["einheit"],
        "einzelpreis_cent": int(price * 100),
        "rabatt_prozent": 5 if every(index, LINE_DISCOUNT) else 0,
        "steuerschluessel": home.get(party.country, "V0"),
    }


def _crm_invoice(index: int, data: Data, company: Id) -> Data:
    rates = {code: rate for rate, code in TAX_CODES.items()}
    discount = None
    if data["rabatt_prozent"]:
        discount = {"type": "percent", "value": data["rabatt_prozent"]}
    elif data["rabatt_betrag"]:
        discount = {"type": "amount", "value": float(data["rabatt_betrag"].replace(",", "."))}
    items = [
        {
            "sku": line["artikelnummer"].replace("-", ""),
            "description": line["bezeichnung"],
            "quantity": line["menge"] + (1 if index in OTHER_QUANTITY_IN_CRM else 0),
            "unit_price": line["einzelpreis_cent"] / 100,
            "discount_percent": line["rabatt_prozent"],
            "tax_rate": rates[line["steuerschluessel"]],
        }
        for line in data["positionen"]
    ]
    return {
        "number": data["rechnungsnummer"],
        "company_id": company,
        "contact_id": None,
        "issue_date": data["rechnungsdatum"],
        "due_date": data["faellig_am"],
        "currency": CODES[data["waehrung"]],
        "status": {"S": "void", "E": "draft"}.get(data["status"], "paid" if data["bezahlt"] == "J" else "sent"),
        "discount": discount,
        "items": items,
        "owner": CRM_USER,
        "external_id": None,
        "custom": {},
    }


def seed_deals(
    crm: Store, everybody: Sequence[Party], companies: Mapping[str, Id], stamps: Sequence[tuple[datetime, datetime]]
) -> None:
    """Deals of the CRM; the ERP knows none."""
    customers = [one for one in everybody if one.sides != "erp" and not one.private]
    for index, (created, updated) in enumerate(stamps):
        party = customers[index * 3 % len(customers)]
        data: Data = {
            "name": f"Retrofit {party.town} {index + 1}",
            "company_id": companies[party.key],
            "contact_id": None,
            "stage": STAGES[index % len(STAGES)],
            "amount": round(1500 + 137.55 * index * index, 2),
            "currency": party.currency,
            "close_date": (created + timedelta(days=60)).date().isoformat(),
            "owner": CRM_USER,
            "external_id": None,
            "custom": {},
        }
        crm.plant("deals", data, CRM_USER, created=created, updated=updated)
