"""Probes and catalogue belong together: walked both ways."""

from __future__ import annotations

from pathlib import Path

from checker import catalogue
from checker.probes import (
    CLEANUP_PROBES,
    HOOK_PROBES,
    HOOK_SYSTEM_PROBES,
    LAST_SYSTEM_PROBES,
    LAST_WRITE_PROBES,
    REACH_PROBES,
    RESOURCE_PROBES,
    SYSTEM_PROBES,
    WRITE_PROBES,
    WRITE_SYSTEM_PROBES,
)

ROOT = Path(__file__).parents[2]
LIVE = (*REACH_PROBES, *SYSTEM_PROBES, *RESOURCE_PROBES, *LAST_SYSTEM_PROBES)
WRITING = (*WRITE_PROBES, *LAST_WRITE_PROBES, *WRITE_SYSTEM_PROBES, *CLEANUP_PROBES)
# Where the claims of the other stages are said.
SAID = ("probes/declared.py", "probes/configured.py", "modes/computed.py")


def test_every_claim_of_a_probe_is_in_the_catalogue_with_its_scope() -> None:
    """A live probe's claims have texts, are of the stage probe, and of the probe's scope."""
    claims = catalogue.claims()
    wrong = [
        (probe.name, claim)
        for probe in LIVE
        for claim in probe.claims
        if (claims[claim].stage, claims[claim].scope) != ("probe", probe.scope)
    ]
    assert wrong == []


def test_every_claim_of_a_write_probe_is_one_that_needs_the_permit() -> None:
    """A write probe's claims are of the stage write and of the probe's scope, and each is answered by one probe only."""
    claims = catalogue.claims()
    told = [(claim, probe.scope) for probe in WRITING for claim in probe.claims]
    assert [(claims[claim].stage, claims[claim].scope) for claim, _ in told] == [("write", scope) for _, scope in told]
    assert len(told) == len({claim for claim, _ in told})


def test_every_claim_of_the_webhook_lab_is_of_its_stage_and_answered_once() -> None:
    """Its claims are of the stage webhook and of the probe's scope; none is without a probe."""
    told = [(claim, probe.scope) for probe in (*HOOK_PROBES, *HOOK_SYSTEM_PROBES) for claim in probe.claims]
    known = {name: entry.scope for name, entry in catalogue.claims().items() if entry.stage == "webhook"}
    assert dict(told) == known
    assert len(told) == len(known)


def test_every_claim_that_this_version_can_settle_has_somebody_who_settles_it() -> None:
    """A live claim is answered by exactly one probe; one about documents, the project or sums is said in the module of its kind."""
    live = [claim for probe in LIVE for claim in probe.claims]
    assert len(live) == len(set(live))
    said = "".join((ROOT / "checker" / one).read_text("utf-8") for one in SAID)
    for claim, entry in catalogue.claims().items():
        if entry.stage == "probe":
            assert claim in live, claim
        elif entry.stage in {"document", "project", "computed"}:
            policy = claim.startswith("flow.on-") and claim.endswith("-stated")  # said for each policy by one line
            assert f'"{claim}"' in said or policy, claim


def test_every_item_of_the_core_names_claims_or_asks_somebody() -> None:
    """No item of the checklist is beyond answering."""
    from checker.checklist.load import load_packs

    silent = [
        item.id
        for pack in load_packs(["core"], relative_to=ROOT)
        for item in pack.items
        if not item.needs and item.ask.of == "never"
    ]
    assert silent == []
