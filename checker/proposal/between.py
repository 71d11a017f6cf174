"""What has to happen to a value on its way between two paired fields: the transformation, the drop-down table, the direction. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.model.profile import FieldInfo
from checker.profiles.meanings import MINOR
from checker.profiles.names import flat
from checker.proposal.pairing import Pair

TIDY: Mapping[str, str] = {
    "email": "[trim, lowercase]",
    "phone": "[phone]",
    "mobile": "[phone]",
    "fax": "[phone]",
    "vat_id": "[remove_blanks, uppercase]",
    "iban": "[remove_blanks, uppercase]",
}
MONEY = frozenset({"price", "unit_price", "net", "gross", "cost", "amount", "discount_amount", "tax_amount"})
CODE = re.compile(r"\b(iso|alpha-2|code|kennzeichen|kuerzel|kürzel)\b|\{2,?3?\}", re.IGNORECASE)
COMMA = re.compile(r"komma|comma|\bvirg|,\d\d\b", re.IGNORECASE)
LONGEST_CODE = 3
# What a drop-down's "yes" is called.
YES = frozenset(("yes", "y", "true", "1", "ja", "j", "oui", "o", "si", "s", "t", "active", "aktiv", "a"))


@dataclass(frozen=True, slots=True)
class Between:
    """The keys of a field mapping beside `left` and `right`, written as YAML, and what the user has to add by hand."""

    keys: Mapping[str, str]
    to_do: str = ""


def between(pair: Pair) -> Between:
    """How the values of a pair are brought from one side to the other."""
    keys: dict[str, str] = {}
    to_do = ""
    ours, theirs = pair.left.info, pair.right.info
    if pair.link is not None:
        keys["link"] = pair.link
    elif _has_options(ours) or _has_options(theirs):
        keys, to_do = _by_table(pair)
    else:
        step, to_do = _transformation(pair)
        keys = {"transform": step} if step else {}
    direction = _direction(ours, theirs)
    return Between({**keys, **({"direction": direction} if direction else {})}, to_do)


def _direction(left: FieldInfo, right: FieldInfo) -> str | None:
    """What a system sets by itself is only read."""
    if left.read_only == right.read_only:
        return None
    return "right-to-left" if right.read_only else "left-to-right"


def _has_options(field: FieldInfo) -> bool:
    return any(one is not None for one in field.enum) or field.type == "boolean"


def _transformation(pair: Pair) -> tuple[str | None, str]:
    ours, theirs, role = pair.left.info, pair.right.info, pair.left.role
    if role is not None and role in TIDY:
        return TIDY[role], ""
    if role == "country":
        return _named(ours, theirs, "[country_name]", "one side has codes, the other names")
    if role in MONEY:
        minor = [bool(MINOR.search(flat(one.name))) for one in (ours, theirs)]
        if minor == [False, True]:
            return "[minor_units]", ""
        if minor == [True, False]:
            return None, "the left side counts in the smallest unit of the currency"
        if ours.type != "string" and theirs.type == "string" and COMMA.search(theirs.description):
            return "[decimal_comma]", ""
    if ours.type == theirs.type == "string" and ours.format is None and theirs.format is None:
        return "[trim]", ""
    return None, ""


def _named(ours: FieldInfo, theirs: FieldInfo, step: str, to_do: str) -> tuple[str | None, str]:
    """The step where codes stand on the left and names on the right; it is written left → right."""
    codes = _is_code(ours), _is_code(theirs)
    if codes == (True, False):
        return step, ""
    return None, to_do if codes == (False, True) else ""


def _is_code(field: FieldInfo) -> bool:
    if field.max_length is not None:
        return field.max_length <= LONGEST_CODE
    return bool(CODE.search(f"{field.pattern or ''} {field.description}")) or field.name.endswith("_code")


def _by_table(pair: Pair) -> tuple[dict[str, str], str]:
    """Drop-downs: the same options need none; else the pairs that can be told from their names, or what is to be paired."""
    ours, theirs = _options(pair.left.info), _options(pair.right.info)
    if pair.left.role == "currency" and not (ours and theirs):
        step = theirs and not all(str(one).isascii() and str(one).isalpha() for one in theirs)
        return ({"transform": "[currency_symbol]"} if step else {}), ""
    if not ours or not theirs:
        return _digits(pair, ours, theirs)
    if {str(one) for one in ours} == {str(one) for one in theirs}:
        return {}, ""
    told = _flags(pair, ours, theirs) or _told(ours, theirs)
    if told and (len(told) == len(theirs) or len(told) == len(ours)):
        return {"options": _written(told)}, ""
    shown = (", ".join(map(str, one)) for one in (ours, theirs))
    return {}, "pair the options: {} ↔ {}".format(*shown)


def _options(field: FieldInfo) -> list[Any]:
    if field.type == "boolean":
        return [True, False]
    return [one for one in field.enum if one is not None]


def _flags(pair: Pair, ours: list[Any], theirs: list[Any]) -> dict[Any, Any]:
    """Two options against two: yes and no by their names, turned round where one field says the opposite of the other."""
    if len(ours) != 2 or len(theirs) != 2 or not (set(ours) == {True, False} or set(theirs) == {True, False}):  # noqa: PLR2004 - yes and no
        return {}
    yes = [[one for one in side if str(one).casefold() in YES] for side in (ours, theirs)]
    if [len(one) for one in yes] != [1, 1]:
        return {}
    no = [next(one for one in side if one not in said) for side, said in zip((ours, theirs), yes, strict=True)]
    opposite = {pair.left.role, pair.right.role} == {"active", "blocked"}
    there = (no[1], yes[1][0]) if opposite else (yes[1][0], no[1])
    return {yes[0][0]: there[0], no[0]: there[1]}


def _told(ours: list[Any], theirs: list[Any]) -> dict[Any, Any]:
    """Options of the same name; else the ones that an abbreviation stands for, where it stands for one only."""
    told = {}
    for one in theirs:
        short = str(one).casefold()
        same = [left for left in ours if str(left).casefold() == short]
        begins = [left for left in ours if str(left).casefold().startswith(short)]
        found = same or begins
        if len(found) == 1 and found[0] not in told:
            told[found[0]] = one
    return told


def _digits(pair: Pair, ours: list[Any], theirs: list[Any]) -> tuple[dict[str, str], str]:
    """A rate against keys that hold it (19 ↔ V19)."""
    if {pair.left.role, pair.right.role} == {"tax_rate", "tax_code"}:
        keys = ours or theirs
        rates = {re.sub(r"\D", "", str(one)): one for one in keys}
        if len(rates) == len(keys) and "" not in rates:
            table = rates if theirs else {key: float(rate) for rate, key in rates.items()}
            return {"options": _written(table)}, "check the rates"
    return {}, f"one side has a drop-down: {', '.join(map(str, ours or theirs))}"


def _written(table: Mapping[Any, Any]) -> str:
    return "{" + ", ".join(f"{_word(left)}: {_word(right)}" for left, right in table.items()) + "}"


def _word(value: Any) -> str:
    """A value as YAML that stays what it is: text in quotes, unless it is a plain word that can be nothing else."""
    if isinstance(value, bool):
        return '"true"' if value else '"false"'
    if isinstance(value, int | float):
        return f"{value:g}"
    text = str(value)
    plain = re.fullmatch(r"[A-Za-z][A-Za-z_-]+", text) and text.casefold() not in (
        "yes",
        "no",
        "true",
        "false",
        "null",
        "on",
        "off",
    )
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
