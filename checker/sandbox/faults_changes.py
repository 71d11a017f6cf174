"""Faults of change detection: stamps, who changed a record, and what becomes visible of a delete."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from checker.sandbox.fault_tools import (
    Row,
    after,
    deletes,
    instead,
    lists,
    planted,
    reads,
    rows_of,
    shown,
    shows,
    updates,
)
from checker.sandbox.faulty import Ask, Fault, Reply, register
from checker.sandbox.store import Data, Id, Record, Store

SKEW = timedelta(minutes=20)
LAG_S = 2.5
BULK = "PATCH /products"  # several in one call


def _keeping_stamps(*names: str, child: str | None = None) -> Any:
    """A store that keeps the changed time of these collections; `child`: only where nothing but this field changed."""

    def change(store: Store) -> None:
        real = store.change

        def changed(name: str, record_id: Id, data: Data, who: str) -> Record:
            before = store.get(name, record_id)
            record = real(name, record_id, data, who)
            others = {key: value for key, value in record.data.items() if key != child}
            same = others == {key: value for key, value in before.data.items() if key != child}
            return (
                store.put(name, replace(record, updated=before.updated))
                if name in names and (child is None or same)
                else record
            )

        store.change = changed  # type: ignore[method-assign]

    return change


def _bulk_in_silence() -> Fault:
    """A change of several products in one call leaves their changed times alone."""
    held: dict[Id, Record] = {}

    def asked(ask: Ask, store: Store) -> None:
        for row in ask.body if ask.key == BULK and isinstance(ask.body, list) else ():
            record = store.find("products", row.get("id"))
            if record is not None:
                held[record.id] = record

    def answered(ask: Ask, reply: Reply, store: Store) -> None:
        for row in rows_of(reply) if ask.key == BULK else ():
            store.put("products", replace(store.get("products", row["id"]), updated=held[row["id"]].updated))

    return Fault("crm", asked=asked, answered=answered)


def _clumped(store: Store) -> None:
    for name in ("artikel", "geschaeftspartner"):
        for record in store.all(name):
            store.put(name, replace(record, updated=datetime(2026, 3, 1, 2, 0, tzinfo=UTC)))


def _breaks_on_the_gone(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == 404:  # noqa: PLR2004 - Not Found
        reply.status, reply.body = 500, {"errors": [{"message": "internal error"}]}


def _null_until_changed(row: Row) -> None:
    if row["updated_at"] == row["created_at"] or row["id"].endswith(("1", "3", "5")):
        row["updated_at"] = None


def _days(row: Row) -> None:
    row["updated_at"] = f"{row['updated_at'][:10]}T00:00:00.000Z"


def _skewed(_ask: Ask, reply: Reply, _store: Store) -> None:
    reply.headers["Date"] = format_datetime(datetime.now(UTC) + SKEW, usegmt=True)


def _hard(store: Store) -> None:
    for name, kind in store.kinds.items():
        store.kinds[name] = replace(kind, soft=False)


def _pretends(_ask: Ask, _store: Store) -> Reply:
    return Reply(204)


def _lagging() -> None:
    """The list shows a change some seconds later than the single read."""
    held: dict[tuple[str, Id], tuple[float, Row]] = {}

    def answered(ask: Ask, reply: Reply, _store: Store) -> None:
        if ask.key in updates("crm", "companies"):
            for row in rows_of(reply):
                held.setdefault(("companies", row["id"]), (time.monotonic(), row))
        if ask.key in lists("crm", "companies"):
            rows = rows_of(reply)
            for at, row in enumerate(rows):
                since, first = held.get(("companies", row["id"]), (0.0, row))
                if time.monotonic() - since < LAG_S:
                    rows[at] = {**row, "name": "", "city": "", "phone": "", "updated_at": first["created_at"]}

    register("crm-list-lags-behind", Fault("crm", answered=answered))


def _moved_by_reading(ask: Ask, _reply: Reply, store: Store) -> None:
    record = store.find("artikel", int(ask.last)) if ask.last.isdigit() else None
    if record is not None:
        store.put("artikel", replace(record, updated=store.now()))


def _stamps_taken() -> Fault:
    """The changed time of a company is the one that a client sends, where it sends one."""
    sent: dict[str, str] = {}

    def asked(ask: Ask, _store: Store) -> None:
        if ask.key in updates("crm", "companies") and isinstance(ask.body, dict) and "updated_at" in ask.body:
            sent[ask.last] = ask.body.pop("updated_at")

    def answered(ask: Ask, reply: Reply, store: Store) -> None:
        stamp = sent.pop(ask.last, None) if ask.key in updates("crm", "companies") else None
        record = store.find("companies", ask.last) if stamp is not None else None
        if stamp is not None and record is not None and rows_of(reply):
            store.put("companies", replace(record, updated=datetime.fromisoformat(stamp)))

    return Fault("crm", asked=asked, answered=answered)


def _emptying(store: Store) -> None:
    """What points at a deleted record points at nothing afterwards, as a database does it: the changed time stays."""

    def emptied(name: str, record_id: Id) -> None:
        for kind in store.kinds.values():
            for link in [one for one, target in kind.links.items() if target == name]:
                for record in [one for one in store.living(kind.name) if one.data.get(link) == record_id]:
                    store.put(kind.name, replace(record, data={**record.data, link: None}))

    store.check_unused = emptied  # type: ignore[method-assign]


def _taking_along(store: Store) -> None:
    """What points at a deleted record is gone with it, as a database cascades: no stamp, no mark, no event tells of it."""

    def vanished(name: str, record_id: Id) -> None:
        for kind in store.kinds.values():
            for link in [one for one, target in kind.links.items() if target == name]:
                for record in [one for one in store.living(kind.name) if one.data.get(link) == record_id]:
                    vanished(kind.name, record.id)
                    store.forget(kind.name, record.id)

    store.check_unused = vanished  # type: ignore[method-assign]


def _counting_anew(store: Store) -> None:
    """Numbers of articles go on behind the newest one that is there."""
    real = store.next_number

    def following(name: str) -> int:
        return max(int(one.id) for one in store.all(name)) + 1 if name == "artikel" else real(name)

    store.next_number = following  # type: ignore[method-assign]


def _unprotected(store: Store) -> None:
    def whatever(name: str, record_id: Id) -> None:
        del name, record_id

    store.check_unused = whatever  # type: ignore[method-assign]


_lagging()
planted("crm-update-keeps-the-stamp", "crm", _keeping_stamps("companies", "contacts", "products", "invoices"))
planted("crm-link-keeps-the-stamp", "crm", _keeping_stamps("contacts", child="company_id"))
register("crm-bulk-keeps-the-stamp", _bulk_in_silence())
planted("erp-child-keeps-the-stamp", "erp", _keeping_stamps("geschaeftspartner", child="ansprechpartner"))
planted("erp-import-gave-one-stamp", "erp", _clumped)
shown("crm-stamp-empty-until-changed", shows("crm", "companies"), _null_until_changed)
shown("crm-stamp-without-zone", shows("crm"), lambda row: row.update(updated_at=row["updated_at"].rstrip("Z")))
shown("crm-stamp-whole-days", shows("crm"), _days)
after("crm-clock-goes-wrong", shows("crm"), _skewed)
register("crm-stamp-settable", _stamps_taken())
after("crm-second-delete-breaks", deletes("crm"), _breaks_on_the_gone)
planted("crm-deletes-leave-no-trace", "crm", _hard)
instead("crm-delete-does-nothing", deletes("crm", "companies"), _pretends)
instead("erp-delete-does-nothing", deletes("erp", "artikel"), _pretends)
instead("crm-delete-breaks", deletes("crm", "products"), lambda _ask, _store: Reply(500, {"errors": []}))
instead(
    "erp-delete-refused-without-reason",
    deletes("erp", "artikel"),
    lambda _ask, _store: Reply(409, {"fehler": {}}),
)
planted("crm-delete-empties-links", "crm", _emptying)
planted("crm-delete-takes-others-along", "crm", _taking_along)
planted("erp-ids-come-again", "erp", _counting_anew)
planted("crm-delete-ignores-who-points-there", "crm", _unprotected)
after("erp-reading-moves-the-stamp", reads("erp", "artikel"), _moved_by_reading)
shown("erp-nobody-changed-it", shows("erp"), lambda row: row.update(geaendert_von=""))
shown("crm-always-the-same-user", shows("crm"), lambda row: row.update(updated_by="system"))
