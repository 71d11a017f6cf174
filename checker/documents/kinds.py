"""What a text is when it is no OpenAPI document: each kind has its own error, whose text says what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checker.errors import DocumentError, Problem
from checker.model.text import safe

HEAD = 8192  # characters in which a text shows what it is

HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
# Order matters: the first that is found in the head of an XML text names it
XML_KINDS = (
    (
        "document.is-odata",
        re.compile(r"<(\w+:)?Edmx[\s>]|oasis-open\.org/odata|schemas\.microsoft\.com/ado/\d+/\d+/edm"),
    ),
    ("document.is-wsdl", re.compile(r"<(\w+:)?(definitions|description)[\s>][^>]*/wsdl|schemas\.xmlsoap\.org/wsdl")),
    ("document.is-wadl", re.compile(r"wadl\.dev\.java\.net")),
)
TEXT_KINDS = (
    ("document.is-raml", re.compile(r"\A\s*#%RAML\b")),
    ("document.is-api-blueprint", re.compile(r"\A\s*FORMAT:\s*1A", re.IGNORECASE)),
    ("document.is-protobuf", re.compile(r"^\s*syntax\s*=\s*[\"']proto[23][\"']\s*;", re.MULTILINE)),
)
# Type system definitions of GraphQL (October 2021, 3): a keyword, a name, and what may follow it
GRAPHQL = re.compile(
    r"^\s*(extend\s+)?(schema\s*(@[^{]*)?\{|(type|input|interface|enum)\s+\w+[^{:=\n]*\{|union\s+\w+[^:\n]*=|scalar\s+\w+\s*$"
    r"|directive\s+@\w+)",
    re.MULTILINE,
)
# A member that only documents of this kind have, and for some the member inside it
MEMBERS = (
    ("document.is-asyncapi", "asyncapi", None),
    ("document.is-overlay", "overlay", None),
    ("document.is-arazzo", "arazzo", None),
    ("document.is-raml", "#%RAML", None),
    ("document.is-har", "log", "entries"),
    ("document.is-graphql", "__schema", None),
    ("document.is-graphql", "data", "__schema"),
    ("document.is-odata", "$EntityContainer", None),
    ("document.is-discovery", "discoveryVersion", None),
    ("document.is-postman", "item", None),
    ("document.is-postman", "collection", "info"),
    ("document.is-postman", "requests", None),
)
SUPPORTED = re.compile(r"(3\.[012](\.\d+)?(-.*)?|2\.0(\.0)?)")


def refuse_foreign_text(raw: bytes, file: str) -> None:
    """Raise DocumentError for a text that is plainly of another kind: HTML, XML, RAML, GraphQL, …"""
    head = raw[:HEAD].decode(errors="replace")
    code = None
    if head.lstrip().startswith("<"):
        code = "document.is-html" if HTML.search(head) else None
        code = next((one for one, pattern in XML_KINDS if pattern.search(head)), code or "document.is-xml")
    elif not head.lstrip().startswith(("{", "[")):
        code = next((one for one, pattern in TEXT_KINDS if pattern.search(head)), None)
        if code is None and not re.search(r"^(openapi|swagger)\b", head, re.MULTILINE) and GRAPHQL.search(head):
            code = "document.is-graphql"
    if code:
        raise DocumentError(Problem(code, {"file": file}, file))


def spec_version(root: Any, file: str) -> str:
    """The version of the description language: `2.0`, `3.0.3`, `3.1.0`, `3.2.0`. Raises DocumentError for any other value."""
    if not isinstance(root, Mapping):
        kind = "list" if isinstance(root, list) else "text" if isinstance(root, str) else "value"
        raise DocumentError(Problem("document.no-openapi", {"file": file, "found": kind}, file))
    said = root.get("openapi", root.get("swagger"))
    if isinstance(said, str | int | float) and not isinstance(said, bool):
        version = str(said).strip()
        if SUPPORTED.fullmatch(version):
            return version
        raise DocumentError(Problem("document.version", {"file": file, "version": safe(version, 20)}, file))
    code = foreign_kind(root)
    keys = ", ".join(safe(key, 30) for key in list(root)[:5])
    raise DocumentError(Problem(code or "document.no-openapi", {"file": file, "found": keys}, file))


def foreign_kind(root: Mapping[str, Any]) -> str | None:
    """The error code of a JSON or YAML document of another known kind."""
    for code, member, inner in MEMBERS:
        if member in root and (inner is None or (isinstance(root[member], Mapping) and inner in root[member])):
            if code == "document.is-postman" and not _is_collection(root):
                continue
            return code
    if "paths" in root:
        return "document.no-version"
    if "$schema" in root or ("properties" in root and "type" in root):
        return "document.is-json-schema"
    return None


def _is_collection(root: Mapping[str, Any]) -> bool:
    """Collections of version 2 have `info` and `item`, those of version 1 `order` and `requests`; an export wraps them."""
    if isinstance(root.get("collection"), Mapping):
        return "item" in root["collection"]
    return (isinstance(root.get("info"), Mapping) and "item" in root) or {"requests", "order"} <= root.keys()
