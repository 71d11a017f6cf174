"""Dotted paths into decoded JSON (design.md, The profile): `a.b`, `[]` after an array, `""` for the value itself.

A key that holds dots (`@odata.nextLink`) is found too: where no key has the name of the first segment, longer joins are tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MISSING: Any = object()  # "not there", which is something else than null


@lru_cache(maxsize=1024)
def segments(path: str) -> tuple[str, ...]:
    """The path's parts; an array's `[]` is a part of its own: `a.b[].c` → `a`, `b`, `[]`, `c`."""
    parts: list[str] = []
    for piece in path.split(".") if path else ():
        name = piece
        spread = 0
        while name.endswith("[]"):
            name, spread = name[:-2], spread + 1
        parts += [name] if name else []
        parts += ["[]"] * spread
    return tuple(parts)


def _step(value: Any, parts: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """One level down: (what is there, the parts that remain); MISSING where nothing is."""
    if isinstance(value, Mapping):
        if parts[0] in value:
            return value[parts[0]], parts[1:]
        for length in range(2, len(parts) + 1):
            joined = ".".join(parts[:length])
            if joined in value:
                return value[joined], parts[length:]
    elif isinstance(value, list) and parts[0].isascii() and parts[0].isdigit() and int(parts[0]) < len(value):
        return value[int(parts[0])], parts[1:]
    return MISSING, ()


def written(record: Any, names: str | list[str] | None) -> Any:
    """A field's value; of one that is split over several (a day and a time) the list of theirs; None where no name is known."""
    return [get(record, one) for one in names] if isinstance(names, list) else get(record, names) if names else None


def get(value: Any, path: str, default: Any = None) -> Any:
    """What stands at the path, the first one where it spreads over an array; `default` where nothing does. Null is returned as None."""
    parts = segments(path)
    while parts:
        if parts[0] == "[]":
            return next(iter(get_all(value, path=parts)), default)
        value, parts = _step(value, parts)
        if value is MISSING:
            return default
    return value


def get_all(value: Any, path: str | tuple[str, ...]) -> list[Any]:
    """All that stands at the path, each array under a `[]` spread, in order; empty where nothing does."""
    parts = segments(path) if isinstance(path, str) else path
    while parts:
        if parts[0] == "[]":
            held = value if isinstance(value, list) else []
            return [found for one in held for found in get_all(one, parts[1:])]
        value, parts = _step(value, parts)
        if value is MISSING:
            return []
    return [value]


def has(value: Any, path: str) -> bool:
    """Whether something, be it null, stands at the path."""
    return get(value, path, MISSING) is not MISSING


def put(value: Mapping[str, Any], path: str, new: Any) -> dict[str, Any]:
    """A copy of the mapping with `new` at the path; mappings on the way are made where they are missing. An array's entry that is there is
    named by its place (`lines.0.product`); `path` holds no `[]`. A key that holds dots is found as `get` finds it.
    """
    first, *rest = segments(path)
    if rest and first not in value:
        joined = ((first, *rest[:length]) for length in range(1, len(rest) + 1))
        for parts in joined:
            key = ".".join(parts)
            if key in value:
                return {**value, key: _put_below(value[key], rest[len(parts) - 1 :], new)}
    return {**value, first: _put_below(value.get(first), rest, new)}


def _put_below(value: Any, rest: list[str], new: Any) -> Any:
    if not rest:
        return new
    if isinstance(value, list) and rest[0].isdigit() and int(rest[0]) < len(value):
        at = int(rest[0])
        return [*value[:at], _put_below(value[at], rest[1:], new), *value[at + 1 :]]
    return put(value if isinstance(value, Mapping) else {}, ".".join(rest), new)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings as one: `above` wins, mappings found on both sides are merged in turn, lists are joined."""
    result = dict(below)
    for key, new in above.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            result[key] = merged(old, new)
        elif isinstance(old, list) and isinstance(new, list):
            result[key] = [*old, *new]
        else:
            result[key] = new
    return result
