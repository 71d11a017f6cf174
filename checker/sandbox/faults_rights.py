"""Faults of rights: who may do what with which credential, and what the others are told."""

from __future__ import annotations

from collections.abc import Callable

from checker.sandbox import crm, erp
from checker.sandbox.fault_tools import after, instead, lists, reads
from checker.sandbox.faulty import Ask, Fault, Reply, register
from checker.sandbox.store import Store


def _as(token: str, own: str, header: str) -> Callable[[Ask, Store], None]:
    """Whoever comes with this credential is taken for ours."""

    def asked(ask: Ask, _store: Store) -> None:
        if token in ask.headers.get(header, ""):
            ask.headers[header] = own

    return asked


def _anybody(ask: Ask, _store: Store) -> None:
    if "Authorization" in ask.headers and crm.READ_TOKEN not in ask.headers["Authorization"]:
        ask.headers["Authorization"] = f"Bearer {crm.TOKEN}"


def _nobody(ask: Ask, _store: Store) -> None:
    ask.headers.setdefault("X-Api-Key", erp.KEY)


def _nobody_for_invoices(ask: Ask, store: Store) -> None:
    if ask.key in lists("erp", "rechnungen"):
        _nobody(ask, store)


def _silently(ask: Ask, _store: Store) -> None:
    if crm.READ_TOKEN in ask.headers.get("Authorization", "") and ask.key.startswith(("POST", "PATCH", "DELETE")):
        ask.reply = Reply(200, {})


def _may_delete(ask: Ask, _store: Store) -> None:
    if crm.READ_TOKEN in ask.headers.get("Authorization", "") and ask.key.startswith("DELETE"):
        ask.headers["Authorization"] = f"Bearer {crm.TOKEN}"


def _unseen(ask: Ask, reply: Reply, _store: Store) -> None:
    if crm.READ_TOKEN in ask.headers.get("Authorization", "") and isinstance(reply.body, dict):
        reply.body |= {"results": [], "total": 0}


register("crm-restricted-may-write", Fault("crm", asked=_as(crm.READ_TOKEN, f"Bearer {crm.TOKEN}", "Authorization")))
register("erp-restricted-may-write", Fault("erp", asked=_as(erp.READ_KEY, erp.KEY, "X-Api-Key")))
register("crm-restricted-refused-silently", Fault("crm", asked=_silently))
register("crm-restricted-may-delete", Fault("crm", asked=_may_delete))
after("crm-restricted-sees-nothing", lists("crm"), _unseen)
register("crm-any-token-accepted", Fault("crm", asked=_anybody))
register(
    "crm-expired-token-accepted", Fault("crm", asked=_as(crm.EXPIRED_TOKEN, f"Bearer {crm.TOKEN}", "Authorization"))
)
register("erp-no-key-needed", Fault("erp", asked=_nobody))
register("erp-invoices-need-no-key", Fault("erp", asked=_nobody_for_invoices))
instead(
    "crm-own-user-may-not-read",
    lists("crm", "products") | reads("crm", "products"),
    lambda _ask, _store: Reply(403, {"errors": []}),
)
