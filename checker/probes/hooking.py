"""What the webhook probes look at: a receiver, a subscription, a short life of one test record of each resource, and the events that came of it.

The lives are lived one after the other and waited for together, so that a system that sends nothing costs its patience once.
"""

from __future__ import annotations

import secrets as chance
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from checker.client.origin import parse_base
from checker.errors import TransportError
from checker.hooks import Event, Signature, exchange, kept, read_event, verified
from checker.hooks.events import CREATE, DELETE, UPDATE
from checker.probes.rows import Row, row_of, with_objects
from checker.probes.stamps import plain_change
from checker.probes.touching import ResourceTouch, SystemTouch
from checker.profiles.names import singular, words
from checker.project import calls
from checker.project.types import WebhookSettings
from checker.receiver import Delivery, Receiver
from checker.resources import seeking
from checker.resources.bodies import Bodies
from checker.resources.subscribing import Form, Step, way_of
from checker.resources.subscriptions import Subscription, by_calls, by_form

SECRET_NAMES = (
    "secret",
    "signing_secret",
    "signingsecret",
    "signing_key",
    "webhook_secret",
    "hmac_secret",
    "key",
    "shared_secret",
)
SECRET_BYTES = 24  # of chance, where the receiver chooses the secret
BROKE = "subscription-broke"  # one of several calls was not taken
SHOWN_DELIVERIES = 12  # of one question's evidence


@dataclass(frozen=True, slots=True)
class Patience:
    """How long events are waited for, in seconds: at first; when all have come, for what may follow; for a second try after a failure; and for
    the first of all, where none has come. `prompt`: how soon an event should come.
    """

    events: float = 30.0
    quiet: float = 1.0
    again: float = 40.0
    late: float = 45.0
    prompt: float = 10.0


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that should lead to an event: of which resource and record, when it was asked for (monotonic seconds), and the record afterwards.

    `called`: the words by which the event of a row, which came or went with its document, is told from the document's own.
    """

    resource: str
    kind: str
    record_id: str
    began: float
    record: Mapping[str, Any]
    evidence: tuple[str, ...]
    called: frozenset[str] = frozenset()

    def told_by(self, event: Event) -> bool:
        """Whether an event is about the record. A row's bare number may be another record's, too: then the event has to name the row."""
        if not event.about(self.record_id):
            return False
        return not self.record_id.isdigit() or any(self.called <= _words(one) for one in event.values)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event, and the deed that it tells of."""

    deed: Deed
    delivery: Delivery
    event: Event

    @property
    def delay(self) -> float:
        """Seconds from asking for the change to the event."""
        return max(0.0, self.delivery.moment - self.deed.began)


@dataclass
class Lab:
    """The webhook lab of one system, with lives of records of `touches`. `barred` says why nothing can be heard, as a reason's code; None where the receiver listens.

    `manual`: the path that a person has registered, where the API takes no subscriptions.
    """

    system: SystemTouch
    touches: Sequence[ResourceTouch]
    receiver: Receiver | None
    barred: str | None
    settings: WebhookSettings | None
    today: date
    manual: str | None = None
    patience: Patience = field(default_factory=Patience)
    stop: threading.Event = field(default_factory=threading.Event)
    secrets: list[str] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    _recorded: dict[int, str] = field(default_factory=dict)

    @cached_property
    def way(self) -> Form | tuple[Step, ...] | None:
        """How the API takes subscriptions; None where a person enters the address."""
        return way_of(self.system.look.profile, self.system.look.api, self.settings)

    @property
    def _by_hand(self) -> bool:
        return self.settings is not None and self.settings.registration == "manual"

    @property
    def hears(self) -> Receiver:
        """The receiver, where nothing is barred."""
        assert self.receiver is not None  # noqa: S101 - `barred` has been looked at
        return self.receiver

    @cached_property
    def subscribed(self) -> Subscription:
        """The subscription whose events tell of the lives; nothing was written for it where a person entered the address."""
        return self.subscribe() if self.way is not None else Subscription(self.hears.opened(path=self.manual))

    def subscribe(self) -> Subscription:
        """A new address, and what is written so that events are sent there. Only where there is a way."""
        url, ours = self.hears.opened(self.system.writer.mark), chance.token_urlsafe(SECRET_BYTES)
        made = self._by_form(self.way, url, ours) if isinstance(self.way, Form) else self._by_calls(url, ours)
        for one in made.written:
            self.secrets += _secrets_in(one.record or {})
        return made

    def _by_form(self, form: Form, url: str, ours: str) -> Subscription:
        look, mark = self.system.look, self.system.writer.mark
        operation = look.api.operation(form.resource.operations.create or "") if look.api else None
        about = tuple(name for one in self.touches for name in (one.profile.name, one.profile.role or "") if name)
        body = Bodies(form.resource, operation, mark, self.today).lean(1)
        if form.secret is not None:
            self._know(ours)
        bodies = form.filled(body, url, self._wished, about, ours)
        return by_form(self.system.writer, self.system.look.door(form.resource), url, bodies)

    def _by_calls(self, url: str, ours: str) -> Subscription:
        steps = self.way if isinstance(self.way, tuple) else ()
        if any(calls.SECRET in calls.names_in(one.call.body) for one in steps):
            ours = self.system.look.events_secret or ours
            self._know(ours)
        values = {
            calls.URL: url,
            calls.MARK: self.system.writer.mark,
            calls.SECRET: ours,
            calls.EVENTS: [*self._wished],
            calls.RESOURCES: [one.profile.name for one in self.touches],
        }
        return by_calls(self.system.writer, steps, self.system.look.door, values)

    @property
    def _wished(self) -> tuple[str, ...]:
        return tuple(self.settings.events) if self.settings else ()

    def _know(self, secret: str) -> None:
        """A secret that events are signed with from here on."""
        self.secrets.append(secret)
        self.system.look.recorder.secrets.add(secret, "EVENTS_SECRET")

    @property
    def started(self) -> bool:
        """Whether events were waited for."""
        return "subscribed" in self.__dict__

    @property
    def refused(self) -> str | None:
        """Why there is no subscription, as a reason's code."""
        if self.barred is not None:
            return self.barred
        if self.way is None and not self._by_hand:
            return "no-subscription-form"
        made = self.subscribed  # from here on the address is open, whoever enters it
        if made.failed is not None:
            return BROKE
        return None if self.way is None or made.ok else "subscription-refused"

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """The changes of the lives: of each resource a record is created, changed and deleted."""
        if self.refused is not None:
            return ()
        lived = [deed for touch in self.touches if able(touch) for deed in self._life(touch)]
        # a look at the deeds ends when all have led to an event, or patience is over; then a little longer, for what comes twice
        self.hears.wait(lambda _: len(self._matched(lived)) == len(lived), self.patience.events, self.stop)
        self.hears.wait(lambda _: False, self.patience.quiet, self.stop)
        return tuple(lived)

    def _life(self, touch: ResourceTouch) -> Iterator[Deed]:
        born = self.create(touch)
        if born is None:
            return
        yield born
        row = self._row(touch, born.record_id)
        if row is not None:
            yield self._of_row(touch, row, CREATE, born)
        operations = touch.profile.operations
        changes = plain_change(touch) if operations.update else {}
        if changes and not self.stop.is_set():
            began = self.hears.monotonic()
            written = touch.writer.update(touch.resource, born.record_id, changes)
            if written.ok and not _as_before(born.record, written.record, changes):
                record = {**born.record, **(written.record or changes)}
                yield Deed(touch.profile.name, UPDATE, born.record_id, began, record, written.evidence)
        if operations.delete:
            began = self.hears.monotonic()
            written = touch.writer.delete(touch.resource, born.record_id)
            if written.ok:
                gone = Deed(touch.profile.name, DELETE, born.record_id, began, born.record, written.evidence)
                yield gone
                if row is not None and _is_gone(row):
                    yield self._of_row(touch, row, DELETE, gone)

    def _row(self, touch: ResourceTouch, record_id: str) -> Row | None:
        """The first row of a new record that is a record of its own, of a resource that is listened to as well."""
        sent = touch.birth.body if touch.birth else {}
        row = None
        if any(with_objects(one) for one in sent.values()):
            with suppress(TransportError):  # the record's own events are heard all the same
                row = row_of(touch, sent, touch.seen_once(record_id).record or {})
        return row if row is not None and row.resource.name in {one.profile.name for one in self.touches} else None

    @staticmethod
    def _of_row(touch: ResourceTouch, row: Row, kind: str, with_: Deed) -> Deed:
        """What became of a row with what was done to its document."""
        called = _words(row.resource.name) - _words(touch.profile.name)
        evidence = (*with_.evidence, *row.evidence)
        return Deed(row.resource.name, kind, row.id, with_.began, row.record, evidence, called)

    def create(self, touch: ResourceTouch) -> Deed | None:
        """Create a record; None where that was refused, or the answer shows another record as the new one."""
        began = self.hears.monotonic()
        body = touch.body()
        written = touch.writer.create(touch.resource, body)
        if not written.ok or written.record_id is None or not touch.writer.owns(touch.resource, written.record_id):
            return None
        record = written.record or body
        return Deed(touch.profile.name, CREATE, written.record_id, began, record, written.evidence)

    def came(self, url: str | None = None) -> list[tuple[Delivery, Event]]:
        """What came to an address (default: the lab's own), read."""
        address = self.subscribed.url if url is None else url
        return [(one, read_event(one.headers, one.body)) for one in self.hears.deliveries(address)]

    @cached_property
    def heard(self) -> tuple[Arrival, ...]:
        """The events that tell of the lives, the first that came for each deed."""
        return tuple(self._matched(self.deeds)) if self.deeds else ()

    def _matched(self, deeds: Sequence[Deed]) -> list[Arrival]:
        return list(matched(deeds, self.came()))

    @cached_property
    def signatures(self) -> tuple[Signature, ...]:
        """What the signatures of the events prove, by the time at which they came."""
        known = tuple(one for one in dict.fromkeys((*self.secrets, self.system.look.events_secret)) if one)
        base = self.hears.base
        return tuple(verified(one.headers, one.body, known, one.at, base + one.path) for one, _ in self.came())

    @property
    def name(self) -> str:
        """The system's name."""
        return self.system.name

    def redact(self, text: str) -> str:
        """Any text without the secrets of this run."""
        return self.system.redact(text)

    def shown(self, *deliveries: Delivery) -> tuple[str, ...]:
        """The evidence of some deliveries: each recorded once, masked, as a request that came."""
        return tuple(self._record(one) for one in deliveries[:SHOWN_DELIVERIES])

    def kept(self) -> list[bytes]:
        """All that came to this lab, a line each as it is kept."""
        if self.refused is not None or self.receiver is None:
            return []
        ours = (self.subscribed.url, *self.further)
        came = [one for url in ours for one in self.receiver.deliveries(url)]
        return [kept(self.system.look.recorder, self.name, self.receiver.base, one) for one in came]

    def _record(self, delivery: Delivery) -> str:
        if delivery.number not in self._recorded:
            came = exchange(delivery, self.hears.base)
            self._recorded[delivery.number] = self.system.look.scope.record(came)
        return self._recorded[delivery.number]


def able(touch: ResourceTouch) -> bool:
    """Whether test records of a resource can be created."""
    return touch.birth is not None and touch.birth.written.ok


def matched(deeds: Sequence[Deed], came: Sequence[tuple[Delivery, Event]]) -> Iterator[Arrival]:
    """For each deed the first event that tells of it: about its record and of its kind; one whose kind isn't told counts by its order."""
    for deed in deeds:
        about = [(one, event) for one, event in came if deed.told_by(event) and one.moment >= deed.began]
        kind = [pair for pair in about if pair[1].kind == deed.kind]
        untold = [pair for pair in about if pair[1].kind is None]
        own = [one for one in deeds if one.record_id == deed.record_id and one.resource == deed.resource]
        place = own.index(deed)
        first = next(iter(kind), untold[place] if place < len(untold) else None)
        if first is not None:
            yield Arrival(deed, *first)


def _is_gone(row: Row) -> bool:
    """Whether a row went with its document."""
    try:
        return seeking.found(row.resource, row.id) is None
    except TransportError:
        return False


def _words(name: str) -> frozenset[str]:
    return frozenset(map(singular, words(name)))


def _as_before(before: Mapping[str, Any], after: Mapping[str, Any] | None, changes: Mapping[str, Any]) -> bool:
    """Whether the answer to a change shows that nothing changed: a text that is cut loses what was put at its end."""
    return after is not None and all(name in after and after[name] == before.get(name) for name in changes)


def _secrets_in(record: Mapping[str, Any]) -> list[str]:
    """Signing secrets that the answer to a subscription tells."""
    low = {str(name).replace("-", "_").casefold(): value for name, value in record.items()}
    return [low[name] for name in SECRET_NAMES if isinstance(low.get(name), str) and low[name]]


@dataclass(frozen=True)
class ResourceHooks:
    """One resource in the webhook lab."""

    lab: Lab
    touch: ResourceTouch

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """Its changes."""
        return tuple(one for one in self.lab.deeds if one.resource == self.touch.profile.name)

    @property
    def heard(self) -> tuple[Arrival, ...]:
        """The events that tell of them."""
        return tuple(one for one in self.lab.heard if one.deed.resource == self.touch.profile.name)

    def redact(self, text: str) -> str:
        """Any text without the secrets of this run."""
        return self.touch.redact(text)


def barred_at(base_url: str, public_url: str | None, *, wished: bool) -> str | None:
    """Why a system could not reach a receiver on this machine, as a reason's code; None where it can."""
    if not wished:
        return "no-events"
    return None if public_url or parse_base(base_url).origin.loopback else "no-public-url"
