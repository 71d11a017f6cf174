"""A newcomer's first minutes: where am I, what can I do, and does each mistake tell me what to do next?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.cli.main import COMMANDS
from tests.story.cli import Readiness


def test_readiness_alone_says_how_to_begin(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an empty folder the program names its first three commands."""
    monkeypatch.chdir(tmp_path)
    ended = readiness()
    assert ended.code == 0
    for command in ("readiness demo", "readiness inspect", "readiness init"):
        assert command in ended.out


def test_readiness_in_a_project_says_what_is_missing_and_what_was_found(
    readiness: Readiness, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a project file: its systems, an unset variable, the last verdict, and the next command."""
    monkeypatch.chdir(demo_folder)
    monkeypatch.delenv("DEMO_CRM_TOKEN", raising=False)
    ended = readiness()
    assert ended.code == 0
    for told in ("crm.openapi.yaml", "${env:DEMO_CRM_TOKEN}", "Last audit", "readiness report"):
        assert told in ended.out


def test_help_lists_every_command_with_an_example(readiness: Readiness) -> None:
    """--help names all commands; each command's own help has an example."""
    whole = readiness("--help")
    assert whole.code == 0
    for name in COMMANDS:
        assert name in whole.out
        own = readiness(name, "--help")
        assert own.code == 0
        assert f"readiness {name}" in own.out


def test_a_misspelt_command_gets_did_you_mean(readiness: Readiness) -> None:
    """`readiness insepct` ends with 2 and names inspect."""
    ended = readiness("insepct")
    assert ended.code == 2
    assert "inspect" in ended.err


def test_an_audit_without_a_project_says_what_to_do(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no readiness.yaml, the error names init, demo and --project."""
    monkeypatch.chdir(tmp_path)
    ended = readiness("audit")
    assert ended.code == 2
    for way in ("readiness init", "readiness demo", "--project"):
        assert way in ended.err


def test_errors_come_as_json_where_json_was_asked_for(readiness: Readiness, tmp_path: Path) -> None:
    """With --format json the problems stand on stdout in the published shape."""
    bad = tmp_path / "readiness.yaml"
    bad.write_text("project: x\nsystmes: {}\n", "utf-8")
    ended = readiness("project", "check", "--project", str(bad), "--format", "json")
    assert ended.code == 2
    told = json.loads(ended.out)
    assert [(one["code"], one["line"]) for one in told["problems"]] == [("key.missing", 1), ("key.unknown", 2)]
    assert "did you mean systems?" in told["problems"][1]["hint"]


def test_an_error_shows_the_line_it_is_about(readiness: Readiness, tmp_path: Path) -> None:
    """The file's line stands below the message, marked, unless it holds a secret."""
    bad = tmp_path / "readiness.yaml"
    bad.write_text(
        "project: x\nlanguage: fr\nsystems:\n  a: {auth: {kind: bearer, token: hunter2}}\n  b: {}\n", "utf-8"
    )
    ended = readiness("audit", "--project", str(bad))
    assert ended.code == 2
    assert "2 | language: fr" in ended.err
    assert "hunter2" not in ended.err


@pytest.mark.parametrize("code", ["pagination.no-repeats", "pagination", "secret.literal"])
def test_explain_tells_findings_items_and_errors_in_both_languages(readiness: Readiness, code: str) -> None:
    """Every kind of code is explained offline, in English and German."""
    english, german = readiness("explain", code), readiness("explain", code, "--language", "de")
    assert (english.code, german.code) == (0, 0)
    assert len(english.out) > 100
    assert english.out != german.out


def test_an_unknown_code_gets_near_ones(readiness: Readiness) -> None:
    """A misspelt code ends with 2 and names near ones."""
    ended = readiness("explain", "pagination.no-repeat")
    assert ended.code == 2
    assert "pagination.no-repeats" in ended.err


def test_the_checklist_can_be_read_and_own_items_checked(readiness: Readiness, tmp_path: Path) -> None:
    """`list` shows all 116 items, show one at length, check refuses a file that names an unknown claim, with its line."""
    assert "116 items" in readiness("checklist", "list").out
    assert readiness("checklist", "show", "on-delete", "--language", "de").code == 0
    own = tmp_path / "own.yaml"
    own.write_text(
        "pack: own\nitems:\n  - id: our-own\n    section: api\n    question: {en: Is it blue?, de: Ist es blau?}\n    why: {en: so, de: darum}\n"
        "    remedy: {en: paint, de: streichen}\n    scope: system\n    severity: minor\n    assignee: it\n    needs:\n      - {all: [colour.blue]}\n",
        "utf-8",
    )
    ended = readiness("checklist", "check", str(own))
    assert ended.code == 2
    assert "colour.blue" in ended.err
    assert ":12" in ended.err


def test_the_schema_of_the_project_file_is_published(readiness: Readiness) -> None:
    """`project schema` prints a JSON Schema that knows every key."""
    schema = json.loads(readiness("project", "schema").out)
    assert {"Flow", "System", "FieldMapping"} <= set(schema["$defs"])
