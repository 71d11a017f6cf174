"""The clean results of the embedded pair as lines of text; `python -m tests.story.baseline` writes them anew after a change that is meant."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from checker.audit import Options, audit
from checker.model.audit import Audit
from checker.project.load import load_project
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import running_pair
from checker.trial import Wish

FILE = Path(__file__).with_name("pair.baseline.txt")


def lines(made: Audit) -> Iterator[str]:
    """One line a finding, a result, a gate and a sync mode; nothing that changes from run to run."""
    for finding in made.findings:
        yield f"finding {finding.subject} {finding.id} {finding.answer} {finding.grade} {finding.values.get('reason') or ''}".rstrip()
    for result in sorted(made.results, key=lambda one: (one.item, one.subject, one.gate)):
        yield f"result  {result.item} {result.subject} {result.gate} {result.state} {result.grade or ''}".rstrip()
    for flow, gates in sorted(made.verdict.flows.items()):
        yield f"gates   {flow} " + " ".join(f"{gate}={gates[gate]}" for gate in ("start", "build", "go-live"))
    for step in made.rehearsal.steps:
        yield f"step    {step.flow or 'all'} {step.name} {step.outcome}"
    for mode in made.sync_mode.flows:
        yield f"mode    {mode.flow} {mode.from_}->{mode.to} {mode.mode} {mode.interval_minutes} {mode.rule} {' '.join(mode.riders)}".rstrip()


def text(made: Audit) -> str:
    """The lines of an audit."""
    return "\n".join(lines(made)) + "\n"


def run() -> str:
    """The pair audited once, as lines."""
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        with running_pair(now) as pair:
            loaded = load_project(write_demo(Path(folder), pair, now))
            wish = Wish(touch=True, agree=lambda _planned, _addresses: None)
            made = audit(loaded, Options(environ=demo_environment(), wish=wish), lambda _text: None)
    return text(made.audit)


if __name__ == "__main__":
    FILE.write_text(run(), "utf-8")
