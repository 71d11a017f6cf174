"""Names as words: `createdAt`, `created_at` and `Created-At` are the same words; plural and singular the same thing."""

from __future__ import annotations

import re
from functools import lru_cache

# Splits camelCase, and an acronym from the word that follows it (`VATNumber` → VAT, Number).
_WORDS = re.compile(r"[A-ZÄÖÜ]+(?![a-zäöüß])|[A-ZÄÖÜ]?[a-zäöüß]+|\d+")
_TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


SHORTEST_PLURAL = 3  # "gas", "bus" and the like are none


def vocabulary(names: str) -> frozenset[str]:
    """A set of names written with blanks between them."""
    return frozenset(names.split())


def ranking(names: str) -> tuple[str, ...]:
    """Names written with blanks between them, the best first."""
    return tuple(names.split())


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, lower case, umlauts written out; `IDs` stays one word."""
    name = name.replace("IDs", "Ids")
    return tuple(one.lower().translate(_TRANSLITERATION) for one in _WORDS.findall(name))


@lru_cache(maxsize=65536)
def flat(name: str) -> str:
    """The words of a name joined by `_`."""
    return "_".join(words(name))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """The singular of an English plural, by its ending; what is none stays."""
    if len(word) <= SHORTEST_PLURAL or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "uses", "zes")):
        return word[:-2]
    return word.removesuffix("s")


@lru_cache(maxsize=65536)
def one_of(name: str) -> str:
    """The name's words with the last in the singular: `salesInvoices` and `sales-invoice` become `sales_invoice`."""
    parts = words(name)
    return "_".join((*parts[:-1], singular(parts[-1]))) if parts else ""


def same_thing(left: str, right: str) -> bool:
    """Whether two names mean the same thing, plural or singular, whatever the spelling."""
    if not left:
        return False
    short = {flat(left), flat(right)}  # `add_ons`, too, whose last word is too short to be told for a plural alone
    return one_of(left) == one_of(right) or f"{min(short, key=len)}s" == max(short, key=len)


def ends_with_thing(name: str, thing: str) -> bool:
    """Whether a name is the thing, or ends with its words: `CustomerTasks` ends with `tasks`."""
    whole, end = one_of(name), one_of(thing)
    return bool(end) and (whole == end or whole.endswith("_" + end))


def is_id(name: str) -> bool:
    """Whether a name is that of an id, be it a record's own or another one's: `id`, `LineId`, `product_uuid`."""
    return words(name)[-1:] in (("id",), ("uuid",), ("guid",), ("key",))
