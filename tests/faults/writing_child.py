"""`python -m tests.faults.writing_child ORDERS` writes test records in both systems until it is killed; what it shares with the test."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from checker.client.build import client_for
from checker.client.clock import Clock
from checker.client.recorder import Recorder
from checker.journal import Intent, Journal
from checker.model.permit import Permit
from checker.model.profile import ResourceProfile
from checker.project.types import ApiKeyHeaderAuth, BearerAuth, Fixed, Limits, System
from checker.resources.resource import Resource
from checker.resources.writing import Writer

REFERENCE = "${env:TOKEN}"
AUTHS = {"crm": BearerAuth(token=REFERENCE), "erp": ApiKeyHeaderAuth(name="X-Api-Key", value=REFERENCE)}
HURRIED = Limits(requests_per_second=100_000, max_requests=1_000_000)


class LateJournal(Journal):
    """The mutant: an intent is written down when the answer is there, and not before the send."""

    def __init__(self, path: Path, project: str) -> None:
        super().__init__(path, project)
        self._held: dict[int, Intent] = {}

    def intend(self, intent: Intent) -> int:
        number = len(self._held) + 1
        self._held[number] = intent
        return number

    def settle(self, number: int, outcome: str, record: str | None = None, note: str | None = None) -> None:
        super().settle(super().intend(self._held[number]), outcome, record, note)


def opened(orders: dict[str, Any]) -> dict[str, Resource]:
    """The resource of each system that is written to."""
    found = {}
    for name, one in orders["systems"].items():
        settings = System(base_url=one["base_url"], auth=AUTHS[name], fixed=Fixed(**one["fixed"]), limits=HURRIED)
        client = client_for(name, settings, lambda _, token=one["token"]: token, Recorder())
        found[name] = Resource(name, msgspec.convert(one["profile"], ResourceProfile), client)
    return found


def writers(orders: dict[str, Any], journal: Journal) -> dict[str, Writer]:
    """A writer for each system; it waits for nobody, since these servers store before they answer."""
    clock = Clock(sleep=lambda _: None)
    return {
        name: Writer(Permit(name, one["base_url"]), journal, orders["mark"], clock=clock)
        for name, one in orders["systems"].items()
    }


def main(orders: dict[str, Any]) -> None:
    """Create, change and now and then delete a record in each system, for ever."""
    journal = (LateJournal if orders["late"] else Journal)(Path(orders["folder"]) / "journal.sqlite", "test")
    resources, them = opened(orders), writers(orders, journal)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for number in itertools.count():
        for name, one in orders["systems"].items():
            body = {key: value.replace("#", str(number)) for key, value in one["body"].items()}
            written = them[name].create(resources[name], body)
            if written.record_id is not None and number % 2:
                them[name].update(resources[name], written.record_id, {key: f"{body[key]}x" for key in list(body)[:1]})
            if written.record_id is not None and number % 3 == 0 and not orders["late"]:
                them[name].delete(resources[name], written.record_id)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
