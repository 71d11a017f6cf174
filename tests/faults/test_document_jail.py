"""C26: no reference of a document opens a file outside its folder or a connection, in the whole process, and no secret shows anywhere.

Mutants these tests catch: no check after symbolic links, a check by text prefix, a validator left to its own handlers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checker.documents import load

CANARY = "canary-7f3a9"
REFERENCES = [
    "../secret.json", "../secret.json#/properties", "./../secret.json", "models/../../secret.json", "..%2fsecret.json", "%2e%2e/secret.json",
    "%2e%2e%2fsecret.json", "%252e%252e/secret.json", ".%2e/secret.json", "..\\secret.json", "..%5csecret.json", "link.json", "link.json#/x",
    "outside/secret.json", "outside/../../secret.json", "models/link.json", "{secret}", "file://{secret}", "file:{secret}", "FILE://{secret}",
    "file://localhost{secret}", "file://evil.example{secret}", "file:../secret.json", "/etc/passwd", "//etc/passwd", "///etc/passwd",
    "/proc/self/environ", "/dev/zero", "/dev/stdin", "/dev/fd/0", "fifo", "python:os", "python://os/path.py", "python://json/__init__.py",
    "data:application/json,{{}}", "data:;base64,e30=", "http://127.0.0.1:{port}/a.json", "https://127.0.0.1:{port}/a.json",
    "HTTP://127.0.0.1:{port}/a", "//127.0.0.1:{port}/a.json", "http://[::1]:{port}/a", "http://localhost:{port}/a", "http://169.254.169.254/latest",
    "http://0x7f000001:{port}/", "http://2130706433/", "http://user:pw@127.0.0.1:{port}/a", "http://evil.example/a.json", "ftp://127.0.0.1/a",
    "gopher://127.0.0.1:{port}/a", "ldap://127.0.0.1/a", "jar:file:{secret}!/a", "smb://127.0.0.1/a", "\\\\127.0.0.1\\share\\a",
    "C:\\Windows\\win.ini", "C:/Windows/win.ini", "secret\u0000.json", "models/%00../secret.json", "~/secret.json", "$HOME/secret.json",
    "{sibling}", "../jail-2/secret.json", "?../secret.json", "../secret.json?x#y", "models/../../jail/../secret.json", "http://[::1", "http://a:b:c/",
    "x" * 5000, "../" * 2000 + "etc/passwd",
]  # fmt: skip

# Runs in a process of its own, since an audit hook can't be taken off again; prints what was opened and where one tried to connect
CHILD = """
import json, os, sys
folder, allowed = os.path.realpath(sys.argv[1]), json.loads(sys.argv[2])
from checker.documents import load, validate_fast
import jsonschema_rs, orjson, fast_yaml, checker.documents.walk, checker.documents.lines, importlib.util
own = [os.path.realpath(p) for p in (*sys.path, sys.prefix, sys.base_prefix) if p]
seen = {"opened": [], "connected": []}
def hook(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(args[0]))
        if not path.startswith((folder + os.sep, *(one + os.sep for one in own))):
            seen["opened"].append(path)
    elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        seen["connected"].append(str(args[1:]))
sys.addaudithook(hook)
document = load(os.path.join(folder, "api.json"), allow_refs=allowed)
verdict = validate_fast(document)
shown = [document.api.schemas[name].description for name in document.api.schemas]
seen["listed"] = len([one for one in document.problems if "$ref" in one.message])
seen["text"] = repr((shown, verdict, document.api, document.digest))
print(json.dumps(seen))
"""


@pytest.fixture
def jail(tmp_path: Path) -> Path:
    """A folder with a document's place in it, and around it what must not be read."""
    secret = {"description": CANARY, "properties": {"x": {"description": CANARY}}, "x": {"description": CANARY}}
    folder = tmp_path / "jail"
    (folder / "models").mkdir(parents=True)
    (tmp_path / "jail-2").mkdir()
    for path in (tmp_path / "secret.json", tmp_path / "jail-2" / "secret.json"):
        path.write_text(json.dumps(secret), "utf-8")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "fifo")
    for name, target in (("link.json", "../secret.json"), ("outside", ".."), ("models/link.json", "../../secret.json")):
        (folder / name).symlink_to(target)
    return folder


def write(jail: Path, references: list[str]) -> int:
    """The document with these references; how many there are."""
    filled = [
        one.replace("{{}}", "{}")
        .replace("{secret}", str(jail.parent / "secret.json"))
        .replace("{sibling}", str(jail.parent / "jail-2" / "secret.json"))
        .replace("{port}", "9")
        for one in references
    ]
    schemas: dict[str, Any] = {f"s{number}": {"$ref": one} for number, one in enumerate(filled)}
    root = {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {}, "components": {"schemas": schemas}}
    (jail / "api.json").write_text(json.dumps(root), "utf-8")
    return len(schemas)


def watched(jail: Path, allowed: list[str] | None = None) -> dict[str, Any]:
    """What a process saw that read the document."""
    command = [sys.executable, "-c", CHILD, str(jail), json.dumps(allowed or [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert CANARY not in done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_nothing_outside_is_opened_and_nobody_is_called(jail: Path) -> None:
    """Seventy ways out: none opens a file, none makes a connection, none shows the secret, each is listed as a problem."""
    count = write(jail, REFERENCES)
    seen = watched(jail)
    assert (seen["opened"], seen["connected"]) == ([], [])
    assert seen["listed"] == count
    assert CANARY not in seen["text"]


def test_the_watch_can_fail(jail: Path) -> None:
    """The same process does notice when a folder is allowed: the file is opened and its text is there."""
    write(jail, ["../secret.json"])
    seen = watched(jail, [str(jail.parent)])
    assert seen["opened"] == [str((jail.parent / "secret.json").resolve())]
    assert CANARY in seen["text"]


def test_an_allowed_folder_opens_that_folder_only(jail: Path) -> None:
    """Who allows one further folder has allowed no other."""
    write(jail, ["../jail-2/secret.json", "../secret.json", "{sibling}", "link.json"])
    document = load(jail / "api.json", allow_refs=[str(jail.parent / "jail-2")])
    assert [one.description for one in document.api.schemas.values()] == [CANARY, "", CANARY, ""]


def test_an_allowed_host_is_asked_through_the_callers_connection_only(jail: Path) -> None:
    """Who allows a host has it read by the one client, and no other host."""
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b'{"description": "fetched"}'

    write(
        jail, ["https://good.example/a.json", "https://evil.example/a.json", "https://good.example.evil.example/a.json"]
    )
    document = load(jail / "api.json", fetch=fetch, allow_refs=["good.example"])
    assert [one.description for one in document.api.schemas.values()] == ["fetched", "", ""]
    assert asked == ["https://good.example/a.json"]


def test_a_fetched_file_leads_to_no_file_of_ours(jail: Path) -> None:
    """A reference in a text from the network never names a file of this machine."""
    write(jail, ["https://good.example/a.json"])
    answer = json.dumps({"properties": {"a": {"$ref": f"file://{jail.parent}/secret.json"}, "b": {"$ref": "api.json"}}})
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return answer.encode()

    document = load(jail / "api.json", fetch=fetch, allow_refs=["good.example"])
    fields = document.api.schemas["s0"].properties()
    assert (fields["a"].description, fields["b"].description) == ("", "")
    assert asked == ["https://good.example/a.json", "https://good.example/api.json"]


def test_the_validators_and_the_bundler_see_no_more(jail: Path) -> None:
    """The authority and the bundler get the same documents, and show nothing of what was refused."""
    from checker.documents import bundle, validate

    (jail / "models" / "own.json").write_text('{"type": "string"}', "utf-8")
    write(jail, [*REFERENCES, "models/own.json"])
    document = load(jail / "api.json")
    verdict = validate(document)
    assert verdict.valid is True
    assert CANARY not in repr(verdict) + json.dumps(bundle(document))
    assert "root:" not in repr(verdict)
