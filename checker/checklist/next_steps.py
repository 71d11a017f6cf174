"""What an open or bad result waits for, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checker.catalogue import Claim
from checker.catalogue.steps import GRADES, bilingual, step
from checker.catalogue.words import localised
from checker.checklist.people import Said
from checker.checklist.settle import Gap, Settled, Why
from checker.model.audit import NextStep, State, WaiverNote
from checker.model.checklist import Assignment, Gate, Item, Severity, Text, Waiver
from checker.model.finding import Finding, Grade, Subject
from checker.model.text import fill

# Stages of the catalogue by the phase of the audit that brings them; all others belong to the look.
TOUCH_STAGES = frozenset({"write", "webhook", "rehearsal"})
LATER_STAGES = frozenset({"data"})
PERMITTED = "write.permitted"  # told where an audit went on to its writing part, or would have
# Reasons why the writing part left a claim open that another run of it would settle.
ANOTHER_RUN = frozenset({"no-permit", "not-agreed", "not-rehearsed", "stopped", "offline"})
HOLDS_UP = frozenset({State.NOT_READY, State.UNKNOWN, State.ERROR, State.NOT_PERMITTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An item judged for one subject and gate entry, before it is known what it waits for.

    `least` is the gate entry's least grade; `by_people` whether their word decided; `done` whether a conditional's measure is taken; `assignee`
    who takes it, where that is not the item's own; `ended` a waiver that has run out.
    """

    item: Item
    subject: str
    gate: Gate
    severity: Severity
    least: Grade | None
    flows: tuple[str, ...]
    state: State = State.UNKNOWN
    grade: Grade | None = None
    measure: Text | None = None
    assignee: str | None = None
    summary: str = ""
    settled: Settled = field(default_factory=lambda: Settled(State.UNKNOWN))
    said: Said = field(default_factory=Said)
    assigned: Assignment = field(default_factory=Assignment)
    waiver: WaiverNote | None = None
    ended: Waiver | None = None
    by_people: bool = False
    done: bool = False


def waits_on(
    draft: Draft, by_item: Mapping[str, Sequence[Draft]], claims: Mapping[str, Claim], *, touched: bool = False
) -> str | None:
    """What holds an open result up: `ITEM@SUBJECT`, `answers:RECIPIENT`, `us:look`, `us:touch`, `us:later`; None: a reason of its own.

    The item's own `waits_on` comes first, followed to the end of the chain, so that everything behind one cause stands together.
    """
    recipient = draft.item.ask.of if draft.item.ask.of != "never" else draft.item.assignee
    if draft.said.step is not None:
        return f"answers:{recipient}"
    root = _root(draft, by_item)
    if root is not None:
        return f"{root.item.id}@{root.subject}"
    unanswered = draft.said.state is None and draft.item.ask.of != "never"
    if not draft.item.needs:
        return f"answers:{recipient}" if unanswered else None
    return _by_stage(draft.settled.gaps, claims, recipient, unanswered=unanswered, touched=touched)


def _by_stage(
    gaps: Sequence[Gap], claims: Mapping[str, Claim], recipient: str, *, unanswered: bool, touched: bool
) -> str | None:
    """What the gaps wait for. What a later phase will settle by itself isn't asked before; `touched`: the writing part was there already."""
    if any(gap.why in (Why.ERROR, Why.NOT_PERMITTED) for gap in gaps):
        return None
    stages = {gap.claim: claims[gap.claim].stage for gap in gaps if gap.claim in claims}
    ours = [gap for gap in gaps if stages.get(gap.claim) not in TOUCH_STAGES | LATER_STAGES or _tried(gap)]
    if any(stages.get(gap.claim) == "project" for gap in ours) or (ours and unanswered):
        return f"answers:{recipient}"
    if ours:
        return "us:look" if all(gap.why is Why.MISSING for gap in ours) else None
    if not stages:
        return None
    later = {"us:later" if touched and gap.why is Why.MISSING else "us:touch" for gap in gaps}
    return "us:later" if LATER_STAGES & set(stages.values()) or "us:later" in later else "us:touch"


def _tried(gap: Gap) -> bool:
    """Whether the claim was tried and stayed open for a reason that the next run would meet again."""
    return gap.finding is not None and gap.finding.values.get("reason") not in ANOTHER_RUN


def _root(draft: Draft, by_item: Mapping[str, Sequence[Draft]]) -> Draft | None:
    """The item at the end of the chain of those that wait for each other; None where nothing holds the draft up."""
    seen = {draft.item.id}
    root: Draft | None = None
    at = draft
    while at.item.waits_on is not None and at.item.waits_on not in seen:
        seen.add(at.item.waits_on)
        found = next(
            (one for one in by_item.get(at.item.waits_on, ()) if one.state in HOLDS_UP and _meets(one, draft)), None
        )
        if found is None:
            break
        root = at = found
    return root


def _meets(one: Draft, other: Draft) -> bool:
    """Whether two subjects have to do with each other: the same system where both name one, else a flow in common."""
    first, second = Subject.parse(one.subject), Subject.parse(other.subject)
    if first.system is not None and second.system is not None:
        return first.system == second.system
    return bool(set(one.flows) & set(other.flows)) or not one.flows or not other.flows


def next_step(
    draft: Draft, held_up_by: str | None, by_item: Mapping[str, Sequence[Draft]], claims: Mapping[str, Claim]
) -> NextStep:
    """What to do about a result that is not ready, conditional or open."""
    if draft.ended is not None:
        return step("renew-waiver", {"who": draft.ended.who, "until": draft.ended.until})
    if draft.state is State.CONDITIONAL:
        return step("take-measure", bilingual("measure", draft.measure or draft.item.remedy))
    if draft.state is State.NOT_READY:
        if draft.assigned.done:
            return step("check-again", {"who": draft.assigned.who or draft.item.assignee})
        return step("do-remedy", _remedy(draft, claims))
    return _open_step(draft, held_up_by, by_item, claims)


def _remedy(draft: Draft, claims: Mapping[str, Claim]) -> dict[str, str]:
    """The remedy of the finding that tipped the result, else the item's own."""
    decider = None if draft.by_people else draft.settled.decider
    if decider is None or decider.id not in claims:
        return bilingual("remedy", draft.item.remedy)
    return bilingual("remedy", _filled(claims[decider.id].remedy, decider))


def _filled(text: Text, finding: Finding) -> Text:
    return Text(
        en=fill(text.en, localised(finding.values, "en"), "en"),
        de=fill(text.de, localised(finding.values, "de"), "de"),
    )


def _open_step(
    draft: Draft, held_up_by: str | None, by_item: Mapping[str, Sequence[Draft]], claims: Mapping[str, Claim]
) -> NextStep:
    if draft.said.step is not None:
        return step(draft.said.step, draft.said.values)
    gap = next((one for one in draft.settled.gaps if one.claim in claims), None)
    question = bilingual("question", claims[gap.claim].question if gap else draft.item.question)
    if held_up_by is not None and ":" not in held_up_by.partition("@")[0]:
        item, _, where = held_up_by.partition("@")
        return step("wait-for-item", {**bilingual("question", by_item[item][0].item.question), "where": where})
    if draft.state is State.ERROR:
        return step("repeat-check")
    if draft.state is State.NOT_PERMITTED:
        return step("grant-permission", question)
    by_wait = {"us:touch": "run-touch", "us:later": "run-later", "us:look": "run-probe"}
    if held_up_by in by_wait:
        return step(by_wait[held_up_by], question)
    if held_up_by is not None:
        asked = draft.item.ask
        return step(
            "answer-question", bilingual("question", Text(asked.en, asked.de) if asked.en else draft.item.question)
        )
    if draft.grade is not None:
        needed = GRADES[draft.least or Grade.PROBED]
        return step("raise-grade", {**bilingual("grade", GRADES[draft.grade]), **bilingual("least", needed)})
    return step("run-probe" if gap else "settle-otherwise", question)
