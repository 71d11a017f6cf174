"""`readiness doctor` as a story: the surroundings of an audit, checked one by one. Reads only; nothing is written in any system."""

from __future__ import annotations

import os
import platform
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from checker import __version__
from checker.client.recorder import Recorder
from checker.describe import Described, Say, both_described
from checker.errors import InputError, Problem, ReadinessError
from checker.journal import FILE, Journal
from checker.look import Known, Look
from checker.model.finding import Answer, Finding
from checker.model.permit import Permit
from checker.patience import side_by_side
from checker.permitting import knock, permits
from checker.probes import REACH_PROBES, reach
from checker.probes.base import Ledger
from checker.probes.contexts import SystemLook
from checker.probes.run import ask
from checker.project.check import REFERENCE
from checker.project.load import ANSWERS_NAME, LoadedProject, load_project
from checker.project.secrets import Secrets
from checker.store import FOLDER, Store

OTHERS = stat.S_IRWXG | stat.S_IRWXO
WAY = frozenset({"network.dns", "network.tcp", "network.tls"})
BLOCKING = WAY | {"credentials.accepted"}  # a "no" to one of these, and an audit finds out nothing


class State(StrEnum):
    """How it stands: fine; worth knowing; or in the way of an audit."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked. What is told is a finding, a problem, or a text of the command by `code` with `values`."""

    code: str
    state: State = State.GOOD
    subject: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    finding: Finding | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Examined:
    """Everything that was checked; `wrong`: the project file itself is not valid."""

    checks: tuple[Check, ...]
    wrong: bool = False

    @property
    def exit_code(self) -> int:
        """2 where the project file is wrong, 1 where something blocks an audit, else 0."""
        if self.wrong:
            return 2
        return int(any(one.state is State.BAD for one in self.checks))


def doctor(path: Path | None, shown_as: str | None, environ: Mapping[str, str], say: Say) -> Examined:
    """Check what an audit of the project at `path` needs; without a project, what can be checked without one."""
    versions = Check("versions", values={"readiness": __version__, "python": platform.python_version()})
    if path is None:
        return Examined((versions, Check("no-project", State.NOTE)))
    try:
        loaded = load_project(path, shown_as=shown_as)
    except InputError as error:
        return Examined((versions, *_problems("project", error.problems), *_folder(path.parent)), wrong=True)
    checks = [versions, Check("project", values={"path": shown_as or path}), _answers(loaded)]
    checks += [*_folder(loaded.folder), *_journal(loaded)]
    secrets = Secrets(loaded.folder, environ)
    checks += _secrets(loaded, secrets)
    found, wrong = _systems(loaded, secrets, say)
    return Examined((*checks, *found), wrong)


def _problems(
    code: str, problems: Iterable[Problem], subject: str | None = None, state: State = State.BAD
) -> Iterator[Check]:
    return (Check(code, state, subject, problem=one) for one in problems)


def _answers(loaded: LoadedProject) -> Check:
    """A project may well do without answers: their questions stay open."""
    there = (loaded.folder / ANSWERS_NAME).is_file()
    values = {"path": ANSWERS_NAME, "count": len(loaded.answers.answers)}
    return Check("answers", values=values) if there else Check("no-answers", State.NOTE, values=values)


def _folder(project_folder: Path) -> Iterator[Check]:
    """Can audits be kept, and does nobody else read them?"""
    try:
        folder = Store(project_folder).folder
    except InputError as error:
        yield from _problems("folder", error.problems)
        return
    there, values = folder.exists(), {"path": FOLDER}
    if not os.access(folder if there else project_folder, os.W_OK | os.X_OK):
        yield Check("folder-locked", State.BAD, values=values)
    elif there and os.name == "posix" and folder.stat().st_mode & OTHERS:
        yield Check("folder-open", State.NOTE, values=values)
    else:
        yield Check("folder", values=values)


def _journal(loaded: LoadedProject) -> Iterator[Check]:
    """What earlier runs left in the systems. Without a journal there is nothing."""
    try:
        path = Store(loaded.folder).folder / FILE
        if not path.exists():
            yield Check("journal", values={"count": 0})
            return
        with closing(Journal(path, loaded.project.project)) as journal:
            left = {one.number for one in (*journal.test_records(), *journal.unresolved())}
    except ReadinessError as error:
        yield from _problems("journal", error.problems)
        return
    yield Check("leftovers" if left else "journal", State.NOTE if left else State.GOOD, values={"count": len(left)})


def _secrets(loaded: LoadedProject, secrets: Secrets) -> Iterator[Check]:
    """Every reference by its name, found or not; values are looked up and let go of."""
    for name, settings in loaded.positioned.value["systems"].items():
        wanted = dict.fromkeys(_references(settings.get("auth")), State.BAD)
        for reference in _references(settings):
            state = wanted.get(reference, State.NOTE)  # an audit does without a second user, but not without the first
            try:
                secrets(reference)
            except InputError as error:
                yield from _problems("secret", error.problems, name, state)
            else:
                yield Check("secret", subject=name, values={"reference": reference})


def _references(value: Any) -> list[str]:
    """The references to secrets in a part of the project file, as written, each once."""
    if isinstance(value, str):
        return [one[0] for one in REFERENCE.finditer(value)]
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return list(dict.fromkeys(found for one in inside for found in _references(one)))


def _systems(loaded: LoadedProject, secrets: Secrets, say: Say) -> tuple[list[Check], bool]:
    """Documents, the way to each system, clocks, credentials, and leave to write; whether an address of the project is wrong."""
    described = both_described(loaded, secrets, say)
    checks = [_document(loaded, name, one) for name, one in described.items()]
    known = {name: Known(one.profile, one.document.api if one.document else None) for name, one in described.items()}
    with closing(Look(loaded, known, secrets, Recorder(), Ledger(), say)) as live:
        wrong = {name: [*_opened(live, name)] for name in known}
        checks += [one for several in wrong.values() for one in several]
        checks += [Check("not-asked", State.NOTE, name) for name in known if name not in live.looks and not wrong[name]]
        asked = side_by_side(partial(_asked, say), live.looks.values())
        findings = [one for some in asked for one in some]
        checks += [check for one in findings for check in _of_finding(one)]
        reached = {name: one for name, one in live.looks.items() if _reached(name, findings)}
        checks += _permits(loaded, reached, findings)
    return checks, any(wrong.values())


def _opened(live: Look, name: str) -> Iterator[Check]:
    """Open one system; a wrong address of one is no reason not to look at the other."""
    try:
        live.open_one(name)
    except InputError as error:
        yield from _problems("system", error.problems, name)


def _document(loaded: LoadedProject, name: str, one: Described) -> Check:
    source = loaded.project.systems[name].document
    if source is None:
        return Check("no-document", State.NOTE, name)
    if one.profile is None:
        return Check("document", State.BAD, name, problem=one.problems[0])
    return Check("document", subject=name, values={"path": source, "count": one.profile.operations})


def _asked(say: Say, look: SystemLook) -> list[Finding]:
    """The way to one system; where there is one, its clock and whether it lets us in."""
    found: list[Finding] = []
    for probe in REACH_PROBES:
        say(f"{look.name}: {probe.name}")
        look.now(probe.name, look.name)
        found += ask(probe, look, look.name)
    if _reached(look.name, found):
        look.now(reach.clock.name, look.name)
        found += [*ask(reach.clock, look, look.name), *knock(look)]
    return found


def _reached(name: str, findings: Iterable[Finding]) -> bool:
    return not any(one.subject == name and one.id in WAY and one.answer is Answer.NO for one in findings)


def _of_finding(one: Finding) -> Iterator[Check]:
    """A finding as a check. Without a proxy there is nothing to say of it; our own address is told whatever it proves."""
    if one.id == "network.from-platform":
        ours, listed = one.values.get("ours"), one.values.get("platform")
        fine = one.answer is Answer.YES or not listed
        code = "own-address" if ours else "no-own-address"
        yield Check(code, State.GOOD if fine else State.NOTE, one.subject, {"ours": ours, "platform": listed})
    elif one.id == "network.proxy" and one.answer is Answer.UNKNOWN and one.values.get("reason") == "no-proxy":
        yield Check("no-proxy", subject=one.subject)
    elif not (one.id in WAY and one.answer is Answer.UNKNOWN):  # the step before it says what is wrong
        worse = State.BAD if one.id in BLOCKING and one.answer is Answer.NO else State.NOTE
        yield Check("found", State.GOOD if one.answer is Answer.YES else worse, one.subject, finding=one)


def _permits(loaded: LoadedProject, looks: Mapping[str, SystemLook], findings: Iterable[Finding]) -> Iterator[Check]:
    """Would test records be written in the systems that answer, and if not, why not? That is no hindrance to looking."""
    for name, one in permits(loaded, looks, findings).items():
        if name not in looks:
            continue
        if isinstance(one, Permit):
            yield Check("permit", subject=name, values={"base_url": one.base_url})
        else:
            yield from _problems("permit", one, name, State.NOTE)
