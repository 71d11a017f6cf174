"""Looking into schemas: properties with a cache, where the list of records stands, where one record stands in an answer or a body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.model.api import Body, Operation, Place, Reply, Schema
from checker.profiles.names import ends_with_thing, flat, one_of, same_thing, vocabulary, words

# Names under which public APIs wrap a list of records.
LIST_NAMES = vocabulary(
    "data items results result records list value values entries rows content objects elements hits docs documents "
    "resources collection payload response page members member edges nodes d daten eintraege ergebnisse liste"
)
# Names under which public APIs wrap one record.
RECORD_NAMES = vocabulary("data item result record payload response object resource entity entry value d content")
# Arrays that accompany the records and are never the records.
BESIDE_NAMES = vocabulary(
    "error errors warning warnings link links included include message messages filter filters facet facets aggregation "
    "aggregations validation_errors meta paging pagination sort sorts columns headers notification notifications"
)
ERROR_WORDS = vocabulary("error errors exception fault problem failure")
# Names a record knows itself by (without those made from the resource's own name).
ID_NAMES = ("id", "_id", "gid", "uuid", "guid", "identifier", "key", "code", "sys_id", "oid")
MAX_DEPTH = 3  # deeper than this no public API hides its list
MOST_BESIDE = 8  # plain fields beside a wrapped record (status, code, message, time …); what has more is a record with an object in it


@dataclass(frozen=True, slots=True)
class Found:
    """A schema found below another, and the dotted path to it, `[]` after an array."""

    path: str
    schema: Schema


def join(*parts: str) -> str:
    """A dotted path of the parts that aren't empty; `[]` joins without a dot."""
    path = ""
    for part in parts:
        if part:
            path = part if not path else path + part if part.startswith("[]") else f"{path}.{part}"
    return path


class Shapes:
    """Views of schemas with a cache, so that each schema of a document is flattened once."""

    def __init__(self) -> None:
        self._properties: dict[Place, Mapping[str, Schema]] = {}
        self._kinds: dict[Place, str | None] = {}

    def kind(self, schema: Schema) -> str | None:
        """The one declared JSON type that isn't null."""
        if schema.place not in self._kinds:
            self._kinds[schema.place] = schema.type
        return self._kinds[schema.place]

    def read_only(self, schema: Schema) -> set[str]:
        """Properties that a client may not write; `readOnly` counts beside a reference too, where many documents put it."""
        found = {name for name, below in self.properties(schema).items() if below.read_only}
        for part in schema.walk():
            nodes = part.node.get("properties")
            if isinstance(nodes, Mapping):
                found |= {
                    str(k) for k, one in nodes.items() if isinstance(one, Mapping) and one.get("readOnly") is True
                }
        return found

    def properties(self, schema: Schema | None) -> Mapping[str, Schema]:
        """All properties, allOf included; alternatives join in where every one of them is an object (a record's variants)."""
        if schema is None:
            return {}
        known = self._properties.get(schema.place)
        if known is None:
            known = self._properties[schema.place] = self._flatten(schema)
        return known

    def _flatten(self, schema: Schema) -> Mapping[str, Schema]:
        found: dict[str, Schema] = {}
        parts = list(schema.walk())
        for part in parts:
            for name, below in part.own_properties.items():
                if not found.get(name):  # an empty schema only announces what a later part describes
                    found[name] = below
        for part in parts:
            variants = [one for one in part.variants if (one.type is not None or one) and not _is_error(one)]
            objects = [one for one in variants if one.type in ("object", None) and one.node.get("type") != "null"]
            if objects and all(one in objects or one.types == ["null"] for one in variants):
                for one in objects:
                    for name, below in one.properties(variants=True).items():
                        found.setdefault(name, below)
        return found

    def is_object(self, schema: Schema) -> bool:
        """Whether it is an object with known properties."""
        return bool(self.properties(schema))

    def has_identity(self, schema: Schema, name: str) -> bool:
        """Whether a record's own identifier stands on this very level."""
        own = one_of(name)
        wanted = {*ID_NAMES, f"{own}_id", f"{own}_number", f"{own}_code"}
        return any(
            flat(prop) in wanted or prop in ID_NAMES
            for prop, below in self.properties(schema).items()
            if self.kind(below) not in ("object", "array")
        )

    def items(self, schema: Schema | None, name: str, record: Schema | None) -> Found | None:
        """Where the list of records stands in an answer: the best array by its name, its depth and what it holds."""
        if schema is None:
            return None
        best: tuple[int, Found] | None = None
        for depth, found in self._arrays(schema):
            score = self._score_array(depth, found, name, record)
            if best is None or score > best[0]:
                best = (score, found)
        return best[1] if best is not None and best[0] > 0 else None

    def _arrays(self, schema: Schema) -> Iterator[tuple[int, Found]]:
        waiting: list[tuple[int, str, Schema]] = [(0, "", schema)]
        seen: set[Place] = set()
        while waiting:
            depth, path, here = waiting.pop(0)
            array = here if here.items is not None else next((v for v in here.variants if v.items is not None), None)
            if array is not None and array.items is not None:
                yield depth, Found(path, array.items)
                continue
            keyed = here.additional
            if isinstance(keyed, Schema) and not self.properties(here) and self.is_object(keyed):
                yield depth, Found(path, keyed)  # records in a map, by their keys
                continue
            if depth >= MAX_DEPTH or here.place in seen:
                continue
            seen.add(here.place)
            for prop, below in self.properties(here).items():
                waiting.append((depth + 1, join(path, prop), below))

    def _score_array(self, depth: int, found: Found, name: str, record: Schema | None) -> int:
        last = found.path.rpartition(".")[2]
        score = 8 - 3 * depth
        if flat(last) in BESIDE_NAMES:
            return -1
        if same_thing(last, name):
            score += 9
        elif flat(last) in LIST_NAMES:
            score += 6
        elif last and (ends_with_thing(name, last) or ends_with_thing(last, name)):
            score += 5
        if record is not None and (found.schema == record or self._holds(found.schema, record)):
            score += 10
        if self.is_object(found.schema):
            return score + 3
        return score - (0 if found.schema.type == "object" or not found.schema else 8)

    def _holds(self, outer: Schema, record: Schema) -> bool:
        return any(below == record for below in self.properties(outer).values())

    def record(self, schema: Schema | None, name: str, like: Schema | None = None) -> Found | None:
        """Where one record stands in an answer or a body: itself, or below a wrapper's name, at most three levels down."""
        if schema is None:
            return None
        path, here = "", schema
        for _ in range(MAX_DEPTH):
            if like is not None and here == like:
                break
            if like is not None and like in here.variants:  # a list of records, or one
                here = like
                break
            if here.items is not None:
                path, here = path + "[]", here.items
                continue
            inner = self._wrapped(here, name, like)
            if inner is None:
                break
            path, here = join(path, inner.path), inner.schema
        return Found(path, here)

    def _wrapped(self, schema: Schema, name: str, like: Schema | None) -> Found | None:
        properties = self.properties(schema)
        if not properties:
            return None
        if like is not None:
            for prop, below in properties.items():
                if below == like or (below.items is not None and below.items == like):
                    return Found(prop, below)
        if self.has_identity(schema, name):
            return None
        known = self.properties(like) if like is not None else {}
        plain = sum(1 for one in properties.values() if self.kind(one) not in ("object", "array", None))
        names = RECORD_NAMES if plain <= MOST_BESIDE else frozenset[str]()
        for prop, below in properties.items():
            holder = below.items if below.items is not None else below
            wrapper = same_thing(prop, name) or flat(prop) in names or self._is_only_object(properties, prop, name)
            if wrapper and prop not in known and (self.is_object(holder) or holder.type == "object"):
                return Found(prop, below)
        return None

    def _is_only_object(self, properties: Mapping[str, Schema], prop: str, name: str) -> bool:
        if not (ends_with_thing(name, prop) or ends_with_thing(prop, name)):
            return False
        objects = [one for one, below in properties.items() if self.is_object(below) and flat(one) not in BESIDE_NAMES]
        return objects == [prop]


def _is_error(schema: Schema) -> bool:
    """Whether an alternative is the answer of what went wrong, which some documents describe beside the good one."""
    return bool(ERROR_WORDS.intersection(words(schema.name or "")[-1:]))


def good_schema(reply: Reply | None) -> Schema | None:
    """The schema of an answer; plain JSON wins over its dialects, which describe the same records less directly."""
    if reply is None:
        return None
    return reply.media.get("application/json") or reply.schema


def body_schema(body: Body | None) -> tuple[str | None, Schema | None]:
    """Media type and schema of a request body; plain JSON first, then any JSON, then the first."""
    if body is None or not body.media:
        return None, None
    names = sorted(body.media, key=lambda one: (one != "application/json", "json" not in one))
    return names[0], body.media[names[0]]


def is_list(operation: Operation, shapes: Shapes, name: str) -> bool:
    """Whether the operation answers with several records."""
    schema = good_schema(operation.success)
    if schema is None:
        return False
    if schema.items is not None:
        return True
    if shapes.has_identity(schema, name):
        return False
    return shapes.items(schema, name, None) is not None
