"""Whole documents, loaded from a file, in two versions of the description language."""

import json

import msgspec

from checker.documents import load
from checker.model.profile import Profile
from checker.profiles import build_profile

CONTACT = {
    "type": "object",
    "required": ["mail"],
    "properties": {"id": {"type": "string"}, "mail": {"type": "string", "maxLength": 80}},
}
SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "Old", "version": "3"},
    "host": "crm.example.com",
    "basePath": "/v1",
    "schemes": ["https"],
    "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    "security": [{"key": []}],
    "definitions": {"Contact": CONTACT},
    "paths": {
        "/contacts": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "offset", "type": "integer"},
                    {"in": "query", "name": "limit", "type": "integer", "maximum": 50},
                ],
                "responses": {
                    "200": {"description": "", "schema": {"type": "array", "items": {"$ref": "#/definitions/Contact"}}}
                },
            },
            "post": {
                "parameters": [{"in": "body", "name": "body", "schema": {"$ref": "#/definitions/Contact"}}],
                "responses": {"201": {"description": "", "schema": {"$ref": "#/definitions/Contact"}}},
            },
        }
    },
}


def test_swagger_two_gives_the_same_profile_as_any_other(tmp_path):
    """basePath, body parameters and types without a schema are read like their newer spellings."""
    path = tmp_path / "api.json"
    path.write_text(json.dumps(SWAGGER), "utf-8")
    found = build_profile(load(str(path)).api, valid=True, validated_by="test")
    assert (found.document.openapi, found.document.servers, found.valid) == (
        "2.0",
        ("https://crm.example.com/v1",),
        True,
    )
    assert [one.kind for one in found.auth] == ["api_key_header"]
    contacts = found.resource("contacts")
    assert (contacts.pagination.style, contacts.pagination.max_page_size, contacts.items_path) == ("offset", 50, "")
    assert (contacts.validation.required, contacts.validation.max_length) == (("mail",), ("mail",))
    assert contacts.fields.email == "mail"


def test_a_profile_survives_the_way_through_json(tmp_path):
    """What `inspect --format json` prints reads back as the same profile, `in` and not `in_`."""
    path = tmp_path / "api.json"
    path.write_text(json.dumps(SWAGGER), "utf-8")
    found = build_profile(load(str(path)).api)
    text = msgspec.json.encode(found)
    assert msgspec.json.decode(text, type=Profile) == found
    assert json.loads(text)["resources"][0]["pagination"]["params"][0] == {
        "name": "limit",
        "in": "query",
        "means": "size",
    }
