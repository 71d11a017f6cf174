"""The look at the embedded pair (goal: at most 10 s; where every answer takes 50 ms: 30 s), and `readiness demo` as a process (60 s)."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rounds import python, run
from checker.audit import Options, audit
from checker.project.load import load_project
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.document import load_document
from checker.sandbox.engine import Fault
from checker.sandbox.pair import CRM_DOCUMENT, ERP_DOCUMENT, running_pair

LATENCIES = (0.0, 0.05)  # seconds


def delayed(document: str, seconds: float) -> dict[str, Fault]:
    """Every operation of the document, made to wait before it answers."""
    return {one.key: lambda _request: time.sleep(seconds) for one in load_document(document).operations.values()}


def look(seconds: float) -> None:
    """Time a look at a pair whose answers take that long."""
    now = datetime.now(UTC)
    faults = {"crm": delayed(CRM_DOCUMENT, seconds), "erp": delayed(ERP_DOCUMENT, seconds)}
    with tempfile.TemporaryDirectory() as folder, running_pair(now, faults=faults) as pair:
        loaded = load_project(write_demo(Path(folder), pair, now))
        began = time.perf_counter()
        made = audit(loaded, Options(environ=demo_environment()), lambda _text: None).audit
        took = time.perf_counter() - began
    requests = {name: one.requests for name, one in made.systems.items()}
    print(f"look, {seconds * 1000:.0f} ms latency: {took:.2f} s, requests {requests}, {len(made.findings)} findings")


def main() -> None:
    """Time all and print seconds and requests."""
    for seconds in LATENCIES:
        look(seconds)
    with tempfile.TemporaryDirectory() as folder:
        print(f"readiness demo, whole process: {run(python('-m', 'checker', 'demo'), Path(folder)).wall:.2f} s")


if __name__ == "__main__":
    main()
