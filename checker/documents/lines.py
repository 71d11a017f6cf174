"""JSON pointer → line, for the few pointers that are asked for: one pass over the text, nothing is kept of the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from checker.documents.parse import is_json
from checker.errors import DocumentError

BLANKS = re.compile(r"[ \t\n\r,:]*")
Wanted = dict[str, Any]  # key → Wanted, and under HERE the pointer itself
HERE = "\0pointer"


def lines(text: bytes, pointers: Sequence[str]) -> dict[str, int]:
    """The line, from 1, of each pointer (`/paths/~1a`): of its key, or of its nearest ancestor that is in the text."""
    tree: Wanted = {}
    for pointer in pointers:
        at = tree
        at[HERE] = ""
        path = ""
        for part in pointer.split("/")[1:]:
            path += "/" + part
            at = at.setdefault(part.replace("~1", "/").replace("~0", "~"), {})
            at[HERE] = path
    found = {"": 1}
    decoded = text.decode(errors="replace")
    if not (is_json(text) and _json(decoded, tree, found)):
        _yaml(decoded, tree, found)
    return {one: _nearest(one, found) for one in pointers}


def _nearest(pointer: str, found: dict[str, int]) -> int:
    while pointer not in found:
        pointer = pointer.rpartition("/")[0]
    return found[pointer]


def _json(text: str, tree: Wanted, found: dict[str, int]) -> bool:
    """Whether the text could be followed as JSON."""
    offsets: dict[str, int] = {}
    try:
        _value(text, _blank(text, 0), tree, offsets)
    except (ValueError, IndexError, RecursionError):
        return False
    line, before = 1, 0
    for pointer, offset in sorted(offsets.items(), key=lambda one: one[1]):
        line += text.count("\n", before, offset)
        before = offset
        found[pointer] = line
    return True


def _value(text: str, at: int, tree: Wanted, offsets: dict[str, int]) -> int:
    """The end of the value that begins at `at`; only wanted members are entered, the rest is skipped by the C scanner."""
    mapping = text[at] == "{"
    if not (mapping or text[at] == "[") or len(tree) < 2:  # noqa: PLR2004 - only HERE: nothing below is wanted
        return _DECODER.raw_decode(text, at)[1]
    at, index = _blank(text, at + 1), 0
    while text[at] not in "}]":
        start, key = at, str(index)
        if mapping:
            if text[at] != '"':
                raise ValueError(at)
            key, at = _DECODER.raw_decode(text, at)
            at = _blank(text, at)
        below = tree.get(key) if key != HERE else None
        if below is None:
            at = _DECODER.raw_decode(text, at)[1]
        else:
            offsets[below[HERE]] = start
            at = _value(text, at, below, offsets)
        at, index = _blank(text, at), index + 1
    return at + 1


_DECODER = json.JSONDecoder(strict=False)


def _blank(text: str, at: int) -> int:
    return BLANKS.match(text, at).end()  # type: ignore[union-attr]


def _yaml(text: str, tree: Wanted, found: dict[str, int]) -> None:
    """Follow the events; a frame is [wanted below, next index or None for a mapping, wanted of the coming value]."""
    import yaml

    from checker.documents.yaml_events import events

    frames: list[list[Any]] = []
    try:
        for event in events(text, ""):
            kind = type(event)
            if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                frames.pop()
            elif isinstance(event, yaml.NodeEvent):
                below = _enter(frames, event, tree, found)
                if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                    frames.append([below, None if kind is yaml.MappingStartEvent else 0, None, True])
    except DocumentError:  # a text that was read by the other parser; the lines so far stand
        return


def _enter(frames: list[list[Any]], event: Any, tree: Wanted, found: dict[str, int]) -> Wanted:
    """What is wanted below the node that begins with this event; notes its line."""
    if not frames:
        return tree
    frame = frames[-1]
    wanted = frame[0]
    if frame[1] is None and not frame[3]:  # a mapping's value: its key was noted
        frame[3] = True
        return frame[2] or {}
    key = str(frame[1]) if frame[1] is not None else str(getattr(event, "value", ""))
    below: Wanted = wanted.get(key) or {}
    if below and key != HERE:
        found[below[HERE]] = event.start_mark.line + 1
    if frame[1] is None:
        frame[2], frame[3] = below, False
        return {}
    frame[1] += 1
    return below
