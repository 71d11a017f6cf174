"""The command line among hostile systems, documents, folders and terminals: nothing is lost, nothing leaks, and every end is told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from checker.cli import inspect as inspect_command
from checker.model.text import INVISIBLE
from tests.servers import Answered, Asked, raw, read_request, serve
from tests.story.cli import Readiness
from tests.story.test_audit import DOCUMENT, latest, project
from tests.unit.probes.lists import TOKEN, Lists

CANARY = "canary-7f3e9a/tok+en"
MAIL = "anna.schmidt@example.de"
posix = pytest.mark.skipif(os.name != "posix", reason="links, devices and closed streams are POSIX's")


@pytest.fixture
def readiness(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Readiness:
    """The command line, the little CRM's token set."""
    monkeypatch.setenv("LITTLE_TOKEN", TOKEN)
    return Readiness(capsys)


@dataclass
class Sabotaged(Lists):
    """The good list, but for headers added to every answer and fields changed in every page."""

    headers: tuple[tuple[str, str], ...] = ()
    page: Callable[[dict[str, Any]], dict[str, Any]] = dict

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        given = super().__call__(asked)
        reply = given if isinstance(given, Answered) else Answered(body=given)
        body = self.page(reply.body) if isinstance(reply.body, dict) and "data" in reply.body else reply.body
        return Answered(reply.status, body, [*reply.headers, *self.headers])


def each(**changed: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Change fields of every record; None takes a field away, a function is given the record's number."""

    def one(number: int, old: dict[str, Any]) -> dict[str, Any]:
        new = {name: value(number) if callable(value) else value for name, value in changed.items()}
        return {name: value for name, value in {**old, **new}.items() if value is not None}

    return lambda page: {**page, "data": [one(number, old) for number, old in enumerate(page["data"])]}


HOSTILE = {
    "a limit of 400 digits": Sabotaged(headers=(("X-RateLimit-Limit", "9" * 400),)),
    "a limit that Python refuses to read": Sabotaged(headers=(("RateLimit", "limit=" + "9" * 5000),)),
    "a total of 31 digits": Sabotaged(page=lambda page: {**page, "total": 10**30}),
    "a total that Python refuses to read": Sabotaged(page=lambda page: {**page, "total": "9" * 5000}),
    "records without ids, numbers beyond 64 bits": Sabotaged(page=each(id=None, n=lambda number: 10**30 + number)),
    "ids that are objects": Sabotaged(page=each(id=lambda number: {"a": 10**30 + number})),
    "times before the first day": Sabotaged(page=each(updated_at=lambda n: f"0001-01-01T00:00:{n:02}+14:00")),
    "times after the last day": Sabotaged(page=each(updated_at=lambda n: f"9999-12-31T23:59:{n:02}-14:00")),
    "times beyond any calendar": Sabotaged(page=each(updated_at=lambda n: f"/Date({'9' * 30}{n})/")),
    "redirects to nowhere": lambda _asked: Answered(302, {}, [("Location", "http://[::1")]),
    "redirects of control characters": lambda _asked: Answered(302, {}, [("Location", "\x7fhttp:\\\\h [/bold]<b>")]),
}


@pytest.mark.parametrize("server", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_a_system_answers_no_check_of_ours_fails(
    readiness: Readiness, tmp_path: Path, server: Callable[[Asked], Any]
) -> None:
    """Nonsense in answers leaves findings about the system: no check breaks, and the report is written."""
    with serve(server) as system:
        ended = readiness("audit", "--project", str(project(tmp_path, system.url)))
    assert ended.code in {1, 3}, ended.err
    assert [(one["id"], one["values"]) for one in latest(tmp_path)["findings"] if one["answer"] == "error"] == []
    assert (tmp_path / "readiness-report.html").is_file()


@pytest.mark.parametrize("cursor", ["x" * 200_000, "http://[::1/"], ids=["too-long", "no-url"])
def test_a_cursor_that_cannot_be_sent_leaves_the_walk_open(readiness: Readiness, tmp_path: Path, cursor: str) -> None:
    """200,000 characters, or a link that is none: a fault of the system's paging, and no crash of ours."""
    pages = Sabotaged(page=lambda page: {**page, "next": cursor})
    document = json.loads(json.dumps(DOCUMENT).replace('"offset"', '"cursor"'))
    answer = document["paths"]["/contacts"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer["properties"]["next"] = {"type": "string", "description": "cursor of the next page"}
    with serve(pages) as system:
        path = project(tmp_path, system.url)
        (tmp_path / "crm.json").write_text(json.dumps(document), "utf-8")
        readiness("audit", "--project", str(path))
    found = {(one["id"], one["subject"]): one["answer"] for one in latest(tmp_path)["findings"]}
    assert found["pagination.ends", "crm/contacts"] == "unknown"
    assert "error" not in found.values()


def test_a_system_that_asks_for_a_long_pause_is_told_with_the_time_when_it_can_go_on(
    readiness: Readiness, tmp_path: Path
) -> None:
    """Retry-After beyond our patience: asked once, then left alone; the reason is the pause, and until when."""
    with serve(lambda _asked: Answered(429, {}, [("Retry-After", "120")])) as system:
        readiness("audit", "--project", str(project(tmp_path, system.url)))
        assert len(system.asked) == 1
    (finding,) = [
        one for one in latest(tmp_path)["findings"] if (one["id"], one["subject"]) == ("credentials.accepted", "crm")
    ]
    assert finding["values"]["reason"] == "rate-limited"
    assert finding["values"]["until"] in finding["says"]


def test_secrets_and_mails_that_a_system_says_back_reach_no_output(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token in a header that findings quote, token and mail as names in the answer: none of it in report, audit or terminal."""
    monkeypatch.setenv("LITTLE_TOKEN", CANARY)
    document = json.loads(json.dumps(DOCUMENT))
    contact = document["components"]["schemas"]["Contact"]
    contact["additionalProperties"] = {"type": "string"}
    good = Lists()

    def echo(asked: Asked) -> Answered:
        given = asked.headers.get("authorization", "")
        known = {**asked.headers, "authorization": f"Bearer {TOKEN}"} if CANARY in given else asked.headers
        reply = good(Asked(asked.method, asked.path, asked.pairs, known, asked.body))
        reply = reply if isinstance(reply, Answered) else Answered(body=reply)
        if "data" in reply.body:
            reply.body["data"] = [{**one, MAIL: 1, CANARY: 1} for one in reply.body["data"]]
        return Answered(reply.status, reply.body, [("Sunset", given), ("X-Echo", given)])

    with serve(echo) as system:
        path = project(tmp_path, system.url)
        (tmp_path / "crm.json").write_text(json.dumps(document), "utf-8")
        ended = readiness("audit", "--project", str(path))
    found = {one["id"]: one for one in latest(tmp_path)["findings"] if one["subject"].startswith("crm")}
    assert found["version.no-sunset"]["answer"] == "no"
    assert found["answers.match-document"]["answer"] == "no"
    written = "".join(one.read_text("utf-8") for one in tmp_path.rglob("*") if one.is_file()) + ended.out + ended.err
    assert CANARY not in written
    assert MAIL not in written
    assert "$LITTLE_TOKEN" in written


def occupied(folder: Path) -> None:
    """A folder where the report belongs."""
    (folder / "readiness-report.html").mkdir()


def piped(folder: Path) -> None:
    """A pipe where the report belongs; devices are the same to us, but tests should keep their hands off them."""
    os.mkfifo(folder / "readiness-report.html")


def linked(folder: Path) -> None:
    """A link where the saved audits belong."""
    (folder / "elsewhere").mkdir()
    (folder / ".readiness").mkdir()
    (folder / ".readiness" / "audits").symlink_to(folder / "elsewhere")


def filed(folder: Path) -> None:
    """A file where the saved audits belong."""
    (folder / ".readiness").mkdir()
    (folder / ".readiness" / "audits").write_text("x", "utf-8")


@posix
@pytest.mark.parametrize(
    ("prepare", "words", "told"),
    [
        (occupied, (), "readiness-report.html is no ordinary file"),
        (linked, (), "links are not followed"),
        (filed, (), "something else stands there"),
        (None, ("--report", "no/such/folder/r.html"), "No such file or directory"),
        (piped, (), "readiness-report.html is no ordinary file"),
    ],
    ids=["folder-for-report", "link-for-audits", "file-for-audits", "no-folder", "pipe-for-report"],
)
def test_a_place_that_cannot_be_written_is_told_before_anybody_is_asked(
    readiness: Readiness, tmp_path: Path, prepare: Callable[[Path], None] | None, words: tuple[str, ...], told: str
) -> None:
    """Exit 2 with the path and the reason, before a long audit and not after it; nothing is written behind links or over pipes."""
    if prepare is not None:
        prepare(tmp_path)
    with serve(Lists()) as system:
        ended = readiness("audit", "--project", str(project(tmp_path, system.url)), *words)
        assert system.asked == []
    assert ended.code == 2
    assert told in ended.err
    assert not (tmp_path / "elsewhere").exists() or list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_is_not_there_ends_every_writing_command_with_2(readiness: Readiness, tmp_path: Path) -> None:
    """Init and demo say which path and why, as audit does."""
    ended = readiness("init", "crm", "erp", "--output", str(tmp_path / "no" / "readiness.yaml"))
    assert ended.code == 2
    assert "No such file or directory" in ended.err
    (tmp_path / "file").write_text("x", "utf-8")
    ended = readiness("demo", "--folder", str(tmp_path / "file" / "below"))
    assert ended.code == 2
    assert "below can't be written" in ended.err


@pytest.fixture
def little(tmp_path: Path) -> Path:
    """A folder with a project that is audited offline."""
    project(tmp_path, "http://127.0.0.1:1")
    return tmp_path


def run(folder: Path, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`readiness LINE` in a shell, for what streams do; the shell knows it as "$0"."""
    command = f'"$0" -m checker {line}'
    return subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=folder, env={**os.environ, "LITTLE_TOKEN": TOKEN, **environment}, capture_output=True, check=False,
    )  # fmt: skip


@posix
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("audit --offline --gate start >&-", {1, 3}),
        ("inspect nowhere.json 2>&-", {2}),
        ("checklist list >/dev/full", {2}),
    ],
    ids=["stdout-closed", "stderr-closed", "disk-full"],
)
def test_closed_and_full_streams_change_nothing_of_the_exit_code(little: Path, line: str, code: set[int]) -> None:
    """A cron job without stdout still audits; a full disk is told as that."""
    ended = run(little, line)
    assert ended.returncode in code, ended.stderr
    assert b"a bug of ours" not in ended.stderr


@posix
def test_a_terminal_that_cannot_spell_our_signs_gets_them_escaped_and_json_stays_utf8(little: Path) -> None:
    """Latin-1 has umlauts and no arrows: the text is printed all the same; JSON is UTF-8 whatever the terminal speaks."""
    ended = run(little, "audit --offline --language de", PYTHONIOENCODING="latin-1")
    assert ended.returncode in {1, 3}, ended.stderr
    assert "BEREITSCHAFTSPRÜFUNG" in ended.stdout.decode("latin-1")
    document = run(little, "checklist list --language de --format json", PYTHONIOENCODING="ascii").stdout
    assert "ü" in document.decode("utf-8")
    assert json.loads(document)["command"] == "checklist list"


def test_json_for_programs_has_no_character_that_a_terminal_obeys(readiness: Readiness, tmp_path: Path) -> None:
    """Escapes, 8-bit controls and bidi overrides in a document: none in the JSON on a screen, and all of them in its values."""
    title = "a\x1b[31m\x9b31m\u202eb\U000e0041"
    path = tmp_path / "crm.json"
    path.write_text(json.dumps({**DOCUMENT, "info": {"title": title, "version": "1"}}), "utf-8")
    for words in (("--format", "json"), ("--bundle", "-")):
        printed = readiness("inspect", str(path), *words).out
        assert [c for c in printed if c != "\n" and unicodedata.category(c) in INVISIBLE] == []
        whole = json.loads(printed)
        assert (whole.get("info") or whole["document"])["title"] == title


def test_a_bug_of_ours_tells_no_values_even_with_debug(readiness: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an exception quotes may be a secret or somebody's name: neither the file nor --debug shows it; the place is shown."""
    monkeypatch.setenv("SOME_SECRET", CANARY)

    def broken(**_words: object) -> None:
        message = f"invalid value 'Annegret Müller' of {MAIL}, sent {CANARY}"
        raise ValueError(message)

    monkeypatch.setattr(inspect_command.command, "callback", broken)
    ended = readiness("--debug", "inspect", "x.json")
    assert ended.code == 70
    kept = Path(next(word.rstrip(";") for word in ended.err.split() if "readiness-bug-" in word))
    for account in (ended.err, kept.read_text("utf-8")):
        assert "ValueError: invalid value" in account
        assert "test_cli_faults.py" in account
        assert not any(one in account for one in (CANARY, MAIL, "Annegret"))


@posix
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_while_documents_are_read_ends_at_once(tmp_path: Path, presses: int) -> None:
    """A document's server that never answers holds nobody up: 130 in less than five seconds, no traceback, pressed once or twice."""
    asked = threading.Event()

    def silent(link: socket.socket, over: threading.Event) -> None:
        read_request(link)
        asked.set()
        over.wait(60)

    with raw(silent) as server:
        path = project(tmp_path, server.url, f'"{server.url}/openapi.json", base_url: "{server.url}"')
        process = subprocess.Popen(
            [sys.executable, "-m", "checker", "audit", "--project", str(path)],
            env={**os.environ, "LITTLE_TOKEN": TOKEN}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert asked.wait(30)
        began = time.monotonic()
        for _ in range(presses):
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert time.monotonic() - began < 5
    assert b"interrupted" in err
    assert b"Traceback" not in err
