"""`readiness doctor`: what it says of the surroundings of an audit, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.journal import FILE, Intent, Journal
from checker.store import Store
from tests.servers import serve
from tests.story.cli import Readiness
from tests.story.test_audit import project
from tests.unit.probes.lists import TOKEN, Lists


def test_surroundings_in_order_end_with_0_and_no_secret_is_shown(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything an audit needs is there: exit 0, the reference is named and its value is nowhere. Catches: values echoed."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists()) as server:
        path = str(project(tmp_path, server.url))
        said = readiness("doctor", "--project", path)
        german = readiness("doctor", "--project", path, "--language", "de")
        told = readiness("doctor", "--project", path, "--format", "json")
    assert said.code == german.code == told.code == 0
    assert "${env:LITTLE_TOKEN} is there" in said.out
    assert "in Ordnung" in german.out
    assert not any(TOKEN in text for one in (said, german, told) for text in (one.out, one.err))
    found = {(one["code"], one["subject"]): one["state"] for one in json.loads(told.out)["result"]["checks"]}
    assert found["network.tcp", "crm"] == found["credentials.accepted", "crm"] == "good"
    assert found["permit.not-marked", "crm"] == "note"
    assert not (tmp_path / ".readiness").exists()


def test_a_missing_secret_and_a_dead_address_are_in_the_way(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps an audit from finding out ends with 1, and says what to do. Catches: missing secrets taken for found."""
    monkeypatch.delenv("LITTLE_TOKEN", raising=False)
    path = str(project(tmp_path, "http://127.0.0.1:9"))
    missing = readiness("doctor", "--project", path)
    assert missing.code == 1
    assert "LITTLE_TOKEN" in missing.out
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    dead = readiness("doctor", "--project", path)
    assert dead.code == 1
    assert "port 9" in dead.out
    assert "not accepted" not in dead.out
    assert TOKEN not in dead.out + dead.err


def test_a_wrong_address_of_one_system_keeps_nobody_from_looking_at_the_other(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CRM's address can't be one: told, exit 2, and the ERP is checked all the same. Catches: all checks ended by the first mistake."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists()) as server:
        path = project(tmp_path, server.url)
        right = next(line for line in path.read_text("utf-8").splitlines() if line.startswith("  crm:"))
        wrong = right.replace(server.url, "http://user@127.0.0.1")
        text = path.read_text("utf-8").replace("  erp: {document: crm.json}", right.replace("crm:", "erp:", 1))
        path.write_text(text.replace(right, wrong), "utf-8")
        ended = readiness("doctor", "--project", str(path), "--format", "json")
    assert ended.code == 2
    found = {(one["code"], one["subject"]): one["state"] for one in json.loads(ended.out)["result"]["checks"]}
    assert found["network.tcp", "erp"] == "good", found


def test_a_secret_file_that_others_can_read_is_flagged(readiness: Readiness, tmp_path: Path) -> None:
    """A world-readable secret file is in the way; what it holds is not shown. Catches: the mode not looked at."""
    path = project(tmp_path, "http://127.0.0.1:9")
    path.write_text(path.read_text("utf-8").replace("${env:LITTLE_TOKEN}", "${file:token.txt}"), "utf-8")
    (tmp_path / "token.txt").write_text("canary-7f3a9", "utf-8")
    (tmp_path / "token.txt").chmod(0o644)
    ended = readiness("doctor", "--project", str(path))
    assert ended.code == 1
    assert "token.txt" in ended.out
    assert "canary-7f3a9" not in ended.out + ended.err


def test_a_wrong_project_file_ends_with_2_and_the_rest_is_told(readiness: Readiness, tmp_path: Path) -> None:
    """A mistake in the project file is told with its line, beside what could be checked all the same."""
    path = project(tmp_path, "http://127.0.0.1:9")
    path.write_text(path.read_text("utf-8").replace("flows:", "flowz:"), "utf-8")
    ended = readiness("doctor", "--project", str(path))
    assert ended.code == 2
    assert "flowz" in ended.out
    assert "Python" in ended.out


def test_without_a_project_it_says_how_to_start(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no project file, versions are told and the commands that begin one."""
    monkeypatch.chdir(tmp_path)
    ended = readiness("doctor")
    assert ended.code == 0
    assert "readiness init" in ended.out


def test_what_earlier_runs_left_is_told_with_the_command_that_removes_it(readiness: Readiness, tmp_path: Path) -> None:
    """Test records in the journal: told, with `readiness cleanup` as the next step. Catches: the journal not read."""
    path = project(tmp_path, "http://127.0.0.1:9")
    Store(tmp_path).ready()
    journal = Journal(tmp_path / ".readiness" / FILE, "little")
    journal.intend(
        Intent(mark="rdy1", purpose="probe", system="crm", base_url="http://127.0.0.1:9", resource="contacts", operation="create", test=True)
    )  # fmt: skip
    journal.close()
    assert "readiness cleanup" in readiness("doctor", "--project", str(path)).out


@pytest.mark.parametrize(("language", "told"), [("en", "Outgoing"), ("de", "Ausgehend")])
def test_what_the_customers_it_must_allow_is_a_text_to_send(
    readiness: Readiness, tmp_path: Path, language: str, told: str
) -> None:
    """Addresses, ports, methods, how many calls, events, the mark, how to stop: from the project file alone, without a secret."""
    (tmp_path / "readiness.yaml").write_text(
        "project: A to B\nplatform: {static_ips: [203.0.113.10]}\nsystems:\n"
        "  a: {base_url: 'https://sandbox.example.com/v1', sandbox: true, limits: {max_requests: 700},\n"
        "      auth: {kind: oauth2_client_credentials, token_url: 'https://login.example.com:8443/t', client_id: x, client_secret: '${env:S}'}}\n"
        "  b: {}\nwebhooks: {public_url: 'https://hooks.example.net'}\n",
        "utf-8",
    )
    ended = readiness("doctor", "--for-it", "--language", language, "--project", str(tmp_path))
    assert ended.code == 0
    for part in (
        told,
        "sandbox.example.com",
        "443",
        "700",
        "login.example.com",
        "8443",
        "203.0.113.10",
        "rdy",
        "https://hooks.example.net",
    ):
        assert part in ended.out, part
    assert "${env" not in ended.out
