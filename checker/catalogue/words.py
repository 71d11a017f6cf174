"""Codes among a finding's values in the words of a reader: why something is open (`reasons.yaml`), and what a code means (`words.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from checker.model.checklist import Text
from checker.model.text import fill

# Numbers that name something and so have no thousands separator.
NAMES = frozenset({"port"})
# Days that are told as a reader writes them; instants that were sent to a system stay as they were sent.
DAYS = frozenset({"expires", "date", "until"})
DAY_PATTERNS = {"de": "dd.MM.y", "en": "d MMM y"}
# Values that begin with a code and go on with a name: `header ETag`, `header:X-Total-Count`, `field deleted`.
INTRODUCED = frozenset({"how"})
INTRODUCTION = re.compile(r"([a-z]+)(?::\s*(.*)|\s+(.*))?", re.DOTALL)


def _load(name: str) -> Any:
    # all scalars as text: `none` and `no` are words here
    return yaml.load(files("checker.catalogue").joinpath(name).read_text("utf-8"), yaml.CBaseLoader)  # noqa: S506 - it makes text only


@cache
def reasons() -> Mapping[str, Text]:
    """Why something is open, by code; a clause that stands after a colon."""
    return msgspec.convert(_load("reasons.yaml"), dict[str, Text])


@cache
def words() -> Mapping[str, Mapping[str, Text]]:
    """The meaning of codes: name of the value, then code."""
    return msgspec.convert(_load("words.yaml"), dict[str, dict[str, Text]])


def localised(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The values with their codes in the words of `language`; what is no known code stays as it is."""
    told = {name: _worded(name, value, language) for name, value in values.items()}
    reason = reasons().get(str(values.get("reason")))
    return told if reason is None else {**told, "reason": fill(reason.of(language), told, language)}


def _worded(name: str, value: Any, language: str) -> Any:
    if name in NAMES and isinstance(value, int):
        return str(value)
    if name in DAYS and isinstance(value, str):
        return _day(value, language)
    known = words().get(name)
    if known is None or not value or not isinstance(value, str | list | tuple):
        return value
    if name in INTRODUCED and isinstance(value, str):
        found = INTRODUCTION.fullmatch(value)
        return (
            f"{known[found[1]].of(language)} {found[2] or found[3] or ''}".rstrip()
            if found and found[1] in known
            else value
        )
    parts = value.split(", ") if isinstance(value, str) else [str(one) for one in value]
    pieces = [part.split(": ") for part in parts]
    # a single stranger among them, and they are names of the customer's own rather than codes
    if not all(piece[-1] in known for piece in pieces):
        return value
    return ", ".join(": ".join(known[one].of(language) if one in known else one for one in piece) for piece in pieces)


def _day(text: str, language: str) -> str:
    """An ISO 8601 day as a reader of the language writes it; what is none stays as it is."""
    from babel.dates import format_date  # noqa: PLC0415 - slow to import, and few sentences have a day

    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return format_date(day, DAY_PATTERNS.get(language, DAY_PATTERNS["en"]), locale="de" if language == "de" else "en")
