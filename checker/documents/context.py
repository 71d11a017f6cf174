"""What the builders of an Api share: the document, its resolver, and the list of what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.model.api import Parameter, Place, Reply, Resolver, Schema, follow
from checker.model.profile import DocumentProblem

EMPTY: Mapping[str, Any] = {}


@dataclass(slots=True)
class Context:
    """One document while its Api is built. `shown` writes a place as a pointer; `problems` grows."""

    root: Mapping[str, Any]
    base: str
    resolve: Resolver
    shown: Callable[[Place], str]
    swagger: bool
    problems: list[DocumentProblem] = field(default_factory=list)
    parameters: dict[Place, Parameter | None] = field(default_factory=dict)
    replies: dict[Place, Reply] = field(default_factory=dict)

    @property
    def top(self) -> Place:
        """The place of the whole document."""
        return Place(self.base, "#")

    def problem(self, place: Place, message: str) -> None:
        """Note that something at a place could not be read."""
        self.problems.append(DocumentProblem(pointer=self.shown(place), message=message))

    def mapping(self, node: Any, place: Place) -> tuple[Mapping[str, Any], Place]:
        """The mapping behind a node's references; an empty one where there is none."""
        if type(node) is dict and "$ref" not in node:  # nearly always
            return node, place
        node, place = follow(node, place, self.resolve)
        return (node if isinstance(node, Mapping) else EMPTY), place

    def schema(self, node: Any, place: Place) -> Schema:
        """A lazy view."""
        return Schema(node, place, self.resolve)


def text(node: Mapping[str, Any], key: str) -> str:
    """A text member; empty where there is none."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def word(node: Mapping[str, Any], key: str) -> str | None:
    """A text member; None where there is none."""
    value = node.get(key)
    return value if isinstance(value, str) and value else None


def members(node: Any, key: str) -> Iterator[tuple[str, Any]]:
    """The pairs of the mapping under `key`; none where it is no mapping."""
    found = node.get(key) if isinstance(node, Mapping) else None
    if isinstance(found, Mapping):
        yield from ((str(name), one) for name, one in found.items())


def entries(node: Any, key: str) -> Iterator[tuple[int, Any]]:
    """The numbered elements of the list under `key`; none where it is no list."""
    found = node.get(key) if isinstance(node, Mapping) else None
    if isinstance(found, list):
        yield from enumerate(found)


def texts(node: Any, key: str) -> tuple[str, ...]:
    """The texts of the list under `key`."""
    return tuple(one for _, one in entries(node, key) if isinstance(one, str))


def extensions(node: Mapping[str, Any]) -> dict[str, Any]:
    """Members whose names begin with `x-`, as written."""
    return {str(key): one for key, one in node.items() if str(key).lower().startswith("x-")}
