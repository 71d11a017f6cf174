"""The account: from everything that was found to the audit that is shown. Pure; judged once, here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from checker import catalogue
from checker.checklist.contradictions import PREFIX as CONTRADICTION
from checker.checklist.contradictions import contradiction_texts, contradictions
from checker.checklist.gates import exit_code, verdict
from checker.checklist.judge import judge
from checker.checklist.load import items as items_of
from checker.checklist.people import statements
from checker.checklist.scope import scope_of
from checker.look import Seen, resource_names
from checker.model.audit import Audit, Coverage, FindingText, FlowSeen, ItemText, NotTested, Rehearsal, SystemSeen
from checker.model.checklist import Gate, Pack, Severity, Text
from checker.model.figures import RecordFigures
from checker.model.finding import Answer, Evidence, Finding
from checker.model.profile import Profile
from checker.model.scope import Scope
from checker.modes import choose, gather
from checker.numbering import numbered
from checker.project.load import LoadedProject

# What an audit leaves out, as phrases of the report.
UNTOUCHED = {"writes": "writing (the audit only read)"}
NOT_TESTED = {
    "load": "load",
    "outage": "outages over a day",
    "production-rights": "production rights",
}


@dataclass(frozen=True)
class Facts:
    """Everything that an audit rests on."""

    loaded: LoadedProject
    packs: Sequence[Pack]
    findings: Sequence[Finding]
    evidence: Mapping[str, Evidence]
    profiles: Mapping[str, Profile | None]
    seen: Mapping[str, Seen]
    stopped: bool
    live: bool
    gate: str
    fail_on: str | None
    today: date
    started: str
    finished: str
    version: str
    phases: tuple[str, ...] = ("look",)
    rehearsal: Rehearsal = field(default_factory=Rehearsal)
    made_from: Mapping[str, str] = field(default_factory=dict)
    records: RecordFigures | None = None


def account(facts: Facts) -> tuple[Audit, int]:
    """The audit, and the exit code of its verdict."""
    project = facts.loaded.project
    scope = scope_of(project, facts.profiles)
    claims = catalogue.claims()
    profiles = {name: one for name, one in facts.profiles.items() if one is not None}
    modes = gather(facts.findings, scope, project, profiles)
    computed = [*facts.findings, *modes.findings]
    findings, rehearsal, evidence = numbered(
        [*computed, *contradictions(computed, claims)], facts.evidence, facts.rehearsal
    )
    items = items_of(facts.packs)
    only = [item for item, _ in items.values()]
    said = {f"answer-{n}": one for n, one in enumerate(statements(only, facts.loaded.answers), start=1)}
    results = judge(
        only,
        findings,
        facts.loaded.answers,
        scope,
        claims=claims,
        today=facts.today,
        go_live=date.fromisoformat(project.go_live) if project.go_live else None,
        evidence=evidence,
    )
    decided = verdict(results, scope, Gate(facts.gate), Severity(facts.fail_on) if facts.fail_on else None)
    made = Audit(
        project=project.project,
        readiness_version=facts.version,
        started=facts.started,
        finished=facts.finished,
        phases=facts.phases,
        language=project.language,
        go_live=project.go_live,
        stopped="interrupted" if facts.stopped else None,
        made_from=dict(facts.made_from),
        verdict=decided,
        systems={name: system_seen(facts, name) for name in project.systems},
        flows=tuple(flows_seen(facts, scope)),
        findings=findings,
        results=results,
        sync_mode=choose(modes.facts),
        rehearsal=rehearsal,
        coverage=coverage(facts, findings),
        records=facts.records,
        items={name: item_text(facts, name) for name in items},
        sections={name: text for pack in facts.packs for name, text in pack.sections.items()},
        texts={name: texts_of(name) for name in sorted({one.id for one in findings})},
        evidence={**evidence, **said},
    )
    return made, exit_code(decided)


def texts_of(name: str) -> FindingText:
    """The texts of a finding's id, those of contradictions too."""
    claim = name.removeprefix(CONTRADICTION)
    return catalogue.finding_text(name) if claim == name else contradiction_texts(catalogue.claims()[claim])


def system_seen(facts: Facts, name: str) -> SystemSeen:
    """What a system turned out to be; of its profile only the resources that flows carry, since the rest is in the document."""
    settings, seen, profile = facts.loaded.project.systems[name], facts.seen[name], facts.profiles.get(name)
    wanted = resource_names(facts.loaded, name)
    return SystemSeen(
        base_url=seen.base_url or settings.base_url,
        reached=seen.reached,
        profile=None if profile is None else profile.with_resources(wanted),
        sandbox=settings.sandbox,
        reached_from=seen.reached_from,
        stateless=seen.stateless,
        requests=seen.requests,
    )


def flows_seen(facts: Facts, scope: Scope) -> Iterator[FlowSeen]:
    """The flows as the report shows them."""
    for flow, seen in zip(facts.loaded.project.flows, scope.flows, strict=True):
        yield FlowSeen(
            name=flow.name,
            left=flow.left,
            right=flow.right,
            direction=flow.direction,
            freshness_minutes=seen.freshness_minutes,
            role=seen.role,
            leading=flow.leading,
            fields=len(flow.fields),
        )


def item_text(facts: Facts, name: str) -> ItemText:
    """The texts of an item, so that the audit can be rendered by itself."""
    item, pack = items_of(facts.packs)[name]
    asked = (
        None if item.ask.of == "never" else Text(en=item.ask.en or item.question.en, de=item.ask.de or item.question.de)
    )
    return ItemText(
        section=item.section,
        question=item.question,
        why=item.why,
        remedy=item.remedy,
        pack=pack,
        ask=asked,
        lead_time_days=item.lead_time_days,
    )


def coverage(facts: Facts, findings: Sequence[Finding]) -> Coverage:
    """How much was touched: operations that a probe used, of all that the documents have; mapped fields, of all of the flows' resources."""
    used = {"list.readable": "list", "read.single": "read"}
    tried = {
        (one.subject, used[one.id]) for one in findings if one.id in used and one.answer in {Answer.YES, Answer.NO}
    }
    declared = sum(one.operations for one in facts.profiles.values() if one is not None)
    mapped = sum(len(flow.fields) for flow in facts.loaded.project.flows)
    known = 0
    for name, profile in facts.profiles.items():
        for resource in resource_names(facts.loaded, name):
            found = profile.resource(resource) if profile is not None else None
            known += len(found.schema) if found is not None else 0
    live = {} if facts.live else {"live": "the running systems (only the documents were read)"}
    writes = {} if "touch" in facts.phases else UNTOUCHED
    left_out = tuple(NotTested(code=code, says=says) for code, says in {**live, **writes, **NOT_TESTED}.items())
    return Coverage(operations=(len(tried), declared), fields=(2 * mapped, known), not_tested=left_out)
