"""Secrets never leave (acceptance C31, B22): servers that echo, redirects, next links, error paths.

Mutants that turn these red: a recorder that redacts plain values only; redirects followed by the HTTP library.
"""

from __future__ import annotations

import json
import logging
from base64 import b64encode

import msgspec
import pytest

from checker.client.messages import Request
from checker.client.recorder import Recorder
from checker.client.redact import spellings
from checker.errors import OriginError, TransportError
from checker.project import types
from tests.clients import client
from tests.servers import Answered, Asked, serve

CANARY = 'cänary-9f8e7d/6c5b+4a"3&2'
REF = "${env:CRM_TOKEN}"

FORMS: dict[str, types.Auth] = {
    "bearer": types.BearerAuth(token=REF),
    "header": types.ApiKeyHeaderAuth(name="X-API-Key", value=REF),
    "odd header": types.ApiKeyHeaderAuth(name="X-Tenant", value=REF, prefix="Token"),
    "query": types.ApiKeyQueryAuth(name="k", value=REF),
    "cookie": types.ApiKeyCookieAuth(name="SID", value=REF),
    "basic": types.BasicAuth(username="u", password=REF),
    "login": types.LoginAuth(request="POST /login", body={"who": "u", "word": REF}, token_path="t"),
}


def echo(asked: Asked) -> Answered:
    """Everything that was sent, in every spelling, in body and headers."""
    heard = json.dumps([asked.pairs, asked.headers, asked.body.decode(), asked.path])
    all_ways = [heard, b64encode(heard.encode()).decode(), *spellings(CANARY)]
    headers = [
        ("X-Echo", asked.headers.get("authorization", "-")),
        ("Set-Cookie", f"again={b64encode(CANARY.encode()).decode()}"),
    ]
    return Answered((asked.path.endswith("/bad") and 400) or 200, {"t": CANARY + "-2", "echo": all_ways}, headers)


def leaks(recorder: Recorder, *texts: str) -> list[str]:
    """Spellings of the canary in what was kept or said."""
    kept = msgspec.json.encode(recorder.evidence()).decode() + "".join(texts)
    plain = json.dumps(list(msgspec.to_builtins(recorder.evidence()).values()), ensure_ascii=False)
    return [one for one in spellings(CANARY) if one in kept or one in plain]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_server_that_echoes_everything_gives_nothing_away(form: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the form of the credentials, neither evidence nor log holds them in any spelling."""
    caplog.set_level(logging.DEBUG)
    recorder = Recorder()
    with serve(echo) as server:
        asking = client(server.url, FORMS[form], recorder=recorder, secrets={"CRM_TOKEN": CANARY})
        for request in (
            Request("GET", "/x"),
            Request("POST", "/x", json={"a": CANARY}),
            Request("GET", f"/{'y' * 30}/bad", {"q": CANARY}),
        ):
            asking.send(request)
        asking.close()
    assert len(recorder.evidence()) >= 3
    assert leaks(recorder, caplog.text) == []


@pytest.mark.parametrize("form", sorted(FORMS))
def test_errors_give_nothing_away(form: str) -> None:
    """A server that hangs up, and a link that leads elsewhere with the secret in it, end in errors without it."""
    recorder = Recorder()
    asking = client("http://127.0.0.1:1", FORMS[form], recorder=recorder, secrets={"CRM_TOKEN": CANARY})
    said = []
    for target in ("/x", f"http://elsewhere.example/?key={CANARY}", f"http://u:{CANARY}@127.0.0.1:1/"):
        with pytest.raises(TransportError) as caught:
            asking.send(Request("GET", target), credentials="none" if target == "/x" else "own")
        said.append(str(caught.value))
    assert leaks(recorder, *said) == []


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_carries_credentials_elsewhere(form: str, status: int) -> None:
    """Another port, host, scheme or userinfo: the foreign server hears nothing, the answer stays 3xx and says where to."""
    with serve(lambda _: {}) as foreign:
        targets = [
            foreign.url + "/x",
            f"http://localhost:{foreign.port}/x",
            f"//127.0.0.1:{foreign.port}",
            f"http://127.0.0.1@localhost:{foreign.port}/",
        ]

        def answer(asked: Asked) -> Answered:
            if asked.path == "/login":
                return Answered(body={"t": "tok"})
            return Answered(status, {}, [("Location", targets[int(asked.path[1:])])])

        with serve(answer) as server:
            asking = client(server.url, FORMS[form], secrets={"CRM_TOKEN": CANARY})
            for number in range(len(targets)):
                response = asking.send(Request("GET", f"/{number}"))
                assert response.status == status
                assert [one.followed for one in response.redirects] == [False]
            asking.close()
        assert foreign.asked == []


def test_redirects_inside_the_origin_are_followed_and_remembered() -> None:
    """A GET follows five, with its credentials; the sixth stays a 3xx; writes are never redirected."""

    def answer(asked: Asked) -> Answered:
        left = int(asked.path.rpartition("/")[2])
        if left == 0:
            return Answered(body={"auth": asked.headers.get("authorization")})
        return Answered(302, {}, [("Location", f"/hop/{left - 1}")])

    with serve(answer) as server:
        asking = client(server.url, FORMS["bearer"], secrets={"CRM_TOKEN": "t0ken"})
        response = asking.send(Request("GET", "/hop/5"))
        assert response.json() == {"auth": "Bearer t0ken"}
        assert [(one.status, one.followed) for one in response.redirects] == [(302, True)] * 5
        assert response.url == server.url + "/hop/0"
        assert asking.send(Request("GET", "/hop/21")).status == 302
        server.asked.clear()
        assert asking.send(Request("POST", "/hop/5", json={})).status == 302
        assert len(server.asked) == 1
        asking.close()


def test_a_next_link_to_another_place_is_not_asked() -> None:
    """A link is followed to the system and to the origins that the project names, and nowhere else."""
    with serve(lambda asked: {"auth": asked.headers.get("authorization")}) as other, serve(lambda _: {}) as server:
        asking = client(server.url, FORMS["bearer"], secrets={"CRM_TOKEN": "t0ken"})
        with pytest.raises(OriginError):
            asking.send(Request("GET", other.url + "/files"))
        assert other.asked == []
        assert server.asked == []
        named = client(server.url, FORMS["bearer"], secrets={"CRM_TOKEN": "t0ken"}, origins=[other.url])
        assert named.send(Request("GET", other.url + "/files")).json() == {"auth": "Bearer t0ken"}
        named.close()


def test_a_servers_cookies_are_not_kept() -> None:
    """A session that one answer opens does not make the next request, without credentials, look logged in."""
    with serve(
        lambda asked: Answered(body=asked.headers.get("cookie"), headers=[("Set-Cookie", "sid=1; Path=/")])
    ) as server:
        asking = client(server.url, FORMS["bearer"], secrets={"CRM_TOKEN": "t0ken"})
        assert asking.send(Request("GET", "/")).json() is None
        assert asking.send(Request("GET", "/"), credentials="none").json() is None
        asking.close()
