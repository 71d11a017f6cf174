"""Normal forms: what two spellings of one thing have in common, so that they can be joined.

Each form stands here once as a dataframe expression, which the engine computes, and once as plain Python; a property test holds both equal.
Python and engines differ in three letters of lower case (`İ`, the Greek sigma at a word's end) and in all that upper case makes of `ß`:
the first are made equal by `SETTLED`, the second is kept away by capitals of A to Z only. Accents and `ß` count: Weiß isn't Weiss.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ibis.expr.types import StringValue

# What Python takes for a blank; engines' own `trim` knows fewer (no protected space), or more.
BLANK = "[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
ENDS = f"^{BLANK}+|{BLANK}+$"
SETTLED = {"i\u0307": "i", "ς": "σ"}
NO_PHONE = "[^0-9+]"


class Form(NamedTuple):
    """One normal form: as a dataframe expression and as Python."""

    expression: Callable[[StringValue], StringValue]
    plain: Callable[[str], str]


def _trim(value: StringValue) -> StringValue:
    return value.re_replace(ENDS, "")


def _lower(value: StringValue) -> StringValue:
    value = value.lower()
    for letter, settled in SETTLED.items():
        value = value.replace(letter, settled)
    return value


def _name(value: StringValue) -> StringValue:
    return _lower(_trim(value).re_replace(f"{BLANK}+", " "))


def _vat_id(value: StringValue) -> StringValue:
    return value.re_replace(BLANK, "").translate(string.ascii_lowercase, string.ascii_uppercase)


def _phone(value: StringValue) -> StringValue:
    return value.re_replace(NO_PHONE, "").re_replace("^00", "+")


def _plain_lower(text: str) -> str:
    text = text.lower()
    for letter, settled in SETTLED.items():
        text = text.replace(letter, settled)
    return text


def _plain_name(text: str) -> str:
    return _plain_lower(" ".join(text.split()))


CAPITALS = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def _plain_vat_id(text: str) -> str:
    return "".join(text.split()).translate(CAPITALS)


def _plain_phone(text: str) -> str:
    return re.sub("^00", "+", re.sub(NO_PHONE, "", text))


FORMS: dict[str, Form] = {
    "text": Form(_trim, str.strip),
    "email": Form(lambda value: _lower(_trim(value)), lambda text: _plain_lower(text.strip())),
    "name": Form(_name, _plain_name),
    "vat_id": Form(_vat_id, _plain_vat_id),
    "phone": Form(_phone, _plain_phone),
}


def normal(form: str, text: str) -> str:
    """A text's normal form, as the engine computes it; empty where nothing is left."""
    return FORMS[form].plain(text)
