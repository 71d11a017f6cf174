"""Credentials as a server sees them: renewal, the wrong ones, none at all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from checker.client.messages import Request
from checker.client.recorder import Recorder
from checker.errors import OriginError, TransportError
from checker.project import types
from tests.clients import Time, client
from tests.servers import Answered, Asked, serve

GET = Request("GET", "/contacts")


class Guarded:
    """A token endpoint and a list behind it; `valid` is the token that is taken now."""

    def __init__(self, expires_in: int | None = 3600) -> None:
        self.given, self.valid, self.expires_in, self.lock = 0, "", expires_in, threading.Lock()

    def __call__(self, asked: Asked) -> Answered:
        with self.lock:
            if asked.path == "/token":
                self.given += 1
                self.valid = f"tok-{self.given}"
                return Answered(body={"access_token": self.valid, "expires_in": self.expires_in})
            return Answered(200 if asked.headers.get("authorization") == f"Bearer {self.valid}" else 401, {})


def oauth(url: str) -> types.ClientCredentialsAuth:
    """Client credentials at that server."""
    return types.ClientCredentialsAuth(token_url=f"{url}/token", client_id="id", client_secret="s3cret")


def test_a_token_is_fetched_once_and_renewed_before_it_ends() -> None:
    """Many requests, one token; near its end another one."""
    guarded, at = Guarded(), Time()
    with serve(guarded) as server:
        asking = client(server.url, oauth(server.url), at=at)
        assert [asking.send(GET).status for _ in range(3)] == [200] * 3
        assert guarded.given == 1
        at.ahead += 3580
        assert asking.send(GET).status == 200
        assert guarded.given == 2
        asking.close()


def test_a_token_that_ends_early_is_renewed_on_401_once() -> None:
    """A 401 to a token gets a new one and one more try; a second 401 is the answer."""
    guarded = Guarded(None)
    with serve(guarded) as server:
        asking = client(server.url, oauth(server.url))
        assert asking.send(GET).status == 200
        guarded.valid = "revoked"
        response = asking.send(GET)
        assert (response.status, response.tries, guarded.given) == (200, 2, 2)
        asking.close()
    with serve(lambda asked: {"access_token": "t"} if asked.path == "/token" else Answered(401, {})) as server:
        asking = client(server.url, oauth(server.url))
        assert asking.send(GET).status == 401
        assert [one.path for one in server.asked] == ["/token", "/contacts", "/token", "/contacts"]
        asking.close()


def test_many_threads_fetch_one_token() -> None:
    """Threads that start together share the first token, and the one after it was revoked."""
    guarded = Guarded()
    with serve(guarded) as server:
        asking = client(server.url, oauth(server.url))
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: asking.send(GET).status, range(24))) == {200}
            assert guarded.given == 1
            guarded.valid = "revoked"
            assert set(pool.map(lambda _: asking.send(GET).status, range(24))) == {200}
        assert guarded.given == 2
        asking.close()


def test_the_token_url_may_be_asked_for_tokens_only() -> None:
    """An identity server elsewhere gets the token request; nothing else may go there."""
    guarded = Guarded()
    with serve(guarded) as identity, serve(lambda asked: {"auth": asked.headers.get("authorization")}) as server:
        asking = client(server.url, oauth(identity.url))
        assert asking.send(GET).json() == {"auth": "Bearer tok-1"}
        assert [one.path for one in identity.asked] == ["/token"]
        with pytest.raises(OriginError):
            asking.send(Request("GET", identity.url + "/contacts"))
        asking.close()


def test_a_refused_token_request_is_an_error_with_its_evidence() -> None:
    """The error says so, and the exchange is recorded under auth, without the secret."""
    recorder = Recorder()
    with serve(lambda _: Answered(401, {"error": "invalid_client"})) as server:
        asking = client(server.url, oauth(server.url), recorder=recorder)
        with pytest.raises(TransportError) as caught:
            asking.send(GET)
        asking.close()
    assert caught.value.problems[0].code == "http.token-refused"
    assert caught.value.exchange == "crm|auth|crm|0002"
    assert "s3cret" not in str(recorder.evidence())


@pytest.mark.parametrize(
    "settings",
    [
        types.LoginAuth(request="POST /login", token_path="t", lifetime="30m"),
        types.LoginAuth(request="POST /login", cookie="SID"),
    ],
)
def test_a_login_is_repeated_when_the_session_ends(settings: types.LoginAuth) -> None:
    """Token or cookie: after a 401 one logs in again."""
    logins: list[str] = []

    def answer(asked: Asked) -> Answered:
        if asked.path == "/login":
            logins.append(f"s-{len(logins)}")
            return Answered(200, {"t": logins[-1]}, [("Set-Cookie", f"SID={logins[-1]}; HttpOnly")])
        carried = asked.headers.get("authorization", "").removeprefix("Bearer ") or asked.headers.get(
            "cookie", ""
        ).removeprefix("SID=")
        return Answered(200 if logins and carried == logins[-1] else 401, {})

    with serve(answer) as server:
        asking = client(server.url, settings)
        assert asking.send(GET).status == 200
        logins.append("ended by the server")
        assert asking.send(GET).status == 200
        assert len([one for one in server.asked if one.path == "/login"]) == 2
        asking.close()


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (types.BearerAuth(token="right-token-1"), "authorization"),
        (types.ApiKeyHeaderAuth(name="X-Key", value="right-token-1"), "x-key"),
        (types.ApiKeyCookieAuth(name="K", value="right-token-1"), "cookie"),
        (types.BasicAuth(username="u", password="right-token-1"), "authorization"),
        (types.LoginAuth(request="POST /login", token_path="t"), "authorization"),
    ],
)
def test_wrong_credentials_have_the_right_form(settings: types.Auth, place: str) -> None:
    """Wrong ones stand where the right ones stand and are others; with none nothing stands there; no token is fetched for either."""
    with serve(lambda _: {"t": "right-token-1"}) as server:
        asking = client(server.url, settings)
        for credentials in ("own", "wrong", "none"):
            asking.send(GET, credentials=credentials)
        own, wrong, none = (one.headers.get(place) for one in server.asked if one.path == "/contacts")
        assert own
        assert wrong
        assert none is None
        assert wrong != own
        assert [len(one) for one in wrong.split()] == [
            len(one) for one in own.split()
        ] or settings.__class__ is types.LoginAuth
        assert len([one for one in server.asked if one.path == "/login"]) <= 1
        asking.close()


def test_other_credentials_can_be_asked_with() -> None:
    """What `other_auth` names is a set of its own; one that isn't configured is none."""
    with serve(lambda asked: asked.headers.get("authorization")) as server:
        asking = client(
            server.url, types.BearerAuth(token="full"), other_auth={"restricted": types.BearerAuth(token="less")}
        )
        assert asking.credentials == ("own", "none", "wrong", "restricted")
        assert asking.send(GET, credentials="restricted").json() == "Bearer less"
        with pytest.raises(KeyError):
            asking.send(GET, credentials="second_user")
        asking.close()


def test_what_is_fixed_goes_along_unless_the_request_says_otherwise() -> None:
    """Fixed headers and query go with every request; a request's own value, in its query or in a link, wins."""
    fixed = types.Fixed(query={"locale": "de", "v": "2"}, headers={"X-Tenant": "acme"})
    with serve(lambda asked: [asked.pairs, asked.headers.get("x-tenant")]) as server:
        asking = client(server.url, fixed=fixed)
        assert asking.send(GET).json() == [[["locale", "de"], ["v", "2"]], "acme"]
        assert asking.send(Request("GET", "/x?v=3", {"locale": "en"}, {"x-tenant": "b"})).json() == [
            [["v", "3"], ["locale", "en"]],
            "b",
        ]
        asking.close()
