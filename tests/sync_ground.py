"""The demonstration's flows between the running pair, ready to be planned and applied."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from werkzeug.wrappers import Request, Response

from checker.client.clock import Clock
from checker.journal import Journal
from checker.model.permit import Permit
from checker.model.sync import Plan
from checker.project.load import load_project
from checker.resources.marks import new_mark
from checker.resources.writing import Writer
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, Running, running_pair
from checker.sync.applied import Applied
from checker.sync.apply import Options, apply
from checker.sync.files import sealed
from checker.sync.planning import Planned, plan_flows, record_digests
from checker.syncing import Opened, Surroundings, opened

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ALL = Options(allow=10_000)


@dataclass
class Both:
    """The pair, the project's folder, and the sync between them. `writes` are the writing requests that reached a server, `METHOD /path`."""

    pair: Pair
    folder: Path
    opened: Opened
    writers: Mapping[str, Writer]
    writes: list[str]
    slept: list[float] = field(default_factory=list)

    def new_run(self) -> None:
        """As when the program is started again: writers that know nothing of the last run."""
        self.writers = {name: Writer(one.permit, one.journal, new_mark()) for name, one in self.writers.items()}

    def plan(self, *flows: str) -> Planned:
        """Plan these flows, all where none is named."""
        return plan_flows(self.opened.ground, self.opened.state, flows or None)

    def apply(self, plan: Plan, options: Options = ALL) -> Applied:
        """Apply a plan."""
        return apply(plan, self.opened.ground, self.opened.state, self.writers, options)

    def plan_only(self, *actions: str) -> Plan:
        """The plan of these actions' flows, as if they alone were to be done."""
        made = self.plan(*dict.fromkeys(one.partition(":")[0] for one in actions))
        pairings = {one.flow: one for one in self.opened.ground.pairings}
        made_from = dict(self.opened.ground.made_from)
        flows = []
        for flow in made.plan.flows:
            kept = tuple(one for one in flow.actions if one.id in actions)
            made_from |= record_digests(pairings[flow.flow], kept, made.rows[flow.flow])
            flows.append(replace(flow, actions=kept))
        return sealed(replace(made.plan, flows=tuple(flows), made_from=made_from))

    def sync(self, *flows: str) -> Applied:
        """Plan and apply."""
        return self.apply(self.plan(*flows).plan)


def watch(running: Running, writes: list[str]) -> None:
    """Note every write that reaches a server, before it decides anything."""
    for key in WRITES[running.document]:

        def note(request: Request, key: str = key) -> Response | None:
            del request
            writes.append(key)
            return None

        running.faults[key] = note


WRITES = {
    "crm.openapi.yaml": [f"{method} /{name}{tail}" for name in ("companies", "contacts", "products", "invoices") for method, tail in (("POST", ""), ("PATCH", "/{id}"))],
    "erp.openapi.json": [f"{method} /mandanten/{{mandant}}/{name}{tail}" for name in ("geschaeftspartner", "artikel", "rechnungen") for method, tail in (("POST", ""), ("PUT", "/{id}"))],
}  # fmt: skip


@contextmanager
def both(
    folder: Path, pair: Pair | None = None, *, change: Callable[[str], str] = lambda text: text, hurry: bool = True
) -> Iterator[Both]:
    """The pair with its demonstration project in `folder`; `change` edits the project file's text."""
    with running_pair(NOW) if pair is None else nullcontext(pair) as running:
        path = write_demo(folder, running, NOW)
        text = path.read_text("utf-8").replace("requests_per_second: 100", "requests_per_second: 5000") if hurry else ""
        path.write_text(change(text or path.read_text("utf-8")), "utf-8")
        writes: list[str] = []
        for one in (running.crm, running.erp):
            watch(one, writes)
        began, slept = time.monotonic(), [0.0]

        def sleep(seconds: float) -> None:
            slept.append(seconds)

        def now() -> datetime:
            return NOW + timedelta(seconds=time.monotonic() - began + sum(slept))

        around = Surroundings(demo_environment(), now, sleep)
        with opened(load_project(path), lambda _: None, around) as made, writers(made) as given:
            yield Both(running, folder, made, given, writes, slept)


@contextmanager
def writers(made: Opened) -> Iterator[dict[str, Writer]]:
    """A writer for each system."""
    journal = Journal(made.loaded.folder / ".readiness" / "journal.sqlite", made.loaded.project.project)
    try:
        clock = Clock(sleep=lambda _: None)
        yield {
            name: Writer(Permit(name, one.base_url), journal, new_mark(), clock=clock)
            for name, one in made.clients.items()
        }
    finally:
        journal.close()


def named(records: Any, **values: Any) -> Any:
    """The one record with these values."""
    (found,) = [one for one in records if all(one.data.get(name) == value for name, value in values.items())]
    return found
