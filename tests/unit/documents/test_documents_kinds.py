"""Whatever file a vendor sends, one learns what it is and what to ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.catalogue import explain_problem
from checker.documents import load
from checker.errors import DocumentError

KINDS = {
    "is-postman": '{"info": {"name": "a", "schema": "https://schema.example/collection/v2.1.0/"}, "item": []}',
    "is-postman ": '{"collection": {"info": {}, "item": []}}',
    "is-postman  ": '{"id": "1", "name": "old", "order": [], "requests": []}',
    "is-har": '{"log": {"version": "1.2", "entries": []}}',
    "is-odata": '<?xml version="1.0"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"/>',
    "is-odata ": '{"$Version": "4.01", "$EntityContainer": "a.b"}',
    "is-wsdl": '<definitions name="a" xmlns="http://schemas.xmlsoap.org/wsdl/"></definitions>',
    "is-wadl": '<application xmlns="http://wadl.dev.java.net/2009/02"></application>',
    "is-xml": "<records><record/></records>",
    "is-html": "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>",
    "is-html ": "\n<HTML lang=en><body>please log in</body></HTML>",
    "is-graphql": "type Query {\n  contacts(first: Int): [Contact!]!\n}\n",
    "is-graphql ": '{"data": {"__schema": {"types": []}}}',
    "is-graphql  ": "# a comment\nschema {\n  query: Query\n}\n",
    "is-raml": "#%RAML 1.0\ntitle: a\n",
    "is-asyncapi": "asyncapi: 3.0.0\ninfo: {title: a, version: '1'}\n",
    "is-api-blueprint": "FORMAT: 1A\n\n# Contacts\n",
    "is-protobuf": 'syntax = "proto3";\nmessage A { string b = 1; }\n',
    "is-overlay": "overlay: 1.0.0\nactions: []\n",
    "is-arazzo": "arazzo: 1.0.0\nworkflows: []\n",
    "is-discovery": '{"kind": "discovery#restDescription", "discoveryVersion": "v1"}',
    "is-json-schema": '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}',
    "no-version": "info: {title: a}\npaths: {}\n",
    "version": "openapi: 4.0.0\npaths: {}\n",
    "version ": '{"swagger": "1.2", "apis": []}',
    "no-openapi": "project: a\nsystems: {}\n",
    "no-openapi ": "just some words",
    "no-openapi  ": "[1, 2]",
    "empty": "",
}


@pytest.mark.parametrize(("kind", "text"), KINDS.items())
def test_each_kind_is_named(tmp_path: Path, kind: str, text: str) -> None:
    """A file of another kind ends in an error of its own, which names the file and says what to do, in both languages."""
    (tmp_path / "given.txt").write_text(text, "utf-8")
    with pytest.raises(DocumentError) as caught:
        load(tmp_path / "given.txt")
    (problem,) = caught.value.problems
    assert problem.code == f"document.{kind.strip()}"
    for language in ("en", "de"):
        message, hint = explain_problem(problem, language)
        assert "given.txt" in message
        assert hint


def test_html_in_a_description_is_no_web_page(tmp_path: Path) -> None:
    """A document that talks about other formats remains a document."""
    text = "openapi: 3.0.0\ninfo:\n  title: a\n  version: '1'\n  description: |\n    <html>\n    type Query {\n    }\npaths: {}\n"
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    assert load(tmp_path / "a.yaml").api.title == "a"


@pytest.mark.parametrize(
    ("name", "code"),
    [("nothing.json", "missing"), (".", "is-folder"), ("a\0b", "unreadable"), ("x" * 300, "unreadable")],
)
def test_a_path_without_a_document(tmp_path: Path, name: str, code: str) -> None:
    """A wrong path is an error about that path."""
    with pytest.raises(DocumentError) as caught:
        load(f"{tmp_path}/{name}")
    assert caught.value.problems[0].code == f"document.{code}"


def test_an_address_is_only_read_through_the_callers_connection() -> None:
    """Without a connection nothing is fetched, and secrets in the address are not repeated."""
    with pytest.raises(DocumentError) as caught:
        load("https://user:hunter2@crm.example/api.json?token=hunter2")
    assert caught.value.problems[0].code == "document.no-fetch"
    assert "hunter2" not in str(caught.value)
