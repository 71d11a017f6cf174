"""Records' values kept in files as they came: a fraction that a double can't hold stays exact. Bytes that are the same for the same values."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

Kept = TypeVar("Kept")


def _fraction(text: str) -> float | Decimal:
    near = float(text)
    return near if Decimal(repr(near)) == Decimal(text) else Decimal(text)


ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def encoded(value: Any) -> bytes:
    """JSON, names sorted."""
    return ENCODER.encode(value)


def decoded(text: bytes | str, kind: type[Kept]) -> Kept:
    """The value behind `encoded`. Raises msgspec.DecodeError (ValidationError among them)."""
    return msgspec.json.Decoder(kind, float_hook=_fraction).decode(text)


def digest(value: Any) -> str:
    """SHA-256 of a value's JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(encoded(value)).hexdigest()
