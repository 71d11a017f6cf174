"""Figures: what the records of both systems say, as counts that a report draws. No value of a record is among them but points in time."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct, field


class Source(NamedTuple):
    """Where records come from: `SYSTEM/RESOURCE`, the file or "sandbox", how many, and when (UTC); `begun`: when a reading of a system began."""

    subject: str
    where: str
    records: int
    at: datetime
    begun: datetime | None = None


class Clump(Struct, frozen=True, kw_only=True):
    """Many records that carry the very same stamp: of an import or a mass change. `at`: an ISO 8601 day, or an instant in
    the system's own zone.
    """

    at: str
    records: int


class TimeFigures(Struct, frozen=True, kw_only=True):
    """When the records of a resource were created or changed (`role`: created, updated), by the field of that `name`.

    `counts`: records by ISO day (2026-11-29), month (2026-11) or year, in the system's own zone; all keys of one kind, those without
    records left out. `earlier`: records before the first of them; `later`: stamps that lie in the future; `without`: no readable stamp.
    """

    role: str
    name: str
    counts: dict[str, int] = field(default_factory=dict)
    without: int = 0
    earlier: int = 0
    later: int = 0
    clumps: tuple[Clump, ...] = ()


class ResourceFigures(Struct, frozen=True, kw_only=True):
    """The living records of a resource that were read: from where (`sandbox`, `system`, or a file), when, and whether they are all there are.

    `total` is what the system told; `missing` a reason's code where nothing could be read.
    """

    source: str
    at: str
    records: int = 0
    total: int | None = None
    whole: bool = True
    missing: str | None = None
    times: tuple[TimeFigures, ...] = ()


class FieldFigures(Struct, frozen=True, kw_only=True):
    """How many records have something in a field, and how many different values. `key`: the first of the match keys that it
    belongs to, counted from 1; `demanded`: the other side demands it.
    """

    name: str
    filled: int
    distinct: int
    key: int | None = None
    demanded: bool = False


class KeyFigures(Struct, frozen=True, kw_only=True):
    """How many pairs a match key linked."""

    by: str
    pairs: int


class SideFigures(Struct, frozen=True, kw_only=True):
    """A flow's records on one side. `reference` names it as the project file does.

    Each record is in one class: linked, ambiguous (a key that several share), keyless (none of the keys is filled), create (to be created
    on the other side), decide (a person is asked before), stay (the flow doesn't carry it there). `wanted`: those that pass the flow's
    filter; fields and refused values are counted over them. `refused`: by the other side's field, records whose value it would refuse;
    None where none travels there, or nothing is known.
    """

    reference: str
    records: int = 0
    wanted: int = 0
    linked: int = 0
    ambiguous: int = 0
    keyless: int = 0
    create: int = 0
    decide: int = 0
    stay: int = 0
    fields: tuple[FieldFigures, ...] = ()
    refused: dict[str, int] | None = None


class FlowFigures(Struct, frozen=True, kw_only=True):
    """A flow's records on both sides, and how they meet. `missing`: a reason's code where that can't be said."""

    flow: str
    direction: str
    left: SideFigures
    right: SideFigures
    linked_by: tuple[KeyFigures, ...] = ()
    missing: str | None = None


class RecordFigures(Struct, frozen=True, kw_only=True):
    """What the records say: where they come from by `SYSTEM/RESOURCE`, and the flows between them."""

    sources: dict[str, ResourceFigures] = field(default_factory=dict)
    flows: tuple[FlowFigures, ...] = ()
