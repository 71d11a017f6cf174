"""Links to many: does the changed time move when a record points at one more, and at one less?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from checker.model.finding import Answer
from checker.probes.relinking import link
from checker.probes.touching import ResourceTouch
from checker.touch import cleaned
from tests.clients import Time
from tests.servers import Answered, Asked
from tests.unit.probes.touched import asked, touching

TEXT: dict[str, Any] = {"type": "string"}
OWN = {"id": {**TEXT, "readOnly": True}, "updated_at": {**TEXT, "format": "date-time", "readOnly": True}}
IDS = {"company_ids": {"type": "array", "items": TEXT}}
ENTRIES = {"companies": {"type": "array", "items": {"type": "object", "properties": {"id": TEXT, "role": TEXT}}}}
ROWS = {"companies": {"type": "array", "items": {"type": "object", "required": ["id", "role"], "properties": {"id": TEXT, "role": TEXT}}}}  # fmt: skip
SOMEBODYS = {"id": "co-1", "name": "Kern GmbH"}
NAMES = {"companies": {"type": "array", "items": TEXT}}


def calls(way: str) -> dict[str, Any]:
    """The calls that make and end a link: `put`, the other's id in the path, or `post`, in the body; `rows` makes a row, not a link."""
    holes = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in ("id", "companyId")]
    fields = {"company_id": TEXT, "note": TEXT} if way == "rows" else {"company_id": TEXT}
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": fields}}}}
    done = {"responses": {"204": {"description": "done"}}}
    made: dict[str, Any] = {"put": done} if way == "put" else {}
    many = (
        {"post": {"requestBody": body, **done}}
        if way != "put"
        else {"get": {"responses": {"200": {"description": "ids"}}}}
    )
    return {
        "/contacts/{id}/companies": {"parameters": holes[:1], **many},
        "/contacts/{id}/companies/{companyId}": {"parameters": holes, **made, "delete": done},
    }


def document(links: Mapping[str, Any], company: Mapping[str, Any], way: str | None = None) -> dict[str, Any]:
    """Contacts that point at companies by a list, or by calls."""
    paths: dict[str, Any] = {}
    for name, fields in (("companies", {"name": TEXT, **company}), ("contacts", {"last_name": TEXT, **links})):
        record = {"type": "object", "required": [*fields][:1], "properties": {**OWN, **fields}}
        body = {"content": {"application/json": {"schema": record}}}
        many = {"type": "object", "properties": {"data": {"type": "array", "items": record}}}
        listed = {"description": "many", "content": {"application/json": {"schema": many}}}
        one = {"200": {"description": "one", **body}}
        paths[f"/{name}"] = {
            "get": {"responses": {"200": listed}},
            "post": {"requestBody": body, "responses": {"201": {"description": "new", **body}}},
        }
        paths[f"/{name}/{{id}}"] = {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": {"responses": one},
            "patch": {"requestBody": body, "responses": one},
            "delete": {"responses": {"204": {"description": "gone"}}},
        }
    paths |= calls(way) if way else {}
    return {"openapi": "3.0.3", "info": {"title": "Links", "version": "1"}, "paths": paths}


@dataclass
class Linked:
    """The server. `still`: the changes that leave the changed time alone: more, less."""

    time: Time
    still: tuple[str, ...] = ()
    deaf: bool = False
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    companies: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=dict)
    linked: list[str] = field(default_factory=list)
    hook: str = ""  # where events are sent
    silent: bool = False  # whether links change without one
    wrote: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Any:
        """Answer a request."""
        kind, _, one = asked.path.strip("/").partition("/")
        held = self.contacts if kind == "contacts" else self.companies
        if "/" in one:
            return self.link(asked, *one.split("/")[::2])
        if not one and asked.method == "GET":
            return {"data": [*held.values(), *([SOMEBODYS] if held is self.companies else [])]}
        if not one:
            one = f"{kind[:2]}{len(held) + 1}"
            held[one] = {"id": one, **asked.json(), "updated_at": self.stamp()}
            self.told("created", held[one])
            return Answered(201, held[one])
        if one not in held:
            return Answered(404, {"error": "none"})
        if asked.method == "DELETE":
            del held[one]
            return Answered(204, b"")
        return held[one] if asked.method == "GET" else self.changed(one, asked.json())

    def link(self, asked: Asked, one: str, other: str | None = None) -> Answered:
        """Make or end a link, or show all that a contact has."""
        links = self.links.setdefault(one, set())
        if asked.method == "GET":
            return Answered(body={"data": [{"id": each} for each in sorted(links)]})
        other = other or asked.json()["company_id"]
        which = "less" if asked.method == "DELETE" else "more"
        self.linked.append(f"{which} {other}")
        if not self.deaf:
            (links.discard if which == "less" else links.add)(other)
            self.contacts[one] |= {} if which in self.still else {"updated_at": self.stamp()}
        return Answered(204, b"")

    def changed(self, one: str, body: dict[str, Any]) -> dict[str, Any]:
        """A contact with other links."""
        self.wrote.append(body)
        before = self.contacts[one]
        (name, sent), *_ = body.items()
        held = before.get(name) or []
        which = "more" if len(sent or []) > len(held) else "less"
        shown = [{**x, "label": "Kern GmbH"} if isinstance(x, dict) else x for x in sent or []]
        links = {} if self.deaf else {name: shown if isinstance(sent, list) else sent}
        moved = {} if which in self.still or self.deaf else {"updated_at": self.stamp()}
        self.contacts[one] = {**before, **links, **moved}
        if name not in {*IDS, *ENTRIES, "company_id"} or not self.silent:
            self.told("updated", self.contacts[one])
        return self.contacts[one]

    def told(self, what: str, record: dict[str, Any]) -> None:
        """Send an event."""
        if self.hook:
            event = {"type": f"contact.{what}", "id": f"e{len(self.wrote)}{record['id']}", "data": record}
            httpx.post(self.hook, json=event)

    def stamp(self) -> str:
        """Now."""
        return self.time.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def linked(
    folder: Path,
    links: Mapping[str, Any],
    company: Mapping[str, Any] | None = None,
    way: str | None = None,
    flows: tuple[str, ...] = ("contacts",),
    **server: Any,
) -> Iterator[tuple[Linked, ResourceTouch]]:
    """The contacts, running, under write probes."""
    at = Time()
    serving = Linked(at, **server)
    wanted = dict.fromkeys(("companies", "contacts") if way else flows)
    with touching(folder, document(links, company or {}, way), serving, at, wanted) as system:
        for touch in system.resources:
            touch.control = touch.create(touch.body) if touch.profile.name == "companies" else None
        yield serving, touch
        cleaned(system)
        assert (serving.contacts, serving.companies) == ({}, {})


@pytest.mark.parametrize("links", [IDS, ENTRIES], ids=["ids", "entries"])
@pytest.mark.parametrize(
    ("still", "answer"), [((), Answer.YES), (("more",), Answer.NO), (("less",), Answer.NO)], ids=str
)
def test_one_link_more_or_less_that_moves_no_changed_time_is_told(
    tmp_path: Path, links: Mapping[str, Any], still: tuple[str, ...], answer: Answer
) -> None:
    """A list of ids or of entries with an id: who asks for what changed never learns of a contact that works for another company now."""
    with linked(tmp_path, links, still=still) as (server, touch):
        (found,) = asked(link, touch)
        assert touch.latest.get(*links) in ([], None)
    assert found.answer is answer
    assert found.values["link"] == next(iter(links))
    assert len(server.wrote) <= 2 if answer is Answer.YES else server.wrote


def test_a_list_that_is_no_list_of_links_is_never_written(tmp_path: Path) -> None:
    """Rows that need more than an id, texts that may be names, and records that say themselves whose they are: to list one would take it away."""
    for place, (links, company) in enumerate(
        ((ROWS, {}), (NAMES, {}), (IDS, {"contact_id": TEXT}), (ENTRIES, {"contact_id": TEXT}))
    ):
        folder = tmp_path / str(place)
        folder.mkdir()
        with linked(folder, links, company) as (server, touch):
            (found,) = asked(link, touch)
            assert (found.answer, server.wrote) == (Answer.NOT_APPLICABLE, [])


def test_links_that_stay_as_they_were_prove_nothing(tmp_path: Path) -> None:
    """A list that is taken, and passed over."""
    with linked(tmp_path, IDS, deaf=True) as (_, touch):
        (found,) = asked(link, touch)
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "link-unchanged")


@pytest.mark.parametrize("way", ["put", "post"])
@pytest.mark.parametrize(
    ("still", "answer"), [((), Answer.YES), (("more",), Answer.NO), (("less",), Answer.NO)], ids=str
)
def test_a_link_that_is_made_and_ended_by_calls_of_its_own_is_tried(
    tmp_path: Path, way: str, still: tuple[str, ...], answer: Answer
) -> None:
    """With records of ours on both sides, and with what comes of it."""
    with linked(tmp_path, {}, way=way, still=still) as (server, touch):
        (found,) = asked(link, touch)
    assert (found.answer, found.values["link"]) == (answer, "companies")
    assert server.linked == ["more co2", "less co2"]  # the good record of ours, and nobody else's


def test_a_link_by_calls_that_nobody_made_proves_nothing(tmp_path: Path) -> None:
    """The calls are taken, and the list of links doesn't name the other."""
    with linked(tmp_path, {}, way="put", deaf=True) as (server, touch):
        (found,) = asked(link, touch)
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "link-unchanged")
    assert server.linked == ["more co2"]


@pytest.mark.parametrize(("way", "company"), [("rows", {}), ("put", {"contact_id": TEXT})], ids=["rows", "owned"])
def test_a_call_that_makes_more_than_a_link_is_never_made(tmp_path: Path, way: str, company: dict[str, Any]) -> None:
    """A row with contents of its own, and records that say themselves whose they are."""
    with linked(tmp_path, {}, company, way) as (server, touch):
        (found,) = asked(link, touch)
    assert (found.answer, server.linked) == (Answer.NOT_APPLICABLE, [])


@pytest.mark.parametrize(
    ("flows", "answer"),
    [(("companies", "contacts"), Answer.NO), (("contacts",), Answer.NOT_APPLICABLE)],
    ids=["of-a-flow", "of-none"],
)
def test_a_link_that_no_flow_writes_is_tried_where_it_leads_to_records_of_a_flow(
    tmp_path: Path, flows: tuple[str, ...], answer: Answer
) -> None:
    """On the side that is only read a link counts as much; one that leads elsewhere, as to an owner, is left alone. It is empty again afterwards."""
    with linked(tmp_path, {"company_id": {**TEXT, "nullable": True}}, flows=flows, still=("more",)) as (server, touch):
        (found,) = asked(link, touch)
        assert touch.latest.get("company_id") is None
    assert found.answer is answer
    assert [one["company_id"] for one in server.wrote] == (["co1", None] if answer is Answer.NO else [])
