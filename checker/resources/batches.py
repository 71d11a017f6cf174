"""Several records in one call, as the API takes them: a bare list, or a list under a name. Pure."""

from __future__ import annotations

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


def names_a_row(body: Any) -> bool:
    """Whether an answer to a call with two records speaks of them one by one: two results, or the number of one."""
    if isinstance(body, Mapping):
        return any(_is_place(str(name), value) or names_a_row(value) for name, value in body.items())
    if isinstance(body, list):
        both = [one for one in body if isinstance(one, Mapping)]
        return len(both) == PAIR or any(names_a_row(one) for one in body)
    return isinstance(body, str) and any(one in body for one in ("[1]", "/1/", "[1].", "#1"))


PAIR = 2  # records in the call
PLACES = frozenset({"index", "row", "rownumber", "row_number", "line", "item", "position", "pos", "record", "zeile"})


def _is_place(name: str, value: Any) -> bool:
    return name.casefold() in PLACES and not isinstance(value, bool) and str(value) in {"1", "2"}
