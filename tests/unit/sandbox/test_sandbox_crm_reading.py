"""Reading the CRM: credentials, pages, filters, order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from checker.sandbox.crm import EXPIRED_TOKEN
from checker.sandbox.pair import Pair, running_pair

CONTACTS = 114


def walk(http: httpx.Client, name: str, **params: Any) -> list[dict[str, Any]]:
    """All records of a list, page after page."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        answer = http.get(name, params={**params, **({"after": after} if after else {})}).raise_for_status().json()
        found += answer["results"]
        if answer["paging"]["next"] is None:
            assert len(found) == answer["total"]
            return found
        after = answer["paging"]["next"]["after"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "token_missing"),
        ({"Authorization": "Bearer wrong"}, "token_invalid"),
        ({"Authorization": f"Bearer {EXPIRED_TOKEN}"}, "token_expired"),
        ({"Authorization": "Basic Zm9vOmJhcg=="}, "token_missing"),
    ],
)
def test_wrong_credentials_are_told_apart(seeded: Pair, headers: dict[str, str], code: str) -> None:
    """Missing, unknown and expired tokens are 401, each with its own code."""
    answer = httpx.get(f"{seeded.crm.base_url}/contacts", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert [one["code"] for one in answer.json()["errors"]] == [code]


def test_a_reading_token_may_read_and_not_write(seeded: Pair) -> None:
    """The restricted user is refused with 403 where he writes."""
    headers = {"Authorization": f"Bearer {seeded.crm.readonly_token}"}
    assert httpx.get(f"{seeded.crm.base_url}/contacts", headers=headers).status_code == 200
    answer = httpx.post(f"{seeded.crm.base_url}/contacts", headers=headers, json={"last_name": "X"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "forbidden")


def test_the_account_says_that_it_is_a_sandbox(crm_reader: httpx.Client) -> None:
    """A permit can be checked against the server's own word."""
    answer = crm_reader.get("account").json()
    assert (answer["environment"], answer["company_name"]) == ("sandbox", "Nordlicht Handels GmbH")


@pytest.mark.parametrize("limit", [1, 7, 20, 100])
def test_a_walk_sees_every_record_once(crm_reader: httpx.Client, limit: int) -> None:
    """Whatever the page size, the pages together hold all contacts, none twice."""
    ids = [one["id"] for one in walk(crm_reader, "contacts", limit=limit)]
    assert len(ids) == len(set(ids)) == CONTACTS


def test_a_page_is_silently_cut_at_one_hundred(crm_reader: httpx.Client) -> None:
    """Asked for 500, the CRM answers with 100 and says nothing: the known trap."""
    answer = crm_reader.get("contacts", params={"limit": 500})
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 100
    assert len(crm_reader.get("contacts").json()["results"]) == 20


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "updated_at", "-updated_at", "last_name", "-email"])
def test_sorted_walks_are_in_order_and_complete(crm_reader: httpx.Client, sort: str) -> None:
    """Every order holds over page edges; records without the value come last."""
    values = [one[sort.removeprefix("-")] for one in walk(crm_reader, "contacts", limit=30, sort=sort)]
    filled = [one for one in values if one is not None]
    assert filled == sorted(filled, reverse=sort.startswith("-"))
    assert values == filled + [None] * (CONTACTS - len(filled))


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown_parameter"),
        ({"limit": "0"}, "limit", "invalid_parameter"),
        ({"limit": "many"}, "limit", "invalid_parameter"),
        ({"sort": "colour"}, "sort", "invalid_parameter"),
        ({"updated_after": "yesterday"}, "updated_after", "invalid_parameter"),
        ({"updated_after": "2026-11-01T00:00:00"}, "updated_after", "invalid_parameter"),
        ({"after": "nonsense"}, "after", "invalid_cursor"),
        ({"after": "é"}, "after", "invalid_cursor"),
        ({"after": "WzFd"}, "after", "invalid_cursor"),
        ({"after": "e30"}, "after", "invalid_cursor"),
    ],
)
def test_wrong_parameters_are_refused_by_name(
    crm_reader: httpx.Client, params: dict[str, str], field: str, code: str
) -> None:
    """An unknown parameter or a value that can't be is a 400 that says which."""
    answer = crm_reader.get("contacts", params=params)
    assert answer.status_code == 400
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


def test_a_cursor_belongs_to_its_order(crm_reader: httpx.Client) -> None:
    """A cursor of one order is refused in another, instead of skipping records."""
    cursor = crm_reader.get("contacts", params={"limit": 5}).json()["paging"]["next"]["after"]
    assert crm_reader.get("contacts", params={"after": cursor, "sort": "email"}).status_code == 400


def test_filters_keep_what_fits(crm_reader: httpx.Client) -> None:
    """Filters really filter; the e-mail address is compared without regard to case."""
    some = crm_reader.get("contacts", params={"sort": "-email", "limit": 1}).json()["results"][0]
    found = walk(crm_reader, "contacts", email=some["email"].upper())
    assert [one["id"] for one in found] == [some["id"]]
    germans = walk(crm_reader, "companies", country="DE", limit=100)
    everybody = walk(crm_reader, "companies", limit=100)
    assert len(germans) == sum(one["country"] == "DE" for one in everybody) > 20
    assert walk(crm_reader, "products", active="false") == []


def test_updated_after_is_exact_and_inclusive(crm_reader: httpx.Client) -> None:
    """The record changed at the very instant is included, the millisecond before it is not."""
    records = walk(crm_reader, "companies", sort="updated_at", limit=100)
    boundary = records[40]["updated_at"]
    assert walk(crm_reader, "companies", sort="updated_at", updated_after=boundary) == records[40:]
    later = datetime.fromisoformat(boundary) + timedelta(milliseconds=1)
    assert walk(crm_reader, "companies", sort="updated_at", updated_after=later.isoformat()) == records[41:]


def test_the_filter_understands_other_zones(crm_reader: httpx.Client) -> None:
    """The same instant written in another zone selects the same records."""
    utc, berlin = "2026-11-20T12:00:00.000Z", "2026-11-20T13:00:00.000+01:00"
    assert walk(crm_reader, "contacts", updated_after=utc) == walk(crm_reader, "contacts", updated_after=berlin)


def test_stamps_are_utc_with_milliseconds_and_in_the_past(crm_reader: httpx.Client) -> None:
    """created_at ≤ updated_at < the pair's now, written with Z and three decimals."""
    for one in walk(crm_reader, "contacts", limit=100):
        assert len(one["updated_at"]) == len("2026-11-20T15:01:10.007Z")
        assert one["updated_at"].endswith("Z")
        assert one["created_at"] <= one["updated_at"] < "2026-11-23T13:05"


def test_deleted_records_are_listed_on_request_only(crm_reader: httpx.Client) -> None:
    """Soft deletes can be found: by deleted=true and by id, with deleted_at."""
    gone = walk(crm_reader, "contacts", deleted="true")
    assert len(gone) == 2
    assert all(one["deleted_at"] for one in gone)
    assert crm_reader.get(f"contacts/{gone[0]['id']}").json()["deleted_at"] == gone[0]["deleted_at"]
    assert gone[0]["id"] not in {one["id"] for one in walk(crm_reader, "contacts", limit=100)}


def test_unknown_addresses_have_their_own_answers(crm_reader: httpx.Client) -> None:
    """An unknown record or path is 404, a wrong method 405, each with the CRM's error body."""
    for answer, status in (
        (crm_reader.get("contacts/con_999999"), 404),
        (crm_reader.get("nothing"), 404),
        (crm_reader.put("contacts/con_000001", json={}), 405),
    ):
        assert answer.status_code == status
        assert answer.json()["errors"][0]["message"]


def test_rate_limit_headers_count_down_and_end_in_429() -> None:
    """Every answer says what is left; the request too many is told when to come back."""
    moments = iter(range(0, 1000, 10))
    with running_pair(rate_limit=3, monotonic=lambda: float(next(moments))) as pair:
        headers = {"Authorization": f"Bearer {pair.crm.token}"}
        answers = [httpx.get(f"{pair.crm.base_url}/account", headers=headers) for _ in range(5)]
    assert [one.headers["RateLimit-Remaining"] for one in answers[:3]] == ["2", "1", "0"]
    assert answers[3].status_code == 429
    assert answers[3].headers["Retry-After"] == answers[3].headers["RateLimit-Reset"] == "30"


def test_a_new_minute_has_a_new_allowance() -> None:
    """When the minute is over, requests are answered again."""
    now = [0.0]
    with running_pair(rate_limit=1, monotonic=lambda: now[0]) as pair:
        headers = {"Authorization": f"Bearer {pair.crm.token}"}
        first = [httpx.get(f"{pair.crm.base_url}/account", headers=headers).status_code for _ in range(2)]
        now[0] = 60.0
        assert [*first, httpx.get(f"{pair.crm.base_url}/account", headers=headers).status_code] == [200, 429, 200]


def test_seeded_stamps_follow_now() -> None:
    """Another `now` moves every stamp by the same time, and changes nothing else."""
    later = datetime(2027, 3, 1, 9, tzinfo=UTC)
    with running_pair(later) as pair:
        headers = {"Authorization": f"Bearer {pair.crm.token}"}
        newest = httpx.get(f"{pair.crm.base_url}/contacts?sort=-updated_at&limit=1", headers=headers).json()
    assert "2027-02-2" in newest["results"][0]["updated_at"] or "2027-03-01" in newest["results"][0]["updated_at"]
