"""Clients for tests: no pauses, time that only moves when somebody sleeps or works, and a recorder to look into."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from checker.client.build import client_for
from checker.client.client import Client
from checker.client.clock import Clock
from checker.client.recorder import Recorder
from checker.model.profile import FieldRoles, Operations, Pagination, Param, ResourceProfile
from checker.project.types import Auth, Limits, System

FAST = Limits(requests_per_second=100_000, concurrent=8, max_requests=10_000)


@dataclass
class Time:
    """A clock that runs, and jumps ahead instead of sleeping; `slept` are the pauses that were asked for."""

    ahead: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Jump ahead."""
        self.slept.append(seconds)
        self.ahead += seconds

    def monotonic(self) -> float:
        """Seconds, jumps included."""
        return time.monotonic() + self.ahead

    def now(self) -> datetime:
        """The wall clock, jumps included."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    @property
    def clock(self) -> Clock:
        """This time as the client takes it."""
        return Clock(self.now, self.monotonic, self.sleep)


class Unhurried(Time):
    """A clock that moves on at every glance, so that each answer took its time."""

    def monotonic(self) -> float:
        """Ten milliseconds after the last glance at least."""
        self.ahead += 0.01
        return super().monotonic()


def client(
    url: str,
    auth: Auth | None = None,
    *,
    recorder: Recorder | None = None,
    at: Time | None = None,
    secrets: dict[str, str] | None = None,
    build: dict[str, Any] | None = None,
    **system: Any,
) -> Client:
    """A client for a system called crm; `${env:NAME}` references are looked up in `secrets`."""
    known = {f"${{env:{name}}}": value for name, value in (secrets or {}).items()}
    settings = System(base_url=url, auth=auth, **{"limits": FAST, **system})
    recorder = recorder or Recorder()
    options = {"clock": (at or Time()).clock, "draw": lambda: 0.5, "environment": {}, **(build or {})}
    made = client_for("crm", settings, known.__getitem__, recorder, **options)
    return made.recorded(recorder.scope("crm", "test"))


def paging(
    style: str, size: str | None = "limit", place: str | None = None, where: str = "query", **more: Any
) -> Pagination:
    """A pagination of that style."""
    params = [Param(name=size, in_=where, means="size")] if size else []
    params += [Param(name=place, in_=where, means="position")] if place else []
    return Pagination(style=style, params=tuple(params), **more)


def contacts(**changes: Any) -> ResourceProfile:
    """A profile of contacts: a list under `data`, ids under `id`."""
    usual = {
        "name": "contacts",
        "operations": Operations(list="GET /contacts", read="GET /contacts/{id}"),
        "items_path": "data",
        "fields": FieldRoles(id="id"),
    }
    return ResourceProfile(**{**usual, **changes})
