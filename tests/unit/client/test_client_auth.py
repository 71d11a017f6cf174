"""Ways to authenticate, driven without a network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
import pytest

from checker.client import auth
from checker.client.messages import Headers, Request, Response
from checker.client.session import Session
from checker.errors import TransportError
from checker.project import types

NOW = datetime(2026, 11, 24, tzinfo=UTC)
GET = Request("GET", "/contacts")
TOKEN_URL = "https://id.example/token"


def answer(body: object = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer to a token request."""
    return Response(status, Headers((headers or {}).items()), orjson.dumps(body), TOKEN_URL, 1.0, NOW, NOW)


def made(settings: types.Auth | None) -> auth.Scheme:
    """The scheme of an auth whose references stand for themselves."""
    return auth.scheme(settings, lambda text: text.removeprefix("${env:").removesuffix("}"))


CREDENTIALS = types.ClientCredentialsAuth(
    token_url=TOKEN_URL, client_id="id", client_secret="s:1", scopes=["read", "write"]
)


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("Token ${env:T}", "Token X"),  # the scheme stands in the project file
        ("Acme-oauthtoken ${env:T}", "Acme-oauthtoken X"),
        ("${env:ApiKey abc}", "ApiKey xxx"),  # in the variable, and known
        ("${env:Secret abc}", "Xxxxxx xxx"),  # may be a part of the secret
        ("${env:k}", "x"),
    ],
)
def test_a_wrong_key_has_the_same_scheme_before_it(written: str, wrong: str) -> None:
    """A system that only looks for its scheme would refuse a wrong key for the form, and take any other."""
    configured = types.ApiKeyHeaderAuth(name="Authorization", value=written)
    scheme = auth.scheme(configured, lambda text: text.replace("${env:", "").replace("}", ""))
    assert dict(scheme.wrong().apply(GET, None).headers) == {"Authorization": wrong}


@pytest.mark.parametrize(
    ("settings", "headers", "query"),
    [
        (None, {}, []),
        (types.NoAuth(), {}, []),
        (types.BearerAuth(token="${env:T}"), {"Authorization": "Bearer T"}, []),
        (types.ApiKeyHeaderAuth(name="X-Key", value="k"), {"X-Key": "k"}, []),
        (types.ApiKeyHeaderAuth(name="Authorization", value="k", prefix="Token"), {"Authorization": "Token k"}, []),
        (types.ApiKeyQueryAuth(name="key", value="k"), {}, [("key", "k")]),
        (types.ApiKeyCookieAuth(name="SID", value="k"), {"Cookie": "SID=k"}, []),
        (
            types.BasicAuth(username="ü", password="p:w"),
            {"Authorization": "Basic " + b64encode("ü:p:w".encode()).decode()},
            [],
        ),
    ],
)
def test_credentials_go_where_their_kind_says(
    settings: types.Auth | None, headers: dict[str, str], query: list[tuple[str, str]]
) -> None:
    """Each kind without a token puts its value into header, query or cookie."""
    request = made(settings).apply(GET, None)
    assert dict(request.headers) == headers
    assert list(request.query) == query


def test_every_kind_of_the_project_file_has_a_scheme() -> None:
    """No auth that a project file may name is missing here."""
    kinds = {kind for kind in vars(types).values() if isinstance(kind, type) and kind.__name__.endswith("Auth")}
    assert set(auth.SCHEMES) == kinds


def test_a_key_that_a_next_link_brings_along_is_replaced() -> None:
    """A key in the query stands there once, whoever wrote the link."""
    request = made(types.ApiKeyQueryAuth(name="key", value="new")).apply(
        Request("GET", "https://h/x?page=2&key=old"), None
    )
    assert request.target == "https://h/x?page=2"
    assert list(request.query) == [("key", "new")]


@pytest.mark.parametrize("value", ["abc-DEF-123", "x", "xxxx", "0000", "ключ", "sk_live_9aBc"])
def test_a_wrong_value_has_the_shape_and_nothing_else_of_the_right_one(value: str) -> None:
    """The wrong value keeps length and separators, tells nothing of the right one, and is never equal to it."""
    wrong = auth.plausible(value)
    assert wrong != value
    assert set(wrong) <= set("xX0-_")
    assert len(value) <= len(wrong) <= len(value) + 1


def test_a_token_is_asked_for_with_basic_and_used_as_bearer() -> None:
    """Client credentials: grant, scopes and authentication as RFC 6749 has them; the answer's token is used."""
    scheme = made(CREDENTIALS)
    steps = scheme.renew(None, 100.0)
    request = next(steps)
    assert (request.method, request.target) == ("POST", TOKEN_URL)
    assert request.form == {"grant_type": "client_credentials", "scope": "read write"}
    assert request.headers["Authorization"] == "Basic " + b64encode(b"id:s%3A1").decode()
    with pytest.raises(StopIteration) as end:
        steps.send(answer({"access_token": "t1", "expires_in": "3600", "refresh_token": "r1"}))
    token = end.value.value
    assert token == auth.Token("t1", 100.0, 3600.0, "r1")
    assert scheme.apply(GET, token).headers["Authorization"] == "Bearer t1"


def test_a_client_that_may_not_use_basic_is_tried_in_the_form() -> None:
    """A server that refuses Basic gets id and secret in the form."""
    steps = made(CREDENTIALS).renew(None, 0.0)
    next(steps)
    request = steps.send(answer({"error": "invalid_client"}, 401))
    assert request.form is not None
    assert (request.form["client_id"], request.form["client_secret"]) == ("id", "s:1")
    assert "Authorization" not in request.headers


def test_a_refresh_token_is_used_first_and_the_first_grant_after_it() -> None:
    """The token's own refresh token renews it; where it is refused, the password is used again."""
    settings = types.PasswordAuth(token_url=TOKEN_URL, username="u", password="p")
    steps = made(settings).renew(auth.Token("old", 0.0, 10.0, "r1"), 5.0)
    assert next(steps).form == {"grant_type": "refresh_token", "refresh_token": "r1"}
    assert steps.send(answer({"error": "invalid_grant"}, 400)).form == {
        "grant_type": "password",
        "username": "u",
        "password": "p",
    }


def test_a_rotated_refresh_token_is_the_next_one_used() -> None:
    """A refresh token that the answer brings takes the configured one's place."""
    scheme = made(types.RefreshTokenAuth(token_url=TOKEN_URL, client_id="id", client_secret="s", refresh_token="r0"))
    steps = scheme.renew(None, 0.0)
    assert next(steps).form == {"grant_type": "refresh_token", "refresh_token": "r0"}
    with pytest.raises(StopIteration) as end:
        steps.send(answer({"access_token": "t", "refresh_token": "r1"}))
    assert next(scheme.renew(end.value.value, 1.0)).form == {"grant_type": "refresh_token", "refresh_token": "r1"}


@pytest.mark.parametrize(
    ("status", "body", "code"), [(403, {}, "http.token-refused"), (200, {"token": "t"}, "http.no-token-in-answer")]
)
def test_a_refused_or_missing_token_is_an_error(status: int, body: object, code: str) -> None:
    """No token, no request: the error says whether it was refused or not found."""
    steps = made(types.PasswordAuth(token_url=TOKEN_URL, username="u", password="p")).renew(None, 0.0)
    next(steps)
    with pytest.raises(TransportError) as caught:
        steps.send(answer(body, status))
    assert caught.value.problems[0].code == code


def test_a_login_gives_a_token_or_a_cookie() -> None:
    """The token is taken from its path, or the cookie from Set-Cookie; references in the body are resolved."""
    settings = types.LoginAuth(
        request="POST /login", body={"user": "u", "password": "${env:P}"}, token_path="data.t", lifetime="30m"
    )
    steps = made(settings).renew(None, 7.0)
    request = next(steps)
    assert (request.method, request.target, request.json) == ("POST", "/login", {"user": "u", "password": "P"})
    with pytest.raises(StopIteration) as end:
        steps.send(answer({"data": {"t": "tok"}}))
    assert end.value.value == auth.Token("tok", 7.0, 1800.0)
    cookie = made(types.LoginAuth(request="POST /login", cookie="SID"))
    steps = cookie.renew(None, 0.0)
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(answer(None, 302, {"Set-Cookie": "SID=abc; Path=/; HttpOnly"}))
    assert cookie.apply(GET, end.value.value).headers["Cookie"] == "SID=abc"


@pytest.mark.parametrize(
    ("lifetime", "age", "stale"),
    [(None, 1e9, False), (3600, 3569, False), (3600, 3570, True), (60, 53, False), (60, 55, True), (1, 1, True)],
)
def test_a_token_is_renewed_before_it_ends(lifetime: float | None, age: float, stale: bool) -> None:
    """Half a minute before the end, or at nine tenths of a short life."""
    assert auth.Token("t", 100.0, lifetime).stale(100.0 + age) is stale


def test_of_many_that_find_a_token_refused_one_renews() -> None:
    """A token is renewed once, however many threads were told 401 with the old one."""
    asked: list[Request] = []

    def ask(request: Request) -> Response:
        asked.append(request)
        return answer({"access_token": f"token-{len(asked)}"})

    learned: list[str] = []
    session = Session(
        made(types.PasswordAuth(token_url=TOKEN_URL, username="u", password="p")), ask, learned.append, lambda: 0.0
    )
    _, first = session.apply(GET)
    _, same = session.apply(GET)
    assert first is same
    assert session.refused(first)
    assert session.refused(same)
    assert len(asked) == 2
    assert learned == ["token-1", "token-2"]
    assert session.apply(GET)[0].headers["Authorization"] == "Bearer token-2"


def test_credentials_without_token_are_never_renewed() -> None:
    """A 401 to a key stays a 401."""
    session = Session(made(types.BearerAuth(token="t")), lambda _: answer(), lambda _: None, lambda: 0.0)
    _, token = session.apply(GET)
    assert not session.refused(token)
    assert session.renew() is None
