"""`readiness demo --fault`: what breaks is said, and what turned because of it is pointed out."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from checker.checklist.turned import Turned
from checker.cli.demo_text import broken, turned_lines
from checker.reports import load_audit
from checker.sandbox.faulty import listed
from tests.story.cli import Readiness
from tests.unit.reports.sample import finding, result, sample

CORE, EXTENDED = listed()["crm-name-cut"], listed()["crm-unknown-parameters-ignored"]


def test_a_fault_that_only_the_extended_checklist_notices_is_named_noticed_and_pointed_out(
    readiness: Readiness, tmp_path: Path
) -> None:
    """Two faults at once: both are said at the top, the extended checklist is switched on, and the end shows for each what turned.

    Catches: the audit goes by the core alone, and prints the healthy result.
    """
    folder = tmp_path / "demo"
    ended = readiness("demo", "--folder", str(folder), "--fault", CORE.id, "--fault", EXTENDED.id)
    assert (ended.code, ended.err) == (0, "")
    head, _, rest = ended.out.partition("INTEGRATION READINESS")
    _, _, tail = rest.partition("WHAT TURNED")
    for one in (CORE, EXTENDED):
        assert one.breaks["en"] in head
        assert one.breaks["en"] in tail
    assert "extended checklist is switched on" in head
    assert "✖ silent-change, not met" in tail
    assert "name: cut" in tail
    assert "✖ unknown-parameters, not met" in tail
    assert "invented filter was silently ignored" in tail
    assert "went unnoticed" not in tail
    made = load_audit((folder / ".readiness" / "audits" / "latest.json").read_bytes())
    assert {"core", "extended"} == {one.pack for one in made.items.values()}
    assert "checklists: [core, extended]" in (folder / "readiness.yaml").read_text("utf-8")


def test_without_a_fault_nothing_is_said_of_faults(demonstration: tuple[Path, str]) -> None:
    """The plain demonstration goes by the core checklist and compares with nothing."""
    folder, printed = demonstration
    assert printed.startswith("INTEGRATION READINESS")
    assert "WHAT TURNED" not in printed
    assert "checklists: [core]" in (folder / "readiness.yaml").read_text("utf-8")


def test_the_extended_checklist_is_left_out_where_the_core_notices() -> None:
    """What is broken is one sentence, in the reader's language; of checklists nothing is said where the core has what must notice."""
    assert list(broken([CORE], "de")) == [
        "MIT ABSICHT DEFEKT", "  CRM: Namen von Firmen werden auf zwölf Zeichen gekürzt. (crm-name-cut)", ""
    ]  # fmt: skip
    assert "erweiterte Checkliste" in "".join(broken([CORE, EXTENDED], "de"))
    assert list(broken([], "de")) == []


@pytest.mark.parametrize(
    ("language", "silent"), [("en", "broken went unnoticed there"), ("de", "Der Defekt blieb dort unbemerkt")]
)
def test_an_item_that_must_turn_and_did_not_is_owned_up_to(language: str, silent: str) -> None:
    """Whoever broke something is told where nobody noticed. Catches: only what turned is shown."""
    said = " ".join(" ".join(turned_lines([CORE], {}, sample(), language)).split())
    assert f"? silent-change: {'did not turn' if language == 'en' else 'hat sich nicht'}" in said
    assert silent in said


def test_reasons_are_told_per_item_and_what_turned_besides_is_named() -> None:
    """Three reasons of an item in full, the rest counted; items that turned without having to are named last."""
    bad = finding("write.not-altered", "crm/contacts", "no", "probed")
    several = tuple(replace(bad, subject=f"crm/contacts{n}") for n in range(5))
    worse = result("silent-change", "crm/contacts", "not-ready")
    audit = replace(sample(), results=(worse,))
    turned = {
        "silent-change": Turned("silent-change", (worse,), several),
        "encoding": Turned("encoding", (), several[:1]),
    }
    said = list(turned_lines([CORE], turned, audit, "en"))
    assert sum("CRM contacts" in line for line in said) == 3
    assert any("and 2 more" in line for line in said)
    assert said[-1] == "  Also turned: encoding."
