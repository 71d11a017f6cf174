"""Parts: does a change of nothing but a record's lines, or of what it points at, lead to an event as any other change does?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checker.hooks.events import UPDATE
from checker.probes.base import Told, not_applicable, probe, unknown, whether
from checker.probes.hooking import Deed, Lab, ResourceHooks, able
from checker.probes.relinking import elsewhere, single_links
from checker.probes.stamps import changed_rows
from checker.probes.touching import Record, ResourceTouch
from checker.probes.webhooks import closed, left_open
from checker.receiver import Delivery

CLAIM = "webhook.covers-parts"
TRIES = 2  # changes that no event tells of, before it is said that none does
# How long an event is waited for: this long at least, and so many times the worst delay that was seen.
SOON_S, TIMES = 5.0, 3.0

Change = Callable[[ResourceTouch, Record], Record]
# What is changed alone, and how.
PARTS: dict[str, Change] = {
    "lines": lambda touch, record: changed_rows(touch, record)[0] or {},
    "links": lambda touch, record: elsewhere(touch, single_links(touch), record),
}


@probe(CLAIM, scope="resource")
def parts(at: ResourceHooks) -> Iterator[Told]:
    """Change only the lines of another test record, then only what it points at: does an event come for each?"""
    lab, touch = at.lab, at.touch
    reason = closed(lab) or (None if able(touch) else touch.barred)
    if reason is not None:
        yield left_open(lab, CLAIM, reason)
        return
    seen = touch.first_seen.record or {}
    if touch.profile.operations.update is None or not any(make(touch, seen) for make in PARTS.values()):
        yield not_applicable(CLAIM)
        return
    whole = [one for one in at.deeds if one.kind == UPDATE]
    if not at.heard or (whole and not any(one.deed.kind == UPDATE for one in at.heard)):
        yield unknown(CLAIM, "no-event")  # not even a change of the record itself leads to one
        return
    born = lab.create(touch)
    if born is None:
        yield unknown(CLAIM, "create-refused")
        return
    _came(at, born, 0)
    came = {name: told for name, make in PARTS.items() if (told := _tried(at, born, make)) is not None}
    evidence = (*born.evidence, *lab.shown(*(one for told in came.values() for one in told)))
    if not came:
        yield unknown(CLAIM, "nothing-changed", evidence)
        return
    missing = [name for name, told in came.items() if not told]
    yield whether(CLAIM, not missing, evidence, parts=[*came], missing_parts=missing)


def _tried(at: ResourceHooks, born: Deed, make: Change) -> list[Delivery] | None:
    """The events that came of such a change, of the second where none came of the first; None where nothing could be changed in that way."""
    lab, touch = at.lab, at.touch
    for _ in range(TRIES):
        before = touch.seen_once(born.record_id).record or {}
        changes, since = make(touch, before), len(lab.came())
        written = touch.writer.update(touch.resource, born.record_id, changes) if changes else None
        after = touch.seen_once(born.record_id).record or {} if written is not None and written.ok else before
        if not changes or all(after.get(name) == before.get(name) for name in changes):
            return None
        came = _came(at, born, since)
        if came or lab.stop.is_set():
            return came
    return []


def _came(at: ResourceHooks, born: Deed, since: int) -> list[Delivery]:
    """What comes of the record, as soon as something does."""
    at.lab.hears.wait(lambda _: bool(_about(at.lab, born, since)), _patience(at), at.lab.stop)
    return _about(at.lab, born, since)


def _about(lab: Lab, born: Deed, since: int) -> list[Delivery]:
    """What came of the record, but for so many deliveries at first."""
    return [one for one, event in lab.came()[since:] if event.about(born.record_id)]


def _patience(at: ResourceHooks) -> float:
    worst = max((one.delay for one in at.heard), default=0.0)
    return min(at.lab.patience.events, max(SOON_S, TIMES * worst))
