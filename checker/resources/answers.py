"""Records found in answers by the profile's paths. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from checker.client.messages import Headers
from checker.model.paths import MISSING, get, get_all, merged
from checker.model.profile import ResourceProfile

HEADER = "header:"
COUNT = re.compile(r"[0-9]{1,15}", re.ASCII)  # more records than a double counts are nonsense
REFERENCE = frozenset({"type", "id"})  # what a reference to another record says of it
DEEPEST_GUESS = 3  # levels that are looked through for the list where no path is known


def items(body: Any, path: str | list[str] | None) -> list[Any] | None:
    """The list's items; None where nothing stands at the path. Several paths are read one after the other; without one the only list of
    objects is taken. A map of records by their keys is a list, too.
    """
    if path is None:
        return guessed(body)
    paths = [path] if isinstance(path, str) else path
    found: list[Any] = []
    there = False
    for one in paths:
        for held in get_all(body, one.removesuffix("[]")):
            if isinstance(held, list):
                there = True
                found += held
            elif isinstance(held, Mapping) and all(isinstance(record, Mapping) for record in held.values()):
                there = True  # records in a map, by their keys
                found += held.values()
    return found if there else None


def guessed(body: Any) -> list[Any] | None:
    """The body itself where it is a list, else the list of objects nearest to the top, else the nearest empty one; None where there is none."""
    if isinstance(body, list):
        return body
    empty: list[Any] | None = None
    level = [body]
    for _ in range(DEEPEST_GUESS):
        level = [below for one in level if isinstance(one, Mapping) for below in one.values()]
        for one in level:
            if isinstance(one, list) and any(isinstance(item, Mapping) for item in one):
                return one
            empty = one if empty is None and one == [] else empty
    return empty


def records(found: list[Any], profile: ResourceProfile) -> list[dict[str, Any]]:
    """The records inside the items; what is no object is left out."""
    inside = (get(one, profile.record_path, one) for one in found) if profile.record_path else found
    held = [one for one in inside if isinstance(one, dict)]
    return [spread(one, profile.spread) for one in held] if profile.spread else held


def spread(record: dict[str, Any], holders: Collection[str]) -> dict[str, Any]:
    """The record with the fields that `holders` hold at its top, named by their paths; of a reference (`{data: {type, id}}`) its id."""
    made: dict[str, Any] = {}
    for name, value in record.items():
        if name not in holders or not isinstance(value, Mapping):
            made[name] = value
            continue
        for inner, below in value.items():
            path = f"{name}.{inner}"
            data = below.get("data", MISSING) if isinstance(below, Mapping) else MISSING
            if data is None or (isinstance(data, Mapping) and set(data) >= REFERENCE):
                made[f"{path}.data.id"] = data["id"] if data else None
            else:
                made[path] = below
    return made


def gathered(body: Mapping[str, Any], profile: ResourceProfile) -> dict[str, Any]:
    """The body as the API has it: the way back from `spread`, a reference with the kind of what it points at."""
    kinds = {one.field: one.kind or one.to for one in profile.relations}
    made: dict[str, Any] = {}
    for name, value in body.items():
        holder, dot, rest = name.partition(".")
        if not dot or holder not in profile.spread:
            made = merged(made, {name: value})
        elif rest.endswith(".data.id"):
            reference = None if value is None else {"type": kinds.get(name), "id": value}
            made = merged(made, {holder: {rest.removesuffix(".data.id"): {"data": reference}}})
        else:
            made = merged(made, {holder: {rest: value}})
    return made


def record_id(record: Mapping[str, Any], profile: ResourceProfile) -> str | None:
    """A record's id as text; None where the profile names no id or the record has none."""
    value = get(record, profile.fields.id) if profile.fields.id else None
    return None if value is None or isinstance(value, dict | list) else str(value)


def record_ids(found: list[dict[str, Any]], profile: ResourceProfile) -> list[str] | None:
    """The ids of a page's records; None unless each has one."""
    name = profile.fields.id
    if name is None:
        return None
    ids: list[str] = []
    for record in found:
        # most ids stand at the top, and pages are many
        value = record[name] if name in record else get(record, name)
        if value is None or isinstance(value, dict | list):
            return None
        ids.append(str(value))
    return ids


def total(body: Any, headers: Headers, path: str | None) -> int | None:
    """The total that an answer tells; None where it tells none."""
    if path is None:
        return None
    value = headers.get(path.removeprefix(HEADER)) if path.startswith(HEADER) else get(body, path)
    if value is None and path.startswith(
        "@"
    ):  # OData 4.01 made `odata.` optional: documents leave it out, answers of 4.0 have it
        value = get(body, f"@odata.{path[1:]}")
    text = str(value).strip()
    return int(text) if not isinstance(value, bool) and COUNT.fullmatch(text) else None


def single(body: Any, profile: ResourceProfile, verb: str = "read") -> dict[str, Any] | None:
    """The record in the answer to a single read or, with `verb`, to a write: under `answer_path` where that is set, else under what wraps it in lists, else the body."""
    for path in _wrappers(profile, verb):
        held = get(body, path, MISSING)
        held = held[0] if isinstance(held, list) and len(held) == 1 else held
        if isinstance(held, dict):
            return spread(held, profile.spread) if profile.spread else held
    return None


def _wrappers(profile: ResourceProfile, verb: str) -> list[str]:
    told = profile.answer_path
    if isinstance(told, dict):
        told = next((told[one] or "" for one in (verb, "read", "") if one in told), "")
    if told is not None:
        # a document that describes a create of several may answer a create of one with the record itself
        return [told, told.removesuffix("[]")]
    listed = [profile.items_path] if isinstance(profile.items_path, str) else (profile.items_path or [])
    guesses = [profile.record_path, *(one.removesuffix("[]") for one in listed)]
    return [*(one for one in guesses if one), ""]
