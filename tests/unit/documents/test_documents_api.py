"""A document becomes the same words, whichever language and version it is written in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.documents import Document, load
from checker.model.api import Api, Schema

SCHEMA = {
    "type": "object",
    "required": ["email"],
    "properties": {"email": {"type": "string", "maxLength": 80}, "parent": {"$ref": "#/components/schemas/Contact"}},
}


def read(tmp_path: Path, root: Any, name: str = "api.json") -> Document:
    """The document of a Python value, written as JSON."""
    (tmp_path / name).write_text(json.dumps(root), "utf-8")
    return load(tmp_path / name)


def openapi(version: str = "3.0.3", **more: Any) -> dict[str, Any]:
    """A small document, with `more` at its top."""
    return {"openapi": version, "info": {"title": "CRM", "version": "1"}, "paths": {}, **more}


MODERN = openapi(
    servers=[{"url": "https://api.example/v1"}],
    security=[{"key": []}],
    paths={
        "/contacts/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "put": {
                "operationId": "save",
                "summary": "Save",
                "tags": ["contacts"],
                "parameters": [{"$ref": "#/components/parameters/Dry"}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}},
                },
                "responses": {
                    "200": {
                        "description": "saved",
                        "headers": {"X-Left": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}},
                    }
                },
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["file"],
                                "properties": {
                                    "file": {"type": "string", "format": "binary"},
                                    "note": {"type": "string"},
                                },
                            }
                        }
                    },
                },
                "responses": {"204": {"description": "stored"}},
            },
        }
    },
    components={
        "schemas": {"Contact": SCHEMA},
        "parameters": {"Dry": {"name": "dry", "in": "query", "schema": {"type": "boolean"}}},
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "login": {
                "type": "oauth2",
                "flows": {"clientCredentials": {"tokenUrl": "https://api.example/token", "scopes": {"read": "r"}}},
            },
        },
    },
)
SECRET_URL = "https://user:secret@crm.example/docs/api.json?key=secret"
OLD = {
    "swagger": "2.0",
    "info": {"title": "CRM", "version": "1"},
    "host": "api.example",
    "basePath": "/v1/",
    "schemes": ["https"],
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "security": [{"key": []}],
    "paths": {
        "/contacts/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
            "put": {
                "operationId": "save",
                "summary": "Save",
                "tags": ["contacts"],
                "parameters": [
                    {"$ref": "#/parameters/Dry"},
                    {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Contact"}},
                ],
                "responses": {
                    "200": {
                        "description": "saved",
                        "headers": {"X-Left": {"type": "integer"}},
                        "schema": {"$ref": "#/definitions/Contact"},
                    }
                },
            },
            "post": {
                "consumes": ["multipart/form-data"],
                "parameters": [
                    {"name": "file", "in": "formData", "required": True, "type": "file"},
                    {"name": "note", "in": "formData", "type": "string"},
                ],
                "responses": {"204": {"description": "stored"}},
            },
        }
    },
    "definitions": {"Contact": json.loads(json.dumps(SCHEMA).replace("components/schemas", "definitions"))},
    "parameters": {"Dry": {"name": "dry", "in": "query", "type": "boolean"}},
    "securityDefinitions": {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "login": {
            "type": "oauth2",
            "flow": "application",
            "tokenUrl": "https://api.example/token",
            "scopes": {"read": "r"},
        },
    },
}


def schema_shape(schema: Schema | None) -> Any:
    """What a schema says, two levels deep."""
    if schema is None:
        return None
    below = {name: (one.types, one.format, one.max_length, one.name) for name, one in schema.properties().items()}
    return schema.types, schema.required(), below


def shape(api: Api) -> dict[str, Any]:
    """All that an Api says apart from where it stands."""
    operations = [
        (
            one.key,
            one.id,
            one.summary,
            one.tags,
            one.security,
            [(p.name, p.location, p.required, schema_shape(p.schema)) for p in one.parameters],
            one.body and ({name: schema_shape(s) for name, s in one.body.media.items()}, one.body.required),
            [
                (r.status, r.description, {n: schema_shape(s) for n, s in r.media.items()}, list(r.headers))
                for r in one.replies
            ],
        )
        for one in api.operations
    ]
    schemes = {
        name: [(one.kind, one.parameter, one.token_url, one.scopes) for one in kinds]
        for name, kinds in api.schemes.items()
    }
    return {
        "title": (api.title, api.version),
        "servers": api.servers,
        "operations": operations,
        "schemes": schemes,
        "security": api.security,
        "schemas": {name: schema_shape(one) for name, one in api.schemas.items()},
    }


def test_both_languages_give_one_shape(tmp_path: Path) -> None:
    """Somebody whose vendor still writes Swagger 2.0 gets what an OpenAPI 3 document of the same API would give."""
    new, old = read(tmp_path, MODERN).api, read(tmp_path, OLD, "old.json").api
    assert shape(new) == shape(old)
    assert len(new.operations) == 2
    assert (new.spec, old.spec) == ("3.0.3", "2.0")


def test_an_own_parameter_replaces_the_paths(tmp_path: Path) -> None:
    """A parameter of the path holds for all its operations until one declares its own of that name and place."""
    item = {
        "parameters": [
            {"name": "page", "in": "query", "schema": {"type": "integer"}},
            {"name": "page", "in": "header", "schema": {"type": "string"}},
        ],
        "get": {"parameters": [{"name": "page", "in": "query", "schema": {"type": "string"}}], "responses": {}},
        "delete": {"responses": {}},
    }
    get, delete = read(tmp_path, openapi(paths={"/a": item})).api.operations
    assert [(one.location, one.schema.type) for one in get.parameters] == [("query", "string"), ("header", "string")]
    assert [one.schema.type for one in delete.parameters] == ["integer", "string"]


def test_parts_behind_references_are_followed(tmp_path: Path) -> None:
    """Path items, bodies, answers and headers may be kept under components; the operation shows them all the same."""
    root = openapi(
        "3.1.0",
        paths={"/a": {"$ref": "#/components/pathItems/A"}},
        components={
            "pathItems": {
                "A": {
                    "post": {
                        "requestBody": {"$ref": "#/components/requestBodies/B"},
                        "responses": {"201": {"$ref": "#/components/responses/R"}},
                    }
                }
            },
            "requestBodies": {"B": {"content": {"text/csv": {"schema": {"type": "string"}, "example": "a;b"}}}},
            "responses": {"R": {"description": "made", "headers": {"Location": {"$ref": "#/components/headers/H"}}}},
            "headers": {"H": {"schema": {"type": "string", "format": "uri"}}},
        },
    )
    (operation,) = read(tmp_path, root).api.operations
    assert operation.key == "POST /a"
    assert operation.pointer == "#/components/pathItems/A/post"
    assert operation.body is not None
    assert (list(operation.body.media), operation.body.examples) == (["text/csv"], {"text/csv": "a;b"})
    assert operation.replies[0].headers["Location"].format == "uri"


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ([{"url": "https://{region}.example/{v}", "variables": {"region": {"default": "eu"}, "v": {"default": 2}}}],
         ("https://eu.example/2",)),
        ([{"url": "https://{tenant}.example/"}], ("https://{tenant}.example",)),
        ([{"url": "/api/"}, None, {"url": 5}, "x"], ("/api",)),
        ("nonsense", ()),
    ],
)  # fmt: skip
def test_server_variables_are_filled(tmp_path: Path, servers: Any, expected: tuple[str, ...]) -> None:
    """A server's variables take their defaults; one without a default stays to be filled by the user."""
    assert read(tmp_path, openapi(servers=servers)).api.servers == expected


def test_a_relative_server_belongs_to_the_documents_address() -> None:
    """A document that was fetched and says `/api` means that path on the host it came from."""
    raw = json.dumps(openapi(servers=[{"url": "../v2"}, {"url": "/"}])).encode()
    document = load(SECRET_URL, fetch={SECRET_URL: raw}.__getitem__)
    assert document.api.servers == ("https://crm.example/v2", "https://crm.example/")
    assert document.api.source == "https://crm.example/docs/api.json"


@pytest.mark.parametrize(
    ("node", "kinds"),
    [
        ({"type": "http", "scheme": "Bearer"}, ["bearer"]),
        ({"type": "http", "scheme": "basic"}, ["basic"]),
        ({"type": "http", "scheme": "digest"}, ["other"]),
        ({"type": "apiKey", "in": "query", "name": "k"}, ["api_key_query"]),
        ({"type": "apiKey", "in": "cookie", "name": "k"}, ["api_key_cookie"]),
        ({"type": "apiKey", "in": "body", "name": "k"}, ["other"]),
        ({"type": "openIdConnect", "openIdConnectUrl": "https://a.example"}, ["openid"]),
        ({"type": "mutualTLS"}, ["other"]),
        ({"type": "oauth2", "flows": {"authorizationCode": {"scopes": {"a": ""}}, "password": {}, "x-y": {}}},
         ["oauth2_authorization_code", "oauth2_other"]),
        ({"type": "oauth2", "flows": {"implicit": {"scopes": []}}}, ["oauth2_other"]),
        ({"type": "oauth2"}, ["oauth2_other"]),
        (None, ["other"]),
        ([], ["other"]),
    ],
)  # fmt: skip
def test_security_schemes_in_our_words(tmp_path: Path, node: Any, kinds: list[str]) -> None:
    """Each way to sign in has one kind; an OAuth scheme one per flow."""
    api = read(tmp_path, openapi(components={"securitySchemes": {"s": node}})).api
    assert [one.kind for one in api.schemes["s"]] == kinds


def test_requirements_are_alternatives(tmp_path: Path) -> None:
    """`security` lists alternatives; an empty list means none is needed, a missing one that the document's own holds."""
    paths = {
        "/a": {
            "get": {"security": [{"a": [], "b": []}, {}], "responses": {}},
            "put": {"security": [], "responses": {}},
            "post": {"responses": {}},
        }
    }
    get, put, post = read(tmp_path, openapi(paths=paths)).api.operations
    assert (get.security, put.security, post.security) == ((("a", "b"), ()), (), None)


def test_events_from_all_three_places(tmp_path: Path) -> None:
    """Webhooks, their older extension and callbacks are all documented events."""
    post = {"callbacks": {"paid": {"{$request.body#/url}": {"post": {"responses": {}}}}}, "responses": {}}
    root = openapi(
        "3.1.0",
        webhooks={"contact/new": {}, "x-internal": {}},
        **{"x-webhooks": {"gone": {}}},
        paths={"/hooks": {"post": post}},
    )
    api = read(tmp_path, root).api
    assert api.events == {
        "contact/new": "#/webhooks/contact~1new",
        "gone": "#/x-webhooks/gone",
        "paid": "#/paths/~1hooks/post/callbacks/paid",
    }
    assert api.operations[0].callbacks == ("paid",)


def test_openapi_3_2_is_read(tmp_path: Path) -> None:
    """The query method, additional operations, `$self` and streamed items of OpenAPI 3.2 are known."""
    stream = {"200": {"description": "", "content": {"application/jsonl": {"itemSchema": {"type": "object"}}}}}
    root = openapi(
        "3.2.0",
        paths={"/a": {"query": {"responses": stream}, "additionalOperations": {"COPY": {"responses": {}}}}},
        components={"schemas": {"A": {"$ref": "https://a.example/api#/components/schemas/B"}, "B": {"type": "string"}}},
        **{"$self": "https://a.example/api"},
    )
    api = read(tmp_path, root).api
    assert [one.key for one in api.operations] == ["QUERY /a", "COPY /a"]
    assert api.operations[0].replies[0].media["application/jsonl"].type == "object"
    assert api.schemas["A"].type == "string"


def test_extensions_stay_as_written(tmp_path: Path) -> None:
    """What a vendor adds under `x-` is kept for whoever knows it."""
    root = openapi(paths={"/a": {"get": {"x-page": {"a": [1]}, "responses": {}}}}, **{"x-rate": 5})
    api = read(tmp_path, root).api
    assert (api.extensions, api.operations[0].extensions) == ({"x-rate": 5}, {"x-page": {"a": [1]}})


def test_a_broken_operation_is_left_out_and_named(tmp_path: Path) -> None:
    """One operation that is no mapping does not hide the others, and the list of problems says where it stands."""
    root = openapi(paths={"/a": {"get": ["what"], "put": {"responses": {}}}, "/b": None, "/c": {"$ref": "#/nowhere"}})
    document = read(tmp_path, root)
    assert [one.key for one in document.api.operations] == ["PUT /a"]
    assert {"#/paths/~1a/get", "#/paths/~1b", "#/paths/~1c"} <= {one.pointer for one in document.problems}


def test_a_number_as_version_is_a_version(tmp_path: Path) -> None:
    """`openapi: 3.0` and `version: 1.5` are numbers in YAML, and everybody knows what they mean."""
    (tmp_path / "api.yaml").write_text("openapi: 3.0\ninfo: {title: 7, version: 1.5}\npaths: {}\n", "utf-8")
    api = load(tmp_path / "api.yaml").api
    assert (api.spec, api.title, api.version) == ("3.0", "7", "1.5")
