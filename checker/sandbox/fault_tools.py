"""What several faults are made of: which operations they are about, the rows of a list, and small changes to requests and answers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from checker.sandbox.faulty import Ask, Fault, Reply, register
from checker.sandbox.store import Store

ERP = "/mandanten/{mandant}"
PATHS = {
    "crm": {name: f"/{name}" for name in ("companies", "contacts", "products", "invoices")},
    "erp": {name: f"{ERP}/{name}" for name in ("geschaeftspartner", "artikel", "rechnungen")},
}
Row = dict[str, Any]


def lists(system: str, *names: str) -> frozenset[str]:
    """Keys of the lists of these collections; of all where none is named."""
    return frozenset(f"GET {path}" for name, path in PATHS[system].items() if not names or name in names)


def reads(system: str, *names: str) -> frozenset[str]:
    """Keys of the single reads."""
    return frozenset(f"{one}/{{id}}" for one in lists(system, *names))


def creates(system: str, *names: str) -> frozenset[str]:
    """Keys of the creates."""
    return frozenset(one.replace("GET", "POST") for one in lists(system, *names))


def updates(system: str, *names: str) -> frozenset[str]:
    """Keys of the updates."""
    return frozenset(one.replace("GET", "PATCH" if system == "crm" else "PUT") for one in reads(system, *names))


def deletes(system: str, *names: str) -> frozenset[str]:
    """Keys of the deletes."""
    return frozenset(one.replace("GET", "DELETE") for one in reads(system, *names))


def writes(system: str, *names: str) -> frozenset[str]:
    """Keys of creates and updates."""
    return creates(system, *names) | updates(system, *names)


def shows(system: str, *names: str) -> frozenset[str]:
    """Keys of all that shows records."""
    return lists(system, *names) | reads(system, *names) | writes(system, *names)


def rows_of(reply: Reply) -> list[Row]:
    """The records in an answer, be it a list or one record; the list itself, so that it can be changed in place."""
    if not isinstance(reply.body, dict) or reply.status >= 300:  # noqa: PLR2004 - no success
        return []
    held = reply.body.get("results", reply.body.get("daten"))
    return held if isinstance(held, list) else [reply.body] if "id" in reply.body else []


def listing(name: str, keys: Collection[str], change: Callable[[Ask, list[Row], Row], None]) -> None:
    """A fault that changes the rows of a list, or what stands around them (the answer's own body)."""

    def answered(ask: Ask, reply: Reply, _store: Store) -> None:
        if ask.key in keys and rows_of(reply):
            change(ask, rows_of(reply), reply.body)

    register(name, Fault(_system(keys), answered=answered))


def shown(name: str, keys: Collection[str], change: Callable[[Row], None]) -> None:
    """A fault that changes each record that is shown."""

    def answered(ask: Ask, reply: Reply, _store: Store) -> None:
        if ask.key in keys:
            for row in rows_of(reply):
                change(row)

    register(name, Fault(_system(keys), answered=answered))


def query(name: str, keys: Collection[str], change: Callable[[dict[str, str]], None]) -> None:
    """A fault that changes what a list is asked for."""

    def asked(ask: Ask, _store: Store) -> None:
        if ask.key in keys:
            change(ask.query)

    register(name, Fault(_system(keys), asked=asked))


def ignoring(name: str, keys: Collection[str], *params: str) -> None:
    """A fault that ignores parameters of a list."""

    def change(given: dict[str, str]) -> None:
        for one in params:
            given.pop(one, None)

    query(name, keys, change)


def sent(name: str, keys: Collection[str], change: Callable[[Row], None]) -> None:
    """A fault that changes what is written before it is stored."""

    def asked(ask: Ask, _store: Store) -> None:
        if ask.key in keys and isinstance(ask.body, dict):
            change(ask.body)

    register(name, Fault(_system(keys), asked=asked))


def instead(name: str, keys: Collection[str], reply: Callable[[Ask, Store], Reply | None]) -> None:
    """A fault that answers itself, or lets the sandbox do it (None)."""

    def asked(ask: Ask, store: Store) -> None:
        if ask.key in keys:
            ask.reply = reply(ask, store)

    register(name, Fault(_system(keys), asked=asked))


def after(name: str, keys: Collection[str], change: Callable[[Ask, Reply, Store], None]) -> None:
    """A fault that changes an answer."""

    def answered(ask: Ask, reply: Reply, store: Store) -> None:
        if ask.key in keys:
            change(ask, reply, store)

    register(name, Fault(_system(keys), answered=answered))


def planted(name: str, system: str, change: Callable[[Store], None]) -> None:
    """A fault in what the system holds, or in how it keeps it."""
    register(name, Fault(system, store=change))


def _system(keys: Collection[str]) -> str:
    return "erp" if any(ERP in one for one in keys) else "crm"
