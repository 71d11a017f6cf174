"""Bytes of a document as UTF-8 text, within a size, from a regular file; or what kind of thing that is no text it is."""

from __future__ import annotations

import codecs
import stat
from pathlib import Path

from checker.documents.budgets import MAX_BYTES
from checker.errors import DocumentError, Problem

# Longer marks first: UTF-32's begins with UTF-16's
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ARCHIVES = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf", "7z"),
    (b"BZh", "bzip2"),
)
CONTROLS = frozenset(range(32)) - {9, 10, 12, 13, 27}
SAMPLE = 4096  # bytes looked at to tell text from binary data
FEW = 0.02  # share of control characters that a text in an odd encoding may have


def read_file(path: Path, file: str) -> bytes:
    """The bytes of a regular file of at most MAX_BYTES. Raises DocumentError, naming `file`."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise DocumentError(Problem("document.is-folder", {"file": file}, file))
        if not stat.S_ISREG(mode):
            raise DocumentError(Problem("document.not-a-file", {"file": file}, file))
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise DocumentError(Problem("document.missing", {"file": file}, file)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(Problem("document.unreadable", {"file": file, "reason": reason}, file)) from None
    return bounded(raw, file)


def bounded(raw: bytes, file: str) -> bytes:
    """The bytes themselves. Raises DocumentError if there are more than MAX_BYTES."""
    if len(raw) > MAX_BYTES:
        values = {"file": file, "limit": MAX_BYTES // (1024 * 1024)}
        raise DocumentError(Problem("document.too-large", values, file))
    return raw


def as_utf8(raw: bytes, file: str) -> bytes:
    """The text as UTF-8 without a byte order mark; UTF-16 and UTF-32 are recoded.

    Raises DocumentError for nothing at all, for archives and other binary data, and for bytes that are no UTF-8, with their line.
    """
    if not raw.strip():
        raise DocumentError(Problem("document.empty", {"file": file}, file))
    for mark, name in MARKS:
        if raw.startswith(mark):
            raw = raw[len(mark) :]
            return _checked(raw, file) if name == "utf-8" else _recoded(raw, name, file)
    if raw[1:2] == b"\0" and raw[3:4] == b"\0":  # two ASCII characters in UTF-16 without a mark
        return _recoded(raw, "utf-16-le", file)
    if raw[:1] == b"\0" and raw[2:3] == b"\0":
        return _recoded(raw, "utf-16-be", file)
    return _checked(raw, file)


def _recoded(raw: bytes, name: str, file: str) -> bytes:
    try:
        return raw.decode(name).encode()
    except UnicodeError:
        raise DocumentError(Problem("document.is-binary", {"file": file}, file)) from None


def _checked(raw: bytes, file: str) -> bytes:
    for magic, kind in ARCHIVES:
        if raw.startswith(magic):
            raise DocumentError(Problem("document.is-archive", {"file": file, "kind": kind}, file))
    if raw.startswith(b"%PDF-"):
        raise DocumentError(Problem("document.is-pdf", {"file": file}, file))
    sample = raw[:SAMPLE]
    if b"\0" in sample or sum(one in CONTROLS for one in sample) > FEW * len(sample):
        raise DocumentError(Problem("document.is-binary", {"file": file}, file))
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise DocumentError(Problem("document.not-utf8", {"file": file}, file, line, column)) from None
    return raw
