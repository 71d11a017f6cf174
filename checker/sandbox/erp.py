"""The ERP's dialect: a key in a header, numbered pages, whole records, local time without a zone, no trace of deletes.

What an audit should find here stands in FACTS.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import Headers

from checker.sandbox.engine import Answer, Call, Principal, Special
from checker.sandbox.query import in_order
from checker.sandbox.refusal import Issue, Refusal
from checker.sandbox.store import Data, Kind, Record, Store
from checker.sandbox.totals import line_net, sums

BASE_PATH = "/api"
MANDANT = "100"
ZONE = ZoneInfo("Europe/Berlin")
PRECISION = timedelta(seconds=1)
FIRST_CUSTOMER_NUMBER = 10001
POSITION_STEP = 10
LARGEST_ID = 15  # digits

KEY = "hanse-testmandant-schluessel"
READ_KEY = "hanse-testmandant-nur-lesen"
USERS = {KEY: Principal("SCHNITTST"), READ_KEY: Principal("LESER", may_write=False)}
TAX_RATES = {"V19": Decimal(19), "V7": Decimal(7), "V0": Decimal(0), "E20": Decimal(20)}
TAX_NAMES = {"V19": "Umsatzsteuer 19 %", "V7": "Umsatzsteuer 7 %", "V0": "steuerfrei", "E20": "Erlöse Österreich 20 %"}

# neutral word -> the ERP's code and sentence
MESSAGES = {
    "required": ("PFLICHTFELD", "Das Feld fehlt."),
    "too_long": ("ZU_LANG", "Das Feld ist länger als {limit}."),
    "too_large": ("ZU_GROSS", "Die Nachricht ist größer als ein Megabyte."),
    "too_short": ("ZU_KURZ", "Das Feld ist kürzer als {limit}."),
    "invalid_option": ("UNGUELTIGER_WERT", "Der Wert ist nicht vorgesehen."),
    "wrong_type": ("FALSCHER_TYP", "Der Wert hat den falschen Typ."),
    "invalid_format": ("UNGUELTIGES_FORMAT", "Der Wert hat das falsche Format."),
    "out_of_range": ("UNGUELTIGER_WERT", "Der Wert ist zu klein oder zu groß."),
    "invalid_value": ("UNGUELTIGER_WERT", "Der Wert ist nicht zulässig."),
    "invalid_parameter": ("UNGUELTIGER_PARAMETER", "Der Parameter hat einen ungültigen Wert."),
    "unknown_reference": ("VERWEIS_FEHLT", "Der Verweis führt ins Leere."),
    "not_unique": ("DOPPELT", "Der Wert ist schon vergeben."),
    "in_use": ("IN_VERWENDUNG", "Andere Sätze verweisen auf diesen."),
    "posted": ("GEBUCHT", "Die Rechnung ist gebucht und unveränderlich."),
    "not_found": ("NICHT_VORHANDEN", "Satz nicht vorhanden."),
    "token_missing": ("NICHT_ANGEMELDET", "Der Schlüssel fehlt."),
    "token_invalid": ("NICHT_ANGEMELDET", "Der Schlüssel ist unbekannt."),
    "forbidden": ("KEINE_BERECHTIGUNG", "Nur lesender Zugriff."),
    "unsupported_media_type": ("INHALTSTYP", "Bitte application/json senden."),
    "invalid_json": ("JSON", "Die Nachricht ist kein JSON."),
    "method_not_allowed": ("METHODE", "Diese Adresse kennt die Methode nicht."),
}


def german(amount: Decimal) -> str:
    """An amount as the ERP writes it: 1.249,90."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def from_german(text: str | None) -> Decimal:
    """The amount behind 1.249,90; nothing is 0."""
    return Decimal((text or "0").replace(".", "").replace(",", "."))


def vat_key(value: str) -> str:
    """A VAT id as the ERP stores it: capitals, no blanks."""
    return re.sub(r"\s", "", value).upper()


def _trimmed(data: Data) -> Data:
    return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


def complete_partner(data: Data, store: Store, before: Record | None) -> Data:
    """Blanks at the ends go, the VAT id is tidied, customer and contact persons get their numbers."""
    data = _trimmed(data)
    data["ust_id"] = vat_key(data["ust_id"]) if data.get("ust_id") else None
    if not data.get("kundennummer"):
        given = before.data["kundennummer"] if before else None
        data["kundennummer"] = given or _free_number(store)
    persons = [_trimmed(person) for person in data.get("ansprechpartner") or []]
    last = max((person.get("nr") or 0 for person in persons), default=0)
    for person in persons:
        if not person.get("nr"):
            last += 1
            person["nr"] = last
        person.setdefault("status", "A")
    order = ("nr", "anrede", "vorname", "nachname", "email", "telefon", "position", "status")
    data["ansprechpartner"] = [{name: person.get(name) for name in order} for person in persons]
    return data


def _free_number(store: Store) -> str:
    used = (int(record.data["kundennummer"]) for record in store.all("geschaeftspartner"))
    return str(max(used, default=FIRST_CUSTOMER_NUMBER - 1) + 1)


def complete_article(data: Data, store: Store, before: Record | None) -> Data:  # noqa: ARG001 - the shape of a `complete`
    """Blanks at the ends go; the stock is the ERP's own."""
    return {**_trimmed(data), "lagerbestand": before.data["lagerbestand"] if before else data.get("lagerbestand", 0)}


def complete_invoice(data: Data, store: Store, before: Record | None) -> Data:
    """Number, customer number, positions and sums; a new invoice is a draft."""
    if data.get("rabatt_prozent") and data.get("rabatt_betrag"):
        raise Refusal(422, Issue("invalid_value", "rabatt_betrag"))
    lines = [_position(index, one) for index, one in enumerate(data["positionen"], 1)]
    bases = [(Decimal(one["gesamt_cent"]) / 100, TAX_RATES[one["steuerschluessel"]]) for one in lines]
    discounts = Decimal(str(data.get("rabatt_prozent") or 0)), from_german(data.get("rabatt_betrag"))
    net, tax, gross = sums(bases, *discounts)
    customer = store.find("geschaeftspartner", data["kunde_id"])
    year = data["rechnungsdatum"][:4]
    kept = before.data if before else {"status": "E", "bezahlt": "N"}
    return {
        "rechnungsnummer": kept.get("rechnungsnummer") or f"RE-{year}-{store.next_number('rechnungen'):05}",
        **data,
        "kundennummer": customer.data["kundennummer"] if customer else None,
        "status": data.get("status") or kept["status"],
        "bezahlt": data.get("bezahlt") or kept["bezahlt"],
        "positionen": lines,
        "netto": german(net),
        "steuer": german(tax),
        "brutto": german(gross),
    }


def _position(index: int, given: Data) -> Data:
    price = Decimal(given["einzelpreis_cent"]) / 100
    discount = given.get("rabatt_prozent") or 0
    return {
        "pos": given.get("pos") or index * POSITION_STEP,
        "artikelnummer": given["artikelnummer"],
        "bezeichnung": given.get("bezeichnung"),
        "menge": given["menge"],
        "einheit": given.get("einheit"),
        "einzelpreis_cent": given["einzelpreis_cent"],
        "rabatt_prozent": discount,
        "steuerschluessel": given["steuerschluessel"],
        "gesamt_cent": int(line_net(given["menge"], price, discount) * 100),
    }


def protect_posted(record: Record, verb: str) -> None:  # noqa: ARG001 - the shape of a `protect`
    """A posted or cancelled invoice can be neither changed nor deleted."""
    if record.data["status"] != "E":
        raise Refusal(409, Issue("posted", "status"))


def _itself(number: int) -> int:
    return number


KINDS = (
    Kind(
        "geschaeftspartner",
        _itself,
        unique={"kundennummer": str, "ust_id": vat_key},
        complete=complete_partner,
        empty_change_counts=True,
    ),
    Kind("artikel", _itself, unique={"artikelnummer": str}, complete=complete_article, empty_change_counts=True),
    Kind(
        "rechnungen",
        _itself,
        unique={"rechnungsnummer": str},
        links={"kunde_id": "geschaeftspartner"},
        complete=complete_invoice,
        protect=protect_posted,
        empty_change_counts=True,
    ),
)


class Erp:
    """How the ERP speaks."""

    refuses_unknown_parameters = False
    keeps_idempotency_keys = False

    def __init__(self, store: Store) -> None:
        self._store = store

    def authenticate(self, headers: Headers) -> Principal:
        """The user of the key; 401 for a missing and for an unknown one, told apart by the sentence only."""
        key = headers.get("X-Api-Key")
        user = USERS.get(key) if key else None
        if user is None:
            raise Refusal(401, Issue("token_invalid" if key else "token_missing"))
        return user

    def admit(self, principal: Principal) -> Mapping[str, str]:  # noqa: ARG002 - nothing is counted
        """No limit, no headers."""
        return {}

    def admit_path(self, path: Mapping[str, Any]) -> None:
        """One Mandant exists."""
        if path.get("mandant", MANDANT) != MANDANT:
            raise Refusal(404, Issue("not_found", "mandant"))

    def record_id(self, text: str) -> int:
        """Ids are whole numbers."""
        if not re.fullmatch(r"[0-9]+", text) or len(text) > LARGEST_ID:
            raise Refusal(400, Issue("invalid_parameter", "id"))
        return int(text)

    def listing(self, name: str, records: Sequence[Record], query: Mapping[str, Any]) -> Data:
        """A numbered page; behind the last one there is simply nothing."""
        wanted = [record for record in records if _fits(record, query)]
        sort = query.get("sortierung", "id")
        ordered = in_order(wanted, _value(sort.removeprefix("-")), descending=sort.startswith("-"))
        page, size = query["seite"], query["anzahl"]
        return {
            "daten": [self.record(name, record) for record in ordered[(page - 1) * size : page * size]],
            "seite": page,
            "seiten": max(1, -(-len(ordered) // size)),
            "gesamt": len(ordered),
        }

    def record(self, name: str, record: Record) -> Data:  # noqa: ARG002 - all collections look alike
        """A record with its stamps in local time, the changed one split in two."""
        changed = record.updated.astimezone(ZONE)
        return {
            "id": record.id,
            **record.data,
            "angelegt_am": record.created.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S"),
            "geaendert_datum": changed.strftime("%Y-%m-%d"),
            "geaendert_zeit": changed.strftime("%H:%M:%S"),
            "geaendert_von": record.changed_by,
        }

    def merged(self, before: Data, change: Data) -> Data:
        """The ERP knows no partial update; the change is the record."""
        return {**before, **change}

    def refusal(self, refusal: Refusal) -> Data:
        """The first problem only."""
        issue = refusal.issues[0]
        code, sentence = MESSAGES[issue.code]
        return {"fehler": {"code": code, "meldung": sentence.format_map(issue.values), "feld": issue.field}}

    def specials(self) -> Mapping[str, Special]:
        """Master data, and the posting of an invoice."""
        return {
            "lesenMandant": self._mandant,
            "listeSteuerschluessel": self._tax_codes,
            "buchenRechnungen": self._post,
        }

    def _mandant(self, call: Call) -> Answer:
        named = {"mandant": call.path["mandant"], "name": "Nordlicht Handels GmbH"}
        return Answer(200, {**named, "art": "Testmandant", "zeitzone": ZONE.key, "version": "7.4"})

    def _tax_codes(self, call: Call) -> Answer:  # noqa: ARG002 - the same for everybody
        codes = [
            {"schluessel": code, "satz": int(rate), "bezeichnung": TAX_NAMES[code]} for code, rate in TAX_RATES.items()
        ]
        return Answer(200, {"daten": codes})

    def _post(self, call: Call) -> Answer:
        record_id = self.record_id(call.path["id"])
        draft = self._store.get("rechnungen", record_id)
        posted = {**draft.data, "status": "G"}
        record = self._store.change("rechnungen", record_id, posted, call.principal.user)
        return Answer(200, self.record("rechnungen", record))


def _value(name: str) -> Callable[[Record], Any]:
    if name == "id":
        return lambda record: record.id
    if name == "geaendert_datum":
        return lambda record: record.updated
    return lambda record: record.data.get(name)


def _fits(record: Record, query: Mapping[str, Any]) -> bool:
    for name, wanted in query.items():
        if name in ("seite", "anzahl", "sortierung"):
            continue
        if name == "geaendert_ab":
            fits = record.updated.astimezone(ZONE).replace(tzinfo=None) >= _local(wanted)
        elif name == "email":
            fits = (record.data.get(name) or "").casefold() == wanted.casefold()
        else:
            fits = record.data.get(name) == wanted
        if not fits:
            return False
    return True


def _local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as nonsense:
        raise Refusal(400, Issue("invalid_parameter", "geaendert_ab")) from nonsense
