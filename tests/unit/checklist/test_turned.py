"""What turned between two audits: items that are worse, or that have a new reason for what they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checker.checklist.load import load_packs
from checker.checklist.turned import turned
from checker.model.audit import Audit, Result, State
from checker.model.finding import Answer, Finding, Grade
from tests.unit.reports.sample import sample

PACKS = load_packs(("core",), relative_to=Path())


def result(state: str, **more: Any) -> Result:
    """The question after silent changes, asked of the companies."""
    told = {
        "item": "silent-change",
        "subject": "crm/companies",
        "severity": "major",
        "gate": "go-live",
        "grade": "probed",
    }
    return Result(**{**told, "state": State(state), "summary": "", **more})


def finding(answer: str, claim: str = "write.not-altered", evidence: tuple[str, ...] = ("ex-1",)) -> Finding:
    """What writing companies showed."""
    return Finding(
        id=claim, subject="crm/companies", answer=Answer(answer), grade=Grade.PROBED, says="", evidence=evidence
    )


def made(result: Result, *findings: Finding) -> Audit:
    """An audit that says this and nothing else."""
    return replace(sample(), results=(result,), findings=findings)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ready", "conditional"),
        ("ready", "unknown"),
        ("conditional", "not-ready"),
        ("unknown", "error"),
        ("waived", "not-ready"),
    ],
)
def test_an_item_that_is_worse_turned(before: str, after: str) -> None:
    """From good to bad: met, with conditions, open, anything else; and never the other way round."""
    found = turned(made(result(before)), made(result(after)), PACKS)
    assert [one.state for one in found["silent-change"].worse] == [after]
    assert turned(made(result(after)), made(result(before)), PACKS) == {}


def test_an_item_that_stays_bad_turns_by_a_new_reason() -> None:
    """A healthy pair's not met hides nothing: a claim of the item's that no longer holds counts. Catches: only states are compared."""
    found = turned(made(result("not-ready"), finding("yes")), made(result("not-ready"), finding("no")), PACKS)
    assert [(one.id, one.answer) for one in found["silent-change"].refuted] == [("write.not-altered", "no")]
    assert found["silent-change"].worse == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (finding("no"), finding("no")),
        (finding("yes"), finding("no", evidence=())),
        (finding("yes", "clock.in-step"), finding("no", "clock.in-step")),
    ],
)
def test_what_was_known_unshown_or_nobodys_turns_nothing(before: Finding, after: Finding) -> None:
    """A reason that was there before, one without evidence, and one that the item doesn't ask for."""
    assert turned(made(result("not-ready"), before), made(result("not-ready"), after), PACKS) == {}


def test_what_is_judged_for_the_first_time_did_not_turn() -> None:
    """A subject or gate that the earlier audit didn't have has nothing to be compared with."""
    assert turned(made(result("ready", gate="build")), made(result("not-ready")), PACKS) == {}
