"""The run's mark: it stands in the text fields of every test record, so that the record is found again whatever an answer said."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator, Mapping
from typing import Any

from checker.model.paths import get

MARK_START = "rdy"  # so that people who find a test record can look it up
MARK_LETTERS = string.ascii_lowercase + string.digits
MARK_LENGTH = 11
BEGINNING = 4  # letters by which a text that was cut is told from another one
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


def foreign(record: Mapping[str, Any], texts: Mapping[str, str], mark: str) -> bool:
    """Whether a record is another one than that of these texts (by dotted name): no mark stands in it, nor the beginning of any marked text.

    A system that cuts texts may cut the mark away; then their beginnings still agree.
    """
    sent = [
        (str(get(record, name) or "").casefold(), text.casefold()) for name, text in texts.items() if marked(text, mark)
    ]
    shown = [(one, text) for one, text in sent if one]
    return (
        bool(shown) and not marked(record, mark) and not any(one[:BEGINNING] == text[:BEGINNING] for one, text in shown)
    )


def holds(record: Mapping[str, Any], texts: Mapping[str, str], mark: str) -> bool:
    """Whether a record is that of these texts (by dotted name): one of the marked ones stands in it as it was sent."""
    return any(
        str(get(record, name)).casefold() == text.casefold() for name, text in texts.items() if marked(text, mark)
    )


def texts_of(body: Mapping[str, Any], mark: str) -> dict[str, str]:
    """Some texts of a body that carry the mark, by dotted name: by these a record is looked for. Others are nobody's affair: one may be a secret."""
    found = [one for one in _every_text(body) if marked(one[1], mark)]
    return dict(found[:TEXTS])


def _every_text(body: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from _every_text(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield f"{prefix}{name}", value
