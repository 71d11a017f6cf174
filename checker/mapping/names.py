"""Lenses between codes and what people call them: countries (ISO 3166), currencies (ISO 4217)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from checker.mapping.lens import Untranslatable, text_of

LANGUAGES = ("de", "en")  # in which a name is understood; written it is in the one asked for
# What people write and CLDR's lists don't have.
ALSO = {
    "großbritannien": "GB", "grossbritannien": "GB", "great britain": "GB", "uk": "GB", "usa": "US", "holland": "NL",
    "tschechische republik": "CZ", "czech republic": "CZ", "turkey": "TR", "oesterreich": "AT", "daenemark": "DK", "brd": "DE",
}  # fmt: skip
# Signs by the currencies that are written with them (CLDR's narrow symbols); the others are written by their code.
SIGNS: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "£": ("GBP",),
    "zł": ("PLN",),
    "Kč": ("CZK",),
    "Ft": ("HUF",),
    "₺": ("TRY",),
    "₹": ("INR",),
    "₪": ("ILS",),
    "₩": ("KRW",),
    "₴": ("UAH",),
    "₽": ("RUB",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}


@cache
def _territories(language: str) -> Mapping[str, str]:
    from babel import Locale  # noqa: PLC0415 - slow to import

    return {code: name for code, name in Locale(language).territories.items() if len(code) == 2 and code.isalpha()}  # noqa: PLR2004


@cache
def _codes() -> Mapping[str, str]:
    known = {name.casefold(): code for one in LANGUAGES for code, name in _territories(one).items()}
    return {**known, **ALSO}


@dataclass(frozen=True, slots=True)
class CountryName:
    """DE ↔ Deutschland. The right side's names are understood in German and English, and so are codes; written is `language`."""

    language: str = "de"

    def there(self, value: Any) -> Any:
        """The country's name."""
        code = text_of(value).strip().upper()
        if code not in _territories(self.language):
            raise Untranslatable(value, "unknown-country")
        return _territories(self.language)[code]

    def back(self, value: Any) -> Any:
        """The country's code."""
        text = text_of(value).strip()
        if text.upper() in _territories(self.language):
            return text.upper()
        if text.casefold() not in _codes():
            raise Untranslatable(value, "unknown-country")
        return _codes()[text.casefold()]


@cache
def _currencies() -> frozenset[str]:
    from babel import Locale  # noqa: PLC0415 - slow to import

    return frozenset(Locale("en").currencies)


@dataclass(frozen=True, slots=True)
class CurrencySymbol:
    """EUR ↔ €. A sign of several currencies is untranslatable, both ways, unless the project file tells which one is meant (`told`)."""

    told: Mapping[str, str] = field(default_factory=dict)

    def there(self, value: Any) -> Any:
        """The currency's sign; its code where it has none."""
        code = text_of(value).strip().upper()
        if code not in _currencies():
            raise Untranslatable(value, "unknown-currency")
        told = next((sign for sign, one in self.told.items() if one == code), None)
        sign = told or next((sign for sign, codes in SIGNS.items() if code in codes), code)
        if sign != code and self._meant(sign) != code:
            raise Untranslatable(value, "ambiguous-sign")
        return sign

    def back(self, value: Any) -> Any:
        """The currency's code."""
        text = text_of(value).strip()
        code = self._meant(text)
        if code is None:
            raise Untranslatable(value, "ambiguous-sign" if text in SIGNS else "unknown-currency")
        return code

    def _meant(self, sign: str) -> str | None:
        codes = SIGNS.get(sign, (sign.upper(),) if sign.upper() in _currencies() else ())
        return self.told.get(sign) or (codes[0] if len(codes) == 1 else None)
