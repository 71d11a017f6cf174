"""The OpenAPI document that drives a sandbox: its operations, and what their parameters and bodies must look like.

Made for the two documents beside this module: local references only, one JSON body per operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import orjson
import yaml

from checker.sandbox.refusal import Issue, Refusal

METHODS = ("get", "post", "put", "patch", "delete")

# JSON Schema's keyword -> our neutral word for what is wrong
WORDS = {
    "required": "required",
    "maxLength": "too_long",
    "maxItems": "too_long",
    "minLength": "too_short",
    "minItems": "too_short",
    "minProperties": "too_short",
    "enum": "invalid_option",
    "type": "wrong_type",
    "pattern": "invalid_format",
    "format": "invalid_format",
    "propertyNames": "invalid_format",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
    "exclusiveMinimum": "out_of_range",
    "additionalProperties": "unknown_field",
}


def document_text(name: str) -> str:
    """The text of the document of that file name, from this package."""
    return files("checker.sandbox").joinpath(name).read_text("utf-8")


def read_document(name: str) -> dict[str, Any]:
    """The document of that file name, JSON or YAML, from this package."""
    text = document_text(name)
    read: dict[str, Any] = orjson.loads(text) if name.endswith(".json") else yaml.load(text, yaml.CSafeLoader)
    return read


@cache
def load_document(name: str) -> Document:
    """The document of that file name, read once per process: it is never changed."""
    return Document(read_document(name))


def as_json_schema(node: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema 2020-12: `nullable` becomes a type, a boolean `exclusiveMinimum` a bound."""
    if isinstance(node, list):
        return [as_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    out = {key: as_json_schema(value) for key, value in node.items() if key not in ("nullable", "example")}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        out["type"] = [node["type"], "null"]
    if node.get("exclusiveMinimum") is True:
        out["exclusiveMinimum"] = out.pop("minimum")
    return out


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter; `where` is query, path or header."""

    name: str
    where: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation. `collection` is the last fixed part of its path, `single` whether it addresses one record."""

    key: str
    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Any] | None
    answer: Mapping[str, Any] | None
    document: Document

    @property
    def collection(self) -> str:
        """The resource: the last part of the path that is no parameter."""
        return [part for part in self.path.split("/") if part and not part.startswith("{")][-1]

    @property
    def single(self) -> bool:
        """Whether the path ends in a parameter: one record, not a list."""
        return self.path.endswith("}")

    @property
    def writes(self) -> bool:
        """Whether a reading user is refused."""
        return self.method != "GET"

    @cached_property
    def _body(self) -> Any:
        return self.document.validator(self.body or {})

    @cached_property
    def _queries(self) -> dict[str, tuple[Parameter, Any]]:
        return {one.name: (one, self.document.validator(one.schema)) for one in self.parameters if one.where == "query"}

    def blank(self) -> dict[str, Any]:
        """A record of the body's fields as they are when nothing is said: the declared default, an empty list or map, null."""
        target = self.document.resolved(self.body or {})
        return {name: _unset(self.document.resolved(node)) for name, node in target.get("properties", {}).items()}

    def check_body(self, body: Any) -> None:
        """Raise a 422 with every place where the body breaks the document's rules."""
        issues = tuple(issue for error in self._body.iter_errors(body) for issue in _issues(error))
        if issues:
            raise Refusal(422, *issues)

    def read_query(self, given: Mapping[str, str], *, refuse_unknown: bool) -> dict[str, Any]:
        """The query's values in their declared types, defaults filled in. Raises a 400 naming each wrong parameter."""
        known = self._queries
        issues = [Issue("unknown_parameter", name) for name in given if name not in known] if refuse_unknown else []
        values = {name: one.schema["default"] for name, (one, _) in known.items() if "default" in one.schema}
        for name, (one, validator) in known.items():
            if name in given:
                values[name] = typed(given[name], one.schema)
                if not validator.is_valid(values[name]):
                    issues.append(Issue("invalid_parameter", name))
        if issues:
            raise Refusal(400, *issues)
        return values


class Document:
    """An OpenAPI document as a sandbox sees it."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self._schemas = as_json_schema(raw["components"]["schemas"])
        self.operations = {operation.id: operation for operation in self._operations()}

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The node behind its references."""
        while "$ref" in node:
            target: Any = self.raw
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validator(self, schema: Mapping[str, Any]) -> Any:
        """A compiled validator of that schema; references lead into this document. Formats are asserted."""
        import jsonschema_rs  # noqa: PLC0415 - only where a sandbox starts

        whole = {**as_json_schema(schema), "components": {"schemas": self._schemas}}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.raw["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(path, method, item)

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        node = item[method]
        listed = [self.resolved(one) for one in (*item.get("parameters", ()), *node.get("parameters", ()))]
        body = node.get("requestBody")
        good: Mapping[str, Any] = next(
            (reply for status, reply in node["responses"].items() if status.startswith("2")), {}
        )
        return Operation(
            key=f"{method.upper()} {path}",
            id=node["operationId"],
            method=method.upper(),
            path=path,
            parameters=tuple(Parameter(one["name"], one["in"], as_json_schema(one["schema"])) for one in listed),
            body=self.resolved(body)["content"]["application/json"]["schema"] if body else None,
            answer=good.get("content", {}).get("application/json", {}).get("schema"),
            document=self,
        )


def _unset(node: Mapping[str, Any]) -> Any:
    if "default" in node:
        return node["default"]
    if node.get("type") == "array":
        return []
    return {} if node.get("type") == "object" and "additionalProperties" in node else None


def _issues(error: Any) -> Iterator[Issue]:
    keyword = str(list(error.schema_path)[-1])
    kind = error.kind
    where = [str(part) for part in error.instance_path]
    if keyword == "required":
        names = [*where, kind.property]
    elif keyword == "additionalProperties" and hasattr(kind, "unexpected"):
        for name in kind.unexpected:
            yield Issue("unknown_field", ".".join([*where, name]))
        return
    else:
        names = where
    limit = getattr(kind, "limit", None)
    yield Issue(WORDS.get(keyword, "invalid_value"), ".".join(names) or None, {"limit": limit})


def typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A query text in its declared type; a text that can't be one stays a text, for the validator to refuse."""
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,15}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
