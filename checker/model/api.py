"""Api: a system's interface in our own words. Nothing above `documents/` knows the description language's spelling.

Schemas are lazy views: a reference is followed when somebody looks through it, and nothing is ever inlined, so cycles and very large
documents are normal. JSON Schema's own words (type, properties, enum) are kept: they are the field's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from checker.model.profile import AuthScheme

MAX_REFERENCE_HOPS = 64  # a chain of references longer than this is taken for a cycle


class Place(NamedTuple):
    """Where a node stands: the document's file (or URL) and the JSON pointer inside it, as `#/…`."""

    base: str
    pointer: str

    def child(self, *parts: str | int) -> Place:
        """The place below, with the pointer's escapes."""
        below = self.pointer
        for part in parts:
            name = str(part)
            below += "/" + (name.replace("~", "~0").replace("/", "~1") if "/" in name or "~" in name else name)
        return Place(self.base, below)


# (reference as written, place of the node that holds it) -> (node, its place); None where it leads nowhere or is not allowed
Resolver = Callable[[str, Place], tuple[Any, Place] | None]


# Rules that count beside a reference, too: JSON Schema 2020-12 (OpenAPI 3.1) has them hold together. OpenAPI 3.0 ignores them, and
# nobody writes a rule to have it ignored.
BESIDE_REFERENCE = frozenset({"required", "properties", "enum", "maxLength", "pattern"})


def _parts(node: Any) -> Any:
    """A reference with rules beside it as the parts that it stands for; anything else as it is."""
    if type(node) is dict and len(node) > 1 and "$ref" in node and not BESIDE_REFERENCE.isdisjoint(node):
        return {**{key: value for key, value in node.items() if key != "$ref"}, "allOf": [{"$ref": node["$ref"]}]}
    return node


def follow(node: Any, place: Place, resolve: Resolver) -> tuple[Any, Place]:
    """Follow `$ref` until a node that is none; an unresolvable or endless chain ends in an empty mapping."""
    if type(node) is dict and "$ref" not in node:  # nearly always
        return node, place
    for _ in range(MAX_REFERENCE_HOPS):
        if not (isinstance(node, Mapping) and isinstance(node.get("$ref"), str)):
            return node, place
        target = resolve(node["$ref"], place)
        if target is None:
            return {}, place
        node, place = target
    return {}, place


class Schema:
    """A lazy view of a JSON Schema node. Two views of one place are equal."""

    __slots__ = ("_node", "_resolve", "place")

    def __init__(self, node: Any, place: Place, resolve: Resolver) -> None:
        target, self.place = follow(_parts(node), place, resolve)
        self._node: Mapping[str, Any] = target if type(target) is dict or isinstance(target, Mapping) else {}
        self._resolve = resolve

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and other.place == self.place

    def __hash__(self) -> int:
        return hash(self.place)

    def __repr__(self) -> str:
        return f"Schema({self.place.base}{self.place.pointer})"

    def __bool__(self) -> bool:
        return bool(self._node)

    @property
    def node(self) -> Mapping[str, Any]:
        """The node as written, references inside it unfollowed."""
        return self._node

    @property
    def pointer(self) -> str:
        """The JSON pointer of the node behind the references."""
        return self.place.pointer

    @property
    def name(self) -> str | None:
        """The component's name, where the node is a named one."""
        parts = self.place.pointer.split("/")
        named = len(parts) > 1 and parts[-2] in {"schemas", "definitions", "$defs"}
        return parts[-1].replace("~1", "/").replace("~0", "~") if named else None

    def below(self, *parts: str | int, node: Any) -> Schema:
        """The view of `node`, which stands below this one at `parts`."""
        return Schema(node, self.place.child(*parts), self._resolve)

    def _list(self, key: str) -> list[Schema]:
        nodes = self._node.get(key)
        return [self.below(key, i, node=one) for i, one in enumerate(nodes)] if isinstance(nodes, list) else []

    @property
    def all_of(self) -> list[Schema]:
        """Parts that hold together."""
        return self._list("allOf")

    @property
    def variants(self) -> list[Schema]:
        """Alternatives, of oneOf and anyOf."""
        if "oneOf" not in self._node and "anyOf" not in self._node:  # nearly always
            return []
        return [*self._list("oneOf"), *self._list("anyOf")]

    @property
    def own_properties(self) -> dict[str, Schema]:
        """Properties written on this very node."""
        nodes = self._node.get("properties")
        if not isinstance(nodes, Mapping):
            return {}
        return {str(key): self.below("properties", str(key), node=one) for key, one in nodes.items()}

    @property
    def items(self) -> Schema | None:
        """What an array holds."""
        if "items" not in self._node and "allOf" not in self._node:  # nearly always
            return None
        for part in self.walk():
            node = part.node.get("items")
            if isinstance(node, Mapping):
                return part.below("items", node=node)
        return None

    @property
    def additional(self) -> Schema | bool | None:
        """additionalProperties: a schema, true or false; None where nothing is said."""
        for part in self.walk():
            node = part.node.get("additionalProperties")
            if isinstance(node, bool):
                return node
            if isinstance(node, Mapping):
                return part.below("additionalProperties", node=node)
        return None

    def walk(self, *, variants: bool = False) -> Iterator[Schema]:
        """This node and, each once, the parts of its allOf; with `variants` also its alternatives."""
        if "allOf" not in self._node and not (variants and self.variants):  # nearly always
            yield self
            return
        seen: set[Place] = set()
        waiting = [self]
        while waiting:
            schema = waiting.pop(0)
            if schema.place in seen:
                continue
            seen.add(schema.place)
            yield schema
            waiting = [*schema.all_of, *(schema.variants if variants else ()), *waiting]

    def properties(self, *, variants: bool = False) -> dict[str, Schema]:
        """All properties, those of allOf included, and with `variants` those of any alternative; the first of a name wins."""
        found: dict[str, Schema] = {}
        for part in self.walk(variants=variants):
            for name, schema in part.own_properties.items():
                found.setdefault(name, schema)
        return found

    def required(self) -> list[str]:
        """Names that must be there, those of allOf included."""
        names: dict[str, None] = {}
        for part in self.walk():
            listed = part.node.get("required")
            if isinstance(listed, list):
                names.update((str(name), None) for name in listed if isinstance(name, str))
        return list(names)

    def get(self, keyword: str) -> Any:
        """The first value of a keyword on this node or in its allOf."""
        if "allOf" not in self._node:
            return self._node.get(keyword)
        return next((part.node[keyword] for part in self.walk() if part.node.get(keyword) is not None), None)

    @property
    def types(self) -> list[str]:
        """Declared JSON types; where none is declared, what properties and items imply."""
        declared = self.get("type")
        if isinstance(declared, str):
            return [declared]
        if isinstance(declared, list):
            return [str(one) for one in declared]
        if any("properties" in part.node for part in self.walk()):
            return ["object"]
        return ["array"] if self.items is not None else []

    @property
    def type(self) -> str | None:
        """The one declared type that isn't null."""
        return next((one for one in self.types if one != "null"), None)

    @property
    def format(self) -> str | None:
        """The declared format."""
        value = self.get("format")
        return value if isinstance(value, str) else None

    @property
    def enum(self) -> list[Any]:
        """Allowed values; a const is a list of one."""
        value = self.get("enum")
        if isinstance(value, list):
            return value
        const = self.get("const")
        return [const] if const is not None else []

    @property
    def max_length(self) -> int | None:
        """Longest text, in characters."""
        value = self.get("maxLength")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def pattern(self) -> str | None:
        """Regular expression a text must match."""
        value = self.get("pattern")
        return value if isinstance(value, str) else None

    @property
    def description(self) -> str:
        """Prose, empty where there is none."""
        value = self.get("description") or self.get("title")
        return value if isinstance(value, str) else ""

    @property
    def read_only(self) -> bool:
        """Whether a client may not write it."""
        return self.get("readOnly") is True


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation; `location` is query, header, path or cookie."""

    name: str
    location: str
    required: bool
    schema: Schema
    description: str = ""
    pointer: str = ""
    example: Any = None
    style: str | None = None


def _json_first(media: Mapping[str, Schema]) -> Schema | None:
    json = (schema for name, schema in media.items() if "json" in name)
    return next(json, next(iter(media.values()), None))


@dataclass(frozen=True, slots=True)
class Body:
    """A request body; `media` maps each media type to its schema, in the document's order."""

    media: Mapping[str, Schema]
    required: bool
    pointer: str = ""
    examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> Schema | None:
        """The JSON schema, else the first media type's."""
        return _json_first(self.media)


@dataclass(frozen=True, slots=True)
class Reply:
    """A declared answer; `status` is `200`, `2XX` or `default`. `headers` maps names to schemas."""

    status: str
    media: Mapping[str, Schema]
    headers: Mapping[str, Schema]
    description: str = ""
    pointer: str = ""
    examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> Schema | None:
        """The JSON schema, else the first media type's."""
        return _json_first(self.media)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `method` in capitals, `path` with `{parameters}` and without the server's part.

    `security` is None where the document's own holds; otherwise alternatives, each a tuple of scheme names.
    """

    method: str
    path: str
    id: str | None
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    replies: tuple[Reply, ...]
    security: tuple[tuple[str, ...], ...] | None
    deprecated: bool
    callbacks: tuple[str, ...]
    pointer: str
    extensions: Mapping[str, Any]

    @property
    def key(self) -> str:
        """`METHOD /path`, the operation's name in profiles."""
        return f"{self.method} {self.path}"

    @property
    def success(self) -> Reply | None:
        """The declared good answer: the lowest 2xx that has a schema, else the lowest, else the default."""
        good = sorted(
            (one for one in self.replies if one.status[:1] == "2"), key=lambda one: (one.schema is None, one.status)
        )
        return next(iter(good), next((one for one in self.replies if one.status == "default"), None))

    def parameter(self, name: str, location: str | None = None) -> Parameter | None:
        """The parameter of that name."""
        return next((one for one in self.parameters if one.name == name and location in (None, one.location)), None)


@dataclass(frozen=True, slots=True)
class Api:
    """A system's interface as its document declares it.

    `security` holds the document's own alternatives, each a tuple of scheme names; `schemes` maps names to kinds of ours.
    `events` are the names of documented events (webhooks, callbacks or a vendor's extension of that kind), with their pointers.
    `server_names` are the servers' descriptions by address, where there are any.
    """

    title: str
    version: str
    spec: str
    source: str
    description: str
    servers: tuple[str, ...]
    operations: tuple[Operation, ...]
    schemes: Mapping[str, tuple[AuthScheme, ...]]
    security: tuple[tuple[str, ...], ...]
    events: Mapping[str, str]
    schemas: Mapping[str, Schema]
    tags: Mapping[str, str]
    extensions: Mapping[str, Any]
    server_names: Mapping[str, str] = field(default_factory=dict)

    def operation(self, key: str | None) -> Operation | None:
        """The operation of that key (`METHOD /path`)."""
        return next((one for one in self.operations if one.key == key), None)
