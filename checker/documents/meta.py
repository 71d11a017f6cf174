"""The fast verdict: the official meta-schema by jsonschema-rs, and our own walk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from checker.documents.document import Document
from checker.model.api import Place
from checker.model.profile import DocumentProblem
from checker.model.text import safe

MAX_LISTED = 50
FAST = "meta-schema"
MAX_PIECE = 10_000  # containers of a path or component whose errors are all listed
LARGE = frozenset({"paths", "webhooks", "definitions", "parameters", "responses"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document is valid (None: nobody could say), who says so, and at most MAX_LISTED problems."""

    valid: bool | None
    validated_by: str
    problems: tuple[DocumentProblem, ...] = ()


def validate_fast(document: Document) -> Verdict:
    """The verdict within about the time that reading took. None where only things stand out that the authority lets pass."""
    problems = _against_meta_schema(document)
    found = document.findings
    wrong = bool(problems) or any(one.breaks for one in found)
    listed = document.with_lines((*problems, *(one.problem for one in found))[:MAX_LISTED])
    return Verdict(False if wrong else None if found else True, FAST, listed)


def _against_meta_schema(document: Document) -> list[DocumentProblem]:
    """Problems by the meta-schema. The validator builds all errors at once, 17 kB each: so only the pieces that are wrong are listed."""
    schema = meta_schema(document.spec[:3])
    try:
        if schema.is_valid(document.raw):
            return []
        found: list[DocumentProblem] = []
        for piece, below in _pieces(document.raw, document.spec):
            if not schema.is_valid(piece):
                found += _errors(schema, piece, below)
            if len(found) >= MAX_LISTED:
                break
    except ValueError as error:  # a value that JSON doesn't have, as the document's own problem
        return [DocumentProblem(pointer="#", message=safe(error))]
    # The pieces hide nothing that the whole shows, but for rules that tie parts together
    return found[:MAX_LISTED] or [DocumentProblem(pointer="#", message="its parts contradict each other")]


def _pieces(raw: Mapping[str, Any], spec: str) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """The document without its large maps, then each of their members alone in a document that is otherwise right; and its path."""
    maps = [
        (*parts, str(key))
        for parts in ((), ("components",))
        for key, one in _member(raw, parts).items()
        if isinstance(one, Mapping) and (parts or key in LARGE)
    ]
    frame = {**raw, **{path[0]: {} for path in maps}}
    components = _member(raw, ("components",))
    if components:
        frame["components"] = {key: {} if isinstance(one, Mapping) else one for key, one in components.items()}
    yield frame, ()
    about = {"title": "", "version": ""}
    right = (
        {"swagger": spec, "info": about, "paths": {}}
        if spec[:1] == "2"
        else {"openapi": f"{spec[:3]}.0", "info": about, "paths": {}}
    )
    for path in maps:
        for name, one in _member(raw, path).items():
            piece: Any = {name: one}
            for key in reversed(path):
                piece = {key: piece}
            yield {**right, **piece}, (*path, name)


def _member(raw: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    node: Any = raw
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def _errors(schema: Any, piece: dict[str, Any], below: tuple[str, ...]) -> list[DocumentProblem]:
    if _larger(piece, MAX_PIECE):
        return [DocumentProblem(pointer=Place("", "#").child(*below).pointer, message="breaks the meta-schema inside")]
    errors = islice(schema.iter_errors(piece), MAX_LISTED * 2)
    return [_problem(one) for one in errors if tuple(map(str, one.instance_path[: len(below)])) == below]


def _problem(error: Any) -> DocumentProblem:
    place = Place("", "#").child(*error.instance_path)
    return DocumentProblem(pointer=place.pointer, message=safe(without_instance(str(error.message))))


def _larger(value: Any, most: int) -> bool:
    """Whether a value holds more than `most` containers."""
    waiting, seen = [value], 0
    while waiting and seen <= most:
        node = waiting.pop()
        seen += 1
        below = node.values() if isinstance(node, dict) else node
        waiting.extend(one for one in below if isinstance(one, dict | list))
    return seen > most


def without_instance(message: str) -> str:
    """A validator's sentence without the instance that it begins with, which may be half the document."""
    line = message.partition("\n")[0]
    bracket = {"{": "} ", "[": "] "}.get(line[:1])
    cut = line.rfind(bracket) + 1 if bracket else 0
    return "this" + line[cut:] if cut else line


@cache
def meta_schema(version: str) -> Any:
    """The validator of the official schema of 2.0, 3.0, 3.1 or 3.2, from the files that openapi-spec-validator ships."""
    import jsonschema_rs
    import orjson

    schema: dict[str, Any] = orjson.loads((_folder() / f"v{version}" / "schema.json").read_bytes())
    return jsonschema_rs.validator_for(schema)


def _folder() -> Path:
    spec = find_spec("openapi_spec_validator")  # finds it without the second that importing takes
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("openapi_spec_validator")
    return Path(spec.submodule_search_locations[0]) / "resources" / "schemas"
