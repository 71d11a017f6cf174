"""From what happened to findings: every claim answered once, bad news before good, nothing passed by silence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsed_flows import side, text, view

from checker.catalogue import claims
from checker.catalogue.rehearsal_texts import rehearsal_texts
from checker.catalogue.words import reasons
from checker.model.audit import StepOutcome
from checker.model.finding import Answer, Finding
from checker.model.sync import Row, Which
from checker.probes.base import Told, no, unknown, yes
from checker.rehearsing import amounts
from checker.rehearsing.order import needed_by
from checker.rehearsing.scene import (
    DIRECTION_CLAIM,
    FLOW_CLAIMS,
    ORDER_CLAIM,
    Scene,
    findings_of,
    order_finding,
    skipped,
)

ROOT = Path(__file__).parents[3] / "checker"
FLOW = "flow:contacts"


def scene(*told: Told, subject: str = FLOW) -> Scene:
    """A situation that told these answers."""
    return Scene("first-load", StepOutcome.PASS, told=tuple((subject, one) for one in told))


def found(*scenes: Scene, reason: str = "not-played") -> dict[str, Finding]:
    """The findings of a two-way flow, by `ID@SUBJECT`."""
    ways = [("crm", "erp"), ("erp", "crm")]
    return {f"{one.id}@{one.subject}": one for one in findings_of("contacts", ways, scenes, reason)}


def test_every_claim_is_answered_once_for_the_flow_and_each_direction() -> None:
    """A situation that was never played leaves its claims unknown with the reason, never out."""
    findings = found(reason="stopped")
    assert len(findings) == len(FLOW_CLAIMS) + 2
    assert {one.answer for one in findings.values()} == {Answer.UNKNOWN}
    assert {one.values["reason"] for one in findings.values()} == {"stopped"}


@pytest.mark.parametrize("turn", [1, -1])
def test_what_failed_once_has_failed(turn: int) -> None:
    """A write that came back in one of two changes counts, in whichever order they were played. Mutant: the last answer wins."""
    both = [scene(yes("rehearsal.own-writes-recognised")), scene(no("rehearsal.own-writes-recognised"))]
    assert found(*both[::turn])[f"rehearsal.own-writes-recognised@{FLOW}"].answer is Answer.NO


def test_what_could_not_be_settled_does_not_undo_what_was() -> None:
    """An open answer after a good one leaves the good one."""
    both = [scene(yes("rehearsal.update-policy-kept")), scene(unknown("rehearsal.update-policy-kept", "not-played"))]
    assert found(*both)[f"rehearsal.update-policy-kept@{FLOW}"].answer is Answer.YES


def test_claims_of_the_rehearsal_have_the_scope_they_are_answered_with() -> None:
    """The checklist asks a flow's claim of the flow, a direction's of the direction, the load order of the pair."""
    assert {claims()[one].scope for one in FLOW_CLAIMS} == {"flow"}
    assert claims()[DIRECTION_CLAIM].scope == "direction"
    assert claims()[ORDER_CLAIM].scope == "pair"


def test_a_missing_link_breaks_the_load_order() -> None:
    """Contacts whose company has no counterpart were loaded in the wrong order."""
    finding = order_finding({"contacts": ["company_id"], "companies": []}, ["companies"], ["contacts"])
    assert (finding.answer, finding.values) == (Answer.NO, {"missing_links": {"contacts": ["company_id"]}})


def test_the_load_order_is_open_until_every_flow_that_points_at_others_was_loaded() -> None:
    """Two flows loaded and one left out prove nothing of the order of three."""
    assert order_finding({}, ["companies"], ["contacts"]).answer is Answer.UNKNOWN
    assert order_finding({}, ["companies", "contacts"], ["contacts"]).answer is Answer.YES


def test_a_flow_needs_those_it_points_at_but_not_itself() -> None:
    """A parent company is another company: no flow has to come before."""
    fields = [
        {"left": "company_id", "right": "kunde", "link": "companies"},
        {"left": "parent", "right": "eltern", "link": "contacts"},
        {"left": "other", "right": "anderer", "link": "companies"},
    ]
    assert needed_by(view(side("crm", "contacts"), side("erp", "partner"), fields=fields)) == ("companies",)


def test_sums_are_compared_as_amounts_whatever_their_spelling() -> None:
    """1.249,90 and 1249.9 are one amount; a cent more is a difference."""
    left = side(
        "crm", "invoices", text("total_net", read_only=True), text("total_gross", read_only=True), text("net_weight")
    )
    right = side("erp", "rechnungen", text("netto", read_only=True), text("brutto", read_only=True))
    named = amounts.sums(view(left, right))
    assert named == {"net": ("total_net", "netto"), "gross": ("total_gross", "brutto")}
    rows = {
        Which.LEFT: Row(id="1", values={"total_net": 1249.9, "total_gross": 1487.38}),
        Which.RIGHT: Row(id="2", values={"netto": "1.249,90", "brutto": "1.487,39"}),
    }
    assert amounts.differing(named, rows) == (["gross"], 2)


def literals(*functions: str) -> Iterator[tuple[str, list[object]]]:
    """(function, its leading literal arguments) of the calls in the rehearsal's modules."""
    for path in sorted(ROOT.joinpath("rehearsing").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions:
                yield node.func.id, [getattr(one, "value", None) for one in node.args]


def test_every_answer_and_reason_of_the_rehearsal_is_in_the_catalogue() -> None:
    """No situation tells a claim, or leaves one open for a reason, that has no words."""
    told = list(literals("yes", "no", "whether", "unknown"))
    assert told
    assert not [given[0] for _, given in told if isinstance(given[0], str) and given[0] not in claims()]
    open_ = [given[1] for name, given in told if name == "unknown" and isinstance(given[1], str)]
    assert not [one for one in open_ if one not in reasons()]


def test_every_sentence_is_said_somewhere() -> None:
    """No text is kept that no situation tells."""
    code = "\n".join(
        path.read_text("utf-8") for path in [*ROOT.joinpath("rehearsing").glob("*.py"), ROOT / "rehearsal.py"]
    )
    assert not [one for one in rehearsal_texts() if f'"{one}"' not in code]


def test_a_situation_that_can_not_occur_says_why() -> None:
    """A skipped situation is told with its reason, in words."""
    step = skipped("change-left", "skip-one-way", source="crm", target="erp").step("products")
    assert (step.outcome, step.says) == (StepOutcome.SKIPPED, "This flow carries nothing from crm to erp.")
