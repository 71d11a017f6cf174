"""A system that can't be reached, or only by bad encryption: told as what it is; everything behind it stays open, with the reason."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme

from checker import patience
from checker.client.recorder import Recorder
from checker.look import Known, Look, Seen
from checker.model.finding import Answer, Finding
from checker.model.profile import DocumentInfo, Profile
from checker.probes.base import Ledger
from checker.project.load import load_project
from checker.project.secrets import Secrets
from tests.servers import serve
from tests.unit.probes.lists import TOKEN, Lists, profile

PROJECT = """\
project: reach
systems:
  crm:
    base_url: {url}
    auth: {{kind: bearer, token: "${{env:T}}"}}
    limits: {{requests_per_second: 1000}}
    {more}
  erp: {{}}
flows:
  - {{name: contacts, left: crm/contacts, right: erp/contacts}}
"""


def looked(
    folder: Path, url: str, more: str = "", environ: dict[str, str] | None = None, say: Callable[[str], None] = str
) -> tuple[dict[str, Seen], bool]:
    """A live look at a system at `url`."""
    path = folder / "readiness.yaml"
    path.write_text(PROJECT.format(url=url, more=more), "utf-8")
    loaded = load_project(path)
    whole = Profile(
        document=DocumentInfo(title="t", version="1", openapi="3.1.0", source="t.json"), resources=(profile(),)
    )
    known = {"crm": Known(whole, None), "erp": Known(None, None)}
    secrets = Secrets(folder, {"T": TOKEN} if environ is None else environ)
    live = Look(loaded, known, secrets, Recorder(), Ledger(), say)
    with closing(live):
        return live.run()


def by_claim(seen: Seen, subject: str = "crm") -> dict[str, Finding]:
    """The findings about a subject."""
    return {one.id: one for one in seen.findings if one.subject == subject}


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def test_a_port_where_nobody_listens_is_a_no_on_the_connection(tmp_path: Path) -> None:
    """Connection refused: network.tcp says so, and every later question stays open as unreachable."""
    seen, _ = looked(tmp_path, f"http://127.0.0.1:{free_port()}")
    found = by_claim(seen["crm"])
    assert (found["network.tcp"].answer, found["network.tcp"].values["reason"]) == (Answer.NO, "connection-refused")
    assert found["credentials.accepted"].values["reason"] == "unreachable"
    assert by_claim(seen["crm"], "crm/contacts")["pagination.ends"].values["reason"] == "unreachable"
    assert seen["crm"].reached is False


def test_a_host_without_an_address_is_a_no_on_the_name(tmp_path: Path) -> None:
    """A name that doesn't resolve is told as that."""
    seen, _ = looked(tmp_path, "https://no-such-host.invalid")
    found = by_claim(seen["crm"])
    assert (found["network.dns"].answer, found["network.dns"].values["reason"]) == (Answer.NO, "dns")
    assert found["network.tcp"].answer is Answer.UNKNOWN


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority that nobody knows."""
    return trustme.CA()


def spoken(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """A server's TLS with a certificate for `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_of_an_unknown_authority_is_a_no_and_ca_file_makes_it_a_yes(
    tmp_path: Path, authority: trustme.CA
) -> None:
    """Encryption is always verified; the customer's own authority is told by `tls.ca_file`."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with serve(Lists(), tls=spoken(authority, "localhost")) as server:
        seen, _ = looked(tmp_path, server.url)
        refused = by_claim(seen["crm"])["network.tls"]
        assert (refused.answer, refused.values["reason"]) == (Answer.NO, "certificate-self-signed")
        assert not server.asked
        seen, _ = looked(tmp_path, server.url, f"tls: {{ca_file: {tmp_path / 'ca.pem'}}}")
        assert by_claim(seen["crm"])["network.tls"].answer is Answer.YES
        assert by_claim(seen["crm"])["credentials.accepted"].answer is Answer.YES


def test_a_certificate_for_another_host_is_a_no(tmp_path: Path, authority: trustme.CA) -> None:
    """A certificate of a known authority for another name is refused as such."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with serve(Lists(), tls=spoken(authority, "other.example")) as server:
        seen, _ = looked(tmp_path, server.url, f"tls: {{ca_file: {tmp_path / 'ca.pem'}}}")
    assert by_claim(seen["crm"])["network.tls"].values["reason"] == "certificate-wrong-host"


def test_an_unset_variable_leaves_every_live_question_open(tmp_path: Path) -> None:
    """Without its token nothing is asked, and each claim says that credentials are missing."""
    with serve(Lists()) as server:
        seen, _ = looked(tmp_path, server.url, environ={})
    assert not server.asked
    assert {one.values.get("reason") for one in seen["crm"].findings} == {"no-credentials"}


def test_an_unset_variable_of_a_further_credential_hinders_nothing_else(tmp_path: Path) -> None:
    """`other_auth` lets more be proven; where one of its references leads nowhere, the system is asked all the same."""
    with serve(Lists()) as server:
        more = 'other_auth: {restricted: {kind: bearer, token: "${env:NOT_SET}"}}'
        seen, _ = looked(tmp_path, server.url, more)
    assert by_claim(seen["crm"])["credentials.accepted"].answer is Answer.YES


@pytest.mark.parametrize("setting", ["file", "environment"])
def test_behind_a_proxy_the_name_is_the_proxys_affair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """A host that only the proxy knows is reached, be the proxy named by a reference in the project file or by the environment."""
    with serve(Lists()) as server:
        environ = {"T": TOKEN, "WAY": server.url}
        if setting == "environment":
            monkeypatch.setenv("HTTP_PROXY", server.url)
        more = 'proxy: "${env:WAY}"' if setting == "file" else ""
        seen, _ = looked(tmp_path, "http://crm.invalid", more, environ)
    found = by_claim(seen["crm"])
    assert (found["network.proxy"].answer, found["network.proxy"].values["proxy"]) == (Answer.YES, "127.0.0.1")
    assert found["network.from-platform"].answer is Answer.UNKNOWN
    assert found["credentials.accepted"].answer is Answer.YES
    assert seen["crm"].reached is True


def test_refused_credentials_end_the_questions_to_the_resources(tmp_path: Path) -> None:
    """A wrong token costs a handful of requests, and what is behind it stays open with that reason."""
    with serve(Lists()) as server:
        seen, _ = looked(tmp_path, server.url, environ={"T": "stale"})
    assert by_claim(seen["crm"])["credentials.accepted"].answer is Answer.NO
    assert by_claim(seen["crm"], "crm/contacts")["list.readable"].values["reason"] == "credentials-refused"
    assert len(server.asked) < 20


def test_a_mock_answers_nothing_beyond_the_network(tmp_path: Path) -> None:
    """On a stateless mock no claim but the network's is yes or no."""
    with serve(Lists("mock")) as server:
        seen, _ = looked(tmp_path, server.url)
    assert seen["crm"].stateless is True
    decided = {one.id for one in seen["crm"].findings if one.answer in {Answer.YES, Answer.NO}}
    assert decided
    assert all(one.startswith("network.") for one in decided)
    assert by_claim(seen["crm"], "crm/contacts")["filter.honoured"].values["reason"] == "stateless-mock"


def test_a_stop_keeps_what_was_found_and_leaves_the_rest_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle: answers so far stay, every other claim is there as stopped, and the look says so."""
    told: list[str] = []

    def say(text: str) -> None:
        told.append(text)

    def waited(futures: Any, timeout: float | None = None) -> Any:
        done = wait(futures, timeout)
        if any("paging" in one for one in told) and "pressed" not in told:
            told.append("pressed")
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(patience, "wait", waited)
    slow = Lists()

    def answer(asked: Any) -> Any:
        threading.Event().wait(0.02)
        return slow(asked)

    with serve(answer) as server:
        seen, stopped = looked(tmp_path, server.url, say=say)
    assert stopped
    found = by_claim(seen["crm"], "crm/contacts")
    assert found["list.readable"].answer is Answer.YES
    assert found["answers.match-document"].values["reason"] == "stopped"
