"""What changed from one version of an API document to the next, and what of it breaks an integration. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.model.api import Api, Operation, Schema

DEEPEST = 4  # levels of fields inside fields that are compared


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, of the operation `place` (`POST /contacts`). `code`: see BREAKING and HARMLESS; `values`: names, and what was and is."""

    code: str
    place: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def breaking(self) -> bool:
        """Whether an integration that worked may no longer work."""
        return self.code in BREAKING


# (English, German) by code
BREAKING: Mapping[str, tuple[str, str]] = {
    "operation-gone": ("is gone", "entfällt"),
    "parameter-gone": ("parameter {name} is gone", "Parameter {name} entfällt"),
    "parameter-demanded": ("parameter {name} is demanded now", "Parameter {name} wird jetzt verlangt"),
    "parameter-type": ("parameter {name}: {was} → {now}", "Parameter {name}: {was} → {now}"),
    "body-field-demanded": ("field {name} is demanded now", "Feld {name} wird jetzt verlangt"),
    "body-field-gone": ("field {name} can't be written any more", "Feld {name} lässt sich nicht mehr schreiben"),
    "body-field-type": ("written field {name}: {was} → {now}", "geschriebenes Feld {name}: {was} → {now}"),
    "body-length": (
        "written field {name}: at most {was} → {now} characters",
        "geschriebenes Feld {name}: höchstens {was} → {now} Zeichen",
    ),
    "body-options-gone": (
        "written field {name}: options {names} are gone",
        "geschriebenes Feld {name}: Optionen {names} entfallen",
    ),
    "answer-field-gone": ("field {name} is no longer answered", "Feld {name} wird nicht mehr geliefert"),
    "answer-field-type": ("answered field {name}: {was} → {now}", "geliefertes Feld {name}: {was} → {now}"),
    "answer-options-new": (
        "answered field {name}: new options {names} have no counterpart yet",
        "geliefertes Feld {name}: neue Optionen {names} haben noch kein Gegenstück",
    ),
}
HARMLESS: Mapping[str, tuple[str, str]] = {
    "operation-new": ("is new", "ist neu"),
    "answer-field-new": ("field {name} is answered, too", "Feld {name} wird zusätzlich geliefert"),
    "deprecated": ("is marked as deprecated", "ist als veraltet gekennzeichnet"),
}


def compare(
    old: Api, new: Api, operations: Collection[str] | None = None, fields: Collection[str] | None = None
) -> Iterator[Change]:
    """Every difference. `operations`, `fields`: only these (None: all); fields by dotted name, those below and above them included."""
    after = {one.key: one for one in new.operations}
    for before in old.operations:
        if operations is not None and before.key not in operations:
            continue
        now = after.get(before.key)
        if now is None:
            yield Change("operation-gone", before.key)
            continue
        if now.deprecated and not before.deprecated:
            yield Change("deprecated", before.key)
        yield from _parameters(before, now)
        yield from (one for one in _fields(before, now) if fields is None or _meant(str(one.values["name"]), fields))
    known = {one.key for one in old.operations}
    yield from (Change("operation-new", key) for key in after if key not in known and operations is None)


def _meant(name: str, fields: Collection[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") or one.startswith(f"{name}.") for one in fields)


def _parameters(before: Operation, now: Operation) -> Iterator[Change]:
    held = {(one.name, one.location): one for one in before.parameters}
    given = {(one.name, one.location): one for one in now.parameters}
    for key, one in held.items():
        other = given.get(key)
        if other is None:
            yield Change("parameter-gone", before.key, {"name": one.name})
        elif (was := one.schema.type) != (is_ := other.schema.type) and was and is_:
            yield Change("parameter-type", before.key, {"name": one.name, "was": was, "now": is_})
    for key, one in given.items():
        if one.required and not (key in held and held[key].required):
            yield Change("parameter-demanded", before.key, {"name": one.name})


def _fields(before: Operation, now: Operation) -> Iterator[Change]:
    if before.body is not None and now.body is not None:
        yield from _written(before.key, flat(before.body.schema), flat(now.body.schema))
    was, is_ = before.success, now.success
    if was is not None and is_ is not None:
        yield from _answered(before.key, flat(was.schema), flat(is_.schema))


@dataclass(frozen=True, slots=True)
class Flat:
    """One field of a schema, without those below."""

    type: str | None
    required: bool
    max_length: int | None
    options: tuple[str, ...]


def flat(schema: Schema | None) -> dict[str, Flat]:
    """All fields of a schema by dotted name; of lists those of their items."""
    found: dict[str, Flat] = {}
    if schema is not None:
        _collect(schema, "", 0, found)
    return found


def _collect(schema: Schema, prefix: str, depth: int, found: dict[str, Flat]) -> None:
    schema = schema.items or schema
    required = set(schema.required())
    for name, one in schema.properties(variants=True).items():
        path = f"{prefix}{name}"
        options = tuple(str(value) for value in one.enum)
        found[path] = Flat(one.type, name in required, one.max_length, options)
        if depth < DEEPEST:
            _collect(one, f"{path}.", depth + 1, found)


def _written(place: str, before: Mapping[str, Flat], now: Mapping[str, Flat]) -> Iterator[Change]:
    for name, one in before.items():
        other = now.get(name)
        if other is None:
            yield Change("body-field-gone", place, {"name": name})
            continue
        if one.type and other.type and one.type != other.type:
            yield Change("body-field-type", place, {"name": name, "was": one.type, "now": other.type})
        if other.max_length is not None and (one.max_length is None or other.max_length < one.max_length):
            yield Change("body-length", place, {"name": name, "was": one.max_length or "∞", "now": other.max_length})
        gone = [value for value in one.options if other.options and value not in other.options]
        if gone:
            yield Change("body-options-gone", place, {"name": name, "names": ", ".join(gone)})
    for name, one in now.items():
        if one.required and not (name in before and before[name].required):
            yield Change("body-field-demanded", place, {"name": name})


def _answered(place: str, before: Mapping[str, Flat], now: Mapping[str, Flat]) -> Iterator[Change]:
    for name, one in before.items():
        other = now.get(name)
        if other is None:
            yield Change("answer-field-gone", place, {"name": name})
            continue
        if one.type and other.type and one.type != other.type:
            yield Change("answer-field-type", place, {"name": name, "was": one.type, "now": other.type})
        more = [value for value in other.options if one.options and value not in one.options]
        if more:
            yield Change("answer-options-new", place, {"name": name, "names": ", ".join(more)})
    yield from (Change("answer-field-new", place, {"name": name}) for name in now if name not in before)
