"""Faults in what the systems hold: records that break the document, each other, or a sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from checker.sandbox.fault_tools import Row, planted, shown, shows
from checker.sandbox.store import Record, Store

SOME = 3


def _changed(name: str, change: Callable[[int, dict[str, Any]], dict[str, Any]]) -> Callable[[Store], None]:
    """A store in which records of a collection hold something else."""

    def changed(store: Store) -> None:
        for number, record in enumerate(list(store.living(name))):
            store.put(name, replace(record, data=change(number, dict(record.data))))

    return changed


def _every(step: int, **values: Any) -> Callable[[int, dict[str, Any]], dict[str, Any]]:
    return lambda number, data: {**data, **values} if number % step == 0 else data


def _copied(store: Store) -> None:
    """Some partners stand there twice, spelt otherwise."""
    for number, record in enumerate(list(store.living("geschaeftspartner"))[:12]):
        spelt = f"{record.data['name1'].upper()} "
        data = {**record.data, "name1": spelt[:40], "kundennummer": f"9{number:04}", "ust_id": record.data["ust_id"]}
        copied = Record(90_000 + number, data, record.created, record.updated, record.changed_by)
        store.put("geschaeftspartner", copied)


def _few(store: Store) -> None:
    for record in list(store.living("contacts"))[1:]:
        store.delete("contacts", record.id, "system")


def _mojibake(number: int, data: dict[str, Any]) -> dict[str, Any]:
    broken = str(data["name"]).encode("utf-8").decode("latin-1")
    return {**data, "name": broken if number % SOME == 0 else data["name"], "city": "MÃ¼nchen"}


def _shifted(row: Row) -> None:
    row["brutto"] = "1,00" if row["brutto"] != "1,00" else "2,00"


planted("crm-contacts-of-no-company", "crm", _changed("contacts", _every(SOME, company_id="cmp_999999")))
planted("crm-undeclared-option", "crm", _changed("companies", _every(SOME, status="archived")))
planted("crm-required-field-empty", "crm", _changed("companies", _every(SOME, name=None)))
planted("crm-number-as-text", "crm", _changed("products", lambda _number, data: {**data, "price": str(data["price"])}))
planted("erp-partners-twice", "erp", _copied)
planted("crm-currency-as-symbol", "crm", _changed("companies", _every(2, currency="€")))
planted(
    "crm-vat-ids-invalid",
    "crm",
    _changed("companies", lambda number, data: {**data, "vat_id": f"DE{number:09}"} if data["vat_id"] else data),
)
planted(
    "crm-mails-missing",
    "crm",
    _changed("contacts", lambda number, data: {**data, "email": None} if number % 4 else data),
)
planted("crm-mails-of-nobody", "crm", _changed("contacts", _every(2, email="n/a")))
planted("crm-one-contact-only", "crm", _few)
planted("crm-names-in-mojibake", "crm", _changed("companies", _mojibake))
planted("erp-unknown-tax-key", "erp", _changed("artikel", _every(SOME, steuerschluessel="V16")))
planted("erp-unknown-country", "erp", _changed("geschaeftspartner", _every(SOME, land="Utopia")))
shown("erp-gross-is-wrong", shows("erp", "rechnungen"), _shifted)
shown("crm-gross-is-wrong", shows("crm", "invoices"), lambda row: row.update(total_gross=row["total_gross"] + 1))
shown("crm-without-declared-field", shows("crm", "contacts"), lambda row: row.pop("status", None) and None)
