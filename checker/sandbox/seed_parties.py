"""Customers and persons of the seed, once, before each system spells them in its own way."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checker.sandbox.vat import vat_id

# What plain ASCII makes of letters that don't come apart into letter and accent
FOLDED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "ł": "l", "ı": "i"}
)
# Invented numbers: the subscriber part 5550… is nobody's
PHONES = {"DE": "+49 30", "AT": "+43 1", "FR": "+33 1", "IT": "+39 02", "PL": "+48 22", "CH": "+41 44", "NO": "+47 22"}
PHONES |= {"GB": "+44 20", "US": "+1 518"}
CURRENCIES = {"CH": "CHF", "GB": "GBP", "US": "USD"}
POLISH_IN_ZLOTY = "slask-stal"
JOBS = ("Head of purchasing", "Managing director", "Accounting", "Workshop manager", "Project manager")

# Every n-th person, counted from the offset: what makes matching hard (FACTS.md)
WITHOUT_EMAIL = (11, 7)
CRM_ONLY = (6, 1)
ERP_ONLY = (9, 4)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact person, or the private customer. `number` counts all persons from 0."""

    number: int
    first: str
    last: str
    email: str | None
    phone: str
    job: str
    sides: str


@dataclass(frozen=True, slots=True)
class Party:
    """A customer as it is in the world; `crm` and `erp` are what each side has otherwise."""

    key: str
    number: int
    name: str
    country: str
    postal_code: str
    town: str
    street: str
    industry: str | None
    private: bool
    sides: str
    domain: str | None
    email: str | None
    phone: str
    vat_id: str | None
    currency: str
    persons: tuple[Person, ...] = ()
    crm: Mapping[str, Any] = field(default_factory=dict)
    erp: Mapping[str, Any] = field(default_factory=dict)


def folded(text: str) -> str:
    """Lower-case ASCII with hyphens, as mail addresses and domains have names."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).lower().translate(FOLDED))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode("ascii")).strip("-")


def every(number: int, rhythm: tuple[int, int]) -> bool:
    """Whether it is the turn of this number."""
    return number % rhythm[0] == rhythm[1]


def phone(country: str, number: int) -> str:
    """An invented telephone number."""
    return f"{PHONES[country]} 5550{number:03}"


class Names:
    """Gives out names of persons by country, each combination once, and mail addresses without repeats."""

    def __init__(self, lists: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._lists = lists
        self._used: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()
        self.given = 0

    def next(self, country: str) -> tuple[str, str]:
        """First and family name."""
        firsts, lasts = self._lists[country]["first"], self._lists[country]["last"]
        turn = self._used[country]
        self._used[country] += 1
        return firsts[turn % len(firsts)], lasts[(turn * 3 + turn // len(firsts)) % len(lasts)]

    def person(self, name: tuple[str, str], country: str, domain: str, sides: str) -> Person:
        """A person at that domain."""
        number, self.given = self.given, self.given + 1
        first, last = name
        local = f"{folded(first)}.{folded(last)}"
        self._addresses[f"{local}@{domain}"] += 1
        again = self._addresses[f"{local}@{domain}"]
        email = f"{local}{again if again > 1 else ''}@{domain}"
        job = JOBS[number % len(JOBS)]
        return Person(
            number,
            first,
            last,
            None if every(number, WITHOUT_EMAIL) else email,
            phone(country, 100 + number),
            job,
            sides,
        )


def parties(raw: Mapping[str, Any]) -> list[Party]:
    """All customers of the seed in the order of its rows, business ones first."""
    names = Names(raw["persons"])
    rows = [(sides, row) for sides in ("both", "crm", "erp") for row in raw["companies"][sides]]
    found = [_business(number, sides, row, names, raw["differs"]) for number, (sides, row) in enumerate(rows)]
    people = [(sides, row) for sides in ("both", "crm", "erp") for row in raw["private"][sides]]
    return found + [_private(number, sides, row, names) for number, (sides, row) in enumerate(people, len(found))]


def _business(
    number: int, sides: str, row: Sequence[str], names: Names, differs: Mapping[str, Mapping[str, Any]]
) -> Party:
    key, name, country, postal_code, town, street, industry = row
    domain = f"{key}.example.{'de' if country == 'DE' else 'com'}"
    return Party(
        key=key,
        number=number,
        name=name,
        country=country,
        postal_code=postal_code,
        town=town,
        street=street,
        industry=industry,
        private=False,
        sides=sides,
        domain=domain,
        email=f"info@{domain}",
        phone=phone(country, number),
        vat_id=vat_id(country, 1_000 + 37 * number),
        currency="PLN" if key == POLISH_IN_ZLOTY else CURRENCIES.get(country, "EUR"),
        persons=tuple(_persons(number, sides, country, domain, names)),
        crm=differs.get(key, {}).get("crm", {}),
        erp=differs.get(key, {}).get("erp", {}),
    )


def _persons(number: int, sides: str, country: str, domain: str, names: Names) -> Iterator[Person]:
    for _ in range(2 + (number % 5 == 0) + (number % 4 == 1)):
        where = sides
        if sides == "both" and every(names.given, CRM_ONLY):
            where = "crm"
        elif sides == "both" and every(names.given, ERP_ONLY):
            where = "erp"
        yield names.person(names.next(country), country, domain, where)


def _private(number: int, sides: str, row: Sequence[str], names: Names) -> Party:
    first, last, country, postal_code, town, street = row
    person = names.person((first, last), country, "example.com", sides)
    return Party(
        key=folded(f"{first}-{last}"),
        number=number,
        name=f"{first} {last}",
        country=country,
        postal_code=postal_code,
        town=town,
        street=street,
        industry=None,
        private=True,
        sides=sides,
        domain=None,
        email=person.email,
        phone=person.phone,
        vat_id=None,
        currency=CURRENCIES.get(country, "EUR"),
        persons=(person,),
    )
