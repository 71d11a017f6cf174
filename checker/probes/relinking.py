"""Links: does the changed time move when a record points at another one than before, and nothing else of it changes?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.probes.attempts import refused_by_rule, why_not
from checker.probes.base import Told, not_applicable, probe, unknown
from checker.probes.stamps import moved, wait_for_next_unit
from checker.probes.touching import ResourceTouch
from checker.probes.writing import quoted, written_and_seen

CLAIM = "timestamp.moves-on-link"


@probe(CLAIM, scope="resource")
def link(touch: ResourceTouch) -> Iterator[Told]:
    """Let the test record point at another record, look at its stamp, and let it point back: later probes go by where it pointed."""
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(CLAIM)
        return
    written_links = [one for one in touch.profile.relations if one.field in touch.bodies.references]
    if not written_links:
        yield not_applicable(CLAIM)
        return
    if touch.profile.operations.update is None:
        yield unknown(CLAIM, "no-update-operation")
        return
    before = touch.latest
    for relation in written_links:
        held = before.get(relation.field)
        other = touch.system.another(relation.to, held) if touch.profile.at_top(relation.field) else None
        if other is not None and isinstance(held, str | int):
            yield from _pointed(touch, relation.field, held, other)
            return
    yield unknown(CLAIM, "no-other-target")


def _pointed(touch: ResourceTouch, name: str, held: Any, other: Any) -> Iterator[Told]:
    before = touch.latest
    wait_for_next_unit(touch, before)
    written, seen = written_and_seen(touch, {name: other})
    if seen is None or seen.record is None:
        reason = "refused" if refused_by_rule(written) else why_not(written)
        yield unknown(CLAIM, reason, written.evidence, message=quoted(touch, written))
        return
    if seen.record.get(name) == before.get(name):
        yield unknown(CLAIM, "link-unchanged", (*written.evidence, *seen.evidence), field=name)
    else:
        told = next(moved(CLAIM, touch, before, written.evidence, seen))
        yield told._replace(values={**told.values, "link": name})
    written_and_seen(touch, {name: held})
