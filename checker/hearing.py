"""`readiness webhook listen` and `replay`, as stories: receive a system's events and keep them, masked; send kept ones again."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.client.build import client_for
from checker.client.messages import Request
from checker.client.origin import parse_base
from checker.client.recorder import Recorder
from checker.errors import InputError, Problem
from checker.hooks import Event, Guard, Signature, kept, read_event, verified
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.project.types import NoAuth, System, WebhookLab
from checker.receiver import Delivery, Receiver
from checker.store import Store

ENOUGH_S = 3600 * 24 * 365.0
# Headers of a kept event that are its own affair; the rest belongs to the connection, or would be wrong for a masked body.
CARRIED = ("content-type", "webhook-id", "webhook-timestamp")


@dataclass(frozen=True, slots=True)
class Heard:
    """An event that came: from which system, what it says, and what its signature proves."""

    system: str
    delivery: Delivery
    event: Event
    signature: Signature


@dataclass(frozen=True, slots=True)
class Listening:
    """A receiver that is open: the address for each system."""

    receiver: Receiver
    urls: Mapping[str, str]
    secrets: Mapping[str, tuple[str, ...]]
    recorder: Recorder

    def events(self, stop: threading.Event, seconds: float | None = None) -> Iterator[Heard]:
        """Events as they come, until somebody stops it or the time is over."""
        ends = self.receiver.monotonic() + (ENOUGH_S if seconds is None else seconds)
        seen = 0
        while not stop.is_set() and self.receiver.monotonic() < ends:
            left = ends - self.receiver.monotonic()
            known = seen
            if self.receiver.wait(lambda came, known=known: any(one.number > known for one in came), left, stop):  # type: ignore[misc]
                new = [one for one in self.receiver.deliveries() if one.number > seen]
                seen = new[-1].number
                yield from map(self._heard, new)

    def _heard(self, delivery: Delivery) -> Heard:
        system = next(name for name, url in self.urls.items() if self.receiver.path_of(url) == delivery.path)
        url = self.receiver.base + delivery.path
        signature = verified(delivery.headers, delivery.body, self.secrets[system], delivery.at, url)
        return Heard(system, delivery, read_event(delivery.headers, delivery.body), signature)

    def masked(self, heard: Iterable[Heard]) -> list[bytes]:
        """Events as they are kept, a JSON text each: personal data masked, secrets taken out."""
        return [kept(self.recorder, one.system, self.receiver.base, one.delivery) for one in heard]


@contextmanager
def listening(
    loaded: LoadedProject,
    systems: Iterable[str],
    secrets: Secrets,
    listen: str | None = None,
    public_url: str | None = None,
) -> Iterator[Listening]:
    """Open the receiver for these systems, at the addresses that stay the same from run to run.

    Raises InputError for a port that is taken, and for a secret that can't be found.
    """
    chosen = loaded.project.webhooks or WebhookLab()
    where = listen or chosen.listen
    store, recorder = Store(loaded.folder), Recorder()
    known: dict[str, tuple[str, ...]] = {}
    for name in systems:
        settings = loaded.project.systems[name].webhooks
        known[name] = (secrets(settings.secret),) if settings and settings.secret else ()
        for one in known[name]:
            recorder.secrets.add(one, f"{name.upper()}_EVENTS_SECRET")
    try:
        receiver = Receiver(where, public_url or chosen.public_url)
    except OSError as error:
        raise InputError(Problem("webhook.cannot-listen", {"where": where, "reason": str(error)})) from None
    try:
        urls = {name: receiver.opened(path=store.receiver_path(name)) for name in known}
        for name, url in urls.items():
            receiver.answers(url, Guard(known[name], url))
        yield Listening(receiver, urls, known, recorder)
    finally:
        receiver.stop()


@dataclass(frozen=True, slots=True)
class Replayed:
    """A kept event that was sent again: its number from 1, when it came, and how the receiver answered."""

    number: int
    at: str
    status: int


def replay(path: Path, to: str, say: Callable[[str], None]) -> Iterator[Replayed]:
    """Send kept events again, in their order, to a receiver on this machine.

    Their bodies are masked and they carry no signature. Raises InputError for an address elsewhere, and with the line for what was not
    kept here; TransportError where the receiver doesn't answer.
    """
    if not parse_base(to).origin.loopback:
        raise InputError(Problem("webhook.not-loopback", {"url": to}))
    events = list(_kept(path))
    client = client_for("receiver", System(base_url=to, auth=NoAuth()), lambda text: text, Recorder())
    try:
        for number, one in enumerate(events, start=1):
            say(f"event {number} of {len(events)}")
            headers = {name: str(value) for name, value in one["request"]["headers"].items() if name in CARRIED}
            body = str(one["request"]["body"] or "").encode()
            response = client.send(Request("POST", to, headers=headers, body=body), credentials="none")
            yield Replayed(number, str(one["at"]), response.status)
    finally:
        client.close()


def _kept(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": error.strerror})) from None
    for number, line in enumerate(lines, start=1):
        try:
            held = json.loads(line)
            yield {
                "at": held["at"],
                "request": {"headers": held["request"]["headers"], "body": held["request"]["body"]},
            }
        except (ValueError, TypeError, KeyError):
            raise InputError(Problem("webhook.no-event", {"file": str(path)}, str(path), number)) from None
