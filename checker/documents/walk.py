"""Our own walk through a document and the files it refers to: references that lead nowhere, defaults outside their type, and what the
Api already tells (identifiers used twice, path parameters, security schemes). One pass, nothing is inlined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from checker.documents.library import Library
from checker.errors import DocumentError
from checker.model.api import Api, Place, follow
from checker.model.profile import DocumentProblem
from checker.model.text import safe

MAX_PROBLEMS = 200  # listed; a document with more is no better known by them
# Under these words stand names of the document's own choosing, not keywords
NAMED = frozenset({
    "properties", "patternProperties", "definitions", "$defs", "schemas", "dependentSchemas", "responses", "parameters", "requestBodies",
    "headers", "securitySchemes", "securityDefinitions", "links", "callbacks", "paths", "pathItems", "webhooks", "content", "variables",
    "mediaTypes",
})  # fmt: skip
DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})  # what stands there is no description
TEMPLATE = re.compile(r"\{([^{}]*)\}")
Shown = Callable[[Place], str]
Entry = tuple[Any, Any, Any, bool]  # node, its holder's entry, its key there, whether its keys are names


@dataclass(frozen=True, slots=True)
class Found:
    """A problem; `breaks` says whether it alone makes the document invalid, as the authority (openapi-spec-validator) sees it."""

    problem: DocumentProblem
    breaks: bool


class _Walk:
    def __init__(self, spec: str, library: Library, shown: Shown) -> None:
        self.library = library
        self.shown = shown
        self.nullable = not spec.startswith("3.1") and not spec.startswith("3.2")
        self.found: list[Found] = []
        self.good: set[str] = set()

    def note(self, place: Place, message: str, *, breaks: bool = True) -> None:
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Found(DocumentProblem(pointer=self.shown(place), message=message), breaks))

    def file(self, base: str) -> None:
        """Walk one file."""
        self.good = set()
        waiting: list[Entry] = [(self.library.values[base], None, None, False)]
        while waiting:
            entry = waiting.pop()
            node, _, _, names = entry
            if type(node) is list:
                for index in range(len(node) - 1, -1, -1):  # the last first, since the last in is the first out
                    one = node[index]
                    if type(one) is dict or type(one) is list:
                        waiting.append((one, entry, index, False))
                continue
            if type(node) is not dict:
                continue
            if not names:
                self.keywords(node, entry, base)
            for key, one in reversed(node.items()):
                kind = type(one)
                if kind is dict:
                    if names:
                        waiting.append((one, entry, key, False))
                    elif key not in DATA and key[:2] != "x-":
                        waiting.append((one, entry, key, key in NAMED))
                elif kind is list and (names or (key not in DATA and key[:2] != "x-")):
                    waiting.append((one, entry, key, False))

    def keywords(self, node: dict[str, Any], entry: Entry, base: str) -> None:
        reference = node.get("$ref")
        if type(reference) is str:
            if reference not in self.good:
                self.reference(reference, entry, base)
        elif "default" in node:
            self.default(node, entry, base)
        parameters = node.get("parameters")
        if type(parameters) is list and len(parameters) > 1:
            self.parameters(parameters, _place(entry, base).child("parameters"))

    def reference(self, reference: str, entry: Entry, base: str) -> None:
        place = _place(entry, base)
        if self.library.resolve(reference, place) is not None:
            self.good.add(reference)
            return
        reason = self.library.reasons.get((base, reference), "nothing is there")
        # A file that is missing, or that we may not read, says nothing against what is here
        self.note(place, f"$ref {safe(reference, 120)}: {reason}", breaks=reference.startswith("#"))

    def default(self, node: dict[str, Any], entry: Entry, base: str) -> None:
        value, kinds = node["default"], node.get("type")
        if value is None and self.nullable and node.get("nullable") is True:
            return
        allowed = node.get("enum")
        if type(allowed) is list and value not in allowed and "in" not in node:
            self.note(_place(entry, base), f"default {safe(value, 60)} is none of enum")
        elif isinstance(kinds, str | list) and not fits(value, [kinds] if isinstance(kinds, str) else kinds):
            self.note(_place(entry, base), f"default {safe(value, 60)} is not of type {safe(kinds, 60)}")

    def parameters(self, nodes: list[Any], place: Place) -> None:
        seen: set[tuple[str, str]] = set()
        for index, one in enumerate(nodes):
            node, _ = follow(one, place.child(index), self.library.resolve)
            if isinstance(node, Mapping) and isinstance(node.get("name"), str) and isinstance(node.get("in"), str):
                key = (node["name"], node["in"])
                if key in seen:
                    self.note(
                        place.child(index), f"parameter {safe(key[0], 60)} in {safe(key[1], 20)} is declared twice"
                    )
                seen.add(key)


def _place(entry: Entry, base: str) -> Place:
    keys: list[Any] = []
    at: Any = entry
    while at[1] is not None:
        keys.append(at[2])
        at = at[1]
    return Place(base, "#").child(*reversed(keys))


def fits(value: Any, kinds: list[Any]) -> bool:
    """Whether a value is of one of the JSON types; unknown type names fit anything."""
    return any(_is(value, kind) for kind in kinds)


def _is(value: Any, kind: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean" or kind not in {"integer", "number", "string", "array", "object", "null"}
    known: dict[Any, bool] = {
        "string": isinstance(value, str),
        "integer": isinstance(value, int) or (isinstance(value, float) and value.is_integer()),
        "number": isinstance(value, int | float),
        "boolean": False,
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "null": value is None,
    }
    return known.get(kind, True) if isinstance(kind, str) else True


def walk(spec: str, library: Library, api: Api, shown: Shown) -> tuple[Found, ...]:
    """All that the walk finds, at most MAX_PROBLEMS. Reads every file that the document refers to."""
    at = _Walk(spec, library, shown)
    walked: set[str] = set()
    while waiting := [base for base in library.values if base not in walked]:
        walked.update(waiting)
        for base in waiting:
            at.file(base)
    doubled = (Found(one, breaks=False) for base in library.texts for one in _doubled(library, base, shown))
    told = chain(at.found, _operations(api), _security(api), _tags(library.values[library.base]), doubled)
    return tuple(islice(told, MAX_PROBLEMS))


def _operations(api: Api) -> Iterator[Found]:
    first: dict[str, str] = {}
    for operation in api.operations:
        if operation.id is not None:
            if operation.id in first:
                message = (
                    f"operationId {safe(operation.id, 80)} is used twice, first by {safe(first[operation.id], 120)}"
                )
                yield Found(DocumentProblem(pointer=operation.pointer, message=message), breaks=True)
            first.setdefault(operation.id, operation.key)
        in_path = set(filter(None, TEMPLATE.findall(operation.path)))
        declared = {one.name for one in operation.parameters if one.location == "path"}
        for name in sorted(in_path - declared):
            message = f"path parameter {safe(name, 80)} of {safe(operation.path, 120)} is not declared"
            yield Found(DocumentProblem(pointer=operation.pointer, message=message), breaks=True)
        for name in sorted(declared - in_path):
            message = f"path parameter {safe(name, 80)} does not occur in {safe(operation.path, 120)}"
            yield Found(DocumentProblem(pointer=operation.pointer, message=message), breaks=True)


def _security(api: Api) -> Iterator[Found]:
    told: set[str] = set()
    asked = [("#/security", api.security), *((one.pointer, one.security or ()) for one in api.operations)]
    for pointer, alternatives in asked:
        for name in (name for names in alternatives for name in names):
            if name not in api.schemes and name not in told:
                told.add(name)
                message = f"security scheme {safe(name, 80)} is not declared"
                yield Found(DocumentProblem(pointer=pointer, message=message), breaks=False)


def _tags(root: Any) -> Iterator[Found]:
    tags = root.get("tags") if isinstance(root, dict) else None
    names: set[str] = set()
    for index, one in enumerate(tags if isinstance(tags, list) else ()):
        name = one.get("name") if isinstance(one, dict) else None
        if isinstance(name, str) and name in names:
            message = f"tag {safe(name, 80)} is declared twice"
            yield Found(DocumentProblem(pointer=f"#/tags/{index}", message=message), breaks=True)
        if isinstance(name, str):
            names.add(name)


def _doubled(library: Library, base: str, shown: Shown) -> Iterator[DocumentProblem]:
    """Keys that stand twice in one mapping: the later one silently replaces the earlier."""
    from checker.documents.yaml_events import duplicate_keys

    if base not in library.may_double:
        return
    try:
        doubled = duplicate_keys(library.texts[base].decode(), base)
    except DocumentError:  # JSON that is no YAML (tabs); rare enough to say nothing
        return
    for keys, first, second in doubled:
        message = f"key {safe(keys[-1], 80)} stands twice, first on line {first}; the later one counts"
        yield DocumentProblem(pointer=shown(Place(base, "#").child(*keys)), message=message, line=second)
