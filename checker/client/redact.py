"""Secrets never enter what is stored (acceptance C31): every known value is replaced in every spelling, and so is what sensitive names hold.

A secret is shown as the shell variable that holds it (`$CRM_TOKEN`), so that a recorded request can be repeated.
"""

from __future__ import annotations

import html
import json
import re
import threading
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

SHORTEST = 4  # a shorter value would be found in every text; it is hidden by its place alone
TELLING = 8  # characters of a value that doesn't stand in a list of records by chance
STABLE_BASE64 = 6  # characters of a base64 middle that may stand for a secret on their own
HIDDEN = "***"
# Stand for `$NAME` until text is shown or quoted for a shell: private-use characters, which no answer needs.
OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{OPEN}([A-Za-z0-9_]+){CLOSE}")

# Header, query, form and JSON names whose values are secrets; from RFC 6749, RFC 6750, RFC 7617 and common API key names.
SENSITIVE = re.compile(
    r"authorization|^cookie$|^set-cookie2?$|api[-_]?key|^key$|access[-_]?key|private[-_]?key|secret|passw|^pwd$|^pass$|^pin$"
    r"|token|assertion|credential|signature|^sig$|^hmac$|session|^sid$|^jwt$|^auth$|x-auth|^otp$|subscription-key",
    re.IGNORECASE,
)
# Tokens that say where a list goes on, how long something holds, or what kind it is, are no secrets.
HARMLESS = re.compile(
    r"page|next|prev|cursor|continu|sync[-_]?token|resume|offset|token[-_]?type|tokens?[-_]?(used|count|limit)|expires"
    r"|token[-_]?endpoint|token[-_]?url|^keys?[-_]?(id|name)$|author$",
    re.IGNORECASE,
)


def sensitive(name: str) -> bool:
    """Whether what stands under this name is a secret."""
    return SENSITIVE.search(name) is not None and HARMLESS.search(name) is None


def spellings(value: str) -> list[str]:
    """How a secret may be written: plain, URL-encoded, JSON- and HTML-escaped, base64 (whole, and inside a longer text at any alignment), hex."""
    raw = value.encode()
    found = {value, quote(value, safe=""), quote(value), quote_plus(value), html.escape(value), raw.hex()}
    found |= {
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(value)[1:-1].replace("/", "\\/"),
    }
    for lead in range(3):
        encoded = b64encode(b"\0" * lead + raw).decode().rstrip("=")
        # The first characters hold bits of what stands before, the last ones of what follows.
        middle = encoded[(lead * 8 + 5) // 6 : (lead + len(raw)) * 8 // 6]
        if len(middle) >= STABLE_BASE64:
            found |= {middle, middle.replace("+", "-").replace("/", "_")}
    return sorted((one for one in found if len(one) >= SHORTEST), key=len, reverse=True)


class Secrets:
    """All secret values of a run, each with the name of a shell variable. Values may join while it runs (fetched tokens). Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}
        self._public: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.longest = 0

    def add(self, value: str, variable: str) -> None:
        """Know a secret; the first name given to a value stays. Values shorter than four characters are hidden by their place alone."""
        with self._lock:
            if len(value) < SHORTEST or value in self._public or value.lower() in self._names:
                return
            for spelling in spellings(value):
                self._names.setdefault(spelling.lower(), variable)
            longest_first = sorted(self._names, key=len, reverse=True)
            self.longest = len(longest_first[0])
            self._pattern = re.compile("|".join(re.escape(one) for one in longest_first), re.IGNORECASE)

    def publish(self, value: str) -> None:
        """Know a value that looks like a secret and is none: one that is sent because it is wrong."""
        with self._lock:
            self._public.add(value)

    def is_public(self, value: str) -> bool:
        """Whether the value may be shown although its name is sensitive."""
        return value in self._public

    def marked(self, text: str) -> str:
        """The text with each secret replaced by a mark, which `shown` and the shell quoting turn into `$NAME`; marks that are there stay."""
        pattern = self._pattern
        if pattern is None:
            return text
        return pattern.sub(lambda match: f"{OPEN}{self._names[match[0].lower()]}{CLOSE}", text)

    def inside(self, text: str) -> bool:
        """Whether a secret of eight characters or more stands in the text, in any spelling: quick, for texts that hardly ever have one."""
        lower = text.lower()
        return any(one in lower for one in tuple(self._names) if len(one) >= TELLING)

    def redact(self, text: str) -> str:
        """The text with each secret replaced by `$NAME`."""
        return shown(self.marked(unmarked(text)))

    def field(self, name: str, value: str) -> str:
        """A header's, parameter's or field's value, marked; hidden where the name is sensitive and the value is none of the known ones."""
        marked = self.marked(value)
        if not sensitive(name):
            return marked
        lower = name.lower()
        if lower in {"cookie", "set-cookie"}:
            return self._cookies(value, only_first=lower == "set-cookie")
        scheme, blank, rest = value.partition(" ")
        prefix = f"{scheme} " if blank and scheme.isalpha() else ""
        credential = rest if prefix else value
        if self.is_public(credential):
            return marked
        hidden = self.marked(credential)
        return prefix + (hidden if MARK.fullmatch(hidden) else HIDDEN)

    def _cookies(self, line: str, *, only_first: bool) -> str:
        """Cookies' names stay, their values go; of Set-Cookie the attributes stay too."""
        parts = line.split(";")
        kept: list[str] = []
        for index, part in enumerate(parts):
            name, sep, value = part.partition("=")
            if only_first and index:
                kept.append(self.marked(part))
                continue
            marked = self.marked(value.strip())
            known = MARK.fullmatch(marked) is not None or self.is_public(value.strip())
            kept.append(f"{name}{sep}{marked if known else HIDDEN}" if sep else HIDDEN)
        return ";".join(kept)


def unmarked(text: str) -> str:
    """Text from outside without the characters that marks are made of, so that nobody else can write one."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def between(marked: str, change: Callable[[str], str]) -> str:
    """The text with `change` done to what stands between the marks."""
    pieces = re.split(f"({OPEN}[A-Za-z0-9_]+{CLOSE})", marked)
    return "".join(one if index % 2 else change(one) for index, one in enumerate(pieces))


def shown(marked: str) -> str:
    """Marks as `$NAME`."""
    return MARK.sub(r"$\1", marked)
