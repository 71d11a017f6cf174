"""Deleting a record that others point at, on the embedded pair."""

from __future__ import annotations

import pytest

from checker.model.finding import Answer
from tests.faults.test_switchable import audited

CLAIM = "delete.blocked-with-reason"


@pytest.mark.parametrize(
    ("faults", "answer", "outcome"),
    [
        ((), Answer.YES, None),
        (("crm-delete-ignores-who-points-there",), Answer.NO, "orphaned"),
        (("crm-delete-empties-links",), Answer.NO, "emptied-in-silence"),
    ],
)
def test_what_becomes_of_a_record_that_others_point_at(
    faults: tuple[str, ...], answer: Answer, outcome: str | None
) -> None:
    """A company with a contact is refused with a reason; where it goes all the same, what becomes of the contact is told."""
    made = audited(*faults)
    found = next(one for one in made.findings if (one.id, one.subject) == (CLAIM, "crm/companies"))
    assert (found.answer, found.values.get("outcome")) == (answer, outcome)
    assert found.evidence
