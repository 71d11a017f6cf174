"""A text that fits a simple regular expression: classes, digits, literals, groups, counts. Anything beyond that gives None. Pure."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from random import Random

COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
CLASSES = {"d": string.digits, "w": string.ascii_letters + string.digits, "s": " "}
SPECIAL = frozenset("^$|*+?{}[]().\\")
MOST_COPIES = 100
REPEATED_GROUP = re.compile(r"\)[*+{]")  # such an expression may take exponential time on a text that it doesn't fit
SAFE_LENGTH = 20


class _Beyond(Exception):  # noqa: N818 - it ends a reading, nothing is broken
    """The expression uses more than is understood here."""


@dataclass
class _Reader:
    text: str
    draw: Random
    least: int = 0  # how often what may be left out is taken all the same
    at: int = 0

    def branch(self) -> str:
        """What the first alternative at this level makes; the others are read over."""
        made: list[str] = []
        chosen: str | None = None
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] == "|":
                chosen = "".join(made) if chosen is None else chosen
                self.at += 1
                continue
            made.append(self.piece())
        return "".join(made) if chosen is None else chosen

    def piece(self) -> str:
        """One atom with its count."""
        begin = self.at
        first = self.atom()
        least = self.count()
        end = self.at
        made = [first] if least else []
        for _ in range(least - 1):
            self.at = begin
            made.append(self.atom())
        self.at = end
        return "".join(made)

    def count(self) -> int:
        """How often the atom is to be repeated: as rarely as is allowed, but not more rarely than `least`."""
        found = COUNT.match(self.text, self.at)
        if found:
            self.at = found.end()
            low = int(found[1])
            most = low if found[2] is None else int(found[2] or MOST_COPIES)
            return min(max(low, self.least), most, MOST_COPIES)
        following = self.text[self.at : self.at + 1]
        if following and following in "*+?":
            self.at += 1
            # what is taken or not says little: a sign, an ending
            return int(self.least == 1) if following == "?" else max(self.least, int(following == "+"))
        return 1

    def atom(self) -> str:
        """One character, class, escape or group."""
        char = self.text[self.at]
        self.at += 1
        if char in "^$":
            return ""
        if char == "(":
            return self.group()
        if char == "[":
            return self.draw.choice(self.klass())
        if char == "\\":
            return self.escape()
        if char == ".":
            return self.draw.choice(string.ascii_lowercase)
        if char in SPECIAL:
            raise _Beyond
        return char

    def group(self) -> str:
        if self.text.startswith("?", self.at):
            if not self.text.startswith("?:", self.at):
                raise _Beyond
            self.at += 2
        made = self.branch()
        if not self.text.startswith(")", self.at):
            raise _Beyond
        self.at += 1
        return made

    def escape(self) -> str:
        if self.at >= len(self.text):
            raise _Beyond
        char = self.text[self.at]
        self.at += 1
        if char in CLASSES:
            return self.draw.choice(CLASSES[char])
        if char.isalnum():
            raise _Beyond
        return char

    def klass(self) -> str:
        """The characters of a class; a negated one is beyond us."""
        end = self.text.find("]", self.at + 1)
        inside = self.text[self.at : end]
        if end < 0 or inside.startswith("^"):
            raise _Beyond
        self.at = end + 1
        chars = ""
        at = 0
        while at < len(inside):
            if inside[at] == "\\" and at + 1 < len(inside):
                chars += CLASSES.get(inside[at + 1], inside[at + 1])
                at += 2
            elif inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
                chars += "".join(map(chr, range(ord(inside[at]), ord(inside[at + 2]) + 1)))
                at += 3
            else:
                chars += inside[at]
                at += 1
        if not chars:
            raise _Beyond
        return chars


def fitting(pattern: str, seed: str, least: int = 0) -> str | None:
    """A text that fits the pattern, another one for each seed where the pattern leaves room; None where the pattern is too much for us.

    Nothing is left out of a pattern that could be empty otherwise: an empty text is no value. `least`: how often at least is taken what may be
    repeated as one likes, so that two seeds hardly make the same.
    """
    return _made(pattern, seed, least) or _made(pattern, seed, 1) or None


def _made(pattern: str, seed: str, least: int) -> str | None:
    reader = _Reader(pattern, Random(seed), least)  # noqa: S311 - test data, and to be the same for the same seed
    try:
        made = reader.branch()
    except _Beyond:
        return None
    return made if reader.at == len(pattern) and fits(pattern, made) else None


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern as JSON Schema means it (found anywhere). A pattern that Python can't read fits nothing, and one that
    might never end is not tried on long texts.
    """
    if REPEATED_GROUP.search(pattern) and len(text) > SAFE_LENGTH:
        return False
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
