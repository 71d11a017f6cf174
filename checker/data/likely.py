"""Records that are probably the same though no key says so: alike names in the same country. Suggestions for people, never links.

RapidFuzz compares; a name's legal form, order of words and case don't count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checker.mapping.lens import Untranslatable
from checker.mapping.names import CountryName

ALIKE = 88.0  # of 100 by RapidFuzz's token sort ratio; below it, different firms of one family name join
MOST_PAIRS = 25_000_000  # that are compared: a few seconds
NO_COUNTRY = ""
# Legal forms of German-speaking countries and their neighbours; firms are called with and without.
LEGAL_FORMS = re.compile(
    r"\b(gmbh|ggmbh|ag|kg|kgaa|ohg|gbr|ug|haftungsbeschraenkt|e\.?k|e\.?v|eg|se|mbh|co|inc|corp|ltd|limited|llc|plc|sarl|s\.?a\.?r\.?l|s\.?a|s\.?r\.?l"
    r"|s\.?p\.?a|b\.?v|n\.?v|a\.?s|sp z o\.?o|s\.?r\.?o)\b\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A record's id, name and country, as they stand in it."""

    id: str
    name: str
    country: str = NO_COUNTRY


@dataclass(frozen=True, slots=True)
class Likely:
    """Two records that are alike; `score` from 0 to 100."""

    left: str
    right: str
    score: float


def likely(left: Sequence[Named], right: Sequence[Named]) -> tuple[Likely, ...] | None:
    """The most alike pairs, each record once, the best first; None where there are too many to compare."""
    if len(left) * len(right) > MOST_PAIRS:
        return None
    ours, theirs = _plain(left), _plain(right)
    found = sorted(_pairs(ours, theirs), key=lambda one: (-one.score, one.left, one.right))
    taken: set[tuple[str, str]] = set()
    best: list[Likely] = []
    for one in found:
        if not {("left", one.left), ("right", one.right)} & taken:
            taken |= {("left", one.left), ("right", one.right)}
            best.append(one)
    return tuple(best)


def _plain(records: Sequence[Named]) -> Mapping[str, list[tuple[str, str]]]:
    """Ids and bare names by country."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in records:
        name = bare(one.name)
        if name:
            found[_code(one.country)].append((one.id, name))
    return found


def _code(country: str) -> str:
    """The country's code, whether it is written as a code or as a name; what is neither stands as it is."""
    try:
        return str(CountryName().back(country))
    except Untranslatable:
        return country.strip().upper()


# Letters that people without them on their keyboard write as two, or as another (DIN 5007-2 for the German ones).
LETTERS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "ø": "oe",
        "æ": "ae",
        "œ": "oe",
        "å": "aa",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
    }
)


def bare(name: str) -> str:
    """A name without its legal form, in lower case, plain letters and digits only."""
    from rapidfuzz.utils import default_process

    composed = unicodedata.normalize("NFC", name).lower().translate(LETTERS)
    plain = "".join(one for one in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(one))
    return " ".join((default_process(LEGAL_FORMS.sub(" ", plain)) or default_process(plain)).split())


def _pairs(left: Mapping[str, list[tuple[str, str]]], right: Mapping[str, list[tuple[str, str]]]) -> Iterator[Likely]:
    """Alike names of the same country; a record without one may be from anywhere."""
    from rapidfuzz import fuzz, process

    for country, ours in left.items():
        theirs = [
            one for other, some in right.items() if NO_COUNTRY in (country, other) or other == country for one in some
        ]
        names = [name for _, name in theirs]
        for ours_id, name in ours:
            for _, score, at in process.extract(name, names, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=3):
                yield Likely(ours_id, theirs[at][0], round(score, 1))
