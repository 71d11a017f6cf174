"""YAML → plain values over PyYAML's event stream: no recursion, so no text can crash it, and each budget names its line.

Reads YAML 1.2 core (`no` and dates stay text) with merge keys, which the field uses. The parser below builds nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from checker.documents.budgets import MAX_DEPTH, MAX_DIGITS, MAX_NODES
from checker.errors import DocumentError, Problem

MAX_DOUBLED = 50  # keys that stand twice, listed
LONGEST_REASON = 200

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# YAML 1.2.2, 10.3.2 core schema
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NUMBER_START = frozenset("+-.0123456789")
TAG = "tag:yaml.org,2002:"
MERGE = object()

try:
    from yaml import CSafeLoader as _Parser
except ImportError:  # PyYAML without libyaml: slower, same events
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]


def events(text: str, file: str) -> Iterator[Any]:
    """The events of the first document of a text. Raises DocumentError with line and column where it is no YAML."""
    try:
        for event in yaml.parse(text, Loader=_Parser):
            yield event
            if isinstance(event, yaml.DocumentEndEvent):
                return
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        begun = error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        reason += f" (begun on line {begun.line + 1})" if begun and begun is not mark else ""
        line, column = (min(mark.line, text.count("\n")) + 1, mark.column + 1) if mark else (None, None)
    except (yaml.YAMLError, ValueError) as error:  # characters that YAML forbids
        reason, line, column = str(error), None, None
    else:
        return
    values = {"file": file, "reason": reason[:LONGEST_REASON], "kind": "YAML"}
    raise DocumentError(Problem("document.syntax", values, file, line, column)) from None


def scalar(text: str) -> Any:
    """A plain (unquoted) scalar by the core schema. Raises ValueError for a number of more than MAX_DIGITS."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text[0] not in NUMBER_START:
        return text
    whole = INTEGER.fullmatch(text)
    if whole and len(text) > MAX_DIGITS:
        raise ValueError(text[:20])
    if whole:
        return int(text)
    if OCTAL.fullmatch(text) or HEXADECIMAL.fullmatch(text):
        return int(text[:MAX_DIGITS], 0)
    return float(text) if FLOAT.fullmatch(text) and abs(float(text)) != float("inf") else text


@dataclass(slots=True)
class _Frame:
    """A container that is being filled."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    before: int
    key: Any = None
    has_key: bool = False
    merged: list[Any] = field(default_factory=list)


class _Builder:
    """Builds one document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0
        self.top: Any = None

    def fail(self, code: str, event: Any, **values: object) -> DocumentError:
        mark = event.start_mark
        return DocumentError(Problem(code, {"file": self.file, **values}, self.file, mark.line + 1, mark.column + 1))

    def count(self, event: Any, more: int = 1) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise self.fail("document.too-many-values", event, limit=MAX_NODES)

    def feed(self, event: Any) -> None:
        """Take one event. Raises DocumentError where a budget ends."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self.count(event)
            self.put(self.scalar(event), event, 1)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self.open(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.close(event)
        elif kind is yaml.AliasEvent:
            if event.anchor not in self.anchors:
                raise self.fail("document.alias", event, name=event.anchor)
            value, size = self.anchors[event.anchor]
            self.count(event, size)
            self.put(value, event, size)

    def open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        if len(self.frames) >= MAX_DEPTH:
            raise self.fail("document.too-deep", event, limit=MAX_DEPTH)
        if self.frames and isinstance(self.frames[-1].value, dict) and not self.frames[-1].has_key:
            raise self.fail("document.key", event)
        self.anchors.pop(event.anchor, None)  # an alias inside its own node would be endless
        self.frames.append(_Frame(value, event.anchor, self.nodes))
        self.count(event)

    def close(self, event: Any) -> None:
        frame = self.frames.pop()
        if isinstance(frame.value, dict):
            for merged in frame.merged:
                self.count(event, len(merged))
                for key, one in merged.items():
                    frame.value.setdefault(key, one)
        size = self.nodes - frame.before
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.value, size)
        self.put(frame.value, event, size)

    def scalar(self, event: Any) -> Any:
        plain = event.implicit[0]
        if plain and event.value == "<<":
            return MERGE
        typed = event.tag in {TAG + "int", TAG + "float", TAG + "bool", TAG + "null"}
        try:
            return scalar(event.value) if plain or typed else event.value
        except ValueError:
            raise self.fail("document.number", event, limit=MAX_DIGITS) from None

    def put(self, value: Any, event: Any, size: int) -> None:
        if event.__class__ is yaml.ScalarEvent and event.anchor:
            self.anchors[event.anchor] = (value, size)
        if not self.frames:
            self.top = None if value is MERGE else value
            return
        frame = self.frames[-1]
        if isinstance(frame.value, list):
            frame.value.append("<<" if value is MERGE else value)
        elif not frame.has_key:
            self.key(frame, value, event)
        elif frame.key is MERGE:
            parts = value if isinstance(value, list) else [value]
            frame.merged.extend(one for one in parts if isinstance(one, dict))
            frame.has_key = False
        else:
            frame.value[frame.key] = "<<" if value is MERGE else value
            frame.has_key = False

    def key(self, frame: _Frame, value: Any, event: Any) -> None:
        frame.has_key = True
        if value is MERGE:
            frame.key = MERGE
            return
        if isinstance(value, dict | list):
            raise self.fail("document.key", event)
        frame.key = event.value if isinstance(event, yaml.ScalarEvent) else str(value)


def build(text: str, file: str) -> Any:
    """The value of a YAML text. Raises DocumentError with file, line and column."""
    builder = _Builder(file)
    for event in events(text, file):
        builder.feed(event)
    return builder.top


@dataclass(slots=True)
class _Open:
    """A container that is being read: the lines of a mapping's keys (None for a list), and where the reader is in it."""

    lines: dict[str, int] | None
    at: str | int = 0
    at_key: bool = True


def duplicate_keys(text: str, file: str) -> list[tuple[tuple[str, ...], int, int]]:
    """Keys that stand twice in one mapping: path, first line, second line; at most MAX_DOUBLED. Reads JSON too. Raises DocumentError."""
    found: list[tuple[tuple[str, ...], int, int]] = []
    frames: list[_Open] = []
    for event in events(text, file):
        kind = type(event)
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            frames.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        first = _step(frames[-1], event) if frames else None
        if first is not None:
            found.append((tuple(str(one.at) for one in frames), first, _line(event)))
            if len(found) >= MAX_DOUBLED:
                break
        if kind is yaml.MappingStartEvent:
            frames.append(_Open({}))
        elif kind is yaml.SequenceStartEvent:
            frames.append(_Open(None, -1))
    return found


def _step(frame: _Open, event: Any) -> int | None:
    """Move to the node of an event; the earlier line of its key, where it is a key that was there."""
    if frame.lines is None:
        frame.at = int(frame.at) + 1
        return None
    frame.at_key = not frame.at_key
    if frame.at_key:  # this was the value
        return None
    frame.at = event.value if isinstance(event, yaml.ScalarEvent) else ""
    first = frame.lines.get(str(frame.at)) if frame.at != "<<" else None
    frame.lines.setdefault(str(frame.at), _line(event))
    return first


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
