"""JSON and YAML are read as JSON would be, and what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker.documents import load
from checker.documents.parse import parse
from checker.documents.reading import as_utf8
from checker.documents.yaml_events import build
from checker.errors import DocumentError

# F5 of acceptance.md and more: text, and what YAML 1.2's core schema makes of it
TRUTHS: list[tuple[str, Any]] = [
    ("no", "no"), ("Yes", "Yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("true", True), ("FALSE", False), ("tRue", "tRue"),
    ("~", None), ("null", None), ("Null", None), ("", None), ("nil", "nil"), ("12:30:45", "12:30:45"), ("017", 17), ("0o17", 15),
    ("0x1F", 31), ("0b11", "0b11"), ("1_000", "1_000"), ("2026-01-31", "2026-01-31"), ("2026-02-31", "2026-02-31"), ("1e3", 1000.0),
    (".5", 0.5), ("+1", 1), ("-0", 0), ("1.10", 1.1), (".", "."), ("-", [None]), ("1.2.3", "1.2.3"), ("'5'", "5"), ('"true"', "true"),
    ("!!str 5", "5"), ("=", "="), ("<", "<"), ("DE", "DE"), ("1e999", "1e999"),
]  # fmt: skip


def fails(text: str | bytes, code: str) -> Any:
    """The problem that reading a text ends in; its code is checked."""
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DocumentError) as caught:
        parse(as_utf8(raw, "a.yaml"), "a.yaml")
    assert caught.value.problems[0].code == code
    return caught.value.problems[0]


@pytest.mark.parametrize(("written", "meant"), TRUTHS)
def test_our_own_reader_knows_yaml_1_2(written: str, meant: Any) -> None:
    """Norway, dates and times of day come out of a document as its author meant them."""
    value = build(f"a: {written}\n" if written != "-" else "a:\n-\n", "a")["a"]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    ("written", "meant"), [one for one in TRUTHS if one[0] not in {"-", "1e999", "-0"}]
)  # the fast reader's answers to these three need no care
def test_the_fast_reader_agrees(written: str, meant: Any) -> None:
    """Which of the two readers took a text makes no difference."""
    value = parse(f"a: {written}\n".encode(), "a").value["a"]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize("reader", [lambda text: parse(text.encode(), "a").value, lambda text: build(text, "a")])
def test_keys_are_text(reader: Any) -> None:
    """`200:` and `on:` are keys like any others."""
    assert reader("200: a\ntrue: b\non: c\nnull: d\n") == {"200": "a", "true": "b", "on": "c", "null": "d"}


@pytest.mark.parametrize("reader", [lambda text: parse(text.encode(), "a").value, lambda text: build(text, "a")])
def test_merge_keys_fill_what_is_missing(reader: Any) -> None:
    """Documents written by hand share parts by merge keys; an own key wins."""
    text = "base: &b {type: string, maxLength: 5}\none:\n  <<: *b\n  maxLength: 9\nmany:\n  <<: [*b, {x: 1}]\n"
    assert reader(text)["one"] == {"type": "string", "maxLength": 9}
    assert reader(text)["many"] == {"type": "string", "maxLength": 5, "x": 1}


def test_what_json_lacks_becomes_text() -> None:
    """Infinities and sets, which YAML has, don't break what expects JSON."""
    assert parse(b"a: .nan\nb: -.inf\nc: !!set {x, y}\n", "a").value == {"a": "nan", "b": "-inf", "c": ["x", "y"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_are_recognised(encoding: str) -> None:
    """A document saved by a Windows program is read like any other."""
    raw = '{"a": "Müller"}'.encode(encoding)
    assert parse(as_utf8(raw, "a"), "a").value == {"a": "Müller"}


def test_yaml_in_braces_is_yaml() -> None:
    """A YAML text may begin like JSON."""
    assert parse(b"{a: b, c: [1, no]}", "a").value == {"a": "b", "c": [1, "no"]}


@pytest.mark.parametrize(
    ("text", "line", "column", "kind"),
    [
        ('{\n "a": 1,\n "b" 2\n}', 3, 6, "JSON"),
        ('{"a": NaN}', 1, 7, "JSON"),
        ('{"a": 1', 1, 8, "JSON"),
        ("a: 1\nb: [1,\nc: 2", 3, 1, "YAML"),
        ("a:\n  b: c\n c: d\n", 3, 2, "YAML"),
        ("a: b: c\n", 1, 5, "YAML"),
        ("a: 'b\n", 2, 1, "YAML"),
    ],
)
def test_a_syntax_error_has_its_place(text: str, line: int, column: int, kind: str) -> None:
    """The message names the line and column where reading stopped."""
    problem = fails(text, "document.syntax")
    assert (problem.file, problem.line, problem.column, problem.values["kind"]) == ("a.yaml", line, column, kind)
    assert problem.values["reason"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "document.empty"), (b" \n\t", "document.empty"), (b"\x1f\x8b\x08abc", "document.is-archive"),
        (b"PK\x03\x04abc", "document.is-archive"), (b"%PDF-1.7\n", "document.is-pdf"), (b"\x89PNG\r\n\x1a\n\0\0\0", "document.is-binary"),
        (b"a: 1\nb: M\xfcller\n", "document.not-utf8"), (b"\xff\xfea", "document.is-binary"), (b"? [a, b]\n: c\n", "document.key"),
        (b"a: *b\n", "document.alias"), (b"a: &a [*a]\n", "document.alias"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_named(raw: bytes, code: str) -> None:
    """Archives, pictures, other encodings and broken anchors each have their own sentence."""
    fails(raw, code)


def test_where_an_open_bracket_began() -> None:
    """A bracket that is never closed is only noticed at the end; the message says where it began."""
    assert "(begun on line 2)" in fails("a: 1\nb: [1,\nc: 2\nd: 3\n", "document.syntax").values["reason"]


def test_the_first_wrong_byte_has_a_line() -> None:
    """Of a text that isn't UTF-8 one learns where to look."""
    problem = fails(b"a: 1\nb: M\xfcller\n", "document.not-utf8")
    assert (problem.line, problem.column) == (2, 5)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("api.yaml", "openapi: 3.0.0\ninfo:\n  title: a\n  version: '1'\n  title: b\npaths: {}\n"),
        (
            "api.json",
            '{"openapi": "3.0.0",\n"info":\n{"title": "a",\n"version": "1",\n"title": "b"},\n"paths": {}}',
        ),
    ],
)
def test_a_key_that_stands_twice_is_a_problem_with_both_lines(tmp_path: Path, name: str, text: str) -> None:
    """The later of two equal keys silently wins in every parser; the list of problems says so."""
    (tmp_path / name).write_text(text, "utf-8")
    (problem,) = load(tmp_path / name).problems
    assert problem.pointer == "#/info/title"
    assert problem.line == 5
    assert "first on line 3" in problem.message


def test_a_key_in_two_mappings_is_none(tmp_path: Path) -> None:
    """Equal keys in different mappings, and `key:` inside a text, are no duplicates."""
    text = "openapi: 3.0.0\ninfo: {title: a, version: '1', description: 'a\":b'}\npaths: {}\nx-a: {title: a}\n"
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    (tmp_path / "a.json").write_text(
        '{"openapi":"3.0.0","info":{"title":"x \\": y","version":":1"},"paths":{},"x-a":{"title":"\\\\"}}', "utf-8"
    )
    assert load(tmp_path / "a.yaml").problems == ()
    assert load(tmp_path / "a.json").problems == ()
