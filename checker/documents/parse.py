"""Text → plain values: JSON by orjson, YAML by the fast reader and, where that one refuses, by our own over PyYAML's events.

YAML is read as JSON would be (YAML 1.2, core schema): `no` and dates stay text, keys become text. Bounded by file, never expanded.
"""

from __future__ import annotations

import json
import math
from typing import Any

from checker.documents.yaml_events import MAX_DEPTH, MAX_NODES, build
from checker.errors import DocumentError, Problem

MAX_ALIAS_BYTES = 16 * 1024 * 1024  # what aliases may stand for; the reader's own default is 64 MiB


def is_json(raw: bytes) -> bool:
    """Whether the text sets out to be JSON."""
    return raw[:64].lstrip()[:1] in (b"{", b"[")


def parse(raw: bytes, file: str) -> Any:
    """The value of a JSON or YAML text in UTF-8. Raises DocumentError with file, line and column."""
    if raw.count(b"{") + raw.count(b"[") + raw.count(b",") > MAX_NODES:
        raise DocumentError(Problem("document.too-many-values", {"file": file, "limit": MAX_NODES}, file))
    if is_json(raw):
        return _json(raw, file)
    if raw.count(b"\n") + raw.count(b"- ") > MAX_NODES:
        raise DocumentError(Problem("document.too-many-values", {"file": file, "limit": MAX_NODES}, file))
    return _yaml(raw, file)


def _json(raw: bytes, file: str) -> Any:
    import orjson

    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return _refused_json(raw, file, error)
    if deeper_than(value, MAX_DEPTH):
        raise DocumentError(Problem("document.too-deep", {"file": file, "limit": MAX_DEPTH}, file))
    return value


def _refused_json(raw: bytes, file: str, error: json.JSONDecodeError) -> Any:
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


def _yaml(raw: bytes, file: str) -> Any:
    text = raw.decode()
    try:
        import fast_yaml
    except ImportError:  # a platform without the wheel; ours is slower and reads the same
        return build(text, file)
    try:
        value = fast_yaml.safe_load(
            text, max_depth=MAX_DEPTH, max_alias_bytes=MAX_ALIAS_BYTES, max_scan_ahead=len(text) + 1
        )
    except ValueError:
        return build(text, file)
    return _as_json(value, file)


def deeper_than(value: Any, limit: int) -> bool:
    """Whether containers nest deeper than `limit`. Each container is looked at once per level, none is copied."""
    level = [value]
    for _ in range(limit):
        level = [
            one
            for node in level
            for one in (node.values() if type(node) is dict else node if type(node) is list else ())
            if type(one) is dict or type(one) is list
        ]
        if not level:
            return False
    return True


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
