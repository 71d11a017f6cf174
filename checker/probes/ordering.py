"""How a list is asked for an order: the usual spellings in the query, and in a search's body as its schema has them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from checker.model.api import Operation, Parameter, Schema
from checker.model.paths import put
from checker.model.profile import Param, Sorting
from checker.probes.contexts import ResourceLook
from checker.profiles.names import flat, vocabulary
from checker.resources.query import Query, of_params

# Words for "the latest first" in parameters that say the direction apart from the field.
DIRECTION = re.compile(r"order|direction|dir|ascending|desc", re.IGNORECASE)
# What an entry of a search's order calls the field.
FIELD = vocabulary("field field_name name property property_name by key column attribute path sort_by order_by feld")
ASCENDING, DESCENDING = re.compile("^asc|^1$", re.IGNORECASE), re.compile("^desc|^-1$", re.IGNORECASE)

WORD = re.compile(r"\w+(?:\.\w+)*")

Both = tuple[Query, Query]


def orders(look: ResourceLook, name: str) -> Iterator[Both]:
    """The ways to ask a list for a field in ascending and in descending order."""
    api, sorting = look.system.api, look.profile.sorting
    operation = api.operation(sorting.operation) if api is not None and sorting.operation else None
    return spellings(sorting, operation, look.profile.spoken(name))


def allowed(look: ResourceLook) -> frozenset[str]:
    """The words of what the document lets the list be ordered by; none where it doesn't name that."""
    return frozenset(word for asked in _asked(look) for one in asked.schema.enum for word in WORD.findall(str(one)))


def mentioned(look: ResourceLook) -> frozenset[str]:
    """The words that the document explains the order with: an example of a field may be among them."""
    return frozenset(word for asked in _asked(look) for word in WORD.findall(asked.description))


def _asked(look: ResourceLook) -> list[Parameter]:
    api, sorting = look.system.api, look.profile.sorting
    operation = api.operation(sorting.operation) if api is not None and sorting.operation else None
    by = {one.name for one in sorting.params}
    return [one for one in operation.parameters if one.name in by] if operation else []


def spellings(sorting: Sorting, operation: Operation | None, name: str) -> Iterator[Both]:
    """The same for any list; in a body only as `operation`, which takes it, describes it."""
    plain = [one for one in sorting.params if one.in_ == "query"]
    schema = operation.body.schema if operation is not None and operation.body is not None else None
    inside = [one for one in sorting.params if one.in_ == "body" and schema is not None]
    for one in inside:
        held = _at(schema, one.name)
        if held is not None and (held.items is not None or held.type == "object"):
            for up, down in _entries(held.items or held, name):
                rows = ([up], [down]) if held.items is not None else (up, down)
                yield Query(body=put({}, one.name, rows[0])), Query(body=put({}, one.name, rows[1]))
            return
    for params in (plain, inside):
        yield from _plain(params, name) if params else ()


def _plain(params: list[Param], name: str) -> Iterator[Both]:
    """The common ways with plain texts: field and direction apart, a minus before the field, a word after it."""
    by = next((one for one in params if not DIRECTION.search(one.name)), params[0])
    way = next((one for one in params if one is not by and DIRECTION.search(one.name)), None)
    if way is not None:
        truth = re.search(r"ascending", way.name, re.IGNORECASE)
        up, down = ("true", "false") if truth else ("asc", "desc")
        yield of_params([(by, name), (way, up)]), of_params([(by, name), (way, down)])
    for up, down in ((name, f"-{name}"), (f"{name}:asc", f"{name}:desc"), (f"{name} asc", f"{name} desc")):
        yield of_params([(by, up)]), of_params([(by, down)])


def _entries(entry: Schema, name: str) -> Iterator[tuple[Any, Any]]:
    """One entry of a search's order, both ways: an object of field and direction, else a text."""
    known = entry.properties(variants=True)
    field = next((one for one in known if flat(one) in FIELD), None)
    way = next((one for one in known if one != field and DIRECTION.search(one)), None)
    if field is None or way is None:
        yield from ((up, down) for up, down in ((name, f"-{name}"), (f"{name} asc", f"{name} desc")) if not known)
        return
    up, down = (_word(known[way], wanted, usual) for wanted, usual in ((ASCENDING, "asc"), (DESCENDING, "desc")))
    yield {field: name, way: up}, {field: name, way: down}


def _word(schema: Schema, wanted: re.Pattern[str], usual: str) -> Any:
    """The direction as the document spells it."""
    told = [value for one in (schema, *schema.variants) for value in one.enum]
    return next((value for value in told if wanted.search(str(value))), usual)


def _at(schema: Schema | None, path: str) -> Schema | None:
    """What a body's schema has at a dotted path; the first alternative that isn't null."""
    for part in path.split("."):
        schema = schema.properties(variants=True).get(part) if schema is not None else None
    typed = [one for one in schema.variants if one.type not in (None, "null")] if schema is not None else []
    return typed[0] if schema is not None and not schema.types and typed else schema


def said(query: Query) -> str:
    """The parameters of an order, as a finding names them."""
    return ", ".join([*(name for name, _ in query.pairs), *query.body])
