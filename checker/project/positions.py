"""A YAML file as plain values, each with the line and column it stands at.

Read as YAML 1.2's core schema means it (https://yaml.org/spec/1.2.2/#103-core-schema): `no`, `on` and dates stay text. Sizes and depths are
bounded before anything is built; a key that stands twice is an error that names both lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from checker.errors import InputError, Problem

Key = tuple[str | int, ...]

MAX_BYTES = 2_000_000
MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_ALIASES = 200  # each is copied when it is built, so few are taken

CORE = (
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("tag:yaml.org,2002:int", re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
        list("-+.0123456789"),
    ),
)
LONGEST_NUMBER = 400  # characters; longer ones are kept as text, since int() takes quadratic time


class CoreLoader(yaml.CSafeLoader):
    """libyaml with YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class attribute


for _tag, _pattern, _first in CORE:
    CoreLoader.add_implicit_resolver(_tag, _pattern, _first)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value, and where its key stands; lines and columns count from 1."""

    line: int
    column: int
    key_line: int
    key_column: int


@dataclass(slots=True)
class Positioned:
    """A file's plain values and the place of each, by path."""

    file: str
    value: Any = None
    places: dict[Key, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(
        self, code: str, path: Key, values: Mapping[str, object] | None = None, *, at_key: bool = False
    ) -> Problem:
        """A problem at `path`; where nothing stands there, at the nearest place above."""
        above = path
        while above and above not in self.places:
            above = above[:-1]
        place = self.places.get(above)
        line, column = (
            (None, None)
            if place is None
            else (place.key_line, place.key_column)
            if at_key
            else (place.line, place.column)
        )
        return Problem(code, {"key": dotted(path), **(values or {})}, self.file, line, column)


def dotted(path: Key) -> str:
    """A path as people write it: `systems.crm.auth`, `flows[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def matches(value: Any, pattern: Key, path: Key = ()) -> Iterator[tuple[Key, Any]]:
    """The values below `value` that stand where the pattern says, with their paths; `*` is any name or index."""
    if not pattern:
        yield path, value
        return
    children: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for name, child in children:
        if pattern[0] in ("*", name):
            yield from matches(child, pattern[1:], (*path, name))


def _bounded(text: str, file: str) -> None:
    """Raise InputError where the text is larger or deeper than any file of ours, before anything is built."""
    depth = nodes = aliases = 0
    for event in yaml.parse(text, Loader=CoreLoader):
        nodes += isinstance(event, yaml.NodeEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or nodes > MAX_NODES or aliases > MAX_ALIASES:
            mark = event.start_mark
            raise InputError(Problem("yaml.too-large", {}, file, mark.line + 1 if mark else None))


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" if len(text) <= LONGEST_NUMBER:
            return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)
        case "float" if len(text) <= LONGEST_NUMBER:
            return float(text)
    return text


def _build(node: yaml.Node, path: Key, out: Positioned, key: yaml.Node | None = None) -> Any:
    start, named = node.start_mark, (key or node).start_mark
    out.places[path] = Place(start.line + 1, start.column + 1, named.line + 1, named.column + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, i), out) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, out))
    return _scalar(node)  # type: ignore[arg-type]  # the third and last kind of node


def _pairs(node: yaml.MappingNode, path: Key, out: Positioned) -> Iterator[tuple[str, Any]]:
    first: dict[str, int] = {}
    for key, child in node.value:
        name = str(key.value)
        mark = key.start_mark
        if name in first:
            values = {"key": dotted((*path, name)), "first": first[name]}
            out.problems.append(Problem("yaml.duplicate-key", values, out.file, mark.line + 1, mark.column + 1))
            continue
        first[name] = mark.line + 1
        yield name, _build(child, (*path, name), out, key)


def read_text(path: Path) -> str:
    """A text file of ours. Raises InputError where it can't be read, is too large or isn't UTF-8."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(Problem("file.not-found", {"path": path}, str(path))) from None
    except OSError as error:
        raise InputError(Problem("file.unreadable", {"path": path, "reason": error.strerror}, str(path))) from None
    if len(content) > MAX_BYTES:
        raise InputError(Problem("yaml.too-large", {}, str(path)))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            Problem("file.not-utf8", {"path": path}, str(path), content[: error.start].count(b"\n") + 1)
        ) from None


def parse(text: str, file: str) -> Positioned:
    """Plain values with their places. Raises InputError for a syntax error; duplicate keys stand in `problems`."""
    out = Positioned(file)
    try:
        _bounded(text, file)
        node = yaml.compose(text, Loader=CoreLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
        reason = error.problem or error.context or "?"
        raise InputError(Problem("yaml.syntax", {"reason": reason}, file, *where)) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise InputError(Problem("yaml.syntax", {"reason": error.reason}, file, line)) from None
    if node is not None:
        out.value = _build(node, (), out)
    return out


def read(path: Path, shown_as: str | None = None) -> Positioned:
    """The file's plain values with their places. Raises InputError as `read_text` and `parse` do."""
    return parse(read_text(path), shown_as or str(path))
