"""A line that is cut on our side: nothing reaches the system, which never notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.errors import Problem, UnreachableError
from checker.resources.resource import Resource
from checker.resources.writing import Writer, Written


class Cut(Writer):
    """A writer whose system can't be reached: every write fails before a byte is sent."""

    def __init__(self, writer: Writer) -> None:
        self.mark = writer.mark

    def create(self, resource: Resource, body: Mapping[str, Any], **how: Any) -> Written:
        """Raises UnreachableError."""
        raise _unreachable(resource)

    def update(self, resource: Resource, record_id: str, changes: Mapping[str, Any], **how: Any) -> Written:
        """Raises UnreachableError."""
        raise _unreachable(resource)


def _unreachable(resource: Resource) -> UnreachableError:
    return UnreachableError(Problem("http.unreachable", {"system": resource.system}))
