"""Lenses over text. Those that tidy lose the untidy spelling: the way back puts back what it is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from checker.mapping.lens import Untranslatable, text_of

FEW = 1_000  # telephone numbers that are remembered
BLANKS = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Tidied:
    """A text tidied on its way to the right side."""

    tidy: Callable[[str], str]

    def there(self, value: Any) -> Any:
        """The tidy spelling."""
        return self.tidy(text_of(value))

    def back(self, value: Any) -> Any:
        """What is given: the untidy spelling isn't known any more."""
        return value


def without_blanks(text: str) -> str:
    """The text without blanks, tabs and line breaks, wherever they stand."""
    return BLANKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Inserted:
    """A mark that the right side has at a place and the left side hasn't: A00012 ↔ A-00012."""

    mark: str
    at: int

    def there(self, value: Any) -> Any:
        """With the mark."""
        text = text_of(value)
        if len(text) < self.at:
            raise Untranslatable(value, "too-short")
        return text[: self.at] + self.mark + text[self.at :]

    def back(self, value: Any) -> Any:
        """Without the mark, which has to stand there."""
        text = text_of(value)
        if not text.startswith(self.mark, self.at):
            raise Untranslatable(value, "no-mark")
        return text[: self.at] + text[self.at + len(self.mark) :]


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in international spelling (ITU-T E.164, `+49305550017`) on both sides. `region` (ISO 3166) is where numbers without country code are at home."""

    region: str | None

    def there(self, value: Any) -> Any:
        """The international spelling; an extension follows as `ext. 12`."""
        return self._tidy(value)

    def back(self, value: Any) -> Any:
        """The same spelling, for no side has one of its own."""
        return self._tidy(value)

    def _tidy(self, value: Any) -> str:
        tidy, why = _international(text_of(value), self.region)
        if tidy is None:
            raise Untranslatable(value, why)
        return tidy


@lru_cache(FEW)
def _international(text: str, region: str | None) -> tuple[str | None, str]:
    """A number in international spelling, or why it has none. Asked several times for each: whether it comes back, whether both sides agree."""
    import phonenumbers  # noqa: PLC0415 - its tables are slow to load, and few flows carry numbers

    try:
        number = phonenumbers.parse(text, region, keep_raw_input=True)
    except phonenumbers.NumberParseException as nonsense:
        home = nonsense.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE and region is None
        return None, "no-region" if home else "no-phone"
    extension = number.extension or ""
    # what the parser left out (a second number, letters, a remark) would be lost silently
    if not re.sub(r"\D", "", text, flags=re.ASCII).endswith(
        phonenumbers.national_significant_number(number) + extension
    ):
        return None, "no-phone"
    # without area code, or of no possible length, a national number would become somebody else's
    national = number.country_code_source == phonenumbers.CountryCodeSource.FROM_DEFAULT_COUNTRY
    if national and not (_whole(text, region) and phonenumbers.is_possible_number(number)):
        return None, "no-phone"
    tidy = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{tidy} ext. {extension}" if extension else tidy, ""


def _whole(text: str, region: str | None) -> bool:
    """Whether a national number begins as those with an area code do, where its country dials a 0 before it."""
    import phonenumbers  # noqa: PLC0415 - as above

    prefix = phonenumbers.ndd_prefix_for_region(region or "", True)
    return prefix != "0" or without_blanks(text).lstrip("(").startswith(prefix)
