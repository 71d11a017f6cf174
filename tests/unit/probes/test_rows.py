"""Rows that are records of their own: what becomes of them, and of their document, when either is changed or deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from checker.client.recorder import Recorder
from checker.describe import described
from checker.errors import RefusedError
from checker.journal import Journal
from checker.model.finding import Answer, Finding
from checker.model.permit import Permit
from checker.probes.attempts import Waiting
from checker.probes.base import Ledger
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.needs import bodies_of
from checker.probes.round import Round
from checker.probes.rows import row_of
from checker.probes.touching import ResourceTouch, SystemTouch
from checker.project.load import load_project
from checker.project.types import System
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.touch import cleaned, planned
from tests.clients import FAST, Time, client
from tests.servers import Answered, Asked, serve
from tests.unit.probes.touched import MARK, TODAY, probed

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
TEXT = {"type": "string"}
OWN = {"id": {**TEXT, "readOnly": True}, "updated_at": {**TEXT, "format": "date-time", "readOnly": True}}
LINE = {"order_id": TEXT, "quantity": {"type": "integer"}, "unit_price": {"type": "number"}}
ORDER = {"number": {**TEXT, "maxLength": 40}, "lines": {"type": "array", "items": {"type": "object", "required": ["quantity"], "properties": {**OWN, **LINE}}}}  # fmt: skip
SOMEBODYS = {"id": "l0", "order_id": "o0", "quantity": 7, "unit_price": 1.0, "updated_at": "2026-01-01T00:00:00.000Z"}


def document() -> dict[str, Any]:
    """Orders and their lines, each with an address of its own."""
    paths: dict[str, Any] = {}
    since = [{"name": "updated_since", "in": "query", "schema": {**TEXT, "format": "date-time"}}]
    for name, fields in (("orders", ORDER), ("order-lines", {**LINE, "deleted_at": {**TEXT, "nullable": True}})):
        record = {"type": "object", "required": [*fields][:1], "properties": {**OWN, **fields}}
        body = {"content": {"application/json": {"schema": record}}}
        one = {"200": {"description": "one", **body}}
        many = {"type": "object", "properties": {"data": {"type": "array", "items": record}}}
        listed = {"200": {"description": "many", "content": {"application/json": {"schema": many}}}}
        paths[f"/{name}"] = {
            "get": {"parameters": since, "responses": listed},
            "post": {"requestBody": body, "responses": {"201": {"description": "new", **body}}},
        }
        paths[f"/{name}/{{id}}"] = {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": {"responses": one},
            "patch": {"requestBody": body, "responses": one},
            "delete": {"responses": {"204": {"description": "gone"}}},
        }
    return {"openapi": "3.0.3", "info": {"title": "Small shop", "version": "1"}, "paths": paths}


@dataclass
class Shop:
    """The server: a deleted order takes its lines with it. `defect` names what it does wrong; without one it is a good citizen."""

    time: Time
    defect: str = ""
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = field(default_factory=lambda: {"l0": SOMEBODYS})
    number: int = 0

    def __call__(self, asked: Asked) -> Any:
        """Answer a request."""
        kind, _, one = asked.path.strip("/").partition("/")
        held = {"orders": self.orders, "order-lines": self.lines}[kind]
        if not one:
            return self.listed(kind, asked.query) if asked.method == "GET" else self.created(asked.json())
        if one not in held or held[one].get("deleted_at"):
            return Answered(404, {"error": "none"})
        if asked.method == "PATCH":
            self.changed(kind, one, asked.json())
        elif asked.method == "DELETE":
            return self.deleted(one)
        return self.shown(one) if kind == "orders" else held[one]

    def stamp(self) -> str:
        """Now."""
        return self.time.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def listed(self, kind: str, query: dict[str, str]) -> Any:
        """The list; what is deleted is among what changed."""
        held = [self.shown(one) for one in self.orders] if kind == "orders" else [*self.lines.values()]
        since = query.get("updated_since", "").replace("+00:00", "Z")
        found = [one for one in held if one["updated_at"] >= since and (since or not one.get("deleted_at"))]
        return {"data": found}

    def shown(self, order: str) -> dict[str, Any]:
        """An order as answers show it."""
        rows = [one for one in self.lines.values() if one["order_id"] == order and not one.get("deleted_at")]
        if self.defect == "lists-somebody-elses":
            rows = [self.lines["l0"] for _ in rows]
        return {**self.orders[order], "lines": rows}

    def created(self, body: dict[str, Any]) -> Answered:
        """A new order, its lines with it."""
        if not body.get("number"):
            return Answered(422, {"errors": [{"field": "number"}]})
        self.number += 1
        order = f"o{self.number}"
        self.orders[order] = {"id": order, "number": body["number"], "updated_at": self.stamp()}
        self.rows(order, body.get("lines") or [])
        return Answered(201, self.shown(order))

    def rows(self, order: str, rows: list[dict[str, Any]]) -> None:
        """The lines of an order: those that are sent, and no others."""
        self.lines = {name: one for name, one in self.lines.items() if one["order_id"] != order}
        for row in rows:
            self.number += 1
            own = {"id": f"l{self.number}", "order_id": order, "updated_at": self.stamp()}
            self.lines[own["id"]] = {**row, **own}

    def changed(self, kind: str, one: str, body: dict[str, Any]) -> None:
        """A changed order or line; a line moves its order, too."""
        order = one if kind == "orders" else self.lines[one]["order_id"]
        if kind == "orders":
            if "lines" in body:
                self.rows(one, body.pop("lines"))
            self.orders[one] = {**self.orders[one], **body}
        elif self.defect != "line-ignores":
            self.lines[one] = {**self.lines[one], **body, "updated_at": self.stamp()}
        if kind == "orders" or self.defect != "line-moves-nothing":
            self.orders[order]["updated_at"] = self.stamp()

    def deleted(self, order: str) -> Answered:
        """A deleted order."""
        del self.orders[order]
        for one in [one for one in self.lines.values() if one["order_id"] == order]:
            if self.defect == "lines-vanish":
                del self.lines[one["id"]]
            elif self.defect != "lines-stay":
                self.lines[one["id"]] = {**one, "deleted_at": self.stamp(), "updated_at": self.stamp()}
        return Answered(204, b"")


@contextmanager
def shop(folder: Path, defect: str = "") -> Iterator[tuple[Shop, SystemTouch]]:
    """The shop, running, with that defect."""
    at = Time()
    server = Shop(at, defect)
    path = folder / "shop.json"
    path.write_text(json.dumps(document()), "utf-8")
    known = described(str(path))
    assert known.profile is not None
    assert known.document is not None
    with serve(server) as running:
        made = client(running.url, at=at)
        settings = System(base_url=running.url, limits=FAST)
        look = SystemLook("crm", settings, known.profile, known.document.api, made, Recorder(), Ledger())
        journal = Journal(folder / "journal.sqlite", "test")
        system = SystemTouch(look, Writer(Permit("crm", made.base_url), journal, MARK, clock=at.clock))
        for name, wanted in (("orders", {"number", "lines.quantity"}), ("order-lines", {"quantity"})):
            profile = known.profile.resource(name)
            assert profile is not None
            look.resources.append(ResourceLook(look, Resource("crm", profile, made, zone=look.zone)))
            plan = bodies_of(look.resources[-1], (), MARK, TODAY)
            plan = type(plan)(**{**vars(plan), "wanted": frozenset(wanted)})
            system.resources.append(ResourceTouch(look.resources[-1], system, plan, Waiting(at.sleep, at.monotonic)))
        try:
            yield server, system
            cleaned(system)
            assert server.orders == {}
            assert server.lines["l0"] == SOMEBODYS
        finally:
            journal.close()
            made.close()


def found(folder: Path, defect: str = "") -> dict[tuple[str, str], Finding]:
    """What is told of orders and their lines, by resource and claim."""
    with shop(folder, defect) as (_, system):
        return {(name, one.id): one for name in ("orders", "order-lines") for one in probed(system, name).values()}


MOVES, VISIBLE = ("orders", "timestamp.moves-on-child"), ("order-lines", "delete.visible")
DEFECTS: list[tuple[str, tuple[str, str], Answer, dict[str, Any]]] = [
    ("", MOVES, YES, {"field": "updated_at"}),
    ("", VISIBLE, YES, {"how": "changes", "parent": "orders"}),
    ("line-moves-nothing", MOVES, NO, {"field": "updated_at", "alone": "order-lines"}),
    ("line-ignores", MOVES, YES, {"field": "updated_at"}),  # sent inside the order it moves; alone nothing could be changed
    ("lines-vanish", VISIBLE, NO, {"how": None, "listed": False, "parent": "orders"}),
    ("lines-stay", VISIBLE, UNKNOWN, {"reason": "no-room-for-mark"}),
    ("lists-somebody-elses", VISIBLE, UNKNOWN, {"reason": "no-room-for-mark"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("defect", "where", "answer", "values"), DEFECTS, ids=[f"{one[0]}-{one[1][1]}" for one in DEFECTS]
)
def test_what_becomes_of_a_row_is_told(
    tmp_path: Path, defect: str, where: tuple[str, str], answer: Answer, values: dict[str, Any]
) -> None:
    """A line that has no room for our mark is changed and lost with its order: that the order stands still, or nothing shows the loss, is told."""
    finding = found(tmp_path, defect)[where]
    assert (finding.answer, {name: finding.values.get(name) for name in values}) == (answer, values)
    assert finding.evidence or answer is UNKNOWN


def test_the_order_that_is_deleted_for_its_lines_stands_in_the_plan(tmp_path: Path) -> None:
    """Who is asked for leave to write is told of one order more where the delete of lines is a question, too."""
    (tmp_path / "shop.json").write_text(json.dumps(document()), "utf-8")
    known = described(str(tmp_path / "shop.json"))
    assert known.profile is not None
    most = []
    for asked in (("orders",), ("orders", "order-lines")):
        flows = [{"name": one, "left": f"crm/{one}", "right": "erp/none"} for one in asked]
        systems = {"crm": {"document": "shop.json", "base_url": "http://127.0.0.1:1", "sandbox": True}, "erp": {}}
        project = tmp_path / "readiness.yaml"
        project.write_text(json.dumps({"project": "Shop", "systems": systems, "flows": flows}), "utf-8")
        permits = {"crm": Permit("crm", "http://127.0.0.1:1/")}
        plan = planned(load_project(project), {"crm": known.profile}, permits, Round())
        most.append({one.resource: one.at_most for one in plan}["orders"])
    assert most[1] == most[0] + 1


def test_a_row_that_points_elsewhere_is_never_written(tmp_path: Path) -> None:
    """An order that lists somebody else's line: the line is nobody's row of ours, and a change of it is refused before a byte leaves."""
    with shop(tmp_path, "lists-somebody-elses") as (_, system):
        orders, lines = system.resources
        assert orders.birth is not None
        held = orders.first_seen.record or {}
        assert [one["id"] for one in held["lines"]] == ["l0"]
        assert row_of(orders, orders.birth.body, held) is None
        with pytest.raises(RefusedError):
            system.writer.update_row(
                orders.resource, orders.id or "", lines.resource, "l0", "order_id", {"quantity": 8}
            )
        with pytest.raises(RefusedError):  # an order that isn't ours, as its line says
            system.writer.update_row(orders.resource, "o0", lines.resource, "l0", "order_id", {"quantity": 8})
