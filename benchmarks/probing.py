"""A service of ten operations asked by schemathesis with its default settings, and by the look of `readiness audit`, which writes nothing.

Goal: at most a fifth of its requests and of its time, whole processes, the service fresh for each. The two ask for different things: the
one whether the service keeps to its description, the other whether it can be synchronised; what is compared is the cost of looking.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import yaml

from benchmarks.peers import peer
from benchmarks.rounds import Run, least, python, run
from checker.sandbox import crm, erp
from checker.sandbox.document import document_text
from checker.sandbox.engine import Sandbox
from checker.sandbox.pair import CRM_DOCUMENT
from checker.sandbox.seed import seed
from checker.sandbox.server import Server
from checker.sandbox.store import Store
from checker.sandbox.webhooks import subscriptions

PEER, LOOK, OFFLINE = "schemathesis run", "readiness audit --look", "the same --offline"
RESOURCES = ("companies", "contacts")  # five operations each
ROUNDS = 2
SHARE = 5
ENDINGS = (0, 1, 3)  # findings and failures are no failure of the benchmark
PROJECT = """project: the cost of looking
systems:
  crm:
    document: ten.json
    base_url: {base}
    auth: {{kind: bearer, token: "${{env:DEMO_CRM_TOKEN}}"}}
    limits: {{requests_per_second: 10000, concurrent: 4, max_requests: 100000}}
  other: {{document: ten.json}}
flows:
  - {{name: companies, left: crm/companies, right: other/companies, match: [vat_id], fields: [{{left: name, right: name}}]}}
  - {{name: contacts, left: crm/contacts, right: other/contacts, match: [email], fields: [{{left: email, right: email}}]}}
"""


class Asked(NamedTuple):
    """One run against a fresh service."""

    took: Run
    requests: int


@dataclass
class Counting:
    """An application that counts what it is asked, whatever it answers."""

    inner: WSGIApplication
    requests: int = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Count and hand on."""
        self.requests += 1
        return self.inner(environ, start_response)


def ten_operations() -> dict[str, Any]:
    """The embedded CRM's document, narrowed to two resources: list, create, read, update and delete."""
    document: dict[str, Any] = yaml.safe_load(document_text(CRM_DOCUMENT))
    paths = (f"/{name}{below}" for name in RESOURCES for below in ("", "/{id}"))
    return {**document, "paths": {path: document["paths"][path] for path in paths}}


@contextmanager
def service() -> Iterator[tuple[str, Counting]]:
    """The embedded CRM, freshly seeded, its limit out of the way; its base URL and the counter in front of it."""
    now = datetime.now(UTC)
    stores = [Store(one.KINDS, lambda: now, one.PRECISION) for one in (crm, erp)]
    seed(*stores, now)
    spoken = crm.Crm(stores[0], subscriptions(stores[0]), rate_limit=10**9, monotonic=time.monotonic)
    counting = Counting(Sandbox(CRM_DOCUMENT, spoken, stores[0], crm.BASE_PATH))
    server = Server(counting)
    try:
        yield server.origin + crm.BASE_PATH, counting
    finally:
        server.stop()


def ways(base: str) -> dict[str, list[str]]:
    """The commands, to be run beside `ten.json` and `readiness.yaml`."""
    audit = python("-m", "checker", "audit", "--format", "json")
    found = {LOOK: [*audit, "--look"], OFFLINE: [*audit, "--offline"]}
    schemathesis = peer("schemathesis")
    if schemathesis is not None:
        bearer = f"Authorization: Bearer {crm.TOKEN}"
        script = str(Path(schemathesis).with_name("schemathesis"))
        found[PEER] = [script, "run", "ten.json", "--url", base, "--header", bearer]
    return found


def ask(name: str) -> Asked | None:
    """Run one of them against a fresh service; None where it isn't to be had."""
    with tempfile.TemporaryDirectory() as folder, service() as (base, counting):
        command = ways(base).get(name)
        if command is None:
            return None
        (Path(folder) / "ten.json").write_text(json.dumps(ten_operations()), "utf-8")
        (Path(folder) / "readiness.yaml").write_text(PROJECT.format(base=base), "utf-8")
        return Asked(run(command, Path(folder), ENDINGS), counting.requests)


def main() -> None:
    """Run both in turns and print requests, seconds and memory, and whether the goal is met."""
    os.environ["DEMO_CRM_TOKEN"] = crm.TOKEN
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the peer's was written when it was installed
    ask(OFFLINE)
    runs: dict[str, list[Asked]] = {}
    for _ in range(ROUNDS):
        for name in (PEER, LOOK, OFFLINE):
            asked = ask(name)
            if asked is not None:
                runs.setdefault(name, []).append(asked)
    for name, several in runs.items():
        took = [one.took for one in several]
        cpu, peak = least(took, lambda one: one.cpu), max(one.peak for one in took)
        requests = ", ".join(str(one.requests) for one in several)
        print(f"{name:24} requests {requests:12}   min {least(took):6.2f} s (CPU {cpu:6.2f} s)   peak {peak:4.0f} MB")
    if PEER in runs:
        share = max(one.requests for one in runs[LOOK]) / min(one.requests for one in runs[PEER])
        wall = least([one.took for one in runs[LOOK]]) / least([one.took for one in runs[PEER]])
        word = "met" if max(share, wall) <= 1 / SHARE else "missed"
        print(f"ours / theirs: requests {share:.3f}, time {wall:.3f} (goal: {1 / SHARE}): {word}")


if __name__ == "__main__":
    main()
