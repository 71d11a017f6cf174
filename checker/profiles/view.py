"""A resource under look: what its detectors share, worked out once and only when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from checker.model.api import Api, Operation, Parameter, Place, Schema
from checker.model.profile import FieldInfo, Param, Undetermined
from checker.profiles.languages import CONDITION, EXPRESSION
from checker.profiles.names import flat, one_of, vocabulary
from checker.profiles.paths import parameter_names, segments
from checker.profiles.resources import Group
from checker.profiles.shapes import Found, Shapes, body_schema, good_schema, join

# Path segments of operations that tell about fields or options.
TELLING = re.compile(
    r"^(custom_)?(fields?|propert(y|ies)|schemas?|describe|metadata|field_definitions|attributes?|field_settings)$"
    r"|^custom_(field|attribute|propert)|^(options?|choices|picklists?|picklist_values|enum_options|values)$"
    r"|^(field_definition|user_defined|metafield|attribute_value)"
)
# Wrappers that only group a record's own fields (JSON:API attributes, audit blocks, …).
TRANSPARENT = vocabulary(
    "attributes meta metadata meta_data audit audit_info system sys properties timestamps history base general detail details header"
)
# Objects beside the id that hold all of a record's fields, and one that holds its references, each as `{data: {type, id}}` (JSON:API).
HOLDERS = vocabulary("attributes properties fields")
RELATED = vocabulary("relationships")
DEEPEST_WRAPPER = 2  # wrappers inside each other: detail.metadata.create_time
MOST_INPUTS = 500  # of one body; bounds documents whose objects nest in each other
LONGEST_PROSE = 2000  # characters of a description that are read
DEEPEST_INPUT = 4  # body properties of a search, e.g. query.filter.updated_at.start_at


@dataclass(frozen=True, slots=True)
class Input:
    """Something a client may say in a list or search request; a body property has its dotted name."""

    name: str
    location: str
    schema: Schema
    description: str
    required: bool
    pointer: str
    operation: Operation
    example: str = ""

    def param(self, means: str | None = None) -> Param:
        """As the profile names it."""
        shown = self.location == "query" and CONDITION.search(f"{self.description} {self.example}")
        return Param(name=self.name, in_=self.location, means=means or (EXPRESSION if shown else None))


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detector found out: keys of `ResourceProfile`, why (text by capability), how sure (0 to 1), and what stays open."""

    found: Mapping[str, Any]
    why: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, float] = field(default_factory=dict)
    undetermined: tuple[Undetermined, ...] = ()


@dataclass(frozen=True, slots=True)
class Payload:
    """A request body: its media type, where the record stands in it, and the record's schema."""

    media: str | None
    path: str
    schema: Schema


class Surroundings:
    """What all views of one API share: `things` maps each resource's name in the singular to its name."""

    def __init__(self, api: Api, shapes: Shapes, things: Mapping[str, str]) -> None:
        self.api = api
        self.shapes = shapes
        self.things = things
        self._facts: dict[Place, FieldInfo] = {}

    def facts(self, schema: Schema, tell: Callable[[Schema], FieldInfo]) -> FieldInfo:
        """What a schema says of a field, told once however many records hold it."""
        known = self._facts.get(schema.place)
        if known is None:
            known = self._facts[schema.place] = tell(schema)
        return known

    @cached_property
    def telling(self) -> tuple[tuple[Operation, tuple[str, ...]], ...]:
        """Operations, with their path's segments, that manage or tell fields and options."""
        split = ((operation, segments(operation.path)) for operation in self.api.operations)
        return tuple((one, key) for one, key in split if any(TELLING.search(flat(part)) for part in key))


class View:
    """One resource of an API, with its answers, bodies and inputs."""

    def __init__(self, around: Surroundings, group: Group) -> None:
        self.around = around
        self.group = group
        self.shapes = around.shapes
        self.things = around.things

    @property
    def name(self) -> str:
        """The last literal of the collection's path: what the resource's records are called."""
        literals = [one for one in self.group.key if one != "{}"]
        return literals[-1] if literals else self.group.name

    def operation(self, kind: str) -> Operation | None:
        """The operation that lists, searches, creates, reads, updates or deletes."""
        return self.group.found.get(kind)

    @cached_property
    def listing(self) -> Operation | None:
        """The operation that answers with many records: the list, else the search."""
        return self.operation("list") or self.operation("search")

    @cached_property
    def read_answer(self) -> Found | None:
        """Where the record stands in the answer of the single read."""
        return self._answer("read", self._list_record)

    def answer(self, kind: str) -> Found | None:
        """Where the record stands in an operation's answer."""
        return self._answer(kind, self.record)

    def _answer(self, kind: str, like: Schema | None) -> Found | None:
        operation = self.operation(kind)
        schema = good_schema(operation.success) if operation is not None else None
        found = self.shapes.record(schema, self.name, like)
        return found if found is not None and found.schema else None

    @cached_property
    def _list_record(self) -> Schema | None:
        schema = good_schema(self.listing.success) if self.listing is not None else None
        found = self.shapes.items(schema, self.name, None)
        inner = self.shapes.record(found.schema, self.name) if found is not None else None
        return inner.schema if inner is not None else None

    @cached_property
    def items(self) -> Found | None:
        """Where the list of records stands, and what one of its entries is."""
        schema = good_schema(self.listing.success) if self.listing is not None else None
        read = self.read_answer
        return self.shapes.items(schema, self.name, read.schema if read is not None else None)

    @cached_property
    def record_path(self) -> str:
        """Where a record stands inside an entry of the list; empty where it is the entry."""
        if self.items is None:
            return ""
        read = self.read_answer
        inner = self.shapes.record(self.items.schema, self.name, read.schema if read is not None else None)
        return inner.path if inner is not None and "[]" not in inner.path else ""

    @cached_property
    def listed(self) -> Mapping[str, Schema]:
        """Properties of a record as the list has it."""
        schema = self.items.schema if self.items is not None else None
        for part in self.record_path.split(".") if self.record_path else ():
            schema = self.shapes.properties(schema).get(part)
        return self.shapes.properties(schema)

    @cached_property
    def record(self) -> Schema | None:
        """The fullest schema of a record that an answer declares: the read's, else the list's, else that of a write."""
        read = self.read_answer
        if read is not None and self.shapes.is_object(read.schema):
            return read.schema
        if self.items is not None and self.listed:
            schema: Schema | None = self.items.schema
            for part in self.record_path.split(".") if self.record_path else ():
                schema = self.shapes.properties(schema).get(part)
            return schema
        for kind in ("create", "update"):
            found = self._answer(kind, None)
            if found is not None and self.shapes.is_object(found.schema):
                return found.schema
        return None

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """A record's properties as answers have them; where no answer is declared, as the create body has them."""
        found = {**self.shapes.properties(self.record)}
        for name, schema in self.listed.items():
            found.setdefault(name, schema)
        if not found and self.body is not None:
            found = {**self.shapes.properties(self.body.schema)}
        return found

    @cached_property
    def spread(self) -> tuple[str, ...]:
        """The objects that hold the record's own fields in answers and bodies alike; none where the record has more fields beside them."""
        named = {name: flat(name) for name in self.properties}
        plain = [one for one, schema in self.properties.items() if self.shapes.kind(schema) not in ("object", "array")]
        body = self.shapes.properties(self.body.schema) if self.body is not None else self.properties
        held = [
            name
            for name, said in named.items()
            if said in HOLDERS and name in body and len(self.shapes.properties(self.properties[name])) >= len(plain)
        ]
        if not held or self.record is None or not self.shapes.has_identity(self.record, self.name):
            return ()
        return (*held, *(name for name, said in named.items() if said in RELATED))

    @cached_property
    def fields(self) -> Mapping[str, Schema]:
        """A record's fields as they are read here: those that `spread` objects hold by their paths."""
        return self.fields_of(self.properties)

    def fields_of(self, properties: Mapping[str, Schema]) -> Mapping[str, Schema]:
        """The same of a record's or a body's properties."""
        found: dict[str, Schema] = {}
        for name, schema in properties.items():
            if name not in self.spread:
                found[name] = schema
                continue
            for inner, below in self.shapes.properties(schema).items():
                reference = self.reference(below) if flat(name) in RELATED else None
                found[join(name, inner, "data.id" if reference is not None else "")] = reference or below
        return found

    def reference(self, schema: Schema) -> Schema | None:
        """The id in a reference of the form `{data: {type, id}}`; None where it has another form."""
        data = self.shapes.properties(schema).get("data")
        return self.shapes.properties(data).get("id") if data is not None and data.items is None else None

    def required_of(self, schema: Schema) -> list[str]:
        """What a body demands of the record's own fields, by the names of `fields`."""
        properties, names = self.shapes.properties(schema), schema.required()
        found = [one for one in names if one not in self.spread]
        for holder in self.spread:
            below = properties.get(holder)
            if below is None or (flat(holder) in RELATED and holder not in names):
                continue
            known = self.fields_of({holder: below})
            for one in below.required():
                found += [path for path in (join(holder, one), join(holder, one, "data.id")) if path in known]
        return found

    def said(self, path: str) -> str:
        """The words of a field's name, without the object that holds the record's fields."""
        holder, dot, rest = path.partition(".")
        return flat(rest.removesuffix(".data.id") if dot and holder in self.spread else path)

    @cached_property
    def own_fields(self) -> tuple[tuple[str, str, Schema], ...]:
        """Path, words and schema of the record's own fields; wrappers that only group them are looked through, and come last."""
        return tuple(self._plain(self.properties, "", DEEPEST_WRAPPER))

    def _plain(self, properties: Mapping[str, Schema], prefix: str, depth: int) -> Iterator[tuple[str, str, Schema]]:
        wrappers: list[tuple[str, Mapping[str, Schema]]] = []
        for name, schema in properties.items():
            below = self.shapes.properties(schema) if depth and flat(name) in TRANSPARENT else {}
            if below:
                wrappers.append((join(prefix, name), below))
            else:
                yield join(prefix, name), flat(name), schema
        for path, below in wrappers:
            yield from self._plain(below, path, depth - 1)

    @cached_property
    def body(self) -> Payload | None:
        """The body that creates one record."""
        operation = self.operation("create") or self.operation("upsert")
        return self._payload(operation) if operation is not None else None

    @cached_property
    def update_body(self) -> Payload | None:
        """The body that changes one record."""
        operation = self.operation("update")
        return self._payload(operation) if operation is not None else None

    def _payload(self, operation: Operation) -> Payload | None:
        media, schema = body_schema(operation.body)
        if schema is None:
            return None
        found = self.shapes.record(schema, self.name, self.record)
        return Payload(media, found.path, found.schema) if found is not None else Payload(media, "", schema)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """All that list and search take: query and header parameters, and a search's body properties."""
        found: list[Input] = []
        for kind in ("list", "search"):
            operation = self.operation(kind)
            if operation is None:
                continue
            found += [_input(one, operation) for one in operation.parameters if one.location in ("query", "header")]
            schema = body_schema(operation.body)[1]
            if schema is not None and (operation.method != "GET"):
                found += islice(self._body_inputs(schema, operation, "", 1), MOST_INPUTS)
        return tuple(found)

    def _body_inputs(self, schema: Schema, operation: Operation, prefix: str, depth: int) -> Iterator[Input]:
        required = schema.required()
        for name, below in self.shapes.properties(schema).items():
            path = join(prefix, name)
            yield Input(
                path, "body", below, below.description[:LONGEST_PROSE], name in required, below.pointer, operation
            )
            if depth < DEEPEST_INPUT and below.type != "array":
                yield from self._body_inputs(below, operation, path, depth + 1)

    @cached_property
    def key_parameter(self) -> str | None:
        """The name of the path parameter that names one record."""
        for kind in ("read", "update", "delete"):
            operation = self.operation(kind)
            names = parameter_names(operation.path) if operation is not None else []
            if len(names) > self.group.holes:
                return names[self.group.holes]
        return None

    @cached_property
    def plain_fields(self) -> dict[str, tuple[int, str]]:
        """The record's own fields that hold text or numbers, by their words: place in the document and path; the first of a name."""
        found: dict[str, tuple[int, str]] = {}
        for number, (path, said, schema) in enumerate(self.own_fields):
            if self.shapes.kind(schema) not in ("object", "boolean"):
                found.setdefault(said, (number, path))
        return found

    @cached_property
    def thing(self) -> str:
        """What one record is called, in the singular."""
        return one_of(self.name)


def _input(parameter: Parameter, operation: Operation) -> Input:
    description = parameter.description or parameter.schema.description
    return Input(
        parameter.name,
        parameter.location,
        parameter.schema,
        description[:LONGEST_PROSE],
        parameter.required,
        parameter.pointer,
        operation,
        str(parameter.example if parameter.example is not None else parameter.schema.get("example") or ""),
    )
