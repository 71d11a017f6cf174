"""`readiness demo`, as one story: the embedded pair audited in a folder; after one with faults a healthy pair, and what turned."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from checker.audit import Audited, Options, audit
from checker.checklist.load import items, load_packs
from checker.checklist.turned import Turned, turned
from checker.model.audit import Audit
from checker.project.load import load_project
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.faulty import Listed
from checker.sandbox.pair import running_pair
from checker.store import Store
from checker.trial import Wish

CORE, ALL = ("core",), ("core", "extended")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """How the pair is set up: the faults that are switched on, the language of project file and notes, and the instant at which it begins (aware)."""

    faults: tuple[Listed, ...] = ()
    language: str = "en"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def checklists(self) -> tuple[str, ...]:
        """The checklists that the audit goes by: the core, and the extended one where something that must notice stands there alone."""
        return ALL if extended(self.faults) else CORE


def extended(faults: Sequence[Listed]) -> tuple[str, ...]:
    """The items that must notice these faults and stand in the extended checklist alone."""
    core = items(load_packs(CORE, relative_to=Path()))
    return tuple(dict.fromkeys(name for one in faults for name in one.must if name not in core))


def demonstrate(folder: Path, stage: Stage, say: Say, checklists: Sequence[str] | None = None) -> Audited:
    """Audit the pair in `folder`, which is made where it isn't there, by the stage's checklists or by others.

    Both systems are ours and end with the demonstration, so nobody has to agree to what is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    say("starting the CRM and the ERP")
    with running_pair(stage.now, switched_on=[one.id for one in stage.faults]) as pair:
        path = write_demo(folder, pair, stage.now, stage.language, checklists or stage.checklists)
        loaded = load_project(path)
        Store(folder).forget_requests()
        wish = Wish(touch=True, agree=lambda _planned, _addresses: None)
        return audit(loaded, Options(gate=loaded.project.gate, wish=wish, environ=demo_environment()), say)


def compared(made: Audit, stage: Stage, say: Say) -> Mapping[str, Turned] | None:
    """What the stage's faults turned in the audit of them, beside a healthy pair, which is audited for it; None where Ctrl-C came meanwhile."""
    with tempfile.TemporaryDirectory(prefix="readiness-demo-") as folder:
        healthy = demonstrate(Path(folder), replace(stage, faults=()), say, stage.checklists)
    packs = load_packs(stage.checklists, relative_to=Path())
    return None if healthy.interrupted else turned(healthy.audit, made, packs)
