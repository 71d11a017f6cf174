"""Files of text: how they are encoded, their lines, and what separates the columns. Nothing is held but a piece at a time."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from checker.errors import InputError, Problem

TAB = "\t"
DELIMITERS = f";,{TAB}|"
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
FALLBACK = "cp1252"  # what German Excel writes
PAIR = re.compile(rb"[\xc2\xc3][\x80-\xbf]")  # a letter of Western Europe in UTF-8
SAMPLE = 64 * 1024  # characters in which the delimiter shows
LONGEST_LINE = 16 * 1024**2  # characters; a whole file in one line would be in memory as one
CHUNK = 1024**2  # bytes


def lines_of(file: TextIO, path: Path) -> Iterator[str]:
    """The lines of a text. Raises InputError for one that is too long to be a record."""
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), start=1):
        if len(line) == LONGEST_LINE:
            raise InputError(Problem("export.long-line", {"file": path.name, "limit": LONGEST_LINE}, path.name, number))
        yield line


def shown_csv(encoding: str, delimiter: str) -> str:
    """How a CSV file is told to have been read."""
    return f"CSV, {encoding}, separated by {'tab' if delimiter == TAB else delimiter}"


def encoding_of(path: Path) -> tuple[str, str]:
    """How a file of text is encoded, and how that is told: by its mark, else UTF-8, else Windows-1252. Raises InputError where it is none of them."""
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in BOMS:
        if start.startswith(mark):
            _sound(path, encoding)
            return encoding, encoding.removesuffix("-sig")
    wrong = _undecodable(path, "utf-8")
    if wrong is None:
        return "utf-8", "utf-8"
    # Bytes that are UTF-8 beside ones that aren't: two programs wrote this file, and either reading garbles the other's part
    if wrong.beyond or _has_utf8(path, wrong.end):
        raise InputError(Problem("export.mixed-encodings", {"file": path.name}, path.name, wrong.line))
    _sound(path, FALLBACK)
    return FALLBACK, "Windows-1252"


class Undecodable(NamedTuple):
    """Where a file stops being text of an encoding: the line, the byte behind, and whether letters beyond ASCII stand before it."""

    line: int
    end: int
    beyond: bool


def _undecodable(path: Path, encoding: str) -> Undecodable | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, read, beyond = 1, 0, False
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                end = read + len(chunk) - (len(error.object) - error.end)
                return Undecodable(line + good.count(b"\n"), end, beyond or not good.isascii())
            if not chunk:
                return None
            line, read, beyond = line + text.count("\n"), read + len(chunk), beyond or not text.isascii()


def _sound(path: Path, encoding: str) -> None:
    wrong = _undecodable(path, encoding)
    if wrong is not None:
        values = {"file": path.name, "encoding": encoding}
        raise InputError(Problem("export.encoding", values, path.name, wrong.line))


def _has_utf8(path: Path, start: int) -> bool:
    """Whether letters beyond ASCII are written in UTF-8 there: pairs that Windows-1252 has only in nonsense (Ã followed by a sign)."""
    with path.open("rb") as file:
        file.seek(start)
        last = b""
        for chunk in iter(lambda: file.read(CHUNK), b""):
            if PAIR.search(last + chunk):
                return True
            last = chunk[-1:]
    return False


def delimiter_of(text: str) -> str | None:
    """The delimiter that cuts the first lines into equally many parts, more than one; the header alone where nothing does."""
    sample = text[:SAMPLE].splitlines()[:50]
    best: tuple[int, int, str] | None = None
    for one in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=one) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            agreeing = sum(width == widths[0] for width in widths)
            if best is None or (agreeing, widths[0]) > best[:2]:
                best = (agreeing, widths[0], one)
    if best is not None:
        return best[2]
    return ";" if sample and not any(one in sample[0] for one in DELIMITERS) else None  # a single column needs none
