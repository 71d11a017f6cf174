"""What is recorded can be shown and repeated, and holds no secret."""

from __future__ import annotations

import json
import shlex
import threading
from datetime import UTC, datetime

import msgspec
import pytest

from checker.client.recorder import SHOWN_BODY, Exchange, Recorder
from checker.client.redact import Secrets, sensitive, spellings

NOW = datetime(2026, 11, 24, 10, 0, 0, 250_000, tzinfo=UTC)
SECRET = 'Zq7/+ü"&t0ken<9'


def recorder(*secrets: tuple[str, str]) -> Recorder:
    """A recorder that knows these secrets."""
    made = Recorder()
    for value, name in secrets:
        made.secrets.add(value, name)
    return made


def recorded(of: Recorder, **changes: object) -> dict[str, object]:
    """The evidence of one exchange, as JSON has it."""
    usual = {
        "method": "GET",
        "url": "http://h/x",
        "headers": [],
        "body": b"",
        "sent": NOW,
        "status": 200,
        "elapsed_ms": 1.25,
    }
    key = of.scope("crm", "p").record(Exchange(**{**usual, **changes}))
    return dict(json.loads(msgspec.json.encode(of.evidence()[key])))


def test_keys_sort_by_system_probe_subject_and_sequence() -> None:
    """Keys are counted per scope and come out sorted, whatever the order in which they were made."""
    made = Recorder()
    exchange = Exchange("GET", "http://h/", [], b"", NOW)
    for system, probe, subject in (
        ("erp", "a", None),
        ("crm", "paging", "crm/contacts"),
        ("crm", "auth", None),
        ("crm", "paging", "crm/contacts"),
    ):
        made.scope(system, probe, subject).record(exchange)
    assert list(made.evidence()) == [
        "crm|auth|crm|0001",
        "crm|paging|crm/contacts|0001",
        "crm|paging|crm/contacts|0002",
        "erp|a|erp|0001",
    ]


def test_equal_answers_give_equal_evidence() -> None:
    """Nothing in the evidence depends on anything but the exchange."""
    assert recorded(recorder(("s3cret", "T")), answer=b'{"a":1}') == recorded(
        recorder(("s3cret", "T")), answer=b'{"a":1}'
    )


def test_threads_do_not_share_a_key() -> None:
    """Many threads under one scope get a key each."""
    made = Recorder()
    scope = made.scope("crm", "p")
    exchange = Exchange("GET", "http://h/", [], b"", NOW)
    threads = [threading.Thread(target=lambda: [scope.record(exchange) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made.evidence()) == 200


def test_an_exchange_reads_as_it_was_asked() -> None:
    """Time in UTC, method, URL, headers, body, status, size, duration."""
    found = recorded(
        Recorder(), method="POST", url="http://h/search?q=1", body=b'{"page": 2}', headers=[("Content-Type", "application/json")],
        answer=b'{"status": "active"}', answer_headers=[("Content-Type", "application/json"), ("X", "1"), ("X", "2")],
    )  # fmt: skip
    assert found["at"] == "2026-11-24T10:00:00.250Z"
    assert found["request"] == {
        "method": "POST",
        "url": "http://h/search?q=1",
        "headers": {"Content-Type": "application/json"},
        "body": '{"page": 2}',
    }
    assert found["response"] == {
        "status": 200,
        "headers": {"Content-Type": "application/json", "X": "1, 2"},
        "body": '{"status": "active"}',
        "bytes": 20,
    }
    assert found["milliseconds"] == 1.2
    assert (
        found["repeat"]
        == "curl -sS -X POST -H 'Content-Type: application/json' --data-raw '{\"page\": 2}' 'http://h/search?q=1'"
    )


def test_a_command_holds_shell_variables_instead_of_secrets() -> None:
    """The repeat line is one shell command whose variables the user sets; Basic becomes -u."""
    made = recorder(("tok3n", "CRM_TOKEN"), ("p@ss", "CRM_PASSWORD"))
    bearer = recorded(made, headers=[("Authorization", "Bearer tok3n")], url="http://h/x?key=tok3n&q=a%20$b`c")
    assert '-H "Authorization: Bearer ${CRM_TOKEN}"' in str(bearer["repeat"])
    assert "key=${CRM_TOKEN}&q=a%20\\$b%60c" in str(bearer["repeat"])
    basic = recorded(made, headers=[("Authorization", "Basic dXNlcjpwQHNz")])
    assert '-u "user:${CRM_PASSWORD}"' in str(basic["repeat"])
    assert "dXNlc" not in json.dumps(basic)
    assert len(shlex.split(str(bearer["repeat"]))) == 5


def places(secret: str) -> dict[str, dict[str, object]]:
    """A secret in each place where an exchange can hold one."""
    quoted = json.dumps(secret)
    kind = [("Content-Type", "application/json")]
    return {
        "request header": {"headers": [("X-Anything", secret)]},
        "authorization": {"headers": [("Authorization", f"Digest {secret}")]},
        "request cookie": {"headers": [("Cookie", f"a=1; sid={secret}")]},
        "query": {"url": f"http://h/x?q={secret}"},
        "path": {"url": f"http://h/{secret}/x"},
        "userinfo": {"url": f"http://user:{secret}@h/x"},
        "request json": {"method": "POST", "headers": kind, "body": f'{{"a": {quoted}}}'.encode()},
        "request form": {
            "method": "POST",
            "headers": [("Content-Type", "application/x-www-form-urlencoded")],
            "body": f"a=b&c={secret}".encode(),
        },
        "response header": {"answer_headers": [("X-Echo", f"you said {secret}!")]},
        "set-cookie": {"answer_headers": [("Set-Cookie", f"sid={secret}; Path=/; HttpOnly")]},
        "location": {"answer_headers": [("Location", f"http://h/?again={secret}")]},
        "response json": {"answer_headers": kind, "answer": f'{{"echo": "Bearer {quoted[1:-1]}"}}'.encode()},
        "response html": {"answer_headers": [("Content-Type", "text/html")], "answer": f"<p>{secret}</p>".encode()},
        "error": {"status": None, "error": f"proxy http://u:{secret}@p refused"},
    }


@pytest.mark.parametrize("place", sorted(places("x")))
def test_a_secret_is_found_nowhere_in_any_spelling(place: str) -> None:
    """Fourteen places, in plain, URL-encoded, base64 and JSON-escaped: none of them is kept."""
    for spelled in (SECRET, *spellings(SECRET)):
        made = recorder((SECRET, "CRM_TOKEN"))
        kept = json.dumps(recorded(made, **places(spelled)[place]), ensure_ascii=False)
        for one in (SECRET, *spellings(SECRET)):
            assert one not in kept
            assert json.dumps(one, ensure_ascii=False)[1:-1] not in kept


@pytest.mark.parametrize("place", ["authorization", "request cookie", "set-cookie"])
def test_what_nobody_told_us_is_hidden_by_its_place(place: str) -> None:
    """Session cookies and unknown credentials are hidden although their values are new to us."""
    assert "unheard-of" not in json.dumps(recorded(Recorder(), **places("unheard-of")[place]))


def test_a_secret_inside_a_longer_base64_text_is_hidden() -> None:
    """A token inside a base64 of more is hidden at any alignment."""
    from base64 import b64encode

    for lead in ("", "a", "ab", "user:"):
        made = recorder(("canary-0123456789", "T"))
        text = b64encode(f"{lead}canary-0123456789;rest".encode())
        kept = str(recorded(made, answer=text)["response"])
        assert text.decode()[8:20] not in kept


@pytest.mark.parametrize("offset", [*range(SHOWN_BODY - 40, SHOWN_BODY + 80, 3), 4 * SHOWN_BODY])
def test_the_cut_never_leaves_half_a_secret(offset: int) -> None:
    """A secret across the end of what is shown is hidden whole, and many before it do not move the window onto it."""
    secret = "canary-0123456789-0123456789"
    filler = (secret + " ") * 20
    for before in ("x" * offset, filler + "x" * max(offset - len(filler), 0)):
        kept = json.dumps(recorded(recorder((secret, "T")), answer=(before + secret + " tail" * 1000).encode()))
        assert "canary" not in kept


def test_a_long_body_is_cut_and_its_size_told() -> None:
    """Two thousand characters are kept, and a sign that there were more."""
    response = recorded(Recorder(), answer=b"y" * 50_000)["response"]
    assert isinstance(response, dict)
    assert response["bytes"] == 50_000
    assert response["body"] == "y" * SHOWN_BODY + "…"


def test_pictures_are_not_kept() -> None:
    """Of what is no text only size and type are kept."""
    response = recorded(Recorder(), answer=b"\x89PNG", answer_headers=[("Content-Type", "image/png")])["response"]
    assert isinstance(response, dict)
    assert response["body"] == "(4 bytes of image/png)"


def test_control_characters_are_made_visible_and_lines_kept() -> None:
    """Escape sequences of an answer can't drive the terminal that shows the evidence."""
    response = recorded(Recorder(), answer=b"a\nb\x1b[31m\x00")["response"]
    assert isinstance(response, dict)
    assert response["body"] == "a\nb\\u{1b}[31m\\u{0}"


def test_personal_data_in_addresses_is_masked() -> None:
    """A mail in the query or in the path is masked as in bodies."""
    found = json.dumps(recorded(Recorder(), url="http://h/users/max@muster.de?email=max%40muster.de&limit=5"))
    assert "max@" not in found
    assert "max%40" not in found
    assert "limit=5" in found


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("X-API-Key", True),
        ("apikey", True),
        ("client_secret", True),
        ("Authorization", True),
        ("X-Session-Id", True),
        ("next_page_token", False),
        ("cursor", False),
        ("token_type", False),
        ("limit", False),
        ("author", False),
        ("keyword", False),
    ],
)
def test_names_tell_secrets_from_page_tokens(name: str, secret: bool) -> None:
    """Keys, tokens, passwords and sessions are sensitive; tokens that continue a list are not."""
    assert sensitive(name) is secret


def test_a_short_value_does_not_blacken_everything() -> None:
    """A three-letter password is hidden where it is sent, not in every word of the report."""
    secrets = Secrets()
    secrets.add("abc", "P")
    assert secrets.redact("the abc of it") == "the abc of it"


def test_a_wrong_credential_may_be_shown() -> None:
    """What is sent because it is wrong is no secret."""
    made = Recorder()
    made.secrets.publish("xxxx-0000")
    found = recorded(made, headers=[("Authorization", "Bearer xxxx-0000")])
    assert "Bearer xxxx-0000" in str(found["repeat"])
