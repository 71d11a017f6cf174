"""Which of a field's declared rules a value breaks. Pure; JSON Schema's keywords are judged by a validator of that language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from checker.mapping.amounts import number
from checker.mapping.lens import Untranslatable, is_empty, spelled
from checker.model.instants import read_instant
from checker.model.profile import FieldInfo

if TYPE_CHECKING:
    import jsonschema_rs

# What a value that breaks a keyword is: cut or refused where it is too long, rounded or refused where it is too fine.
RULES = {
    "maxLength": "too_long", "minLength": "too_short", "pattern": "wrong_form", "format": "wrong_form", "minimum": "out_of_range", "maximum": "out_of_range",
    "exclusiveMinimum": "out_of_range", "exclusiveMaximum": "out_of_range", "multipleOf": "too_fine",
}  # fmt: skip
NO_OPTION, NO_NUMBER, TOO_FINE = "no_option", "no_number", "too_fine"
# Formats that whoever declares them reads by, as they are checked here: mailboxes beyond ASCII are taken by some (RFC 6531), many leave zones out of
# stamps, and all leave them out of times of day, so that these aren't looked at.
FORMATS = {"date": "date", "date-time": "stamp", "email": "idn-email", "uuid": "uuid", "ipv4": "ipv4", "ipv6": "ipv6"}
UTC = ZoneInfo("UTC")


def broken_rule(info: FieldInfo) -> Callable[[Any], str | None]:
    """The first of a field's rules that a value breaks: its length, form, range, decimals, choices; None of one that keeps to all, or is empty."""
    check, choices = _validator(info), {str(one) for one in info.enum}

    def broken(value: Any) -> str | None:
        if is_empty(value):
            return None
        if choices and value not in info.enum and str(value) not in choices:
            return NO_OPTION
        try:
            given = _as(info.type, value)
        except Untranslatable:
            return NO_NUMBER
        if info.type == "integer" and isinstance(given, float) and not given.is_integer():
            return TOO_FINE
        if check is None or check.is_valid(given):
            return None
        return next(RULES[str(one.schema_path[-1])] for one in check.iter_errors(given))

    return broken


def _as(kind: str | None, value: Any) -> Any:
    """A scalar as a field of that JSON type gets it. Raises Untranslatable for a text that is no number where one is wanted."""
    if kind in ("integer", "number") and isinstance(value, str):
        return float(number(value))
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return spelled(value)
    return value


def _validator(info: FieldInfo) -> jsonschema_rs.Draft202012Validator | None:
    """What judges the keywords; None where there are none. A pattern that is no regular expression is left out."""
    import jsonschema_rs

    schema: dict[str, Any] = {**info.limits}
    schema |= {"maxLength": info.max_length} if info.max_length is not None else {}
    schema |= {"format": FORMATS[info.format]} if info.format in FORMATS else {}
    for more in ({"pattern": info.pattern} if info.pattern else {}, {}):
        try:
            return _made({**schema, **more}) if schema or more else None
        except (jsonschema_rs.ValidationError, ValueError):
            continue
    return None


def _made(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, formats={"stamp": _is_stamp})


def _is_stamp(text: str) -> bool:
    found = read_instant(text, UTC)
    return found is not None and found.form in ("rfc3339", "naive")
