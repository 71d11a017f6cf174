"""Valid or not: the fast verdict and the authority's agree, and neither can hang or crash the program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checker.documents import Document, Verdict, bundle, load, validate, validate_fast
from checker.profiles import build_profile

INFO = {"title": "a", "version": "1"}
OK = {"200": {"description": "ok"}}


def given(tmp_path: Path, root: dict[str, Any]) -> Document:
    """A document of a value."""
    (tmp_path / "api.json").write_text(json.dumps(root), "utf-8")
    return load(tmp_path / "api.json")


GOOD = [
    {"swagger": "2.0", "info": INFO, "paths": {"/a": {"get": {"responses": OK}}}},
    {"openapi": "3.0.3", "info": INFO, "paths": {"/a": {"get": {"responses": OK}}}},
    {"openapi": "3.1.1", "info": INFO, "webhooks": {}},
    {"openapi": "3.2.0", "info": INFO, "paths": {"/a": {"query": {"responses": OK}}}},
]
BAD = [
    ({"openapi": "3.0.3", "info": {"title": "a"}, "paths": {}}, "#/info"),
    ({"openapi": "3.0.3", "info": INFO, "paths": {"/a": {"get": {"responses": {"200": {}}}}}}, "#/paths/~1a/get/responses/200"),
    ({"openapi": "3.1.0", "info": INFO, "components": {"parameters": {"P": {"name": 5}}}}, "#/components/parameters/P"),
    ({"openapi": "3.0.3", "info": INFO, "paths": {"/a/{b}": {"get": {"responses": OK}}}}, "#/paths/~1a~1{b}/get"),
    ({"openapi": "3.0.3", "info": INFO, "paths": {}, "components": {"schemas": {"A": {"type": "string", "default": 5}}}},
     "#/components/schemas/A"),
    ({"openapi": "3.0.3", "info": INFO, "paths": {}, "components": {"schemas": {"A": {"properties": {"b": {"$ref": "#/c"}}}}}},
     "#/components/schemas/A/properties/b"),
    ({"swagger": "2.0", "info": INFO, "paths": [], "definitions": {"A": {"type": "string"}}}, "#/paths"),
]  # fmt: skip


@pytest.mark.parametrize("root", GOOD)
def test_a_good_document_is_valid(tmp_path: Path, root: dict[str, Any]) -> None:
    """A correct document of every version is valid by the fast look."""
    assert validate_fast(given(tmp_path, root)) == Verdict(True, "meta-schema")


@pytest.mark.parametrize(("root", "pointer"), BAD)
def test_a_bad_document_is_not(tmp_path: Path, root: dict[str, Any], pointer: str) -> None:
    """What breaks a rule is listed with its place and line."""
    verdict = validate_fast(given(tmp_path, root))
    assert verdict.valid is False
    assert pointer in [one.pointer for one in verdict.problems]
    assert all(one.line == 1 for one in verdict.problems)


def test_doubt_is_no_verdict(tmp_path: Path) -> None:
    """A file that can't be read, or a scheme nobody declared, leaves open whether the document is valid."""
    root = {**GOOD[1], "security": [{"nobody": []}]}
    assert validate_fast(given(tmp_path, root)).valid is None


def test_errors_without_end_are_listed_up_to_a_limit(tmp_path: Path) -> None:
    """Of ten thousand errors fifty are shown, in the document's order, and it doesn't take long."""
    schemas = {f"s{number}": {"type": 5} for number in range(10_000)}
    verdict = validate_fast(given(tmp_path, {**GOOD[1], "components": {"schemas": schemas}}))
    assert [one.pointer for one in verdict.problems[:2]] == ["#/components/schemas/s0", "#/components/schemas/s1"]
    assert len(verdict.problems) == 50


def test_the_authority_agrees(tmp_path: Path) -> None:
    """openapi-spec-validator, in a child process, comes to the same verdicts, and is named."""
    good = validate(given(tmp_path, GOOD[1]))
    assert (good.valid, good.validated_by, good.problems) == (True, "openapi-spec-validator", ())
    for root, pointer in (BAD[0], BAD[4], BAD[5]):
        bad = validate(given(tmp_path, root))
        assert bad.valid is False
        assert pointer in [one.pointer for one in bad.problems]


def test_the_authority_sees_all_files_and_no_others(tmp_path: Path) -> None:
    """Files that were read are handed over; a reference that was refused is left out and listed, never asked for."""
    (tmp_path / "b.json").write_text('{"type": "string", "default": 5}', "utf-8")
    root = {**GOOD[1], "components": {"schemas": {"A": {"$ref": "b.json"}, "B": {"$ref": "file:///etc/hostname"}}}}
    verdict = validate(given(tmp_path, root))
    assert verdict.valid is False
    assert {"b.json#", "#/components/schemas/B"} <= {one.pointer for one in verdict.problems}


def test_a_verdict_has_a_time_limit(tmp_path: Path) -> None:
    """Where the authority takes too long nobody waits, and the verdict is open with the reason."""
    verdict = validate(given(tmp_path, GOOD[1]), timeout=0.001)
    assert verdict.valid is None
    assert "did not end within 0.001 s" in verdict.problems[0].message


def test_endless_cycles_crash_only_the_child(tmp_path: Path) -> None:
    """References in a circle, over which the library stumbles, end in an open or a negative verdict, not in a crash."""
    schemas = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    assert validate(given(tmp_path, {**GOOD[1], "components": {"schemas": schemas}})).valid is not True


def test_bundling_makes_one_document(tmp_path: Path) -> None:
    """A document of several files becomes one that says the same and needs no other."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "contact.yaml").write_text(
        "type: object\nproperties: {home: {$ref: address.yaml}, again: {$ref: '#'}}\n", "utf-8"
    )
    (tmp_path / "models" / "address.yaml").write_text("type: object\nproperties: {city: {type: string}}\n", "utf-8")
    reply = {"description": "", "content": {"application/json": {"schema": {"$ref": "models/contact.yaml"}}}}
    paths = {
        "/a": {"get": {"responses": {"200": reply}}},
        "/b": {"get": {"responses": {"200": {"$ref": "#/paths/~1a/get/responses/200"}}}},
    }
    one = bundle(given(tmp_path, {**GOOD[1], "paths": paths}))
    folder = tmp_path / "alone"
    folder.mkdir()
    document = given(folder, one)
    assert document.problems == ()
    for operation in document.api.operations:
        assert operation.success is not None
        assert operation.success.schema is not None
        fields = operation.success.schema.properties()
        assert list(fields["home"].properties()) == ["city"]
        assert fields["again"] == operation.success.schema
    assert list(document.texts) == [document.source]


def test_the_bundle_has_the_same_profile(tmp_path: Path) -> None:
    """What a system can do does not depend on how many files say it (pointers into the files apart)."""
    (tmp_path / "contact.yaml").write_text(
        "type: object\nproperties: {id: {type: integer}, email: {type: string}, updated_at: {type: string, format: date-time}}\n",
        "utf-8",
    )
    (tmp_path / "limit.yaml").write_text("{name: limit, in: query, schema: {type: integer, maximum: 50}}\n", "utf-8")
    record = {"application/json": {"schema": {"$ref": "contact.yaml"}}}
    many = {"application/json": {"schema": {"type": "array", "items": {"$ref": "contact.yaml"}}}}
    params = [{"$ref": "limit.yaml"}, {"name": "offset", "in": "query", "schema": {"type": "integer"}}]
    listing = {"parameters": params, "responses": {"200": {"description": "", "content": many}}}
    created = {"requestBody": {"content": record}, "responses": {"201": {"description": "", "content": record}}}
    several = given(tmp_path, {**GOOD[1], "paths": {"/contacts": {"get": listing, "post": created}}})
    (tmp_path / "alone").mkdir()
    one = given(tmp_path / "alone", bundle(several))

    def told(document: Document) -> list[object]:
        resources = build_profile(document.api).resources
        text = json.dumps(msgspec.to_builtins(resources))
        return json.loads(re.sub(r'"(pointer|why)": (".*?"|null|\{.*?\})', '"x": 0', text))

    assert told(one) == told(several)
    assert [found["items_path"] for found in told(one)] == [""]


def test_a_single_file_is_its_own_bundle(tmp_path: Path) -> None:
    """What is one file already stays as it is."""
    assert bundle(given(tmp_path, GOOD[1])) == GOOD[1]


def test_reading_imports_no_validator() -> None:
    """`import checker.documents` is quick: it brings in no HTTP client and no validator."""
    code = (
        "import sys, checker.documents; "
        "print([one for one in ('httpx', 'openapi_spec_validator', 'prance', 'jsonschema_rs') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
