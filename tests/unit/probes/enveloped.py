"""The small CRM in resource objects (JSON:API 1.1): fields in `attributes`, references in `relationships`, bodies and answers under `data`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.servers import Answered, Asked
from tests.unit.probes.writable import FIELDS, Writable, document

KIND = "contacts"
MEDIA = "application/vnd.api+json"
LEFT_OUT = ("/contacts/batch", "/contacts/merge", "/contacts/by-nickname/{nickname}")


def enveloped(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as a resource object."""
    company = record.get("company_id")
    named = {name: value for name, value in record.items() if name not in ("id", "company_id")}
    related = {"company": {"data": None if company is None else {"type": "companies", "id": company}}}
    return {"type": KIND, "id": record["id"], "attributes": named, "relationships": related}


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """A resource object as a record."""
    company = body.get("relationships", {}).get("company")
    references = {} if company is None else {"company_id": (company["data"] or {}).get("id")}
    return {**body.get("attributes", {}), **references}


class Enveloped(Writable):
    """The same server behind that dialect. It takes nothing whose kind isn't said, and no change that doesn't say which record it is of."""

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        if not asked.path.startswith("/contacts"):
            return super().__call__(asked)
        if asked.method in ("POST", "PATCH"):
            if asked.headers.get("content-type") != MEDIA:
                return Answered(415, {"errors": [{"title": "unsupported media type"}]})
            body = asked.json().get("data", {})
            if body.get("type") != KIND or (
                asked.method == "PATCH" and body.get("id") != asked.path.rpartition("/")[2]
            ):
                return Answered(409, {"errors": [{"title": "type or id is missing"}]})
            asked = replace(asked, body=json.dumps(plain(body)).encode())
        answer = super().__call__(asked)
        held = answer.body if isinstance(answer, Answered) else answer
        if isinstance(held, dict) and isinstance(held.get("data"), list):
            return {**held, "data": [enveloped(one) for one in held["data"]]}
        whole = isinstance(held, dict) and "last_name" in held
        shown = {"data": enveloped(held)} if whole else held
        return replace(answer, body=shown) if isinstance(answer, Answered) else shown


def _in_envelope(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a resource object for a record's or a body's."""
    known = {name: one for name, one in schema["properties"].items() if name not in ("id", "company_id")}
    needed = [one for one in schema.get("required", []) if one in known]
    text, only = {"type": "string"}, {"type": "string", "enum": ["companies"]}
    to = {"type": "object", "nullable": True, "properties": {"type": only, "id": text}}
    company = {"company": {"type": "object", "properties": {"data": to}}}
    return {
        "type": "object",
        "required": ["type", "attributes"],
        "properties": {
            "type": {"type": "string", "enum": [KIND]},
            "id": {**text, "readOnly": True},
            "attributes": {"type": "object", "required": needed, "properties": known},
            "relationships": {"type": "object", "properties": company},
        },
    }


def in_envelopes(fields: Mapping[str, Any] = FIELDS) -> dict[str, Any]:
    """The document of the CRM in this dialect."""
    told = json.loads(json.dumps(document(fields)))  # in which nothing stands twice
    for path in LEFT_OUT:
        del told["paths"][path]
    for path in ("/contacts", "/contacts/{id}"):
        for operation in ("get", "post", "patch"):
            one = told["paths"][path].get(operation, {})
            for holder in (one.get("requestBody"), *one.get("responses", {}).values()):
                if "content" not in (holder or {}):
                    continue
                content = holder["content"][MEDIA] = holder["content"].pop("application/json")
                schema = content["schema"]
                if "data" in schema["properties"]:
                    data = {
                        **schema["properties"]["data"],
                        "items": _in_envelope(schema["properties"]["data"]["items"]),
                    }
                    content["schema"] = {**schema, "properties": {**schema["properties"], "data": data}}
                else:
                    content["schema"] = {
                        "type": "object",
                        "required": ["data"],
                        "properties": {"data": _in_envelope(schema)},
                    }
    return told
