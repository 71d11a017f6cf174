"""Which rules the document declares for the fields of a new record, and every declared field with its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from checker.model.api import Schema
from checker.model.profile import FieldInfo, Validation
from checker.profiles.meanings import meaning
from checker.profiles.names import one_of
from checker.profiles.view import Detection, View

FIELD_DEPTH = 3  # how deep the fields of a record are listed
MAX_FIELDS = 600  # enough for every record one would map by hand; bounds documents that nest each object in each other
LONGEST_TEXT = 300  # of a description, in characters

EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
LIMITS = ("minLength", "multipleOf", *EXCLUSIVE, *EXCLUSIVE.values())

_UNIQUE = re.compile(
    r"\bmust be unique\b|\bunique (across|within|per|among)\b|(^|[.;,(] ?)unique($|[.;,)])|eindeutig sein",
    re.IGNORECASE,
)


def _first(schema: Schema, keyword: str) -> object:
    """A keyword's value on the schema or, where it has none, on one of its alternatives."""
    value = schema.get(keyword)
    if value is not None:
        return value
    return next((found for one in schema.variants if (found := one.get(keyword)) is not None), None)


def _choices(schema: Schema) -> list[object]:
    """Allowed values, those of alternatives included; an empty text or null alone is no choice."""
    values = [*schema.enum, *(value for one in schema.variants for value in one.enum)]
    return values if [value for value in values if value not in ("", None)] else []


def rules(properties: Mapping[str, Schema], required: list[str], read_only: set[str]) -> Validation:
    """The rules of a body's own fields; what a client may not write has none."""
    writable = {name: schema for name, schema in properties.items() if name not in read_only}
    return Validation(
        required=tuple(name for name in required if name not in properties or name in writable),
        enum=tuple(name for name, schema in writable.items() if _choices(schema)),
        max_length=tuple(name for name, schema in writable.items() if isinstance(_first(schema, "maxLength"), int)),
        pattern=tuple(name for name, schema in writable.items() if _first(schema, "pattern") is not None),
        unique=tuple(
            name for name, schema in writable.items() if _says_unique(schema.description) and not _choices(schema)
        ),
    )


def _says_unique(text: str) -> bool:
    """Whether prose says that no two records share the value; most prose is told by a word that it lacks."""
    return ("nique" in text or "indeutig" in text) and _UNIQUE.search(text) is not None


def detect_validation(view: View) -> Detection:
    """`validation`, as the create body has it; nothing where no create is described."""
    if view.body is None:
        return Detection({})
    properties = view.shapes.properties(view.body.schema)
    read_only = view.shapes.read_only(view.body.schema)
    for holder in view.spread:
        held = view.shapes.read_only(properties[holder]) if holder in properties else ()
        read_only |= {f"{holder}.{name}" for name in held}
    found = rules(view.fields_of(properties), view.required_of(view.body.schema), read_only)
    why = f"the body of the write, {view.body.schema.pointer}"
    return Detection({"validation": found}, {"validation": why}, {"validation": 0.9})


def _walk(
    view: View, properties: Mapping[str, Schema], prefix: str, seen: frozenset[Schema]
) -> Iterator[tuple[str, Schema]]:
    for name, schema in properties.items():
        path = f"{prefix}{name}"
        yield path, schema
        entries = schema.items
        holder, mark = entries or schema, "[]" if entries is not None else ""
        if path.count(".") + 1 >= FIELD_DEPTH or holder in seen:
            continue
        if not _elsewhere(view, schema):
            yield from _walk(view, view.shapes.properties(holder), f"{path}{mark}.", seen | {holder})


def _elsewhere(view: View, schema: Schema) -> bool:
    """Whether a field holds another resource's record (or its id, expandable): its fields are that resource's."""
    if schema.items is None and schema.name is not None and one_of(schema.name) in view.things:
        return True
    kinds = {one.type for one in schema.variants}
    return bool(kinds & {"string", "integer"}) and bool(kinds & {"object", None})


def detect_schema(view: View) -> Detection:
    """`schema`: every declared field of the record with dotted names, type, format, and the create body's rules."""
    body = view.fields_of(view.shapes.properties(view.body.schema)) if view.body is not None else {}
    required = set(view.required_of(view.body.schema)) if view.body is not None else set()
    found: dict[str, FieldInfo] = {}
    merged = {**view.fields, **{name: schema for name, schema in body.items() if name not in view.fields}}
    for path, schema in _walk(view, merged, "", frozenset()):
        if len(found) >= MAX_FIELDS:
            break
        facts = view.around.facts(schema, _facts)
        rule = view.around.facts(body[path], _facts) if path in body else facts
        found[path] = replace(
            facts,
            name=path,
            required=path in required,
            read_only=facts.read_only or (bool(body) and path in merged and path not in body),
            max_length=rule.max_length,
            pattern=rule.pattern,
            enum=rule.enum,
            limits=rule.limits,
            means=meaning(path, view.thing, facts.type, facts.format),
        )
    return Detection({"schema": tuple(found.values())})


def _facts(schema: Schema) -> FieldInfo:
    """What a schema says of a field, whatever the field is called."""
    plain = _number_or_text(schema) or schema
    return FieldInfo(
        name="",
        type=plain.type,
        format=plain.format,
        read_only=schema.read_only,
        max_length=_number(_first(schema, "maxLength")),
        pattern=_text(_first(schema, "pattern")),
        enum=tuple(_choices(schema)),
        limits=_limits(schema),
        description=schema.description[:LONGEST_TEXT],
    )


def _limits(schema: Schema) -> dict[str, float]:
    """Keywords that bound a number or a text from below, or a number from above. OpenAPI 3.0 says by `true` beside a bound that it isn't allowed itself."""
    held = {name: schema.get(name) for name in LIMITS}
    found = {name: one for name, one in held.items() if isinstance(one, int | float) and not isinstance(one, bool)}
    for bound, exclusive in EXCLUSIVE.items():
        if held[exclusive] is True and bound in found:
            found[exclusive] = found.pop(bound)
    return found


def _number_or_text(schema: Schema) -> Schema | None:
    """The number of a field that is declared as a number or its text, as amounts often are for the sake of their decimals."""
    kinds = {one.type: one for one in schema.variants if one.type != "null"}
    number = kinds.get("number") if set(kinds) == {"number", "string"} else None
    return number if number is not None and number.format is not None else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
