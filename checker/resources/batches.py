"""Several records in one call, as the API takes them: a bare list, or a list under a name. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.model.api import Api, Operation, Schema
from checker.model.profile import ResourceProfile


@dataclass(frozen=True, slots=True)
class BatchForm:
    """How several records are written at once: the operation's key (`POST /contacts/batch`), and the name of the list; empty for a bare one."""

    operation: str
    under: str = ""

    def filled(self, bodies: Sequence[Any]) -> Any:
        """The call's body."""
        return {self.under: list(bodies)} if self.under else list(bodies)


def batch_form(profile: ResourceProfile, api: Api | None) -> BatchForm | None:
    """The form in which a resource's records are created together; None where the document shows none."""
    for key in (profile.operations.bulk, profile.operations.create):
        operation = api.operation(key) if api and key and key.startswith("POST ") else None
        form = _of(operation, own=key != profile.operations.create) if operation is not None else None
        if form is not None:
            return form
    return None


def batch_change_form(profile: ResourceProfile, api: Api | None) -> BatchForm | None:
    """The form in which some fields of several records are changed together, each record named by its id; None where the document shows none."""
    paths = dict.fromkeys(one.partition(" ")[2] for one in (profile.operations.bulk, profile.operations.create) if one)
    for path in paths:
        operation = api.operation(f"PATCH {path}") if api else None
        schema = operation.body.schema if operation is not None and operation.body else None
        if operation is None or schema is None or not _names_id(schema, profile.fields.id):
            continue
        form = _of(operation, own=True)
        if form is not None:
            return form
    return None


def _names_id(schema: Schema, name: str | None) -> bool:
    """Whether the rows that a body holds have a field of that name."""
    lists = [one for one in (schema, *schema.variants, *schema.properties().values()) if _rows(one)]
    return any(name in one.items.properties(variants=True) for one in lists if one.items is not None)


def _of(operation: Operation, *, own: bool) -> BatchForm | None:
    """`own`: the operation is for batches alone; a single create may well hold nothing but its lines."""
    schema = operation.body.schema if operation.body else None
    if schema is None:
        return None
    if any(_rows(one) for one in (schema, *schema.variants)):
        return BatchForm(operation.key)
    lists = [name for name, one in schema.properties().items() if _rows(one)]
    return BatchForm(operation.key, lists[0]) if own and len(schema.properties()) == len(lists) == 1 else None


def _rows(schema: Schema) -> bool:
    """Whether it is a list of objects."""
    if schema.type != "array" or schema.items is None:
        return False
    return any(one.type == "object" or one.properties() for one in (schema.items, *schema.items.variants))


ROWS = 3  # in a call that is tried: a good one, a faulty one, and a good one behind it
PLACES = frozenset({"index", "row", "rownumber", "row_number", "line", "item", "position", "pos", "record", "zeile"})
FAILED = re.compile(r"fail|error|invalid|reject|refus|denied|conflict|fehler|abgelehnt|abgewiesen", re.IGNORECASE)
STATUS = re.compile(r"status|code", re.IGNORECASE)
MESSAGE = re.compile(r"message|reason|detail|meldung|grund", re.IGNORECASE)
GOOD = range(200, 400)


def names_a_row(body: Any) -> bool:
    """Whether an answer to a call with one faulty row, the second, speaks of that one: among as many results as rows one that failed, or its number."""
    results = results_of(body)
    if results is None:
        return _names_place(body)
    return any(_fails(one, other) for one in results for other in results)


def results_of(body: Any) -> list[Mapping[str, Any]] | None:
    """The results of all rows, one by one, where an answer has as many as there were rows."""
    if isinstance(body, Mapping):
        return next((one for value in body.values() if (one := results_of(value)) is not None), None)
    if not isinstance(body, list):
        return None
    rows = [one for one in body if isinstance(one, Mapping)]
    if len(body) == len(rows) == ROWS:
        return rows
    return next((found for one in rows if (found := results_of(one)) is not None), None)


def _fails(result: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a row's result says that it failed where another's doesn't: it has another shape, a status, a verdict or a word of failure."""
    if result.keys() != other.keys():
        return True
    return any(_bad(name, value) for name, value in result.items() if value != other[name])


def _bad(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return not value
    if STATUS.search(name):
        return not str(value).isdigit() or int(value) not in GOOD
    if isinstance(value, str):
        return bool(value and (FAILED.search(name) or MESSAGE.search(name) or FAILED.search(value)))
    return isinstance(value, Mapping | list) and bool(value)


def _names_place(body: Any) -> bool:
    if isinstance(body, Mapping):
        return any(_is_place(str(name), value) or _names_place(value) for name, value in body.items())
    if isinstance(body, list):
        return any(_names_place(one) for one in body)
    return isinstance(body, str) and any(one in body for one in ("[1]", "/1/", "[1].", "#1"))


def _is_place(name: str, value: Any) -> bool:
    return name.casefold() in PLACES and not isinstance(value, bool) and str(value) in {"1", "2"}
