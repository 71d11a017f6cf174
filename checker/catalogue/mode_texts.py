"""Why a sync mode, and why not a faster one: sentences by code, in English and German (`modes.yaml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from checker.model.checklist import Text
from checker.model.text import fill

# Kinds of change, as events are named after them.
KINDS: Mapping[str, Text] = {
    "create": Text(en="create", de="Anlage"),
    "update": Text(en="update", de="Änderung"),
    "delete": Text(en="delete", de="Löschung"),
    "merge": Text(en="merge", de="Zusammenführung"),
}


@cache
def mode_texts() -> Mapping[str, Text]:
    """All sentences, by code."""
    text = files("checker.catalogue").joinpath("modes.yaml").read_text("utf-8")
    return msgspec.convert(yaml.load(text, yaml.CSafeLoader), dict[str, Text])


def told(code: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A sentence as it is kept in an audit: its code and values. Raises KeyError for a code that isn't there."""
    if code not in mode_texts():
        raise KeyError(code)
    return {"code": code, "values": dict(values or {})}


def say(kept: Mapping[str, Any], language: str) -> str:
    """One kept sentence in `language` (en, de)."""
    values = dict(kept["values"])
    if isinstance(values.get("kinds"), list | tuple):
        values["kinds"] = [KINDS[one].of(language) if one in KINDS else one for one in values["kinds"]]
    return fill(mode_texts()[kept["code"]].of(language), values, language)


def say_all(kept: Iterable[Mapping[str, Any]], language: str) -> str:
    """Several kept sentences in one line."""
    return "; ".join(say(one, language) for one in kept)
