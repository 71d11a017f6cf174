"""Lenses over amounts. Decimal throughout, ASCII digits only, and nothing is rounded: a digit too many is untranslatable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from checker.mapping.lens import Untranslatable, is_empty, spelled

COMMA = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
POINT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
CENTS = 2
DIGITS = 15  # decimal digits that a JSON number keeps wherever it is read as a double


def number(value: Any) -> Decimal:
    """A JSON number, or text with a decimal point. Raises Untranslatable."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Untranslatable(value, "no-number")
    text = str(value).strip() if isinstance(value, str) else format(Decimal(str(value)), "f")
    if not POINT.fullmatch(text):
        raise Untranslatable(value, "no-number")
    return Decimal(text)


def comma_number(value: Any) -> Decimal:
    """Text with a decimal comma, and with or without points between thousands. Raises Untranslatable."""
    if not isinstance(value, str):
        return number(value)
    text = value.strip()
    if not COMMA.fullmatch(text):
        raise Untranslatable(value, "no-number")
    return Decimal(text.replace(".", "").replace(",", "."))


def plain(amount: Decimal) -> int | float:
    """The amount as a JSON number that means exactly it. Raises Untranslatable where it has more digits than a double keeps."""
    if len(amount.normalize().as_tuple().digits) > DIGITS:
        raise Untranslatable(spelled(amount), "too-precise")
    return int(amount) if amount == amount.to_integral() else float(amount)


def with_comma(amount: Decimal, places: int = CENTS) -> str:
    """1249.9 as 1.249,90: at least `places` digits after the comma, and all that there are."""
    exponent = amount.normalize().as_tuple().exponent
    digits = max(places, -exponent if isinstance(exponent, int) else 0)
    return f"{amount:,.{digits}f}".translate(str.maketrans(",.", ".,"))


@dataclass(frozen=True, slots=True)
class DecimalComma:
    """A number ↔ text with a decimal comma: 1249.9 ↔ 1.249,90."""

    places: int = CENTS

    def there(self, value: Any) -> Any:
        """As text with a comma."""
        return with_comma(number(value), self.places)

    def back(self, value: Any) -> Any:
        """As a number."""
        return plain(comma_number(value))


@dataclass(frozen=True, slots=True)
class MinorUnits:
    """An amount ↔ the whole number of its smallest units: 12.34 ↔ 1234."""

    places: int = CENTS

    def there(self, value: Any) -> Any:
        """In smallest units; fractions of one are untranslatable."""
        units = number(value).scaleb(self.places)
        if units != units.to_integral():
            raise Untranslatable(value, "too-precise")
        return int(units)

    def back(self, value: Any) -> Any:
        """In whole units of the currency."""
        units = number(value)
        if units != units.to_integral():
            raise Untranslatable(value, "too-precise")
        return plain(units.scaleb(-self.places))


@dataclass(frozen=True, slots=True)
class Discount:
    """[kind, value] ↔ [percent, amount], of which one is filled. `comma`: the right side's amount is text with a decimal comma."""

    percent: str = "percent"
    amount: str = "amount"
    comma: bool = False

    def there(self, value: Any) -> Any:
        """(percent, amount); nothing and 0 are no discount."""
        kind, given = _pair(value)
        if is_empty(kind) or is_empty(given) or not number(given):
            return None, None
        if spelled(kind) == self.percent:
            return plain(number(given)), None
        if spelled(kind) == self.amount:
            return None, with_comma(number(given)) if self.comma else plain(number(given))
        raise Untranslatable(kind, "unknown-option")

    def back(self, value: Any) -> Any:
        """(kind, value)."""
        percent, amount = _pair(value)
        rate = Decimal(0) if is_empty(percent) else number(percent)
        fixed = Decimal(0) if is_empty(amount) else _either(amount)
        if rate and fixed:
            raise Untranslatable(value, "two-discounts")
        if rate:
            return self.percent, plain(rate)
        return (self.amount, plain(fixed)) if fixed else (None, None)


def _either(value: Any) -> Decimal:
    """A number, or text in the spelling that its comma tells."""
    return comma_number(value) if isinstance(value, str) and "," in value else number(value)


def _pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, tuple) or len(value) != 2:  # noqa: PLR2004 - a pair
        raise Untranslatable(value, "other-fields")
    return value
