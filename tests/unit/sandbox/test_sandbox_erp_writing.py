"""Writing to the ERP: whole records, hard deletes, posted invoices."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

PARTNER = {"name1": "Prüf GmbH", "land": "Deutschland", "waehrung": "€"}


def fault(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal."""
    found = answer.json()["fehler"]
    return answer.status_code, found["code"], found["feld"]


def invoice(customer: int, **other: Any) -> dict[str, Any]:
    """A draft with two positions, as a caller writes it."""
    lines = [
        {"artikelnummer": "A-00001", "menge": 2, "einzelpreis_cent": 124990, "steuerschluessel": "V19"},
        {"artikelnummer": "A-00016", "menge": 1, "einzelpreis_cent": 1990, "steuerschluessel": "V7"},
    ]
    return {"kunde_id": customer, "rechnungsdatum": "2026-11-23", "waehrung": "€", "positionen": lines, **other}


def test_a_partner_gets_the_next_number(erp: httpx.Client) -> None:
    """The ERP issues customer numbers; names and contact persons are stored with blanks trimmed."""
    body = {
        **PARTNER,
        "name1": " Prüf GmbH ",
        "ansprechpartner": [{"nachname": " Weiß "}, {"nachname": "Groß", "nr": 7}],
    }
    answer = erp.post("geschaeftspartner", json=body)
    assert answer.status_code == 201
    created = answer.json()
    assert (created["kundennummer"], created["name1"]) == ("10052", "Prüf GmbH")
    assert [(one["nr"], one["nachname"], one["status"]) for one in created["ansprechpartner"]] == [
        (8, "Weiß", "A"),
        (7, "Groß", "A"),
    ]
    assert (created["geaendert_datum"], created["geaendert_zeit"][:5]) == ("2026-11-23", "14:05")
    assert created["geaendert_von"] == "SCHNITTST"
    assert httpx.URL(answer.headers["Location"]).path == f"/api/mandanten/100/geschaeftspartner/{created['id']}"
    assert erp.get(f"geschaeftspartner/{created['id']}").json() == created


def test_put_replaces_the_whole_record(erp: httpx.Client) -> None:
    """What a PUT leaves out is cleared: the trap of whole-record updates. The number stays."""
    created = erp.post("geschaeftspartner", json={**PARTNER, "email": "a@example.de", "ort": "Kiel"}).json()
    after = erp.put(f"geschaeftspartner/{created['id']}", json={**PARTNER, "ort": "Bonn"}).json()
    assert (after["ort"], after["email"], after["kundennummer"]) == ("Bonn", None, created["kundennummer"])


def test_vat_ids_are_unique_however_they_are_written(erp: httpx.Client) -> None:
    """Blanks and case don't make another VAT id; it is stored in capitals without blanks."""
    first = erp.post("geschaeftspartner", json={**PARTNER, "ust_id": "de 136 695 976"}).json()
    assert first["ust_id"] == "DE136695976"
    again = erp.post("geschaeftspartner", json={**PARTNER, "ust_id": "DE136695976"})
    assert fault(again) == (409, "DOPPELT", "ust_id")
    assert erp.delete(f"geschaeftspartner/{first['id']}").status_code == 204
    assert erp.post("geschaeftspartner", json={**PARTNER, "ust_id": "DE136695976"}).status_code == 201


@pytest.mark.parametrize(
    ("other", "code", "field"),
    [
        ({"name1": "x" * 41}, "ZU_LANG", "name1"),
        ({"waehrung": "EUR"}, "UNGUELTIGER_WERT", "waehrung"),
        ({"kreditlimit": "25,000.00"}, "UNGUELTIGES_FORMAT", "kreditlimit"),
        ({"kreditlimit": 25000}, "FALSCHER_TYP", "kreditlimit"),
        ({"name1": None}, "FALSCHER_TYP", "name1"),
        ({"ansprechpartner": [{"vorname": "Nur"}]}, "PFLICHTFELD", "ansprechpartner.0.nachname"),
    ],
)
def test_what_breaks_the_document_is_refused(erp: httpx.Client, other: dict[str, Any], code: str, field: str) -> None:
    """The first problem is named with its field."""
    assert fault(erp.post("geschaeftspartner", json={**PARTNER, **other})) == (422, code, field)


def test_unknown_and_read_only_fields_are_read_over(erp: httpx.Client) -> None:
    """A misspelt field is lost without a word, and a caller can't set what the ERP computes: known traps."""
    created = erp.post("geschaeftspartner", json={**PARTNER, "emial": "x@example.de", "id": 4711}).json()
    assert "emial" not in created
    assert created["id"] == 52
    draft = erp.post("rechnungen", json=invoice(1, status="G", netto="1,00", rechnungsnummer="X")).json()
    assert (draft["status"], draft["netto"], draft["rechnungsnummer"]) == ("E", "2.519,70", "RE-2026-00031")


def test_a_delete_leaves_no_trace(erp: httpx.Client) -> None:
    """Deleted means gone: 404, not listed, and a second delete is a 404 too."""
    address = f"geschaeftspartner/{erp.post('geschaeftspartner', json=PARTNER).json()['id']}"
    assert erp.delete(address).status_code == 204
    assert fault(erp.get(address)) == (404, "NICHT_VORHANDEN", "id")
    assert erp.delete(address).status_code == 404
    assert erp.get("geschaeftspartner").json()["gesamt"] == 51


def test_a_partner_with_invoices_can_not_be_deleted(erp: httpx.Client) -> None:
    """Invoices protect their customer."""
    customer = erp.get("rechnungen").json()["daten"][0]["kunde_id"]
    assert fault(erp.delete(f"geschaeftspartner/{customer}")) == (409, "IN_VERWENDUNG", "id")


def test_an_invoice_adds_up_in_german(erp: httpx.Client) -> None:
    """Positions in cents, sums as German text."""
    created = erp.post("rechnungen", json=invoice(1, rabatt_prozent=3)).json()
    assert [one["gesamt_cent"] for one in created["positionen"]] == [249980, 1990]
    assert [one["pos"] for one in created["positionen"]] == [10, 20]
    # (2499.80 + 19.90) × 0.97 = 2444.109; 2424.806 × 19 % = 460.71; 19.303 × 7 % = 1.35
    assert (created["netto"], created["steuer"], created["brutto"]) == ("2.444,11", "462,06", "2.906,17")
    amount = erp.post("rechnungen", json=invoice(1, rabatt_betrag="1.019,70")).json()
    assert amount["netto"] == "1.500,00"


def test_two_discounts_at_once_are_refused(erp: httpx.Client) -> None:
    """Percent or amount, not both."""
    answer = erp.post("rechnungen", json=invoice(1, rabatt_prozent=3, rabatt_betrag="5,00"))
    assert fault(answer) == (422, "UNGUELTIGER_WERT", "rabatt_betrag")


def test_a_posted_invoice_can_not_be_changed_or_deleted(erp: httpx.Client) -> None:
    """A draft can be changed and deleted; after posting both are refused, and so is posting again."""
    draft = erp.post("rechnungen", json=invoice(1)).json()
    address = f"rechnungen/{draft['id']}"
    changed = erp.put(address, json=invoice(2)).json()
    assert (changed["kunde_id"], changed["rechnungsnummer"]) == (2, draft["rechnungsnummer"])
    assert erp.post(f"{address}/buchen").json()["status"] == "G"
    for answer in (erp.put(address, json=invoice(1)), erp.delete(address), erp.post(f"{address}/buchen")):
        assert fault(answer) == (409, "GEBUCHT", "status")


def test_quantities_beyond_all_measure_are_refused(erp: httpx.Client) -> None:
    """A number that no sum can be made of is a refusal, not a crash."""
    body = invoice(1)
    body["positionen"][0]["menge"] = 1e300
    assert fault(erp.post("rechnungen", json=body)) == (422, "UNGUELTIGER_WERT", "positionen.0.menge")


def test_an_invoice_needs_its_customer(erp: httpx.Client) -> None:
    """A link that leads nowhere is refused."""
    assert fault(erp.post("rechnungen", json=invoice(9999))) == (422, "VERWEIS_FEHLT", "kunde_id")


def test_the_erp_knows_no_idempotency_key(erp: httpx.Client) -> None:
    """The same create twice makes two records: the known trap."""
    ids = {erp.post("geschaeftspartner", json=PARTNER, headers={"Idempotency-Key": "k"}).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_there_is_no_partial_update(erp: httpx.Client) -> None:
    """PATCH is answered with 405."""
    assert erp.patch("geschaeftspartner/1", json={"ort": "Kiel"}).status_code == 405
