"""Bodies as they came off the wire, inflated within a maximum (acceptance F8, B21). Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from checker.errors import Problem, TooLargeError, UnreadableError
from checker.model.text import safe

LARGEST_BODY = 20_000_000  # bytes, of what is received and of what it inflates to
STEP = 65_536
ACCEPTED = "gzip, deflate"
IDENTITY = frozenset({"", "identity"})
AUTO_GZIP_ZLIB = zlib.MAX_WBITS | 32


def too_large(size: int) -> TooLargeError:
    """The error for a body of more than `size` bytes."""
    return TooLargeError(Problem("http.too-large", {"megabytes": round(size / 1_000_000, 1)}))


def inflate(raw: bytes, encoding: str, largest: int = LARGEST_BODY) -> bytes:
    """The body without its content encoding. Raises TooLargeError beyond `largest` bytes, UnreadableError for anything but one gzip or deflate."""
    named = [one.strip().lower() for one in encoding.split(",") if one.strip().lower() not in IDENTITY]
    if not named or not raw:
        return raw
    if len(named) > 1 or named[0] not in {"gzip", "x-gzip", "deflate"}:
        raise UnreadableError(Problem("http.content-encoding", {"encoding": safe(encoding)}))
    try:
        return b"".join(_pieces(raw, AUTO_GZIP_ZLIB, largest))
    except zlib.error:
        pass
    try:
        # Some servers send deflate without its zlib header (RFC 9110 8.4.1.2 knows them).
        return b"".join(_pieces(raw, -zlib.MAX_WBITS, largest))
    except zlib.error as error:
        raise UnreadableError(Problem("http.compression-broken", {"reason": safe(error)})) from None


def _pieces(raw: bytes, window: int, largest: int) -> Iterator[bytes]:
    """The inflated pieces of all members. Raises zlib.error where the text breaks off or is none."""
    total = 0
    while raw:
        machine = zlib.decompressobj(window)
        rest = raw
        while not machine.eof:
            piece = machine.decompress(rest, STEP)
            rest = machine.unconsumed_tail
            total += len(piece)
            if total > largest:
                raise too_large(largest)
            if not piece and not rest and not machine.eof:
                raise zlib.error("the compressed body breaks off")
            yield piece
        raw = machine.unused_data.lstrip(b"\0")
