"""Book: one audit opened in one language, with what every part of a report looks up. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from checker.catalogue import sentence
from checker.catalogue.steps import say
from checker.model.audit import Audit, Result
from checker.model.checklist import Gate, Severity
from checker.model.finding import Answer, Finding, Grade
from checker.model.text import safe
from checker.reports.words import Names, Words

# What an item is over all its subjects and gates: the first of these that occurs.
WORST_FIRST = (
    "not-ready", "error", "unknown", "not-permitted", "conditional", "waived", "ready", "not-applicable",
)  # fmt: skip
OPEN = frozenset({"unknown", "not-permitted", "error"})
STAGES = ("look", "touch", "later")  # of ours, that open items may wait for
LONGEST_STEP = 600  # characters of a question or a step where it stands in full
GATES = tuple(str(gate) for gate in Gate)
SEVERITIES = tuple(str(severity) for severity in Severity)


def rank(order: tuple[str, ...], value: str) -> int:
    """The place of a value in its order; what is not in it comes last."""
    return order.index(value) if value in order else len(order)


def worst(states: Iterable[str]) -> str:
    """The worst of some states; `not-applicable` where there are none."""
    return min(states, key=lambda state: rank(WORST_FIRST, state), default="not-applicable")


def shorten(text: str, longest: int) -> str:
    """At most `longest` characters, cut between words."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.–") + " …"


def full_stop(text: str) -> str:
    """The sentence with a sign at its end, so that another may follow."""
    return text if not text or text[-1] in ".!?:…" else text + "."


def is_item(cause: str) -> bool:
    """Whether what something waits for is an item, rather than a recipient's answers or a stage of ours."""
    return not cause.startswith(("answers:", "us:"))


def item_of(cause: str) -> str:
    """What something waits for, an item without its subject."""
    return cause.partition("@")[0] if is_item(cause) else cause


def capital(text: str) -> str:
    """The sentence with a capital at its beginning."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item over all its subjects: its worst state, the least grade it rests on, and what its open part waits for."""

    item: str
    state: str
    grade: str | None
    waits_on: str | None
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Book:
    """An audit and the words to tell it in."""

    audit: Audit
    words: Words
    names: Names

    @cached_property
    def by_reference(self) -> dict[str, list[Finding]]:
        """Findings by `ID@SUBJECT`, the surest first."""
        found: dict[str, list[Finding]] = {}
        for one in self.audit.findings:
            found.setdefault(f"{one.id}@{one.subject}", []).append(one)
        for same in found.values():
            same.sort(key=lambda one: -one.grade.rank)
        return found

    @cached_property
    def by_key(self) -> dict[str, list[Result]]:
        """Results by `ITEM@SUBJECT`: several where an item weighs differently at several gates."""
        found: dict[str, list[Result]] = {}
        for one in self.audit.results:
            found.setdefault(f"{one.item}@{one.subject}", []).append(one)
        return found

    @cached_property
    def rows(self) -> tuple[ItemRow, ...]:
        """All items, in the order of the results."""
        grouped: dict[str, list[Result]] = {}
        for one in self.audit.results:
            grouped.setdefault(one.item, []).append(one)
        return tuple(_row(item, results) for item, results in grouped.items())

    def findings(self, result: Result) -> list[Finding]:
        """What a result rests on, the surest first, bad news before good."""
        found = [one for reference in dict.fromkeys(result.findings) for one in self.by_reference.get(reference, [])]
        return sorted(found, key=lambda one: one.answer == Answer.YES)

    def sentence(self, finding: Finding) -> str:
        """A finding as a sentence of the language; its English rendering where the audit carries no texts for it."""
        texts = self.audit.texts.get(finding.id)
        if texts is None:
            return safe(finding.says)
        return self.words.quoted(sentence(texts, finding.answer, finding.values, self.words.language))

    def question(self, item: str) -> str:
        """An item's question; its id where the audit carries no texts for it."""
        text = self.audit.items.get(item)
        return self.words.quoted(safe(text.question.of(self.words.language), LONGEST_STEP)) if text else safe(item)

    def step(self, result: Result) -> str:
        """What to do next about a result, empty where nothing is to be done."""
        if result.next_step is not None:
            where = result.next_step.values.get("where")
            told = {"where": self.names.subject(str(where))} if where else {}
            step = replace(result.next_step, values={**result.next_step.values, **told})
            return self.words.quoted(safe(say(step, self.words.language), LONGEST_STEP))
        return self.words.quoted(safe(result.measure.of(self.words.language), LONGEST_STEP)) if result.measure else ""

    def waits(self, waits_on: str) -> tuple[str, str]:
        """What something waits for, as the group of phrases (item, answers, look, touch, later, us) and who or what it is."""
        kind, _, rest = waits_on.partition(":")
        if not is_item(waits_on):
            told = rest if rest in STAGES else "us"
            return ("answers", self.names.who(rest)) if kind == "answers" else (told, self.names.who("us"))
        item, _, subject = waits_on.partition("@")
        return "item", self.question(item) + (f" ({self.names.subject(subject)})" if subject else "")


def _row(item: str, results: list[Result]) -> ItemRow:
    state = worst(str(one.state) for one in results)
    deciding = [one for one in results if str(one.state) == state]
    grades = [Grade(one.grade) for one in deciding if one.grade in set(Grade)]
    return ItemRow(
        item=item,
        state=state,
        grade=min(grades, key=lambda one: one.rank) if grades else None,
        waits_on=next((one.waits_on for one in deciding if one.waits_on), None),
        results=tuple(results),
    )


def open_book(audit: Audit, language: str) -> Book:
    """The audit, ready to be told in `language` (en, de)."""
    words = Words(language)
    return Book(audit, words, Names(audit, words))
