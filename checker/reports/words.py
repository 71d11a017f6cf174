"""Words: the reports' phrases, numbers, dates and names in one language. Pure but for reading `reports/phrases.yaml` once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import msgspec
import yaml

from checker.data_files import data_folder
from checker.model.audit import Audit, FlowSeen, StepOutcome
from checker.model.checklist import Text
from checker.model.finding import Subject
from checker.model.text import fill, number, safe

LANGUAGES = ("en", "de")
# One sign per state, always beside its word (report-and-words.md, section 3); capability cells and gates use the same.
SYMBOLS = {
    "ready": "✔",
    "conditional": "◐",
    "not-ready": "✖",
    "unknown": "?",
    "not-applicable": "–",
    "not-permitted": "R",
    "waived": "A",
    "error": "!",
}
# How a situation of the rehearsal came out, with the signs of the items' states.
OUTCOMES: Mapping[StepOutcome, str] = {
    StepOutcome.PASS: "ready",
    StepOutcome.FAIL: "not-ready",
    StepOutcome.DECISION: "conditional",
    StepOutcome.SKIPPED: "not-applicable",
    StepOutcome.UNKNOWN: "unknown",
}
ONLY_SHOWN = frozenset({"none", "needed", "wanted"})  # cells of the capability matrix
DATE_PATTERNS = {"en": "d MMM y", "de": "dd.MM.y"}
MONTH_PATTERN = "MMM y"
TICKS = re.compile(r"`([^`\n]+)`")
MINUTES_AN_HOUR = 60
MINUTES_A_DAY = 1440
OF_A_SYSTEM = ("system owner", "vendor")  # functions that there are once for each system
ABBREVIATION = 3  # a system's name up to this length is an abbreviation (crm, erp) and shown in capitals


@cache
def phrases() -> Mapping[str, Text]:
    """All phrases by key, in both languages."""
    text = data_folder("reports").joinpath("phrases.yaml").read_text("utf-8")
    found = msgspec.convert(yaml.load(text, yaml.CSafeLoader), dict[str, dict[str, str]])
    return {key: Text(**both) for key, both in found.items()}


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as it is shown: `state` names it in style sheets, `word` says it."""

    state: str
    word: str

    @property
    def symbol(self) -> str:
        """The sign that stands before the word."""
        return SYMBOLS.get(self.state, "?")

    @property
    def css(self) -> str:
        """The state as style sheets name it; anyone's word that is no state of ours is open."""
        return self.state if self.state in SYMBOLS or self.state in ONLY_SHOWN else "unknown"


@dataclass(frozen=True, slots=True)
class Words:
    """Everything a report says that the audit does not say itself, in `language` (en, de)."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The phrase of that key, filled. Raises KeyError for a key that isn't there."""
        return fill(phrases()[key].of(self.language), values, self.language)

    def has(self, key: str) -> bool:
        """Whether there is a phrase of that key."""
        return key in phrases()

    def known(self, key: str, otherwise: str) -> str:
        """The phrase of that key, or `otherwise`, made safe, where there is none."""
        text = phrases().get(key)
        return text.of(self.language) if text is not None else safe(otherwise)

    def quoted(self, text: str) -> str:
        """Text in which names in backticks stand in the language's quotation marks."""
        return TICKS.sub("„\\1“" if self.language == "de" else "“\\1”", text)

    def count(self, key: str, n: int, **values: object) -> str:
        """The phrase for one or for many."""
        return self(f"{key}.one" if n == 1 else f"{key}.many", n=n, **values)

    def date(self, text: str | None) -> str:
        """An ISO 8601 date or instant as a date of the language; what is none is shown as it stands."""
        found = day(text)
        if found is None:
            return safe(text) if text else "–"
        from babel.dates import format_date  # noqa: PLC0415 - slow to import

        return format_date(found, DATE_PATTERNS[self.language], locale=self.language)

    def month(self, text: str) -> str:
        """An ISO 8601 month (2026-11) with its name shortened; what is none is shown as it stands."""
        found = day(f"{text}-01")
        if found is None:
            return safe(text)
        from babel.dates import format_date  # noqa: PLC0415 - slow to import

        return format_date(found, MONTH_PATTERN, locale=self.language)

    def instant(self, text: str | None) -> str:
        """An ISO 8601 instant as date and time in UTC; what is none is shown as it stands."""
        try:
            at = datetime.fromisoformat(text or "")
        except ValueError:
            return safe(text) if text else "–"
        zoned = at.astimezone(UTC) if at.tzinfo else at
        return f"{self.date(zoned.date().isoformat())} {zoned:%H:%M}{' UTC' if at.tzinfo else ''}"

    def number(self, value: float) -> str:
        """A number, whole where it is whole, with the language's separators."""
        return number(int(value) if float(value).is_integer() else round(value, 1), self.language)

    def percent(self, part: float, whole: float) -> str:
        """A part of a whole in percent, without digits after the comma."""
        return f"{round(100 * part / whole)} %" if whole else "–"

    def age(self, minutes: float) -> str:
        """A duration as a reader says it: seconds, minutes, hours, or 1 h 30 min."""
        if 0 < minutes < 1:
            return self.count("seconds", max(1, round(minutes * 60)))
        hours, rest = divmod(round(minutes), MINUTES_AN_HOUR)
        if not hours:
            return self.count("minutes", rest)
        return f"{self.number(hours)} h {rest} min" if rest else self.count("hours", hours)

    def every(self, minutes: int) -> str:
        """An interval: every 10 minutes, hourly, daily."""
        for unit, size in (("days", MINUTES_A_DAY), ("hours", MINUTES_AN_HOUR)):
            if minutes >= size and minutes % size == 0:
                return self.count(f"every.{unit}", minutes // size)
        return self.count("every.minutes", minutes)

    def system(self, name: str | None) -> str:
        """A system's name: short ones are abbreviations and stand in capitals."""
        name = name or "–"
        return safe(name.upper() if len(name) <= ABBREVIATION else name)

    def flow(self, name: str) -> str:
        """A flow's name: usual ones in the reader's language, others as the customer wrote them."""
        return self.known(f"flow-name.{name}", name)

    def route(self, left: str, right: str, direction: str) -> str:
        """Between which systems a flow travels, and which way: CRM ⇄ ERP. Sides as the project file names them."""
        arrow = {"left-to-right": "→", "right-to-left": "←"}.get(direction, "⇄")
        return f" {arrow} ".join(self.system(end.partition("/")[0]) for end in (left, right))

    def state(self, state: str) -> Mark:
        """An item's state."""
        return Mark(state, self.known(f"state.{state}", state))

    def gate_state(self, state: str) -> Mark:
        """A gate's state: clear, blocked, open."""
        return Mark(state, self.known(f"gate-state.{state}", state))

    def outcome(self, outcome: StepOutcome) -> Mark:
        """How a situation of the rehearsal came out."""
        return Mark(OUTCOMES[outcome], self(f"outcome.{outcome}"))

    def grade(self, grade: str | None) -> str:
        """How sure: tested, documented, stated …; empty where nothing is known."""
        return self.known(f"grade.{grade}", grade) if grade else ""


def day(text: str | None) -> date | None:
    """The day of an ISO 8601 date or instant, if it is one."""
    try:
        return datetime.fromisoformat(text or "").date()
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Names:
    """How an audit's systems, flows, subjects and assignees are called in front of a customer."""

    audit: Audit
    words: Words

    def system(self, name: str | None) -> str:
        """A system, as `Words.system` has it."""
        return self.words.system(name)

    def pair(self) -> str:
        """Both systems: CRM ↔ ERP."""
        return " ↔ ".join(map(self.system, self.systems())) or self.words("both")

    def systems(self) -> list[str]:
        """The systems' names, left before right as the flows have them; a saved audit's mapping has no order of its own."""
        ends = [end.partition("/")[0] for flow in self.audit.flows for end in (flow.left, flow.right)]
        return [name for name in dict.fromkeys([*ends, *sorted(self.audit.systems)]) if name in self.audit.systems]

    def flow(self, name: str) -> str:
        """A flow, as `Words.flow` has it."""
        return self.words.flow(name)

    def route(self, flow: FlowSeen) -> str:
        """Between which systems a flow travels, and which way: CRM ⇄ ERP."""
        return self.words.route(flow.left, flow.right, flow.direction)

    def subject(self, text: str) -> str:
        """A finding's subject in words: `crm/contacts` is CRM contacts, `flow:orders:crm->erp` is Orders CRM → ERP."""
        subject = Subject.parse(text)
        if subject.flow is not None:
            shown = self.flow(subject.flow)
            if subject.source is not None:
                shown += f" {self.direction(subject.source, subject.target)}"
        elif subject.system is not None:
            shown = " ".join([self.system(subject.system), *([safe(subject.resource)] if subject.resource else [])])
        else:
            shown = self.pair()
        return f"{shown}, {safe(subject.part)}" if subject.part else shown

    def direction(self, source: str, target: str | None) -> str:
        """CRM → ERP."""
        return f"{self.system(source)} → {self.system(target)}"

    def acts(self, assignee: str, subject: str = "pair", waits_on: str | None = None) -> str:
        """Who has to act: we, where it waits for us; whoever is asked; and whoever looks after the system, where its vendor has to be asked."""
        kind, _, rest = (waits_on or "").partition(":")
        wanted = {"us": "us", "answers": rest}.get(kind, assignee)
        return self.who("system owner" if wanted == "vendor" else wanted, subject)

    def who(self, assignee: str, subject: str = "pair") -> str:
        """A function as the customer is addressed: Your IT, Your ERP owner. A name that is no function is shown as it is."""
        if not assignee:
            return self.words("who.nobody")
        if assignee in OF_A_SYSTEM:
            system = Subject.parse(subject).system
            if system is None:
                return self.words(f"who.{assignee}-any")
            return self.words(f"who.{assignee}", system=self.system(system))
        return self.words.known(f"who.{assignee}", assignee)
