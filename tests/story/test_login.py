"""A person signs in once; after that tokens renew themselves, wherever the new one has to go. At a real authorization server on loopback."""

from __future__ import annotations

import base64
import hashlib
import stat
import threading
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from checker.client.build import client_for
from checker.client.messages import Request
from checker.client.recorder import Recorder
from checker.project.load import load_project
from checker.project.secrets import Secrets
from checker.project.types import LoginAuth, System
from checker.signing_in import sign_in
from tests.servers import Answered, Asked, Server, serve
from tests.story.cli import Readiness

GET = Request("GET", "/contacts")


class Vendor:
    """An authorization server whose refresh tokens hold once, and an API behind it."""

    def __init__(self) -> None:
        self.challenge, self.refresh, self.access, self.given = "", "", "", 0

    def __call__(self, asked: Asked) -> Answered:
        if asked.path == "/token":
            return self._token(dict(parse_qsl(asked.body.decode())))
        return Answered(200 if asked.headers.get("authorization") == f"Bearer {self.access}" else 401, {"data": []})

    def _token(self, form: dict[str, str]) -> Answered:
        if form["grant_type"] == "authorization_code":
            made = (
                base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
            )
            good = form["code"] == "c0de" and made == self.challenge
        else:
            good = form["refresh_token"] == self.refresh
        if not good:
            return Answered(400, {"error": "invalid_grant"})
        self.given += 1
        self.access, self.refresh = f"access-{self.given}", f"refresh-{self.given}"
        return Answered(body={"access_token": self.access, "refresh_token": self.refresh, "expires_in": 3600})

    def agree(self, address: str, **changes: str) -> int:
        """What the browser does: the person agrees, and is sent back; the status of that."""
        asked = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        self.challenge = asked["code_challenge"]
        assert asked["code_challenge_method"] == "S256"
        back = f"{asked['redirect_uri']}?code=c0de&state={changes.get('state', asked['state'])}"
        try:
            with urllib.request.urlopen(back) as page:
                return page.status
        except urllib.error.HTTPError as error:
            return error.code


def project(folder: Path, server: Server, reference: str = "${file:token.txt}") -> Path:
    """A project with one system behind that server."""
    auth = f"{{kind: oauth2_refresh_token, token_url: '{server.url}/token', client_id: me, client_secret: '${{env:SECRET}}', refresh_token: '{reference}'}}"
    path = folder / "readiness.yaml"
    path.write_text(
        f"project: p\nsystems:\n  crm: {{base_url: '{server.url}', sandbox: true, auth: {auth}}}\n  erp: {{}}\n",
        "utf-8",
    )
    return path


def test_a_person_signs_in_and_the_token_goes_where_the_project_points(tmp_path: Path) -> None:
    """Code with PKCE; a forged return is refused and the real one still taken; the file is for its owner alone."""
    vendor = Vendor()
    with serve(vendor) as server:
        loaded = load_project(project(tmp_path, server))
        statuses: list[int] = []

        def browser(address: str) -> None:
            threading.Thread(
                target=lambda: statuses.extend((vendor.agree(address, state="forged"), vendor.agree(address)))
            ).start()

        secrets = Secrets(tmp_path, {"SECRET": "s3cret"})
        sign_in(loaded, "crm", f"{server.url}/authorize", secrets, browser, patience_s=20)
    assert statuses[0] == 404
    file = tmp_path / "token.txt"
    assert file.read_text("utf-8").strip() == "refresh-1"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_refresh_token_that_changes_each_time_is_written_back_and_the_next_run_goes_on_with_it(
    tmp_path: Path,
) -> None:
    """Three runs, three tokens: each run leaves the one that the next needs; the old one is refused by the vendor."""
    vendor = Vendor()
    vendor.refresh = "refresh-0"
    file = tmp_path / "token.txt"
    file.write_text("refresh-0", "utf-8")
    file.chmod(0o600)
    with serve(vendor) as server:
        system = load_project(project(tmp_path, server)).project.systems["crm"]
        for number in (1, 2, 3):
            secrets = Secrets(tmp_path, {"SECRET": "s3cret"})
            client = client_for("crm", system, secrets, Recorder(), keep=secrets.keep)
            assert client.send(GET).status == 200
            assert client.session("own").kept is True
            client.close()
            assert file.read_text("utf-8").strip() == f"refresh-{number}"


def test_in_a_variable_it_lives_for_the_run_and_in_the_keyring_it_stays(tmp_path: Path) -> None:
    """A variable can't be written to, and that is told; a keyring can."""
    ring = {("crm", "me"): "refresh-0"}
    for reference, kept in (("${env:REFRESH}", False), ("${keyring:crm/me}", True)):
        vendor = Vendor()
        vendor.refresh = "refresh-0"
        with serve(vendor) as server:
            system = load_project(project(tmp_path, server, reference)).project.systems["crm"]
            secrets = Secrets(
                tmp_path, {"SECRET": "s3cret", "REFRESH": "refresh-0"},
                lambda service, user: ring[service, user],
                lambda service, user, value: bool(ring.update({(service, user): value}) is None),
            )  # fmt: skip
            client = client_for("crm", system, secrets, Recorder(), keep=secrets.keep)
            assert client.send(GET).status == 200
            assert client.session("own").kept is kept
            client.close()
    assert ring["crm", "me"] == "refresh-1"


def test_a_session_is_logged_out_at_the_end(tmp_path: Path) -> None:
    """Where the project names a logout, it is asked once, with the session; where nobody logged in, nobody logs out."""
    auth = LoginAuth(request="POST /login", body={"user": "me"}, token_path="token", logout="POST /logout")
    with serve(lambda _asked: {"token": "t0ken"}) as server:
        for sends in (1, 0):
            client = client_for("crm", System(base_url=server.url, auth=auth), lambda text: text, Recorder())
            for _ in range(sends):
                client.send(GET)
            client.close()
            client.close()
        paths = [one.path for one in server.asked]
        assert paths == ["/login", "/contacts", "/logout"]
        assert server.asked[-1].headers["authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    ("reference", "words", "told"),
    [
        ("${env:REFRESH}", ("crm", "--authorize-url", "http://127.0.0.1:1/a"), "${env:REFRESH}"),
        ("${file:token.txt}", ("erp", "--authorize-url", "http://127.0.0.1:1/a"), "oauth2_refresh_token"),
        (
            "${file:token.txt}",
            ("crm", "--authorize-url", "http://127.0.0.1:1/a", "--seconds", "0.2"),
            "nobody signed in",
        ),
        ("${file:token.txt}", ("crm",), "--authorize-url"),
        ("${file:token.txt}", ("shop",), "there is no system"),
    ],
)
def test_what_stands_in_the_way_of_a_sign_in_is_told(
    readiness: Readiness,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reference: str,
    words: tuple[str, ...],
    told: str,
) -> None:
    """A variable, another kind of auth, nobody there in time, no address, no such system: exit 2, with what to do."""
    monkeypatch.setenv("SECRET", "s3cret")
    with serve(Vendor()) as server:
        path = project(tmp_path, server, reference)
        ended = readiness("login", *words, "--project", str(path))
    assert ended.code == 2
    assert told in ended.err
