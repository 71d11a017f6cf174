"""What else writing set off: records that nobody asked for, and that bear our mark or point at our test records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from checker.errors import InputError
from checker.model.paths import get
from checker.model.profile import ResourceProfile
from checker.probes.base import Told, no, probe, unknown
from checker.probes.contexts import evidence_of
from checker.probes.touching import SystemTouch
from checker.resources.marks import marked

CLAIM = "side-effects.none-seen"
MOST_PAGES = 3  # of one list
EARLIER = timedelta(minutes=5)  # than our first write, for clocks that differ
MOST_NAMED = 5


@probe(CLAIM, scope="system")
def others(system: SystemTouch) -> Iterator[Told]:
    """Ask every list that records can be created in for what is new. None found proves nothing: a mail can't be seen from outside."""
    began = min(
        (at for at in (_first_write(touch.birth) for touch in system.resources) if at is not None), default=None
    )
    if began is None:
        yield unknown(CLAIM, "create-refused" if system.resources else "no-such-resource")
        return
    found: dict[str, int] = {}
    looked: list[str] = []
    evidence: list[str] = []
    for profile in system.look.profile.resources:
        if profile.operations.create is None or not (profile.operations.list or profile.operations.search):
            continue
        try:
            strange, seen = _strangers(system, profile, (began - EARLIER).replace(microsecond=0))
        except InputError:  # a list inside another record, and nobody says inside which
            continue
        if seen is not None:
            looked.append(profile.name)
        if strange:
            found[profile.name] = strange
            evidence += seen or ()
    if found:
        yield no(CLAIM, tuple(evidence), found=found)
    else:
        yield unknown(CLAIM, "mails-unseen" if looked else "no-query", looked=looked[:MOST_NAMED])


def _first_write(birth: Any) -> datetime | None:
    return birth.written.response.sent if birth is not None and birth.written.response is not None else None


def _strangers(system: SystemTouch, profile: ResourceProfile, since: datetime) -> tuple[int, tuple[str, ...] | None]:
    """How many records of a list are not of our making and have to do with ours, and the evidence; None where the list can't be looked through."""
    resource = system.look.door(profile)
    query = resource.since(since)
    ours = {(one.resource, one.record) for one in system.writer.journal.test_records(system.name)}
    strange = 0
    evidence: tuple[str, ...] = ()
    for page in resource.pages(query, most=MOST_PAGES):
        if not page.response.ok:
            return 0, None
        more = [
            one
            for one in page.records
            if (profile.name, resource.id_of(one)) not in ours and _concerns(system, profile, one, ours)
        ]
        strange += len(more)
        evidence = (*evidence, *evidence_of(page.response)) if more else evidence
    return strange, evidence


def _concerns(
    system: SystemTouch, profile: ResourceProfile, record: Mapping[str, Any], ours: set[tuple[str, str | None]]
) -> bool:
    """Whether a record bears our mark, or points at a record of ours; none that points at one that was written with rows inside it."""
    parents = {one.profile.name for one in system.resources if one.birth is not None and _with_rows(one.birth.body)}
    to = {(one.to, str(get(record, one.field))) for one in profile.relations} & ours
    if any(name in parents for name, _ in to):
        return False
    return bool(to) or marked(record, system.writer.mark)


def _with_rows(body: Mapping[str, Any]) -> bool:
    """Whether a body holds records of its own, which a system may keep in another list."""
    return any(isinstance(one, list) and any(isinstance(row, Mapping) for row in one) for one in body.values())
