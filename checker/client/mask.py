"""Personal data in what is stored keeps its shape and loses its content (acceptance C37): `m***@***.de`. Pure.

Works on the beginning of a body as it came, cut off or not: no parser would read that.
"""

from __future__ import annotations

import re
from functools import lru_cache

from checker.client.redact import HIDDEN, OPEN, between, sensitive

# Names of fields, lower case without separators, that hold personal data, in English and German; a name counts that ends with one of them,
# a number after it or not (`name1`, `phone_2`).
NAMES = [
    "name",
    "vorname",
    "nachname",
    "surname",
    "givenname",
    "familyname",
    "lastname",
    "firstname",
    "fullname",
    "displayname",
    "nickname",
    "initials",
    "contact",
    "contactperson",
    "person",
    "owner",
    "assignee",
    "author",
    "salutation",
    "ansprechpartner",
    "kontakt",
    "inhaber",
    "bearbeiter",
    "createdby",
    "updatedby",
    "modifiedby",
    "changedby",
    "erstelltvon",
    "angelegtvon",
    "geändertvon",
    "geaendertvon",
    "username",
    "user",
    "login",
    "company",
    "firma",
    "organisation",
    "organization",
    "street",
    "strasse",
    "straße",
    "address",
    "address1",
    "address2",
    "addressline1",
    "addressline2",
    "addressline",
    "line1",
    "line2",
    "anschrift",
    "adresse",
    "hausnummer",
    "housenumber",
    "zip",
    "zipcode",
    "postalcode",
    "postcode",
    "plz",
    "city",
    "town",
    "ort",
    "stadt",
]
NUMBERS = [
    "phone",
    "telephone",
    "telefon",
    "tel",
    "mobile",
    "mobil",
    "cell",
    "fax",
    "handy",
    "phonenumber",
    "telefonnummer",
    "rufnummer",
    "iban",
    "bic",
    "swift",
    "accountnumber",
    "kontonummer",
    "cardnumber",
    "taxid",
    "taxnumber",
    "steuernummer",
    "steuerid",
    "vatid",
    "vatnumber",
    "ustid",
    "uid",
    "ustidnr",
    "ssn",
    "passport",
    "birthday",
    "birthdate",
    "dateofbirth",
    "dob",
    "geburtstag",
    "geburtsdatum",
    "ip",
    "ipaddress",
    "latitude",
    "longitude",
]
TEXTS = [
    "note",
    "notes",
    "comment",
    "comments",
    "remark",
    "remarks",
    "bemerkung",
    "bemerkungen",
    "notiz",
    "notizen",
    "kommentar",
    "kommentare",
    "freetext",
]
EXACT_TEXTS = ["description", "beschreibung"]  # at the end of longer names they tell about errors
MAILS = ["email", "mail", "emailaddress", "mailaddress", "emails"]
NOT_NAMES = (
    "filename",
    "hostname",
    "fieldname",
    "typename",
    "classname",
    "tablename",
    "eventname",
    "pathname",
    "tagname",
)

# The lengths are those of RFC 5321 (4.5.3.1); without them a long header would cost seconds.
MAIL = re.compile(
    r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-])[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{0,63}(@|%40)[A-Za-z0-9äöüß.-]{0,253}(\.[A-Za-z]{2,24})\b"
)
IBAN = re.compile(r"\b([A-Z]{2})[0-9]{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
PHONE = re.compile(r"(?<![\w.:-])(\+|00(?=[1-9])|\(0|0(?=[1-9][0-9]{1,4}[ /-]))[0-9][0-9 ()/.-]{5,}[0-9](?![\w:])")
TOKEN = re.compile(r"\"((?:[^\"\\]|\\.)*)(\"(\s*:)?|$)|(?<![\w\"])-?[0-9]{4,}(?:\.[0-9]+)?", re.DOTALL)
SEPARATORS = re.compile(r"[^a-z0-9äöüß]")


def kind_of(name: str) -> str | None:
    """What a field of this name holds: secret, mail, number, name, text; None for nothing of the sort."""
    if sensitive(name):
        return "secret"
    plain = SEPARATORS.sub("", name.lower())
    if plain.endswith(NOT_NAMES):
        return None
    if plain in EXACT_TEXTS:
        return "text"
    for kind, names in (("mail", MAILS), ("number", NUMBERS), ("name", NAMES), ("text", TEXTS)):
        if any(_is_or_ends_with(one, names) for one in (plain, plain.rstrip("0123456789"))):
            return kind
    return None


def _is_or_ends_with(plain: str, names: list[str]) -> bool:
    return plain in names or any(len(one) > 3 and plain.endswith(one) for one in names)  # noqa: PLR2004 - short words end too many others


_cached_kind = lru_cache(maxsize=4096)(kind_of)


def free_text(text: str) -> str:
    """Mails, IBANs and phone numbers in any text."""
    if "@" in text or "%40" in text:
        text = MAIL.sub(r"\1***\2***\3", text)
    text = IBAN.sub(r"\1** ****", text)
    return PHONE.sub(lambda match: match[0][:3] + "***", text)


def value(text: str, kind: str | None) -> str:
    """One value of a field of that kind: words keep their first letter, numbers their first two signs, mails their form, secrets nothing."""
    if OPEN in text:
        return between(text, lambda piece: value(piece, kind))
    if kind is None or not text.strip():
        return free_text(text)
    if kind == "secret":
        return HIDDEN
    if kind == "mail":
        masked = MAIL.sub(r"\1***\2***\3", text)
        return masked if masked != text else text[:1] + HIDDEN
    if kind == "number":
        return text[:2] + HIDDEN
    if kind == "text":
        return f"{HIDDEN} ({len(text)})"
    return " ".join(word[:1].replace("\\", "") + HIDDEN for word in text.split(" ") if word)


def json_text(text: str, *, personal: bool = True) -> str:
    """JSON, whole or its beginning, with what stands under sensitive and (`personal`) personal names masked, and mails, phones, IBANs elsewhere, names included."""
    kind: str | None = None

    def one(match: re.Match[str]) -> str:
        nonlocal kind
        held, closing, colon = match[1], match[2], match[3]
        if held is not None and colon is not None:
            kind = _cached_kind(held)
            return f'"{free_text(held)}{closing}' if personal else match[0]
        if not personal and kind != "secret":
            return match[0]
        if held is None:
            return f'"{HIDDEN}"' if kind in {"number", "mail", "secret"} else match[0]
        return f'"{value(held, kind)}{closing}'

    return TOKEN.sub(one, text)


def field(name: str, text: str) -> str:
    """One parameter's or form field's value."""
    return value(text, _cached_kind(name))
