"""What an event says, whatever its sender's form: which record, what happened to it, when, and which event this is. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from checker.model.instants import read_instant

UTC = ZoneInfo("UTC")

CREATE, UPDATE, DELETE, MERGE = "create", "update", "delete", "merge"
# What happened, by a word in the event's name; the first that is found counts.
HAPPENED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (MERGE, re.compile(r"merge|zusammengef|fusion", re.IGNORECASE)),
    (
        DELETE,
        re.compile(
            r"delet|remov|destroy|trash|archiv|gel(oe|ö)scht|l(oe|ö)sch|supprim|eliminat|cancelad|purge", re.IGNORECASE
        ),
    ),
    (CREATE, re.compile(r"creat|creado|créé|added|\badd\b|insert|\bnew\b|\bneu\b|angelegt|anlage", re.IGNORECASE)),
    (
        UPDATE,
        re.compile(r"updat|chang|modif|edit|ge(ae|ä)ndert|(ae|ä)nder|aktualis|aggiorn|upsert|saved", re.IGNORECASE),
    ),
)
KIND_KEYS = ("type", "event", "eventtype", "topic", "action", "eventname", "trigger", "verb", "operation", "name")
KIND_HEADERS = re.compile(r"(^|-)(event|topic|type|action)(-|$)")
ID_HEADERS = re.compile(
    r"(webhook|event|delivery|message|notification|hook|request)-?(id|uuid|guid|delivery)$|(^|-)delivery$"
)
ID_KEYS = ("eventid", "deliveryid", "messageid", "notificationid", "webhookid", "uuid", "guid", "id")
# What names the record in a flat event, beside which a plain `id` is the event's own.
RECORD_KEYS = frozenset(
    {"resourceid", "recordid", "objectid", "entityid", "targetid", "subjectid", "aggregateid", "datensatzid"}
)
TIME_HEADERS = re.compile(r"timestamp|(^|-)(time|triggered-at|sent-at)$")
TIME_KEYS = ("timestamp", "time", "occurredat", "eventtime", "createdat", "created", "sentat", "date", "triggeredat", "datetime", "eventdate", "updatedat", "zeitpunkt", "at", "ts")  # fmt: skip
ORDINARY = frozenset(
    {"content-type", "content-length", "user-agent", "accept", "host", "connection", "accept-encoding", "x-request-id"}
)
DEEPEST, MOST_VALUES = 6, 20_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `kind`: create, update, delete, merge, or None; `values`: every text and number in it, for finding out about which record it is.

    `name` is what the sender calls it, `time` as it is written, `records` the mappings inside it. `readable`: whether the body is JSON.
    """

    id: str | None
    time: str | None
    kind: str | None
    name: str | None
    values: frozenset[str]
    records: tuple[Mapping[str, Any], ...]
    readable: bool

    def about(self, record_id: str) -> bool:
        """Whether a record's id stands anywhere in it, by itself or at the end of an address."""
        return record_id in self.values

    def shows(self, record_id: str) -> Mapping[str, Any]:
        """The mapping in it that is the record: the largest that holds its id; an empty one where there is none."""
        holding = [
            one
            for one in self.records
            if any(str(value) == record_id for value in one.values() if not isinstance(value, dict | list))
        ]
        return max(holding, key=len, default={})


def read_event(headers: Mapping[str, str], body: bytes) -> Event:
    """What an event says. `headers` in lower case. Never raises: what can't be read says nothing."""
    try:
        held = json.loads(body)
        readable = True
    except (ValueError, RecursionError):
        held, readable = None, False
    nodes = list(_nodes(held))
    top: list[Mapping[str, Any]] = [node for depth, node in nodes if isinstance(node, dict) and depth <= 1]
    name = _text(top, KIND_KEYS) or next(
        (value for key, value in headers.items() if KIND_HEADERS.search(key) and key not in ORDINARY), None
    )
    outer = _by_words(held) if isinstance(held, dict) else {}
    return Event(
        id=_header(headers, ID_HEADERS) or _own_id(outer),
        time=_header(headers, TIME_HEADERS) or _own_time(outer),
        kind=_happened(name, headers, held),
        name=name,
        values=frozenset(_values(nodes)),
        records=tuple(node for _, node in nodes if isinstance(node, dict)),
        readable=readable,
    )


def _by_words(node: Mapping[str, Any]) -> dict[str, Any]:
    """Members by their names without case and what joins words: `eventDate`, `event_date` and `Event-Date` are one."""
    return {re.sub(r"[-_ .]", "", str(key)).casefold(): value for key, value in node.items()}


def _nodes(held: Any) -> Iterator[tuple[int, Any]]:
    waiting, seen = [(0, held)], 0
    while waiting and seen < MOST_VALUES:
        depth, node = waiting.pop(0)
        seen += 1
        yield depth, node
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if depth < DEEPEST:
            waiting += [(depth + 1, one) for one in below]


def _values(nodes: list[tuple[int, Any]]) -> Iterator[str]:
    for _, node in nodes:
        if isinstance(node, dict):
            yield from map(str, node)  # some name the record's id as a key
        elif isinstance(node, str):
            yield node
            yield node.rstrip("/").rpartition("/")[2]
        elif isinstance(node, int | float) and not isinstance(node, bool):
            yield str(node)


def _text(top: list[Mapping[str, Any]], keys: tuple[str, ...]) -> str | None:
    for node in top:
        low = _by_words(node)
        for key in keys:
            value = low.get(key)
            if isinstance(value, str) and value and any(pattern.search(value) for _, pattern in HAPPENED):
                return value
    return None


def _header(headers: Mapping[str, str], wanted: re.Pattern[str]) -> str | None:
    return next((value for key, value in headers.items() if key not in ORDINARY and wanted.search(key) and value), None)


def _own_time(outer: Mapping[str, Any]) -> str | None:
    named = (key for key in TIME_KEYS if read_instant(outer.get(key), UTC) is not None)
    return next((str(outer[key]) for key in named), None)


def _own_id(outer: Mapping[str, Any]) -> str | None:
    """The event's own id. A plain `id` is the event's only where something else in the body has the record."""
    named = any(key in RECORD_KEYS and value not in (None, "") for key, value in outer.items())
    for key in ID_KEYS:
        value = outer.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            inner = named or any(isinstance(one, dict | list) and one for one in outer.values())
            if key != "id" or inner:
                return str(value)
    return None


def _happened(name: str | None, headers: Mapping[str, str], held: Any) -> str | None:
    said = [name] if name else []
    said += [value for key, value in headers.items() if KIND_HEADERS.search(key) and key not in ORDINARY]
    if not said and isinstance(held, dict):
        said = [key for key in held if isinstance(key, str)]
    for text in said:
        for kind, pattern in HAPPENED:
            if pattern.search(text):
                return kind
    return None
