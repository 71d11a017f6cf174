"""A list in OData's version 2, as many ERP systems still speak it: envelope, links, counts and stamps of their own."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.client.recorder import Recorder
from checker.describe import described
from checker.model.finding import Answer, Finding
from checker.probes import RESOURCE_PROBES
from checker.probes.base import Ledger
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.run import ask
from checker.project.types import System
from checker.resources.resource import Resource
from tests.clients import FAST, client
from tests.servers import Answered, Asked, serve

TEXT = {"type": "string"}
BEGIN = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
MOST = 10  # records a page, whatever is asked for


def document() -> dict[str, Any]:
    """The interface as generators describe it."""
    stamp = {**TEXT, "example": "/Date(1492041600000)/", "nullable": True}
    partner = {
        "type": "object",
        "properties": {"PartnerID": TEXT, "Name": TEXT, "EmailAddress": TEXT, "LastChangedAt": stamp},
    }
    count = {"anyOf": [{"type": "number"}, TEXT]}
    many = {
        "type": "object",
        "properties": {
            "d": {"type": "object", "properties": {"__count": count, "results": {"type": "array", "items": partner}}}
        },
    }
    one = {"type": "object", "properties": {"d": partner}}
    query = [
        {"name": "$top", "in": "query", "schema": {"type": "integer"}},
        {"name": "$skip", "in": "query", "schema": {"type": "integer"}},
        {"name": "$filter", "in": "query", "schema": TEXT},
        {"name": "$inlinecount", "in": "query", "schema": {**TEXT, "enum": ["allpages", "none"]}},
        {"name": "$orderby", "in": "query", "schema": TEXT},
    ]
    key = {"name": "PartnerID", "in": "path", "required": True, "schema": TEXT}

    def answer(schema: dict[str, Any]) -> dict[str, Any]:
        return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}

    return {
        "openapi": "3.0.0",
        "info": {"title": "Partners", "version": "1"},
        "paths": {
            "/Partners": {"get": {"parameters": query, "responses": answer(many)}},
            "/Partners('{PartnerID}')": {"get": {"parameters": [key], "responses": answer(one)}},
        },
    }


def record(number: int, zoned: bool) -> dict[str, Any]:
    """One partner, changed an hour after the one before."""
    changed = int((BEGIN + timedelta(hours=number)).timestamp() * 1000)
    return {
        "__metadata": {"type": "Partner"},
        "PartnerID": f"P{number:03}",
        "Name": f"Partner {number % 7}",
        "EmailAddress": f"p{number}@example.com",
        "LastChangedAt": f"/Date({changed}{'+0000' if zoned else ''})/",
    }


class Partners:
    """The server."""

    def __init__(self, *, zoned: bool = False, links: bool = False) -> None:
        self.zoned, self.links = zoned, links
        self.records = [record(i, zoned) for i in range(23)]

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        single = re.fullmatch(r"/Partners\('(.+)'\)", asked.path)
        if single:
            found = next((one for one in self.records if one["PartnerID"] == single[1]), None)
            return (
                {"d": found}
                if found
                else Answered(404, {"error": {"code": "005056A509B11EE1", "message": {"value": "Resource not found"}}})
            )
        try:
            found = self.narrowed(asked.query.get("$filter"))
        except ValueError:
            return Answered(400, {"error": {"message": {"value": "Invalid filter"}}})
        order = re.fullmatch(r"(\w+)( desc| asc)?", asked.query.get("$orderby", ""))
        if order and order[1] in found[0]:
            found = sorted(found, key=lambda one: one[order[1]], reverse=order[2] == " desc")
        elif order:
            return Answered(400, {"error": {"message": {"value": "No property"}}})
        start, size = int(asked.query.get("$skip", 0)), min(int(asked.query.get("$top", MOST)), MOST)
        answer: dict[str, Any] = {"results": found[start : start + size]}
        if self.links and start + size < len(found):
            answer["__next"] = f"http://{asked.headers['host']}/Partners?$skip={start + size}"
        if asked.query.get("$inlinecount") == "allpages":
            answer["__count"] = str(len(found))
        return {"d": answer}

    def narrowed(self, said: str | None) -> list[dict[str, Any]]:
        """The partners that fulfil an expression. Raises ValueError for one of another version."""
        if said is None:
            return self.records
        if text := re.fullmatch(r"(\w+) eq '([^']*)'(?: and (\w+) eq '([^']*)')?", said):
            asked = [(text[1], text[2])] + ([(text[3], text[4])] if text[3] else [])
            return [one for one in self.records if all(one[field] == value for field, value in asked)]
        literal = r"datetimeoffset'(.+)Z'" if self.zoned else r"datetime'([^Z+]+)'"
        if since := re.fullmatch(rf"LastChangedAt ge {literal}", said):
            at = int(datetime.fromisoformat(since[1]).replace(tzinfo=UTC).timestamp() * 1000)
            return [one for one in self.records if int(re.findall(r"\d{13}", one["LastChangedAt"])[0]) >= at]
        raise ValueError(said)


def probed(folder: Path, server: Partners, described_as: dict[str, Any] | None = None) -> dict[str, Finding]:
    """What reading finds out."""
    path = folder / "v2.json"
    path.write_text(json.dumps(described_as or document()), "utf-8")
    known = described(str(path))
    assert known.profile is not None
    assert known.document is not None
    profile = known.profile.resource("Partners")
    assert profile is not None
    with serve(server) as running:
        made = client(running.url)
        settings = System(base_url=running.url, limits=FAST)
        look = SystemLook("erp", settings, known.profile, known.document.api, made, Recorder(), Ledger())
        look.resources = [ResourceLook(look, Resource("erp", profile, made, zone=look.zone))]
        try:
            return {one.id: one for probe in RESOURCE_PROBES for one in ask(probe, look.resources[0], "erp/Partners")}
        finally:
            made.close()


@pytest.mark.parametrize("zoned", [False, True], ids=["DateTime", "DateTimeOffset"])
def test_a_list_of_odatas_version_2_is_walked_counted_narrowed_and_asked_for_changes(
    tmp_path: Path, zoned: bool
) -> None:
    """Records lie in `d.results`, the total comes with $inlinecount=allpages, stamps are /Date(…)/, and an instant has a literal of its own."""
    found = probed(tmp_path, Partners(zoned=zoned))
    wanted = (
        "list.readable", "read.single", "pagination.ends", "pagination.complete", "pagination.past-end", "filter.honoured", "filter.combined",
        "sort.honoured", "timestamp.filled", "timestamp.zoned", "updated-since.excludes-older", "updated-since.includes-boundary",
        "updated-since.nonsense-refused", "answers.fields-declared",
    )  # fmt: skip
    assert {claim: found[claim].answer for claim in wanted} == dict.fromkeys(wanted, Answer.YES)
    assert (found["count.known"].values["total"], found["count.known"].values["how"]) == (23, "d.__count")


def test_the_next_page_of_odatas_version_2_is_where_the_answer_says(tmp_path: Path) -> None:
    """A server that cuts its pages itself links to the next one as `__next`."""
    linked = document()
    listing = linked["paths"]["/Partners"]["get"]
    listing["parameters"] = []
    envelope = listing["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["d"]
    envelope["properties"]["__next"] = TEXT
    found = probed(tmp_path, Partners(links=True), linked)
    assert {found[claim].answer for claim in ("pagination.ends", "pagination.no-repeats")} == {Answer.YES}
    assert found["pagination.ends"].values == {"pages": 3, "records": 23}
