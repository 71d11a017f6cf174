"""What stands in a cell, by the type that the document declares: text stays text, and what is none of its type is told. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from checker.errors import Problem
from checker.model.profile import FieldInfo
from checker.model.text import safe

GERMAN = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+),\d+")  # 1.234,50 and 12,5
PLAIN = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
GROUPED_DOTS = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")
GROUPED_COMMAS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
YES = frozenset({"true", "yes", "ja", "wahr", "1", "y", "j", "x"})
NO = frozenset({"false", "no", "nein", "falsch", "0", "n", ""})
NUMBERS = frozenset({"number", "integer"})


def comma_columns(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], types: Mapping[str, str | None]
) -> frozenset[str]:
    """Columns of numbers that are written with a decimal comma: there a dot separates thousands."""
    found = set()
    for index, name in enumerate(columns):
        if types.get(name) in NUMBERS and any(
            isinstance(row[index], str) and GERMAN.fullmatch(row[index].strip()) for row in rows
        ):
            found.add(name)
    return frozenset(found)


def typed(value: Any, field: FieldInfo | None, *, comma: bool) -> Any:
    """The value of a cell as the document means it. Raises ValueError with the type where it is none of it."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text == "":
        return None
    kind = field.type if field else None
    if kind in NUMBERS:
        return _number(text, whole=kind == "integer", comma=comma)
    if kind == "boolean":
        if text.casefold() in YES | NO:
            return text.casefold() in YES
        raise ValueError("boolean")
    return value


def _number(text: str, *, whole: bool, comma: bool) -> int | float:
    plain = text
    if comma and (GERMAN.fullmatch(text) or GROUPED_DOTS.fullmatch(text)):
        plain = text.replace(".", "").replace(",", ".")
    elif not comma and GROUPED_COMMAS.fullmatch(text):
        plain = text.replace(",", "")
    if not PLAIN.fullmatch(plain):
        raise ValueError("number")
    try:
        exact = Decimal(plain)
    except InvalidOperation:
        raise ValueError("number") from None
    if exact == exact.to_integral_value() and (whole or "." not in plain):
        return int(exact)
    if whole:
        raise ValueError("integer")
    return float(exact)


def misfit(code: str, place: Mapping[str, Any], column: str, value: Any, kind: str) -> Problem:
    """The problem of one cell. Its value may be personal, and is told by its shape."""
    values = {"file": place.get("file"), "column": safe(column, 60), "shape": safe(_shape(value), 40), "kind": kind}
    return Problem(code, values, place.get("file"), place.get("line"), place.get("column"))


def _shape(value: Any) -> str:
    """`99,90 aaa` of 12,50 EUR: signs stay, for they are mostly what is wrong."""
    return "".join("9" if one.isdigit() else "a" if one.isalpha() else one for one in str(value))
