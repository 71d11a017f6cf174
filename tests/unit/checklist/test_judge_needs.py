"""How findings settle an item: lines of needs, grades, subjects, fallbacks."""

import pytest
from judging import CLAIMS, INVOICES, ask, claim, found, item, judged, need, one
from msgspec.structs import replace

from checker.model.audit import State
from checker.model.checklist import Answers, Gate, GateEntry, GivenAnswer, Severity, SeverityRule, When
from checker.model.finding import CountEvidence, Grade
from checker.model.scope import Scope

PROBED = Grade.PROBED
BILLS = "crm/bills"
SMALL = Scope(("crm", "erp"), (INVOICES,))
WALK = item(
    needs=(
        need("walk.ends", "walk.complete", grade=PROBED),
        need("walk.declared", gives="conditional", measure="walk it"),
    )
)


def at_bills(*findings, on=WALK, **more):
    return one(on, findings, at=BILLS, scope=SMALL, **more)


def test_all_claims_of_a_line_have_to_hold():
    """A line that holds wholly makes the item ready, with the least grade of what it rests on."""
    result = at_bills(found("walk.ends", BILLS), found("walk.complete", BILLS))
    assert (result.state, result.grade) == (State.READY, "probed")
    assert set(result.findings) == {"walk.ends@crm/bills", "walk.complete@crm/bills"}
    assert result.next_step is None
    assert result.due is None


def test_one_no_makes_it_not_ready_and_names_the_finding():
    """The finding that tipped the result is its summary, and its remedy the next step, in both languages."""
    result = at_bills(found("walk.ends", BILLS, "no", what="the walk"), found("walk.complete", BILLS))
    assert (result.state, result.summary) == (State.NOT_READY, "walk.ends at crm/bills: no")
    assert (result.next_step.code, result.next_step.says) == ("do-remedy", "mend the walk")
    assert result.next_step.values["remedy_de"] == "mend the walk (de)"


def test_a_missing_finding_is_unknown():
    """Silence never passes: without findings the item is open and says that nobody has looked."""
    result = at_bills()
    assert (result.state, result.grade, result.summary) == (State.UNKNOWN, None, "not looked at yet")


def test_an_open_line_is_passed_over_for_a_fallback():
    """Where the probe is missing, the document decides, with the measure that makes it work."""
    result = at_bills(found("walk.ends", BILLS), found("walk.declared", BILLS, grade="documented"))
    assert (result.state, result.grade, result.measure.en) == (State.CONDITIONAL, "documented", "walk it")
    assert (result.next_step.code, result.next_step.says) == ("take-measure", "walk it")


def test_a_document_does_not_talk_away_what_a_probe_refuted():
    """The fallback rests on weaker evidence than the no: the no stays."""
    result = at_bills(found("walk.ends", BILLS, "no"), found("walk.declared", BILLS, grade="documented"))
    assert result.state is State.NOT_READY


def test_another_way_on_equal_evidence_saves_a_refuted_line():
    """A later line that holds as surely as the no names another way to the same end."""
    two_ways = item(needs=(need("keys.declared"), need("walk.declared", gives="conditional", measure="by walking")))
    findings = found("keys.declared", BILLS, "no", "documented"), found("walk.declared", BILLS, grade="documented")
    assert at_bills(*findings, on=two_ways).state is State.CONDITIONAL


def test_a_no_counts_whatever_its_grade():
    """Bad news needs no least grade."""
    result = at_bills(found("walk.ends", BILLS, "no", "documented"))
    assert (result.state, result.grade) == (State.NOT_READY, "documented")


@pytest.mark.parametrize("grade", ["simulated", "assumed"])
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_stand_in_proves_nothing(grade, answer):
    """What was seen on a stand-in or merely assumed makes an item neither ready nor failed."""
    result = at_bills(found("walk.ends", BILLS, answer, grade), found("walk.complete", BILLS, answer, grade))
    assert (result.state, result.grade) == (State.UNKNOWN, grade)
    assert "needed: tested" in result.summary


def test_the_highest_grade_decides_between_findings_of_one_claim():
    """A probe outweighs a document that says the opposite, and an unknown outweighs nothing."""
    plain = item(needs=(need("walk.ends"),))
    probed, documented = found("walk.ends", BILLS, "no"), found("walk.ends", BILLS, "yes", "documented")
    assert at_bills(probed, documented, on=plain).state is State.NOT_READY
    assert at_bills(found("walk.ends", BILLS, "unknown"), documented, on=plain).state is State.READY


def test_all_consulted_subjects_have_to_hold():
    """A flow's item with a resource's claim needs it on both sides."""
    both = item(scope="flow", needs=(need("walk.ends"),))
    left, right = found("walk.ends", "crm/bills"), found("walk.ends", "erp/invoices")
    assert one(both, [left], scope=SMALL).state is State.UNKNOWN
    assert one(both, [left, right], scope=SMALL).state is State.READY
    assert one(both, [left, found("walk.ends", "erp/invoices", "no")], scope=SMALL).state is State.NOT_READY


def test_findings_about_fields_count_for_their_resource():
    """One bad field makes the resource's item bad."""
    fields = item(needs=(need("walk.ends"),))
    good, bad = found("walk.ends", "crm/bills#mail"), found("walk.ends", "crm/bills#name", "no")
    assert at_bills(good, on=fields).state is State.READY
    assert at_bills(good, bad, on=fields).state is State.NOT_READY


def test_what_does_not_apply_is_passed_over():
    """A claim that doesn't apply doesn't stand in the way; an item none of whose claims apply doesn't apply."""
    both = item(needs=(need("walk.ends", "walk.complete"),))
    idle = found("walk.ends", BILLS, "not-applicable")
    assert at_bills(idle, found("walk.complete", BILLS), on=both).state is State.READY
    assert at_bills(idle, found("walk.complete", BILLS, "not-applicable"), on=both).state is State.NOT_APPLICABLE
    assert at_bills(idle, on=both).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "state", "step"),
    [("error", State.ERROR, "repeat-check"), ("not-permitted", State.NOT_PERMITTED, "grant-permission")],
)
def test_what_could_not_be_looked_at_is_told_apart(answer, state, step):
    """A crash of ours and a missing right are states of their own, each with its step."""
    result = at_bills(found("walk.ends", BILLS, answer), found("walk.complete", BILLS))
    assert (result.state, result.next_step.code) == (state, step)


def test_an_item_may_ask_for_more_at_a_later_gate():
    """One result per gate entry: the document is enough to build, not to go live."""
    gates = {
        Gate.BUILD: GateEntry(severity=Severity.BLOCKER),
        Gate.GO_LIVE: GateEntry(severity=Severity.MAJOR, grade=PROBED),
    }
    twice = item(gate=gates, needs=(need("walk.ends"), need("walk.declared")))
    build, live = (
        result for result in judged([twice], [found("walk.declared", BILLS, grade="documented")], scope=SMALL)
        if result.subject == BILLS
    )  # fmt: skip
    assert (build.gate, build.severity, build.state) == ("build", "blocker", State.READY)
    assert (live.gate, live.severity, live.state) == ("go-live", "major", State.UNKNOWN)


@pytest.mark.parametrize(
    ("findings", "severity"),
    [
        ([found("quota.fits", "crm", "no", "documented")], "blocker"),
        ([found("quota.fits", "crm", "yes", "documented")], "major"),
        ([], "blocker"),
        ([found("quota.fits", "crm", "yes", "simulated")], "blocker"),
    ],
)
def test_a_condition_may_raise_the_severity(findings, severity):
    """The first rule that holds decides; as long as nobody knows, the worse severity counts."""
    from checker.model.finding import Answer

    rules = (SeverityRule(if_="quota.fits", answer=Answer.NO, is_=Severity.BLOCKER), SeverityRule(is_=Severity.MAJOR))
    assert at_bills(*findings, on=item(severity=rules)).severity == severity


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        (When(roles=("invoice",)), True),
        (When(roles=("contact",)), False),
        (When(flows="two-way"), False),
        (When(flows="daily"), True),
        (When(events=True), False),
    ],
)
def test_an_item_applies_only_where_its_condition_holds(when, applies):
    """Elsewhere it is not applicable, whatever was found."""
    result = at_bills(on=item(when=when, needs=WALK.needs))
    assert (result.state is not State.NOT_APPLICABLE) is applies


def test_an_unrecognised_role_is_named_where_an_item_does_not_apply_for_lack_of_it():
    """The reader sees that a role is missing, not that the question is irrelevant."""
    from dataclasses import replace

    nameless = Scope(("crm", "erp"), (replace(INVOICES, role=None),))
    result = one(item(when=When(roles=("invoice",))), at=BILLS, scope=nameless)
    assert result.state is State.NOT_APPLICABLE
    assert "invoices" in result.summary


def test_a_claim_that_is_looked_up_nowhere_does_not_hold():
    """Without flows a claim about flows is open."""
    empty = Scope(("crm", "erp"))
    result = one(item(scope="pair", needs=(need("policy.stated"),)), scope=empty)
    assert result.state is State.UNKNOWN
    beside = item(scope="pair", needs=(need("order.computed", "policy.stated"),))
    assert one(beside, [found("order.computed", "pair")], scope=empty).state is State.UNKNOWN


def test_a_result_names_the_records_it_rests_on():
    """Counted evidence gives the data source."""
    counted = CountEvidence(system="crm", resource="bills", records=40, counted={}, at="2026-11-25")
    finding = found("walk.ends", BILLS)
    import msgspec

    finding = msgspec.structs.replace(finding, evidence=("n-1",))
    result = at_bills(finding, on=item(needs=(need("walk.ends"),)), evidence={"n-1": counted})
    assert (result.data_source.records, result.data_source.source) == (40, "crm/bills")


def test_a_claim_outside_the_catalogue_is_an_error():
    """The loader checks claims; a stranger here is a bug."""
    with pytest.raises(KeyError):
        at_bills(on=item(needs=(need("no.such"),)))
    assert "no.such" not in CLAIMS
    assert claim().stage == "probe"


def test_the_order_of_findings_does_not_matter():
    """Two findings of one claim and grade that differ give the worse, whichever comes first."""
    plain = item(needs=(need("walk.ends"),), ask=ask(a="ready"))
    pair = [found("walk.ends", BILLS), found("walk.ends", BILLS, "no")]
    answers = Answers(answers={"walk": (GivenAnswer(answer="a", who="Ann"),)})
    forward = one(plain, pair, answers, at=BILLS, scope=SMALL)
    assert forward == one(plain, pair[::-1], answers, at=BILLS, scope=SMALL)
    assert forward.state is State.NOT_READY


def test_a_fallback_for_want_of_better_saves_no_refuted_line():
    """A line marked fallback stands in where evidence is missing; where it refutes, the no stays, however sure the fallback is."""
    weaker = replace(need("walk.declared", gives="conditional", measure="count yourself"), fallback=True)
    two = item(needs=(need("keys.declared"), weaker))
    there = found("walk.declared", BILLS, grade="documented")
    assert at_bills(there, on=two).state is State.CONDITIONAL
    assert at_bills(found("keys.declared", BILLS, "no", "documented"), there, on=two).state is State.NOT_READY
