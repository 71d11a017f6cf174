"""Paths as segments, and the table of all operations by path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checker.model.api import Operation
from checker.profiles.names import vocabulary, words

HOLE = "{}"  # a path parameter, whatever its name

# Verbs that stand in a path's last segment where an API doesn't leave them to the HTTP method, and what they do.
VERBS: Mapping[str, str] = {
    **dict.fromkeys(("list", "all", "index", "pagination", "paginated"), "list"),
    **dict.fromkeys(("search", "_search", "query", "find", "filter", "lookup", "suche", "suchen"), "search"),
    **dict.fromkeys(("get", "show", "retrieve", "fetch", "read"), "read"),
    **dict.fromkeys(("create", "add", "new", "insert", "save", "anlegen"), "create"),
    **dict.fromkeys(("update", "edit", "modify", "patch", "aendern"), "update"),
    **dict.fromkeys(("delete", "remove", "destroy", "loeschen"), "delete"),
    "upsert": "upsert",
}
# Words that tell a segment for many records at once.
BULK_WORDS = vocabulary("bulk batch batches bulkcreate massupdate mass sync import")

_ODATA_KEY = re.compile(r"^([^({]+)\(.*\)$")  # OData writes the key in brackets: Customers({id})
_SUFFIX = re.compile(r"(\.json|\.xml|\.\{format\})$")


def segments(path: str) -> tuple[str, ...]:
    """A path's segments, each parameter as `{}`; keys in brackets, `:verb` and `.verb` endings are segments of their own."""
    found: list[str] = []
    for raw in _SUFFIX.sub("", path.strip("/")).split("/"):
        keyed = _ODATA_KEY.match(raw)
        if keyed:
            found += [keyed.group(1), HOLE]
        elif raw.startswith("{"):
            found.append(HOLE)
            rest = raw.partition("}")[2].lstrip(":.")
            found += [rest] if rest else []
        elif "{" in raw:  # a parameter in the middle of a segment: key={key}
            found.append(HOLE)
        else:
            head, dot, tail = raw.rpartition(".")
            head, dot, tail = (head, dot, tail) if dot else raw.rpartition(":")
            found += [head, tail] if head and tail.lower() in VERBS else [raw]
    return tuple(one for one in found if one)


def _by_another_key(path: str) -> bool:
    """Whether a record is named by another key than its id, which the path says: `/orders/number={number}` beside `/orders/{id}`."""
    return "={" in path


def parameter_names(path: str) -> list[str]:
    """The names of the path's parameters, in order."""
    return re.findall(r"\{([^}]+)\}", path)


@dataclass(slots=True)
class Node:
    """All operations of one path."""

    key: tuple[str, ...]
    methods: dict[str, Operation] = field(default_factory=dict)
    order: int = 0


class Table:
    """All operations by their path's segments."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.nodes: dict[tuple[str, ...], Node] = {}
        self.children: dict[tuple[str, ...], list[Node]] = {}
        for number, operation in enumerate(operations):
            key = segments(operation.path)
            node = self.nodes.get(key)
            if node is None:
                node = self.nodes[key] = Node(key, order=number)
                self.children.setdefault(key[:-1], []).append(node)
            known = node.methods.get(operation.method)
            if known is None or (_by_another_key(known.path) and not _by_another_key(operation.path)):
                node.methods[operation.method] = operation

    def get(self, key: tuple[str, ...], method: str) -> Operation | None:
        """The operation of that method at that path."""
        node = self.nodes.get(key)
        return node.methods.get(method) if node else None

    def below(self, key: tuple[str, ...]) -> list[Node]:
        """The paths one segment further down."""
        return self.children.get(key, [])


def verb_of(segment: str) -> str | None:
    """What a last segment does where it is a verb: list, search, read, create, update, delete, upsert."""
    return VERBS.get(segment.lower())


def is_bulk(segment: str) -> bool:
    """Whether a segment speaks of many records at once."""
    return bool(BULK_WORDS.intersection(words(segment)))
