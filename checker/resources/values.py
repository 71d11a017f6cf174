"""Values for test records: invented and obviously so, fitting a slot's rules, with the run's mark wherever a text has room for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32

from checker.profiles.names import vocabulary, words
from checker.resources.patterns import fits, fitting
from checker.resources.slots import Slot

# Words of names whose texts may say anything, in English and German: there the mark goes.
FREE = vocabulary(
    "name name1 firstname lastname surname vorname nachname title titel subject betreff description beschreibung bezeichnung bezeichnung2 "
    "note notes notiz comment comments kommentar remark bemerkung text label memo firma company line1"
)
PHONE = vocabulary("phone telephone telefon tel mobile mobil fax cell handy")
EMAIL = vocabulary("email mail emailaddress")
POSTAL = vocabulary("zip zipcode postal postcode plz postleitzahl")
CITY = vocabulary("city town ort stadt")
STREET = vocabulary("street strasse address address1 addressline adresse anschrift")
WEB = vocabulary("url website web homepage link webseite")
DOMAIN = vocabulary("domain host hostname")

# States that may set something off which can't be taken back (a mail, a posting), or in which a document can't be removed any more.
FINAL = re.compile(
    r"post|book|buch|paid|bezahl|sent|send|versa|verschick|ship|deliver|liefer|cancel|storn|void|won|lost|gewonn|verlor|clos|schloss|issue"
    r"|ausgestell|final|approv|freigeg|genehm|archiv|delet|lösch|sign|complet|erledig|invoic|faktur",
    re.IGNORECASE,
)

# Of a range that nobody has (Bundesnetzagentur, numbers for films and fiction).
PHONE_NUMBER = "+49 30 23125000"
COUNTRY = {2: "DE", 3: "DEU"}  # by the longest text that is allowed
CURRENCIES = ("EUR", "€", "eur")
AMOUNTS = ("12.50", "12.5", "12")  # texts that are a number, the most usual first
AMOUNT_FORMATS = frozenset({"decimal", "double", "float", "number", "money", "currency"})
SMALL = 12.5  # a number with a fraction that binary and decimal agree on
TEST_NUMBERS = 99  # a German VAT id of a test record begins so
VAT_MODULUS, VAT_BASE = 11, 10


@dataclass(frozen=True, slots=True)
class Stroke:
    """What makes a body one of its own: the run's mark, the body's number, and the day that it is written on."""

    mark: str
    number: int
    today: date

    @property
    def tag(self) -> str:
        """The mark and the number."""
        return f"{self.mark}-{self.number}"

    @property
    def seed(self) -> int:
        """Six digits that another body hardly has."""
        return crc32(self.tag.encode()) % 1_000_000


def value_of(slot: Slot, role: str | None, stroke: Stroke, *, fresh: bool = False) -> Any:
    """A value for a field that is no object or array; `fresh` one that no other body has. None where nothing fits."""
    if slot.enum:
        return _option(slot, role)
    if slot.type == "boolean":
        return next((one for one in (slot.default, slot.example) if isinstance(one, bool)), False)
    if slot.type in {"integer", "number"}:
        return _number(slot, stroke, fresh=fresh)
    candidates = _texts(slot, role, stroke, fresh=fresh)
    return next((one for one in candidates if one is not None and _fits(slot, one)), None)


def _option(slot: Slot, role: str | None) -> Any:
    """The default, else the euro where it is about currencies, else the first that isn't null."""
    options = [one for one in slot.enum if one is not None]
    euro = [one for one in options if one in CURRENCIES] if role == "currency" else []
    return next(iter([*([slot.default] if slot.default in options else []), *euro, *options]), None)


def _number(slot: Slot, stroke: Stroke, *, fresh: bool) -> float | int | None:
    if fresh:
        wanted: float = stroke.seed
    else:
        known = slot.example if isinstance(slot.example, int | float) and not isinstance(slot.example, bool) else None
        wanted = known if known is not None else SMALL
    low = slot.minimum if slot.minimum is not None else wanted
    high = slot.maximum if slot.maximum is not None else wanted
    wanted = min(max(wanted, low), high)
    if wanted == low and slot.minimum is not None and slot.example is None and high > low:
        wanted = low + min(1, (high - low) / 2)  # a bound may be an exclusive one
    return int(wanted) if slot.type == "integer" else wanted


OWN = 8  # characters of a class that make a text of its own
SHORT_ROLES = frozenset({"number", "external_id"})
NUMBER_ROOM = 20  # characters


def _texts(slot: Slot, role: str | None, stroke: Stroke, *, fresh: bool) -> Iterable[str | None]:
    """Candidates, the best first."""
    made = _by_format(slot, stroke)
    if made is not None:
        yield made
    yield _by_meaning(slot, role, stroke, fresh=fresh)
    if not fresh and not _known(slot) and _is_amount(slot):
        yield from AMOUNTS
    if slot.pattern and fresh:
        yield fitting(slot.pattern, f"{stroke.tag}|{slot.path}", OWN)
    if slot.pattern:
        yield fitting(slot.pattern, f"{stroke.tag}|{slot.path}") if fresh or not _known(slot) else None
    if fresh or _free(slot, role):
        # numbers of documents and foreign keys are short in most systems, also where nobody says how short
        yield from marked(stroke, NUMBER_ROOM if slot.max_length is None and role in SHORT_ROLES else slot.max_length)
    yield _known(slot)
    yield from marked(stroke, slot.max_length)


def _is_amount(slot: Slot) -> bool:
    """Whether a text is a number, as interfaces have it that fear for their decimals: by its format, or a pattern that takes digits and no letter."""
    if slot.format in AMOUNT_FORMATS:
        return True
    return slot.pattern is not None and fits(slot.pattern, AMOUNTS[0]) and not fits(slot.pattern, "a")


def _known(slot: Slot) -> str | None:
    return slot.example if isinstance(slot.example, str) and slot.example else None


def _free(slot: Slot, role: str | None) -> bool:
    return role in {"name", "external_id", "number"} or is_free(slot.name)


def is_free(name: str, also: frozenset[str] = frozenset()) -> bool:
    """Whether a field is called by one of the words of texts that may say anything, or by one of others."""
    return bool((FREE | also) & {*words(name), name.lower()})


def marked(stroke: Stroke, max_length: int | None) -> list[str]:
    """Texts with the mark in them, the longest that has room first."""
    texts = [
        f"Readiness Test {stroke.tag}",
        f"Test {stroke.tag}",
        stroke.tag,
        f"T{stroke.seed:06}",
        f"T{stroke.number}",
    ]
    return [one for one in texts if max_length is None or len(one) <= max_length]


FORMATS: dict[str, Callable[[Stroke], str]] = {
    "email": lambda stroke: f"{stroke.tag}@example.com",
    "idn-email": lambda stroke: f"{stroke.tag}@example.com",
    "date": lambda stroke: stroke.today.isoformat(),
    "date-time": lambda stroke: datetime.combine(stroke.today, time(), UTC).isoformat().replace("+00:00", "Z"),
    "time": lambda stroke: "08:00:00Z",  # noqa: ARG005 - the same for every body
    "uri": lambda stroke: f"https://example.com/{stroke.tag}",
    "url": lambda stroke: f"https://example.com/{stroke.tag}",
    "uri-reference": lambda stroke: f"https://example.com/{stroke.tag}",
    "hostname": lambda stroke: f"{stroke.tag}.example.com",
    "uuid": lambda stroke: str(uuid5(NAMESPACE_URL, stroke.tag)),
    "ipv4": lambda stroke: "192.0.2.1",  # noqa: ARG005 - RFC 5737, of nobody
    "ipv6": lambda stroke: "2001:db8::1",  # noqa: ARG005 - RFC 3849, of nobody
}


def _by_format(slot: Slot, stroke: Stroke) -> str | None:
    made = FORMATS.get(slot.format or "")
    return made(stroke) if made else None


def _by_meaning(slot: Slot, role: str | None, stroke: Stroke, *, fresh: bool) -> str | None:
    """By the role that the profile gives the field, else by the words of its name."""
    named = set(words(slot.name)) | {slot.name.lower()}
    if role == "vat_id":
        return german_vat_id(stroke.seed)
    if role == "country":
        return _known(slot) or COUNTRY.get(slot.max_length or 2, "DE")
    if role == "currency":
        return _known(slot) or "EUR"
    if role == "email" or (named & EMAIL and "marketing" not in named):
        return f"{stroke.tag}@example.com"
    if fresh:
        return None
    if named & PHONE:
        return PHONE_NUMBER
    usual = ((POSTAL, "10115"), (CITY, "Teststadt"), (STREET, "Teststraße 1"))
    if named & (WEB | DOMAIN):
        return f"https://example.com/{stroke.tag}" if named & WEB else f"{stroke.tag}.example.com"
    return next((value for known, value in usual if named & known), None)


def _fits(slot: Slot, text: str) -> bool:
    long = slot.max_length is not None and len(text) > slot.max_length
    short = slot.min_length is not None and len(text) < slot.min_length
    return not long and not short and (slot.pattern is None or fits(slot.pattern, text))


@lru_cache(maxsize=256)
def german_vat_id(seed: int) -> str:
    """DE and nine digits with a valid check digit (ISO/IEC 7064 MOD 11,10), of a range that we keep to test records."""
    digits = f"{TEST_NUMBERS}{seed % 1_000_000:06}"
    product = VAT_BASE
    for digit in digits:
        total = (int(digit) + product) % VAT_BASE or VAT_BASE
        product = total * 2 % VAT_MODULUS
    return f"DE{digits}{(VAT_MODULUS - product) % VAT_BASE}"
