"""The CRM's dialect: bearer token, cursor pages, partial updates, zoned instants in milliseconds, soft deletes.

What an audit should find here stands in FACTS.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.datastructures import Headers

from checker.sandbox.engine import Answer, Call, Principal, Special
from checker.sandbox.query import behind, cursor_after, in_order
from checker.sandbox.refusal import Issue, Refusal
from checker.sandbox.store import Data, Kind, Record, Store
from checker.sandbox.totals import crm_invoice

BASE_PATH = "/v1"
LARGEST_PAGE = 100  # asked for more, the CRM answers with this many and says nothing
WINDOW_SECONDS = 60
PRECISION = timedelta(milliseconds=1)
MERGED_MAPS = ("custom",)  # an update merges these, others it replaces
CASELESS = ("email", "name")
OTHER_THAN = "_not"  # the end of a filter's name that leaves out one value; an empty field is another one

TOKEN = "fjord-sandbox-token"  # noqa: S105 - the sandbox's own, shown to everybody
READ_TOKEN = "fjord-sandbox-readonly"  # noqa: S105
SECOND_TOKEN = "fjord-sandbox-second-user"  # noqa: S105
EXPIRED_TOKEN = "fjord-sandbox-expired"  # noqa: S105
USERS = {
    TOKEN: Principal("integration@example.com"),
    READ_TOKEN: Principal("readonly@example.com", may_write=False),
    SECOND_TOKEN: Principal("nora.lind@example.com"),
}

MESSAGES = {
    "required": "is required",
    "too_long": "must be at most {limit} long",
    "too_large": "the body is larger than one megabyte",
    "too_short": "must be at least {limit} long",
    "invalid_option": "is none of the allowed options",
    "wrong_type": "has the wrong type",
    "invalid_format": "has the wrong format",
    "out_of_range": "is out of range",
    "unknown_field": "is no field that can be written",
    "unknown_parameter": "is no parameter of this operation",
    "invalid_parameter": "has a value that this parameter can't have",
    "invalid_cursor": "is no cursor of this list",
    "invalid_value": "has a value that is not allowed",
    "unknown_reference": "points at no record in {collection}",
    "not_unique": "is already used by another record",
    "in_use": "records in {collection} still point at this one",
    "deleted": "the record is deleted",
    "not_found": "there is no such record",
    "token_missing": "send a bearer token",
    "token_invalid": "the token is not known",
    "token_expired": "the token has expired",
    "forbidden": 'the token has no scope "write"',
    "unsupported_media_type": "send application/json",
    "invalid_json": "the body is no JSON",
    "idempotency_key_reused": "the key was used with another request",
    "address_not_allowed": "this sandbox sends to loopback addresses only",
    "method_not_allowed": "this address does not know the method",
    "rate_limited": "too many requests, try again later",
}


def _prefixed(prefix: str) -> Callable[[int], str]:
    return lambda number: f"{prefix}_{number:06}"


KINDS = (
    Kind("companies", _prefixed("cmp"), soft=True),
    Kind("contacts", _prefixed("con"), unique={"email": str.casefold}, links={"company_id": "companies"}, soft=True),
    Kind("deals", _prefixed("del"), links={"company_id": "companies", "contact_id": "contacts"}, soft=True),
    Kind("products", _prefixed("prd"), unique={"sku": str.casefold}, soft=True),
    Kind(
        "invoices",
        _prefixed("inv"),
        unique={"number": str.casefold},
        links={"company_id": "companies", "contact_id": "contacts"},
        complete=crm_invoice,
        soft=True,
    ),
    Kind("webhook_subscriptions", _prefixed("whs")),
)


def zoned(instant: datetime) -> str:
    """An instant as the CRM writes it: UTC, milliseconds, Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(name: str, record: Record) -> Data:
    """A record as answers and events show it."""
    stamps: Data = {"created_at": zoned(record.created), "updated_at": zoned(record.updated)}
    if name != "webhook_subscriptions":
        deleted = zoned(record.deleted) if record.deleted else None
        stamps |= {"updated_by": record.changed_by, "deleted_at": deleted}
    return {"id": record.id, **record.data, **stamps}


class Crm:
    """How the CRM speaks. `rate_limit`: requests a token may send per minute; `monotonic` measures the minute."""

    refuses_unknown_parameters = True
    keeps_idempotency_keys = True

    def __init__(
        self, store: Store, specials: Mapping[str, Special], rate_limit: int, monotonic: Callable[[], float]
    ) -> None:
        self._store = store
        self._specials = {"getAccount": self._account, "updateProducts": self._products, **specials}
        self._rate_limit = rate_limit
        self._monotonic = monotonic
        self._windows: dict[str, tuple[float, int]] = {}

    def authenticate(self, headers: Headers) -> Principal:
        """The user of the bearer token; 401 tells a missing, an unknown and an expired one apart."""
        found = re.fullmatch(r"(?i:bearer) +(\S+)", headers.get("Authorization", ""))
        user = USERS.get(found[1]) if found else None
        if user is None:
            expired = found is not None and found[1] == EXPIRED_TOKEN
            code = "token_missing" if found is None else "token_expired" if expired else "token_invalid"
            raise Refusal(401, Issue(code), headers={"WWW-Authenticate": "Bearer"})
        return user

    def admit(self, principal: Principal) -> Mapping[str, str]:
        """Count the request in the user's minute (draft-ietf-httpapi-ratelimit-headers-06: reset in seconds)."""
        with self._store.lock:
            now = self._monotonic()
            began, used = self._windows.get(principal.user, (now, 0))
            if now - began >= WINDOW_SECONDS:
                began, used = now, 0
            self._windows[principal.user] = began, used + 1
        left = self._rate_limit - used - 1
        reset = str(max(1, round(began + WINDOW_SECONDS - now)))
        headers = {
            "RateLimit-Limit": str(self._rate_limit),
            "RateLimit-Remaining": str(max(0, left)),
            "RateLimit-Reset": reset,
        }
        if left < 0:
            raise Refusal(429, Issue("rate_limited"), headers={**headers, "Retry-After": reset})
        return headers

    def admit_path(self, path: Mapping[str, Any]) -> None:
        """There is one tenant, so every path is good."""

    def record_id(self, text: str) -> str:
        """Ids are text as they stand."""
        return text

    def listing(self, name: str, records: Sequence[Record], query: Mapping[str, Any]) -> Data:
        """A cursor page; a limit above 100 is cut silently."""
        wanted = [record for record in records if _fits(record, query, self._store)]
        sort = query.get("sort", "created_at")
        ordered = in_order(wanted, _value(sort.removeprefix("-")), descending=sort.startswith("-"))
        start = behind(query.get("after"), sort, ordered)
        end = start + min(query["limit"], LARGEST_PAGE)
        page = ordered[start:end]
        following = {"after": cursor_after(sort, page[-1])} if end < len(ordered) else None
        return {
            "results": [self.record(name, record) for record in page],
            "paging": {"next": following},
            "total": len(ordered),
        }

    def record(self, name: str, record: Record) -> Data:
        """A record with id, stamps and who changed it."""
        return shown(name, record)

    def merged(self, before: Data, change: Data) -> Data:
        """Named fields replaced; the map of custom fields merged."""
        maps = {name: {**before[name], **change[name]} for name in MERGED_MAPS if name in change}
        return {**before, **change, **maps}

    def refusal(self, refusal: Refusal) -> Data:
        """One entry per problem."""
        return {
            "errors": [
                {"field": issue.field, "code": issue.code, "message": MESSAGES[issue.code].format_map(issue.values)}
                for issue in refusal.issues
            ]
        }

    def specials(self) -> Mapping[str, Special]:
        """The account, and what the webhook subscriptions do differently."""
        return self._specials

    def _account(self, call: Call) -> Answer:
        scopes = ["read", "write"] if call.principal.may_write else ["read"]
        return Answer(
            200,
            {
                "id": "acc_4711",
                "company_name": "Nordlicht Handels GmbH",
                "environment": "sandbox",
                "edition": "professional",
                "timezone": "UTC",
                "user": call.principal.user,
                "scopes": scopes,
            },
        )

    def _products(self, call: Call) -> Answer:
        """Several products changed in one call: all or none."""
        store, name = self._store, "products"
        before = [store.get(name, row["id"]) for row in call.body]
        try:
            changed = [self._changed(name, row, call.principal.user) for row in call.body]
        except Refusal:
            for one in before:
                store.put(name, one)
            raise
        return Answer(200, {"results": [self.record(name, one) for one in changed]})

    def _changed(self, name: str, row: Data, user: str) -> Record:
        change = {key: value for key, value in row.items() if key != "id"}
        data = self.merged(self._store.get(name, row["id"]).data, change)
        return self._store.change(name, row["id"], data, user)


def _value(name: str) -> Callable[[Record], Any]:
    if name == "created_at":
        return lambda record: record.created
    if name == "updated_at":
        return lambda record: record.updated
    return lambda record: record.data.get(name)


def _fits(record: Record, query: Mapping[str, Any], store: Store) -> bool:
    if (record.deleted is not None) is not bool(query.get("deleted", False)):
        return False
    for name, wanted in query.items():
        if name in ("limit", "after", "sort", "deleted"):
            continue
        if name in ("updated_after", "created_after"):
            instant = store.cut(datetime.fromisoformat(wanted))
            fits = (record.updated if name == "updated_after" else record.created) >= instant
        elif name.endswith(OTHER_THAN):
            fits = record.data.get(name.removesuffix(OTHER_THAN)) != wanted
        else:
            value = record.data.get(name)
            fits = _caseless(value) == _caseless(wanted) if name in CASELESS else value == wanted
        if not fits:
            return False
    return True


def _caseless(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
