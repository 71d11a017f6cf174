"""What live probes look at: a system and its resources, with what was read once and serves several probes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from checker.client.build import EVENTS
from checker.client.client import Client
from checker.client.messages import Response
from checker.client.recorder import Recorder, Scope
from checker.model.api import Api
from checker.model.finding import CountEvidence
from checker.model.instants import Instant, read_instant
from checker.model.paths import get, written
from checker.model.profile import Profile, ResourceProfile
from checker.probes.base import Ledger
from checker.project.types import Platform, System
from checker.resources.query import Query
from checker.resources.resource import Page, Resource
from checker.resources.subscribing import written_in

WALK_PAGES = 25  # pages that a walk takes at most; the rest is said to be unseen
WALK_RECORDS = 5000
UNREADABLE = frozenset({"unreadable", "items-missing"})  # a good status, yet no list
NOBODY = "987654321"  # an id that no record has
NO_UUID = "00000000-0000-4000-8000-0000000000fe"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
LARGE_PAGE = 100  # records a page, where a document names no maximum


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk over a list: its pages, how it ended (`stop`, see `Page`; None or most-pages where we stopped it), and the total told."""

    size: int | None
    pages: tuple[Page, ...]
    stop: str | None
    total: int | None

    @property
    def records(self) -> list[dict[str, Any]]:
        """All records in the order in which they came."""
        return [record for page in self.pages for record in page.records]

    @property
    def ended(self) -> bool:
        """Whether the server had nothing more to give."""
        return self.pages[-1].natural

    @property
    def evidence(self) -> tuple[str, ...]:
        """The exchanges of the first and the last page."""
        keys = [page.response.exchange for page in self.pages if page.response.exchange]
        return tuple(dict.fromkeys([*keys[:1], *keys[-1:]]))


def evidence_of(*responses: Response) -> tuple[str, ...]:
    """The keys of the exchanges behind some answers."""
    return tuple(one.exchange for one in responses if one.exchange)


@dataclass
class ResourceLook:
    """One resource, as live probes see it. What was read is kept: several probes look at the same walk."""

    system: SystemLook
    asked: Resource

    @property
    def resource(self) -> Resource:
        """The resource, its exchanges recorded under the probe that runs now."""
        return self.asked.recorded(self.system.scope)

    @property
    def profile(self) -> ResourceProfile:
        """The resource's profile."""
        return self.resource.profile

    @property
    def subject(self) -> str:
        """`SYSTEM/RESOURCE`."""
        return f"{self.system.name}/{self.profile.name}"

    @cached_property
    def first(self) -> Page:
        """The first page, as the server cuts it when nobody says how large."""
        return self.resource.page()

    def redact(self, text: str) -> str:
        """Any text without the secrets of this run."""
        return self.system.redact(text)

    @property
    def readable(self) -> bool:
        """Whether the list gives records, or an honest empty list."""
        return self.first.response.ok and self.first.stop not in UNREADABLE

    @cached_property
    def walk(self) -> Walk:
        """A walk over the list, with pages small enough that there are several where records allow."""
        return walk(self.resource, self._walk_size())

    def _walk_size(self) -> int | None:
        """Pages of about a quarter of what is there, so that paging is exercised; larger where there is much."""
        if self.profile.pagination.style == "none":
            return None
        known = self.first.total or len(self.first.records)
        most = self.profile.pagination.max_page_size or LARGE_PAGE
        if known > most * WALK_PAGES and self.profile.pagination.max_page_size is None:
            most = min(known // (WALK_PAGES - 1) + 1, WALK_RECORDS)
        return max(1, min(most, -(-known // 4))) if known else most

    @property
    def made_up_id(self) -> str:
        """An id that can't exist, in the form of those seen: a number where they are numbers, a UUID where they are UUIDs, else a text."""
        name = self.profile.fields.id
        held = [get(record, name) for record in self.first.records] if name and self.first.response.ok else []
        seen = [str(one) for one in held if one is not None]
        if held and all(one.isdigit() for one in seen):
            return NOBODY
        if seen and all(UUID.fullmatch(one) for one in seen):
            return NO_UUID
        return "readiness-no-such-record"

    def stamp(self, record: dict[str, Any]) -> Instant | None:
        """When the record was last changed, by the field that the profile names; None where it isn't told."""
        return read_instant(self.raw_stamp(record), self.system.zone)

    def raw_stamp(self, record: dict[str, Any]) -> Any:
        """The changed time as written; a list where it is split in several fields."""
        return written(record, self.profile.fields.updated)

    def counted(self, probe: str, counted: dict[str, Any]) -> str:
        """Keep a count over the walk's records as evidence; gives its key."""
        at = self.walk.pages[-1].response.received.isoformat(timespec="seconds")
        evidence = CountEvidence(
            system=self.system.name, resource=self.profile.name, records=len(self.walk.records), counted=counted, at=at
        )
        return self.system.ledger.add(f"{self.system.name}|{probe}|{self.subject}|count", evidence)


def walk(resource: Resource, size: int | None, query: Query | None = None, most_pages: int = WALK_PAGES) -> Walk:
    """Walk a list until it ends, goes in circles, or we have seen enough."""
    pages: list[Page] = []
    seen = 0
    for page in resource.pages(query, size=size, most=most_pages, wanted=WALK_RECORDS):
        pages.append(page)
        seen += len(page.records)
        if seen >= WALK_RECORDS:
            break
    return Walk(
        size, tuple(pages), pages[-1].stop, next((page.total for page in pages if page.total is not None), None)
    )


@dataclass
class SystemLook:
    """One system, as live probes see it."""

    name: str
    settings: System
    profile: Profile
    api: Api | None
    whole_client: Client
    recorder: Recorder
    ledger: Ledger
    platform: Platform | None = None
    folder: Path = Path()
    events_secret: str | None = None
    resources: list[ResourceLook] = field(default_factory=list)
    stateless: bool | None = None
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        self.now("start", self.name)

    def now(self, probe: str, subject: str) -> None:
        """From here on exchanges are recorded as those of this probe about this subject."""
        self.scope = self.recorder.scope(self.name, probe, subject)

    @property
    def client(self) -> Client:
        """The client, recording under the probe that runs now."""
        return self.whole_client.recorded(self.scope)

    def door(self, profile: ResourceProfile) -> Resource:
        """A resource of the system; one whose records are subscriptions is asked with the credentials that manage them."""
        resource = Resource(self.name, profile, self.client, zone=self.zone)
        subscribed = profile.name in written_in(self.profile, self.settings.webhooks)
        return resource.asked_with(EVENTS) if subscribed and EVENTS in self.whole_client.credentials else resource

    def redact(self, text: str) -> str:
        """Any text without the secrets of this run."""
        return self.whole_client.redact(text)

    def file(self, name: str | None) -> str | None:
        """A file of the settings, seen from the project's folder."""
        return None if name is None else str(self.folder / name)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which stamps without one are read."""
        return ZoneInfo(self.settings.timezone or "UTC")

    @property
    def listable(self) -> Sequence[ResourceLook]:
        """Resources that can be listed at all."""
        return [one for one in self.resources if one.profile.operations.list or one.profile.operations.search]
