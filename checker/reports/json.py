"""The machine's form: one JSON document in the shape of the published schema, and the way back."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

from checker.errors import InputError, Problem
from checker.model.audit import Audit

SURROGATE = re.compile("[\ud800-\udfff]")


def render(audit: Audit, language: str = "en") -> str:  # noqa: ARG001 - JSON is the same in every language (acceptance D42)
    r"""The audit as JSON: mappings sorted by key, two blanks of indentation, a newline at the end.

    A lone surrogate can't be written in UTF-8, and strict readers refuse its JSON escape: it becomes the text `\u{d800}`, as
    everywhere we show it. A number that is none (NaN, infinity) becomes null.
    """
    plain = _clean(msgspec.to_builtins(audit, order="deterministic"))
    return json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load_audit(data: bytes) -> Audit:
    """A saved audit. Raises InputError `report.unreadable` where it is no JSON or not of the shape, with what is wrong where."""
    try:
        return msgspec.convert(json.loads(data), Audit)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise InputError(Problem("report.unreadable", {"reason": str(error)})) from error


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return SURROGATE.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", value)
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
