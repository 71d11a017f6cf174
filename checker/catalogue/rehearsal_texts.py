"""The rehearsal's sentences by code, in English and German (`rehearsal.yaml`): what was done, what happened, what is to be decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from checker.catalogue.words import localised
from checker.model.audit import Said
from checker.model.checklist import Text
from checker.model.text import fill


@cache
def rehearsal_texts() -> Mapping[str, Text]:
    """All sentences, by code."""
    text = files("checker.catalogue").joinpath("rehearsal.yaml").read_text("utf-8")
    return msgspec.convert(yaml.load(text, yaml.CSafeLoader), dict[str, Text])


def said(code: str, **values: Any) -> Said:
    """A sentence as an audit keeps it. Raises KeyError for a code that isn't there."""
    if code not in rehearsal_texts():
        raise KeyError(code)
    return Said(code=code, values=values)


def tell(one: Said, language: str) -> str:
    """The sentence in `language` (en, de), codes among its values in the words of a reader; a later version's code stands as it is."""
    text = rehearsal_texts().get(one.code)
    return one.code if text is None else fill(text.of(language), localised(one.values, language), language)


def tell_all(several: Iterable[Said], language: str) -> str:
    """Several sentences, one after the other."""
    return " ".join(tell(one, language) for one in several)
