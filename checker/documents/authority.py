"""The authority's verdict: openapi-spec-validator in a bounded child, on files that our loader has already read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from checker.documents.document import Document
from checker.documents.meta import MAX_LISTED, Verdict, without_instance
from checker.documents.portable import ROOT, portable
from checker.model.api import Place
from checker.model.profile import DocumentProblem
from checker.model.text import safe

AUTHORITY = "openapi-spec-validator"
DANGLING = frozenset(
    {"PointerToNowhere", "Unresolvable", "NoSuchAnchor", "InvalidAnchor"}
)  # of the library `referencing`


def validate(document: Document, *, timeout: float = 60) -> Verdict:
    """The verdict of openapi-spec-validator, within `timeout` seconds; None, with the reason, where it did not come to one."""
    from checker.documents.child import ChildError, run

    own = tuple(one.problem for one in document.findings)
    try:
        answer = json.loads(run("checker.documents.authority_child", _given(document), timeout))
    except (ChildError, ValueError) as error:
        reason = DocumentProblem(pointer="#", message=f"{AUTHORITY} {safe(error)}")
        return Verdict(None, AUTHORITY, (reason, *document.with_lines(own[: MAX_LISTED - 1])))
    problems = [_problem(one) for one in answer["errors"]]
    stopped = answer["stopped"]
    if stopped and not problems:
        message = f"{AUTHORITY} stopped: {safe(stopped, 60)}"
        reason = DocumentProblem(pointer="#", message=message)
        # A reference that leads nowhere ends the library's run; where our walk found one, that is what it tripped over
        valid = False if stopped in DANGLING and any(one.breaks for one in document.findings) else None
        return Verdict(valid, AUTHORITY, document.with_lines((reason, *own)[:MAX_LISTED]))
    return Verdict(not problems, AUTHORITY, document.with_lines(_listed(problems, own)))


def _listed(told: Sequence[DocumentProblem], own: Sequence[DocumentProblem]) -> tuple[DocumentProblem, ...]:
    """The authority's problems that say where, our own, and only where there are none the rest of the authority's."""
    placed = {(one.pointer, one.message): one for one in (*told, *own) if one.pointer != "#"}
    return tuple(placed.values() or told)[:MAX_LISTED]


def _given(document: Document) -> bytes:
    alone = len(document.texts) == 1 and not document.library.reasons
    files = {ROOT: document.raw} if alone else portable(document)
    return _encoded({"files": files, "limit": MAX_LISTED})


def _encoded(value: Any) -> bytes:
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:  # whole numbers beyond 64 bits
        return json.dumps(value).encode()


def _problem(error: dict[str, Any]) -> DocumentProblem:
    pointer = Place("", "#").child(*error["path"]).pointer
    return DocumentProblem(pointer=pointer, message=safe(without_instance(error["message"])))
