"""A literal path and the documented template that it is one case of: `/items/contacts` is `/items/{collection}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_HOLE = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Match:
    """The documented operation, and the path parameters that the literal path fixes."""

    key: str
    fixed: Mapping[str, str] = field(default_factory=dict)


def match(wanted: str, documented: str) -> Match | None:
    """`METHOD /path` against one documented operation; parameters may be named differently, None where it is another one."""
    method, _, path = wanted.strip().partition(" ")
    other, _, template = documented.partition(" ")
    mine, theirs = path.strip("/").split("/"), template.strip("/").split("/")
    if method.upper() != other.upper() or len(mine) != len(theirs):
        return None
    fixed: dict[str, str] = {}
    for literal, segment in zip(mine, theirs, strict=True):
        hole = _HOLE.fullmatch(segment)
        if hole is not None and _HOLE.fullmatch(literal) is None:
            fixed[hole.group(1)] = literal
        elif hole is None and literal != segment:
            return None
    return Match(documented, fixed)


def best_match(wanted: str, documented: Iterable[str]) -> Match:
    """The documented operation that fixes the fewest parameters; the operation as written where none fits."""
    found = [one for key in documented if (one := match(wanted, key)) is not None]
    method, _, path = wanted.strip().partition(" ")
    return min(found, key=lambda one: len(one.fixed), default=Match(f"{method.upper()} {path.strip()}"))
