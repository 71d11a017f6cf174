"""Personal data keeps its shape and loses its content (acceptance C37)."""

from __future__ import annotations

import json
import random
import time

import pytest

from checker.client import mask

FIRST = ["Anna", "Jürgen", "Zoë", "Hans-Peter", "Łukasz"]
LAST = ["Müller", "von der Heide", "Öztürk", "Groß", "O'Neill"]
STREETS = ["Hauptstraße", "Am Wäldchen", "Königsallee"]


def customer(draw: random.Random) -> dict[str, object]:
    """A synthetic German customer."""
    first, last = draw.choice(FIRST), draw.choice(LAST)
    digits = "".join(draw.choice("0123456789") for _ in range(18))
    mail = (
        f"{first}.{last}{draw.randrange(1000)}@firma-{draw.randrange(1000)}.de".replace(" ", "")
        .replace("'", "")
        .lower()
    )
    phone = f"+49 {draw.randrange(30, 999)} {draw.randrange(100000, 999999)}"
    iban = f"DE{digits[:2]} {digits[2:6]} {digits[6:10]} {digits[10:14]} {digits[14:18]} 42"
    return {
        "id": draw.randrange(10**6),
        "firstName": first,
        "last_name": last,
        "emailAddress": mail,
        "phone": phone,
        "mobil": int(f"49171{digits[:7]}"),
        "iban": iban.replace(" ", ""),
        "taxId": digits[:11],
        "geburtsdatum": f"19{digits[:2]}-0{1 + int(digits[2]) % 9}-1{digits[3]}",
        "address": {"street": f"{draw.choice(STREETS)} {draw.randrange(1, 200)}", "plz": digits[:5]},
        "bemerkung": f"Ruft {first} {last} an",
        "history": [f"{mail} wrote on Monday", f"call {phone} back", f"paid from {iban}"],
    }


def values(of: dict[str, object]) -> list[str]:
    """What must not be found again."""
    address = of["address"]
    assert isinstance(address, dict)
    names = [
        str(of[one])
        for one in ("last_name", "emailAddress", "phone", "mobil", "iban", "taxId", "geburtsdatum", "bemerkung")
    ]
    return [*names, str(address["street"]), str(of["iban"])[:2] + " " + str(of["iban"])[2:6]]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_no_value_of_a_thousand_customers_is_found_again(ascii_only: bool) -> None:
    """Names, mails, phones, IBANs, tax ids, birth dates, streets and notes are gone, in their fields and in free text."""
    draw = random.Random(7)
    for _ in range(1000):
        one = customer(draw)
        text = mask.json_text(json.dumps(one, ensure_ascii=ascii_only))
        for value in values(one):
            assert json.dumps(value, ensure_ascii=ascii_only)[1:-1] not in text
        assert f'"id": {one["id"]}' in text


@pytest.mark.parametrize(
    ("field", "value", "masked"),
    [
        ("email", "max.mustermann@example.de", "m***@***.de"),
        ("contactEmail", "max@example.co.uk", "m***@***.uk"),
        ("name", "Max Mustermann", "M*** M***"),
        ("phone", "+49 30 123456", "+4***"),
        ("vat_id", "DE123456789", "DE***"),
        ("status", "active", "active"),
        ("filename", "list.csv", "list.csv"),
        ("capacityUnit", "piece", "piece"),
        ("customer_no", "0000012345", "0000012345"),
        ("updated_at", "2026-11-24T10:00:00+01:00", "2026-11-24T10:00:00+01:00"),
        ("note", "call back", "*** (9)"),
        ("subject", "call 0171 2345678", "call 017***"),
        ("error_description", "email is required", "email is required"),
        ("message", "value of field mail is taken", "value of field mail is taken"),
        ("access_token", "abc", "***"),
        ("next_page_token", "abc", "abc"),
        ("name", "", ""),
    ],
)
def test_a_field_keeps_its_shape(field: str, value: str, masked: str) -> None:
    """By its name a field is masked as what it is; ids, times, states and error texts stay readable."""
    assert mask.field(field, value) == masked
    assert json.loads(mask.json_text(json.dumps({field: value}))) == {field: masked}


def test_a_cut_off_body_is_masked_too() -> None:
    """The last value may lack its end."""
    assert mask.json_text('{"data": [{"name": "Max Muster') == '{"data": [{"name": "M*** M***'
    assert mask.json_text('[{"email": "max@exam') == '[{"email": "m***'


def test_lists_under_a_name_are_masked_member_by_member() -> None:
    """A field's name holds for all of its list."""
    assert json.loads(mask.json_text('{"emails": ["a.b@c.de", "d@e.fr"], "n": 1}')) == {
        "emails": ["a***@***.de", "d***@***.fr"],
        "n": 1,
    }


def test_without_masking_secrets_are_hidden_all_the_same() -> None:
    """Who wants to see their own data sees names, but no tokens."""
    text = '{"name": "Max", "refresh_token": "r", "pin": 12345}'
    assert mask.json_text(text, personal=False) == '{"name": "Max", "refresh_token": "***", "pin": "***"}'


def test_personal_data_in_the_names_of_fields_is_masked_too() -> None:
    """Some answers are maps by mail address."""
    assert mask.json_text('{"anna.schmidt@example.de": {"id": 1}}') == '{"a***@***.de": {"id": 1}}'


def test_masking_takes_time_in_proportion_to_the_text() -> None:
    """A header without any blank, four times as long, costs about four times as much: a system can't make us busy for minutes."""

    def cost(length: int) -> float:
        began = time.thread_time()
        mask.free_text("a" * length + "@x")
        return time.thread_time() - began

    assert min(cost(40_000) for _ in range(3)) < 10 * min(cost(10_000) for _ in range(3))


@pytest.mark.parametrize("name", ["name1", "Name_2", "telefon2", "geaendert_von", "createdBy", "strasse1", "email2"])
def test_numbered_fields_and_those_that_name_the_clerk_hold_personal_data(name: str) -> None:
    """ERP systems have two lines for a name, and say who changed the record."""
    assert "Huber" not in mask.json_text(json.dumps({name: "Huber"}))
