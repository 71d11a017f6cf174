"""What Swagger 2.0 spells in its own way: bodies among the parameters, media types apart from schemas, one server in three parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.documents.context import Context, entries, members, text, texts, word
from checker.model.api import Body, Place, Reply, Schema

JSON = ("application/json",)
URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
NOT_SCHEMA = frozenset({"name", "in", "required", "allowEmptyValue", "collectionFormat"})


def body(context: Context, item: Mapping[str, Any], item_at: Place, node: Mapping[str, Any], at: Place) -> Body | None:
    """The body that the parameters in `body` and `formData` describe; None where there are none."""
    fields: dict[str, tuple[Mapping[str, Any], Place]] = {}
    whole: tuple[Mapping[str, Any], Place] | None = None
    for holder, place in ((item, item_at), (node, at)):
        for index, one in entries(holder, "parameters"):
            found, found_at = context.mapping(one, place.child("parameters", index))
            if found.get("in") == "body":
                whole = (found, found_at)
            elif found.get("in") == "formData" and word(found, "name"):
                fields[text(found, "name")] = (found, found_at)
    consumes = texts(node, "consumes") or texts(context.root, "consumes")
    if whole is not None:
        found, found_at = whole
        schema = context.schema(found.get("schema", {}), found_at.child("schema"))
        media = dict.fromkeys(consumes or JSON, schema)
        return Body(media, required=found.get("required") is True, pointer=context.shown(found_at))
    return _form(context, fields, consumes, at.child("parameters")) if fields else None


def _form(
    context: Context, fields: Mapping[str, tuple[Mapping[str, Any], Place]], consumes: tuple[str, ...], at: Place
) -> Body:
    """A form's fields as the one object that they are in OpenAPI 3."""
    properties: dict[str, Any] = {}
    for name, (node, _) in fields.items():
        properties[name] = {key: one for key, one in node.items() if key not in NOT_SCHEMA}
        if node.get("type") == "file":
            properties[name] |= {"type": "string", "format": "binary"}
    required = [name for name, (node, _) in fields.items() if node.get("required") is True]
    schema = Schema({"type": "object", "properties": properties, "required": required}, at, context.resolve)
    forms = [one for one in consumes if "form" in one]
    has_file = any(node.get("type") == "file" for node, _ in fields.values())
    media = forms or [MULTIPART if has_file else URL_ENCODED]
    return Body(dict.fromkeys(media, schema), required=bool(required), pointer=context.shown(at))


def reply(context: Context, status: str, node: Any, place: Place, produces: tuple[str, ...]) -> Reply:
    """One declared answer, under each media type that the operation produces."""
    found, at = context.mapping(node, place)
    media: dict[str, Schema] = {}
    if "schema" in found:
        media = dict.fromkeys(produces or JSON, context.schema(found["schema"], at.child("schema")))
    headers: dict[str, Schema] = {}
    for name, one in members(found, "headers"):
        header, header_at = context.mapping(one, at.child("headers", name))
        headers[name] = context.schema(header, header_at)
    return Reply(
        status=status,
        media=media,
        headers=headers,
        description=text(found, "description"),
        pointer=context.shown(at),
        examples=dict(members(found, "examples")),
    )


def servers(root: Mapping[str, Any]) -> list[str]:
    """Scheme, host and base path as URLs; a document without a host says the path alone."""
    base = text(root, "basePath").rstrip("/")
    host = word(root, "host")
    if host is None:
        return [base] if base else []
    return [f"{scheme}://{host}{base}" for scheme in texts(root, "schemes") or ("https",)]
