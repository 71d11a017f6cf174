"""Fills both stores with the seed: the same customers, products and invoices in two spellings, deterministic for a given `now`.

What is on which side, and what was made to differ, stands in seed.yaml and FACTS.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from checker.sandbox.seed_parties import Party, Person, every, parties
from checker.sandbox.seed_trade import seed_deals, seed_invoices, seed_products
from checker.sandbox.store import Data, Id, Store

SEED = 4711
OLDEST_DAYS, YOUNGEST_DAYS = 700, 20  # when seeded records were created, before now
SETTLED = timedelta(hours=1)  # nothing was changed more recently than this
RECENT_EVERY, RECENT_DAYS = 6, 7  # every sixth record was changed within the last week

CRM_USERS = ("nora.lind@example.com", "tomas.berg@example.com", "import@example.com")
ERP_USERS = ("MHUBER", "KLANGE", "IMPORT")
LANDS = {"DE": "Deutschland", "AT": "Österreich", "FR": "Frankreich", "IT": "Italien", "PL": "Polen"}
LANDS |= {"CH": "Schweiz", "NO": "Norwegen", "GB": "Großbritannien", "US": "USA"}
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF", "PLN": "zł"}
LANGUAGES = {"DE": "de", "AT": "de", "CH": "de", "FR": "fr", "IT": "it", "PL": "pl"}
TERMS = ("Z10", "Z14", "Z30", "S14")
TITLES = {"Head of purchasing": "Einkaufsleitung", "Managing director": "Geschäftsführung", "Accounting": "Buchhaltung"}
TITLES |= {"Workshop manager": "Werkstattleitung", "Project manager": "Projektleitung"}
LONGEST_ERP_NAME, LONGEST_ERP_STREET, LONGEST_ERP_EMAIL = 40, 35, 60

# Every n-th, counted from the offset (FACTS.md)
LAND_AS_CODE = (3, 1)
KNOWN_TO_EACH_OTHER = (6, 0)  # the CRM's external_id holds the ERP's customer number
ERP_EMAIL_OTHER_CASE = (6, 2)
ERP_NAME_WITHOUT_SZ = (4, 0)

Stamps = tuple[datetime, datetime]


def timeline(rng: Random, now: datetime, count: int) -> list[Stamps]:
    """Stamps (created, updated) of that many records, in order of creation, all before `now`."""
    created = sorted(now - timedelta(days=rng.uniform(YOUNGEST_DAYS, OLDEST_DAYS)) for _ in range(count))
    latest = now - SETTLED
    return [
        (one, latest - timedelta(days=rng.uniform(0, RECENT_DAYS if index % RECENT_EVERY == 0 else YOUNGEST_DAYS)))
        if index % RECENT_EVERY < RECENT_EVERY // 2
        else (one, one)
        for index, one in enumerate(created)
    ]


def seed(crm: Store, erp: Store, now: datetime) -> None:
    """Fill both stores. `now` is an aware instant; every stamp lies before it."""
    raw = _rows()
    rng = Random(SEED)  # noqa: S311 - test data
    everybody = parties(raw)
    partners = _seed_partners(erp, [one for one in everybody if one.sides != "crm"], raw, rng, now)
    numbers = {key: erp.get("geschaeftspartner", one).data["kundennummer"] for key, one in partners.items()}
    companies = _seed_companies(crm, [one for one in everybody if one.sides != "erp"], raw, numbers, rng, now)
    _seed_contacts(crm, everybody, companies, rng, now)
    seed_products(crm, erp, raw["products"], timeline(rng, now, len(raw["products"])), now)
    seed_invoices(crm, erp, everybody, (companies, partners), rng, now)
    seed_deals(crm, everybody, companies, timeline(rng, now, 24))


@cache
def _rows() -> Mapping[str, Any]:
    text = files("checker.sandbox").joinpath("seed.yaml").read_text("utf-8")
    return dict(yaml.load(text, yaml.CSafeLoader))


def _seed_partners(
    erp: Store, found: Sequence[Party], raw: Mapping[str, Any], rng: Random, now: datetime
) -> dict[str, Id]:
    by_key = {one.key: one for one in found}
    rows = [(one.key, _partner(one)) for one in found]
    rng.shuffle(rows)
    rows += [("", _partner(by_key[key]) | {"ansprechpartner": []} | other) for key, other in raw["duplicates"]["erp"]]
    ids: dict[str, Id] = {}
    for index, ((key, data), (created, updated)) in enumerate(zip(rows, timeline(rng, now, len(rows)), strict=True)):
        user = ERP_USERS[index % len(ERP_USERS)]
        record = erp.plant("geschaeftspartner", data, user, created=created, updated=updated)
        ids.setdefault(key, record.id)
    del ids[""]
    return ids


def _partner(party: Party) -> Data:
    land = party.country if every(party.number, LAND_AS_CODE) else LANDS[party.country]
    data = {
        "kundennummer": None,
        "name1": party.name[:LONGEST_ERP_NAME],
        "name2": None,
        "kundengruppe": "PK" if party.private else "GK",
        "strasse": party.street[:LONGEST_ERP_STREET],
        "plz": party.postal_code,
        "ort": party.town,
        "land": land,
        "ust_id": party.vat_id,
        "email": party.email,
        "telefon": erp_phone(party.phone),
        "status": "A",
        "waehrung": SYMBOLS[party.currency],
        "zahlungsbedingung": TERMS[party.number % len(TERMS)],
        "kreditlimit": "25.000,00" if party.number % 2 else "5.000,00",
        "fremdsystem_id": None,
        "bemerkung": "Liefert nur dienstags" if every(party.number, (17, 3)) else None,
        "ansprechpartner": [_erp_person(one) for one in party.persons if one.sides != "crm" and not party.private],
    }
    return {**data, **party.erp}


def erp_phone(number: str) -> str:
    """A telephone number as the ERP's users write it: 030/5550017, 0043/1/5550020."""
    national = number.replace("+49 ", "0") if number.startswith("+49") else "00" + number.removeprefix("+")
    return national.replace(" ", "/")


def _erp_person(person: Person) -> Data:
    # a longer address can't be stored there
    email = person.email if len(person.email or "") <= LONGEST_ERP_EMAIL else None
    if email and every(person.number, ERP_EMAIL_OTHER_CASE):
        local, _, domain = email.partition("@")
        email = f"{local.title()}@{domain}"
    last = person.last.replace("ß", "ss") if every(person.number, ERP_NAME_WITHOUT_SZ) else person.last
    return {
        "nr": None,
        "anrede": None,
        "vorname": person.first,
        "nachname": last,
        "email": email,
        "telefon": erp_phone(person.phone),
        "position": TITLES[person.job],
        "status": "A",
    }


def _seed_companies(
    crm: Store,
    found: Sequence[Party],
    raw: Mapping[str, Any],
    numbers: Mapping[str, str],
    rng: Random,
    now: datetime,
) -> dict[str, Id]:
    by_key = {one.key: one for one in found}
    rows = [(one.key, _company(one, numbers.get(one.key))) for one in found]
    rng.shuffle(rows)
    rows += [("", _company(by_key[key], None) | other) for key, other in raw["duplicates"]["crm"]]
    ids: dict[str, Id] = {}
    for index, ((key, data), (created, updated)) in enumerate(zip(rows, timeline(rng, now, len(rows)), strict=True)):
        user = CRM_USERS[index % len(CRM_USERS)]
        record = crm.plant("companies", data, user, created=created, updated=updated)
        ids.setdefault(key, record.id)
    del ids[""]
    gone = {**rows[0][1], "name": "Aufgelöst & Co. KG", "vat_id": None, "domain": None, "email": None}
    ended = now - timedelta(days=3)
    crm.plant("companies", gone, CRM_USERS[0], created=ended - timedelta(days=90), updated=ended, deleted=ended)
    return ids


def _company(party: Party, customer_number: str | None) -> Data:
    known = customer_number if every(party.number, KNOWN_TO_EACH_OTHER) else None
    data = {
        "name": party.name,
        "customer_type": "private" if party.private else "business",
        "domain": party.domain,
        "vat_id": party.vat_id,
        "email": party.email,
        "phone": party.phone,
        "street": party.street,
        "postal_code": party.postal_code,
        "city": party.town,
        "country": party.country,
        "currency": party.currency,
        "status": "lead" if party.sides == "crm" else "active",
        "industry": party.industry,
        "owner": CRM_USERS[party.number % 2],
        "external_id": known,
        "custom": {"segment": "ABC"[party.number % 3]},
    }
    return {**data, **party.crm, "vat_id": _entered(party)}


def _entered(party: Party) -> str | None:
    """The VAT id as somebody typed it into the CRM."""
    how = party.crm.get("vat_id")
    if party.vat_id is None or how is None:
        return party.vat_id
    if how == "lower":
        return party.vat_id.lower()
    return f"{party.vat_id[:2]} {party.vat_id[2:5]} {party.vat_id[5:8]} {party.vat_id[8:]}"


def _seed_contacts(
    crm: Store, everybody: Sequence[Party], companies: Mapping[str, Id], rng: Random, now: datetime
) -> None:
    people = [(party, one) for party in everybody for one in party.persons if one.sides != "erp"]
    rng.shuffle(people)
    for index, ((party, person), (created, updated)) in enumerate(
        zip(people, timeline(rng, now, len(people)), strict=True)
    ):
        user = CRM_USERS[index % len(CRM_USERS)]
        data = _contact(party, person, companies.get(party.key))
        crm.plant("contacts", data, user, created=created, updated=updated)
    party, person = people[0]
    for number, name in enumerate(("Gelöscht", "Ausgeschieden")):
        gone = {**_contact(party, person, None), "last_name": name, "email": f"{number}.gone@example.com"}
        ended = now - timedelta(days=2 + number)
        crm.plant("contacts", gone, CRM_USERS[0], created=ended - timedelta(days=60), updated=ended, deleted=ended)


def _contact(party: Party, person: Person, company: Id | None) -> Data:
    return {
        "first_name": person.first,
        "last_name": person.last,
        "email": person.email,
        "phone": person.phone,
        "job_title": None if party.private else person.job,
        "company_id": None if party.private else company,
        "language": LANGUAGES.get(party.country, "en"),
        "marketing_consent": person.number % 3 == 0,
        "status": "active",
        "owner": CRM_USERS[person.number % 2],
        "external_id": None,
        "custom": {},
    }
