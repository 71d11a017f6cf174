"""C27: whatever is wrong in a document, reading it ends in an Api, a problem or one sentence, never in a traceback.

Mutant this catches: any place that trusts a list to be a list, a key to be text, or a reference to be one.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.documents import Document, load, validate_fast
from checker.documents.meta import Verdict
from checker.errors import DocumentError
from checker.model.api import Schema

PART = {"$ref": "#/components/schemas/A"}
ANSWER = {"200": {"description": "ok", "content": {"application/json": {"schema": PART, "example": {"a": 1}}}}}
MODERN: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "a", "version": "1"},
    "servers": [{"url": "https://{h}.example", "variables": {"h": {"default": "a", "enum": ["a"]}}}],
    "tags": [{"name": "t", "description": "d"}],
    "security": [{"o": ["read"]}],
    "paths": {
        "/a/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "g",
                "tags": ["t"],
                "parameters": [{"$ref": "#/components/parameters/P"}],
                "responses": ANSWER,
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"allOf": [PART, {"required": ["a"]}]}}}},
                "responses": {"default": {"description": "", "headers": {"H": {"schema": {"type": "integer"}}}}},
                "callbacks": {"c": {"{$url}": {"post": {"responses": {}}}}},
            },
        }
    },
    "webhooks": {"w": {"post": {"responses": {}}}},
    "components": {
        "schemas": {
            "A": {
                "type": "object",
                "properties": {"a": PART, "b": {"type": "array", "items": PART}, "c": {"enum": ["x"], "default": "x"}},
                "additionalProperties": {"oneOf": [{"type": "string"}, {"$anchor": "q"}]},
            }
        },
        "parameters": {"P": {"name": "p", "in": "query", "examples": {"e": {"value": 1}}, "schema": {"type": "integer"}}},
        "securitySchemes": {"o": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "u", "scopes": {"read": ""}}}}},
    },
    "x-webhooks": {},
}  # fmt: skip
OLD: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "a", "version": "1"},
    "host": "a.example",
    "basePath": "/v1",
    "schemes": ["https"],
    "consumes": ["application/json"],
    "paths": {
        "/a": {
            "post": {
                "parameters": [
                    {"name": "f", "in": "formData", "type": "file"},
                    {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/A"}},
                    {"name": "q", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "csv"},
                ],
                "responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/A"}, "headers": {"h": {}}, "examples": {}}},
            }
        }
    },
    "definitions": {"A": {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}}},
    "securityDefinitions": {"o": {"type": "oauth2", "flow": "implicit", "scopes": {"a": ""}}},
}  # fmt: skip
JUNK: list[Any] = [
    None, [], {}, 0, -1.5, True, "", "x", [None], [[]], {"": None}, 10**30, {"$ref": 5}, {"$ref": "#"}, {"$ref": "#/paths"},
    {"$ref": "#/x/~/%zz"}, {"$ref": "http://[::1"}, {"$ref": "../../x"}, {"$ref": "\0"}, {"type": []}, {"type": {"a": []}}, {"enum": [[]]},
    {"allOf": {}}, {"allOf": [5]}, {"required": [{}]}, {"properties": []}, {"default": {}, "type": "x"}, {"name": [], "in": {}}, ["get"],
]  # fmt: skip
WORDS = [
    "$ref",
    "x-",
    "200",
    "type",
    "properties",
    "allOf",
    "parameters",
    "schema",
    "content",
    "default",
    "$anchor",
    "/",
    "get",
    "in",
]


def places(node: Any) -> list[Any]:
    """All containers that have something in them."""
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list) and one:
            found.append(one)
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return found


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """One of the documents, wrong in one to four places."""
    root = copy.deepcopy(draw(st.sampled_from([MODERN, OLD])))
    for _ in range(draw(st.integers(1, 4))):
        containers = places(root)
        if not containers:
            break
        at = draw(st.sampled_from(containers))
        key = draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
        what = draw(st.integers(0, 3))
        if what == 0:
            at[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))
        elif what == 1:
            del at[key]
        elif what == 2:
            at[key] = copy.deepcopy(draw(st.sampled_from(containers)))
        elif isinstance(at, dict):
            at[draw(st.sampled_from(WORDS))] = copy.deepcopy(draw(st.sampled_from(JUNK)))
    return root


def look(schema: Schema | None) -> None:
    """All that detectors ask of a schema."""
    if schema is not None:
        schema.properties(variants=True)
        _ = (schema.types, schema.format, schema.enum, schema.required(), schema.items, schema.additional, schema.max_length, schema.name)  # fmt: skip


def read(path: Path) -> Document | None:
    """The document; None where it was refused in one of our own sentences."""
    try:
        return load(path)
    except DocumentError:
        return None


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip
@given(root=broken(), as_yaml=st.booleans())
def test_no_mutation_ends_in_a_traceback(tmp_path: Path, root: dict[str, Any], as_yaml: bool) -> None:
    """Members of a wrong kind, missing, swapped or referring to nonsense are left out; everything else is read."""
    path = tmp_path / "api.txt"
    path.write_text(yaml.safe_dump(root, sort_keys=False) if as_yaml else json.dumps(root), "utf-8")
    document = read(path)
    if document is None:
        return
    assert isinstance(validate_fast(document), Verdict)
    for operation in document.api.operations:
        _ = operation.success
        for schema in (*(one.schema for one in operation.parameters), *(one.schema for one in operation.replies)):
            look(schema)
        look(operation.body.schema if operation.body else None)
    for schema in document.api.schemas.values():
        look(schema)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_damaged_text_ends_in_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    """A text cut off, with bytes changed or pieces doubled, is read or refused in one sentence."""
    raw = data.draw(
        st.sampled_from([json.dumps(MODERN, indent=1), yaml.safe_dump(MODERN), yaml.safe_dump(OLD)])
    ).encode()
    bits = [b"[", b"{", b"}", b"&a ", b"*a ", b"<<: ", b"- ", b"? ", b"'", b'"', b"|", b"\t", b"\0", b"\xff", b"\xc2\x85", b"---\n", b"!!set "]  # fmt: skip
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw)))
        bit = data.draw(st.sampled_from(bits)) * data.draw(st.sampled_from([1, 1, 300]))
        cut = data.draw(st.sampled_from([0, 0, 1, 40]))
        raw = raw[:at] + bit + raw[at + cut :]
    path = tmp_path / "api.txt"
    path.write_bytes(raw)
    document = read(path)
    if document is None:
        return
    assert document.with_lines(document.problems) is not None
