"""What became of values between writing and reading: kept, or altered, and how. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from checker.model.instants import read_instant
from checker.model.paths import MISSING

UTC = ZoneInfo("UTC")
BLANKS = re.compile(r"\s+")
LEADING_ZERO = re.compile(r"-?0[0-9]")
DROPPED = "dropped"


def alterations(sent: Mapping[str, Any], read: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """(dotted field, what happened) of each value that isn't read as it was sent: dropped, cut, rounded, trimmed, recased, tidied, recoded, changed.

    Fields that weren't sent are nobody's business here; a null that is read as nothing is kept.
    """
    for name, value in sent.items():
        where = f"{path}.{name}" if path else name
        yield from _one(value, read.get(name, MISSING), where)


def _one(sent: Any, read: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(sent, Mapping) and isinstance(read, Mapping):
        yield from alterations(sent, read, path)
    elif isinstance(sent, list) and isinstance(read, list):
        for index, value in enumerate(sent):
            yield from _one(value, read[index] if index < len(read) else MISSING, f"{path}[]")
    else:
        told = how(sent, read)
        if told is not None:
            yield path, told


def how(sent: Any, read: Any) -> str | None:
    """What happened to one value; None where it is the same, in whatever spelling of its type."""
    if sent in (None, "", [], {}) and (read is MISSING or read in (None, "", [], {})):
        return None
    if read is MISSING or read is None:
        return DROPPED
    if same(sent, read) or leads_to(sent, read):
        return None
    if _number(sent) is not None and _number(read) is not None:
        return "rounded" if abs(_number(sent) - _number(read)) < 1 else "changed"  # type: ignore[operator]
    if not (isinstance(sent, str) and isinstance(read, str)):
        return "changed"
    return _of_text(sent, read)


def same(sent: Any, read: Any) -> bool:
    """Whether two values mean the same: numbers and truth values as texts too, instants in another zone or spelling."""
    if sent == read and isinstance(sent, bool) == isinstance(read, bool):
        return True
    if isinstance(sent, bool) or isinstance(read, bool):
        return str(sent).lower() == str(read).lower()
    if isinstance(sent, int | float) or isinstance(read, int | float):
        return _number(sent) is not None and _number(sent) == _number(read)
    one, other = read_instant(sent, UTC), read_instant(read, UTC)
    return one is not None and other is not None and one.at == other.at


def leads_to(sent: Any, read: Any) -> bool:
    """Whether a reference to the id `sent` came back as the record that it leads to."""
    return (
        isinstance(sent, str | int) and isinstance(read, Mapping) and str(sent) in {str(one) for one in read.values()}
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and LEADING_ZERO.match(
        value.strip()
    ):  # a postcode or a number that names something, and no amount
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _of_text(sent: str, read: str) -> str:
    bare_sent, bare_read = BLANKS.sub("", sent), BLANKS.sub("", read)
    known = (
        ("trimmed", sent.strip() == read),
        ("recased", sent.casefold() == read.casefold()),
        ("tidied", bare_sent.casefold() == bare_read.casefold()),
        ("cut", bool(read) and sent.strip().startswith(read.strip())),
        ("recoded", unicodedata.normalize("NFKC", sent) == unicodedata.normalize("NFKC", read)),
    )
    return next((name for name, holds in known if holds), "changed")
