"""Parameters, bodies and answers as OpenAPI 3 writes them; and parameters, which both languages share in the main."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from checker.documents.context import Context, entries, members, text, word
from checker.model.api import Body, Parameter, Place, Reply, Schema

LOCATIONS = frozenset({"query", "header", "path", "cookie"})
# Swagger 2.0's collectionFormat in the words of OpenAPI 3 (its migration table)
STYLES = {"csv": "form", "multi": "form", "ssv": "spaceDelimited", "pipes": "pipeDelimited", "tsv": "tabDelimited"}


def parameter(context: Context, node: Any, place: Place) -> Parameter | None:
    """The parameter behind a node; None where it is none, or where it is a body in Swagger's spelling."""
    found, at = context.mapping(node, place)
    if at not in context.parameters:
        context.parameters[at] = _parameter(context, found, at)
    return context.parameters[at]


def _parameter(context: Context, node: Mapping[str, Any], place: Place) -> Parameter | None:
    name, location = word(node, "name"), word(node, "in")
    if location == "querystring":  # 3.2: the whole query as one value
        location = "query"
    if name is None or location not in LOCATIONS:
        return None
    return Parameter(
        name=name,
        location=location,
        required=node.get("required") is True or location == "path",
        schema=_parameter_schema(context, node, place),
        description=text(node, "description"),
        pointer=context.shown(place),
        example=_example(context, node, place),
        style=STYLES.get(text(node, "collectionFormat")) if context.swagger else word(node, "style"),
    )


def _parameter_schema(context: Context, node: Mapping[str, Any], place: Place) -> Schema:
    if context.swagger:
        return context.schema(node, place)
    if "schema" in node:
        return context.schema(node["schema"], place.child("schema"))
    return next(iter(media(context, node, place)[0].values()), context.schema({}, place))


def _example(context: Context, node: Mapping[str, Any], place: Place) -> Any:
    for word_ in ("example", "x-example"):
        if node.get(word_) is not None:
            return node[word_]
    for name, one in members(node, "examples"):
        found, _ = context.mapping(one, place.child("examples", name))
        for key in ("value", "dataValue"):  # the latter is 3.2
            if found.get(key) is not None:
                return found[key]
    return None


def merged_parameters(
    context: Context, item: Mapping[str, Any], item_at: Place, node: Mapping[str, Any], at: Place
) -> tuple[Parameter, ...]:
    """The path's parameters and the operation's own; an own one of the same name and location replaces the path's."""
    found: dict[tuple[str, str], Parameter] = {}
    for holder, place in ((item, item_at), (node, at)):
        for index, one in entries(holder, "parameters"):
            read = parameter(context, one, place.child("parameters", index))
            if read is not None:
                found[(read.name, read.location)] = read
    return tuple(found.values())


def media(context: Context, node: Mapping[str, Any], place: Place) -> tuple[dict[str, Schema], dict[str, Any]]:
    """`content` as two maps from media type: to its schema (an empty one where none is given), and to its first example."""
    schemas: dict[str, Schema] = {}
    examples: dict[str, Any] = {}
    for name, one in members(node, "content"):
        kind, at = context.mapping(one, place.child("content", name))
        key = (
            "schema" if "schema" in kind or "itemSchema" not in kind else "itemSchema"
        )  # the latter is 3.2, for streams
        schemas[name] = context.schema(kind.get(key, {}), at.child(key))
        example = _example(context, kind, at)
        if example is not None:
            examples[name] = example
    return schemas, examples


def body(context: Context, node: Mapping[str, Any], place: Place) -> Body | None:
    """The request body of an operation, None where none is declared."""
    if node.get("requestBody") is None:
        return None
    found, at = context.mapping(node["requestBody"], place.child("requestBody"))
    schemas, examples = media(context, found, at)
    return Body(schemas, required=found.get("required") is True, pointer=context.shown(at), examples=examples)


def reply(context: Context, status: str, node: Any, place: Place) -> Reply:
    """One declared answer."""
    found, at = context.mapping(node, place)
    if at not in context.replies:
        context.replies[at] = _reply(context, status, found, at)
    read = context.replies[at]
    return read if read.status == status else replace(read, status=status)


def _reply(context: Context, status: str, found: Mapping[str, Any], at: Place) -> Reply:
    schemas, examples = media(context, found, at)
    headers: dict[str, Schema] = {}
    for name, one in members(found, "headers"):
        header, header_at = context.mapping(one, at.child("headers", name))
        headers[name] = _parameter_schema(context, header, header_at)
    return Reply(
        status=status,
        media=schemas,
        headers=headers,
        description=text(found, "description"),
        pointer=context.shown(at),
        examples=examples,
    )
