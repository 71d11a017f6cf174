"""VAT ids with valid check digits, made from a number: synthetic, yet good enough for a system that checks them.

Sources of the rules: DE ISO/IEC 7064 MOD 11,10; AT and PL weighted sums, FR modulo 97 over the SIREN, IT and SIREN Luhn,
as the European Commission's VIES algorithms describe them.
"""

from __future__ import annotations

from collections.abc import Callable

PL_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)
PL_IMPOSSIBLE = 10


def luhn_digit(digits: str) -> int:
    """The Luhn check digit (ISO/IEC 7812-1) that follows these digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10


def german(seed: int) -> str:
    """DE and nine digits."""
    digits = f"{10_000_000 + seed:08}"
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return f"DE{digits}{(11 - product) % 10}"


def austrian(seed: int) -> str:
    """ATU and eight digits."""
    digits = f"{1_000_000 + seed:07}"
    doubled = sum(int(d) * 2 // 10 + int(d) * 2 % 10 for d in digits[1::2])
    total = sum(int(d) for d in digits[0::2]) + doubled
    return f"ATU{digits}{(10 - (total + 4) % 10) % 10}"


def french(seed: int) -> str:
    """FR, two check digits and a SIREN."""
    body = f"{30_000_000 + seed:08}"
    siren = f"{body}{luhn_digit(body)}"
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"


def italian(seed: int) -> str:
    """IT, seven digits of the company, three of the province (015, Milano) and a check digit."""
    digits = f"{1_000_000 + seed:07}015"
    return f"IT{digits}{luhn_digit(digits)}"


def polish(seed: int) -> str:
    """PL and the ten digits of a NIP; numbers without a check digit are skipped."""
    number = 526_000_000 + seed * 7
    while True:
        digits = f"{number:09}"
        check = sum(int(digit) * weight for digit, weight in zip(digits, PL_WEIGHTS, strict=True)) % 11
        if check != PL_IMPOSSIBLE:
            return f"PL{digits}{check}"
        number += 1


MAKERS: dict[str, Callable[[int], str]] = {
    "DE": german,
    "AT": austrian,
    "FR": french,
    "IT": italian,
    "PL": polish,
}


def vat_id(country: str, seed: int) -> str | None:
    """A VAT id of that country; None where it has none of the European kind."""
    maker = MAKERS.get(country)
    return maker(seed) if maker else None
