"""What the customer's IT must allow, as a text to send: addresses, ports, methods, how many calls, how test records are told, how to stop it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from checker.model.text import fill, safe

if TYPE_CHECKING:
    from checker.project.load import LoadedProject
    from checker.project.types import System

PORTS = {"https": 443, "http": 80}
TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "# What we need for the check of {project}",
        "intro": "Before the two systems are connected, `readiness` checks whether they can be. It runs on one machine of ours, on our call only, and needs the following. Nothing is installed on your side.",
        "out": "## Outgoing: from our machine to your test systems",
        "from": "Our address: please read it off your firewall's log at the first attempt, or ask us; it is that of the machine which runs the check.",
        "later": "The integration itself will later come from: {ips}.",
        "nowhere": "- {system}: the address is not known yet.",
        "system": "- {system}: {scheme} to {host}, port {port}",
        "read": "  - reading: GET{search}, at most {most} calls in a check, at most {rate} a second, {concurrent} at a time",
        "search": " (and POST where searching is done so)",
        "write": "  - writing: POST, PUT, PATCH, DELETE with test records of our own, since this is marked as a test system; only after you agreed",
        "no-write": "  - nothing is written: the system is not marked as a test system",
        "token": "  - credentials are fetched at {host}, port {port}",
        "production": "  - production, reading only, until {until}, approved by {by}: {host}, port {port}",
        "in": "## Incoming: events from your systems to our receiver",
        "receiver": "- HTTPS POST to {url} (the path behind it is secret and is told to you separately)",
        "no-receiver": "- none: no address of a receiver is stated. To have events tried out, we need one that your systems reach.",
        "platform": "- later, in production: {url}",
        "mark": "## How our test records are told, and removed",
        "marks": "Each carries a word beginning with “{start}” and eight further letters and digits in one of its texts, the same in all records of one check. They are removed at the end; what can't be removed is listed, and `readiness cleanup` tries again.",
        "window": "## When, and how to stop it",
        "stop": "Usually a few minutes; tell us the hours that suit you. To stop it at once: call us, block the credentials, or close the firewall; what was found until then is kept, and records of ours are removed as soon as that is possible again.",
        "data": "Personal data stays on our machine and is masked in what we show; credentials are never stored.",
    },
    "de": {
        "title": "# Was wir für die Prüfung von {project} brauchen",
        "intro": "Bevor die beiden Systeme verbunden werden, prüft `readiness`, ob das geht. Es läuft auf einem Rechner bei uns, nur auf unseren Aufruf hin, und braucht Folgendes. Auf Ihrer Seite wird nichts installiert.",
        "out": "## Ausgehend: von unserem Rechner zu Ihren Testsystemen",
        "from": "Unsere Adresse: Bitte lesen Sie sie beim ersten Versuch im Protokoll Ihrer Firewall ab oder fragen Sie uns; es ist die des Rechners, auf dem die Prüfung läuft.",
        "later": "Die Integration selbst kommt später von: {ips}.",
        "nowhere": "- {system}: Die Adresse ist noch nicht bekannt.",
        "system": "- {system}: {scheme} zu {host}, Port {port}",
        "read": "  - Lesen: GET{search}, höchstens {most} Aufrufe je Prüfung, höchstens {rate} je Sekunde, {concurrent} gleichzeitig",
        "search": " (und POST, wo so gesucht wird)",
        "write": "  - Schreiben: POST, PUT, PATCH, DELETE mit eigenen Testdatensätzen, da dies als Testsystem gekennzeichnet ist; erst nach Ihrer Zustimmung",
        "no-write": "  - Es wird nichts geschrieben: Das System ist nicht als Testsystem gekennzeichnet.",
        "token": "  - Zugangsdaten werden bei {host}, Port {port}, geholt",
        "production": "  - Produktion, nur lesend, bis {until}, freigegeben von {by}: {host}, Port {port}",
        "in": "## Eingehend: Änderungsmeldungen Ihrer Systeme an unseren Empfänger",
        "receiver": "- HTTPS POST an {url} (der Pfad dahinter ist geheim und wird Ihnen getrennt mitgeteilt)",
        "no-receiver": "- keine: Es ist keine Adresse eines Empfängers angegeben. Um Änderungsmeldungen zu erproben, brauchen wir eine, die Ihre Systeme erreichen.",
        "platform": "- später, in Produktion: {url}",
        "mark": "## Woran unsere Testdatensätze zu erkennen sind und wie sie verschwinden",
        "marks": "Jeder trägt in einem seiner Texte ein Wort, das mit „{start}“ beginnt, gefolgt von acht Buchstaben und Ziffern; in allen Datensätzen einer Prüfung ist es dasselbe. Sie werden am Ende entfernt; was sich nicht entfernen lässt, wird aufgelistet, und `readiness cleanup` versucht es erneut.",
        "window": "## Wann, und wie man es anhält",
        "stop": "Üblicherweise wenige Minuten; nennen Sie uns die Stunden, die Ihnen passen. Um es sofort anzuhalten: Rufen Sie uns an, sperren Sie die Zugangsdaten oder schließen Sie die Firewall; das bis dahin Gefundene bleibt erhalten, und unsere Datensätze werden entfernt, sobald das wieder möglich ist.",
        "data": "Personenbezogene Daten bleiben auf unserem Rechner und sind in allem, was wir zeigen, maskiert; Zugangsdaten werden nie gespeichert.",
    },
}  # fmt: skip


def request(loaded: LoadedProject, language: str) -> Iterator[str]:
    """The text, line by line, as Markdown. Pure: nobody is asked."""
    from checker.resources.marks import MARK_START

    project, texts = loaded.project, TEXTS[language]
    yield fill(texts["title"], {"project": safe(project.project)}, language)
    yield from ("", texts["intro"], "", texts["out"], "", texts["from"])
    if project.platform and project.platform.static_ips:
        yield fill(texts["later"], {"ips": project.platform.static_ips}, language)
    yield ""
    for name, system in project.systems.items():
        yield from _system(name, system, texts, language)
    yield from ("", texts["in"], "")
    public = project.webhooks.public_url if project.webhooks else None
    yield fill(texts["receiver"], {"url": public}, language) if public else texts["no-receiver"]
    if project.platform and project.platform.receiver_url:
        yield fill(texts["platform"], {"url": project.platform.receiver_url}, language)
    yield from ("", texts["mark"], "", fill(texts["marks"], {"start": MARK_START}, language))
    yield from ("", texts["window"], "", texts["stop"], "", texts["data"])


def _system(name: str, system: System, texts: dict[str, str], language: str) -> Iterator[str]:
    at = _at(system.base_url)
    if at is None:
        yield fill(texts["nowhere"], {"system": name}, language)
        return
    limits = system.limits
    calls = {"most": limits.max_requests, "rate": limits.requests_per_second, "concurrent": limits.concurrent}
    yield fill(texts["system"], {"system": name, **at}, language)
    yield fill(texts["read"], {**calls, "search": texts["search"]}, language)
    token = _at(getattr(system.auth, "token_url", None))
    if token is not None:
        yield fill(texts["token"], token, language)
    if system.production is not None and (there := _at(system.production.base_url)) is not None:
        values = {"until": system.production.until, "by": system.production.approved_by, **there}
        yield fill(texts["production"], values, language)
    yield texts["write" if system.sandbox else "no-write"]


def _at(url: str | None) -> dict[str, str] | None:
    """Scheme, host and port of an address; None where there is none yet, or where it is a reference."""
    if not url or "${" in url:
        return None
    parts = urlsplit(url)
    if not parts.hostname:
        return None
    return {
        "scheme": parts.scheme.upper(),
        "host": parts.hostname,
        "port": str(parts.port or PORTS.get(parts.scheme) or "?"),
    }
