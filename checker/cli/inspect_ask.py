"""`readiness inspect --ask`: what the document leaves open, as questions to the vendor in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.model.profile import Profile, ResourceProfile

TELLS = {
    "en": {
        "title": "# Questions about the interface of {title} {version}",
        "intro": "The document ({source}) doesn't answer these. Please answer each in a line; “not possible” is an answer, too.",
        "whole": "## The interface as a whole",
        "valid": "The document is not valid (first problem: {first}). Is there a corrected one?",
        "auth": "How does a program sign in that runs unattended? The document names no way.",
        "servers": "What is the address of the test system? The document names no server.",
        "limits": "How many calls per second and per day are allowed, and which headers tell what is left?",
        "webhooks": "Are there events (webhooks) for created, changed and deleted records, and how are they signed?",
        "sandbox": "What differs between test system and production (limits, edition, retries of events)?",
        "list": "Which call lists {name}?",
        "paging": "How is the list of {name} read page by page, and what is the largest page?",
        "max": "What is the largest page of {name}?",
        "since": "How can we ask for {name} that were changed since an instant? Is a record on that instant included, and in which zone is it read?",
        "filter": "By which fields can the list of {name} be filtered?",
        "deletes": "How do we learn that one of {name} was deleted?",
        "id": "Which field of {name} is the id, and does it ever change?",
        "updated": "Which field of {name} tells the time of the last change, and does it move when a sub-record changes?",
        "external": "Is there a field of {name} for the other system's id?",
        "create": "Which call creates {name}, and how is a second creation prevented when the first answer is lost?",
        "update": "Which call changes {name}, and does it clear what is left out?",
        "rules": "Which fields of {name} are demanded, how long may texts be, and what is unique?",
        "none": "Nothing is left open.",
    },
    "de": {
        "title": "# Fragen zur Schnittstelle von {title} {version}",
        "intro": "Das Dokument ({source}) beantwortet sie nicht. Bitte antworten Sie je in einer Zeile; „nicht möglich“ ist auch eine Antwort.",
        "whole": "## Die Schnittstelle als Ganzes",
        "valid": "Das Dokument ist nicht gültig (erstes Problem: {first}). Gibt es ein berichtigtes?",
        "auth": "Wie meldet sich ein Programm an, das unbeaufsichtigt läuft? Das Dokument nennt keinen Weg.",
        "servers": "Wie lautet die Adresse des Testsystems? Das Dokument nennt keinen Server.",
        "limits": "Wie viele Aufrufe je Sekunde und je Tag sind erlaubt, und welche Kopfzeilen sagen, was übrig ist?",
        "webhooks": "Gibt es Änderungsmeldungen (Webhooks) für angelegte, geänderte und gelöschte Datensätze, und wie sind sie signiert?",
        "sandbox": "Worin unterscheiden sich Testsystem und Produktion (Grenzen, Edition, Wiederholung von Meldungen)?",
        "list": "Welcher Aufruf listet {name} auf?",
        "paging": "Wie wird die Liste von {name} seitenweise gelesen, und wie groß ist die größte Seite?",
        "max": "Wie groß ist die größte Seite von {name}?",
        "since": "Wie fragen wir nach {name}, die seit einem Zeitpunkt geändert wurden? Gehört ein Datensatz genau auf diesem Zeitpunkt dazu, und in welcher Zone wird er gelesen?",
        "filter": "Nach welchen Feldern lässt sich die Liste von {name} filtern?",
        "deletes": "Woran erkennen wir, dass einer von {name} gelöscht wurde?",
        "id": "Welches Feld von {name} ist die ID, und ändert sie sich je?",
        "updated": "Welches Feld von {name} nennt die Zeit der letzten Änderung, und bewegt sie sich, wenn sich ein Unterdatensatz ändert?",
        "external": "Gibt es bei {name} ein Feld für die ID des anderen Systems?",
        "create": "Welcher Aufruf legt {name} an, und wie wird ein zweites Anlegen verhindert, wenn die erste Antwort verloren geht?",
        "update": "Welcher Aufruf ändert {name}, und leert er, was weggelassen wird?",
        "rules": "Welche Felder von {name} sind Pflicht, wie lang dürfen Texte sein, und was ist eindeutig?",
        "none": "Es ist nichts offen.",
    },
}  # fmt: skip


def questions(profile: Profile, language: str, *, everything: bool = False) -> Iterator[str]:
    """Markdown lines; resources without a known role only with `everything`."""
    from checker.model.text import safe

    tells = TELLS[language]
    document = profile.document
    yield safe(tells["title"].format(title=document.title, version=document.version).strip())
    yield ""
    yield safe(tells["intro"].format(source=document.source))
    yield ""
    yield tells["whole"]
    yield ""
    for code in _whole(profile):
        first = profile.problems[0].message if profile.problems else ""
        yield safe(f"- {tells[code].format(first=first)}")
    for one in profile.resources:
        open_ = list(_open(one)) if everything or one.role else []
        if open_:
            yield ""
            yield safe(f"## {one.name}")
            yield ""
            yield from (safe(f"- {tells[code].format(name=one.name)}") for code in open_)


def _whole(profile: Profile) -> Iterator[str]:
    """What is open of the interface as a whole; limits and events are asked wherever nobody wrote them down."""
    if profile.valid is False:
        yield "valid"
    if not profile.auth:
        yield "auth"
    if not profile.document.servers:
        yield "servers"
    yield "limits"
    if profile.webhooks.kind == "none":
        yield "webhooks"
    yield "sandbox"


def _open(one: ResourceProfile) -> Iterator[str]:
    if not (one.operations.list or one.operations.search):
        yield "list"
        return
    if one.pagination.style in {"none", "unknown"}:
        yield "paging"
    elif one.pagination.max_page_size is None:
        yield "max"
    checks = (
        ("since", one.updated_since.supported), ("filter", one.filtering.supported), ("id", one.fields.id), ("updated", one.fields.updated),
        ("deletes", one.fields.deleted or one.updated_since.deletes or one.updated_since.deleted_query), ("external", one.fields.external_id), ("create", one.operations.create),
        ("update", one.operations.update), ("rules", one.validation.required or one.validation.max_length),
    )  # fmt: skip
    yield from (code for code, there in checks if not there)
