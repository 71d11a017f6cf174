"""Reading the ERP: key, numbered pages, naive local time."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checker.sandbox.pair import Pair

PARTNERS = 51


def walk(http: httpx.Client, name: str, **params: Any) -> list[dict[str, Any]]:
    """All records of a list, page after page."""
    found: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = http.get(name, params={**params, "seite": page}).raise_for_status().json()
        found += answer["daten"]
        if page >= answer["seiten"]:
            assert len(found) == answer["gesamt"]
            return found
        page += 1


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": "falsch"}, {"Authorization": "Bearer hanse"}])
def test_wrong_keys_are_401(seeded: Pair, headers: dict[str, str]) -> None:
    """Without the right key nothing is answered."""
    answer = httpx.get(f"{seeded.erp.base_url}/mandanten/100/artikel", headers=headers)
    assert (answer.status_code, answer.json()["fehler"]["code"]) == (401, "NICHT_ANGEMELDET")


def test_a_reading_key_may_not_write(seeded: Pair) -> None:
    """The restricted key reads, and is refused with 403 where it writes."""
    address, headers = f"{seeded.erp.base_url}/mandanten/100/artikel", {"X-Api-Key": seeded.erp.readonly_token}
    assert httpx.get(address, headers=headers).status_code == 200
    answer = httpx.delete(f"{address}/1", headers=headers)
    assert (answer.status_code, answer.json()["fehler"]["code"]) == (403, "KEINE_BERECHTIGUNG")


def test_another_mandant_is_not_there(seeded: Pair) -> None:
    """The company is part of the address; another one is a 404."""
    answer = httpx.get(f"{seeded.erp.base_url}/mandanten/200/artikel", headers={"X-Api-Key": seeded.erp.token})
    assert (answer.status_code, answer.json()["fehler"]["feld"]) == (404, "mandant")


def test_the_mandant_says_that_it_is_for_tests(seeded: Pair) -> None:
    """A permit can be checked against the server's own word."""
    answer = httpx.get(f"{seeded.erp.base_url}/mandanten/100", headers={"X-Api-Key": seeded.erp.token})
    assert (answer.json()["art"], answer.json()["zeitzone"]) == ("Testmandant", "Europe/Berlin")


@pytest.mark.parametrize("size", [7, 25, 50])
def test_numbered_pages_hold_every_record_once(erp_reader: httpx.Client, size: int) -> None:
    """Whatever the page size, the pages together hold all partners, none twice."""
    ids = [one["id"] for one in walk(erp_reader, "geschaeftspartner", anzahl=size)]
    assert ids == list(range(1, PARTNERS + 1))


def test_pages_behind_the_last_are_empty(erp_reader: httpx.Client) -> None:
    """The end shows by an empty page, not by an error."""
    answer = erp_reader.get("geschaeftspartner", params={"seite": 99}).json()
    assert (answer["daten"], answer["seite"], answer["gesamt"]) == ([], 99, PARTNERS)


@pytest.mark.parametrize(
    "params",
    [
        {"anzahl": "51"},
        {"anzahl": "0"},
        {"seite": "eins"},
        {"sortierung": "farbe"},
        {"geaendert_ab": "gestern"},
        {"geaendert_ab": "2026-11-20T10:00:00Z"},
        {"geaendert_ab": "2026-13-40T10:00:00"},
    ],
)
def test_wrong_values_of_known_parameters_are_refused(erp_reader: httpx.Client, params: dict[str, str]) -> None:
    """More than fifty a page, an unknown order, a time with a zone: 400 and the parameter's name."""
    answer = erp_reader.get("geschaeftspartner", params=params)
    assert answer.status_code == 400
    assert answer.json()["fehler"]["code"] == "UNGUELTIGER_PARAMETER"
    assert answer.json()["fehler"]["feld"] == next(iter(params))


def test_unknown_parameters_are_ignored_silently(erp_reader: httpx.Client) -> None:
    """A misspelt filter answers with everybody: the known trap."""
    everybody = erp_reader.get("geschaeftspartner").json()
    assert erp_reader.get("geschaeftspartner", params={"emial": "nobody@example.com"}).json() == everybody


@pytest.mark.parametrize("sort", ["kundennummer", "-kundennummer", "name1", "-name1"])
def test_sorted_pages_are_in_order(erp_reader: httpx.Client, sort: str) -> None:
    """Order holds over page edges."""
    values = [one[sort.removeprefix("-")] for one in walk(erp_reader, "geschaeftspartner", sortierung=sort, anzahl=20)]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_the_changed_stamp_is_local_and_in_two_fields(erp_reader: httpx.Client) -> None:
    """Sorting by the day sorts by day and time; the stamps carry no zone."""
    records = walk(erp_reader, "rechnungen", sortierung="-geaendert_datum")
    stamps = [(one["geaendert_datum"], one["geaendert_zeit"]) for one in records]
    assert stamps == sorted(stamps, reverse=True)
    assert all(len(one["geaendert_zeit"]) == 8 and "+" not in one["angelegt_am"] for one in records)


def test_changed_since_is_local_and_inclusive(erp_reader: httpx.Client) -> None:
    """The filter takes the stamp as it is shown, and includes it; a second later it doesn't."""
    records = walk(erp_reader, "geschaeftspartner", sortierung="geaendert_datum")
    day, time = records[-3]["geaendert_datum"], records[-3]["geaendert_zeit"]
    found = walk(erp_reader, "geschaeftspartner", sortierung="geaendert_datum", geaendert_ab=f"{day}T{time}")
    assert found == records[-3:]
    last = records[-1]
    none = f"{last['geaendert_datum']}T23:59:59"
    assert walk(erp_reader, "geschaeftspartner", geaendert_ab=none) == []


def test_an_import_gave_twelve_articles_one_stamp(erp_reader: httpx.Client) -> None:
    """A clump of equal stamps is in the data: a cursor by time alone can't pass it."""
    stamps = [(one["geaendert_datum"], one["geaendert_zeit"]) for one in walk(erp_reader, "artikel", anzahl=50)]
    assert max(stamps.count(one) for one in stamps) == 12


def test_filters_keep_what_fits(erp_reader: httpx.Client) -> None:
    """Documented filters filter."""
    found = walk(erp_reader, "geschaeftspartner", kundengruppe="PK")
    assert len(found) == 5
    assert all(one["ust_id"] is None for one in found)
    one = next(one for one in walk(erp_reader, "geschaeftspartner", anzahl=50) if one["email"])
    assert one in walk(erp_reader, "geschaeftspartner", email=one["email"].upper())
    assert [x["id"] for x in walk(erp_reader, "geschaeftspartner", kundennummer=one["kundennummer"])] == [one["id"]]


@pytest.mark.parametrize(("address", "status"), [("artikel/9999", 404), ("artikel/abc", 400), ("farben", 404)])
def test_unknown_addresses_have_german_errors(erp_reader: httpx.Client, address: str, status: int) -> None:
    """An unknown record is 404, an id that can't be one 400."""
    answer = erp_reader.get(address)
    assert answer.status_code == status
    assert answer.json()["fehler"]["meldung"]


def test_tax_codes_are_told(erp_reader: httpx.Client) -> None:
    """What a tax code means can be read from the system."""
    codes = {one["schluessel"]: one["satz"] for one in erp_reader.get("steuerschluessel").json()["daten"]}
    assert codes == {"V19": 19, "V7": 7, "V0": 0, "E20": 20}
