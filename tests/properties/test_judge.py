"""Judging, by properties: doubt stays visible, waivers never hurt, order never matters."""

import random
from datetime import date, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.catalogue import Claim
from checker.checklist.gates import GATE_STATES, verdict
from checker.checklist.judge import judge
from checker.model.checklist import (
    Answers,
    Ask,
    Choice,
    Gate,
    GateEntry,
    GivenAnswer,
    Item,
    Need,
    Severity,
    SeverityRule,
    Text,
    Waiver,
    When,
)
from checker.model.finding import Answer, Finding, Grade
from checker.model.scope import FlowScope, Scope

TODAY = date(2026, 11, 27)
TEXT = Text(en="text", de="Text")
CONTACTS = FlowScope(
    name="contacts", left="crm", left_resource="contacts", right="erp", right_resource="customers",
    directions=(("crm", "erp"), ("erp", "crm")), role="contact",
)  # fmt: skip
ORDERS = FlowScope(
    name="orders", left="crm", left_resource="orders", right="erp", right_resource="orders", directions=(("crm", "erp"),),
)  # fmt: skip
SCOPE = Scope(("crm", "erp"), (CONTACTS, ORDERS))
SCOPES = ("pair", "system", "resource", "flow", "direction")
STAGE_GRADES = {"document": Grade.DOCUMENTED, "probe": Grade.PROBED, "write": Grade.PROBED}
CLAIMS = {
    f"{stage}.{scope}-{n}": Claim(stage=stage, scope=scope, question=TEXT, yes=TEXT, no=TEXT, unknown=TEXT, remedy=TEXT)
    for stage, scope, n in product(STAGE_GRADES, SCOPES, range(2))
}
PROBED = [name for name, claim in CLAIMS.items() if STAGE_GRADES[claim.stage] is Grade.PROBED]
STATED = [name for name in CLAIMS if name not in PROBED]
PLACES = [(name, subject) for name, claim in CLAIMS.items() for subject in SCOPE.subjects(claim.scope)]

grades = st.sampled_from([None, *Grade])
severities = st.sampled_from(list(Severity))
gates = st.one_of(
    st.sampled_from(list(Gate)),
    st.dictionaries(st.sampled_from(list(Gate)), st.builds(GateEntry, severity=severities, grade=grades), min_size=1),
)


def lines(claims, gives) -> st.SearchStrategy[Need]:
    return st.builds(
        Need,
        all=st.lists(st.sampled_from(claims), min_size=1, max_size=3).map(tuple),
        gives=gives,
        measure=st.just(TEXT),
    )


CHOICES = tuple(
    Choice(id=state, en=state, de=state, gives=state) for state in ("ready", "conditional", "not-ready", "unknown")
)
rules = st.builds(SeverityRule, if_=st.sampled_from(list(CLAIMS)), answer=st.just(Answer.NO), is_=severities)


def items(*, fallbacks: str, asked: bool) -> st.SearchStrategy[list[Item]]:
    """Checklists: probed lines first, then what documents say, which gives one of `fallbacks`."""
    later = lines(STATED, st.sampled_from(fallbacks.split()))
    return st.lists(
        st.builds(
            Item,
            id=st.sampled_from([f"item-{n}" for n in range(8)]),
            section=st.just("s"), question=st.just(TEXT), why=st.just(TEXT), remedy=st.just(TEXT),
            scope=st.sampled_from(SCOPES), assignee=st.just("it"),
            severity=st.one_of(severities, st.tuples(rules, severities.map(lambda one: SeverityRule(is_=one)))),
            gate=gates,
            when=st.sampled_from([When(), When(), When(flows="two-way")]),
            needs=st.tuples(lines(PROBED, st.just("ready")), later),
            ask=st.just(Ask(of="lead", choices=CHOICES) if asked else Ask(of="never")),
            waits_on=st.sampled_from([None, "item-0", "item-1"]),
        ),
        min_size=1, max_size=5, unique_by=lambda one: one.id,
    )  # fmt: skip


def finding(place: tuple[str, str], answer: Answer, simulated: bool) -> Finding:
    name, subject = place
    grade = Grade.SIMULATED if simulated and name in PROBED else STAGE_GRADES[CLAIMS[name].stage]
    return Finding(id=name, subject=subject, answer=answer, grade=grade, says=f"{name} {answer}")


# mostly good news, so that ready verdicts occur; claims have one stage, and so one grade
news = st.sampled_from([*[Answer.YES] * 12, Answer.NO, Answer.UNKNOWN, Answer.NOT_APPLICABLE, Answer.NOT_PERMITTED])
worlds = st.tuples(st.lists(news, min_size=len(PLACES), max_size=len(PLACES)), st.integers(0, 20)).map(
    lambda drawn: [
        finding(place, answer, n == drawn[1]) for n, (place, answer) in enumerate(zip(PLACES, drawn[0], strict=True))
    ]
)
people = st.builds(
    GivenAnswer, answer=st.sampled_from([*[one.id for one in CHOICES], None]), who=st.sampled_from(["Ann", "Bob"]),
    subject=st.sampled_from([None, "crm", "flow:contacts"]),
)  # fmt: skip
answers = st.dictionaries(
    st.sampled_from([f"item-{n}" for n in range(8)]), st.lists(people, max_size=3).map(tuple)
).map(lambda given: Answers(answers=given))


def judged(checklist, findings, given_=None):
    return judge(tuple(checklist), findings, given_ or Answers(), SCOPE, claims=CLAIMS, today=TODAY)


def ready(checklist, findings, gate, given_=None) -> bool:
    return verdict(judged(checklist, findings, given_), SCOPE, gate).ready


@settings(max_examples=60, deadline=None)
@given(items(fallbacks="conditional", asked=False), worlds, st.data())
def test_no_finding_is_missed_without_doubt(checklist, findings, data):
    """Removing any findings, the bad ones too, never makes go-live ready: what a document says instead is a condition at best."""
    if not ready(checklist, findings, Gate.GO_LIVE):
        kept = [one for one in findings if data.draw(st.booleans())]
        assert not ready(checklist, kept, Gate.GO_LIVE)


@settings(max_examples=60, deadline=None)
@given(items(fallbacks="ready conditional", asked=False), worlds, st.sampled_from(list(Gate)), st.data())
def test_removing_what_is_no_bad_news_never_helps(checklist, findings, gate, data):
    """Where documents alone may be enough: taking away a yes, an unknown or an idle finding makes no gate ready."""
    if not ready(checklist, findings, gate):
        kept = [one for one in findings if one.answer is Answer.NO or data.draw(st.booleans())]
        assert not ready(checklist, kept, gate)


@settings(max_examples=40, deadline=None)
@given(items(fallbacks="ready conditional", asked=True), worlds, answers, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(checklist, findings, given_, shuffler):
    """Probes run side by side; the results are the same."""
    shuffled = list(findings)
    shuffler.shuffle(shuffled)
    assert judged(checklist, findings, given_) == judged(checklist, shuffled, given_)


@settings(max_examples=40, deadline=None)
@given(
    items(fallbacks="ready conditional", asked=True),
    worlds,
    answers,
    st.integers(-2, 2),
    st.sampled_from([None, "crm", "flow:contacts"]),
)
def test_a_waiver_never_makes_anything_worse(checklist, findings, given_, days, subject):
    """Not at any gate of any flow, whether it still runs or not."""
    note = Waiver(who="Ann", why="small", until=(TODAY + timedelta(days)).isoformat(), subject=subject)
    waived = Answers(answers=given_.answers, waivers={one.id: (note,) for one in checklist})
    before, after = (verdict(judged(checklist, findings, one), SCOPE, Gate.GO_LIVE) for one in (given_, waived))
    for flow, states in before.flows.items():
        for gate, state in states.items():
            assert GATE_STATES.index(after.flows[flow][gate]) >= GATE_STATES.index(state)


def test_with_thirty_percent_of_the_probes_made_impossible_nothing_is_ready():
    """200 random cuts of a world in which all is well: each leaves its doubt in the verdict (acceptance, D45)."""
    checklist = [
        Item(
            id=f"{scope}-{n}", section="s", question=TEXT, why=TEXT, remedy=TEXT, scope=scope, severity=Severity.MAJOR, assignee="it",
            needs=(Need(all=(f"probe.{scope}-{n}", f"write.{scope}-{n}")), Need(all=(f"document.{scope}-{n}",), gives="conditional", measure=TEXT)),
        )
        for scope, n in product(SCOPES, range(2))
    ]  # fmt: skip
    world = [finding(place, Answer.YES, simulated=False) for place in PLACES]
    probes = [one for one in world if one.id in PROBED]
    assert ready(checklist, world, Gate.GO_LIVE)
    chance = random.Random(45)
    for _ in range(200):
        cut = {id(one) for one in chance.sample(probes, k=round(len(probes) * 0.3))}
        told = verdict(judged(checklist, [one for one in world if id(one) not in cut]), SCOPE, Gate.GO_LIVE)
        assert not told.ready
        assert told.blocking
