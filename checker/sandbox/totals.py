"""Sums of invoices, as each system computes them: discounts on lines, then on the whole, tax rounded per rate."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from checker.sandbox.store import Data, Record, Store

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """Rounded to two decimals, half up, as invoices are."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def decimal(value: Any) -> Decimal:
    """A JSON number as the decimal that it was written as."""
    return Decimal(str(value or 0))


def line_net(quantity: Any, price: Decimal, discount_percent: Any) -> Decimal:
    """Net value of a line after its own discount."""
    return cents(decimal(quantity) * price * (1 - decimal(discount_percent) / HUNDRED))


def sums(lines: list[tuple[Decimal, Decimal]], percent: Decimal, amount: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax and gross of lines given as (net, tax rate in percent), with a discount on the whole as percent or amount.

    An amount is spread over the lines in proportion to their value, so that each rate bears its part.
    """
    whole = sum((net for net, _ in lines), Decimal(0))
    share = 1 - percent / HUNDRED - (amount / whole if whole else Decimal(0))
    by_rate: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for net, rate in lines:
        by_rate[rate] += net * share
    total = cents(sum(by_rate.values(), Decimal(0)))
    tax = sum((cents(net * rate / HUNDRED) for rate, net in by_rate.items()), Decimal(0))
    return total, tax, total + tax


def crm_invoice(data: Data, store: Store, before: Record | None) -> Data:  # noqa: ARG001 - the shape of a `complete`
    """An invoice of the CRM with its totals as JSON numbers."""
    items = [{"discount_percent": 0, **item} for item in data["items"]]
    lines = [
        (line_net(one["quantity"], decimal(one["unit_price"]), one["discount_percent"]), decimal(one["tax_rate"]))
        for one in items
    ]
    discount = data.get("discount") or {"type": "percent", "value": 0}
    value = decimal(discount["value"])
    by_percent = discount["type"] == "percent"
    net, tax, gross = sums(lines, value if by_percent else Decimal(0), Decimal(0) if by_percent else value)
    totals = {"total_net": float(net), "total_tax": float(tax), "total_gross": float(gross)}
    return {**data, "items": items, **totals}
