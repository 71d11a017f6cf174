"""Every item with its state, reason, findings and evidence, grouped by the checklist's sections. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.audit import Result
from checker.model.finding import Answer, Finding
from checker.model.text import safe
from checker.reports.book import OPEN, WORST_FIRST, Book, ItemRow, rank
from checker.reports.evidence import EvidenceBlock, answers
from checker.reports.matrix import MARKS
from checker.reports.words import Mark

LONGEST_TEXT = 900


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding in a sentence, with how sure it is and the keys of its evidence."""

    id: str
    subject: str
    mark: Mark
    grade: str
    says: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultBlock:
    """An item for one subject at one gate; texts are empty where there is nothing to say."""

    subject: str
    gate: str
    severity: str
    mark: Mark
    grade: str
    findings: tuple[FindingLine, ...]
    condition: str
    done: bool
    step: str
    who: str
    due: str
    lead_time: str
    waits: str
    data: str
    waiver: str


@dataclass(frozen=True, slots=True)
class ItemBlock:
    """An item over all its subjects; `unfold` where something is to be done about it."""

    id: str
    question: str
    why: str
    mark: Mark
    grade: str
    where: str
    unfold: bool
    said: tuple[EvidenceBlock, ...]
    results: tuple[ResultBlock, ...]


@dataclass(frozen=True, slots=True)
class SectionBlock:
    """A section of the checklist and how many of its items are in which state."""

    id: str
    title: str
    tallies: tuple[tuple[Mark, int], ...]
    items: tuple[ItemBlock, ...]


def sections(book: Book) -> tuple[SectionBlock, ...]:
    """All items by section, in the order of the results, which is the checklist's: a saved audit's mappings have none."""
    grouped: dict[str, list[ItemRow]] = {}
    for row in book.rows:
        text = book.audit.items.get(row.item)
        grouped.setdefault(text.section if text else "", []).append(row)
    return tuple(_section(book, section, rows) for section, rows in grouped.items())


def other_findings(book: Book) -> tuple[FindingLine, ...]:
    """Findings that no result names, bad news first."""
    named = {reference for one in book.audit.results for reference in one.findings}
    rest = [one for one in book.audit.findings if f"{one.id}@{one.subject}" not in named]
    return tuple(_line(book, one) for one in sorted(rest, key=lambda one: one.answer == Answer.YES))


def _section(book: Book, section: str, rows: list[ItemRow]) -> SectionBlock:
    title = book.audit.sections.get(section)
    counts = {state: sum(row.state == state for row in rows) for state in WORST_FIRST}
    return SectionBlock(
        id=section,
        title=safe(title.of(book.words.language)) if title else (safe(section) or book.words("items.section-none")),
        tallies=tuple((book.words.state(state), n) for state, n in counts.items() if n),
        items=tuple(_item(book, row) for row in rows),
    )


def _item(book: Book, row: ItemRow) -> ItemBlock:
    text = book.audit.items.get(row.item)
    results = sorted(row.results, key=lambda one: rank(WORST_FIRST, one.state))
    subjects = list(dict.fromkeys(book.names.subject(one.subject) for one in results))
    shown = 3
    return ItemBlock(
        id=row.item,
        question=book.question(row.item),
        why=book.words.quoted(safe(text.why.of(book.words.language), LONGEST_TEXT)) if text else "",
        mark=book.words.state(row.state),
        grade=book.words.grade(row.grade),
        where=", ".join(subjects[:shown]) + (f" +{len(subjects) - shown}" if len(subjects) > shown else ""),
        unfold=row.state in ("not-ready", "error"),
        said=answers(book, row.item),
        results=tuple(_result(book, one) for one in results),
    )


def _result(book: Book, one: Result) -> ResultBlock:
    words = book.words
    data, waiver = one.data_source, one.waiver
    settled = one.measure_done or str(one.state) in ("ready", "not-applicable", "waived")
    return ResultBlock(
        subject=book.names.subject(one.subject),
        gate=words.known(f"gate.{one.gate}", one.gate),
        severity=words.known(f"severity.{one.severity}", one.severity),
        mark=words.state(one.state),
        grade=words.grade(one.grade),
        findings=tuple(_line(book, finding) for finding in book.findings(one)),
        condition=safe(one.measure.of(words.language), LONGEST_TEXT) if one.measure else "",
        done=one.measure_done,
        step="" if settled else book.step(one),
        who="" if settled else _in_charge(book, one),
        due=words.date(one.due) if one.due and not settled else "",
        lead_time=words("items.lead-time", days=words.count("days", one.lead_time_days))
        if one.lead_time_days and not settled
        else "",
        waits="" if not one.waits_on else book.waits(one.waits_on)[1],
        data=words("items.data-source", n=data.records, source=data.source, at=words.date(data.at)) if data else "",
        waiver=words("waived-until", until=words.date(waiver.until), who=waiver.who, why=waiver.why) if waiver else "",
    )


def _in_charge(book: Book, one: Result) -> str:
    who = book.names.acts(one.assignee, one.subject, one.waits_on if str(one.state) in OPEN else None)
    return f"{who} ({safe(one.assigned_to)})" if one.assigned_to else who


def _line(book: Book, one: Finding) -> FindingLine:
    return FindingLine(
        id=safe(one.id),
        subject=book.names.subject(one.subject),
        mark=Mark(MARKS[one.answer], book.words(f"answer.{one.answer}")),
        grade=book.words.grade(one.grade),
        says=book.sentence(one),
        evidence=one.evidence,
    )
