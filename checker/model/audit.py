"""Audit: everything one run found out, in the shape of `readiness audit --format json` (design.md, The audit)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from checker.model.checklist import Text
from checker.model.figures import RecordFigures
from checker.model.finding import Evidence, Finding
from checker.model.profile import Profile


class State(StrEnum):
    """An item's state for one subject."""

    READY = "ready"
    CONDITIONAL = "conditional"
    NOT_READY = "not-ready"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    NOT_PERMITTED = "not-permitted"
    WAIVED = "waived"
    ERROR = "error"


class NextStep(Struct, frozen=True, kw_only=True):
    """What to do about a result: a text of the catalogue or checklist by code, with values and its English rendering."""

    code: str
    says: str
    values: dict[str, Any] = field(default_factory=dict)


class WaiverNote(Struct, frozen=True, kw_only=True):
    """Who accepted the risk, why, until when."""

    who: str
    why: str
    until: str


class DataSource(Struct, frozen=True, kw_only=True):
    """Which records a result is about: how many, from where, when."""

    records: int
    source: str
    at: str


class Result(Struct, frozen=True, kw_only=True):
    """An item judged for one subject. One result per gate entry where an item weighs differently at several gates.

    `measure_done`: somebody marked a conditional's measure as done, so that it passes go-live. `assigned_to` names the person.
    """

    item: str
    subject: str
    state: State
    severity: str
    gate: str
    grade: str | None
    summary: str
    findings: tuple[str, ...] = ()
    measure: Text | None = None
    measure_done: bool = False
    next_step: NextStep | None = None
    assignee: str = ""
    assigned_to: str | None = None
    due: str | None = None
    lead_time_days: int = 0
    waits_on: str | None = None
    data_source: DataSource | None = None
    waiver: WaiverNote | None = None
    flows: tuple[str, ...] = ()


class Verdict(Struct, frozen=True, kw_only=True):
    """The asked gate's verdict. `gates` and `flows` hold a state per gate; `blocking` names `ITEM@SUBJECT`; `counts` counts results."""

    ready: bool
    gate: str
    gates: dict[str, str]
    flows: dict[str, dict[str, str]]
    blocking: tuple[str, ...]
    counts: dict[str, int]


class SystemSeen(Struct, frozen=True, kw_only=True):
    """What a system turned out to be. `reached` is null where no live probe ran."""

    base_url: str | None
    reached: bool | None
    profile: Profile | None
    sandbox: bool = False
    reached_from: str | None = None
    stateless: bool | None = None
    requests: int = 0


class ModeAlternative(Struct, frozen=True, kw_only=True):
    """One interval that was considered: the terms of the sum, calls a day after the retry factor, and whether it fits."""

    mode: str
    interval_minutes: int | None
    terms: dict[str, float]
    calls_per_day: float | None
    fits: bool | None


class Staleness(Struct, frozen=True, kw_only=True):
    """How old the other side's data may be, in minutes."""

    mean: float | None
    worst: float | None


class FlowMode(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The recommended mode of one flow in one direction. `mode` is null where none may be recommended yet."""

    flow: str
    from_: str
    to: str
    mode: str | None
    rule: str | None
    interval_minutes: int | None = None
    leading: str | None = None
    riders: tuple[str, ...] = ()
    provisional: bool = True
    reasons: tuple[str, ...] = ()
    why_not_faster: str | None = None
    arithmetic: dict[str, Any] = field(default_factory=dict)
    alternatives: tuple[ModeAlternative, ...] = ()
    staleness_minutes: Staleness | None = None
    settled_by: tuple[str, ...] = ()
    says: dict[str, Any] = field(default_factory=dict)


class SyncMode(Struct, frozen=True, kw_only=True):
    """The headline over all flows (webhooks, polling, full-compare, daily, not-possible-yet, mixed; null: none recommended)."""

    headline: str | None
    provisional: bool
    flows: tuple[FlowMode, ...] = ()


class StepOutcome(StrEnum):
    """How a situation of the rehearsal came out. `skipped`: it can't occur here, and the step says why."""

    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    DECISION = "decision"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Said(Struct, frozen=True, kw_only=True):
    """A sentence by its code (`catalogue/rehearsal.yaml`), with values; they are masked."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


class RehearsalStep(Struct, frozen=True, kw_only=True):
    """One situation of the rehearsal: what was done, what happened, and what the customer must decide.

    `actions` counts the sync's writes; `says` is the English rendering of what happened; `flow` is null where it is about all flows.
    """

    name: str
    outcome: StepOutcome
    says: str
    actions: int = 0
    flow: str | None = None
    did: tuple[Said, ...] = ()
    happened: tuple[Said, ...] = ()
    decide: tuple[Said, ...] = ()
    evidence: tuple[str, ...] = ()


class Rehearsal(Struct, frozen=True, kw_only=True):
    """The scripted series of syncs in sandbox mode."""

    steps: tuple[RehearsalStep, ...] = ()


class NotTested(Struct, frozen=True, kw_only=True):
    """Something this audit did not try; a text of the phrases by code."""

    code: str
    says: str
    values: dict[str, Any] = field(default_factory=dict)


class Coverage(Struct, frozen=True, kw_only=True):
    """How much was touched: [touched, all] operations and fields, and what was not tested."""

    operations: tuple[int, int] = (0, 0)
    fields: tuple[int, int] = (0, 0)
    not_tested: tuple[NotTested, ...] = ()


class FlowSeen(Struct, frozen=True, kw_only=True):
    """A flow as the report shows it."""

    name: str
    left: str
    right: str
    direction: str
    freshness_minutes: float | None
    role: str | None = None
    leading: str | None = None
    fields: int = 0


class ItemText(Struct, frozen=True, kw_only=True):
    """The texts of an item that occurs in the results, so that a saved audit can be rendered by itself."""

    section: str
    question: Text
    why: Text
    remedy: Text
    pack: str
    ask: Text | None = None
    lead_time_days: int = 0


class FindingText(Struct, frozen=True, kw_only=True):
    """The texts of a finding that occurs: `yes`, `no` and `unknown` with `{placeholders}`."""

    question: Text
    yes: Text
    no: Text
    unknown: Text
    remedy: Text


class Audit(Struct, frozen=True, kw_only=True):
    """Everything one run found out. Rendered without any other input. `made_from`: digests of the project file and the documents (`project`, `document:crm`).

    `records`: what the records say, null where none were read.
    """

    schema_version: int = 1
    project: str
    readiness_version: str
    started: str
    finished: str
    phases: tuple[str, ...]
    language: str = "en"
    go_live: str | None = None
    stopped: str | None = None
    made_from: dict[str, str] = field(default_factory=dict)
    verdict: Verdict
    systems: dict[str, SystemSeen]
    flows: tuple[FlowSeen, ...]
    findings: tuple[Finding, ...]
    results: tuple[Result, ...]
    sync_mode: SyncMode
    rehearsal: Rehearsal = field(default_factory=Rehearsal)
    coverage: Coverage = field(default_factory=Coverage)
    records: RecordFigures | None = None
    items: dict[str, ItemText]
    sections: dict[str, Text]
    texts: dict[str, FindingText]
    evidence: dict[str, Evidence]
