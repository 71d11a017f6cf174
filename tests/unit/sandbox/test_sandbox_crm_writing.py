"""Writing to the CRM: creates, partial updates, soft deletes, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from checker.sandbox.pair import Pair, running_pair


def codes(answer: httpx.Response) -> list[tuple[str | None, str]]:
    """What was wrong, by field."""
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


def test_a_created_record_can_be_read_again(crm: httpx.Client) -> None:
    """A create answers 201 with the whole record and its address, and the record is there as it was sent."""
    answer = crm.post("companies", json={"name": "Übersee & Söhne", "country": "DE", "custom": {"segment": "A"}})
    assert answer.status_code == 201
    created = answer.json()
    assert created["status"] == "lead"
    assert created["updated_by"] == "integration@example.com"
    assert created["created_at"] == created["updated_at"] >= "2026-11-23T13:05"
    assert httpx.URL(answer.headers["Location"]).path == f"/v1/companies/{created['id']}"
    assert crm.get(f"companies/{created['id']}").json() == created


def test_an_update_changes_what_it_names(crm: httpx.Client) -> None:
    """PATCH leaves the rest alone, clears with null, merges custom fields, and moves the stamp."""
    before = crm.post("companies", json={"name": "A", "city": "Kiel", "custom": {"a": 1, "b": 2}}).json()
    after = crm.patch(f"companies/{before['id']}", json={"city": None, "custom": {"b": 3}}).json()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"city", "custom", "updated_at"}
    assert (after["city"], after["custom"], after["name"]) == (None, {"a": 1, "b": 3}, "A")
    assert crm.get("companies", params={"updated_after": after["updated_at"]}).json()["results"] == [after]


def test_an_update_that_changes_nothing_does_not_move_the_stamp() -> None:
    """The changed stamp tells of changes only."""
    moments = iter(range(1000))
    with running_pair(monotonic=lambda: float(next(moments))) as pair:
        address, headers = f"{pair.crm.base_url}/products/prd_000001", {"Authorization": f"Bearer {pair.crm.token}"}
        before = httpx.get(address, headers=headers).json()
        same = httpx.patch(address, headers=headers, json={"name": before["name"]}).json()
        other = httpx.patch(address, headers=headers, json={"name": "Other"}).json()
    assert same == before
    assert other["updated_at"] > before["updated_at"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("last_name", "required")]),
        ({"last_name": ""}, [("last_name", "too_short")]),
        ({"last_name": "x" * 81}, [("last_name", "too_long")]),
        ({"last_name": "x", "status": "gone"}, [("status", "invalid_option")]),
        ({"last_name": "x", "email": "no address"}, [("email", "invalid_format")]),
        ({"last_name": "x", "marketing_consent": "yes"}, [("marketing_consent", "wrong_type")]),
        ({"last_name": "x", "id": "con_000001"}, [("id", "unknown_field")]),
        ({"last_name": "x", "custom": {"a": [1]}}, [("custom.a", "wrong_type")]),
        ({"last_name": "x", "company_id": "cmp_999999"}, [("company_id", "unknown_reference")]),
        ([], [(None, "wrong_type")]),
    ],
)
def test_what_breaks_the_document_is_refused_by_field(crm: httpx.Client, body: Any, expected: list[Any]) -> None:
    """Every rule of the document is enforced, and the error names the field."""
    answer = crm.post("contacts", json=body)
    assert (answer.status_code, codes(answer)) == (422, expected)


def test_an_umlaut_counts_as_one_character(crm: httpx.Client) -> None:
    """Lengths are in characters, not in bytes."""
    assert crm.post("contacts", json={"last_name": "ü" * 80}).status_code == 201


def test_one_email_belongs_to_one_contact(crm: httpx.Client) -> None:
    """The address is unique without regard to case, until its contact is deleted."""
    first = crm.post("contacts", json={"last_name": "A", "email": "Same@example.com"}).json()
    again = crm.post("contacts", json={"last_name": "B", "email": "same@EXAMPLE.com"})
    assert (again.status_code, codes(again)) == (409, [("email", "not_unique")])
    other = crm.post("contacts", json={"last_name": "C", "email": "other@example.com"}).json()
    assert crm.patch(f"contacts/{other['id']}", json={"email": "SAME@example.com"}).status_code == 409
    assert crm.patch(f"contacts/{first['id']}", json={"email": "SAME@example.com"}).status_code == 200
    assert crm.delete(f"contacts/{first['id']}").status_code == 204
    assert crm.patch(f"contacts/{other['id']}", json={"email": "same@example.com"}).status_code == 200


def test_a_deleted_record_stays_visible_as_deleted(crm: httpx.Client) -> None:
    """A delete is soft: gone from lists, listed with deleted=true, readable by id, no longer writable."""
    address = f"contacts/{crm.post('contacts', json={'last_name': 'Weg'}).json()['id']}"
    before = crm.get("contacts").json()["total"]
    assert crm.delete(address).status_code == 204
    gone = crm.get(address).json()
    assert gone["deleted_at"] == gone["updated_at"]
    assert crm.get("contacts").json()["total"] == before - 1
    shown = crm.get("contacts", params={"deleted": "true", "updated_after": gone["deleted_at"]}).json()
    assert shown["results"] == [gone]
    assert crm.delete(address).status_code == 404
    assert codes(crm.patch(address, json={"last_name": "Da"})) == [("id", "deleted")]


def test_a_company_that_is_pointed_at_can_not_be_deleted(crm: httpx.Client) -> None:
    """Contacts, deals and invoices protect their company."""
    company = crm.post("companies", json={"name": "A"}).json()["id"]
    contact = crm.post("contacts", json={"last_name": "B", "company_id": company}).json()["id"]
    assert codes(crm.delete(f"companies/{company}")) == [("id", "in_use")]
    crm.delete(f"contacts/{contact}")
    assert crm.delete(f"companies/{company}").status_code == 204
    assert codes(crm.post("deals", json={"name": "X", "company_id": company})) == [("company_id", "unknown_reference")]


def test_the_same_key_creates_once(crm: httpx.Client) -> None:
    """A repeated create with its Idempotency-Key gets the first answer; another body with it is refused."""
    headers, body = {"Idempotency-Key": "k-1"}, {"name": "Once"}
    first, second = (crm.post("companies", json=body, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    assert (first.headers.get("Idempotency-Replayed"), second.headers.get("Idempotency-Replayed")) == (None, "true")
    assert crm.get("companies", params={"name": "Once"}).json()["total"] == 1
    other = crm.post("companies", json={"name": "Other"}, headers=headers)
    assert (other.status_code, codes(other)) == (422, [("Idempotency-Key", "idempotency_key_reused")])


def test_a_refused_create_does_not_use_up_its_key(crm: httpx.Client) -> None:
    """After a refusal the corrected create goes through under the same key."""
    headers = {"Idempotency-Key": "k-2"}
    assert crm.post("companies", json={}, headers=headers).status_code == 422
    assert crm.post("companies", json={"name": "Now"}, headers=headers).status_code == 201


def test_the_same_key_at_the_same_time_creates_once(crm: httpx.Client) -> None:
    """Eight simultaneous creates with one key leave one record."""

    def send(_: int) -> str:
        headers = {"Idempotency-Key": "k-3"}
        return str(crm.post("companies", json={"name": "Race"}, headers=headers).json()["id"])

    with ThreadPoolExecutor(8) as many:
        assert len(set(many.map(send, range(8)))) == 1
    assert crm.get("companies", params={"name": "Race"}).json()["total"] == 1


def test_simultaneous_creates_get_ids_of_their_own(crm: httpx.Client) -> None:
    """No two records share an id, whatever the load."""
    with ThreadPoolExecutor(8) as many:
        sent = many.map(lambda n: crm.post("companies", json={"name": f"N{n}"}).json()["id"], range(40))
        assert len(set(sent)) == 40


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "invalid_json"),
        (b"", "application/json", 400, "invalid_json"),
        (b"name=A", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b'{"name": "' + b"x" * 1_000_001 + b'"}', "application/json", 413, "too_large"),
    ],
)
def test_bodies_that_are_no_json_are_refused(
    crm: httpx.Client, content: bytes, kind: str, status: int, code: str
) -> None:
    """Broken, empty, form-encoded and huge bodies each have their answer."""
    answer = crm.post("companies", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, codes(answer)) == (status, [(None, code)])


def test_an_invoice_adds_up(crm: httpx.Client) -> None:
    """Line discount, discount on the whole, and two tax rates: sums to the cent, half up."""
    company = crm.get("companies", params={"limit": 1}).json()["results"][0]["id"]
    lines = [
        {"sku": "A00001", "description": "Pumpe", "quantity": 3, "unit_price": 19.99, "tax_rate": 19},
        {"sku": "A00016", "description": "Buch", "quantity": 1, "unit_price": 10, "tax_rate": 7, "discount_percent": 5},
    ]
    body = {"number": "T-1", "company_id": company, "issue_date": "2026-11-23", "currency": "EUR", "items": lines}
    answer = crm.post("invoices", json={**body, "discount": {"type": "percent", "value": 10}}).json()
    # (59.97 + 9.50) × 0.9 = 62.523; 53.973 × 19 % = 10.25; 8.55 × 7 % = 0.60
    assert (answer["total_net"], answer["total_tax"], answer["total_gross"]) == (62.52, 10.85, 73.37)
    changed = crm.patch(f"invoices/{answer['id']}", json={"discount": {"type": "amount", "value": 9.47}}).json()
    assert changed["total_net"] == 60.0


def test_the_second_user_is_seen_as_changed_by(pair: Pair, crm: httpx.Client) -> None:
    """Who changed a record last is shown, so that own writes can be recognised."""
    headers = {"Authorization": "Bearer fjord-sandbox-second-user"}
    changed = crm.patch("contacts/con_000001", json={"job_title": "Chef"}, headers=headers).json()
    assert changed["updated_by"] == "nora.lind@example.com"


def test_a_fault_replaces_an_answer_and_can_be_lifted(pair: Pair, crm: httpx.Client) -> None:
    """A test can make one operation answer something else while the server runs."""
    from werkzeug.wrappers import Response

    pair.crm.faults["GET /contacts"] = lambda _: Response("busy", 503)
    assert crm.get("contacts").status_code == 503
    assert crm.get("companies").status_code == 200
    pair.crm.faults.clear()
    assert crm.get("contacts").status_code == 200
