"""Two at once: does a rule that forbids a second record with one key also hold where both come in the same moment?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.patience import side_by_side
from checker.probes.attempts import SERVER_ERROR, refused_by_rule, why_not
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.touching import ResourceTouch
from checker.resources.outcomes import Written

CLAIM = "write.unique-under-race"
RACES = 2  # one that ended well may have been no race


@probe(CLAIM, scope="resource")
def race(touch: ResourceTouch) -> Iterator[Told]:
    """Create two records with one unique value at the same time, where one after the other was refused."""
    if not touch.born:
        yield from touch.left_open(CLAIM)
        return
    body = touch.birth.body if touch.birth else {}
    field = next((one for one in sorted(touch.kept_unique) if isinstance(body.get(one), str)), None)
    if field is None:
        yield unknown(CLAIM, "no-unique-rule")
        return
    evidence: list[str] = []
    for _ in range(RACES):
        both = _at_once(touch, field)
        evidence += [key for one in both for key in one.evidence]
        status = [one.response.status for one in both if one.response]
        if len({one.record_id for one in both if one.ok}) > 1:
            yield no(CLAIM, tuple(evidence), field=field, status=status)
            return
        if not any(one.ok for one in both) or not any(map(_held_off, both)):
            loser = next((one for one in both if not one.ok), both[1])
            yield unknown(CLAIM, why_not(loser), tuple(evidence), field=field, status=status)
            return
    yield yes(CLAIM, tuple(evidence), field=field, status=status)


def _held_off(written: Written) -> bool:
    """Whether a create was not taken. Many systems break where only their database sees the second one (500); who then looks by the value
    finds the first one's record.
    """
    broke = written.response is not None and written.response.status == SERVER_ERROR
    return refused_by_rule(written) or broke


def _at_once(touch: ResourceTouch, field: str) -> list[Written]:
    first = touch.body()
    second = touch.body(**{field: first[field]})
    return side_by_side(lambda one: touch.writer.create(touch.resource, one), (first, second))
