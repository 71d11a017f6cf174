"""Rights, and what is left: a restricted user must not write, and after the clean-up no test record is there."""

from __future__ import annotations

from collections.abc import Iterator

from checker.probes.attempts import refused_by_rule, why_not
from checker.probes.base import Told, no, probe, unknown, yes
from checker.probes.contexts import evidence_of
from checker.probes.rows import stranded
from checker.probes.touching import ResourceTouch, SystemTouch

RESTRICTED = "restricted"
REFUSALS = frozenset({401, 403, 404})
UNAUTHORIZED = 401
MOST_NAMED = 5  # records left behind that a finding names; the journal has them all


@probe("rights.restricted-refused", scope="system")
def restricted(system: SystemTouch) -> Iterator[Told]:
    """Send a create that was accepted from us with the restricted user's credentials. What it creates is journalled, and so removed."""
    claim = "rights.restricted-refused"
    if RESTRICTED not in system.look.whole_client.credentials:
        yield unknown(claim, "no-other-credentials")
        return
    touch = next((one for one in system.resources if one.birth is not None and one.birth.written.ok), None)
    if touch is None:
        yield unknown(claim, "create-refused" if system.resources else "no-such-resource")
        return
    yield _asked(touch)


def _asked(touch: ResourceTouch) -> Told:
    claim = "rights.restricted-refused"
    resource = touch.resource.asked_with(RESTRICTED)
    knock = resource.page(size=1).response
    if knock.status == UNAUTHORIZED:
        return unknown(claim, "credentials-refused", evidence_of(knock))
    body = touch.body()
    written = touch.writer.create(resource, body)
    evidence = (*evidence_of(knock), *written.evidence)
    status = written.response.status if written.response else None
    values = {"status": status, "resource": touch.profile.name}
    if written.ok:
        return no(claim, evidence, **values)
    if status in REFUSALS:
        return yes(claim, evidence, **values)
    return unknown(claim, "refused" if refused_by_rule(written) else why_not(written), evidence, **values)


@probe("cleanup.nothing-left", scope="system")
def nothing_left(system: SystemTouch) -> Iterator[Told]:
    """What the clean-up could not remove: test records, and rows of theirs that stayed behind."""
    cleaned = system.cleaned
    if cleaned is None:
        yield unknown("cleanup.nothing-left", "stopped")
        return
    left = [f"{one.resource} {one.record or one.mark}" for one in cleaned.left]
    held = {one.resource for one in cleaned.left}  # what stays keeps its rows
    left += [row for touch in system.resources if touch.profile.name not in held for row in stranded(touch)]
    if left:
        yield no("cleanup.nothing-left", left=len(left), records=left[:MOST_NAMED])
    else:
        yield yes("cleanup.nothing-left", removed=cleaned.removed)
