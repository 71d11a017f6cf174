"""Whether the amounts of documents add up: net, tax and gross, or the lines' quantities and prices against the total. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from checker.data.counted import Counted, holds, idle, open_
from checker.model.paths import get
from checker.model.profile import ResourceProfile
from checker.profiles.names import words

Record = Mapping[str, Any]

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
TOTAL = NET | GROSS | {"total", "amount", "sum", "subtotal", "summe", "gesamt", "betrag", "gesamtbetrag", "grandtotal"}
QUANTITY = frozenset({"quantity", "qty", "menge", "anzahl"})
PRICE = frozenset({"price", "preis", "einzelpreis", "stueckpreis"})
DISCOUNT = frozenset({"discount", "rabatt", "nachlass", "rebate"})


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


def lines_of(profile: ResourceProfile, record: Record) -> list[Record]:
    """A record's line items."""
    path = profile.line_items_path
    held = get(record, path.removesuffix("[]")) if path else None
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []


def field_called(rows: Sequence[Record], wanted: frozenset[str], also: frozenset[str] | None = None) -> str | None:
    """The one field that is called so; None where none is, or several are."""
    names = sorted({name for row in rows for name in row})
    found = [one for one in names if wanted & set(words(one)) and (also is None or also & set(words(one)))]
    return found[0] if len(found) == 1 else None


class Parts(NamedTuple):
    """Net and tax make gross: the fields that hold them, where each is told by one name alone."""

    net: str
    tax: str
    gross: str

    def wrong(self, record: Record) -> bool | None:
        """Whether a document's three amounts don't add up; None where it doesn't tell them."""
        net, tax, gross = (amount(get(record, one)) for one in self)
        return None if net is None or tax is None or gross is None else abs(net + tax - gross) > PENNY


class LineSum(NamedTuple):
    """A total that is the sum of its lines' quantities × prices: its field, and theirs."""

    total: str
    quantity: str
    price: str

    def wrong(self, record: Record, lines: Sequence[Record]) -> bool | None:
        """Whether a document's total is another; None where it doesn't tell, has a discount, or another amount of it explains the difference."""
        total = amount(record.get(self.total))
        priced = [(amount(one.get(self.quantity)), amount(one.get(self.price))) for one in lines]
        made = [count * each for count, each in priced if count is not None and each is not None]
        if total is None or not made or len(made) < len(lines) or _reduced(record) or any(map(_reduced, lines)):
            return None
        beside = total - sum(made)
        allowed = PENNY * len(made)
        others = (amount(value) for name, value in record.items() if name != self.total)
        explained = any(one and min(abs(beside - one), abs(beside + one)) <= allowed for one in others)
        return None if explained else abs(beside) > allowed


def parts_of_sum(records: Sequence[Record]) -> Parts | None:
    """The fields that hold net, tax and gross of a whole document."""
    names = {name for record in records[:2] for name in record}
    found: list[str] = []
    for wanted in (NET, TAX, GROSS):
        told = [one for one in sorted(names) if wanted & set(words(one)) and not RATE & set(words(one))]
        told = [one for one in told if any(amount(record.get(one)) is not None for record in records)]
        if len(told) != 1:
            return None
        found.append(told[0])
    return Parts(*found) if len(set(found)) == len(found) else None


def line_sum(profile: ResourceProfile, records: Sequence[Record]) -> LineSum | None:
    """How a total is made of its lines, as nearly all documents show it; None where they don't, or are too few."""
    told = [(record, lines) for record in records if (lines := lines_of(profile, record))]
    rows = [line for _, lines in told for line in lines]
    quantity, price = field_called(rows, QUANTITY), field_called(rows, PRICE)
    if quantity is None or price is None:
        return None
    for name in sorted({name for record, _ in told for name in record if TOTAL & set(words(name))}):
        made = LineSum(name, quantity, price)
        wrong = [one for record, lines in told if (one := made.wrong(record, lines)) is not None]
        if len(wrong) >= FEWEST and sum(wrong) * 100 <= MOST_OTHERS * len(wrong):
            return made
    return None


def amounts(profile: ResourceProfile, records: Sequence[Record]) -> Counted:
    """Net and tax make gross in every record that tells the three, and a total that is the sum of its lines is that in every one."""
    claim = "amounts.consistent"
    found = sums(profile, records)
    if found is None:
        return idle(claim) if profile.line_items_path is None else open_(claim, "no-sums")
    wrong = [one for record in records if (one := found.wrong(record)) is not None]
    if not wrong:
        return open_(claim, "no-records")
    return holds(claim, not any(wrong), fields=list(found.fields), wrong=sum(wrong), of=len(wrong))


class Sums(NamedTuple):
    """What documents of one resource show of how their amounts are made."""

    profile: ResourceProfile
    parts: Parts | None
    made: LineSum | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that hold amounts of the whole document."""
        return tuple(dict.fromkeys((*(self.parts or ()), *((self.made.total,) if self.made else ()))))

    def wrong(self, record: Record) -> bool | None:
        """Whether a document's amounts don't add up; None where it tells too little."""
        told = [self.parts.wrong(record)] if self.parts else []
        told += [self.made.wrong(record, lines_of(self.profile, record))] if self.made else []
        known = [one for one in told if one is not None]
        return any(known) if known else None


def sums(profile: ResourceProfile, records: Sequence[Record]) -> Sums | None:
    """How the amounts of these documents are made; None where they don't show it."""
    parts, made = parts_of_sum(records), line_sum(profile, records)
    return Sums(profile, parts, made) if parts or made else None


def _reduced(record: Record) -> bool:
    return any(
        DISCOUNT & set(words(name)) and value not in (None, "", 0, "0", "0.00", {}) for name, value in record.items()
    )
