"""A small shop whose orders have lines with an address of their own, but for one switchable defect."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from checker.probes.touching import SystemTouch
from checker.touch import cleaned
from tests.clients import Time
from tests.servers import Answered, Asked
from tests.unit.probes.touched import touching

LAG_S = 3.0  # of the list that lags
# How late events come, in seconds.
EVENTS_LATE_S = {"events-late": 0.3}
TEXT = {"type": "string"}
OWN = {"id": {**TEXT, "readOnly": True}, "updated_at": {**TEXT, "format": "date-time", "readOnly": True}}
LINE = {"order_id": TEXT, "quantity": {"type": "integer"}, "unit_price": {"type": "number"}}
ORDER = {"number": {**TEXT, "maxLength": 40}, "note": TEXT, "lines": {"type": "array", "items": {"type": "object", "required": ["quantity"], "properties": {**OWN, **LINE}}}}  # fmt: skip
SOMEBODYS = {"id": "l0", "order_id": "o0", "quantity": 7, "unit_price": 1.0, "updated_at": "2026-01-01T00:00:00.000Z"}


def document(line: Mapping[str, Any] = LINE) -> dict[str, Any]:
    """Orders and their lines, each with an address of its own; `line` has the fields that a line has there."""
    paths: dict[str, Any] = {}
    since = [{"name": "updated_since", "in": "query", "schema": {**TEXT, "format": "date-time"}}]
    for name, fields in (("orders", ORDER), ("order-lines", {**line, "deleted_at": {**TEXT, "nullable": True}})):
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
    hook: str = ""  # where events are sent
    muted: bool = False
    silences: int = 1  # changes of nothing but lines that no event tells of

    def told(self, what: str, record: dict[str, Any]) -> None:
        """Send an event."""
        if self.hook and not self.muted:
            event = {
                "type": what,
                "id": f"e{what}{record['id']}{self.stamp()}",
                "created": self.stamp(),
                "data": record,
            }
            wait = EVENTS_LATE_S.get(self.defect, 0)
            if wait:
                threading.Timer(wait, partial(self.sent, event)).start()
            else:
                httpx.post(self.hook, json=event)

    def sent(self, event: Mapping[str, Any]) -> None:
        """Send a late event, if anybody still listens."""
        with suppress(httpx.TransportError):
            httpx.post(self.hook, json=event)

    def __call__(self, asked: Asked) -> Any:
        """Answer a request."""
        kind, _, one = asked.path.strip("/").partition("/")
        held = {"orders": self.orders, "order-lines": self.lines}[kind]
        if not one:
            return self.listed(kind, asked.query) if asked.method == "GET" else self.created(kind, asked.json())
        if one not in held or held[one].get("deleted_at"):
            return Answered(404, {"error": "none"})
        if asked.method == "PATCH":
            self.changed(kind, one, asked.json())
        elif asked.method == "DELETE":
            return self.deleted(kind, one)
        return self.shown(one) if kind == "orders" else held[one]

    def stamp(self) -> str:
        """Now."""
        return self.time.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def listed(self, kind: str, query: dict[str, str]) -> Any:
        """The list; what is deleted is among what changed."""
        held = [self.shown(one) for one in self.orders] if kind == "orders" else [*self.lines.values()]
        since = query.get("updated_since", "").replace("+00:00", "Z")
        late = (self.time.now() - timedelta(seconds=LAG_S)).isoformat() if self.defect == "list-lags" else ""
        gone = [one["id"] for one in held if one.get("deleted_at") and not (late and one["deleted_at"] > late)]
        found = [one for one in held if one["updated_at"] >= since and (since or one["id"] not in gone)]
        return {"data": found}

    def shown(self, order: str) -> dict[str, Any]:
        """An order as answers show it."""
        rows = [one for one in self.lines.values() if one["order_id"] == order and not one.get("deleted_at")]
        if self.defect == "lists-somebody-elses":
            rows = [self.lines["l0"] for _ in rows]
        return {**self.orders[order], "lines": rows}

    def created(self, kind: str, body: dict[str, Any]) -> Answered:
        """A new line, or a new order with its lines."""
        needed = "number" if kind == "orders" else "order_id"
        if not body.get(needed):
            return Answered(422, {"errors": [{"field": needed}]})
        if kind == "order-lines":
            return Answered(201, self.line(body["order_id"], body))
        self.number += 1
        order = f"o{self.number}"
        self.orders[order] = {"id": order, "note": None, **body, "updated_at": self.stamp()}
        self.told("order.created", self.orders[order])
        self.rows(order, body.get("lines") or [])
        return Answered(201, self.shown(order))

    def rows(self, order: str, rows: list[dict[str, Any]]) -> None:
        """The lines of an order: those that are sent, and no others."""
        self.lines = {name: one for name, one in self.lines.items() if one["order_id"] != order}
        for row in rows:
            self.line(order, row)

    def line(self, order: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A new line of an order."""
        self.number += 1
        own = {"id": f"l{self.number}", "order_id": order, "updated_at": self.stamp()}
        self.lines[own["id"]] = {**row, **own}
        self.told("order_line.created", self.lines[own["id"]])
        return self.lines[own["id"]]

    def changed(self, kind: str, one: str, body: dict[str, Any]) -> None:
        """A changed order or line; a line moves its order, too."""
        order = one if kind == "orders" else self.lines[one]["order_id"]
        alone = [*body] == ["lines"] and self.defect in {"lines-change-in-silence", "one-event-is-lost"}
        self.muted = alone and (self.defect == "lines-change-in-silence" or self.silences > 0)
        self.silences -= self.muted
        if kind == "orders":
            if "lines" in body:
                self.rows(one, body.pop("lines"))
            self.orders[one] = {**self.orders[one], **body}
        elif self.defect != "line-ignores":
            self.lines[one] = {**self.lines[one], **body, "updated_at": self.stamp()}
        if kind == "orders" or self.defect != "line-moves-nothing":
            self.orders[order]["updated_at"] = self.stamp()
            self.told("order.updated", self.orders[order])
        self.muted = False

    def deleted(self, kind: str, one: str) -> Answered:
        """A deleted line, or a deleted order with its lines."""
        if kind == "order-lines" and self.defect == "lines-stay-for-good":
            return Answered(409, {"error": "in use"})
        if kind == "order-lines":
            self.ended(self.lines[one])
            return Answered(204, b"")
        self.told("order.deleted", self.orders.pop(one))
        for line in [line for line in self.lines.values() if line["order_id"] == one]:
            if self.defect == "lines-vanish":
                del self.lines[line["id"]]
            elif not self.defect.startswith("lines-stay"):
                self.ended(line)
        return Answered(204, b"")

    def ended(self, line: dict[str, Any]) -> None:
        """A deleted line is among what changed."""
        self.lines[line["id"]] = {**line, "deleted_at": self.stamp(), "updated_at": self.stamp()}
        self.told("order_line.deleted", line)


@contextmanager
def shop(folder: Path, defect: str = "", line: Mapping[str, Any] = LINE) -> Iterator[tuple[Shop, SystemTouch]]:
    """The shop, running, with that defect and these fields of a line."""
    at = Time()
    server = Shop(at, defect)
    wanted = {"orders": {"number", "note", "lines.quantity"}, "order-lines": {"quantity", "remark"}}
    with touching(folder, document(line), server, at, wanted) as system:
        yield server, system
        cleaned(system)
        assert server.orders == {}
        assert server.lines["l0"] == SOMEBODYS
