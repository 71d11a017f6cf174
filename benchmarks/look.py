"""The look at the embedded pair (goal: at most 10 s), and `readiness demo` as a process (goal: at most 60 s)."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rounds import python, run
from checker.audit import Options, audit
from checker.project.load import load_project
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import running_pair


def main() -> None:
    """Time both and print seconds and requests."""
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        with running_pair(now) as pair:
            loaded = load_project(write_demo(Path(folder), pair, now))
            began = time.perf_counter()
            made = audit(loaded, Options(environ=demo_environment()), lambda _text: None)
            took = time.perf_counter() - began
        requests = sum(one.requests for one in made.audit.systems.values())
        print(f"look at the embedded pair: {took:.2f} s, {requests} requests, {len(made.audit.findings)} findings")
        print(f"readiness demo, whole process: {run(python('-m', 'checker', 'demo'), Path(folder)).wall:.2f} s")


if __name__ == "__main__":
    main()
