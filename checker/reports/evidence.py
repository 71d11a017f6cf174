"""The appendix: evidence as one can look it up, systems, coverage. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checker.model.audit import SystemSeen
from checker.model.finding import (
    ActionEvidence,
    Answer,
    CountEvidence,
    DocumentEvidence,
    Evidence,
    ExchangeEvidence,
    PersonEvidence,
    ProjectEvidence,
)
from checker.model.profile import Profile
from checker.model.text import safe
from checker.reports.book import Book

LONGEST_LINE = 160
LONGEST_ANSWER = 300
LONGEST_MESSAGE_LINE = 480  # a body often is one line
LONGEST_LINES = 20  # of one message; the whole stands in the JSON form
LONGEST_REPEAT = 1200
# What the page has room for: 3,000 pieces of evidence, fewer beside many findings, so that 5,000 of those stay under 2 MB
# (acceptance D44); one in eight with its messages. The JSON form has them all.
ROOM = 3000
LEAST_ROOM = 300
WHOLE_OF = 8
MOST_PLACES = 8  # of corrections by one file


@dataclass(frozen=True, slots=True)
class Message:
    """One side of an exchange, or an excerpt: a heading and lines that are shown as they stand."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceBlock:
    """A piece of evidence: one line, and for the most telling ones what was sent, answered or written."""

    key: str
    system: str
    line: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """What the page shows, and a sentence about the rest."""

    blocks: tuple[EvidenceBlock, ...]
    keys: frozenset[str]
    rest: str


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system as this audit met it."""

    name: str
    document: str
    facts: str
    address: str
    reached: str
    kind: str
    requests: str
    corrected: str


def evidence_list(book: Book) -> EvidenceList:
    """All evidence by number; that of bad news keeps its messages first where there is too much."""
    evidence = dict(sorted(book.audit.evidence.items(), key=lambda pair: natural(pair[0])))
    bad = {key for one in book.audit.findings if one.answer != Answer.YES for key in one.evidence}
    by_weight = sorted(evidence, key=lambda key: key not in bad)
    room = max(LEAST_ROOM, ROOM - len(book.audit.findings) // 2)
    listed, full = set(by_weight[:room]), set(by_weight[: room // WHOLE_OF])
    blocks = tuple(_block(book, key, one, whole=key in full) for key, one in evidence.items() if key in listed)
    rest = len(evidence) - len(blocks)
    return EvidenceList(blocks, frozenset(listed), book.words("evidence.in-json", n=rest) if rest else "")


def natural(key: str) -> list[tuple[int, str]]:
    """The order in which people count: ex-2 before ex-10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", key)]


def answers(book: Book, item: str) -> tuple[EvidenceBlock, ...]:
    """What people said about an item."""
    return tuple(
        EvidenceBlock(key, "", _line(book, one), ())
        for key, one in sorted(book.audit.evidence.items(), key=lambda pair: natural(pair[0]))
        if isinstance(one, PersonEvidence) and one.item == item
    )


def _block(book: Book, key: str, one: Evidence, *, whole: bool) -> EvidenceBlock:
    system = getattr(one, "system", None)
    return EvidenceBlock(
        key=key,
        system=book.names.system(system) if system else "",
        line=_line(book, one),
        messages=tuple(_messages(book, one)) if whole else (),
    )


def _line(book: Book, one: Evidence) -> str:
    """What the evidence is, in one line."""
    words = book.words
    match one:
        case ExchangeEvidence():
            request = f"{one.request.get('method', '')} {one.request.get('url', '')}"
            status = (one.response or {}).get("status")
            took = (
                f" ({words('evidence.milliseconds', n=words.number(round(one.milliseconds)))})"
                if one.milliseconds
                else ""
            )
            answer = status if status is not None else words("evidence.no-response", error=one.error)
            return f"{safe(request, LONGEST_LINE)} → {safe(answer)}{took}, {words.instant(one.at)}"
        case DocumentEvidence():
            line = f", {words('evidence.line', n=one.line)}" if one.line else ""
            return f"{safe(one.source, LONGEST_LINE)} {safe(one.pointer, LONGEST_LINE)}{line}"
        case ProjectEvidence():
            line = f", {words('evidence.line', n=one.line)}" if one.line else ""
            return f"{safe(one.file, LONGEST_LINE)} {safe(one.key, LONGEST_LINE)}{line}"
        case CountEvidence():
            counted = words("evidence.counted", n=one.records, resource=one.resource)
            return f"{counted}, {words.instant(one.at)}"
        case PersonEvidence():
            said = words("evidence.said", who=one.who or words("evidence.nobody"))
            when = f", {words.date(one.when)}" if one.when else ""
            about = f" ({book.names.subject(one.subject)})" if one.subject else ""
            plain = words.number(int(one.answer)) if one.answer.isdecimal() else one.answer
            answer = safe(one.says.get(words.language) or plain or "–", LONGEST_ANSWER)
            note = f" – {safe(one.note, LONGEST_ANSWER)}" if one.note else ""
            return f"{said}{when}{about}: {answer}{note}"
        case ActionEvidence():
            about = book.names.flow(one.flow) if one.flow else words("gates.all")
            return f"{about}: {safe(one.action)}"


def _messages(book: Book, one: Evidence) -> list[Message]:
    words = book.words
    match one:
        case ExchangeEvidence():
            found = [Message(words("evidence.request"), _http(book, one.request))]
            if one.response is not None:
                found.append(Message(words("evidence.response"), _http(book, one.response)))
            if one.repeat:
                found.append(
                    Message(words("evidence.repeat"), _lines(book, safe(one.repeat, LONGEST_REPEAT), cut=False))
                )
            return found
        case DocumentEvidence() | ProjectEvidence():
            return [Message("", _lines(book, one.excerpt))] if one.excerpt else []
        case CountEvidence():
            counts = tuple(f"{safe(key)}: {_number(book, value)}" for key, value in sorted(one.counted.items()))
            examples = words("evidence.examples", list=list(one.examples))
            return [Message("", (*counts, *((examples,) if one.examples else ())))]
        case PersonEvidence():
            return []
        case ActionEvidence():
            return [Message("", _lines(book, _json(one.detail)))] if one.detail else []


def _number(book: Book, value: object) -> str:
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return book.words.number(value) if whole else safe(value)  # type: ignore[arg-type]


def _http(book: Book, message: Mapping[str, Any]) -> tuple[str, ...]:
    """A request or an answer as it went over the line: first line, headers, body."""
    first = [f"{message['method']} {message.get('url', '')}"] if "method" in message else []
    if "status" in message:
        first = [f"HTTP {message['status']}"]
    headers = message.get("headers")
    pairs = sorted(headers.items()) if isinstance(headers, Mapping) else (headers or ())
    named = [f"{pair[0]}: {pair[1]}" for pair in pairs if len(pair) > 1]
    body = message.get("body")
    text = "" if body is None else body if isinstance(body, str) else _json(body)
    return _lines(book, "\n".join([*first, *named, *(["", text] if text else [])]))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str)


def _lines(book: Book, text: str, *, cut: bool = True) -> tuple[str, ...]:
    lines = text.splitlines()
    shown = tuple(
        safe(line.replace("\t", "    "), LONGEST_MESSAGE_LINE if cut else LONGEST_REPEAT)
        for line in lines[:LONGEST_LINES]
    )
    return (*shown, book.words("evidence.shortened")) if len(lines) > LONGEST_LINES else shown


def system_rows(book: Book) -> tuple[SystemRow, ...]:
    """The systems as this audit met them."""
    return tuple(_system(book, name, book.audit.systems[name]) for name in book.names.systems())


def _system(book: Book, name: str, seen: SystemSeen) -> SystemRow:
    words, profile = book.words, seen.profile
    reached = {True: "systems.reached.yes", False: "systems.reached.no", None: "systems.reached.unknown"}[seen.reached]
    kinds = [words("systems.sandbox" if seen.sandbox else "systems.not-sandbox")]
    if seen.stateless:
        kinds.append(words("systems.stateless"))
    facts = []
    if profile is not None:
        valid = {True: words("systems.valid.yes"), None: words("systems.valid.unknown")}
        facts = [
            safe(f"OpenAPI {profile.document.openapi}"),
            words.count("systems.operations", profile.operations),
            words.count("systems.resources", len(profile.resources)),
            valid.get(profile.valid) or words.count("systems.valid.no", max(1, len(profile.problems))),
        ]
    return SystemRow(
        name=book.names.system(name),
        document=safe(f"{profile.document.title} {profile.document.version}") if profile else words("systems.none"),
        facts=", ".join(facts),
        address=safe(seen.base_url or "–"),
        reached=words("systems.reached.from", address=seen.reached_from)
        if seen.reached and seen.reached_from
        else words(reached),
        kind="; ".join(kinds),
        requests=words.number(seen.requests),
        corrected="; ".join(_corrected(profile)) if profile else "",
    )


def _corrected(profile: Profile) -> Iterator[str]:
    """What the customer's own files overrode of the document, by file."""
    for by in dict.fromkeys(one.by for one in profile.corrections):
        places = [safe(one.at, 80) for one in profile.corrections if one.by == by]
        more = f" … ({len(places)})" if len(places) > MOST_PLACES else ""
        yield f"{safe(by)}: {', '.join(places[:MOST_PLACES])}{more}"
