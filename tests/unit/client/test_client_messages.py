"""Requests and answers as values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from checker.client.messages import Headers, Request, Response, as_pairs
from checker.client.strict_json import decode_json
from checker.errors import UnreadableError

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def answer(body: bytes, kind: str = "application/json", status: int = 200) -> Response:
    """An answer with that body."""
    return Response(status, Headers([("Content-Type", kind)]), body, "http://h/x?k=s", 1.0, NOW, NOW, "key")


def test_headers_are_found_in_any_case_and_keep_all_values() -> None:
    """A name in any case finds its values: joined by a comma, or each by itself."""
    headers = Headers([("Link", "<a>"), ("LINK", "<b>"), ("X", "1")])
    assert headers["link"] == "<a>, <b>"
    assert headers.all("lInK") == ["<a>", "<b>"]
    assert "x" in headers
    assert headers.get("y") is None


def test_a_query_repeats_lists_and_leaves_out_nothing() -> None:
    """A list gives one pair for each member, None gives none, booleans are written as JSON writes them."""
    assert as_pairs({"a": [1, 2], "b": None, "c": True, "d": ""}) == (("a", "1"), ("a", "2"), ("c", "true"), ("d", ""))


def test_a_request_says_its_body_and_type() -> None:
    """JSON and forms bring their media type along, bytes don't."""
    assert Request("POST", "/", json={"a": 1}).content() == (b'{"a":1}', "application/json")
    assert Request("POST", "/", form={"a": "ü"}).content() == (b"a=%C3%BC", "application/x-www-form-urlencoded")
    assert Request("POST", "/", body=b"x").content() == (b"x", None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        ("[1]".encode("utf-16"), [1]),
        (b"9007199254740993", 9007199254740993),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"[0.1, 1.10]", [0.1, 1.1]),
        (b"1.1000000000000000001", Decimal("1.1000000000000000001")),
        (b'"2026-11-24T10:00:00.123456789"', "2026-11-24T10:00:00.123456789"),
        (b"1e2", 100.0),
    ],
)
def test_no_value_loses_digits(text: bytes, value: object) -> None:
    """Byte order marks are left out, long ids and long fractions stay exact."""
    decoded = decode_json(text)
    assert decoded == value
    assert type(decoded) is type(value)


def test_text_in_another_charset_is_read_as_it_claims() -> None:
    """A body that says latin-1 and is latin-1 is read so; one that says so and is UTF-8 is read as UTF-8."""
    assert decode_json('"Müller"'.encode("latin-1"), "iso-8859-1") == "Müller"
    assert decode_json('"Müller"'.encode(), "iso-8859-1") == "Müller"


@pytest.mark.parametrize(
    "text",
    [
        b"NaN",
        b'"\\ud800"',
        b"{",
        b"[1,]",
        b'"M\xfcller"',
        b"1e999",
        b"[" * 5000,
        b"[" * 900 + b"12345678901234567" + b"]" * 900,
    ],
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    """NaN, lone surrogates, cut off, mislabelled and bottomless texts are errors, never values and never crashes."""
    try:
        decode_json(text)
    except ValueError:
        return
    assert text.startswith(b"[[[")
    assert text.endswith(b"]]]")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "http.empty-body"),
        (b"  \n", "http.empty-body"),
        (b"<!DOCTYPE html><title>Login</title>", "http.html-for-json"),
        (b"\xef\xbb\xbf\n<html>", "http.html-for-json"),
        (b'{"data": [{"id": 1', "http.no-json"),
        (b"OK", "http.no-json"),
    ],
)
def test_an_unreadable_answer_says_what_it_is(body: bytes, code: str) -> None:
    """Empty, HTML and cut-off bodies have an error of their own, with the evidence key and without the query."""
    with pytest.raises(UnreadableError) as caught:
        answer(body).json()
    assert caught.value.problems[0].code == code
    assert caught.value.exchange == "key"
    assert "k=s" not in str(caught.value)


def test_control_characters_of_a_body_are_made_visible() -> None:
    """What an error shows of a body can't drive a terminal."""
    with pytest.raises(UnreadableError) as caught:
        answer(b"\x1b]52;c;x\x07 OK").json()
    assert "\x1b" not in str(caught.value.problems[0].values["start"])


def test_the_media_type_and_charset_are_read() -> None:
    """Parameters and case don't matter."""
    said = answer(b"{}", 'Application/JSON; Charset="UTF-8"')
    assert (said.media_type, said.charset) == ("application/json", "utf-8")
