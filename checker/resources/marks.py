"""The run's mark: it stands in the text fields of every test record, so that the record is found again whatever an answer said."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator, Mapping
from typing import Any

MARK_START = "rdy"  # so that people who find a test record can look it up
MARK_LETTERS = string.ascii_lowercase + string.digits
MARK_LENGTH = 11
TEXTS = 6  # fields of a body that are kept for a look-up


def new_mark(choose: Any = secrets.choice) -> str:
    """A searchable mark, different in each run: lower case letters and digits, which no system changes."""
    return MARK_START + "".join(choose(MARK_LETTERS) for _ in range(MARK_LENGTH - len(MARK_START)))


def marked(record: Any, mark: str) -> bool:
    """Whether the mark stands in any text of a record, whatever its case."""
    if isinstance(record, str):
        return mark in record.casefold()
    if isinstance(record, Mapping):
        return any(marked(one, mark) for one in record.values())
    return isinstance(record, list) and any(marked(one, mark) for one in record)


def texts_of(body: Mapping[str, Any], mark: str) -> dict[str, str]:
    """Some texts of a body by dotted name, those with the mark first: by these a record is looked for."""
    found = sorted(_every_text(body), key=lambda one: not marked(one[1], mark))
    return dict(found[:TEXTS])


def _every_text(body: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from _every_text(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield f"{prefix}{name}", value
