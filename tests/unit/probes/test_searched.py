"""Lists that are searched by POST, with filters and an order in the body, are asked the same questions as any others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.describe import described
from checker.model.finding import Answer, Finding
from tests.servers import Answered, Asked
from tests.unit.probes.lists import Lists, probed

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
TOWN = {"description": "The town, or null for contacts without one.", "anyOf": [TEXT, {"type": "null"}]}
CLAIMS = (
    "filter.honoured",
    "filter.combined",
    "filter.unknown-refused",
    "filter.exact",
    "filter.null-honoured",
    "count.filtered",
    "sort.honoured",
    "sort.stable",
    "sort.unknown-refused",
    "answers.match-document",
)


class Searched(Lists):
    """The list server behind `POST /contacts/search`; what it does with a search it does with the same list."""

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        if (asked.method, asked.path) != ("POST", "/contacts/search"):
            return super().__call__(asked)
        if asked.query:
            return Answered(400, {"error": "a search takes no query"})
        body = asked.json()
        query = {
            name: str(value)
            for name, value in {**body.get("where", {}), **body}.items()
            if name not in ("where", "sort")
        }
        if body.get("where", {}).get("town", "") is None:
            query |= {"town[null]": "true"}
            del query["town"]
        for one in body.get("sort", [])[:1]:
            query["sort"] = f"{'-' * (one['direction'] == 'DESC')}{one['field']}"
        found = super().__call__(replace(asked, method="GET", path="/contacts", pairs=list(query.items())))
        return Answered(200, found, [("Content-Type", "text/html")]) if self.defect == "mislabels" else found


def document() -> dict[str, Any]:
    """The search as its document has it."""
    stamp = {"type": "string", "format": "date-time"}
    record = {
        "id": TEXT,
        "email": TEXT,
        "name": TEXT,
        "points": NUMBER,
        "town": {**TEXT, "nullable": True},
        "updated_at": stamp,
    }
    key = {"type": "object", "properties": {"field": TEXT, "direction": {"type": "string", "enum": ["ASC", "DESC"]}}}
    where = {"type": "object", "properties": {"email": TEXT, "name": TEXT, "since": stamp, "town": TOWN}}
    search = {"where": where, "sort": {"type": "array", "items": key}, "limit": NUMBER, "offset": NUMBER}
    page = {"data": {"type": "array", "items": {"type": "object", "properties": record}}, "total": NUMBER}

    def content(properties: dict[str, Any]) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}

    post = {"requestBody": content(search), "responses": {"200": {"description": "some", **content(page)}}}
    get = {"responses": {"200": {"description": "one", **content(record)}}}
    by_id = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
    paths = {"/contacts/search": {"post": post}, "/contacts/{id}": {"parameters": by_id, "get": get}}
    return {"openapi": "3.0.3", "info": {"title": "Searched", "version": "1"}, "paths": paths}


def answered(folder: Path, defect: str = "") -> dict[str, Finding]:
    """What the read probes find through the document."""
    path = folder / "searched.json"
    path.write_text(json.dumps(document()), "utf-8")
    known = described(str(path))
    assert known.profile is not None
    assert known.document is not None
    return probed(Searched(defect), known.profile.resource("contacts"), api=known.document.api)


def test_filters_and_orders_of_a_searchs_body_are_tried(tmp_path: Path) -> None:
    """A search that narrows, orders and refuses what it doesn't know is told so."""
    found = answered(tmp_path)
    assert {claim: found[claim].answer for claim in CLAIMS} == dict.fromkeys(CLAIMS, Answer.YES)
    assert found["filter.honoured"].values["param"] == "where.email"


@pytest.mark.parametrize(
    ("defect", "claim"),
    [
        ("ignores-filter", "filter.honoured"),
        ("first-filter-only", "filter.combined"),
        ("ignores-unknown", "filter.unknown-refused"),
        ("finds-beginnings", "filter.exact"),
        ("ignores-null", "filter.null-honoured"),
        ("counts-all", "count.filtered"),
        ("ignores-sort", "sort.honoured"),
        ("ties-move", "sort.stable"),
        ("sorts-by-nothing", "sort.unknown-refused"),
        ("mislabels", "answers.match-document"),
    ],
)
def test_a_search_that_does_something_else_is_noticed(tmp_path: Path, defect: str, claim: str) -> None:
    """What was asked in the body and not done is told."""
    assert answered(tmp_path, defect)[claim].answer is Answer.NO
