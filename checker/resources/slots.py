"""Slots: the fields of a create body, with the rules that hold for them, read from a schema or from an existing record's shape. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from checker.model.api import Body, Operation, Schema
from checker.model.paths import segments
from checker.model.profile import FieldInfo, ResourceProfile
from checker.profiles.declared import LOCK_FIELDS
from checker.profiles.names import flat

DEEPEST = 5  # levels of objects inside objects that are looked at; schemas may hold themselves
OWN_IDS = frozenset({"id", "_id", "uuid", "guid"})  # names of a line's own id, in lower case
LONGEST_COPIED = 40  # characters of a text of an existing record that still look like a code


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a body. `name` is its own, `path` the dotted one from the body's top; `below` are an object's fields, `item` what an array holds.

    `example` is a value that is known to fit: declared, or seen in a record.
    """

    name: str
    path: str
    type: str | None = None
    format: str | None = None
    required: bool = False
    nullable: bool = False
    max_length: int | None = None
    min_length: int | None = None
    pattern: str | None = None
    enum: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None
    example: Any = None
    below: tuple[Slot, ...] = ()
    item: Slot | None = None

    def walk(self) -> Iterator[Slot]:
        """The slot and all that are inside it; those of an array's items too."""
        yield self
        for one in (*self.below, *((self.item,) if self.item else ())):
            yield from one.walk()


def slots_of_body(operation: Operation | None, profile: ResourceProfile) -> tuple[Slot, ...]:
    """The fields that the create operation's body declares, in the document's order; none where it declares none."""
    body = operation.body if operation else None
    schema = _record_schema(body, profile) if body else None
    read_only = {one.name for one in profile.schema if one.read_only}
    slots = _spread(_children(schema, "", 0), profile) if schema else ()
    return tuple(one for one in slots if one.path not in read_only)


def _spread(slots: Iterator[Slot], profile: ResourceProfile) -> Iterator[Slot]:
    """The fields as a record is read here: those that `spread` objects hold at the top, and of a reference (`{data: {type, id}}`) its id."""
    for slot in slots:
        if slot.name not in profile.spread:
            yield slot
            continue
        for one in slot.below:
            path = f"{one.path}.data.id"
            inside = next((below for below in one.walk() if below.path == path), None)
            if inside is None:
                yield replace(one, name=one.path)
            elif any(relation.field == path for relation in profile.relations):
                yield replace(inside, name=path, required=slot.required and one.required)


def takes_any(operation: Operation | None, profile: ResourceProfile) -> bool:
    """Whether the create operation's body is declared to take fields that it doesn't name. Where nothing is said of them, it isn't."""
    schema = _record_schema(operation.body, profile) if operation and operation.body else None
    for holder in profile.spread[:1]:
        schema = schema.properties(variants=True).get(holder) if schema is not None else None
    more = schema.get("additionalProperties") if schema is not None else None
    return more is True or isinstance(more, Mapping)


def _record_schema(body: Body, profile: ResourceProfile) -> Schema | None:
    """The schema of the record inside the body, whatever wraps it."""
    schema = body.media.get(profile.body_media or "") or body.schema
    for part in segments(profile.body_path or ""):
        if schema is None:
            return None
        schema = schema.items if part == "[]" else schema.properties(variants=True).get(part)
    return schema


def _children(schema: Schema, path: str, depth: int) -> Iterator[Slot]:
    required = set(schema.required())
    for name, one in schema.properties(variants=True).items():
        if not one.read_only:
            where = f"{path}.{name}" if path else name
            yield slot_of(one, name, where, depth, required=name in required)


def slot_of(schema: Schema, name: str, path: str, depth: int = 0, *, required: bool = False) -> Slot:
    """One declared field; alternatives are read as their first that isn't null."""
    chosen = _alternative(schema, rows=path.endswith("[]"))
    kind = chosen.type
    deep = depth < DEEPEST
    items = chosen.items if kind == "array" and deep else None
    enum = tuple(chosen.enum)
    return Slot(
        name=name,
        path=path,
        type=kind,
        format=chosen.format,
        required=required,
        nullable=_nullable(schema) or None in enum,
        max_length=chosen.max_length,
        min_length=_whole(chosen.get("minLength")),
        pattern=chosen.pattern,
        enum=enum,
        minimum=_number(chosen.get("minimum"), chosen.get("exclusiveMinimum")),
        maximum=_number(chosen.get("maximum"), chosen.get("exclusiveMaximum")),
        default=chosen.get("default"),
        example=_example(chosen) if _example(chosen) is not None else _example(schema),
        below=tuple(_children(chosen, path, depth + 1)) if kind == "object" and deep else (),
        item=slot_of(items, name, f"{path}[]", depth + 1) if items is not None else None,
    )


def _alternative(schema: Schema, *, rows: bool) -> Schema:
    """The first that has a type; in a list rather a whole row than the id of one, for an id would take somebody else's row."""
    if schema.types:
        return schema
    typed = [one for one in schema.variants if one.type is not None]
    objects = [one for one in typed if one.type == "object"] if rows else []
    return next(iter([*objects, *typed]), schema)


def _nullable(schema: Schema) -> bool:
    return (
        schema.get("nullable") is True or "null" in schema.types or any("null" in one.types for one in schema.variants)
    )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(bound: Any, exclusive: Any) -> float | None:
    """The bound; a boolean `exclusive…` (OpenAPI 3.0) says nothing that a value well inside would break."""
    found = [one for one in (bound, exclusive) if isinstance(one, int | float) and not isinstance(one, bool)]
    return found[0] if found else None


def _example(schema: Schema) -> Any:
    listed = schema.get("examples")
    if isinstance(listed, list) and listed:
        return listed[0]
    return schema.get("example")


def slots_of_record(record: Mapping[str, Any], profile: ResourceProfile) -> tuple[Slot, ...]:
    """The fields of an existing record that a create could carry: without ids, stamps, its version and what is only read; those of its lines
    likewise.

    The id of a line that is there would take that line away from its record.
    """
    known = {one.name: one for one in profile.schema}
    out = own_fields(profile)
    kept = {
        name: value
        for name, value in record.items()
        if name not in out and flat(name) not in LOCK_FIELDS and value is not None
    }
    return tuple(_seen(name, name, value, known) for name, value in kept.items() if not _only_read(name, known))


def _only_read(path: str, known: Mapping[str, FieldInfo]) -> bool:
    """Whether a field is not to be sent: the document says so, or it is a line's own id."""
    inside, _, name = path.rpartition("[].")
    return (path in known and known[path].read_only) or (bool(inside) and name.lower() in OWN_IDS)


def own_fields(profile: ResourceProfile) -> set[str]:
    """Fields that are the system's own affair: id, stamps, the mark of deletion."""
    roles = profile.fields
    return {one for one in (roles.id, roles.deleted, *_many(roles.created), *_many(roles.updated)) if one}


def _many(name: str | list[str] | None) -> list[str]:
    return [] if name is None else name if isinstance(name, list) else [name]


def _seen(name: str, path: str, value: Any, known: Mapping[str, FieldInfo]) -> Slot:
    """What a record has in a field, with the room that the document gives it."""
    told = known.get(path)
    slot = Slot(name, path, type=_type(value), max_length=told.max_length if told else None)
    if isinstance(value, Mapping):
        below = {str(key): one for key, one in value.items() if not _only_read(f"{path}.{key}", known)}
        return replace(slot, below=tuple(_seen(key, f"{path}.{key}", one, known) for key, one in below.items()))
    if isinstance(value, list):
        return replace(slot, item=_seen(name, f"{path}[]", value[0], known) if value else None)
    if isinstance(value, str) and len(value) > LONGEST_COPIED:
        return slot
    return replace(slot, example=value)


def _type(value: Any) -> str:
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")
