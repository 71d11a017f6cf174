"""Sorting and paging that the dialects share."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from checker.sandbox.refusal import Issue, Refusal
from checker.sandbox.store import Record

Value = Callable[[Record], Any]


def in_order(records: Sequence[Record], value: Value, *, descending: bool) -> list[Record]:
    """Sorted by a value, ties by creation; records without a value come last either way."""
    filled = [record for record in records if value(record) is not None]
    empty = [record for record in records if value(record) is None]
    return [*sorted(filled, key=value, reverse=descending), *empty]


def cursor_after(sort: str, record: Record) -> str:
    """An opaque cursor: behind this record, in this order."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, record.id])).decode("ascii").rstrip("=")


def behind(cursor: str | None, sort: str, ordered: Sequence[Record]) -> int:
    """The position at which the page of that cursor begins.

    Raises a 400 for a cursor that isn't ours, belongs to another order, or points at a record that the filters no longer show.
    """
    if cursor is None:
        return 0
    try:
        made_for, record_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as broken:
        raise Refusal(400, Issue("invalid_cursor", "after")) from broken
    at = next((index for index, record in enumerate(ordered) if record.id == record_id), None)
    if made_for != sort or at is None:
        raise Refusal(400, Issue("invalid_cursor", "after"))
    return at + 1
