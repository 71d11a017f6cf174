"""Query languages of lists: how a condition on a field is spelt where a document names no more than the parameter that takes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from checker.model.profile import Param
from checker.profiles.names import flat

SINCE = "{since}"
# OData 4.0, part 2, section 5.1: the options of a collection. `$filter` beside one of the others is that language, whoever speaks it.
ODATA = frozenset(("$top", "$skip", "$orderby", "$select", "$expand", "$count", "$skiptoken"))
OLDER_ODATA = frozenset(("$inlinecount", "$format"))  # of version 2 and 3, whose literals of time are written otherwise
# How those write an instant: of Edm.DateTime without a zone, of Edm.DateTimeOffset with one. Which of them a field is, its record shows at best.
OLDER_LITERALS = ((f"datetime'{SINCE}'", "naive"), (f"datetimeoffset'{SINCE}'", "rfc3339"))
# Operators in brackets, as public interfaces spell them: filter[changed][gte]=…
OPERATORS = ("$gte", "_gte", "gte", "ge", "from")
EQUALS = ("$eq", "_eq", "eq")
# Parameters whose language has conditions on fields; `q` and `search` look for words.
CONDITIONS = frozenset(("filter", "filters", "where", "conditions", "criteria"))
# A condition as OData writes it, in a document's words: `number eq 'K10004'`, `amount ge 5`.
CONDITION = re.compile(r"\b[A-Za-z_][\w./]* (?:eq|ne|g[et]|l[et]) (?=['\"]|-?\d|true\b|false\b|null\b)")
EXPRESSION = "expression"  # what such a parameter means, as the profile says it


def certain(name: str, beside: Collection[str], field: str) -> dict[str, Any] | None:
    """The query template of a parameter whose language its neighbours tell; None where they don't."""
    if name == "$filter" and ODATA.intersection(beside) and not OLDER_ODATA.intersection(beside):
        return {name: f"{field.replace('.', '/')} ge {SINCE}"}
    return None


def usual(param: Param, field: str) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Templates worth a try for a parameter whose language nobody told, each with the format of its instants (None: as records have them)."""
    if param.name == "$filter":
        for template, form in OLDER_LITERALS:
            yield {param.name: f"{field.replace('.', '/')} ge {template}"}, form
    elif param.means == EXPRESSION:
        for literal in (f"'{SINCE}'", SINCE):
            yield {param.name: f"{field} ge {literal}"}, None
    elif takes_conditions(param):
        for operator in OPERATORS:
            below: Any = {operator: SINCE}
            for part in reversed(field.split(".")):
                below = {part: below}
            yield {param.name: below}, None


def takes_conditions(param: Param) -> bool:
    """Whether a parameter seems to take conditions on fields, in a language of its own."""
    return param.in_ == "query" and (param.means == EXPRESSION or flat(param.name.removeprefix("$")) in CONDITIONS)


def takes_expressions(param: Param) -> bool:
    """Whether conditions are written as OData does: the parameter is OData's own, or the document shows one of that form."""
    return param.in_ == "query" and (param.name.startswith("$") or param.means == EXPRESSION)


def both(param: Param, one: tuple[str, str], other: tuple[str, str]) -> str:
    """The expression of such a parameter that two fields, each with its value, have to fulfil."""
    return f"{_equality(param, *one)} and {_equality(param, *other)}"


def equal(param: Param, field: str, value: str) -> Iterator[tuple[Param, str]]:
    """Ways to ask by such a parameter for the records that have a value in a field: what is set, and to what."""
    if takes_expressions(param):
        yield param, _equality(param, field, value)
        return
    holder = param.name + _bracketed(field)
    for spelt in (*(f"{holder}[{one}]" for one in EQUALS), holder):
        yield Param(name=spelt, in_=param.in_), value


def likewise(spelt: Param, field: str, other: str) -> Param:
    """A parameter that asks by one field (as `equal` gives it), for another field in the same spelling."""
    if takes_expressions(spelt):
        return spelt
    return Param(name=spelt.name.replace(_bracketed(field), _bracketed(other), 1), in_=spelt.in_)


def _equality(param: Param, field: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"{field.replace('.', '/') if param.name.startswith('$') else field} eq '{quoted}'"


def _bracketed(field: str) -> str:
    return "".join(f"[{part}]" for part in field.split("."))
