"""A stateless mock proves nothing: neither good news nor bad news may come of what it answers."""

from __future__ import annotations

import pytest

from checker import catalogue
from checker.model.audit import State
from checker.model.finding import Answer, Finding
from tests.real.projects import Looked

pytestmark = pytest.mark.real

FIRM = (State.READY, State.NOT_READY, State.CONDITIONAL)


def probed(looked: Looked) -> list[Finding]:
    """What live probes say of the mock."""
    claims = catalogue.claims()
    return [
        one
        for one in looked.audit.findings
        if one.subject.partition("/")[0] == "crm" and one.id in claims and claims[one.id].stage == "probe"
    ]


def states(looked: Looked) -> dict[tuple[str, str, str], State]:
    """The states of all results about the mock, but for those that rest on the way to it."""
    return {
        (one.item, one.subject, one.gate): one.state
        for one in looked.audit.results
        if (one.subject.partition("/")[0] == "crm" or one.subject.endswith(":crm->erp"))
        and not any(name.startswith("network.") for name in one.findings)
    }


def test_the_mock_is_recognised(mocked: Looked) -> None:
    """Made-up ids exist and all pages are the same page: the audit says so, and shows the exchanges."""
    found = mocked.finding("sandbox.stateful", "crm")
    assert found is not None
    assert found.answer is Answer.UNKNOWN
    assert found.values["reason"] == "stateless-mock"
    assert len(found.values["evidence"]) > 1
    assert found.evidence
    assert mocked.audit.systems["crm"].stateless is True


def test_nothing_is_proven_by_it(mocked: Looked) -> None:
    """Beyond the way to it, every live question about it stays open, with the reason."""
    beyond = [one for one in probed(mocked) if not one.id.startswith("network.")]
    assert {one.id for one in beyond} >= {
        "pagination.ends",
        "filter.honoured",
        "updated-since.excludes-older",
        "clock.in-step",
    }
    assert {(one.answer, one.values.get("reason")) for one in beyond} == {(Answer.UNKNOWN, "stateless-mock")}


def test_the_way_to_it_is_still_told(mocked: Looked) -> None:
    """That somebody answers at the address is no matter of state."""
    reached = mocked.finding("network.tcp", "crm")
    assert reached is not None
    assert reached.answer is Answer.YES


def test_the_other_side_is_asked_all_the_same(mocked: Looked) -> None:
    """A mock on one side keeps nothing from being proven on the other."""
    for claim in ("list.readable", "pagination.complete", "credentials.accepted"):
        subject = "erp" if claim.startswith("credentials") else "erp/geschaeftspartner"
        found = mocked.finding(claim, subject)
        assert found is not None
        assert found.answer is Answer.YES, found.says


def test_no_item_is_settled_by_a_mock(mocked: Looked, unasked: Looked) -> None:
    """Each item about it is in the state in which it would be had nobody asked: neither ready nor failed because of a mock."""
    assert states(mocked)
    assert states(mocked) == states(unasked)


def test_items_that_need_a_running_system_stay_open(mocked: Looked) -> None:
    """Paging, filtering and changed-since are not provable here: at most conditional on what the document says."""
    for item in ("pagination", "filtering", "updated-since-filter", "test-data-present"):
        about = {one.state for one in mocked.audit.results if one.item == item and one.subject.startswith("crm")}
        assert about, item
        assert State.NOT_READY not in about, item
        assert State.READY not in about, item


def test_the_verdict_is_not_ready_to_go_live(mocked: Looked) -> None:
    """Nobody goes live on a mock's word."""
    assert not mocked.audit.verdict.ready
