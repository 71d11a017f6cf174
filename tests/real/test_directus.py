"""An audit of a real system against the embedded ERP: what it leaves behind, what it shows, and that it ends in a verdict."""

from __future__ import annotations

import msgspec
import pytest

from checker.model.audit import StepOutcome
from checker.model.finding import Answer, Grade
from tests.real.conftest import Audits, changes
from tests.real.scripts import ADMIN_PASSWORD, ADMIN_TOKEN, INTEGRATION_TOKEN

pytestmark = pytest.mark.real

WAYS = ("pair", "scopes", "bare", "integration", "promised", "key_in_query", "login")
WRITTEN = ("touched", "restricted")
SETTLED = (Answer.YES, Answer.NO, Answer.NOT_PERMITTED)


def test_both_systems_are_reached_and_read(audits: Audits) -> None:
    """Directus and the ERP answer, and every list that a flow carries is read."""
    made = audits.pair.audit
    assert {name: (one.reached, one.stateless) for name, one in made.systems.items()} == {
        "crm": (True, False),
        "erp": (True, False),
    }
    for subject in ("crm/contacts", "crm/companies", "erp/geschaeftspartner"):
        listed = audits.pair.finding("list.readable", subject)
        assert listed is not None
        assert listed.answer is Answer.YES, listed.says


@pytest.mark.parametrize("way", [*WAYS, *WRITTEN])
def test_no_probe_breaks_on_a_real_system(audits: Audits, way: str) -> None:
    """However the system is asked, no question ends in an error of ours."""
    broken = [one.says for one in getattr(audits, way).audit.findings if one.answer is Answer.ERROR]
    assert broken == []


def test_a_look_changes_nothing(audits: Audits) -> None:
    """By the system's own journal nothing was created, changed or deleted while it was looked at, in seven ways."""
    for way in WAYS:
        getattr(audits, way)
    assert audits.changes_before
    assert changes(audits.system) == audits.changes_before


@pytest.mark.parametrize("way", [*WAYS, *WRITTEN])
def test_no_secret_is_kept(audits: Audits, way: str) -> None:
    """Neither tokens nor the password stand anywhere in the audit, evidence included, wherever the credentials were sent."""
    kept = msgspec.json.encode(getattr(audits, way).audit).decode()
    assert [secret for secret in (ADMIN_TOKEN, INTEGRATION_TOKEN, ADMIN_PASSWORD) if secret in kept] == []


def test_what_the_system_did_can_be_looked_at(audits: Audits) -> None:
    """Each settled question about a list shows an exchange or a count, which the audit holds."""
    made = audits.pair.audit
    probed = [one for one in made.findings if one.grade is Grade.PROBED and one.subject.startswith("crm/")]
    settled = [one for one in probed if one.answer in SETTLED]
    assert len(settled) > 20
    for one in settled:
        assert one.evidence, f"{one.id}@{one.subject}"
        assert set(one.evidence) <= set(made.evidence)


def test_a_look_alone_is_no_go_live(audits: Audits) -> None:
    """A system that was only read is not ready to go live: what only writing can show is open."""
    verdict = audits.pair.audit.verdict
    assert (verdict.ready, verdict.gate) == (False, "go-live")
    assert verdict.counts["unknown"] > 0
    assert verdict.counts["ready"] > 0


def test_every_direction_gets_a_sync_mode_or_a_reason(audits: Audits) -> None:
    """For each way that records travel the audit names a mode, or says what keeps it from naming one."""
    modes = audits.pair.audit.sync_mode.flows
    assert [(one.flow, one.from_, one.to) for one in modes] == [
        ("companies", "crm", "erp"), ("companies", "erp", "crm"), ("contacts", "crm", "erp"),
    ]  # fmt: skip
    for one in modes:
        assert one.mode is not None or one.reasons or one.settled_by


def test_an_audit_that_writes_leaves_everything_as_it_was(audits: Audits) -> None:
    """Test records came and went: no record of the system's own was changed, added or removed, and the audit says so."""
    made = audits.touched
    assert made.audit.phases == ("look", "touch")
    assert audits.after == audits.before
    left = made.finding("cleanup.nothing-left", "crm")
    assert left is not None
    assert left.answer is Answer.YES, left.says


def test_the_rehearsal_passes_with_a_real_system(audits: Audits) -> None:
    """The configured sync of companies and contacts was played through, and nothing in it failed."""
    steps = audits.touched.audit.rehearsal.steps
    assert {one.flow for one in steps} == {"companies", "contacts", None}
    assert [one.says for one in steps if one.outcome in (StepOutcome.FAIL, StepOutcome.UNKNOWN)] == []
