"""Foreign text made safe to show, and placeholders filled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST_NUMBER = 30  # characters of a number that no system can mean
GROUPED_TO = 10**15  # larger ones, and what is no number, stand as they are
GROUPED_FROM = 1000  # whole numbers below stand without separators
LONGEST_SHOWN = 300  # characters of one foreign value in a sentence
LONGEST_LIST = 25  # values of a list that are named; the rest is counted

# Cc control, Cf format (bidi overrides, zero width), Cs lone surrogates, Co private use, Cn unassigned, Zl/Zp line separators
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
OPTIONAL = re.compile(r"\[\[(.*?)]]")
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def safe(value: object, longest: int = LONGEST_SHOWN) -> str:
    r"""Text from outside as it may be shown: control, bidi and invisible characters as `\u{…}`, at most `longest` characters."""
    text = str(value)
    shown = "".join(f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in INVISIBLE else c for c in text[: longest + 1])
    return shown if len(text) <= longest else shown[:longest] + "…"


def json_safe(text: str) -> str:
    r"""A JSON text as it may be printed: control, bidi and invisible characters as `\uXXXX`, which means the same."""
    if text.isascii() and "\x7f" not in text:  # the others below a blank can't stand in JSON but between values
        return text
    hidden = {ord(c): _escaped(c) for c in set(text) if c != "\n" and unicodedata.category(c) in INVISIBLE}
    return text.translate(hidden) if hidden else text


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def number(value: float, language: str) -> str:
    """A number as readers of the language write it: 1.234,5 in German, 1,234.5 in English."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - slow to import, and most sentences have no number

    if not abs(value) < GROUPED_TO:
        return safe(value, LONGEST_NUMBER)
    return format_decimal(value, locale="de" if language == "de" else "en")


def _missing(value: Any) -> bool:
    return value is None or value in ("", [], (), {})


def shown(value: Any, language: str) -> str:
    """One value as a sentence shows it: numbers local, lists with commas, missing and empty ones as a dash."""
    if _missing(value):
        return "–"
    if isinstance(value, bool):
        return {"de": ("nein", "ja")}.get(language, ("no", "yes"))[value]
    if isinstance(value, int | float):
        return number(value, language) if abs(value) >= GROUPED_FROM or isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        rest = len(value) - LONGEST_LIST
        return ", ".join(shown(one, language) for one in value[:LONGEST_LIST]) + (f" … (+{rest})" if rest > 0 else "")
    if isinstance(value, dict):
        return ", ".join(f"{safe(name)}: {shown(one, language)}" for name, one in value.items())
    return safe(value)


def fill(template: str, values: Mapping[str, Any], language: str = "en") -> str:
    """The sentence with its `{placeholders}` filled; one without a value is shown as a dash.

    A part in double brackets, `[[: {names}]]`, is left out where one of its values is missing or empty.
    """

    def part(match: re.Match[str]) -> str:
        wanted = (values.get(name) for name in PLACEHOLDER.findall(match[1]))
        return "" if any(_missing(value) for value in wanted) else match[1]

    template = OPTIONAL.sub(part, template)
    return PLACEHOLDER.sub(lambda match: shown(values.get(match[1]), language), template)
