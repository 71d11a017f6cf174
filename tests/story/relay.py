"""A small CRM whose subscriptions to events are made of several calls, as automation systems have them, but for one switchable defect.

Either a flow, an operation of it that knows the address, and the flow's pointer at that operation; or an endpoint, and the topics below it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.manners import NUMBER, STAMP, TEXT, Document, collection, document, entries, thing
from tests.servers import Answered, Asked, serve

TOKEN = "relay-token"
PATIENCE_S = 0.3  # that a receiver has
OWN = {"id": {**NUMBER, "readOnly": True}, "updated_at": {**STAMP, "readOnly": True}}
KINDS = {"POST": "create", "PATCH": "update", "DELETE": "delete"}
FLOW = {
    "call": "POST /flows",
    "body": {"name": "readiness ${mark}", "on": ["create", "update", "delete"]},
    "as": "flow",
}
OPERATION = {"call": "POST /operations", "body": {"flow": "${flow}", "options": {"url": "${url}"}}, "as": "operation"}
BY_FLOW = [FLOW, OPERATION, {"call": "PATCH /flows/${flow}", "body": {"operation": "${operation}"}}]
BY_ENDPOINT = [
    {"call": "POST /endpoints", "body": {"target": "${url}", "key": "${secret}"}, "as": "endpoint"},
    {"call": "POST /endpoints/${endpoint}/topics", "body": {"topics": "${events}", "of": "${resources}"}},
]  # fmt: skip


def described_as() -> Document:
    """Its document: bodies of flows and operations are free, so that nothing tells how one subscribes."""
    contact = thing(**OWN, last_name=TEXT, email=TEXT)
    free = thing(id={**NUMBER, "readOnly": True}, name=TEXT, options={"type": "object"})
    paths: Document = {}
    for name, record in (("contacts", contact), ("flows", free), ("operations", free), ("endpoints", free)):
        paths |= collection(f"/{name}", record, thing(data=entries(record)), [])
    return document(paths)


@dataclass
class Relay:
    """The server. `defect` names what it does wrong; `on_operation` is called when an operation was stored, before the answer."""

    defect: str = ""
    held: dict[str, dict[int, dict[str, Any]]] = field(
        default_factory=lambda: {"contacts": {}, "flows": {}, "operations": {}, "endpoints": {}}
    )
    number: int = 0
    on_operation: Callable[[], None] = lambda: None

    @property
    def left(self) -> list[str]:
        """What is there."""
        return [f"{kind} {one}" for kind, held in self.held.items() for one in held]

    def __call__(self, asked: Asked) -> Any:
        """Answer a request."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answered(401, {"error": "who are you?"})
        kind, *below = asked.path.strip("/").split("/")
        if kind not in self.held:
            return Answered(404, {"error": "none"})
        if not below:
            return self.created(kind, asked.json()) if asked.method == "POST" else {"data": [*self.held[kind].values()]}
        held = self.held[kind].get(int(below[0])) if below[0].isdigit() else None
        if held is None:
            return Answered(404, {"error": "none"})
        return self.changed(asked, kind, held, below[1:])

    def created(self, kind: str, body: dict[str, Any]) -> Answered:
        """A new record; an operation needs its flow, named by its number."""
        if kind == "operations" and (self.defect == "operation-refused" or body.get("flow") not in self.held["flows"]):
            return Answered(422, {"error": "no such flow"})
        if kind == "flows" and self.defect == "one-flow" and self.held["flows"]:
            return Answered(409, {"error": "there is a flow"})
        self.number += 1
        self.held[kind][self.number] = {**body, "id": self.number, "updated_at": self.stamp()}
        if kind == "operations":
            self.on_operation()
            if self.defect == "operation-breaks":
                return Answered(500, {"error": "sorry"})
        self.tell(kind, "create", self.held[kind][self.number])
        shown = {name: one for name, one in self.held[kind][self.number].items() if name != "key"}
        return Answered(201, shown)

    def changed(self, asked: Asked, kind: str, held: dict[str, Any], below: Sequence[str]) -> Answered | dict[str, Any]:
        """What is done with a record, or below it."""
        if asked.method == "GET":
            return held
        if below or asked.method == "PATCH":
            if kind == "flows" and self.defect == "link-refused":
                return Answered(400, {"error": "bad"})
            held |= {**asked.json(), "updated_at": self.stamp()}
            self.tell(kind, "update", held)
            return held
        if kind == "flows" and self.defect == "flows-stay":
            return Answered(409, {"error": "in use"})
        del self.held[kind][held["id"]]
        if kind == "flows":
            kept = {number: one for number, one in self.held["operations"].items() if one["flow"] != held["id"]}
            self.held["operations"] = kept
        self.tell(kind, "delete", held)
        return Answered(204, b"")

    @staticmethod
    def stamp() -> str:
        """Now."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def tell(self, kind: str, what: str, record: dict[str, Any]) -> None:
        """Send what happened to a contact to all that subscribed, once more where that failed."""
        if kind != "contacts":
            return
        self.number += 1
        event = {"id": f"e{self.number}", "time": self.stamp(), "type": f"contacts.{what}", "data": record}
        for url, key in self.receivers(what):
            body = json.dumps(event).encode()
            headers = {"X-Signature": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()} if key else {}
            for _ in range(2):
                with suppress(httpx.HTTPError):
                    if httpx.post(url, content=body, headers=headers, timeout=PATIENCE_S).is_success:
                        break

    def receivers(self, what: str) -> Iterator[tuple[str, str]]:
        """Addresses that hear of it, and the keys that they gave."""
        for flow in self.held["flows"].values():
            operation = self.held["operations"].get(flow.get("operation", 0))
            if operation is not None and what in flow["on"]:
                yield operation["options"]["url"], ""
        for one in self.held["endpoints"].values():
            if what in one.get("topics", ()) and "contacts" in one["of"]:
                yield one["target"], one["key"]


@contextmanager
def relay(folder: Path, calls: Sequence[Document], defect: str = "", **webhooks: Any) -> Iterator[Relay]:
    """The CRM, running with that defect, and a project file in `folder` with these calls under `webhooks`."""
    server = Relay(defect)
    (folder / "relay.json").write_text(json.dumps(described_as()), "utf-8")
    with serve(server) as running:
        crm = {
            "document": "relay.json", "base_url": running.url, "sandbox": True,
            "auth": {"kind": "bearer", "token": "${env:CRM_TOKEN}"}, "limits": {"requests_per_second": 5000},
            "webhooks": {**webhooks, "subscribe": [*calls]},
        }  # fmt: skip
        flows = [{"name": "contacts", "left": "crm/contacts", "right": "erp/none"}]
        project = {"project": "Relay", "systems": {"crm": crm, "erp": {}}, "flows": flows}
        (folder / "readiness.yaml").write_text(json.dumps(project, indent=1), "utf-8")
        yield server
