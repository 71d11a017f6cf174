"""JSON that never changes a value silently: fast where the fast parser is exact, slower where it isn't."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson

# 16 digits and more, a point among them or not, may not fit a double or 64 bits: the fast parser then rounds.
DIGITS = bytes(ord("0") if chr(one) in "0123456789." else ord(" ") for one in range(256))
MANY_DIGITS = b"0" * 16
BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def decode_json(body: bytes, charset: str | None = None) -> Any:
    """The value of a JSON text (RFC 8259). Whole numbers are exact whatever their length; a fraction that a double can't hold is a Decimal.

    UTF-8 unless `charset` says otherwise and the bytes agree. Raises ValueError for anything else, NaN and lone surrogates included.
    """
    text = _as_utf8(body, charset)
    value = orjson.loads(text)
    if MANY_DIGITS not in text.translate(DIGITS):
        return value
    try:
        return json.loads(text, parse_float=_fraction)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _fraction(text: str) -> float | Decimal:
    near = float(text)
    return near if Decimal(repr(near)) == Decimal(text) else Decimal(text)


def _as_utf8(body: bytes, charset: str | None) -> bytes:
    if body.startswith(BOM):
        return body[len(BOM) :]
    if body.startswith(UTF16_BOMS):
        return body.decode("utf-16").encode()
    if charset in (None, "utf-8", "utf8", "us-ascii"):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return body.decode(str(charset)).encode()
        except LookupError:
            message = f"unknown charset {charset}"
            raise ValueError(message) from None
    return body
