"""Is this a system that keeps what it is given, or a mock that answers the same whatever is asked?

A stateless mock proves nothing: a walk over it never ends, filters change nothing, every id exists. So its answers are neither good nor bad news,
and everything that needs state stays open. Two signs together are needed, since either may be a real system's habit:
a record that can't exist is given, and pages at different positions are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.finding import Answer
from checker.model.profile import Param
from checker.probes.base import Told, probe, unknown
from checker.probes.contexts import ResourceLook, SystemLook, evidence_of
from checker.resources.query import of_params

FAR = "100000"  # a position where no sandbox has records, yet no real one may refuse


@probe("sandbox.stateful", scope="system")
def statefulness(look: SystemLook) -> Iterator[Told]:
    """Read two made-up ids and two distant pages of each resource until the signs decide."""
    reasons: list[str] = []
    evidence: list[str] = []
    asked = False
    for one in look.listable:
        for sign, signs in (
            ("same page everywhere", _same_pages(one, evidence)),
            ("made-up ids exist", _made_up(one, evidence)),
        ):
            asked = asked or signs is not None
            if signs:
                reasons.append(sign)
        if len(set(reasons)) > 1:
            look.stateless = True
            values = {"evidence": sorted(set(reasons)), "reason": "stateless-mock"}
            yield Told("sandbox.stateful", Answer.UNKNOWN, values, tuple(evidence))
            return
    look.stateless = False if asked else None
    if asked:
        yield Told("sandbox.stateful", Answer.YES, {"evidence": reasons}, tuple(evidence))
    else:
        yield unknown("sandbox.stateful", "no-records")


def _same_pages(one: ResourceLook, evidence: list[str]) -> bool | None:
    """Whether a page far beyond the end brings the same records as the first; None where that can't be asked."""
    position: Param | None = next(
        (p for p in one.profile.pagination.params if p.means == "position" and p.in_ == "query"), None
    )
    if (
        position is None
        or not one.first.response.ok
        or not one.first.records
        or one.profile.pagination.style not in {"offset", "page", "cursor"}
    ):
        return None
    far = one.resource.page(of_params([(position, FAR)]))
    evidence += evidence_of(one.first.response, far.response)
    return far.response.ok and far.records == one.first.records


def _made_up(one: ResourceLook, evidence: list[str]) -> bool | None:
    """Whether a record is given for an id that can't exist; None where nothing can be read singly."""
    if one.profile.operations.read is None:
        return None
    for made_up in (one.made_up_id, "readiness-no-such-record"):
        answer = one.resource.read(made_up)
        evidence += evidence_of(answer.response)
        if answer.response.ok and answer.record:
            return True
    return False
