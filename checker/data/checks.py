"""Whether a value can be what it says: check digits and syntax, by normal form. Nobody is asked; a value that passes may still be nobody's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from checker.data.normal import normal
from checker.profiles.meanings import USUALLY, meaning

# Members of the union by the letters of their VAT ids: Greece is EL, Northern Ireland XI.
EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE",
        "SI", "SK", "XI",
    }
)  # fmt: skip
# What the library takes for sure; it looks at the rest, and at what is too long
PLAIN_MAIL = re.compile(
    r"[a-z0-9_+-]{1,40}(\.[a-z0-9_+-]{1,10}){0,2}@([a-z0-9][a-z0-9-]{0,20}[a-z0-9]\.){1,3}[a-z]{2,6}", re.ASCII
)


def valid(form: str, text: str) -> bool:
    """Whether a text passes the check that its form has; a form without one takes everything."""
    check = CHECKS.get(form)
    return check is None or check(text)


def check_of(field: str) -> str | None:
    """The form whose check a field's values should pass, by the field's name (dotted: its end counts); None where the name says nothing."""
    found = meaning(field)
    return (
        found.role
        if found is not None and found.score >= USUALLY and found.role in ("email", "iban", "vat_id")
        else None
    )


def valid_vat(text: str) -> bool:
    """Whether an id of an EU country passes its own check; ids of other countries are taken as they are."""
    bare = normal("vat_id", text)
    if bare[:2] not in EU:
        return True
    from stdnum.eu import vat

    return bool(vat.is_valid(bare)) if bare[:2] != "XI" else True


def valid_mail(text: str) -> bool:
    """Whether a text is an address by the standards (RFC 5322, 6531), names for tests among them; whether anybody reads it isn't asked."""
    bare = text.strip()
    if PLAIN_MAIL.fullmatch(bare.lower()) and ".." not in bare and "--" not in bare:
        return True
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(bare, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def valid_iban(text: str) -> bool:
    """Whether an account's number has its country's length and its check digits (ISO 13616)."""
    from stdnum import iban

    return bool(iban.is_valid(normal("iban", text), check_country=False))


def valid_tax_id(text: str) -> bool:
    """Whether eleven digits are a German tax id (§ 139b AO): one digit stands there twice or thrice, and the last one checks the others."""
    from stdnum.de import idnr

    return bool(idnr.is_valid(text))


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "email": valid_mail,
    "iban": valid_iban,
    # An entry names its kind and its court; a number alone is somebody else's at the next court.
    "register": lambda text: normal("register", text) != "",
    "register_entry": lambda text: normal("register_entry", text) != "",
    "vat_id": valid_vat,
}
