"""Records as a flow sees them: whole ones, and those inside other records. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from checker.model.instants import read_instant
from checker.model.paths import get, written
from checker.model.profile import ResourceProfile
from checker.model.sync import Row

UTC = ZoneInfo("UTC")
SEPARATOR = "/"  # between the id of a record and that of one inside it
# What a record inside another one may be told apart by, best first; lower case.
OWN_KEYS = ("id", "uuid", "guid", "key", "nr", "no", "number", "nummer", "lfd_nr", "position", "pos", "line", "line_number", "zeile")  # fmt: skip


def row_id(parent: str, own: str) -> str:
    """The id of a record inside another one: `PARENT/OWN`; a slash in its own key is escaped."""
    return f"{parent}{SEPARATOR}{own.replace('%', '%25').replace(SEPARATOR, '%2F')}"


def parent_and_own(row: str) -> tuple[str, str]:
    """An id of a record inside another one, taken apart."""
    parent, _, own = row.rpartition(SEPARATOR)
    return parent, own.replace("%2F", SEPARATOR).replace("%25", "%")


def list_inside(inside: str) -> str:
    """The dotted name of the list that records inside sit in: `ansprechpartner[]` → `ansprechpartner`."""
    return inside.removesuffix("[]")


def entries(record: Mapping[str, Any], inside: str) -> list[dict[str, Any]]:
    """The records inside one record; empty where it has none."""
    held = get(record, list_inside(inside))
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def own_key(records: Iterable[Mapping[str, Any]], inside: str) -> str | None:
    """The field that tells records inside apart: filled everywhere and unique in each record around; None where none is, and the place counts."""
    found: set[str] | None = None
    for one in records:
        held = entries(one, inside)
        if held:
            known = {name for each in held for name in each if name.lower() in OWN_KEYS} if found is None else found
            found = {name for name in known if _tells_apart(held, name)}
    return min(sorted(found or ()), key=lambda name: OWN_KEYS.index(name.lower()), default=None)


def _tells_apart(held: list[dict[str, Any]], name: str) -> bool:
    keys = [one.get(name) for one in held]
    plain = all(isinstance(key, str | int) and not isinstance(key, bool) and key != "" for key in keys)
    return plain and len({str(key) for key in keys}) == len(keys)


def own_ids(held: list[dict[str, Any]], key: str | None) -> list[str]:
    """The own ids of the records inside one record, in their order; their places where no field tells them apart."""
    return [str(index if key is None else one.get(key, index)) for index, one in enumerate(held)]


def whole(record: dict[str, Any], record_id: str, profile: ResourceProfile, zone: ZoneInfo) -> Row:
    """A record as a row."""
    return Row(id=record_id, values=record, changed=changed(record, profile, zone))


def inner(
    record: dict[str, Any], record_id: str, profile: ResourceProfile, zone: ZoneInfo, inside: str, key: str | None
) -> list[Row]:
    """The rows of the records inside one record. Their changed time is that of the record around, which is the only one told."""
    held = entries(record, inside)
    when = changed(record, profile, zone)
    return [
        Row(id=row_id(record_id, own), values=one, around=record, changed=when)
        for one, own in zip(held, own_ids(held, key), strict=True)
    ]


def changed(record: Mapping[str, Any], profile: ResourceProfile, zone: ZoneInfo) -> str | None:
    """When a record was changed, as ISO 8601 in UTC; None where that isn't told."""
    found = read_instant(written(record, profile.fields.updated), zone)
    return None if found is None else found.at.astimezone(UTC).isoformat()


def gone(record: Mapping[str, Any], profile: ResourceProfile) -> bool:
    """Whether a record is one that was deleted and is still shown."""
    told = profile.updated_since.deletes
    if told is not None:
        return bool(get(record, str(told.get("field", ""))) == told.get("equals", True))
    name = profile.fields.deleted
    return name is not None and get(record, name) not in (None, "", False, 0, "0", "false")


def needs_detail(profile: ResourceProfile, names: Collection[str]) -> bool:
    """Whether a flow that uses these names needs the single read of every record."""
    tops = {name.removeprefix("..").split(".")[0].removesuffix("[]") for name in names}
    return any(one.split(".")[0].removesuffix("[]") in tops for one in profile.detail_fields)
