"""Judging: items, findings and answers → results. Pure, once, at the end.

A result's state comes from the findings (`settle.py`) and from people (`people.py`):

- What was probed outweighs what people say, and the summary says that they differ.
- Otherwise the worse of both holds, so that a doubt stays visible: a document that says yes doesn't overrule a person who says no.
- A person who says that it is met confirms the measure of a condition that the findings gave, unless the measure is ours: a test.
- Where the findings leave an item open, people decide, with the grade *answered*, unless the gate asks for more than that.
- A waiver that still runs makes an open or bad result *waived*; one that has ended changes nothing and is named.

A result never gets better by silence: a severity that depends on a finding nobody has made is the worst that it may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from checker.catalogue import Claim
from checker.catalogue.steps import GRADES
from checker.checklist import people
from checker.checklist.next_steps import PERMITTED, Draft, next_step, waits_on
from checker.checklist.people import Said
from checker.checklist.settle import Known, Settled, answered, references, settle
from checker.model.audit import DataSource, Result, State, WaiverNote
from checker.model.checklist import Answers, Gate, Item, Severity
from checker.model.finding import CountEvidence, Evidence, Finding, Grade, Subject
from checker.model.instants import working_day
from checker.model.scope import FlowScope, Scope

WORST_FIRST = (
    State.NOT_READY, State.UNKNOWN, State.ERROR, State.NOT_PERMITTED, State.CONDITIONAL, State.READY, State.NOT_APPLICABLE,
)  # fmt: skip
US = "integrator"
DONE_WITH = frozenset({State.READY, State.WAIVED, State.NOT_APPLICABLE})
UNDECIDED = frozenset({State.UNKNOWN, State.ERROR, State.NOT_PERMITTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """All that a judgement rests on besides the item itself."""

    known: Known
    answers: Answers
    scope: Scope
    claims: Mapping[str, Claim]
    today: date
    go_live: date | None
    evidence: Mapping[str, Evidence]
    touched: bool = False


def judge(  # noqa: PLR0913 - all that a judgement rests on, the latter half by name
    items: Sequence[Item],
    findings: Iterable[Finding],
    answers: Answers,
    scope: Scope,
    *,
    claims: Mapping[str, Claim],
    today: date,
    go_live: date | None = None,
    evidence: Mapping[str, Evidence] | None = None,
) -> tuple[Result, ...]:
    """One result per item, subject and gate entry, in the checklist's order. The order of the findings doesn't matter.

    `claims` is the catalogue's; `evidence` tells where counted records came from. Raises KeyError for a claim that isn't in `claims`.
    """
    told = list(findings)
    bench = Bench(
        known=Known.of(told), answers=answers, scope=scope, claims=claims, today=today, go_live=go_live,
        evidence=evidence or {}, touched=any(one.id == PERMITTED for one in told),
    )  # fmt: skip
    drafts = [draft for item in items for draft in _drafts(item, bench)]
    by_item: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_item.setdefault(draft.item.id, []).append(draft)
    return tuple(_result(draft, by_item, bench) for draft in drafts)


def applies(item: Item, flow: FlowScope, subject: str) -> bool:
    """Whether the item's `when` holds for the flow, as far as the subject is concerned."""
    when = item.when
    fits = {"two-way": flow.two_way, "daily": flow.daily}.get(when.flows, True)
    return (
        fits
        and (not when.roles or flow.role in when.roles)
        and (not when.events or flow.events_wanted(Subject.parse(subject)))
    )


def severity(item: Item, subject: str, bench: Bench) -> Severity:
    """What "not ready" means here. The first rule that holds decides; one whose finding is missing counts if it is the worse."""
    if isinstance(item.severity, Severity):
        return item.severity
    possible: list[Severity] = []
    for rule in item.severity:
        if rule.if_ is None:
            possible.append(rule.is_)
            break
        claim = bench.claims[rule.if_]
        places = bench.scope.subjects_of_claim(subject, claim.scope, claim.stage)
        told = list(answered(bench.known, rule.if_, places))
        if rule.answer in told:
            possible.append(rule.is_)
            break
        if None in told or not told:
            possible.append(rule.is_)
    return min(possible, key=list(Severity).index, default=Severity.MAJOR)


def _drafts(item: Item, bench: Bench) -> Iterator[Draft]:
    """The item judged for each of its subjects and gate entries."""
    for subject in bench.scope.subjects(item.scope):
        concerned = bench.scope.flows_of(subject)
        flows = tuple(
            flow.name for flow in bench.scope.flows if flow.name in concerned and applies(item, flow, subject)
        )
        limited = item.when.flows != "any" or bool(item.when.roles) or item.when.events
        for gate, weight, least in _entries(item, subject, bench):
            blank = Draft(item=item, subject=subject, gate=gate, severity=weight, least=least, flows=flows)
            if limited and not flows:
                why = _why_not(item, [flow for flow in bench.scope.flows if flow.name in concerned])
                yield replace(blank, state=State.NOT_APPLICABLE, flows=concerned, summary=why)
            else:
                yield _judged(blank, bench)


def _why_not(item: Item, flows: Sequence[FlowScope]) -> str:
    """Why an item doesn't apply to any of the flows; a role that nobody recognised is named, since it may be wrong."""
    nameless = [flow.name for flow in flows if item.when.roles and flow.role is None]
    if nameless:
        return f"does not apply as far as is known: nobody has said what {', '.join(nameless)} carries (role)"
    return "does not apply: no flow here is of the kind that this is about"


def _entries(item: Item, subject: str, bench: Bench) -> Iterator[tuple[Gate, Severity, Grade | None]]:
    """Gate, severity and least grade of each of the item's gate entries, in the gates' order."""
    if isinstance(item.gate, Gate):
        yield item.gate, severity(item, subject, bench), None
        return
    for gate in Gate:
        if gate in item.gate:
            yield gate, item.gate[gate].severity, item.gate[gate].grade


def _judged(draft: Draft, bench: Bench) -> Draft:
    """State, grade and summary of one draft, waivers included."""
    item, subject, answers = draft.item, draft.subject, bench.answers
    settled = settle(item, subject, draft.least, bench.known, bench.scope, bench.claims)
    said = people.said(item, answers.answers.get(item.id, ()), subject)
    draft = replace(
        draft, settled=settled, said=said, assigned=people.assignment(answers.assignments.get(item.id, ()), subject)
    )
    draft = _weighed(draft, settled, said)
    holding, ended = people.waiver(answers.waivers.get(item.id, ()), subject, bench.today)
    if draft.state in DONE_WITH:
        return draft
    if holding is not None:
        note = WaiverNote(who=holding.who, why=holding.why, until=holding.until)
        summary = f"exception until {holding.until} ({holding.who}: {holding.why}); without it: {draft.summary}"
        return replace(draft, state=State.WAIVED, waiver=note, summary=summary)
    if ended is not None:
        summary = f"{draft.summary} (the exception that {ended.who} granted ended on {ended.until})"
        return replace(draft, ended=ended, summary=summary)
    return draft


def _weighed(draft: Draft, settled: Settled, said: Said) -> Draft:
    """Findings against people: see the module's docstring."""
    by_findings = replace(
        draft, state=settled.state, grade=settled.grade, measure=settled.measure, assignee=settled.assignee,
        summary=_found(draft, settled),
    )  # fmt: skip
    asked = said.state is not None and (said.state not in UNDECIDED or said.disagreed)
    if not settled.firm:
        return _by_people(draft, said) if said.state is not None else by_findings
    if not asked or said.state == settled.state:
        return by_findings
    differs = f"{by_findings.summary} – {_stated(said)}"
    if settled.state is State.CONDITIONAL and said.state is State.READY:
        # what we still have to test is not done because somebody is sure of it
        taker = settled.assignee or draft.item.assignee
        ours = taker == US and draft.item.ask.of != US
        return replace(by_findings, summary=differs, done=not ours)
    if settled.grade is Grade.PROBED or not _worse(said.state, settled.state):
        tested = " (the test decides)" if settled.grade is Grade.PROBED else ""
        return replace(by_findings, summary=differs + tested)
    return replace(_by_people(draft, said), summary=f"{_stated(said)} – although: {by_findings.summary}")


def _worse(one: State | None, other: State) -> bool:
    return one is not None and WORST_FIRST.index(one) < WORST_FIRST.index(other)


def _by_people(draft: Draft, said: Said) -> Draft:
    """What people say decides, as far as their word is enough at this gate."""
    state = said.state or State.UNKNOWN
    grade = None if state is State.UNKNOWN else Grade.ANSWERED
    enough = draft.least is None or Grade.ANSWERED.rank >= draft.least.rank
    if state in (State.READY, State.CONDITIONAL) and draft.least is not None and not enough:
        summary = f"{_stated(said)}; at this gate it has to be {GRADES[draft.least].en}"
        return replace(draft, state=State.UNKNOWN, grade=Grade.ANSWERED, summary=summary)
    return replace(
        draft, state=state, grade=grade, measure=said.measure, assignee=said.assignee, summary=_stated(said),
        by_people=True,
    )  # fmt: skip


def _stated(said: Said) -> str:
    """A person's word as a clause."""
    if said.step == "resolve-disagreement":
        return f"these persons answered differently: {(said.values or {})['people']}"
    if said.step == "ask-other":
        return f"{said.who or 'somebody'} does not know and names {(said.values or {})['other']}"
    if said.step == "await-answer":
        return f"an answer is promised for {said.due}"
    note = f" ({said.note})" if said.note else ""
    return f"{said.who or 'somebody'} stated: {said.answer}{note}"


def _found(draft: Draft, settled: Settled) -> str:
    """The deciding finding's sentence, or what is missing."""
    if settled.decider is not None:
        least = draft.least or next((need.grade for need in draft.item.needs), None)
        weak = settled.grade is not None and not settled.firm
        shown = (
            f" (only {GRADES[settled.grade].en}{f', needed: {GRADES[least].en}' if least else ''})"
            if weak and settled.grade
            else ""
        )
        return settled.decider.says + shown
    if draft.item.ask.of != "never" and not draft.item.needs:
        return "not answered yet"
    return "not looked at yet" if settled.gaps else "nothing settles this yet"


def _due(draft: Draft, bench: Bench) -> str | None:
    """Until when: as assigned, as promised, else backwards from go-live by the usual lead time (days), on a working day."""
    if draft.state in DONE_WITH:
        return None
    stated = draft.assigned.due or draft.said.due
    if stated is not None or bench.go_live is None:
        return stated
    return working_day(bench.go_live - timedelta(days=draft.item.lead_time_days)).isoformat()


def _source(draft: Draft, bench: Bench) -> DataSource | None:
    """Which records the result is about, where its evidence counts any."""
    for finding in draft.settled.findings:
        for key in finding.evidence:
            counted = bench.evidence.get(key)
            if isinstance(counted, CountEvidence):
                source = f"{counted.system}/{counted.resource}"
                return DataSource(records=counted.records, source=source, at=counted.at)
    return None


def _result(draft: Draft, by_item: Mapping[str, Sequence[Draft]], bench: Bench) -> Result:
    undecided = draft.state in UNDECIDED
    held_up_by = waits_on(draft, by_item, bench.claims, touched=bench.touched) if undecided else None
    done = draft.state is State.CONDITIONAL and (draft.assigned.done or draft.done)
    return Result(
        item=draft.item.id,
        subject=draft.subject,
        state=draft.state,
        severity=draft.severity,
        gate=draft.gate,
        grade=draft.grade,
        summary=draft.summary,
        findings=references(draft.settled.findings),
        measure=draft.measure if draft.state is State.CONDITIONAL else None,
        measure_done=done,
        next_step=None if draft.state in DONE_WITH or done else next_step(draft, held_up_by, by_item, bench.claims),
        assignee=draft.assignee or draft.item.assignee,
        assigned_to=draft.assigned.who,
        due=None if done else _due(draft, bench),
        lead_time_days=draft.item.lead_time_days,
        waits_on=held_up_by,
        data_source=_source(draft, bench),
        waiver=draft.waiver,
        flows=draft.flows,
    )
