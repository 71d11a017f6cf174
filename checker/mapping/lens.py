"""What a lens is, and when two spellings count as one."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any, Protocol

EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


class Untranslatable(Exception):  # noqa: N818 - it is a value's property, told in a report; nobody's error
    """A value that a transformation or a table can't take. `why` is a reason's code in the catalogue (`reasons.yaml`)."""

    def __init__(self, value: Any, why: str) -> None:
        super().__init__(value, why)
        self.value = value
        self.why = why


class Lens(Protocol):
    """One transformation. A side with several fields is a tuple, in the mapping's order; None is never given to a lens of one field."""

    def there(self, value: Any) -> Any:
        """The right side's spelling of a left value. Raises Untranslatable."""

    def back(self, value: Any) -> Any:
        """The left side's spelling of a right value; a lens that loses something puts back what it is given. Raises Untranslatable."""


def is_empty(value: Any) -> bool:
    """Whether nothing stands there: null, empty text, list or mapping, or several of them."""
    if value is None or isinstance(value, str):  # nearly all: asked of every value of every record
        return not value
    return all(is_empty(one) for one in value) if isinstance(value, tuple) else value in EMPTY


def spelled(value: Any) -> str:
    """A scalar as a table's key spells it: `19`, `true`, text as it stands (NFC), however the API types it."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return str(number.to_integral_value()) if number == number.to_integral() else str(number.normalize())
    return unicodedata.normalize("NFC", str(value))


def comparable(value: Any) -> Any:
    """A value in the form in which spellings that mean the same are equal: 5, 5.0 and "5", null and "", composed and decomposed letters."""
    if isinstance(value, str):
        return spelled(value) or None
    if value in EMPTY:
        return None
    if isinstance(value, list | tuple):
        return tuple(comparable(one) for one in value)
    if isinstance(value, dict):
        return tuple(sorted((str(name), comparable(one)) for name, one in value.items() if one not in EMPTY))
    return spelled(value)


def text_of(value: Any) -> str:
    """The value as text; numbers as they are spelled. Raises Untranslatable for what is no scalar."""
    if isinstance(value, bool | list | dict | tuple):
        raise Untranslatable(value, "no-text")
    return value if isinstance(value, str) else spelled(value)
