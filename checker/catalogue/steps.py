"""Next steps: what to do about a result, by code, in English and German (`steps.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from checker.catalogue.words import localised
from checker.model.audit import NextStep
from checker.model.checklist import Text
from checker.model.text import fill

# As report-and-words.md, section 3, has them.
GRADES: Mapping[str, Text] = {
    "probed": Text(en="tested", de="getestet"),
    "documented": Text(en="documented", de="laut Dokumentation"),
    "answered": Text(en="stated", de="laut Auskunft"),
    "simulated": Text(en="simulated", de="simuliert"),
    "assumed": Text(en="assumed", de="Annahme"),
}


@cache
def steps() -> Mapping[str, Text]:
    """All steps, by code."""
    text = files("checker.catalogue").joinpath("steps.yaml").read_text("utf-8")
    return msgspec.convert(yaml.load(text, yaml.CSafeLoader), dict[str, Text])


def bilingual(name: str, text: Text) -> dict[str, str]:
    """A text as two values, `NAME_en` and `NAME_de`, so that a step's sentence can be made in either language."""
    return {f"{name}_en": text.en.strip(), f"{name}_de": text.de.strip()}


def step(code: str, values: Mapping[str, Any] | None = None) -> NextStep:
    """Make a next step, its English sentence taken from the catalogue. Raises KeyError for a code that isn't there."""
    values = dict(values or {})
    return NextStep(code=code, values=values, says=told(code, values, "en"))


def told(code: str, values: Mapping[str, Any], language: str) -> str:
    """The step of that code as a sentence in `language` (en, de), days as its readers write them. Raises KeyError."""
    return fill(steps()[code].of(language), localised(values, language), language)


def say(next_step: NextStep, language: str) -> str:
    """The step as a sentence in `language` (en, de); the saved English one for a code that a later version knows."""
    known = next_step.code in steps()
    return told(next_step.code, next_step.values, language) if known else next_step.says
