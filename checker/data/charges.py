"""What a document's total holds beside its lines: shipping that is added, a discount on the whole that is taken off.

Which of a document's fields do so is told by their names, in general words of English and German, and tried on the documents: of all ways to add
them up the one is taken that comes out right most often. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain, combinations, islice, product
from typing import Any, NamedTuple

from checker.data.laid import Again
from checker.model.paths import get
from checker.profiles.names import vocabulary, words

Record = Mapping[str, Any]

HUNDRED = Decimal(100)
MOST_FIELDS = 3  # of a kind
MOST_TRIED = 300  # documents that a way to add up is chosen by
SHIPPING = vocabulary(
    "shipping shipment freight delivery postage carriage handling courier transport "
    "versand versandkosten versandpreis versandbetrag versandpauschale fracht frachtkosten liefer lieferung lieferkosten porto portokosten transportkosten"
)
DISCOUNT = vocabulary(
    "discount discounts rebate rabatt gesamtrabatt belegrabatt rabattbetrag rabattsatz rabattprozent nachlass preisnachlass preisnachlaesse"
)
PERCENT = vocabulary("percent percentage pct rate prozent satz prozentsatz rabattsatz rabattprozent")
# What a field of these names tells that is no amount of the document; of shipping its tax and rate, too.
NO_AMOUNT = vocabulary(
    "id ids key code number no nr date datum day days tag tage time zeit weight gewicht quantity qty menge anzahl count zone method art status"
)
TAXES = vocabulary("tax taxes vat steuer steuerbetrag mwst umsatzsteuer ust mehrwertsteuer")
NET_OR_GROSS = vocabulary("net netto gross brutto excl incl excluding including ohne inkl exkl")  # `total_excl_tax`


def amount(value: Any) -> Decimal | None:
    """A number however it is written: 1249.9, "1249.90", "1.249,90"; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip()
    if not re.fullmatch(r"-?[0-9][0-9.,]*", text):
        return None
    if "," in text and text.rfind(",") > text.rfind("."):
        text = text.replace(".", "").replace(",", ".")
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


class Total(NamedTuple):
    """A document's total, what it would be without anything beside, and by how much it may be off."""

    record: Record
    total: Decimal
    base: Decimal
    allowed: Decimal


class Term(NamedTuple):
    """A field of a document that is added to its total (sign 1) or taken off (-1), as an amount or in percent of the rest.

    `kind`: the field that says of each document whether it is in percent.
    """

    field: str
    sign: int
    percent: bool = False
    kind: str | None = None

    def of(self, one: Total) -> Decimal:
        """By how much it changes the total; nothing where the document doesn't tell it as a number."""
        value = number(one.record, self.field) or Decimal(0)
        size = abs(value) if self.sign < 0 else value  # a discount may be written with its minus
        return self.sign * (one.base * size / HUNDRED if self._in_percent(one.record) else size)

    def _in_percent(self, record: Record) -> bool:
        return self.percent if self.kind is None else _says_percent(get(record, self.kind))

    def __str__(self) -> str:
        sign, unit = "+" if self.sign > 0 else "−", f" ({self.kind})" if self.kind else " %" if self.percent else ""
        return f"{sign} {self.field}{unit}"


Terms = tuple[Term, ...]


def off(one: Total, terms: Terms) -> Decimal:
    """What is left of a document's total when the base and these terms are taken from it."""
    return one.total - one.base - sum(term.of(one) for term in terms)


def fits(one: Total, terms: Terms) -> bool:
    """Whether the total is the base with these terms."""
    return abs(off(one, terms)) <= one.allowed


def chosen(told: Collection[Total], *, taxed: bool) -> Terms:
    """The terms with which most of the documents add up, the fewest where several do equally well; none where names or numbers show none.

    `taxed`: the total may hold the document's tax as well.
    """
    some = list(islice(told, MOST_TRIED))
    ways = _ways([one.record for one in some], taxed=taxed)
    return max(ways, key=lambda way: (sum(fits(one, way) for one in some), -len(way)))


def beside(told: Collection[Total], terms: Terms) -> list[str]:
    """The fields with an amount that documents add up without: they stand beside the total and are no part of it."""
    used = {one.field for one in terms}
    right = Again(lambda: (one.record for one in told if fits(one, terms)))
    named = [*charges(right), *discounts(right)]
    return [name for name in named if name not in used and any(number(record, name) for record in right)]


def charges(records: Collection[Record]) -> list[str]:
    """Paths of the fields that hold what shipping costs."""
    return _fields(records, SHIPPING, PERCENT | TAXES)


def discounts(records: Collection[Record]) -> list[str]:
    """Paths of the fields that hold a discount on the whole document, as an amount or in percent."""
    return _fields(records, DISCOUNT, frozenset())


def taxes(records: Collection[Record]) -> list[str]:
    """Paths of the fields that hold a document's tax."""
    return _fields(records, TAXES, PERCENT | SHIPPING | DISCOUNT | NET_OR_GROSS)


def number(record: Record, path: str) -> Decimal | None:
    """The number at the path, a percent sign left out."""
    value = get(record, path)
    return amount(value.strip().removesuffix("%").strip()) if isinstance(value, str) else amount(value)


def _ways(records: Sequence[Record], *, taxed: bool) -> Iterator[Terms]:
    """Every way to add up: without shipping, with each field of it or all of them; the same of tax; without a discount, with each or two, in each
    reading.
    """
    costs = [Term(name, 1) for name in charges(records)]
    added: list[Terms] = [(), *((one,) for one in costs), *([tuple(costs)] if len(costs) > 1 else [])]
    readings = [[(one,) for one in _readings(records, name)] for name in discounts(records)]
    taken: list[Terms] = [(), *chain(*readings)]
    taken += [(*one, *two) for first, second in combinations(readings, 2) for one, two in product(first, second)]
    levied: list[Terms] = [(), *((Term(name, 1),) for name in (taxes(records) if taxed else ()))]
    for three in product(added, taken, levied):
        yield tuple(chain(*three))


def _readings(records: Sequence[Record], name: str) -> Iterator[Term]:
    """A discount as an amount and in percent; in one way where its name, a sign, or a field beside it says so."""
    kind = next((one for one in _kinds(name) if any(isinstance(get(record, one), str) for record in records)), None)
    if kind is not None:
        yield Term(name, -1, kind=kind)
        return
    if not (PERCENT & set(words(name)) or any(_says_percent(get(one, name)) for one in records)):
        yield Term(name, -1)
    yield Term(name, -1, percent=True)


def _kinds(name: str) -> Iterator[str]:
    """What a field could be called that says whether this one is in percent: `discount.type` for `discount.value`."""
    stem = re.sub(r"[A-Za-z]+$", "", name)
    return (f"{stem}{one}" for one in ("type", "kind", "typ", "art")) if stem else iter(())


def _says_percent(value: Any) -> bool:
    return isinstance(value, str) and ("%" in value or bool(PERCENT & set(words(value))))


def _fields(records: Collection[Record], wanted: frozenset[str], unwanted: frozenset[str]) -> list[str]:
    found = []
    for path in _paths(records):
        told = set(words(path))
        if wanted & told and not (NO_AMOUNT | unwanted) & told and any(number(one, path) for one in records):
            found.append(path)
    return found[:MOST_FIELDS]


def _paths(records: Collection[Record]) -> list[str]:
    """The fields of the documents, and those one level below: `shipping`, `shipping.cost`."""
    found = set()
    for record in records:
        for name, value in record.items():
            found |= {f"{name}.{below}" for below in value} if isinstance(value, Mapping) else {name}
    return sorted(found)
