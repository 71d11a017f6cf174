"""A record as it is sent back whole, to a system that replaces what it is given. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.model.paths import MISSING
from checker.model.profile import ResourceProfile


def writable(record: Mapping[str, Any], profile: ResourceProfile) -> dict[str, Any]:
    """A record as it may be sent back: without what is read-only, without its id, and without other records that came along on demand."""
    schema = profile.schema
    asked = {name for one in profile.expand.values() for value in one.values() for name in value.split(",")}
    others = asked & {one.field for one in profile.relations}
    dropped = {one.name for one in schema if one.read_only} | {profile.fields.id} | others
    known = {one.name.partition(".")[0].removesuffix("[]") for one in schema} | {one.name for one in schema}
    return {name: value for name, value in record.items() if name not in dropped and (not known or name in known)}


def merged(record: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A record with changes in it; mappings are merged, what is MISSING is left out, everything else is replaced."""
    result = dict(record)
    for name, value in changes.items():
        held = result.get(name)
        result[name] = merged(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return {name: value for name, value in result.items() if value is not MISSING}
