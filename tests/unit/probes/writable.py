"""A small CRM that keeps its rules, but for one switchable defect: what the write probes must notice."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from checker.client.recorder import Recorder
from checker.describe import described
from checker.journal import Journal
from checker.model.finding import Finding
from checker.model.permit import Permit
from checker.probes import CLEANUP_PROBES, WRITE_SYSTEM_PROBES
from checker.probes.attempts import Waiting
from checker.probes.base import Ledger
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.needs import bodies_of, key_places
from checker.probes.run import ask
from checker.probes.touching import ResourceTouch, SystemTouch
from checker.project.types import BearerAuth, System
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.touch import cleaned
from tests.clients import FAST, Time, client
from tests.servers import Answered, Asked, serve
from tests.unit.probes.touched import MARK, TODAY, probed
from tests.unit.probes.touched import told as told_of

WRITING = {"POST", "PUT", "PATCH", "DELETE"}
USERS = {"good": "api@example.com", "second": "nora@example.com", "reader": "reader@example.com"}
TEXT = {"type": "string"}
STAMP = {"type": "string", "format": "date-time", "readOnly": True}
FIELDS: dict[str, Any] = {
    "last_name": {**TEXT, "maxLength": 60},
    "nickname": {**TEXT, "nullable": True, "maxLength": 60},
    "note": {**TEXT, "nullable": True, "maxLength": 100},
    "town": {**TEXT, "nullable": True, "maxLength": 60},
    "code": {**TEXT, "nullable": True, "pattern": "^[A-Z]{2}-[0-9]{4}$"},
    "email": {**TEXT, "format": "email", "description": "Unique among contacts."},
    "stage": {**TEXT, "enum": ["new", "old"]},
    "company_id": {**TEXT, "nullable": True},
    "due_on": {**TEXT, "nullable": True, "format": "date"},
    "amount": {"type": "number", "maximum": 1_000_000},
    "lines": {
        "type": "array",
        "items": {"type": "object", "required": ["text"], "properties": {"id": TEXT, "text": TEXT}},
    },
}
READ_ONLY = {
    "id": {**TEXT, "readOnly": True},
    "updated_at": STAMP,
    "deleted_at": STAMP,
    "updated_by": {**TEXT, "readOnly": True},
    **{name: {"type": "number", "readOnly": True} for name in ("net", "tax", "gross")},
}
COMPANY, OTHER = "co-17", "co-18"  # the companies that contacts may point at
# How a change without the record's version is refused.
WANTED = {
    "wants-condition": Answered(428, {"error": "which version?"}),
    "names-condition": Answered(400, {"error": "The header If-Match is missing."}),
}
LAG_S = 3.0  # of the lagging defects
ENOUGH = 6  # creates after which the defect "full" refuses every other one


def document(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The interface as it is declared, with these fields; every defect contradicts it."""
    required = [one for one in ("last_name", "stage") if one in fields]
    body = {"content": {"application/json": {"schema": {"type": "object", "required": required, "properties": fields}}}}
    record = {"type": "object", "properties": {**READ_ONLY, **fields}}
    one = {"content": {"application/json": {"schema": record}}, "description": "one"}
    around = {"total": {"type": "integer"}, "next": {**TEXT, "nullable": True}}
    many = {"type": "object", "properties": {"data": {"type": "array", "items": record}, **around}}
    query = [
        {"name": name, "in": "query", "schema": {"type": kind}}
        for name, kind in (
            ("limit", "integer"),
            ("after", "string"),
            ("email", "string"),
            ("updated_since", "string"),
        )
    ]
    key = {"name": "Idempotency-Key", "in": "header", "schema": TEXT}
    listed = {"200": {"content": {"application/json": {"schema": many}}, "description": "many"}}
    rows = {
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"type": "object", "properties": fields}}}
        }
    }
    named = {"type": "object", "properties": {"id": TEXT, **fields}}
    changes = {"content": {"application/json": {"schema": {"type": "array", "items": named}}}}
    entry = {"type": "object", "properties": {"id": TEXT, "what": TEXT, "ref": {"type": "object"}}}
    trail = {"type": "object", "properties": {"data": {"type": "array", "items": entry}}}
    entries = {"200": {"content": {"application/json": {"schema": trail}}, "description": "many"}}
    by_id = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}]}
    company = {"type": "object", "properties": {"id": {**TEXT, "readOnly": True}, "name": TEXT}}
    companies = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": company}, "total": {"type": "integer"}},
    }
    known = {"200": {"content": {"application/json": {"schema": companies}}, "description": "many"}}
    two = {"type": "object", "required": ["winner_id", "loser_id"], "properties": {"winner_id": TEXT, "loser_id": TEXT}}
    merge = {"content": {"application/json": {"schema": two}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Small CRM", "version": "1"},
        "paths": {
            "/contacts": {
                "get": {"parameters": query, "responses": listed},
                "post": {"parameters": [key], "requestBody": body, "responses": {"201": one}},
            },
            "/audit-log": {"get": {"parameters": [*query[:2], {"name": "sort", "in": "query", "schema": TEXT}], "responses": entries}},
            "/companies": {"get": {"parameters": query[:2], "responses": known}},
            "/contacts/batch": {
                "post": {"requestBody": rows, "responses": {"207": {"description": "each"}}},
                "patch": {"requestBody": changes, "responses": {"200": {"description": "all"}}},
            },
            "/contacts/by-nickname/{nickname}": {
                "parameters": [{"name": "nickname", "in": "path", "required": True, "schema": TEXT}],
                "put": {"requestBody": body, "responses": {"200": one, "201": one}},
            },
            "/contacts/merge": {"post": {"requestBody": merge, "responses": {"200": one}}},
            "/contacts/{id}": {
                **by_id,
                "get": {"responses": {"200": one}},
                "patch": {"requestBody": body, "responses": {"200": one}},
                "delete": {"responses": {"204": {"description": "gone"}}},
            },
        },
    }  # fmt: skip


@dataclass
class Writable:
    """The server. `defect` names what it does wrong; without one it is a good citizen."""

    time: Time
    defect: str = ""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    before: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    born: dict[str, float] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    creates: int = 0
    told_of_double: bool = False
    broke: bool = False
    races: int = 2
    line_ids: Iterator[int] = field(default_factory=count)
    gate: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=10))

    def meet(self) -> bool:
        """Between the look for a double and the storing another request gets its turn: the two of a race go on together, who comes alone
        waits in vain. Whether this is the second of two.
        """
        try:
            first = self.gate.wait() == 0
        except threading.BrokenBarrierError:
            self.gate.reset()
            return False
        self.races -= first
        return not first

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        user = USERS.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        if user is None:
            return Answered(401, {"error": "who?"})
        may = {"anyone-writes": WRITING, "anyone-changes": {"PATCH"}, "anyone-deletes": {"DELETE"}}.get(
            self.defect, set()
        )
        if user == USERS["reader"] and self.defect == "reader-sees-nothing":
            return Answered(403, {"error": "not yours"})
        if asked.method in WRITING - may and user == USERS["reader"]:
            return Answered(401 if self.defect == "reader-unauthorised" else 403, {"error": "read only"})
        if asked.path in {"/companies", "/audit-log", "/rows"}:
            return self.other(asked)
        record_id = asked.path.removeprefix("/contacts").strip("/")
        call, _, key = record_id.partition("/")
        if call in {"batch", "merge", "by-nickname"}:
            return self.called(call, key, asked, user)
        record_id = self.redirects.get(record_id, record_id)
        if not record_id:
            return self.listed(asked.query) if asked.method == "GET" else self.created(asked, user)
        if record_id not in self.records:
            promised = asked.method == "DELETE" and self.defect == "other-id"
            return Answered(204, b"") if promised else Answered(404, {"error": "none"})
        if asked.method == "GET":
            return self.read(record_id)
        condition = asked.headers.get("if-match")
        if condition is None and self.defect in WANTED:
            return WANTED[self.defect]
        if asked.method == "DELETE":
            return self.deleted(record_id)
        if condition is not None and condition != self.tag(record_id) and self.defect != "ignores-lock":
            return Answered(412, {"error": "changed meanwhile"})
        return self.updated(record_id, asked.json(), user)

    def called(self, call: str, key: str, asked: Asked, user: str) -> Answered | Any:
        """The calls that are about no one record by its id."""
        if call == "batch":
            return self.batch(asked, user)
        return self.merged(**asked.json()) if call == "merge" else self.upserted(asked, key, user)

    def other(self, asked: Asked) -> Any:
        """The lists beside that of the contacts."""
        if asked.path == "/companies":
            return {"data": [{"id": COMPANY, "name": "Kern GmbH"}, {"id": OTHER, "name": "Lange AG"}], "total": 2}
        if asked.path == "/rows":
            return {"data": self.rows()}
        return {"data": self.log[::-1] if asked.query.get("sort") == "-id" else self.log[:2]}

    def rows(self) -> list[dict[str, Any]]:
        """The lines of all records, as systems show them that keep them in a list of their own."""
        kept = [(one["id"], line) for one in self.records.values() for line in one["lines"] or []]
        return [{"id": f"r{place}", "contact_id": record_id, **line} for place, (record_id, line) in enumerate(kept)]

    def next_id(self, letter: str) -> str:
        """An id for a new record."""
        if self.defect != "ids-again":
            return f"{letter}{len(self.records) + 1}"
        return f"c{max((int(one[1:]) for one in self.records), default=0) + 1}"

    def with_ids(self, lines: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        """Lines with an id each: the one that they came with, or a new one."""
        kept = "id" if self.defect != "makes-lines-anew" else None
        return lines and [{**one, "id": one.get(kept) or f"l{next(self.line_ids)}"} for one in lines]

    def tag(self, record_id: str) -> str:
        """The record's entity tag."""
        return f'"{hash(json.dumps(self.records[record_id], sort_keys=True))}"'

    def stamp(self) -> str:
        """Now."""
        now = self.time.now() + timedelta(hours=self.defect == "local-as-utc")
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record as answers show it."""
        hidden = {"hides": "note", "no-user": "updated_by", "hides-lines": "lines"}.get(self.defect)
        sums = {"net": 100.0, "tax": 19.0, "gross": 120.0 if self.defect == "sums-off" else 119.0}
        return {name: value for name, value in {**record, **sums}.items() if name != hidden}

    def listed(self, query: dict[str, str]) -> Any:
        """The list: without what is deleted, unless that is asked for by its time of change."""
        found = list(self.records.values())
        if "updated_since" in query and self.defect != "only-logged":
            found = [one for one in found if one["updated_at"] >= query["updated_since"].replace("+00:00", "Z")]
        else:
            found = [one for one in found if not one["deleted_at"]]
        if self.defect == "list-lags":
            found = [self.old(one) for one in found]
        found = [one for one in found if one["email"] == query.get("email", one["email"])]
        page, following = self.cut(found, query.get("after", ""), int(query.get("limit", "100")))
        return {"data": [self.shown(one) for one in page], "total": len(found), "next": following}

    def cut(self, found: list[dict[str, Any]], after: str, size: int) -> tuple[list[dict[str, Any]], str | None]:
        """A page, and the cursor of the next: the id of the last record."""
        order = list(self.records)
        if self.defect == "cursor-counts":
            behind = found[int(after or "0") :]
            return behind[:size], str(int(after or "0") + size) if len(behind) > size else None
        behind = [one for one in found if not after or order.index(one["id"]) > order.index(after)]
        return behind[:size], behind[size - 1]["id"] if len(behind) > size else None

    def old(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record as it was some seconds ago."""
        at, before = self.before.get(record["id"], (0.0, record))
        return before if self.time.monotonic() < at + LAG_S else record

    def read(self, record_id: str) -> Any:
        """One record."""
        record = self.records[record_id]
        if self.defect in {"never-readable", "never-readable-nor-deleted"}:
            return Answered(404, {"error": "none"})
        if self.defect == "read-lags" and self.time.monotonic() < self.born[record_id] + LAG_S:
            return Answered(404, {"error": "none"})
        if self.defect == "delete-breaks-reads" and record["deleted_at"]:
            return Answered(500, {"error": "sorry"})
        if self.defect in {"vanishes", "only-logged"} and record["deleted_at"]:
            return Answered(404, {"error": "none"})
        if self.defect == "read-moves":
            self.records[record_id] = {**record, "updated_at": self.stamp()}
        return Answered(body=self.shown(record), headers=[("ETag", self.tag(record_id))])

    def created(self, asked: Asked, user: str) -> Answered:
        """A new record, once for each key."""
        self.creates += 1
        key, body = asked.headers.get("idempotency-key", ""), asked.json()
        if self.defect == "broken":
            return Answered(503, {"error": "try later"})
        if self.defect == "no-create":
            return Answered(403, {"error": "not yours"})
        if self.defect == "full" and self.creates > ENOUGH:
            return Answered(422, {"error": "enough"})
        if key in self.keys and self.defect != "two-records":
            return Answered(201, self.shown(self.records[self.keys[key]]))
        refusal = self.worded(self.refusal(body, whole=True))
        if self.defect == "untold-rule" and body.get("note"):
            return Answered(422, {"errors": [{"code": "approval", "message": "a note needs an approval"}]})
        if refusal is not None:
            return refusal
        second = self.defect in {"races", "race-breaks"} and self.told_of_double and self.races > 0 and self.meet()
        if self.defect == "race-breaks" and second:  # its database sees the double
            self.broke = True
            return Answered(500, {"error": "integrity"})
        record_id = self.keys[key] = self.next_id("c")
        self.born[record_id] = self.time.monotonic()
        blank = dict.fromkeys(FIELDS)
        stored = {**blank, **{name: self.stored(name, value) for name, value in body.items() if name in FIELDS}}
        stored["lines"] = self.with_ids(stored["lines"])
        taken = {name: value for name, value in body.items() if name in READ_ONLY and self.defect == "takes-read-only"}
        self.records[record_id] = {
            **stored,
            "updated_at": self.stamp(),
            "deleted_at": None,
            "updated_by": user,
            **taken,
            "id": record_id,
        }
        if self.defect == "tells-nothing":
            return Answered(201, {"ok": True})
        if self.defect == "other-id":  # of its database, by which nothing is read, listed or deleted
            return Answered(201, {**self.shown(self.records[record_id]), "id": f"d{record_id}"})
        if self.defect == "brings-another":
            self.records[f"x{record_id}"] = {**self.records[record_id], "id": f"x{record_id}"}
        if self.defect == "shows-another":
            other = {
                "last_name": "Somebody",
                "email": "else@somewhere.example",
                "updated_at": self.stamp(),
                "deleted_at": None,
            }
            self.records.setdefault("c0", {"id": "c0", **blank, **other})
            return Answered(201, {**self.shown(self.records[record_id]), "id": "c0"})
        return Answered(201, self.shown(self.records[record_id]))

    def upserted(self, asked: Asked, nickname: str, user: str) -> Answered | Any:
        """The record of that nickname, new or changed."""
        body = {**asked.json(), "nickname": nickname}
        known = next((one["id"] for one in self.records.values() if one["nickname"] == nickname), None)
        if known is not None and self.defect == "upserts-once":
            return Answered(409, {"error": "there is one"})
        if known is not None and self.defect != "upserts-anew":
            return self.updated(known, body, user)
        refusal = self.refusal({**body, "email": None}, whole=True)
        return refusal or Answered(201, self.shown(self.records[self.stored_anew(body, user)]))

    def worded(self, refusal: Answered | None) -> Answered | None:
        """A refusal as it is told: some break instead, always or the first time; then `breaks-once` has forgotten what it was about."""
        if refusal is None or self.defect not in {"breaks", "breaks-once"}:
            return refusal
        again, self.broke = self.broke, self.defect == "breaks-once"
        return None if again else Answered(500, {"error": "constraint failed"})

    def batch(self, asked: Asked, user: str) -> Answered:
        """Several new records, each with its own answer."""
        bodies = asked.json()
        if asked.method == "PATCH":
            return self.changed_together(bodies, user)
        refused = [self.refusal(one, whole=True) for one in bodies]
        if self.defect == "batch-all-or-nothing" and any(refused):
            return Answered(400, {"error": "the batch was refused"})
        if self.defect == "batch-silent":
            refused_now = [one for one, no in zip(bodies, refused, strict=True) if no is None]
            for one in refused_now:
                self.stored_anew(one, user)
            return Answered(200, {"created": len(refused_now)})
        if self.defect == "batch-stops" and any(refused):
            place = next(number for number, one in enumerate(refused) if one) + 1
            bodies, refused = bodies[:place], refused[:place]
        answers = [
            {"status": 201, "id": None}
            if no is not None and self.defect == "batch-hides"
            else {"status": no.status, "id": None}
            if no is not None
            else {"status": 201, "id": self.stored_anew(one, user)}
            for one, no in zip(bodies, refused, strict=True)
        ]
        return Answered(207, {"results": answers})

    def merged(self, winner_id: str, loser_id: str) -> Answered:
        """One record of two: what the one that stays lacks it takes over, and the other is deleted."""
        if not {winner_id, loser_id} <= self.records.keys():
            return Answered(404, {"error": "none"})
        if self.defect == "merge-does-nothing":
            return Answered(202, {})
        winner, loser = self.records[winner_id], self.records[loser_id]
        stamp = winner["updated_at"] if self.defect == "merge-in-silence" else self.stamp()
        kept = {**winner, "nickname": f"{winner['nickname']} & {loser['nickname']}", "updated_at": stamp}
        if self.defect == "merge-untraced":
            del self.records[loser_id]
        else:
            self.deleted(loser_id)
        if self.defect == "merge-redirects":
            self.redirects[loser_id] = winner_id
        if self.defect == "merge-makes-a-third":
            self.deleted(winner_id)
            kept = {**kept, "id": f"m{winner_id}"}
        self.records[kept["id"]] = kept
        return Answered(200, self.shown(kept))

    def changed_together(self, bodies: list[dict[str, Any]], user: str) -> Answered:
        """Several changed records."""
        for body in bodies if self.defect != "bulk-ignored" else ():
            before = self.records[body["id"]]["updated_at"]
            self.updated(body["id"], {name: value for name, value in body.items() if name != "id"}, user)
            if self.defect == "bulk-stuck":
                self.records[body["id"]]["updated_at"] = before
        return Answered(200, {"changed": len(bodies)})

    def stored_anew(self, body: dict[str, Any], user: str) -> str:
        """A record of a batch."""
        record_id = self.next_id("b")
        self.born[record_id] = self.time.monotonic()
        own = {"updated_at": self.stamp(), "deleted_at": None, "updated_by": user}
        self.records[record_id] = {"id": record_id, **dict.fromkeys(FIELDS), **body, **own}
        return record_id

    def updated(self, record_id: str, body: dict[str, Any], user: str) -> Any:
        """A changed record."""
        refusal = self.refusal(body, whole=False, but=record_id) if self.defect != "unchecked-updates" else None
        if self.defect == "no-update":
            return Answered(409, {"error": "locked"})
        if refusal is not None:
            return refusal
        before = self.records[record_id]
        self.before[record_id] = self.time.monotonic(), before
        given = {name: self.stored(name, value) for name, value in body.items()}
        wanted = given.pop("updated_at", None)
        if self.defect == "state-stands-still":
            given.pop("stage", None)
        if self.defect == "keeps-null":
            given = {name: value for name, value in given.items() if value not in (None, "")}
        if self.defect == "ignores-town":
            given.pop("town", None)
        if self.defect == "turns-lines" and "lines" in given:
            given["lines"] = given["lines"][::-1]
        if self.defect == "keeps-lines" and given.get("lines") == []:
            del given["lines"]
        if self.defect == "adds-lines" and "lines" in given:
            given["lines"] = [*(before["lines"] or []), *given["lines"]]
        if "lines" in given:
            given["lines"] = self.with_ids(given["lines"])
        same = all(before.get(name) == value for name, value in given.items()) and self.defect != "moves-for-nothing"
        alone = {"child-stuck": {"lines"}, "link-stuck": {"company_id"}}.get(self.defect)
        stuck = self.defect == "stuck" or same or set(body) == alone
        moved = {} if stuck else {"updated_at": self.stamp()}
        moved |= {} if self.defect == "same-user" else {"updated_by": user}
        moved |= {"updated_at": wanted} if wanted and self.defect == "stamps-settable" else {}
        if self.defect == "replaces":
            before = {
                **dict.fromkeys(FIELDS),
                **{name: before[name] for name in before if name not in FIELDS},
                "last_name": before["last_name"],
            }
        self.records[record_id] = {**before, **given, **moved}
        return self.shown(self.records[record_id])

    def deleted(self, record_id: str) -> Answered:
        """A deleted record stays, marked."""
        if self.defect == "no-delete":
            return Answered(409, {"error": "in use"})
        if self.records[record_id]["deleted_at"]:
            breaks = self.defect == "delete-again-breaks"
            return Answered(500, {"error": "sorry"}) if breaks else Answered(204, b"")
        entry = {"what": "contact.deleted", "ref": {"id": record_id}}
        self.log = [*self.log, {"id": len(self.log), **entry}]
        if self.defect == "ids-again":
            del self.records[record_id]
        elif self.defect not in {"delete-ignored", "never-readable-nor-deleted"}:
            self.records[record_id] = {
                **self.records[record_id],
                "deleted_at": self.stamp(),
                "updated_at": self.stamp(),
            }
        return Answered(204, b"")

    def stored(self, name: str, value: Any) -> Any:
        """What becomes of a value."""
        if isinstance(value, float) and self.defect == "rounds":
            return round(value, 1)
        if not isinstance(value, str) or name in {"stage", "email"}:
            return value.lower() if self.defect == "recases" and name == "email" and isinstance(value, str) else value
        if self.defect == "drops" and name == "note":
            return None
        cut = value[:40] if self.defect == "cuts" else value
        return {
            "rolls-over": value.replace("02-30", "03-02"),
            "trims": value.strip(),
            "squeezes": re.sub(" +", " ", value),
            "escapes": value.replace("&", "&amp;"),
            "composes": unicodedata.normalize("NFC", value),
            "decomposes": unicodedata.normalize("NFD", value),
            "ascii": value.encode("ascii", "replace").decode(),
            "cuts": cut,
            "allows-max-length": value[:60] if name == "last_name" else value,
        }.get(self.defect, value)

    def refusal(self, body: dict[str, Any], *, whole: bool, but: str = "") -> Answered | None:
        """The refusal that the body deserves."""
        checks = {
            "required": next((one for one in ("last_name", "stage") if whole and body.get(one) is None), None),
            "max-length": next((n for n, v in body.items() if isinstance(v, str) and len(v) > FIELDS.get(n, {}).get("maxLength", 999)), None),
            "enum": "stage" if body.get("stage", "new") not in (*FIELDS["stage"]["enum"], None) else None,
            "format": "email" if body.get("email") and "@" not in body["email"] else None,
            "pattern": "code" if body.get("code") and not re.fullmatch("[A-Z]{2}-[0-9]{4}", body["code"]) else None,
            "day": "due_on" if body.get("due_on") and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", body["due_on"]) else None,
            "type": "amount" if isinstance(body.get("amount"), str) else None,
            "calendar": "due_on" if str(body.get("due_on")).endswith("02-30") and self.defect != "rolls-over" else None,
            "range": "amount" if isinstance(body.get("amount"), int | float) and body["amount"] > 1_000_000 else None,
            "read-only": next((one for one in body if one in READ_ONLY and self.defect not in {"stamps-settable", "takes-read-only"}), None),
            "unknown": next((one for one in body if one not in {**FIELDS, **READ_ONLY}), None),
            "empty": next((one for one in ("last_name", "stage") if body.get(one) == ""), None),
            "reference": "company_id" if body.get("company_id", COMPANY) not in (COMPANY, OTHER, None) else None,
        }  # fmt: skip
        name = next((one for kind, one in checks.items() if one and self.defect != f"allows-{kind}"), None)
        taken = [
            one
            for one in self.records.values()
            if one["id"] != but and body.get("email") and one["email"] == body["email"]
        ]
        self.told_of_double |= bool(taken)
        if taken and self.broke and self.defect == "race-breaks":  # the same again, with its key
            return Answered(500, {"error": "integrity"})
        if name is None and taken and self.defect != "allows-unique":
            return Answered(409, {"errors": [] if self.defect == "silent" else [{"field": "email"}]})
        if name is None:
            return None
        return Answered(
            422, {"errors": []} if self.defect == "silent" else {"errors": [{"field": name, "code": "bad"}]}
        )


@dataclass
class Small:
    """The small CRM under write probes."""

    server: Writable
    system: SystemTouch
    time: Time
    requests: int = 0

    def probed(self) -> dict[str, Finding]:
        """All findings of the write probes about its contacts and about itself, the clean-up included."""
        before = self.system.look.whole_client.requests
        found = probed(self.system)
        self.requests = self.system.look.whole_client.requests - before
        found |= told_of(self.system, WRITE_SYSTEM_PROBES)
        self.system.cleaned = cleaned(self.system)
        return found | {one.id: one for probe in CLEANUP_PROBES for one in ask(probe, self.system, "crm")}


@contextmanager
def small(
    folder: Path,
    defect: str = "",
    fields: Mapping[str, Any] = FIELDS,
    *,
    speaks: type[Writable] = Writable,
    told: Callable[[Mapping[str, Any]], dict[str, Any]] = document,
    wanted: Collection[str] = frozenset(FIELDS) - {"lines"} | {"lines.text"},
) -> Iterator[Small]:
    """The small CRM, running, with that defect; its document declares these fields. `speaks`, `told`, `wanted`: in another dialect, the
    document and the fields that flows write likewise.
    """
    at = Time()
    server = speaks(at, defect)
    path = folder / "small.json"
    path.write_text(json.dumps(told(fields)), "utf-8")
    known = described(str(path))
    assert known.profile is not None
    assert known.document is not None
    auth = {name: BearerAuth(token=f"${{env:{name.upper()}}}") for name in USERS}
    others: Any = {"second_user": auth["second"], "restricted": auth["reader"]}
    profile = known.profile.resource("contacts")
    assert profile is not None
    stage = next((one.name for one in profile.schema if one.name.endswith("stage")), "stage")
    profile = replace(profile, deactivate={stage: "old"})
    with serve(server) as running:
        secrets = {name.upper(): name for name in USERS}
        made = client(running.url, auth["good"], at=at, secrets=secrets, other_auth=others)
        settings = System(base_url=running.url, auth=auth["good"], other_auth=others, limits=FAST)
        look = SystemLook("crm", settings, known.profile, known.document.api, made, Recorder(), Ledger())
        look.resources = [ResourceLook(look, Resource("crm", profile, made, zone=look.zone))]
        journal = Journal(folder / "journal.sqlite", "test")
        writer = Writer(Permit("crm", made.base_url), journal, MARK, idempotency=key_places(look), clock=at.clock)
        system = SystemTouch(look, writer)
        plan = bodies_of(look.resources[0], (), MARK, TODAY)
        plan = type(plan)(**{**vars(plan), "wanted": frozenset(wanted)})
        system.resources.append(ResourceTouch(look.resources[0], system, plan, Waiting(at.sleep, at.monotonic)))
        try:
            yield Small(server, system, at)
        finally:
            journal.close()
            made.close()
