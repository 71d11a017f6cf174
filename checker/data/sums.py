"""Whether the amounts of documents add up: net, tax and gross, or the lines' quantities and prices against the total. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from checker.data.charges import (
    DISCOUNT,
    SHIPPING,
    Record,
    Terms,
    Total,
    amount,
    beside,
    charges,
    chosen,
    discounts,
    fits,
    off,
)
from checker.data.counted import Counted, holds, idle, open_
from checker.data.laid import Again
from checker.model.paths import get
from checker.model.profile import ResourceProfile
from checker.profiles.names import words

PENNY = Decimal("0.011")
FEWEST = 5  # documents that must show what a total is made of
MOST_OTHERS = 10  # percent of them that may be made of something else as well
# Words of fields, in English and German
NET, TAX, GROSS = (
    frozenset({"net", "netto"}),
    frozenset({"tax", "vat", "steuer", "mwst", "ust"}),
    frozenset({"gross", "brutto"}),
)
RATE = frozenset({"rate", "percent", "prozent", "satz", "id", "key", "code", "schluessel", "number", "nr"})
NO_PART = RATE | SHIPPING | DISCOUNT  # `shipping_tax`, `versandkosten_brutto`
TOTAL = NET | GROSS | {"total", "amount", "sum", "subtotal", "summe", "gesamt", "betrag", "gesamtbetrag", "grandtotal"}
QUANTITY = frozenset({"quantity", "qty", "menge", "anzahl"})
PRICE = frozenset({"price", "preis", "einzelpreis", "stueckpreis"})
# Of an amount of the whole document: what is left of it to be paid, or was.
NOT_WHOLE = frozenset(
    {"due", "paid", "open", "outstanding", "balance", "refunded", "offen", "bezahlt", "faellig", "rest"}
)


def lines_of(profile: ResourceProfile, record: Record) -> list[Record]:
    """A record's line items."""
    path = profile.line_items_path
    held = get(record, path.removesuffix("[]")) if path else None
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []


def names_in(rows: Iterable[Record]) -> list[str]:
    """The fields that records have."""
    return sorted({name for row in rows for name in row})


def field_called(names: Iterable[str], wanted: frozenset[str], also: frozenset[str] | None = None) -> str | None:
    """The one field that is called so; None where none is, or several are."""
    found = [one for one in names if wanted & set(words(one)) and (also is None or also & set(words(one)))]
    return found[0] if len(found) == 1 else None


class Parts(NamedTuple):
    """Net and tax make gross: the fields that hold them, where each is told by one name alone."""

    net: str
    tax: str
    gross: str

    def total(self, record: Record, _lines: Sequence[Record]) -> Total | None:
        """The gross amount, and what net and tax make; None where the document doesn't tell the three."""
        net, tax, gross = (amount(get(record, one)) for one in self)
        return None if net is None or tax is None or gross is None else Total(record, gross, net + tax, PENNY)

    def excused(self, _one: Total, _left: Decimal, _known: Collection[str]) -> bool:
        """Nothing but shipping and a discount explains a gross amount that is another."""
        return False

    def __str__(self) -> str:
        return f"{self.gross} = {self.net} + {self.tax}"


class LineSum(NamedTuple):
    """A total that is the sum of its lines' quantities × prices: its field, and theirs."""

    name: str
    quantity: str
    price: str

    def total(self, record: Record, lines: Sequence[Record]) -> Total | None:
        """The total, and what the lines make; None where the document doesn't tell them, or a line has a discount of its own."""
        total = amount(record.get(self.name))
        priced = [(amount(one.get(self.quantity)), amount(one.get(self.price))) for one in lines]
        made = [count * each for count, each in priced if count is not None and each is not None]
        if total is None or not made or len(made) < len(lines) or any(map(_reduced, lines)):
            return None
        return Total(record, total, sum(made, Decimal(0)), PENNY * len(made))

    def excused(self, one: Total, left: Decimal, known: Collection[str]) -> bool:
        """Whether a total that is another by `left` proves nothing: a discount that isn't among the known, or another amount explains it."""
        if _reduced(one.record, known):
            return True
        named = {self.name, *charges([one.record]), *discounts([one.record])}
        others = (amount(value) for name, value in one.record.items() if name not in named)
        return any(each and min(abs(left - each), abs(left + each)) <= one.allowed for each in others)

    def __str__(self) -> str:
        return f"{self.name} = {self.quantity} × {self.price}"


class Made(NamedTuple):
    """How a total comes about: from net and tax or from the lines, and with what is added or taken off beside."""

    of: Parts | LineSum
    terms: Terms
    beside: tuple[str, ...]

    def wrong(self, record: Record, lines: Sequence[Record]) -> bool | None:
        """Whether a document's total is another; None where it tells too little, or something else explains it."""
        one = self.of.total(record, lines)
        if one is None:
            return None
        known = {*(term.field for term in self.terms), *self.beside}
        return False if fits(one, self.terms) else None if self.of.excused(one, off(one, self.terms), known) else True

    def __str__(self) -> str:
        return " ".join([str(self.of), *map(str, self.terms)])


Told = Collection[tuple[Record, Sequence[Record]]]  # documents and their lines


def made_of(of: Parts | LineSum, told: Told) -> Made:
    """With what beside it a total comes out right."""
    totals = Again(lambda: (total for record, lines in told if (total := of.total(record, lines)) is not None))
    terms = chosen(totals, taxed=isinstance(of, LineSum))
    # What net holds already, nobody can tell from net, tax and gross.
    return Made(of, terms, tuple(beside(totals, terms)) if isinstance(of, LineSum) else ())


def parts_of_sum(records: Collection[Record]) -> Parts | None:
    """The fields that hold net, tax and gross of a whole document."""
    names = names_in(islice(records, 2))
    found: list[str] = []
    for wanted in (NET, TAX, GROSS):
        told = [one for one in names if wanted & set(words(one)) and not NO_PART & set(words(one))]
        told = [one for one in told if any(amount(record.get(one)) is not None for record in records)]
        if len(told) != 1:
            return None
        found.append(told[0])
    return Parts(*found) if len(set(found)) == len(found) else None


def line_sums(profile: ResourceProfile, records: Collection[Record]) -> list[Made]:
    """Which totals are made of the lines, and how, as nearly all documents show it; none where they don't, or are too few."""
    if profile.line_items_path is None:
        return []
    told: Told = Again(lambda: ((record, lines) for record in records if (lines := lines_of(profile, record))))
    fields = names_in(line for _, lines in told for line in lines)
    quantity, price = field_called(fields, QUANTITY), field_called(fields, PRICE)
    if quantity is None or price is None:
        return []
    names = names_in(record for record, _ in told)
    every = (made_of(LineSum(name, quantity, price), told) for name in names if _is_total(name))
    return [made for made in every if _shown(made, told)]


def _shown(made: Made, told: Told) -> bool:
    """Whether enough documents show that a total is made like this: nearly all that nothing else explains, and most of all that tell it."""
    answers = Counter(made.wrong(record, lines) for record, lines in told if made.of.total(record, lines) is not None)
    known = answers[True] + answers[False]
    return known >= FEWEST and answers[True] * 100 <= MOST_OTHERS * known and answers[False] * 2 >= answers.total()


def _is_total(name: str) -> bool:
    told = set(words(name))
    return bool(TOTAL & told) and not (SHIPPING | DISCOUNT | NOT_WHOLE) & told


def amounts(profile: ResourceProfile, records: Collection[Record]) -> Counted:
    """Net and tax make gross in every record that tells the three, and a total that is the sum of its lines is that in every one.

    Shipping and a discount on the whole count as the documents show it, and the answer says how.
    """
    claim = "amounts.consistent"
    found = sums(profile, records)
    if found is None:
        return idle(claim) if profile.line_items_path is None else open_(claim, "no-sums")
    answers = Counter(map(found.wrong, records))
    wrong, of = answers[True], answers[True] + answers[False]
    if not of:
        return open_(claim, "no-records")
    told = {"fields": list(found.fields), "made": list(map(str, found.made)), "beside": list(found.beside)}
    return holds(claim, not wrong, **told, wrong=wrong, of=of)


class Sums(NamedTuple):
    """What documents of one resource show of how their amounts are made."""

    profile: ResourceProfile
    made: tuple[Made, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that hold amounts of the whole document."""
        held = ([*one.of] if isinstance(one.of, Parts) else [one.of.name] for one in self.made)
        return tuple(dict.fromkeys(name for names in held for name in names))

    @property
    def beside(self) -> tuple[str, ...]:
        """Shipping and discounts that no total holds."""
        used = {term.field for one in self.made for term in one.terms}
        return tuple(dict.fromkeys(name for one in self.made for name in one.beside if name not in used))

    def wrong(self, record: Record) -> bool | None:
        """Whether a document's amounts don't add up; None where it tells too little."""
        lines = lines_of(self.profile, record)
        known = [told for one in self.made if (told := one.wrong(record, lines)) is not None]
        return any(known) if known else None


def sums(profile: ResourceProfile, records: Collection[Record]) -> Sums | None:
    """How the amounts of these documents are made; None where they don't show it."""
    parts = parts_of_sum(records)
    whole = [made_of(parts, Again(lambda: ((record, ()) for record in records)))] if parts else []
    made = (*whole, *line_sums(profile, records))
    return Sums(profile, made) if made else None


def _reduced(record: Record, known: Collection[str] = ()) -> bool:
    """Whether a document or a line has a discount, but for those known."""
    fields = {one.partition(".")[0] for one in known}
    told = ((name, value) for name, value in record.items() if DISCOUNT & set(words(name)) and name not in fields)
    return any(value not in (None, "", 0, "0", "0.00", {}) for _, value in told)
