"""Documents of one and the same address book, each in another manner that public APIs have; written for the tests."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]
TEXT: Document = {"type": "string"}
STAMP: Document = {"type": "string", "format": "date-time"}
NUMBER: Document = {"type": "integer"}


def document(paths: Document, schemas: Document | None = None) -> Document:
    """A document of these paths."""
    about = {"title": "Address book", "version": "1"}
    return {"openapi": "3.0.3", "info": about, "paths": paths, "components": {"schemas": schemas or {}}}


def query(name: str, schema: Document | None = None, **more: Any) -> Document:
    """A query parameter."""
    return {"name": name, "in": "query", "schema": schema or TEXT, **more}


def answer(schema: Document, media: str = "application/json") -> Document:
    """The answers of an operation."""
    return {"200": {"description": "ok", "content": {media: {"schema": schema}}}}


def thing(**properties: Document) -> Document:
    """An object."""
    return {"type": "object", "properties": properties}


def entries(item: Document) -> Document:
    """A list."""
    return {"type": "array", "items": item}


def collection(
    path: str,
    record: Document,
    listing: Document,
    params: list[Document],
    media: str = "application/json",
    key: str = "id",
) -> Document:
    """List, create, read, update and delete."""
    named = {"name": key, "in": "path", "required": True, "schema": TEXT}
    body = {"content": {media: {"schema": record}}}
    one = f"{path}({{{key}}})" if "(" in key else f"{path}/{{{key}}}"
    return {
        path: {
            "get": {"parameters": params, "responses": answer(listing, media)},
            "post": {"requestBody": body, "responses": answer(record, media)},
        },
        one: {
            "parameters": [named],
            "get": {"responses": answer(record, media)},
            "patch": {"requestBody": body, "responses": answer(record, media)},
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    }


_ATTRIBUTES = thing(
    firstName=TEXT,
    lastName=TEXT,
    emailAddress={**TEXT, "format": "email"},
    phoneNumber=TEXT,
    updatedAt=STAMP,
    createdAt=STAMP,
)
_RESOURCE = thing(id=TEXT, type=TEXT, attributes=_ATTRIBUTES)
JSON_API = document(
    collection(
        "/contacts",
        thing(data=_RESOURCE),
        thing(data=entries(_RESOURCE), links=thing(next=TEXT), meta=thing(total=NUMBER)),
        [
            query("page[size]", NUMBER),
            query("page[number]", NUMBER),
            query("filter[emailAddress]"),
            query("filter[updatedAt][gte]", STAMP),
            query("sort"),
        ],
        "application/vnd.api+json",
    )
)
_PERSON = thing(Id=TEXT, Vorname=TEXT, Nachname=TEXT, EMail=TEXT, Telefon=TEXT, ModifiedOn=STAMP, CreatedOn=STAMP)
ODATA = document(
    collection(
        "/Contacts",
        {"$ref": "#/components/schemas/Contact"},
        {
            "type": "object",
            "properties": {
                "value": entries({"$ref": "#/components/schemas/Contact"}),
                "@odata.nextLink": TEXT,
                "@odata.count": NUMBER,
            },
        },
        [
            query("$top", NUMBER),
            query("$skip", NUMBER),
            query("$filter"),
            query("$orderby"),
            query("$count", {"type": "boolean"}),
        ],
        key="Id",
    ),
    {"Contact": _PERSON},
)
_PLAIN = thing(id=NUMBER, first_name=TEXT, last_name=TEXT, email=TEXT, updated_at=STAMP)
HAL = document(
    collection(
        "/contacts",
        _PLAIN,
        thing(
            _embedded=thing(contacts=entries(_PLAIN)),
            _links=thing(self=thing(href=TEXT), next=thing(href=TEXT)),
            page=thing(size=NUMBER, totalElements=NUMBER, number=NUMBER),
        ),
        [query("page", NUMBER), query("size", NUMBER), query("updatedAfter", STAMP), query("sort"), query("email")],
        "application/hal+json",
    )
)
BARE = document(
    collection("/contacts", _PLAIN, entries(_PLAIN), [query("offset", NUMBER), query("limit", NUMBER), query("email")])
)
KEYED = document(
    collection(
        "/contacts",
        _PLAIN,
        thing(contacts={"type": "object", "additionalProperties": _PLAIN}, next_cursor=TEXT),
        [query("cursor"), query("limit", {**NUMBER, "maximum": 250}), query("modified-since", STAMP)],
    )
)
_SEARCH = thing(
    filter=thing(email=TEXT, updatedAtFrom=STAMP), sort=thing(field=TEXT, direction=TEXT), limit=NUMBER, startAfter=TEXT
)
POST_SEARCH = document(
    {
        "/tenants/{tenantId}/contacts/search": {
            "parameters": [{"name": "tenantId", "in": "path", "required": True, "schema": TEXT}],
            "post": {
                "requestBody": {"content": {"application/json": {"schema": _SEARCH}}},
                "responses": answer(thing(results=entries(_PLAIN), nextCursor=TEXT)),
            },
        },
        "/tenants/{tenantId}/contacts": {
            "parameters": [{"name": "tenantId", "in": "path", "required": True, "schema": TEXT}],
            "post": {"requestBody": {"content": {"application/json": {"schema": _PLAIN}}}, "responses": answer(_PLAIN)},
        },
        "/tenants/{tenantId}/contacts/{contactId}": {
            "parameters": [
                {"name": "tenantId", "in": "path", "required": True, "schema": TEXT},
                {"name": "contactId", "in": "path", "required": True, "schema": TEXT},
            ],
            "get": {"responses": answer(_PLAIN)},
            "put": {"requestBody": {"content": {"application/json": {"schema": _PLAIN}}}, "responses": answer(_PLAIN)},
        },
    }
)
