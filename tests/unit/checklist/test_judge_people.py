"""What people say: answers, disagreement, waivers, assignments, dates."""

from datetime import date

import pytest
from judging import INVOICES, ask, found, item, need, one, text

from checker.checklist.people import statements
from checker.model.audit import State
from checker.model.checklist import (
    Answers,
    Ask,
    Assignment,
    Choice,
    Gate,
    GateEntry,
    GivenAnswer,
    Need,
    Severity,
    Waiver,
)
from checker.model.finding import Grade
from checker.model.scope import Scope

SMALL = Scope(("crm", "erp"), (INVOICES,))
PAIR = {"scope": "pair", "severity": Severity.BLOCKER}
ASKED = item(
    "leading", ask=ask("lead", crm="ready", person="conditional", nobody="not-ready", unsure="unknown"), **PAIR
)
BOTH = item("leading", ask=ASKED.ask, needs=(need("order.computed"),), **PAIR)


def given(*answers: GivenAnswer, item_="leading") -> Answers:
    return Answers(answers={item_: answers})


def said(answer=None, who="Ann", **more) -> GivenAnswer:
    return GivenAnswer(answer=answer, who=who, **more)


@pytest.mark.parametrize(
    ("choice", "state", "grade"),
    [
        ("crm", State.READY, "answered"),
        ("person", State.CONDITIONAL, "answered"),
        ("nobody", State.NOT_READY, "answered"),
        ("unsure", State.UNKNOWN, None),
    ],
)
def test_a_choice_gives_its_state(choice, state, grade):
    """The state that stands beside the chosen answer, at the grade of somebody's word."""
    result = one(ASKED, answers=given(said(choice)))
    assert (result.state, result.grade) == (state, grade)
    assert result.summary == f"Ann stated: {choice}"


def test_without_an_answer_the_question_is_the_next_step():
    """An item that only a person can answer waits for that person, in both languages."""
    result = one(ASKED)
    assert (result.state, result.waits_on, result.summary) == (State.UNKNOWN, "answers:lead", "not answered yet")
    assert (result.next_step.code, result.next_step.says) == ("answer-question", "Answer the question: which?")
    assert result.next_step.values["question_de"] == "welche?"


def test_a_test_that_contradicts_an_answer_wins_and_says_so():
    """What was probed outweighs somebody's word."""
    result = one(BOTH, [found("order.computed", "pair", "no")], given(said("crm")))
    assert (result.state, result.grade) == (State.NOT_READY, "probed")
    assert "Ann stated: crm" in result.summary
    assert one(BOTH, [found("order.computed", "pair")], given(said("nobody"))).state is State.READY


@pytest.mark.parametrize(
    ("answer", "choice", "state"),
    [
        ("yes", "nobody", State.NOT_READY),
        ("yes", "person", State.CONDITIONAL),
        ("no", "crm", State.NOT_READY),
        ("yes", "crm", State.READY),
        ("yes", "unsure", State.READY),
    ],
)
def test_between_a_document_and_a_person_the_worse_holds(answer, choice, state):
    """A doubt stays visible; a person who doesn't know adds none."""
    assert one(BOTH, [found("order.computed", "pair", answer, "documented")], given(said(choice))).state is state


def test_an_answer_decides_where_nothing_was_found():
    """Somebody's word is the fallback of a probe that could not be made."""
    assert one(BOTH, [], given(said("crm"))).state is State.READY
    assert one(BOTH, [found("order.computed", "pair", "unknown")], given(said("crm"))).state is State.READY


def test_a_word_is_not_enough_where_the_gate_asks_for_a_test():
    """The gate's least grade holds for people too; bad news still counts."""
    strict = item(
        "leading",
        ask=ASKED.ask,
        gate={Gate.GO_LIVE: GateEntry(severity=Severity.MAJOR, grade=Grade.PROBED)},
        scope="pair",
    )
    result = one(strict, answers=given(said("crm")))
    assert (result.state, result.grade, result.next_step.code) == (State.UNKNOWN, "answered", "raise-grade")
    assert "has to be tested" in result.summary
    assert one(strict, answers=given(said("nobody"))).state is State.NOT_READY


def test_somebody_who_confirms_takes_the_condition_off():
    """A document gives a condition, a person says that it is met: nothing is left to do, and the words of both stay."""
    fallback = item(
        "leading", ask=ASKED.ask, needs=(need("order.computed", gives="conditional", measure="confirm it"),), **PAIR
    )
    result = one(fallback, [found("order.computed", "pair", grade="documented")], given(said("crm")))
    assert (result.state, result.measure_done, result.next_step) == (State.CONDITIONAL, True, None)
    assert "Ann stated: crm" in result.summary


def test_two_people_who_disagree_leave_it_open_with_both_names():
    """Neither wins, not even over a document that says yes."""
    answers = given(said("crm"), said("person", who="Bob"))
    result = one(BOTH, [found("order.computed", "pair", grade="documented")], answers)
    assert (result.state, result.next_step.code) == (State.UNKNOWN, "resolve-disagreement")
    assert "Ann (crm)" in result.next_step.says
    assert "Bob (person)" in result.next_step.says


def test_a_later_answer_of_the_same_person_replaces_the_earlier():
    """Changing one's mind is no disagreement, in whatever order the file has it."""
    answers = given(said("crm", when="2026-11-20"), said("nobody", when="2026-11-10"))
    assert one(ASKED, answers=answers).state is State.READY


def test_a_special_answer_beats_a_general_one():
    """What is said of one flow holds there, what is said of everything elsewhere."""
    per_flow = item("leading", ask=ASKED.ask, scope="direction")
    answers = given(said("crm"), said("nobody", who="Bob", subject="flow:invoices"))
    at = {result.subject: result.state for result in _all(per_flow, answers)}
    assert at["flow:contacts:crm->erp"] is State.READY
    assert at["flow:invoices:erp->crm"] is State.NOT_READY


def _all(item_, answers):
    from judging import judged

    return judged([item_], answers=answers)


def test_i_do_not_know_names_who_does():
    """Such an answer keeps the item open and says whom to ask."""
    result = one(ASKED, answers=given(said(ask="Bob")))
    assert (result.state, result.waits_on) == (State.UNKNOWN, "answers:lead")
    assert result.next_step.says == "Ann does not know; ask Bob"


def test_later_keeps_the_date():
    """A promise keeps the item open with its date."""
    result = one(ASKED, answers=given(said(later="2026-12-11")))
    assert (result.state, result.due, result.next_step.code) == (State.UNKNOWN, "2026-12-11", "await-answer")


def test_does_not_concern_us_needs_a_reason():
    """Without one it stays open."""
    assert one(ASKED, answers=given(said("not-applicable", note="no products"))).state is State.NOT_APPLICABLE
    assert one(ASKED, answers=given(said("not-applicable"))).next_step.code == "give-reason"


def test_an_answer_that_is_no_choice_stays_open_and_shows_the_choices():
    """A slip in answers.yaml never passes."""
    result = one(ASKED, answers=given(said("crmm")))
    assert (result.state, result.next_step.code) == (State.UNKNOWN, "choose-answer")
    assert "crm; person" in result.next_step.says


def test_an_unquoted_yes_of_yaml_is_the_choice_yes():
    """YAML reads it as a truth value."""
    yes_no = item("leading", ask=ask("lead", yes="ready", no="not-ready"), **PAIR)
    assert one(yes_no, answers=given(said(True))).state is State.READY
    assert one(yes_no, answers=given(said(False))).state is State.NOT_READY


@pytest.mark.parametrize(
    ("answer", "state"), [("half an hour", State.READY), ([], State.UNKNOWN), (None, State.UNKNOWN), (0, State.READY)]
)
def test_a_free_answer_is_enough(answer, state):
    """A text, number or table answers the item; an empty one doesn't."""
    free = item("leading", ask=Ask(of="lead", en="how long?", de="wie lange?", answer="text"), **PAIR)
    assert one(free, answers=given(said(answer))).state is state


def test_different_free_texts_are_no_disagreement():
    """Two people may say the same in other words."""
    free = item("leading", ask=Ask(of="lead", answer="text"), **PAIR)
    assert one(free, answers=given(said("on Fridays"), said("Friday nights", who="Bob"))).state is State.READY


def test_a_conditional_choice_brings_its_measure():
    """The measure is what has to be done."""
    choice = Choice(id="sheet", en="sheet", de="Blatt", gives="conditional", measure=text("fill the sheet"))
    result = one(item("leading", ask=Ask(of="lead", choices=(choice,)), **PAIR), answers=given(said("sheet")))
    assert (result.measure.en, result.next_step.says) == ("fill the sheet", "fill the sheet")


def waived(until: str, **more) -> Answers:
    return Answers(waivers={"leading": (Waiver(who="Ann", why="small", until=until, **more),)})


def test_a_running_waiver_makes_a_bad_result_waived():
    """Who, why and until when stand in the result; it holds through its last day."""
    result = one(ASKED, answers=waived("2026-11-27"))
    assert (result.state, result.waiver.who, result.next_step) == (State.WAIVED, "Ann", None)
    assert "without it: not answered yet" in result.summary


def test_an_expired_waiver_does_not_count_and_says_so():
    """The next step is to renew it, or to settle the item."""
    result = one(ASKED, answers=waived("2026-11-26"))
    assert (result.state, result.next_step.code) == (State.UNKNOWN, "renew-waiver")
    assert "ended on 2026-11-26" in result.summary


def test_a_waiver_leaves_a_ready_result_alone():
    """What is met needs no exception."""
    answers = Answers(answers=given(said("crm")).answers, waivers=waived("2027-01-01").waivers)
    assert one(ASKED, answers=answers).state is State.READY


def test_a_waiver_holds_only_for_what_it_covers():
    """A waiver for one system doesn't excuse the other."""
    per_system = item("leading", ask=ASKED.ask, scope="system")
    states = {result.subject: result.state for result in _all(per_system, waived("2027-01-01", subject="crm"))}
    assert states == {"crm": State.WAIVED, "erp": State.UNKNOWN}


def test_a_waiver_without_a_proper_date_does_not_hold():
    """What is no date has ended."""
    assert one(ASKED, answers=waived("some day")).state is State.UNKNOWN


def test_a_measure_marked_as_done_is_kept_in_the_result():
    """The verdict needs it; nothing is left to do."""
    answers = Answers(
        answers=given(said("person")).answers, assignments={"leading": (Assignment(who="Bob", done=True),)}
    )
    result = one(ASKED, answers=answers, go_live=date(2027, 2, 1))
    assert (result.state, result.measure_done, result.next_step, result.due) == (State.CONDITIONAL, True, None, None)
    assert (result.assignee, result.assigned_to) == ("it", "Bob")


def test_what_is_marked_as_done_but_not_met_asks_for_another_look():
    """Somebody's tick doesn't make a failing item ready."""
    answers = Answers(assignments={"leading": (Assignment(who="Bob", done=True),)})
    result = one(BOTH, [found("order.computed", "pair", "no")], answers)
    assert (result.state, result.next_step.code) == (State.NOT_READY, "check-again")


def test_dates_are_computed_backwards_from_go_live():
    """By the usual lead time; an assigned date comes first, and without go-live there is none."""
    slow = item("leading", ask=ASKED.ask, lead_time_days=20, scope="pair")
    live = date(2027, 2, 1)
    assert one(slow, go_live=live).due == "2027-01-12"
    assert one(slow).due is None
    answers = Answers(assignments={"leading": (Assignment(who="Bob", due="2026-12-04"),)})
    assert one(slow, answers=answers, go_live=live).due == "2026-12-04"
    assert one(slow, answers=given(said("crm")), go_live=live).due is None


TESTING = Need(all=("order.computed",), gives="conditional", measure=text("test it"), assignee="integrator")


def test_a_measure_is_taken_by_whom_the_line_names():
    """A test is ours, though the customer answers for the item."""
    result = one(item("leading", needs=(TESTING,), **PAIR), [found("order.computed", "pair")])
    assert (result.state, result.assignee) == (State.CONDITIONAL, "integrator")


def test_what_we_have_to_test_is_not_done_because_somebody_is_sure():
    """The customer's word confirms the customer's measures, not our tests."""
    mine = item("leading", ask=ASKED.ask, needs=(TESTING,), **PAIR)
    result = one(mine, [found("order.computed", "pair")], given(said("crm")))
    assert (result.state, result.measure_done) == (State.CONDITIONAL, False)


def test_statements_tell_who_said_what_in_both_languages():
    """Answers are evidence: in the checklist's words; who puts one off says until when."""
    asked = item("leading", ask=Ask(of="lead", choices=(Choice(id="crm", en="the CRM", de="das CRM", gives="ready"),)))
    answers = given(said("crm", subject="flow:invoices", note="always"), said(who="Bob", later="2026-12-08"))
    first, second = statements([asked], answers)
    assert (first.who, first.subject, first.says, first.note) == (
        "Ann", "flow:invoices", {"en": "the CRM", "de": "das CRM"}, "always",
    )  # fmt: skip
    assert (second.who, second.answer) == ("Bob", "")
    assert "08.12.2026" in second.says["de"]


def test_dates_fall_on_working_days():
    """Nobody starts on a Saturday: the Friday before counts."""
    result = one(ASKED, go_live=date(2027, 2, 7))
    assert result.due == "2027-02-05"
