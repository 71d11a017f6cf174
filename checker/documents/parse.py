"""Text → plain values: JSON by orjson, YAML by the fast reader and, where that one refuses, by our own over PyYAML's events.

YAML is read as JSON would be (YAML 1.2, core schema): `no` and dates stay text, keys become text. Bounded by file, never expanded.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from checker.documents.budgets import MAX_ALIAS_BYTES, MAX_DEPTH, MAX_NODES
from checker.errors import DocumentError, Problem

# Rules of the fast reader's linter, all but the one for keys that stand twice; an unknown one only costs time
OTHER_RULES = (
    "braces", "brackets", "colons", "commas", "comments", "comments-indentation", "document-end", "document-start", "empty-lines",
    "empty-values", "float-values", "hyphens", "indentation", "invalid-anchor", "key-ordering", "line-length", "new-line-at-end-of-file",
    "octal-values", "quoted-strings", "trailing-whitespace", "truthy",
)  # fmt: skip
DUPLICATE = "duplicate-key"
MAX_LINTED = 150_000  # lines; the linter keeps every diagnostic, 1.4 kB each


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text's value, and whether a closer look for keys that stand twice is worth its time."""

    value: Any
    may_double: bool


def is_json(raw: bytes) -> bool:
    """Whether the text sets out to be JSON."""
    return raw[:64].lstrip()[:1] in (b"{", b"[")


def parse(raw: bytes, file: str) -> Parsed:
    """The value of a JSON or YAML text in UTF-8. Raises DocumentError with file, line and column."""
    if raw.count(b"{") + raw.count(b"[") + raw.count(b",") > MAX_NODES:
        raise DocumentError(Problem("document.too-many-values", {"file": file, "limit": MAX_NODES}, file))
    if is_json(raw):
        return _json(raw, file)
    if raw.count(b"\n") + raw.count(b"- ") > MAX_NODES:
        raise DocumentError(Problem("document.too-many-values", {"file": file, "limit": MAX_NODES}, file))
    return _yaml(raw, file)


def _json(raw: bytes, file: str) -> Parsed:
    import orjson

    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return _refused_json(raw, file, error)
    kept = count_keys(value, MAX_DEPTH)
    if kept is None:
        raise DocumentError(Problem("document.too-deep", {"file": file, "limit": MAX_DEPTH}, file))
    # Written keys are counted by what follows them; an exact count costs twenty times as much
    written = raw.count(b'":') - raw.count(b'\\":')
    if written == 0:  # another style: `"key" :`
        written = raw.count(b'" :') - raw.count(b'\\" :')
    return Parsed(value, written != kept)


def _refused_json(raw: bytes, file: str, error: json.JSONDecodeError) -> Parsed:
    """A YAML flow mapping (`{a: b}`) begins like JSON too; anything else is an error where the JSON reader stopped."""
    if "depth limit" in error.msg:
        raise DocumentError(
            Problem("document.too-deep", {"file": file, "limit": MAX_DEPTH}, file, error.lineno, error.colno)
        ) from None
    if raw[:64].lstrip()[1:].lstrip()[:1] not in (b'"', b"{", b"[", b"}", b"]"):
        return _yaml(raw, file)
    reason = error.msg.split(": line ")[0]
    raise DocumentError(
        Problem("document.syntax", {"file": file, "reason": reason, "kind": "JSON"}, file, error.lineno, error.colno)
    ) from None


def _yaml(raw: bytes, file: str) -> Parsed:
    from checker.documents.yaml_events import build

    text = raw.decode()
    try:
        import fast_yaml
    except ImportError:  # a platform without the wheel; ours is slower and reads the same
        return Parsed(build(text, file), may_double=True)
    try:
        value = fast_yaml.safe_load(
            text, max_depth=MAX_DEPTH, max_alias_bytes=MAX_ALIAS_BYTES, max_scan_ahead=len(text) + 1
        )
    except ValueError:
        return Parsed(build(text, file), may_double=True)
    return Parsed(_as_json(value, file), _lint_finds_double(text))


def _lint_finds_double(text: str) -> bool:
    """Whether the fast reader's linter sees a key that stands twice; true where it can't say."""
    from fast_yaml import lint

    if text.count("\n") > MAX_LINTED:
        return True
    config = lint.LintConfig()
    for rule in OTHER_RULES:
        try:
            config = config.with_disabled_rule(rule)
        except ValueError:  # another version knows other rules
            continue
    try:
        return any(one.code == DUPLICATE for one in lint.lint(text, config))
    except ValueError:
        return True


def count_keys(value: Any, limit: int) -> int | None:
    """How many keys all mappings hold together; None where containers nest deeper than `limit`."""
    level, kept = [value], 0
    for _ in range(limit):
        below: list[Any] = []
        for node in level:
            if type(node) is dict:
                kept += len(node)
                below += [one for one in node.values() if type(one) is dict or type(one) is list]
            elif type(node) is list:
                below += [one for one in node if type(one) is dict or type(one) is list]
        if not below:
            return kept
        level = below
    return None


def _as_json(value: Any, file: str) -> Any:
    """Keys as text, sets as lists, no infinities: what JSON could say. Changes containers in place."""
    top = [value]
    waiting: list[Any] = [top]
    count = 0
    while waiting:
        count += 1
        if count > MAX_NODES:
            raise DocumentError(Problem("document.too-many-values", {"file": file, "limit": MAX_NODES}, file))
        _settle(waiting.pop(), waiting)
    return top[0]


def _settle(node: dict[Any, Any] | list[Any], waiting: list[Any]) -> None:
    if type(node) is dict and any(type(key) is not str for key in node):
        items = [(key_text(key), one) for key, one in node.items()]
        node.clear()
        node.update(items)
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    changed: list[tuple[Any, Any]] = []
    for key, one in pairs:
        kind = type(one)
        if kind is dict or kind is list:
            waiting.append(one)
        elif (kind is float and not math.isfinite(one)) or kind is set:
            changed.append((key, sorted(map(key_text, one)) if kind is set else str(one)))
    for key, one in changed:
        node[key] = one


def key_text(key: Any) -> str:
    """A YAML key as JSON would have it: `200:` is "200", `true:` is "true"."""
    if key is None:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)
