"""Faults on the wire: encodings, lengths, redirects, headers, errors that are none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle

import orjson

from checker.sandbox.fault_tools import after, instead, lists, reads, shows
from checker.sandbox.faulty import Ask, Reply
from checker.sandbox.store import Store

NOT_FOUND = 404
HOUR_S = 3600


def _latin(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.body is not None:
        reply.raw = orjson.dumps(reply.body).decode().encode("latin-1", "replace")
        reply.headers["Content-Type"] = "application/json; charset=utf-8"


def _page(_ask: Ask, _store: Store) -> Reply:
    return Reply(200, headers={"Content-Type": "text/html"}, raw=b"<html><title>Sign in</title></html>")


def _moved(ask: Ask, _store: Store) -> Reply | None:
    if "moved" in ask.query:
        del ask.query["moved"]
        return None
    query = "&".join(f"{name}={value}" for name, value in {**ask.query, "moved": "1"}.items())
    return Reply(302, headers={"Location": f"/v1/companies?{query}"})


def _null(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status == NOT_FOUND:
        reply.status, reply.body, reply.raw = 200, None, b"null"


def _breaks(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.status in (400, NOT_FOUND):
        reply.status, reply.body = 500, {"fehler": {"code": "INTERN", "meldung": "Fehler", "feld": None}}


def _sunset(_ask: Ask, reply: Reply, _store: Store) -> None:
    reply.headers["Sunset"] = "Thu, 31 Dec 2026 23:59:59 GMT"


def _no_limits(_ask: Ask, reply: Reply, _store: Store) -> None:
    for name in [one for one in reply.headers if one.lower().startswith("ratelimit")]:
        del reply.headers[name]


def _limits_flicker() -> Callable[[Ask, Reply, Store], None]:
    limits = cycle((100, 5_000, 20_000))

    def answered(_ask: Ask, reply: Reply, _store: Store) -> None:
        if "RateLimit-Limit" in reply.headers:
            reply.headers["RateLimit-Limit"] = str(next(limits))

    return answered


def _resets_before(_ask: Ask, reply: Reply, _store: Store) -> None:
    if "RateLimit-Limit" in reply.headers:
        reply.headers["RateLimit-Reset"] = str(int(datetime.now(UTC).timestamp()) - HOUR_S)


def _bom(_ask: Ask, reply: Reply, _store: Store) -> None:
    if reply.body is not None:
        reply.raw = b"\xef\xbb\xbf" + orjson.dumps(reply.body)


def _error_inside(ask: Ask, reply: Reply, _store: Store) -> None:
    if "after" in ask.query:
        reply.body = {"error": "temporarily unavailable"}


def _deprecated(_ask: Ask, reply: Reply, _store: Store) -> None:
    reply.headers["Deprecation"] = "@1767225599"


after("crm-latin-1-called-utf-8", shows("crm", "companies"), _latin)
instead("crm-list-answers-a-sign-in-page", lists("crm", "contacts"), _page)
instead("crm-list-redirects", lists("crm", "companies"), _moved)
after("crm-unknown-id-answers-null", reads("crm"), _null)
after("crm-unknown-invoice-answers-null", reads("crm", "invoices"), _null)
after("erp-unknown-id-breaks", reads("erp"), _breaks)
after("crm-version-ends-soon", shows("crm"), _sunset)
after("crm-version-deprecated", shows("crm"), _deprecated)
after("crm-tells-no-limits", shows("crm"), _no_limits)
after("crm-limit-changes-from-answer-to-answer", shows("crm"), _limits_flicker())
after("crm-limit-begins-anew-an-hour-ago", shows("crm"), _resets_before)
after("crm-byte-order-mark", shows("crm", "contacts"), _bom)
after("crm-error-inside-a-good-list", lists("crm", "products"), _error_inside)
