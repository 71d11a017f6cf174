"""Rights, and what is left: a restricted user must not write, and is told what it may not read; after the clean-up no test record is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.probes.attempts import refused_by_rule, why_not
from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.contexts import UNREADABLE, ResourceLook, SystemLook, evidence_of
from checker.probes.rows import stranded
from checker.probes.stamps import plain_change
from checker.probes.touching import ResourceTouch, SystemTouch
from checker.resources import seeking
from checker.resources.outcomes import Written
from checker.resources.resource import Page

RESTRICTED = "restricted"
REFUSALS = frozenset({401, 403, 404})
UNAUTHORIZED, TOO_MANY, SERVER_ERROR = 401, 429, 500
MOST_NAMED = 5  # records left behind that a finding names; the journal has them all


@probe("rights.lack-told", scope="system")
def lack(look: SystemLook) -> Iterator[Told]:
    """Ask with the restricted user's credentials for each list that shows us records: are they shown or refused, or is the list just empty?"""
    claim = "rights.lack-told"
    if RESTRICTED not in look.whole_client.credentials:
        yield unknown(claim, "no-other-credentials")
        return
    ours = [one for one in look.listable if one.readable and one.first.records]
    if not ours:
        yield unknown(claim, "no-records")
        return
    shown = {one.profile.name: _as_restricted(one) for one in ours}
    evidence = evidence_of(*(page.response for page in shown.values()))
    if all(page.response.status == UNAUTHORIZED for page in shown.values()):
        yield unknown(claim, "credentials-refused", evidence)
        return
    empty = [name for name, page in shown.items() if _says_nothing(page)]
    refused = [name for name, page in shown.items() if _refused(page)]
    seen = [name for name, page in shown.items() if page.records]
    if not (empty or refused or seen):
        yield unknown(claim, "server-error", evidence)
        return
    fewer = [one.profile.name for one in ours if _total_below(shown[one.profile.name], one.first)]
    yield whether(claim, not empty, evidence, empty=empty, refused=refused, seen=seen, fewer=fewer)


def _as_restricted(look: ResourceLook) -> Page:
    """The first record that the restricted user is shown; asked for a second time where there was none, for once may be chance."""
    resource = look.resource.asked_with(RESTRICTED)
    page = resource.page(size=1)
    return resource.page(size=1) if _says_nothing(page) else page


def _says_nothing(page: Page) -> bool:
    """Whether a list was given, and nothing in it."""
    return page.response.ok and page.stop not in UNREADABLE and not page.records


def _refused(page: Page) -> bool:
    """Whether the answer says that something isn't allowed, be it by a status of its own: not that the system is busy or broken."""
    return not page.response.ok and page.response.status < SERVER_ERROR and page.response.status != TOO_MANY


def _total_below(theirs: Page, ours: Page) -> bool:
    """Whether fewer records are counted for them than for us, though not none."""
    return bool(theirs.records) and theirs.total is not None and ours.total is not None and theirs.total < ours.total


@probe("rights.restricted-refused", scope="system")
def restricted(system: SystemTouch) -> Iterator[Told]:
    """Send a create that was accepted from us with the restricted user's credentials; where it is refused, a change and a delete of a test record of
    ours. What it creates is journalled, and so removed.
    """
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
    values = {"status": status, "resource": touch.profile.name, "deed": "create"}
    if written.ok:
        return no(claim, evidence, **values)
    if status in REFUSALS:
        return _beyond_create(touch.system, evidence, values)
    return unknown(claim, "refused" if refused_by_rule(written) else why_not(written), evidence, **values)


def _beyond_create(system: SystemTouch, evidence: tuple[str, ...], values: Mapping[str, Any]) -> Told:
    """Who may not create may not change and delete either: tried with the good record of a resource, where one is still there."""
    claim = "rights.restricted-refused"
    # Of the last, for nothing points at it that would keep it from being deleted.
    touch = next((one for one in reversed(system.resources) if one.control is not None and one.control.ok), None)
    for deed, written in _on_the_good_one(touch) if touch is not None else ():
        evidence = (*evidence, *written.evidence)
        if touch is not None and written.response is not None and written.response.ok:
            if deed == "delete":
                system.lost_control(touch)
            return no(claim, evidence, status=written.response.status, resource=touch.profile.name, deed=deed)
    return yes(claim, evidence, **values)


def _on_the_good_one(touch: ResourceTouch) -> Iterator[tuple[str, Written]]:
    resource, changes = touch.resource.asked_with(RESTRICTED), plain_change(touch)
    record_id = touch.control.record_id if touch.control is not None else None
    if record_id is None or seeking.found(touch.resource, record_id) is None:
        return
    if touch.profile.operations.update is not None and changes:
        yield "update", touch.writer.update(resource, record_id, changes)
    # What is deleted is looked at before, with the same credentials: whoever may not read it is not tried.
    if touch.profile.operations.delete is not None and resource.page(size=1).response.ok:
        yield "delete", touch.writer.delete(resource, record_id)


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
