"""Two at once: does a rule that forbids a second record with one key also hold where both come in the same moment?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.patience import side_by_side
from checker.probes.attempts import refused_by_rule, why_not
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.touching import ResourceTouch
from checker.resources.writing import Written

CLAIM = "write.unique-under-race"
RACES = 2  # one that ended well may have been no race


@probe(CLAIM, scope="resource")
def race(touch: ResourceTouch) -> Iterator[Told]:
    """Create two records with one unique value at the same time, where one after the other was refused."""
    if not touch.born:
        yield from touch.left_open(CLAIM)
        return
    body = touch.birth.body if touch.birth else {}
    refused = {name for name, _ in touch.refusals}
    field = next((one for one in sorted(touch.bodies.unique & refused) if isinstance(body.get(one), str)), None)
    if field is None:
        yield unknown(CLAIM, "no-unique-rule")
        return
    evidence: list[str] = []
    for _ in range(RACES):
        both = _at_once(touch, field)
        evidence += [key for one in both for key in one.evidence]
        status = [one.response.status for one in both if one.response]
        if all(one.ok for one in both):
            yield no(CLAIM, tuple(evidence), field=field, status=status)
            return
        if sum(one.ok for one in both) != 1 or not any(refused_by_rule(one) for one in both):
            loser = next(one for one in both if not one.ok)
            yield unknown(CLAIM, why_not(loser), tuple(evidence), field=field, status=status)
            return
    yield yes(CLAIM, tuple(evidence), field=field, status=status)


def _at_once(touch: ResourceTouch, field: str) -> list[Written]:
    first = touch.body()
    second = touch.body(**{field: first[field]})
    return side_by_side(lambda one: touch.writer.create(touch.resource, one), (first, second))
