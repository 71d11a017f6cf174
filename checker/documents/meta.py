"""The fast verdict: the official meta-schema by jsonschema-rs, and our own walk."""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document is valid (None: nobody could say), who says so, and at most MAX_LISTED problems."""

    valid: bool | None
    validated_by: str
    problems: tuple[DocumentProblem, ...] = ()


def validate_fast(document: Document) -> Verdict:
    """The verdict within about the time that reading took. None where only things stand out that the authority lets pass."""
    problems = list(_against_meta_schema(document))
    found = document.findings
    wrong = bool(problems) or any(one.breaks for one in found)
    listed = document.with_lines((*problems, *(one.problem for one in found))[:MAX_LISTED])
    return Verdict(False if wrong else None if found else True, FAST, listed)


def _against_meta_schema(document: Document) -> Iterator[DocumentProblem]:
    try:
        errors = meta_schema(document.spec[:3]).iter_errors(document.raw)
        for error in islice(errors, MAX_LISTED):
            place = Place("", "#").child(*error.instance_path)
            yield DocumentProblem(pointer=place.pointer, message=safe(without_instance(str(error.message))))
    except ValueError as error:  # a value that JSON doesn't have, as the document's own problem
        yield DocumentProblem(pointer="#", message=safe(error))


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
