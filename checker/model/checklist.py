"""Checklist items and a person's answers: the shapes of `checklists/*.yaml` and `answers.yaml`."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from checker.model.finding import Answer, Grade


class Severity(StrEnum):
    """What "not ready" means: blocker stops its gate, major is fixed or waived before hand-over, minor should be fixed, info is worth knowing."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class Gate(StrEnum):
    """The customer's stages, in order; reported only."""

    START = "start"
    BUILD = "build"
    GO_LIVE = "go-live"


class Text(Struct, frozen=True):
    """One text in both languages."""

    en: str
    de: str

    def of(self, language: str) -> str:
        """The text in `language` (en, de)."""
        return self.de if language == "de" else self.en


class Need(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of an item's needs: all of the claims must hold, seen at least with `grade`; then the item is `gives`.

    A `fallback` is weaker evidence for what an earlier line asks, no other way to the same end: it doesn't save one that was refuted.
    `assignee` takes the measure where that is not the item's own (usually us, where something is still to be tested).
    """

    all: tuple[str, ...]
    grade: Grade | None = None
    gives: str = "ready"
    measure: Text | None = None
    assignee: str | None = None
    fallback: bool = False


class Choice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer that a person may choose, and the state it gives; `assignee` as in `Need`."""

    id: str
    en: str
    de: str
    gives: str
    measure: Text | None = None
    assignee: str | None = None


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The question to a person. `of`: whom (an assignee, or `never` where only we measure). `answer`: choice, text, number, table."""

    of: str
    en: str = ""
    de: str = ""
    answer: str = "choice"
    choices: tuple[Choice, ...] = ()


class SeverityRule(Struct, frozen=True, kw_only=True, rename={"if_": "if", "is_": "is"}, forbid_unknown_fields=True):
    """`{if: CLAIM, answer: no, is: blocker}`, or `{is: major}` for otherwise. The first that holds decides."""

    is_: Severity
    if_: str | None = None
    answer: Answer | None = None


class GateEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weight of an item at one gate: own severity, and the least grade that counts there."""

    severity: Severity
    grade: Grade | None = None


class When(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an item applies. `flows`: any, two-way or daily; `roles`: only flows of these roles; `events`: only where events are wished or found."""

    flows: str = "any"
    roles: tuple[str, ...] = ()
    events: bool = False


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of a checklist (design.md, Files)."""

    id: str
    section: str
    question: Text
    why: Text
    remedy: Text
    scope: str
    severity: Severity | tuple[SeverityRule, ...]
    assignee: str
    gate: Gate | dict[Gate, GateEntry] = Gate.GO_LIVE
    when: When = field(default_factory=When)
    lead_time_days: int = 0
    needs: tuple[Need, ...] = ()
    ask: Ask = field(default_factory=lambda: Ask(of="never"))
    waits_on: str | None = None
    original: bool = False
    source: str = ""


class Pack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checklist file."""

    pack: str
    items: tuple[Item, ...]
    sections: dict[str, Text] = field(default_factory=dict)


class GivenAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's answer to an item. `answer` is a choice's id, a text, a number or a table; `ask` and `later` keep it open."""

    subject: str | None = None
    answer: Any = None
    who: str | None = None
    when: str | None = None
    note: str | None = None
    ask: str | None = None
    later: str | None = None


class Waiver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone accepts the risk until a date (ISO 8601)."""

    who: str
    why: str
    until: str
    subject: str | None = None


class Assignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who does it, until when, and whether the measure is done."""

    subject: str | None = None
    who: str | None = None
    due: str | None = None
    done: bool = False


class Answers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `answers.yaml`, by item id."""

    answers: dict[str, tuple[GivenAnswer, ...]] = field(default_factory=dict)
    waivers: dict[str, tuple[Waiver, ...]] = field(default_factory=dict)
    assignments: dict[str, tuple[Assignment, ...]] = field(default_factory=dict)
