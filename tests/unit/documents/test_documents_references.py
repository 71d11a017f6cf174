"""References are followed lazily, through files and cycles, and what leads nowhere is listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.documents import Document, load

HEAD: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {}}


def with_schemas(tmp_path: Path, schemas: dict[str, Any]) -> Document:
    """A document with these schemas."""
    (tmp_path / "api.json").write_text(json.dumps({**HEAD, "components": {"schemas": schemas}}), "utf-8")
    return load(tmp_path / "api.json")


def test_cycles_are_normal(tmp_path: Path) -> None:
    """Companies have contacts which have companies; one may look as deep as one likes, and nothing is a problem."""
    document = with_schemas(
        tmp_path,
        {
            "Company": {"properties": {"contacts": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}}}},
            "Contact": {"properties": {"company": {"$ref": "#/components/schemas/Company"}}},
        },
    )  # fmt: skip
    schema = document.api.schemas["Contact"]
    for _ in range(50):
        below = schema.properties()["company"].properties()["contacts"].items
        assert below is not None
        assert below == document.api.schemas["Contact"]
        schema = below
    assert document.problems == ()


def test_references_that_go_in_a_circle_end(tmp_path: Path) -> None:
    """Two names that only stand for each other say nothing, and end."""
    document = with_schemas(
        tmp_path,
        {
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"$ref": "#/components/schemas/A"},
            "C": {"$ref": "#/components/schemas/C/x"},
        },
    )
    assert not document.api.schemas["A"]
    assert [one.pointer for one in document.problems] == ["#/components/schemas/C"]


def test_escapes_anchors_and_list_positions(tmp_path: Path) -> None:
    """Pointers with escapes, percent signs, list positions and JSON Schema's anchors all lead to their node."""
    document = with_schemas(
        tmp_path,
        {
            "a/b ~": {"$anchor": "here", "oneOf": [{"type": "null"}, {"type": "integer"}]},
            "A": {"$ref": "#/components/schemas/a~1b%20~0/oneOf/1"},
            "B": {"$ref": "#here"},
            "C": {"$ref": "#/components/schemas/B/oneOf/1"},
        },
    )
    schemas = document.api.schemas
    assert (schemas["A"].type, len(schemas["B"].variants), schemas["C"].type) == ("integer", 2, "integer")
    assert schemas["B"].name == "a/b ~"
    assert document.problems == ()


def several_files(tmp_path: Path) -> Path:
    """A document in four files; its path."""
    (tmp_path / "models" / "deep").mkdir(parents=True)
    root = {
        **HEAD,
        "paths": {
            "/contacts": {"$ref": "paths.yaml#/contacts"},
            "/x": {"get": {"responses": {"200": {"$ref": "#/paths/~1contacts/get/responses/200"}}}},
        },
        "components": {"schemas": {"Id": {"type": "string", "format": "uuid"}}},
    }
    (tmp_path / "api.json").write_text(json.dumps(root), "utf-8")
    (tmp_path / "paths.yaml").write_text(
        "contacts:\n  get:\n    responses:\n      200:\n        description: all\n        content:\n"
        "          application/json: {schema: {$ref: models/contact.yaml}}\n",
        "utf-8",
    )
    (tmp_path / "models" / "contact.yaml").write_text(
        "type: object\nproperties:\n  id: {$ref: '../api.json#/components/schemas/Id'}\n"
        "  address: {$ref: './deep/address.json'}\n",
        "utf-8",
    )
    (tmp_path / "models" / "deep" / "address.json").write_text(
        '{"type": "object", "properties": {"of": {"$ref": "../contact.yaml"}}}', "utf-8"
    )
    return tmp_path / "api.json"


def test_several_files_are_one_document(tmp_path: Path) -> None:
    """Paths and models may stand in files beside the document, refer to each other and back, and each is read once."""
    document = load(several_files(tmp_path))
    contacts, again = document.api.operations
    reply = contacts.success
    assert reply is not None
    assert reply.schema is not None
    fields = reply.schema.properties()
    assert fields["id"].format == "uuid"
    assert fields["id"] == document.api.schemas["Id"]
    assert fields["address"].properties()["of"] == reply.schema
    assert contacts.pointer == "paths.yaml#/contacts/get"
    assert again.success is not None
    assert again.success.schema == reply.schema
    assert list(document.texts) == [document.source, "paths.yaml", "models/contact.yaml", "models/deep/address.json"]
    assert document.problems == ()


def test_the_digest_covers_every_file(tmp_path: Path) -> None:
    """A verdict that was kept for a document isn't kept when a file beside it changes; where it lies makes no difference."""
    path = several_files(tmp_path)
    before = load(path).digest
    assert load(path).digest == before
    (tmp_path / "models" / "deep" / "address.json").write_text('{"type": "object"}', "utf-8")
    assert load(path).digest != before


def test_a_broken_file_beside_is_a_problem_of_its_reference(tmp_path: Path) -> None:
    """Reading goes on when a file beside the document is missing or broken, and the list says which and why."""
    (tmp_path / "bad.yaml").write_text("a: [1,\nb", "utf-8")
    document = with_schemas(
        tmp_path, {"A": {"$ref": "bad.yaml#/a"}, "B": {"$ref": "gone.yaml"}, "C": {"$ref": "#/nope"}, "D": {"type": "string"}}
    )  # fmt: skip
    assert document.api.schemas["D"].type == "string"
    messages = {one.pointer.rpartition("/")[2]: one.message for one in document.problems}
    assert "syntax (line 2): " in messages["A"]
    assert "missing" in messages["B"]
    assert "nothing is there" in messages["C"]


def test_references_of_a_fetched_document_stay_in_its_folder() -> None:
    """A document that was fetched may use files of its own folder on its own host; others only when they are allowed."""
    asked: list[str] = []
    files = {
        "https://a.example/docs/api.json": {
            **HEAD,
            "components": {
                "schemas": {
                    "A": {"$ref": "models/a.json"},
                    "B": {"$ref": "../secret.json"},
                    "C": {"$ref": "https://b.example/c.json"},
                    "D": {"$ref": "http://a.example/docs/d.json"},
                }
            },
        },
        "https://a.example/docs/models/a.json": {"type": "integer"},
        "https://b.example/c.json": {"type": "boolean"},
    }

    def fetch(url: str) -> bytes:
        asked.append(url)
        return json.dumps(files[url]).encode()

    document = load("https://a.example/docs/api.json", fetch=fetch)
    assert [one.type for one in document.api.schemas.values()] == ["integer", None, None, None]
    assert len(document.problems) == 3
    assert asked == list(files)[:2]
    allowed = load("https://a.example/docs/api.json", fetch=fetch, allow_refs=["b.example"])
    assert allowed.api.schemas["C"].type == "boolean"


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "boolean", "default": "false"}, "not of type boolean"),
        ({"type": "string", "enum": ["a"], "default": "b"}, "none of enum"),
        ({"type": ["integer", "null"], "default": 1.5}, "not of type"),
        ({"type": "integer", "default": 2.0}, None),
        ({"type": "string", "default": None}, "not of type string"),
        ({"type": ["string", "null"], "default": None}, None),
        ({"type": "object", "properties": {"default": {"type": "string"}, "type": {"type": "string"}}}, None),
        ({"type": "string", "example": {"$ref": "#/gone", "type": "string", "default": 5}}, None),
        ({"type": "object", "properties": {"example": {"$ref": "#/gone"}}}, "nothing is there"),
    ],
)
def test_defaults_and_examples(tmp_path: Path, schema: dict[str, Any], message: str | None) -> None:
    """A default must fit its own type and list; what stands in examples is data, and a field may be called example."""
    problems = with_schemas(tmp_path, {"A": schema}).problems
    assert [message in one.message if message else one for one in problems] == ([True] if message else [])


def test_what_the_operations_contradict(tmp_path: Path) -> None:
    """Identifiers used twice, path parameters that don't match the path, schemes and tags: each is named once, with its place."""
    twice = [{"name": "q", "in": "query", "schema": {}}, {"name": "q", "in": "query", "schema": {"type": "string"}}]
    root = {
        **HEAD,
        "tags": [{"name": "t"}, {"name": "t"}],
        "paths": {
            "/a/{id}": {"get": {"operationId": "x", "responses": {}, "security": [{"nobody": []}]}},
            "/b": {
                "get": {
                    "operationId": "x",
                    "responses": {},
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {}}],
                },
                "put": {"responses": {}, "parameters": twice},
            },
        },
    }
    (tmp_path / "api.json").write_text(json.dumps(root), "utf-8")
    found = {(one.pointer, one.message) for one in load(tmp_path / "api.json").problems}
    assert found == {
        ("#/paths/~1b/get", "operationId x is used twice, first by GET /a/{id}"),
        ("#/paths/~1a~1{id}/get", "path parameter id of /a/{id} is not declared"),
        ("#/paths/~1b/get", "path parameter id does not occur in /b"),
        ("#/paths/~1b/put/parameters/1", "parameter q in query is declared twice"),
        ("#/paths/~1a~1{id}/get", "security scheme nobody is not declared"),
        ("#/tags/1", "tag t is declared twice"),
    }
