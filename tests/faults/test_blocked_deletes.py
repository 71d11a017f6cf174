"""Deleting a record that others point at, on the embedded pair."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from checker.model.audit import Audit
from checker.model.finding import Answer, Finding
from tests.faults.test_switchable import audited

BLOCKED, SHOWN = "delete.blocked-with-reason", "delete.dependents-shown"
COMPANIES = "crm/companies"
ONLY = ("crm/companies", "crm/contacts")


def told(made: Audit) -> Mapping[str, Finding]:
    """What is said of deleting companies, by claim."""
    return {one.id: one for one in made.findings if one.subject == COMPANIES and one.id in {BLOCKED, SHOWN}}


def test_a_company_with_a_contact_stays_and_so_does_the_contact() -> None:
    """A delete that is refused with a reason leaves nothing to be noticed: both items are met."""
    made = audited(only=ONLY)
    found = told(made)
    assert {claim: one.answer for claim, one in found.items()} == {BLOCKED: Answer.YES, SHOWN: Answer.YES}
    assert found[SHOWN].values["outcome"] == "kept"
    states = {one.item: one.state for one in made.results if one.subject == COMPANIES}
    assert (states["delete-blocked"], states["delete-dependents"]) == ("ready", "ready")


@pytest.mark.parametrize(
    ("fault", "outcome", "left"),
    [
        ("crm-delete-ignores-who-points-there", "orphaned", "orphaned"),
        ("crm-delete-empties-links", "emptied-in-silence", "emptied"),
        ("crm-delete-takes-others-along", "cascaded", "cascaded"),
    ],
)
def test_what_becomes_of_a_record_that_points_at_a_deleted_one(fault: str, outcome: str, left: str) -> None:
    """Where the company goes all the same, it is told what becomes of its contact, and that no run sees it."""
    made = audited(fault, only=ONLY)
    found = told(made)
    assert (found[BLOCKED].answer, found[BLOCKED].values["outcome"]) == (Answer.NO, outcome)
    assert (found[SHOWN].answer, found[SHOWN].values["outcome"]) == (Answer.NO, left)
    assert found[SHOWN].evidence
    (item,) = [one for one in made.results if (one.item, one.subject) == ("delete-dependents", COMPANIES)]
    assert (item.state, item.severity, item.grade) == ("not-ready", "major", "probed")
