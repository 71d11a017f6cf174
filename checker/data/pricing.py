"""Whether tax rates and discounts agree with the amounts beside them, recalculated from the documents themselves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

from checker.data.charges import DISCOUNT, amount
from checker.data.counted import Counted, holds, idle, open_
from checker.data.laid import Again
from checker.data.quality import Record, Sample
from checker.data.sums import PENNY, PRICE, QUANTITY, Parts, field_called, lines_of, names_in, parts_of_sum
from checker.model.paths import get
from checker.profiles.names import words

PRICED = frozenset({"deal", "quote", "order", "invoice"})
PRICING_CLAIMS = ("tax-rates.consistent", "discounts.consistent")
CENT = Decimal("0.01")
ROUNDED = Decimal("0.51")  # of a step: what rounding half up, down or to even may take
HUNDRED = Decimal(100)
WHOLE = Decimal(1)
# Words of a line's fields in English and German
TAX = frozenset({"tax", "vat", "steuer", "mwst", "ust", "steuersatz", "steuerschluessel"})
TAX_KIND = frozenset({"rate", "percent", "prozent", "satz", "code", "key", "schluessel", "steuersatz", "steuerschluessel"})  # fmt: skip
LINE_NET = frozenset({"net", "netto", "nettobetrag", "gesamtpreis", "subtotal", "total", "gesamt", "amount", "betrag"})


def pricing(sample: Sample) -> Iterator[Counted]:
    """Both claims about the documents of one resource."""
    if sample.profile.role not in PRICED:
        yield from (idle(claim) for claim in PRICING_CLAIMS)
        return
    if not sample.records:
        yield from (open_(claim, "no-records") for claim in PRICING_CLAIMS)
        return
    yield _tax_rates(sample)
    yield _discounts(sample)


class Taxed(NamedTuple):
    """A document's net and tax, the rates or tax keys of its lines as they are written, and how many lines were rounded."""

    net: Decimal
    tax: Decimal
    labels: frozenset[str]
    lines: int

    def fits(self, percent: Decimal) -> bool:
        """Whether the tax is that rate of the net, but for a cent of rounding a line."""
        return abs(self.tax - self.net * percent / HUNDRED) <= PENNY + CENT * self.lines


def _tax_rates(sample: Sample) -> Counted:
    """Tax over net is the rate that the document names; a tax key stands for one rate; all rates are written in one way."""
    claim = "tax-rates.consistent"
    found = Again(lambda: _taxed(sample))
    rates = {label: amount(label.removesuffix("%").strip()) for one in found for label in one.labels}
    if not rates:
        return open_(claim, "no-sums")
    numbers = [one for one in rates.values() if one is not None]
    fractions = sum(0 < one < WHOLE for one in numbers)
    if fractions and any(one >= WHOLE for one in numbers):
        return holds(claim, good=False, wrong=0, of=len(found), forms=["fraction", "percent"])
    percents = {label: one * HUNDRED if fractions else one for label, one in rates.items() if one is not None}
    percents |= _by_key(found, percents)
    wrong = sum(not _agrees(one, percents) for one in found)
    told = sorted({f"{one.normalize():f}" for one in percents.values()})
    return holds(claim, not wrong, wrong=wrong, of=len(found), rates=told)


def _taxed(sample: Sample) -> Iterator[Taxed]:
    names = parts_of_sum(sample.records)
    if names is None:
        return
    of_lines = field_called(_line_fields(sample), TAX, TAX_KIND)
    of_whole = field_called(names_in(sample.records), TAX, TAX_KIND)
    for record in sample.records:
        net, tax = amount(get(record, names[0])), amount(get(record, names[1]))
        lines = lines_of(sample.profile, record)
        written = [line.get(of_lines) for line in lines] if of_lines else [record.get(of_whole)] if of_whole else []
        if net is None or tax is None or not net or not written or any(one in (None, "") for one in written):
            continue
        yield Taxed(net, tax, frozenset(str(one) for one in written), len(written))


def _line_fields(sample: Sample) -> list[str]:
    return names_in(line for record in sample.records for line in lines_of(sample.profile, record))


def _by_key(found: Iterable[Taxed], known: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What each tax key stands for: the middle of the rates that documents with this key alone show, to a tenth of a percent."""
    shown: dict[str, list[Decimal]] = {}
    for one in found:
        label = next(iter(one.labels))
        if len(one.labels) == 1 and label not in known:
            shown.setdefault(label, []).append(one.tax / one.net * HUNDRED)
    return {label: round(median(rates), 1) for label, rates in shown.items()}


def _agrees(one: Taxed, percents: Mapping[str, Decimal]) -> bool:
    """With one rate to the cent; with several the tax lies between the lowest and the highest. A discount on the whole changes neither."""
    rates = [percents[label] for label in one.labels if label in percents]
    if len(rates) < len(one.labels):
        return True  # a key that no document shows alone
    low, high = one.net * min(rates) / HUNDRED, one.net * max(rates) / HUNDRED
    return one.fits(rates[0]) if len(rates) == 1 else min(low, high) - PENNY <= one.tax <= max(low, high) + PENNY


class Line(NamedTuple):
    """A line's quantity × price, its quantity, and its discount as it is written."""

    base: Decimal
    quantity: Decimal
    discount: Decimal

    def nets(self) -> Mapping[str, Decimal]:
        """The net that comes out, by what the discount may be."""
        return {
            "percent": self.base * (1 - self.discount / HUNDRED),
            "fraction": self.base * (1 - self.discount),
            "amount": self.base - abs(self.discount),
            "amount-per-unit": self.base - abs(self.discount) * self.quantity,
        }


class Priced(NamedTuple):
    """Lines and the net that they have together: one line with its own net, or a document without a discount on the whole.

    `step`: the smallest step of the amounts as they are written: 0.01, or 1 where they are written in cents.
    """

    lines: tuple[Line, ...]
    net: Decimal
    step: Decimal

    @property
    def reduced(self) -> bool:
        """Whether a line has a discount."""
        return any(one.discount for one in self.lines)

    def ways(self) -> frozenset[str]:
        """What the discounts may be, by the net that comes out; rounding to a step a line is allowed."""
        made = [one.nets() for one in self.lines]
        allowed = self.step * ROUNDED * len(made)
        return frozenset(way for way in made[0] if abs(sum(one[way] for one in made) - self.net) <= allowed)


def _discounts(sample: Sample) -> Counted:
    """One reading of the lines' discounts explains all nets. Discounts on the whole document have fields that say what they are."""
    claim = "discounts.consistent"
    if sample.profile.line_items_path is None:
        return idle(claim)
    plain, reduced = (Counter[frozenset[str]]() for _ in range(2))
    for one in _priced(sample):
        (reduced if one.reduced else plain)[one.ways()] += 1
    if not plain or any("percent" not in ways for ways in plain):
        return open_(claim, "no-sums")  # these nets are not quantity × price: nothing follows from the reduced ones
    if not reduced:
        return open_(claim, "no-discounts")
    common = frozenset.intersection(*reduced)
    told = sorted(common or {min(ways) if ways else "unexplained" for ways in reduced})
    return holds(claim, bool(common), forms=told, wrong=reduced[frozenset()], of=reduced.total())


def _priced(sample: Sample) -> Iterator[Priced]:
    names = _line_fields(sample)
    fields = field_called(names, QUANTITY), field_called(names, PRICE), field_called(names, DISCOUNT)
    net = field_called([name for name in names if name != fields[1]], LINE_NET)
    sums = parts_of_sum(sample.records)
    found = Again(lambda: _netted(sample, fields, net, sums))
    step = min((_step(total) for _, total in found), default=CENT)
    yield from (Priced(lines, total, step) for lines, total in found)


def _netted(
    sample: Sample, fields: Sequence[str | None], net: str | None, sums: Parts | None
) -> Iterator[tuple[tuple[Line, ...], Decimal]]:
    """Lines with the net that is told of them: each line's own, else the document's of all of them."""
    for record in sample.records:
        lines = lines_of(sample.profile, record)
        made = [one for line in lines if (one := _line(line, *fields)) is not None]
        if len(made) < len(lines) or not made:
            continue
        if net is not None:
            totals = [amount(line.get(net)) for line in lines]
            yield from (((one,), each) for one, each in zip(made, totals, strict=True) if each is not None)
        elif sums is not None and not _reduced_as_a_whole(record):
            total = amount(get(record, sums[0]))
            if total is not None:
                yield tuple(made), total


def _step(one: Decimal) -> Decimal:
    exponent = one.normalize().as_tuple().exponent
    return Decimal(1).scaleb(min(0, exponent)) if isinstance(exponent, int) else CENT


def _line(line: Mapping[str, Any], quantity: str | None, price: str | None, discount: str | None) -> Line | None:
    if quantity is None or price is None or discount is None:
        return None
    count, each = amount(line.get(quantity)), amount(line.get(price))
    off = amount(str(line.get(discount) or 0).removesuffix("%").strip())
    return Line(count * each, count, off) if count is not None and each is not None and off is not None else None


def _reduced_as_a_whole(record: Record) -> bool:
    return any(
        DISCOUNT & set(words(name)) and value not in (None, "", 0, "0", "0.00", {}) for name, value in record.items()
    )
