"""`readiness demo`: a newcomer runs one command and holds a report in which they believe."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from checker.reports import load_audit
from checker.sandbox import crm, erp
from tests.story import baseline
from tests.story.cli import Readiness

ROOT = Path(__file__).parents[2]


def facts(audit: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The audit's findings by claim and subject."""
    return {(one["id"], one["subject"]): one for one in audit["findings"]}


def test_the_demonstration_leaves_project_answers_and_report(demo_folder: Path) -> None:
    """After the demo there are a project to read, the customer's answers, and one HTML file."""
    assert {"readiness.yaml", "answers.yaml", "readiness-report.html"} <= {one.name for one in demo_folder.iterdir()}
    html = (demo_folder / "readiness-report.html").read_text("utf-8")
    assert html.lower().startswith("<!doctype html>")
    assert "<script" not in html


def test_the_saved_audit_keeps_to_the_published_schema(demo_audit: dict[str, Any]) -> None:
    """What programs read is what reports/audit.schema.json says."""
    schema = json.loads((ROOT / "reports" / "audit.schema.json").read_text("utf-8"))
    assert [str(one) for one in jsonschema_rs.validator_for(schema).iter_errors(demo_audit)] == []


@pytest.mark.parametrize(
    ("claim", "subject", "answer"),
    [
        ("credentials.accepted", "crm", "yes"),
        ("credentials.wrong-refused", "erp", "yes"),
        ("sandbox.stateful", "crm", "yes"),
        ("pagination.complete", "crm/contacts", "yes"),
        ("pagination.ends", "erp/geschaeftspartner", "yes"),
        ("filter.unknown-refused", "crm/contacts", "yes"),
        ("filter.unknown-refused", "erp/geschaeftspartner", "no"),
        ("updated-since.includes-boundary", "crm/contacts", "yes"),
        ("updated-since.includes-boundary", "erp/geschaeftspartner", "yes"),
        ("timestamp.zoned", "crm/contacts", "yes"),
        ("timestamp.zoned", "erp/geschaeftspartner", "no"),
        ("webhooks.declared", "crm", "yes"),
        ("webhooks.declared", "erp", "no"),
        ("rate-limit.shown", "crm", "yes"),
        ("rate-limit.shown", "erp", "unknown"),
        ("document.valid", "crm", "yes"),
        ("document.valid", "erp", "yes"),
    ],
)
def test_the_audit_finds_the_facts_of_the_pair(
    demo_audit: dict[str, Any], claim: str, subject: str, answer: str
) -> None:
    """What is known of the embedded pair is what the audit says of it."""
    best = [one for one in demo_audit["findings"] if (one["id"], one["subject"]) == (claim, subject)]
    assert [one["answer"] for one in best] == [answer]


def test_the_figures_of_the_records_are_those_of_the_findings(demo_audit: dict[str, Any]) -> None:
    """What the report draws of a flow adds up, agrees with the forecast, and names its source. Catches: classes that overlap, or leave one out."""
    found = facts(demo_audit)
    classes = ("linked", "ambiguous", "keyless", "create", "decide", "stay")
    for flow in demo_audit["records"]["flows"]:
        told = found["match.forecast-computed", f"flow:{flow['flow']}"]["values"]
        assert sum(one["pairs"] for one in flow["linked_by"]) == told["linked"]
        for name in ("left", "right"):
            side = flow[name]
            assert sum(side[one] for one in classes) == side["records"] == told[name]
            assert (side["linked"], side["ambiguous"]) == (told["linked"], told[f"open_{name}"])
    refused = found["values.legal-on-other-side", "flow:companies:crm->erp"]["values"]["fields"]
    companies = next(one for one in demo_audit["records"]["flows"] if one["flow"] == "companies")
    assert companies["left"]["refused"] == refused == {"name1": 1}
    source = demo_audit["records"]["sources"]["crm/companies"]
    assert (source["source"], source["records"], source["whole"]) == ("sandbox", 55, True)
    assert {one["role"]: sum(one["counts"].values()) for one in source["times"]} == {"created": 55, "updated": 55}


def test_the_verdict_is_not_ready_and_says_what_blocks(demo_audit: dict[str, Any]) -> None:
    """A look alone never opens the go-live gate; what blocks is named."""
    verdict = demo_audit["verdict"]
    assert verdict["ready"] is False
    assert verdict["gates"]["go-live"] != "ready"
    assert set(verdict["flows"]) == {flow["name"] for flow in demo_audit["flows"]}


def test_every_result_names_an_item_with_its_texts(demo_audit: dict[str, Any]) -> None:
    """A saved audit can be rendered by itself: every item and every finding has its texts in both languages."""
    assert {one["item"] for one in demo_audit["results"]} <= set(demo_audit["items"])
    assert len(demo_audit["items"]) == 116
    assert {one["id"] for one in demo_audit["findings"]} <= set(demo_audit["texts"])
    assert {key for one in demo_audit["findings"] for key in one["evidence"]} <= set(demo_audit["evidence"])


def test_an_open_result_says_what_would_settle_it(demo_audit: dict[str, Any]) -> None:
    """No result is open without a next step."""
    silent = [
        f"{one['item']}@{one['subject']}"
        for one in demo_audit["results"]
        if one["state"] == "unknown" and not one["next_step"]
    ]
    assert silent == []


def test_a_sync_mode_is_recommended_for_each_direction(demo_audit: dict[str, Any]) -> None:
    """Each flow and direction gets a mode with its rule, or none with the alternatives side by side."""
    modes = demo_audit["sync_mode"]["flows"]
    expected = sum(2 if flow["direction"] == "both" else 1 for flow in demo_audit["flows"])
    assert len(modes) == expected
    for one in modes:
        assert one["rule"] or one["alternatives"]
        assert one["why_not_faster"] or one["mode"] in {"webhooks", None}


def test_no_secret_and_no_person_of_the_test_data_is_in_anything_written(demo_folder: Path) -> None:
    """Tokens never reach disk; mail addresses of the records are masked."""
    written = [
        one
        for one in demo_folder.rglob("*")
        if one.is_file() and one.suffix in {".json", ".html"} and "openapi" not in one.name
    ]
    assert written
    for one in written:
        text = one.read_text("utf-8")
        for secret in (crm.TOKEN, erp.KEY):
            assert secret not in text, one.name
        assert not re.search(r"[a-z]+\.[a-zäöüß]+@example\.(com|de)", text), one.name


def test_the_report_command_renders_the_demonstration_again_in_german(readiness: Readiness, demo_folder: Path) -> None:
    """A saved audit is rendered in the other language without asking any system."""
    german = readiness("report", "--project", str(demo_folder), "--language", "de")
    english = readiness("report", "--project", str(demo_folder), "--language", "en")
    assert german.code == english.code == 0
    assert "NOCH NICHT BEREIT" in german.out.upper()
    assert "NOT YET READY" in english.out.upper()


def test_the_same_audit_gives_the_same_report_byte_for_byte(
    readiness: Readiness, demo_folder: Path, tmp_path: Path
) -> None:
    """Rendering twice gives equal files."""
    for name in ("a.html", "b.html"):
        assert (
            readiness("report", "--project", str(demo_folder), "--format", "html", "-o", str(tmp_path / name)).code == 0
        )
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_json_output_is_one_document_without_colour(readiness: Readiness, demo_folder: Path) -> None:
    """`--format json` prints the audit and nothing else on stdout."""
    ended = readiness("report", "--project", str(demo_folder), "--format", "json")
    assert json.loads(ended.out)["schema_version"] == 1
    assert "\x1b" not in ended.out


def test_the_clean_results_of_the_pair_are_as_committed(demo_folder: Path) -> None:
    """A change in what the audit says of the embedded pair is seen in review: `python -m tests.story.baseline` writes the file anew."""
    made = load_audit((demo_folder / ".readiness" / "audits" / "latest.json").read_bytes())
    assert baseline.text(made) == baseline.FILE.read_text("utf-8")


def test_the_demonstration_shows_faults_and_knows_what_was_meant(readiness: Readiness) -> None:
    """All are listed in both languages; a mistyped one is wrong use, with the right one named."""
    assert "crm-name-cut" in readiness("demo", "--list-faults").out
    assert "gekürzt" in readiness("demo", "--list-faults", "--language", "de").out
    ended = readiness("demo", "--fault", "crm-nam-cut")
    assert (ended.code, "crm-name-cut" in ended.err) == (2, True)
