"""What open results wait for, and the next step that this calls for."""

import pytest
from judging import INVOICES, ask, found, item, judged, need, one

from checker.catalogue.steps import say, step, steps
from checker.model.audit import NextStep, State
from checker.model.checklist import Answers, GivenAnswer
from checker.model.scope import Scope

SMALL = Scope(("crm", "erp"), (INVOICES,))
ACCESS = item("access", scope="system", needs=(need("login.accepted"),), waits_on="sandbox")
SANDBOX = item("sandbox", scope="system", ask=ask("system owner", yes="ready", no="not-ready"))
WALK = item("walk", needs=(need("walk.ends"),), waits_on="access")


def results(*items, findings=(), answers=None):
    return {(one.item, one.subject): one for one in judged(items, findings, answers, scope=SMALL)}


def test_everything_behind_one_cause_waits_for_it():
    """A chain is followed to its end, at the same system."""
    found_ = results(WALK, ACCESS, SANDBOX)
    assert found_["walk", "erp/invoices"].waits_on == "sandbox@erp"
    assert found_["access", "crm"].waits_on == "sandbox@crm"
    assert found_["sandbox", "crm"].waits_on == "answers:system owner"
    step_ = found_["walk", "erp/invoices"].next_step
    assert step_.code == "wait-for-item"
    assert "(erp)" in step_.says


def test_only_open_causes_hold_anything_up():
    """Once the cause is met, the item waits for its own probe."""
    answers = Answers(answers={"sandbox": (GivenAnswer(answer="yes", who="Ann"),)})
    found_ = results(WALK, ACCESS, SANDBOX, answers=answers)
    assert found_["walk", "crm/bills"].waits_on == "access@crm"
    found_ = results(WALK, ACCESS, SANDBOX, findings=[found("login.accepted", "crm")], answers=answers)
    assert found_["walk", "crm/bills"].waits_on == "us:look"
    assert found_["walk", "erp/invoices"].waits_on == "access@erp"


def test_a_cause_that_failed_holds_up_as_well():
    """Refused credentials stop what needs them."""
    answers = Answers(answers={"sandbox": (GivenAnswer(answer="yes", who="Ann"),)})
    found_ = results(WALK, ACCESS, SANDBOX, findings=[found("login.accepted", "crm", "no")], answers=answers)
    assert found_["walk", "crm/bills"].waits_on == "access@crm"
    assert found_["access", "crm"].waits_on is None  # not met is settled; it waits for nothing


def test_items_that_wait_for_each_other_do_not_hang():
    """A circle in a checklist ends."""
    one_, other = item("a", waits_on="b", needs=WALK.needs), item("b", waits_on="a", needs=WALK.needs)
    assert results(one_, other)["a", "crm/bills"].waits_on == "b@crm/bills"


@pytest.mark.parametrize(
    ("needs", "asked", "waits", "code"),
    [
        (("create.works",), None, "us:touch", "run-touch"),
        (("create.works",), "lead", "us:touch", "run-touch"),
        (("duplicates.none",), None, "us:later", "run-later"),
        (("create.works", "duplicates.none"), None, "us:later", "run-later"),
        (("walk.ends",), None, "us:look", "run-probe"),
        (("walk.ends",), "lead", "answers:lead", "answer-question"),
        (("policy.stated",), None, "answers:it", "answer-question"),
    ],
)
def test_open_items_wait_for_the_stage_that_settles_them(needs, asked, waits, code):
    """What a later phase settles by itself isn't asked before; what only a person knows is."""
    open_ = item(needs=(need(*needs),), **({"ask": ask(asked, a="ready")} if asked else {}))
    result = one(open_, at="crm/bills", scope=SMALL)
    assert (result.waits_on, result.next_step.code) == (waits, code)


@pytest.mark.parametrize("answer", ["unknown", "error", "not-permitted"])
def test_what_was_tried_in_vain_waits_for_nothing_else(answer):
    """It has a reason of its own, which its summary tells."""
    result = one(
        item(needs=(need("walk.ends"),)), [found("walk.ends", "crm/bills", answer)], at="crm/bills", scope=SMALL
    )
    assert result.waits_on is None
    assert result.summary == f"walk.ends at crm/bills: {answer}"


def test_an_item_that_nothing_settles_says_so():
    """Neither claims nor a question: people have to decide."""
    result = one(item(scope="pair"), scope=SMALL)
    assert (result.state, result.waits_on, result.next_step.code) == (State.UNKNOWN, None, "settle-otherwise")


def test_simulated_evidence_asks_for_a_better_grade():
    """A stand-in isn't enough; the step says what is."""
    result = one(
        item(needs=(need("walk.ends"),)),
        [found("walk.ends", "crm/bills", "yes", "simulated")],
        at="crm/bills",
        scope=SMALL,
    )
    assert result.next_step.says == "What is known is simulated; at this gate it has to be tested"
    assert say(result.next_step, "de").startswith("Der Nachweis ist bisher: simuliert")


def test_every_step_reads_in_both_languages():
    """No text is empty, and both languages take the same values."""
    import re

    for code, text in steps().items():
        names = [
            {name.removesuffix(f"_{language}") for name in re.findall(r"{(\w+)}", text.of(language))}
            for language in ("en", "de")
        ]
        assert text.en, code
        assert text.de, code
        assert names[0] == names[1], code


def test_a_step_of_a_later_version_is_shown_as_it_was_saved():
    """An older program renders a newer audit."""
    assert say(NextStep(code="from-the-future", says="wait for it"), "de") == "wait for it"
    with pytest.raises(KeyError):
        step("from-the-future")
