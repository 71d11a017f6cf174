"""A schema and all it refers to as one plain JSON Schema, for a validator: each referenced node once, nothing inlined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.model.api import Place, Schema, follow

MOST_NODES = 20_000  # a closure larger than this is not worth checking answers against
# Keywords that hold a schema, a list of schemas, or a mapping of schemas (JSON Schema 2020-12 and what the OpenAPI versions share)
ONE = frozenset({"items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"})
MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
KEPT = frozenset({
    "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required",
})  # fmt: skip


class _Closure:
    """Collects the definitions while nodes are copied."""

    def __init__(self, schema: Schema) -> None:
        self.resolve = schema._resolve  # noqa: SLF001 - the view's own door to its document
        self.names: dict[Place, str] = {}
        self.definitions: dict[str, Any] = {}
        self.waiting: list[tuple[str, Mapping[str, Any], Place]] = []

    def reference(self, node: Any, place: Place) -> dict[str, str]:
        """A reference to the definition of the node behind `node`'s own references."""
        target, at = follow(node, place, self.resolve)
        if at not in self.names:
            self.names[at] = f"d{len(self.names)}"
            self.waiting.append((self.names[at], target if isinstance(target, Mapping) else {}, at))
        return {"$ref": f"#/$defs/{self.names[at]}"}

    def schema(self, node: Any, place: Place) -> Any:
        """A node as a validator takes it."""
        if isinstance(node, bool):
            return node
        if not isinstance(node, Mapping):
            return {}
        if isinstance(node.get("$ref"), str):
            return self.reference(node, place)
        copy: dict[str, Any] = {key: node[key] for key in KEPT if key in node}
        for key in ONE & node.keys():
            copy[key] = self.schema(node[key], place.child(key))
        for key in MANY & node.keys():
            if isinstance(node[key], list) and node[key]:
                copy[key] = [self.schema(one, place.child(key, i)) for i, one in enumerate(node[key])]
        for key in NAMED & node.keys():
            if isinstance(node[key], Mapping):
                copy[key] = {
                    str(name): self.schema(one, place.child(key, str(name))) for name, one in node[key].items()
                }
        return _answers(copy, node)


def _answers(copy: dict[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0's own words in JSON Schema's: nullable, boolean bounds; write-only fields aren't demanded of an answer."""
    for word in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(copy.get(word), bool):
            bound = word.removeprefix("exclusive").lower()
            if copy.pop(word) and bound in copy:
                copy[word] = copy.pop(bound)
    written = {
        str(name) for name, one in (copy.get("properties") or {}).items() if _write_only(node, name) and one is not None
    }
    if isinstance(copy.get("required"), list):
        copy["required"] = [name for name in copy["required"] if isinstance(name, str) and name not in written]
    if node.get("nullable") is True or node.get("x-nullable") is True:
        return {"anyOf": [copy, {"type": "null"}]}
    return copy


def _write_only(node: Mapping[str, Any], name: str) -> bool:
    below = node.get("properties", {}).get(name)
    return isinstance(below, Mapping) and below.get("writeOnly") is True


def as_json_schema(schema: Schema) -> dict[str, Any] | None:
    """The schema with its closure as JSON Schema 2020-12; None where the closure is larger than is worth checking."""
    closure = _Closure(schema)
    root = closure.reference(schema.node, schema.place)
    while closure.waiting:
        name, node, place = closure.waiting.pop()
        closure.definitions[name] = closure.schema(node, place)
        if len(closure.names) > MOST_NODES:
            return None
    return {**root, "$defs": closure.definitions}
