"""Faults of writing: what is stored otherwise than sent, rules that don't hold, refusals that say nothing, rights."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from checker.sandbox import crm
from checker.sandbox.fault_tools import (
    Row,
    after,
    creates,
    deletes,
    instead,
    planted,
    rows_of,
    sent,
    updates,
    writes,
)
from checker.sandbox.faulty import Ask, Fault, Reply, register
from checker.sandbox.refusal import Issue, Refusal
from checker.sandbox.store import Data, Record, Store

CUT = 12
FIRST = "2026-01-01"
RACE_S = 0.05
INVALID = 422


def _text(field: str, change: Callable[[str], str]) -> Callable[[Row], None]:
    def changed(row: Row) -> None:
        if isinstance(row.get(field), str):
            row[field] = change(row[field])

    return changed


def _storing(system: str, name: str, change: Callable[[Data], Data]) -> Callable[[Store], None]:
    """A store that keeps records of a collection otherwise than they came, after all checks."""

    def changed(store: Store) -> None:
        kind = store.kinds[name]
        real = kind.complete
        store.kinds[name] = replace(kind, complete=lambda data, held, before: change(real(data, held, before)))

    del system
    return changed


def _some_day(row: Row) -> None:
    """A text that is no day is taken for the first of the year, as lenient parsers do."""
    try:
        date.fromisoformat(str(row.get("issue_date") or FIRST))
    except ValueError:
        row["issue_date"] = FIRST


def _whole_price(row: Row) -> None:
    if isinstance(row.get("price"), int | float):
        row["price"] = float(round(row["price"]))


def _not_unique(name: str, field: str) -> Callable[[Store], None]:
    def changed(store: Store) -> None:
        kind = store.kinds[name]
        store.kinds[name] = replace(kind, unique={one: how for one, how in kind.unique.items() if one != field})

    return changed


def _error_inside(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == INVALID:
        reply.status = 200


def _breaks_after_storing(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == 201:  # noqa: PLR2004 - Created
        reply.status, reply.body = 500, {"errors": []}


def _without_id(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == 201:  # noqa: PLR2004 - Created
        reply.body, reply.headers = {"ok": True}, {}


def _another_answer(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == 201 and isinstance(reply.body, dict):  # noqa: PLR2004 - Created
        reply.body = {**reply.body, "name": "Another record", "id": "prd_000001"}


def _nameless(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status in (409, INVALID):
        reply.body = {"errors": [{"message": "the request was not valid"}]}


def _breaks_on_rules(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == INVALID:
        reply.status, reply.body = 500, {"errors": [{"message": "internal error"}]}


def _page(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == INVALID:
        reply.raw, reply.headers = b"<html><body>Error</body></html>", {"Content-Type": "text/html"}


def _forgiving() -> None:
    """Whatever a rule refuses is taken: the broken fields are left out, or filled in, and nothing is said."""

    def rule(name: str, code: str, fill: Any) -> None:
        def answered(ask: Ask, reply: Reply, store: Store) -> None:
            if ask.key not in creates("crm", "companies") or reply.status != INVALID:
                return
            issues = [one["field"] for one in reply.body["errors"] if one["code"] == code]
            if issues and len(issues) == len(reply.body["errors"]):
                body = {key: value for key, value in ask.body.items() if key not in issues}
                blank = dict.fromkeys(COMPANY) | {"status": "lead", "custom": {}, "customer_type": "business"}
                record = store.create(
                    "companies", {**blank, **body, **dict.fromkeys(issues, fill)}, "integration@example.com"
                )
                reply.status, reply.body = 201, crm.shown("companies", record)

        register(name, Fault("crm", answered=answered))

    rule("crm-required-not-enforced", "required", "")
    rule("crm-options-not-enforced", "invalid_option", "lead")
    rule("crm-formats-not-enforced", "invalid_format", None)
    rule("crm-unknown-fields-dropped", "unknown_field", None)
    rule("crm-empty-name-accepted", "too_short", "")


COMPANY = (
    "name", "customer_type", "vat_id", "email", "phone", "street", "postal_code", "city", "country", "currency", "status", "external_id",
    "domain", "industry", "owner",
)  # fmt: skip


def _too_long(ask: Ask, _store: Store) -> None:
    if ask.key in writes("crm", "companies") and isinstance(ask.body, dict) and isinstance(ask.body.get("name"), str):
        ask.body["name"] = ask.body["name"][:120]


def _replacing() -> None:
    """A partial update clears what it doesn't name."""

    def asked(ask: Ask, store: Store) -> None:
        if ask.key in updates("crm", "companies") and isinstance(ask.body, dict):
            record = store.find("companies", ask.last)
            if record is not None:
                cleared = {
                    one: None
                    for one in ("phone", "street", "city", "postal_code", "email", "external_id")
                    if one in record.data
                }
                ask.body = {**cleared, **ask.body}

    register("crm-partial-update-clears-the-rest", Fault("crm", asked=asked))


def _deaf(ask: Ask, store: Store) -> Reply | None:
    record = store.find("companies", ask.last)
    return None if record is None else Reply(200, crm.shown("companies", record))


def _first_only(row: Row) -> None:
    for name in [*row][1:]:
        del row[name]


def _null_kept(ask: Ask, store: Store) -> None:
    if ask.key not in updates("crm", "companies") or not isinstance(ask.body, dict):
        return
    ask.body = {name: value for name, value in ask.body.items() if value is not None}
    record = store.find("companies", ask.last)
    if not ask.body and record is not None:
        ask.reply = Reply(200, crm.shown("companies", record))


def _no_key(ask: Ask, _store: Store) -> None:
    for name in [one for one in ask.headers if one.lower() == "idempotency-key"]:
        del ask.headers[name]


def _twice(_ask: Ask, reply: Reply, store: Store) -> None:
    if reply.status == 201:  # noqa: PLR2004 - Created
        store.create("companies", dict(store.get("companies", reply.body["id"]).data), "system")


def _filled_up(ask: Ask, store: Store) -> None:
    """What a PUT leaves out is taken from the record as it is."""
    if ask.key in updates("erp", "geschaeftspartner") and isinstance(ask.body, dict) and ask.last.isdigit():
        record = store.find("geschaeftspartner", int(ask.last))
        held = record.data if record is not None else {}
        ask.body = {
            **{name: value for name, value in held.items() if name in ("strasse", "plz", "ort", "telefon", "email")},
            **ask.body,
        }


def _lines_kept(ask: Ask, store: Store) -> None:
    if ask.key in updates("crm", "invoices") and isinstance(ask.body, dict) and "items" in ask.body:
        record = store.find("invoices", ask.last)
        if record is not None:
            ask.body["items"] = [*record.data["items"], *ask.body["items"]]


_forgiving()
_replacing()
sent("crm-name-cut", writes("crm", "companies"), _text("name", lambda text: text[:CUT]))
sent(
    "crm-price-rounded",
    writes("crm", "products"),
    _whole_price,
)
sent("crm-no-day-becomes-one", writes("crm", "invoices"), _some_day)
sent("erp-partner-stays-active", updates("erp", "geschaeftspartner"), lambda row: row.update(status="A"))
sent("erp-mail-dropped", writes("erp", "geschaeftspartner"), lambda row: row.pop("email", None) and None)
planted(
    "crm-city-in-capitals",
    "crm",
    _storing("crm", "companies", lambda data: {**data, "city": data["city"].upper() if data.get("city") else None}),
)
planted(
    "crm-phone-respelt",
    "crm",
    _storing(
        "crm",
        "companies",
        lambda data: {**data, "phone": data["phone"].replace(" ", "") if data.get("phone") else None},
    ),
)
planted(
    "crm-unusual-letters-lost",
    "crm",
    _storing(
        "crm", "companies", lambda data: {**data, "name": (data.get("name") or "").encode("ascii", "replace").decode()}
    ),
)
planted(
    "crm-accents-composed",
    "crm",
    _storing("crm", "companies", lambda data: {**data, "name": unicodedata.normalize("NFC", data.get("name") or "")}),
)
planted(
    "crm-new-sums-wrong",
    "crm",
    _storing("crm", "invoices", lambda data: {**data, "total_gross": data["total_gross"] + 1}),
)
planted("crm-description-dropped", "crm", _storing("crm", "products", lambda data: {**data, "description": None}))
register("crm-null-keeps-the-value", Fault("crm", asked=_null_kept))
instead("crm-update-does-nothing", updates("crm", "companies"), _deaf)
sent("crm-update-takes-the-first-field-only", updates("crm", "companies"), _first_only)
instead(
    "crm-create-refused",
    creates("crm", "products"),
    lambda _ask, _store: Reply(403, {"errors": [{"field": None, "code": "forbidden", "message": "no right"}]}),
)
instead(
    "crm-update-refused",
    updates("crm", "contacts"),
    lambda _ask, _store: Reply(403, {"errors": [{"field": None, "code": "forbidden", "message": "no right"}]}),
)
after("crm-refusals-answered-200", creates("crm"), _error_inside)
after("crm-create-breaks-after-storing", creates("crm", "products"), _breaks_after_storing)
after("erp-create-tells-no-id", creates("erp", "artikel"), _without_id)
after("crm-create-shows-another-record", creates("crm", "products"), _another_answer)
after("crm-refusals-name-no-field", creates("crm"), _nameless)
after("crm-rules-answered-500", creates("crm", "companies"), _breaks_on_rules)
after("crm-refusals-in-html", creates("crm", "companies"), _page)
register("crm-too-long-is-cut", Fault("crm", asked=_too_long))
planted("crm-mail-not-unique", "crm", _not_unique("contacts", "email"))
planted("erp-vat-id-not-unique", "erp", _not_unique("geschaeftspartner", "ust_id"))
register("crm-idempotency-key-ignored", Fault("crm", asked=_no_key))
after("crm-create-stores-twice", creates("crm", "companies"), _twice)
register("erp-put-leaves-the-rest-alone", Fault("erp", asked=_filled_up))
register("crm-lines-added-not-replaced", Fault("crm", asked=_lines_kept))
instead("crm-delete-forbidden", deletes("crm", "contacts"), lambda _ask, _store: Reply(403, {"errors": []}))


def _forgets(_ask: Ask, reply: Reply, store: Store) -> None:
    for row in rows_of(reply):
        record = store.find("companies", row["id"])
        if record is not None and record.deleted is None:
            store.delete("companies", row["id"], "system")


after("crm-forgets-what-was-created", creates("crm", "companies"), _forgets)


def _to_nobody(store: Store) -> None:
    for name in ("contacts", "invoices"):
        store.kinds[name] = replace(store.kinds[name], links={})


def _slow_look(store: Store) -> None:
    """Between the look for a double and the storing another request gets its turn: both look first, and both store."""
    store.kinds["contacts"] = replace(store.kinds["contacts"], unique={})
    real = store.create

    def create(name: str, data: Data, who: str) -> Record:
        if name == "contacts" and data.get("email"):
            taken = any((one.data["email"] or "").casefold() == data["email"].casefold() for one in store.living(name))
            store.lock.release()  # the sandbox answers one request after the other
            time.sleep(RACE_S)
            store.lock.acquire()
            if taken:
                raise Refusal(409, Issue("not_unique", "email"))
        return real(name, data, who)

    store.create = create  # type: ignore[method-assign]


def _welcomes(_ask: Ask, reply: Reply, store: Store) -> None:
    for row in rows_of(reply):
        deal = {"title": "Welcome call", "company_id": row["id"], "stage": "new"}
        store.create("deals", {**dict.fromkeys(store.all("deals")[0].data), **deal}, "system")


def _stands_still(store: Store) -> None:
    kind = store.kinds["companies"]
    real = kind.complete

    def complete(data: Data, held: Store, before: Record | None) -> Data:
        made = real(data, held, before)
        return made if before is None else {**made, "status": before.data["status"]}

    store.kinds["companies"] = replace(kind, complete=complete)


def _wants_approval(ask: Ask, store: Store) -> Reply | None:
    del store
    if not (ask.body or {}).get("description"):
        return None
    return Reply(
        INVALID,
        {
            "errors": [
                {"field": None, "code": "approval_missing", "message": "a product with a description needs an approval"}
            ]
        },
    )


after("crm-create-sets-off-a-deal", creates("crm", "companies"), _welcomes)
planted("crm-references-to-nobody-accepted", "crm", _to_nobody)
planted("crm-two-at-once-both-stored", "crm", _slow_look)
planted("crm-status-stands-still", "crm", _stands_still)
instead("crm-rule-that-nobody-told", creates("crm", "products"), _wants_approval)
