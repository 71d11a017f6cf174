"""Runs openapi-spec-validator over a document that its parent hands over; opens no file and no connection for any reference."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from checker.documents.child import confine
from checker.documents.portable import ROOT

BASE = "http://document.invalid/"  # a name that can't exist (RFC 6761); nothing is ever asked of it
LONGEST = 2_000


class Served(dict[str, Callable[[str], Any]]):
    """Handlers for every scheme, all the same one: what the parent gave, or nothing."""

    def __init__(self, files: dict[str, Any]) -> None:
        super().__init__()
        self.files = files

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], Any]:
        return self.serve

    def serve(self, uri: str) -> Any:
        """The file of that address. Raises LookupError for any other."""
        return self.files[uri.partition("#")[0].removeprefix(BASE)]


def main() -> None:
    """Read {files, limit} as JSON, write {errors: [{path, message}], stopped} as JSON."""
    confine()
    given = json.loads(sys.stdin.buffer.read())
    errors: list[dict[str, Any]] = []
    stopped = None
    try:
        for error in _errors(given["files"]):
            errors.append({"path": [str(one) for one in error.absolute_path], "message": error.message[:LONGEST]})
            if len(errors) >= given["limit"]:
                break
    except Exception as error:  # noqa: BLE001 - whatever breaks in there is the library's; the parent says that it did
        stopped = type(error).__name__
    sys.stdout.write(json.dumps({"errors": errors, "stopped": stopped}))


def _errors(files: dict[str, Any]) -> Any:
    from jsonschema_path import SchemaPath
    from openapi_spec_validator.shortcuts import get_validator_cls

    root = files[ROOT]
    path = SchemaPath.from_dict(root, base_uri=BASE + ROOT, handlers=Served(files), resolved_cache_maxsize=128)
    return get_validator_cls(root)(path).iter_errors()
