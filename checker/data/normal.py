"""Normal forms: what two spellings of one thing have in common, so that they can be joined.

Each form stands here once as a dataframe expression, which the engine computes, and once as plain Python; a property test holds both equal.
Python and engines differ in three letters of lower case (`İ`, the Greek sigma at a word's end) and in all that upper case makes of `ß`:
the first are made equal by `SETTLED`, the second is kept away by capitals of A to Z only. Accents and `ß` count: Weiß isn't Weiss.
Legal forms count too, however they are spelt: `GmbH u. Co. KG` is `GmbH & Co. KG`, and no GmbH is the AG of its name.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ibis.expr.types import StringValue

# What Python takes for a blank; engines' own `trim` knows fewer (no protected space), or more.
BLANK = "[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
GAPS = f"{BLANK[:-1]},]+"  # commas, too
ENDS = f"^{BLANK}+|{BLANK}+$"
SETTLED = {"i\u0307": "i", "ς": "σ"}
NO_PHONE = "[^0-9+]"
IN_NUMBERS = f"{BLANK}|[-._/]"  # what people put into product numbers, and leave out again
IN_REGISTERS = "[;:()/|-]"
# Legal forms between blanks, without full stops; the order counts (in full: § 4 and 5a GmbHG, § 19 HGB).
LEGAL_FORMS = (
    (" gesellschaft mit beschränkter haftung ", " gmbh "), (" ges mbh ", " gmbh "), (" gesmbh ", " gmbh "), (" ges m b h ", " gmbh "),
    (" g m b h ", " gmbh "), (" cokg ", " co kg "), (" u co ", " & co "), (" und co ", " & co "), (" + co ", " & co "), (" kg aa ", " kgaa "),
    (" e k ", " ek "), (" e kfm ", " ek "), (" e kfr ", " ek "), (" ekfm ", " ek "), (" ekfr ", " ek "), (" ug haftungsbeschränkt ", " ug "),
    (" ug (haftungsbeschränkt) ", " ug "), (" limited ", " ltd "),
)  # fmt: skip
NAME_SIGNS = ((".", ""), ("&", " & "))
# An entry: kind, number, letters that some courts add. HRA has partnerships, HRB corporations, GnR cooperatives, GsR civil partnerships, PR
# professionals, VR associations; Austria's FN and Switzerland's CHE are numbered in one row, so that they need no court.
ENTRY = " (hra|hrb|gnr|gsr|pr|vr|fn|che) ?(?:nr ?)?0*([0-9]+(?: [0-9]{3})*)(?: ?([a-zö]{1,2}))? "
COURTLESS = ("fn", "che")
OF_COURTS = " (?:amtsgericht|ag|registergericht|handelsregister|handelsgericht|firmenbuch) "
# Berlin's court is called by its district. Courts are few, so that letters may be written as people without them do.
COURTS = (
    (" charlottenburg ", " berlin "),
    (" berlin berlin ", " berlin "),
    ("ä", "ae"),
    ("ö", "oe"),
    ("ü", "ue"),
    ("ß", "ss"),
)
# What a text needs for a form to alter it at all. One look is a fraction of rewriting, whatever it looks for, and most texts are tidy.
GAP = GAPS.removesuffix("+")
UNEVEN = f"{GAP}{GAP}|" + GAP.replace("\x1c- ", "\x1c-\x1f")  # more than a single space
AT_AN_END = f"^{BLANK}|{BLANK}$"
BLANK_OR_SMALL = f"{BLANK}|[a-z]"
SOME_LEGAL_WORD = "|".join(re.escape(old.strip()) for old, _ in LEGAL_FORMS)
# The same before full stops are gone and blanks are even
MAYBE_LEGAL_FORM = "|".join(
    r"\.*".join(f"[{GAP[1:-1]}.]+" if letter == " " else re.escape(letter) for letter in old.strip())
    for old, _ in LEGAL_FORMS
)
NO_PLAIN_NAME = f"[.&]|{AT_AN_END}|{UNEVEN}|(?:^| )(?:{SOME_LEGAL_WORD})(?: |$)"  # of small letters
BEYOND_ASCII = r"[^\x00-\x7f]"


class Form(NamedTuple):
    """One normal form: as a dataframe expression and as Python."""

    expression: Callable[[StringValue], StringValue]
    plain: Callable[[str], str]


def _where(value: StringValue, needed: str, altered: StringValue) -> StringValue:
    """The altered text where the value has what is needed, else the value."""
    import ibis

    return ibis.ifelse(value.re_search(needed), altered, value)


def _trim(value: StringValue) -> StringValue:
    return _where(value, AT_AN_END, value.re_replace(ENDS, ""))


def _lower(value: StringValue) -> StringValue:
    import ibis

    small = value.lower()
    return ibis.ifelse(reduce(or_, (small.contains(one) for one in SETTLED)), _put(small, SETTLED.items()), small)


def _put(value: StringValue, table: Iterable[tuple[str, str]]) -> StringValue:
    for old, new in table:
        value = value.replace(old, new)
    return value


def _spaced(value: StringValue) -> StringValue:
    """One blank between words and for commas, one at each end."""
    return (" " + value + " ").re_replace(GAPS, " ")


def _name(value: StringValue) -> StringValue:
    """What stands in a branch twice is computed twice, so that branches look at small letters alone: engines compute these once."""
    import ibis

    small = _lower(value)
    spaced = _spaced(_put(small, NAME_SIGNS))
    full = ibis.ifelse(small.re_search(MAYBE_LEGAL_FORM), _put(spaced, LEGAL_FORMS), spaced)
    return _where(small, NO_PLAIN_NAME, full.strip())


def _small(value: StringValue) -> StringValue:
    return _trim(_lower(value))


def _capitals(value: StringValue) -> StringValue:
    """Capitals of A to Z. Engines' `translate` is slow, their `upper` the same where there is ASCII alone."""
    import ibis

    bare = value.re_replace(BLANK, "")
    exact = bare.translate(string.ascii_lowercase, string.ascii_uppercase)
    return _where(value, BLANK_OR_SMALL, ibis.ifelse(bare.re_search(BEYOND_ASCII), exact, bare.upper()))


def _phone(value: StringValue) -> StringValue:
    return value.re_replace(NO_PHONE, "").re_replace("^00", "+")


def _product(value: StringValue) -> StringValue:
    return _capitals(value.re_replace(IN_NUMBERS, "")).re_replace("^0+", "")


def _entry(value: StringValue) -> StringValue:
    """A register's text as it is searched: words between blanks, without punctuation and the court's own title."""
    small = _put(value.replace(".", "").re_replace(IN_REGISTERS, " ").lower(), SETTLED.items())
    return _spaced(small).re_replace(OF_COURTS, " ").re_replace(" +", " ")


def _court(value: StringValue) -> StringValue:
    return _trim(_put(_entry(value).re_replace(ENTRY, " "), COURTS))


def _number(value: StringValue) -> StringValue:
    """Kind and number."""
    kind, digits, letters = (_entry(value).re_extract(ENTRY, group) for group in (1, 2, 3))
    return (kind == "").ifelse("", kind + " " + digits.replace(" ", "") + letters)


def _register(value: StringValue) -> StringValue:
    court, number = _court(value), _number(value)
    alone = _entry(value).re_extract(ENTRY, 1).isin(COURTLESS)
    lacking = (number == "") | (court == "") | court.re_search("[0-9]")
    return alone.ifelse(number, lacking.ifelse("", court + " " + number))


def _plain_lower(text: str) -> str:
    return _plain_put(text.lower(), SETTLED.items())


def _plain_put(text: str, table: Iterable[tuple[str, str]]) -> str:
    for old, new in table:
        text = text.replace(old, new)
    return text


def _plain_small(text: str) -> str:
    return _plain_lower(text.strip())


def _plain_spaced(text: str) -> str:
    return re.sub(GAPS, " ", f" {text} ")


def _plain_name(text: str) -> str:
    return _plain_put(_plain_spaced(_plain_put(_plain_lower(text), NAME_SIGNS)), LEGAL_FORMS).strip()


CAPITALS = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def _plain_capitals(text: str) -> str:
    return "".join(text.split()).translate(CAPITALS)


def _plain_phone(text: str) -> str:
    return re.sub("^00", "+", re.sub(NO_PHONE, "", text))


def _plain_product(text: str) -> str:
    return _plain_capitals(re.sub(IN_NUMBERS, "", text)).lstrip("0")


def _plain_entry(text: str) -> str:
    spaced = _plain_spaced(_plain_lower(re.sub(IN_REGISTERS, " ", text.replace(".", ""))))
    return re.sub(" +", " ", re.sub(OF_COURTS, " ", spaced))


def _plain_court(text: str) -> str:
    return _plain_put(re.sub(ENTRY, " ", _plain_entry(text)), COURTS).strip()


def _plain_number(text: str) -> str:
    found = re.search(ENTRY, _plain_entry(text))
    return f"{found[1]} {found[2].replace(' ', '')}{found[3] or ''}" if found else ""


def _plain_register(text: str) -> str:
    court, number = _plain_court(text), _plain_number(text)
    if number.startswith(COURTLESS):
        return number
    return f"{court} {number}" if court and number and not re.search("[0-9]", court) else ""


FORMS: dict[str, Form] = {
    "text": Form(_trim, str.strip),
    "email": Form(_small, _plain_small),
    "name": Form(_name, _plain_name),
    "vat_id": Form(_capitals, _plain_capitals),
    "iban": Form(_capitals, _plain_capitals),
    "country": Form(_small, _plain_small),
    "phone": Form(_phone, _plain_phone),
    "product": Form(_product, _plain_product),
    "register": Form(_register, _plain_register),
    "register_entry": Form(_number, _plain_number),
    "court": Form(_court, _plain_court),
}


def normal(form: str, text: str) -> str:
    """A text's normal form, as the engine computes it; empty where nothing is left."""
    return FORMS[form].plain(text)
