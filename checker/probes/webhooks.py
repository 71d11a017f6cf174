"""Events as they really come: for each change, whole, signed, in time, once, in order, again after a failure; or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

from checker.hooks import Event, Signature
from checker.hooks.events import UPDATE
from checker.probes.attempts import refused_by_rule
from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.conformity import BESIDE
from checker.probes.hooking import BROKE, Arrival, Deed, Lab, ResourceHooks, able
from checker.probes.touching import ResourceTouch
from checker.profiles.field_names import says_who
from checker.receiver import HELD_S, UNANSWERED, Delivery, accepts
from checker.resources.answers import spread
from checker.resources.outcomes import Written
from checker.resources.resource import Resource
from checker.resources.subscribing import Form
from checker.resources.subscriptions import Failed, Subscription, ended

FAILED = (500, 503, UNANSWERED)  # what the receiver answers on purpose, one experiment each
SEVERAL = 2
TRIES = 2  # changes before a second subscription is said to stand alone
# States of a signature that prove nothing, and the reason's code.
OPEN_STATES = {"no-secret": "no-events-secret", "unverified": "signature-unknown"}
EXPIRY = re.compile(r"expir|valid_?(until|to|till)|ends?_?(at|on)|gueltig_?bis|ablauf", re.IGNORECASE)
RESOURCE_CLAIMS = ("webhook.arrives", "webhook.covers-events", "webhook.complete-payload")
SYSTEM_CLAIMS = (
    "webhook.reachable", "webhook.signed", "webhook.ids-and-times", "webhook.in-order", "webhook.once", "webhook.expiry-known",
    "webhook.tells-author",
)  # fmt: skip


@probe(*RESOURCE_CLAIMS, scope="resource")
def events(at: ResourceHooks) -> Iterator[Told]:
    """Create, change and delete a test record: does an event come for each, and what does it hold?"""
    reason = closed(at.lab) or (None if able(at.touch) or at.deeds else at.touch.barred)
    if reason is None and not at.deeds:
        reason = "create-refused" if at.touch.writer.owns(at.touch.resource, at.touch.id or "") else "not-ours"
    if reason is not None:
        for claim in RESOURCE_CLAIMS:
            yield left_open(at.lab, claim, reason)
        return
    heard = at.heard
    missing = [one for one in at.deeds if not any(one is there.deed for there in heard)]
    evidence = (*(key for one in at.deeds for key in one.evidence), *at.lab.shown(*(one.delivery for one in heard)))
    yield _arrives(at, heard, evidence)
    tried = list(dict.fromkeys(one.kind for one in at.deeds))
    values = {
        "missing": list(dict.fromkeys(one.kind for one in missing)),
        "tried": tried,
        "name": heard[0].event.name if heard else None,
    }
    if not missing and at.touch.profile.operations.update and UPDATE not in tried:
        yield unknown("webhook.covers-events", "nothing-changed", evidence, **values)
    else:
        yield whether("webhook.covers-events", not missing, evidence, **values)
    yield _complete(at, heard)


def closed(lab: Lab) -> str | None:
    """Why nothing that was heard, or not, would prove anything, as a reason's code."""
    if lab.refused is not None:
        return lab.refused
    if not isinstance(lab.way, Form) and lab.deeds and not lab.came():
        # whether anybody has registered the address, or the calls are all that it takes, nobody knows
        return "nothing-by-hand" if lab.way is None else "nothing-by-calls"
    return None


def left_open(lab: Lab, claim: str, reason: str) -> Told:
    """A claim that can't be settled; where one of the calls that subscribe was not taken, with that call."""
    failed = lab.subscribed.failed if reason == BROKE else None
    return _broke(claim, failed) if failed is not None else unknown(claim, reason)


def _broke(claim: str, failed: Failed) -> Told:
    return unknown(claim, BROKE, failed.evidence, call=failed.call, status=failed.status)


def _arrives(at: ResourceHooks, heard: Sequence[Arrival], evidence: tuple[str, ...]) -> Told:
    claim = "webhook.arrives"
    if not heard:
        # each change was an experiment of its own
        if len(at.deeds) < SEVERAL:
            return unknown(claim, "once-is-chance", evidence)
        return no(claim, evidence, waited=at.lab.patience.events, tried=len(at.deeds))
    delays = [one.delay for one in heard]
    return yes(claim, evidence, median=round(median(delays), 2), worst=round(max(delays), 2), events=len(heard))


def _complete(at: ResourceHooks, heard: Sequence[Arrival]) -> Told:
    """Whether an event of a create or a change holds all fields that the answer to the write had."""
    claim = "webhook.complete-payload"
    told = [one for one in heard if one.deed.kind != "delete"]
    if not told:
        return unknown(claim, "no-event")
    last = told[-1]
    shown = spread(dict(last.event.shows(last.deed.record_id)), at.touch.profile.spread)
    lacking = missing_in(shown, last.deed.record)
    return whether(claim, not lacking, at.lab.shown(last.delivery), fields=lacking, of=len(last.deed.record))


def missing_in(shown: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """The record's fields that an event lacks: of those with a value, and without what a protocol puts beside them (links)."""
    return sorted(
        name for name, value in record.items() if name not in shown and value is not None and not BESIDE.search(name)
    )


@probe(*SYSTEM_CLAIMS, scope="system")
def deliveries(lab: Lab) -> Iterator[Told]:
    """What all events of the lives have in common: are they signed, do they tell their id and time, in order, each once?"""
    reason = closed(lab) or (None if lab.deeds else "no-record")
    if reason is not None:
        for claim in SYSTEM_CLAIMS:
            yield left_open(lab, claim, reason)
        return
    came = lab.came()
    keys = lab.shown(*(one for one, _ in came))
    yield from _expiry(lab)
    if not came:
        yield no("webhook.reachable", waited=lab.patience.events)
        for claim in SYSTEM_CLAIMS[1:5] + SYSTEM_CLAIMS[6:]:
            yield unknown(claim, "no-event")
        return
    yield yes("webhook.reachable", keys[:1])
    yield _signed(lab, keys)
    yield _named(came, keys)
    yield _ordered(lab)
    yield _once(lab, came)
    yield _author(lab)


def _author(lab: Lab) -> Told:
    """Whether an event says who made the change: without that the integration can't tell the echo of its own writes."""
    claim = "webhook.tells-author"
    told = [one for one in lab.heard if one.deed.kind != "delete"]
    holders = {one.name: one.spread for one in lab.system.look.profile.resources}
    shown = [
        (one, spread(dict(one.event.shows(one.deed.record_id)), holders.get(one.deed.resource, ()))) for one in told
    ]
    whole = [(one, record) for one, record in shown if len(record) > 1]
    if not whole:
        return unknown(claim, "no-event" if not told else "thin-events", lab.shown(*(one.delivery for one in told)))
    fields = [next((name for name, value in record.items() if says_who(name) and value), None) for _, record in whole]
    evidence = lab.shown(*(one.delivery for one, _ in whole))
    return whether(claim, all(fields), evidence, field=fields[0], events=len(whole))


def _expiry(lab: Lab) -> Iterator[Told]:
    """What a subscription says of its end."""
    claim = "webhook.expiry-known"
    if not lab.subscribed.written:
        yield unknown(claim, "by-hand")
        return
    first = {resource.name: (resource, one) for resource, one in reversed(lab.subscribed.made) if one.ok}
    evidence = tuple(key for _, one in first.values() for key in one.evidence)
    shown = [_shown(resource, one) for resource, one in first.values()]
    name, value = next(((name, one[name]) for one in shown for name in one if EXPIRY.search(name)), (None, None))
    if name is None:  # that it never ends, nobody has said
        yield unknown(claim, "no-end-shown", evidence)
    else:
        yield yes(claim, evidence, field=name, until=str(value) if value is not None else None)


def _shown(resource: Resource, written: Written) -> Mapping[str, Any]:
    """What is shown of a subscription: by the answer to the write, and where it can be read."""
    if resource.profile.operations.read is None or written.record_id is None:
        return written.record or {}
    return {**(written.record or {}), **(resource.read(written.record_id).record or {})}


def _signed(lab: Lab, keys: tuple[str, ...]) -> Told:
    claim, found = "webhook.signed", [_as_stated(one, lab) for one in lab.signatures]
    worst = next(
        (
            one
            for state in ("none", "wrong", "stale", "other-scheme", "no-secret")
            for one in found
            if one.state == state
        ),
        found[0],
    )
    values = {"state": worst.state, "header": worst.header, "scheme": worst.scheme, "events": len(found)}
    if worst.state in OPEN_STATES:
        return unknown(claim, OPEN_STATES[worst.state], keys, **values)
    return whether(claim, worst.state == "valid", keys, **values)


def _as_stated(one: Signature, lab: Lab) -> Signature:
    """A signature that holds, though in another form than the project file says, is a surprise for whoever builds the receiver."""
    stated = lab.settings.scheme if lab.settings else None
    if one.state == "unverified" and stated == "hmac-sha256":
        return replace(one, state="wrong")
    if one.state != "valid" or stated is None or (one.scheme or "").startswith(stated):
        return one
    return replace(one, state="other-scheme")


def _named(came: Sequence[tuple[Delivery, Event]], keys: tuple[str, ...]) -> Told:
    """An id of its own in each event, and a time: without both nobody tells a repeated or a late one."""
    ids = [event.id for _, event in came]
    repeated = {
        event.id for one, event in came if any(event.id == other.id and one.body != two.body for two, other in came)
    }
    lacking = [
        what
        for what, holds in (("id", all(ids) and not repeated), ("time", all(event.time for _, event in came)))
        if not holds
    ]
    return whether("webhook.ids-and-times", not lacking, keys, lacking=lacking)


def _ordered(lab: Lab) -> Told:
    """Whether the events of one record came in the order of its changes."""
    claim = "webhook.in-order"
    wrong: list[Arrival] = []
    compared = 0
    for record in {(one.deed.resource, one.deed.record_id) for one in lab.heard}:
        own = [one for one in lab.heard if (one.deed.resource, one.deed.record_id) == record]
        compared += len(own) > 1
        wrong += [later for former, later in pairwise(own) if later.delivery.number < former.delivery.number]
    if not compared:
        return unknown(claim, "no-event")
    shown = lab.shown(*(one.delivery for one in wrong or lab.heard))
    return whether(claim, not wrong, shown, records=compared, kinds=sorted({one.deed.kind for one in wrong}))


def _once(lab: Lab, came: Sequence[tuple[Delivery, Event]]) -> Told:
    """Whether an event that was taken well came a second time."""
    seen: dict[tuple[str | None, bytes], Delivery] = {}
    twice = []
    for one, event in came:
        key = (event.id, one.body)
        if key in seen and one.status == seen[key].status == accepts("", {}, b""):
            twice.append(one)
        seen.setdefault(key, one)
    return whether(
        "webhook.once", not twice, lab.shown(*(twice or [one for one, _ in came])), events=len(came), twice=len(twice)
    )


@probe("webhook.retried", scope="system")
def failures(lab: Lab) -> Iterator[Told]:
    """Fail three events side by side, two by an answer and one by none: does any come again?"""
    claim = "webhook.retried"
    touch = _able(lab)
    if closed(lab) or not lab.heard or touch is None:
        yield left_open(lab, claim, closed(lab) or ("no-event" if touch else "no-record"))
        return
    tried = _failed(lab, touch)
    evidence = lab.shown(*(one for pair in tried for one in pair if one is not None))
    again = [(first, second) for first, second in tried if second is not None]
    if again:
        yield yes(claim, evidence, **_after(again))
    elif len(tried) < len(FAILED):
        yield unknown(claim, "no-event", evidence)
    else:
        yield no(claim, evidence, waited=lab.patience.again, status=[one for one in FAILED if one != UNANSWERED])


def _after(again: Sequence[tuple[Delivery, Delivery]]) -> dict[str, Any]:
    """When the events came again: after which status, and after no answer, in seconds."""
    took = [(first.status, round(second.moment - first.moment, 1)) for first, second in again]
    status, after = next((one for one in took if one[0] != UNANSWERED), (None, None))
    return {"status": status, "after": after, "unanswered": dict(took).get(UNANSWERED)}


def _able(lab: Lab) -> ResourceTouch | None:
    """The first resource of which an event of a create came."""
    names = {one.deed.resource for one in lab.heard if one.deed.kind == "create"}
    return next((one for one in lab.touches if one.profile.name in names and able(one)), None)


def _failed(lab: Lab, touch: ResourceTouch) -> list[tuple[Delivery, Delivery | None]]:
    """Create records and fail the first event about each: these deliveries, and the ones with which they came again."""
    before = len(lab.came())
    failed: dict[bytes, int] = {}

    def decide(path: str, headers: Mapping[str, str], body: bytes) -> int:
        if body in failed or len(failed) == len(FAILED):
            return accepts(path, headers, body)
        failed[body] = FAILED[len(failed)]
        return failed[body]

    lab.hears.answers(lab.subscribed.url, decide)
    try:
        deeds = [deed for deed in (lab.create(touch) for _ in FAILED) if deed is not None]

        def came(times: int, status: int | None = None) -> list[bool]:
            about = [_about(lab, deed, before) for deed in deeds]
            return [len(one) >= times for one in about if status is None or (one and one[0].status == status)]

        lab.hears.wait(lambda _: all(came(1)), lab.patience.events, lab.stop)
        lab.hears.wait(lambda _: any(came(2)), lab.patience.again, lab.stop)
        # a sender that tries again tries so soon after it gave the silent receiver up
        lab.hears.wait(
            lambda _: all(came(2, UNANSWERED)), min(HELD_S, lab.patience.again) if any(came(2)) else 0, lab.stop
        )
    finally:
        lab.hears.answers(lab.subscribed.url)
    pairs = [_about(lab, deed, before)[:2] for deed in deeds]
    return [(pair[0], _again(pair)) for pair in pairs if pair and pair[0].status in FAILED]


def _again(pair: Sequence[Delivery]) -> Delivery | None:
    """The second delivery; none where the first got its late answer before it: then that is what it follows."""
    if len(pair) == 1 or (pair[0].status == UNANSWERED and pair[1].moment - pair[0].moment >= HELD_S):
        return None
    return pair[1]


def _about(lab: Lab, deed: Deed, before: int) -> list[Delivery]:
    return [one for one, event in lab.came()[before:] if event.about(deed.record_id)]


@probe("webhook.several-subscriptions", "webhook.stops", scope="system")
def subscriptions(lab: Lab) -> Iterator[Told]:
    """Subscribe a second time: do both get the event? Then end both: does anything still come?"""
    several, stops = "webhook.several-subscriptions", "webhook.stops"
    touch = _able(lab)
    reason = closed(lab) or ("by-hand" if lab.way is None else "no-event" if touch is None else None)
    if reason is not None or touch is None:
        for claim in (several, stops):
            yield left_open(lab, claim, reason or "no-event")
        return
    second = lab.subscribe()
    lab.further.append(second.url)
    yield _beside(lab, touch, second)
    yield _silent(lab, touch, second)


def _beside(lab: Lab, touch: ResourceTouch, second: Subscription) -> Told:
    claim, url = "webhook.several-subscriptions", second.url
    if (
        second.failed is not None
    ):  # the calls are the project file's own: what was refused may be a name that is there already
        return _broke(claim, second.failed)
    evidence = tuple(key for one in second.written for key in one.evidence)
    if not second.ok:
        refused = any(refused_by_rule(one) for one in second.written)
        return no(claim, evidence, outcome="not-taken") if refused else unknown(claim, "write-unclear", evidence)
    before, deeds = len(lab.came()), list[Deed]()

    def arrived(address: str, since: int) -> list[Delivery]:
        return [one for one, event in lab.came(address)[since:] if any(event.about(deed.record_id) for deed in deeds)]

    first = lab.subscribed.url
    for _ in range(TRIES):  # one event that doesn't come may only be late
        deed = lab.create(touch)
        if deed is None:
            return unknown(claim, "create-refused", evidence)
        deeds.append(deed)
        both = lab.hears.wait(
            lambda _: bool(arrived(first, before)) and bool(arrived(url, 0)), lab.patience.events, lab.stop
        )
        if both:
            break
    old, new = arrived(first, before), arrived(url, 0)
    evidence = (*evidence, *(key for deed in deeds for key in deed.evidence), *lab.shown(*old, *new))
    if not (old or new):
        return unknown(claim, "no-event", evidence)
    outcome = None if old and new else "replaced" if new else "silent"
    return whether(claim, outcome is None, evidence, outcome=outcome)


def _silent(lab: Lab, touch: ResourceTouch, second: Subscription) -> Told:
    """Whether nothing comes any more once the subscriptions are ended."""
    claim = "webhook.stops"
    gone = ended(lab.system.writer, (*lab.subscribed.made, *second.made))
    evidence = tuple(key for one in gone for key in one.evidence)
    if not gone or not all(one.ok for one in gone):
        return unknown(claim, "delete-refused", evidence)
    before = [len(lab.came()), len(lab.came(second.url))]
    deed = lab.create(touch)
    if deed is None:
        return unknown(claim, "create-refused", evidence)

    def late() -> list[Delivery]:
        came = [*lab.came()[before[0] :], *lab.came(second.url)[before[1] :]]
        return [one for one, event in came if event.about(deed.record_id)]

    worst = max((one.delay for one in lab.heard), default=0.0)
    lab.hears.wait(lambda _: bool(late()), max(lab.patience.quiet, 2 * worst), lab.stop)
    return whether(claim, not late(), (*evidence, *deed.evidence, *lab.shown(*late())), events=len(late()))
