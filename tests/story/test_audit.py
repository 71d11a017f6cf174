"""`readiness audit` on a project of one's own: what it says, what it leaves, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checker.cli import inspect as inspect_command
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import running_pair
from tests.servers import Answered, Asked, serve
from tests.story.cli import Readiness
from tests.unit.probes.lists import TOKEN, Lists

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Little CRM", "version": "1"},
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Contact": {
                "type": "object",
                "required": ["email"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "email": {"type": "string", "maxLength": 80},
                    "name": {"type": "string"},
                    "updated_at": {"type": "string", "format": "date-time", "readOnly": True},
                },
            }
        },
    },
    "security": [{"token": []}],
    "paths": {
        "/contacts": {
            "get": {
                "parameters": [
                    {"name": name, "in": "query", "schema": {"type": kind}}
                    for name, kind in (
                        ("limit", "integer"),
                        ("offset", "integer"),
                        ("email", "string"),
                        ("sort", "string"),
                    )
                ]
                + [
                    {
                        "name": "since",
                        "in": "query",
                        "description": "only contacts changed since",
                        "schema": {"type": "string", "format": "date-time"},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "a page",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "total": {"type": "integer"},
                                        "data": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}},
                                    },
                                }
                            }
                        },
                    }
                },
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}}},
                "responses": {
                    "201": {
                        "description": "made",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}},
                    }
                },
            },
        },
        "/contacts/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "responses": {
                    "200": {
                        "description": "one",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}},
                    }
                }
            },
            "patch": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}}},
                "responses": {"200": {"description": "changed"}},
            },
        },
    },
}
PROJECT = """\
project: little
systems:
  crm: {{document: crm.json, base_url: "{url}", auth: {{kind: bearer, token: "${{env:LITTLE_TOKEN}}"}}, limits: {{requests_per_second: 1000}}}}
  erp: {{document: {other}}}
flows:
  - name: contacts
    left: crm/contacts
    right: erp/contacts
    match: [email]
    fields: [{{left: email, right: email, transform: [lowercase]}}]
"""


def project(folder: Path, url: str, other: str = "crm.json") -> Path:
    """A project between the little CRM and a second system of the same shape."""
    (folder / "crm.json").write_text(json.dumps(DOCUMENT), "utf-8")
    path = folder / "readiness.yaml"
    path.write_text(PROJECT.format(url=url, other=other), "utf-8")
    return path


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A running little CRM, its token set."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists()) as server:
        yield server.url


def latest(folder: Path) -> dict[str, Any]:
    """The saved audit."""
    return json.loads((folder / ".readiness" / "audits" / "latest.json").read_text("utf-8"))


def test_an_audit_probes_what_it_can_and_leaves_the_rest_open(readiness: Readiness, tmp_path: Path, url: str) -> None:
    """One system answers, the other has no address: the first is probed, the second open with the reason, the report is written."""
    ended = readiness("audit", "--project", str(project(tmp_path, url)))
    assert ended.code in {1, 3}
    found = {(one["id"], one["subject"]): one for one in latest(tmp_path)["findings"]}
    assert found["pagination.complete", "crm/contacts"]["answer"] == "yes"
    assert found["updated-since.includes-boundary", "crm/contacts"]["answer"] == "yes"
    assert found["pagination.complete", "erp/contacts"]["values"]["reason"] == "no-base-url"
    figures = latest(tmp_path)["records"]
    assert figures["sources"]["crm/contacts"]["missing"] is None
    assert figures["sources"]["crm/contacts"]["times"]
    assert [one["missing"] for one in figures["flows"]] == ["no-base-url"]
    report = (tmp_path / "readiness-report.html").read_text("utf-8")
    assert "No picture: no address of the system is stated." in report
    assert (tmp_path / "readiness-report.html").is_file()
    assert "Nothing was written" in ended.out
    assert ended.err == ""  # progress is for terminals


def test_offline_asks_nobody(readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--offline reads documents and project only."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists()) as server:
        readiness("audit", "--offline", "--project", str(project(tmp_path, server.url)))
        assert server.asked == []
    assert latest(tmp_path)["records"] is None
    assert 'id="records"' not in (tmp_path / "readiness-report.html").read_text("utf-8")
    assert {one["values"].get("reason") for one in latest(tmp_path)["findings"] if one["id"] == "pagination.ends"} == {
        "offline"
    }


@pytest.mark.parametrize(
    ("defect", "missing", "told"),
    [
        ("", None, ""),
        ("mock", "stateless-mock", "the system sends canned examples"),
        ("incomplete", "not-all-read", "CRM contacts: only 23 records were read, of 25."),
        ("breaks-deep", "not-all-read", "records were read, of 23."),
        ("403", "credentials-refused", "the credentials were refused"),
    ],
)
def test_the_report_draws_what_was_read_or_says_why_not(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, defect: str, missing: str | None, told: str
) -> None:
    """Both sides whole: a picture. A mock, a list that breaks off or gives less than it tells, a refusal: a sentence in its place."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    with serve(Lists(defect)) as server:
        other = f'crm.json, base_url: "{server.url}", auth: {{kind: bearer, token: "${{env:LITTLE_TOKEN}}"}}'
        readiness("audit", "--project", str(project(tmp_path, server.url, other)))
    (flow,) = latest(tmp_path)["records"]["flows"]
    report = (tmp_path / "readiness-report.html").read_text("utf-8")
    assert (flow["missing"], "p-linked" in report.partition("</style>")[2]) == (missing, missing is None)
    assert told in report
    assert flow["left"]["linked"] == (23 if missing is None else 0)


def test_json_is_one_document_on_stdout(readiness: Readiness, tmp_path: Path, url: str) -> None:
    """--format json prints the audit itself, and nothing else."""
    ended = readiness("audit", "--project", str(project(tmp_path, url)), "--format", "json")
    assert json.loads(ended.out)["project"] == "little"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("login.html", "<!DOCTYPE html><html><title>Log in</title></html>", "web page"),
        ("broken.yaml", "openapi: 3.0.0\npaths: [", "broken.yaml"),
        ("empty.json", "", "empty"),
        (
            "postman.json",
            '{"info": {"_postman_id": "1", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": []}',
            "Postman",
        ),
    ],
)
def test_a_document_that_is_none_is_a_finding_of_the_audit_not_its_end(
    readiness: Readiness, tmp_path: Path, url: str, name: str, content: str, told: str
) -> None:
    """Inside an audit an unreadable document is told, and the other system is audited all the same."""
    (tmp_path / name).write_text(content, "utf-8")
    ended = readiness("audit", "--project", str(project(tmp_path, url, name)))
    assert ended.code in {1, 3}
    found = {(one["id"], one["subject"]): one for one in latest(tmp_path)["findings"]}
    assert found["document.readable", "erp"]["answer"] == "no"
    assert told in found["document.readable", "erp"]["says"]
    assert found["pagination.complete", "crm/contacts"]["answer"] == "yes"


def test_a_missing_document_is_told_with_its_path(readiness: Readiness, tmp_path: Path, url: str) -> None:
    """A document that isn't there is a finding with its name."""
    readiness("audit", "--project", str(project(tmp_path, url, "nowhere.json")))
    (finding,) = [
        one for one in latest(tmp_path)["findings"] if (one["id"], one["subject"]) == ("document.readable", "erp")
    ]
    assert finding["answer"] == "no"
    assert "nowhere.json" in finding["says"]


@pytest.fixture
def pair_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project of the embedded pair while both run, credentials set."""
    now = datetime.now(UTC)
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    with running_pair(now) as pair:
        yield write_demo(tmp_path, pair, now)


@pytest.mark.parametrize(("gate", "code"), [("start", 0), ("build", 1), ("go-live", 1)])
def test_the_exit_code_is_the_verdict_of_the_asked_gate(
    readiness: Readiness, pair_project: Path, gate: str, code: int
) -> None:
    """0: work may start; 1: building may not, for companies share their VAT id; 1: going live is blocked."""
    ended = readiness("audit", "--project", str(pair_project), "--gate", gate, "--format", "json")
    assert ended.code == code
    assert json.loads(ended.out)["verdict"]["gate"] == gate


def test_a_document_is_read_from_the_systems_own_origin_with_its_credentials(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`document` may be an address of the system itself; the token goes along."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    lists = Lists()

    def answer(asked: Asked) -> Any:
        if asked.path == "/openapi.json":
            return DOCUMENT if asked.headers.get("authorization") == f"Bearer {TOKEN}" else Answered(403, {})
        return lists(asked)

    with serve(answer) as server:
        path = project(tmp_path, server.url)
        path.write_text(
            path.read_text("utf-8").replace(
                "document: crm.json, base_url", f'document: "{server.url}/openapi.json", base_url'
            ),
            "utf-8",
        )
        readiness("audit", "--project", str(path))
    found = {(one["id"], one["subject"]): one for one in latest(tmp_path)["findings"]}
    assert found["document.readable", "crm"]["answer"] == "yes"
    assert found["pagination.complete", "crm/contacts"]["answer"] == "yes"


def test_a_document_at_a_foreign_host_is_not_fetched_and_told(readiness: Readiness, tmp_path: Path, url: str) -> None:
    """Credentials and requests go to the system's own origin only; `origins` names others."""
    with serve(lambda _asked: DOCUMENT) as foreign:
        path = project(tmp_path, url)
        path.write_text(
            path.read_text("utf-8").replace(
                "document: crm.json, base_url", f'document: "{foreign.url}/openapi.json", base_url'
            ),
            "utf-8",
        )
        readiness("audit", "--project", str(path))
        assert foreign.asked == []
    (finding,) = [
        one for one in latest(tmp_path)["findings"] if (one["id"], one["subject"]) == ("document.readable", "crm")
    ]
    assert finding["answer"] == "no"
    assert "nothing was sent there" in finding["says"]


def test_an_address_that_is_none_ends_with_2_and_says_which(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in the project's own address is no finding about the system: exit 2, with the address."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    ended = readiness("audit", "--project", str(project(tmp_path, "ftp://crm.example.com")))
    assert ended.code == 2
    assert "ftp://crm.example.com" in ended.err


def test_a_bug_of_ours_ends_with_70_and_a_file_without_secrets(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks in the program: no traceback, exit 70, the account in a file, secrets struck out."""

    def broken(**_words: object) -> None:
        message = "token=hunter2-hunter2"
        raise RuntimeError(message)

    monkeypatch.setattr(inspect_command.command, "callback", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    ended = readiness("inspect", "x.json")
    assert ended.code == 70
    assert "Traceback" not in ended.err
    assert "hunter2" not in ended.err
    kept = Path(next(word.rstrip(";") for word in ended.err.split() if "readiness-bug-" in word))
    assert "RuntimeError" in kept.read_text("utf-8")
    assert "hunter2" not in kept.read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="signals as a terminal sends them are POSIX's")
def test_ctrl_c_in_mid_audit_saves_what_was_found_and_ends_with_130(tmp_path: Path) -> None:
    """A real process, a real SIGINT while requests are under way: ends soon with 130, the audit so far is saved and says so."""
    good, under_way = Lists(), threading.Event()

    def slow(asked: Asked) -> Any:
        under_way.set()
        time.sleep(0.05)
        return good(asked)

    with serve(slow) as server:
        path = project(tmp_path, server.url)
        process = subprocess.Popen(
            [sys.executable, "-m", "checker", "audit", "--project", str(path)],
            env={**os.environ, "LITTLE_TOKEN": TOKEN}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert under_way.wait(30)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert time.monotonic() - began < 5
    assert latest(tmp_path)["stopped"] == "interrupted"
    assert b"Interrupted" in out
    assert b"Traceback" not in err
