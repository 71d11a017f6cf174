"""The audit, as one story: look, judge, tell (design.md, The way the data goes). It composes and holds no logic."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from checker import __version__
from checker.account import Facts, account
from checker.checklist.load import load_packs
from checker.client.recorder import Recorder
from checker.describe import Described, both_described
from checker.look import Known, Look, Seen, resource_names
from checker.model.audit import Audit
from checker.model.finding import Finding
from checker.patience import undisturbed
from checker.probes.base import Ledger
from checker.probes.configured import findings_of_project
from checker.probes.declared import findings_of_document, findings_without_document
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How an audit is asked for. `environ` is where `${env:…}` references are looked up; `now` dates the audit, and dates are computed from it."""

    gate: str = "go-live"
    fail_on: str | None = None
    offline: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))


@dataclass(frozen=True)
class Audited:
    """A finished audit, the exit code of its verdict, and whether Ctrl-C came while it was made."""

    audit: Audit
    exit_code: int
    interrupted: bool = False


@dataclass(frozen=True)
class Looked:
    """Everything that the look found out."""

    described: Mapping[str, Described]
    seen: Mapping[str, Seen]
    findings: tuple[Finding, ...]
    stopped: bool


def audit(loaded: LoadedProject, options: Options, say: Say) -> Audited:
    """Look at both systems, judge what was found, recommend a sync mode. Raises InputError for what is wrong with the project's own files."""
    packs = load_packs(loaded.project.checklists, relative_to=loaded.folder)
    started = options.now()
    recorder, ledger = Recorder(), Ledger()
    looked = look(loaded, options, recorder, ledger, say)
    say("judging")
    facts = Facts(
        loaded=loaded,
        packs=packs,
        findings=looked.findings,
        evidence={**ledger.evidence, **recorder.evidence()},
        profiles={name: one.profile for name, one in looked.described.items()},
        seen=looked.seen,
        stopped=looked.stopped,
        live=not options.offline,
        gate=options.gate,
        fail_on=options.fail_on,
        today=started.date(),
        started=stamp(started),
        finished=stamp(options.now()),
        version=__version__,
    )
    (made, exit_code), late = undisturbed(partial(account, facts))
    return Audited(made, exit_code, looked.stopped or late)


def stamp(instant: datetime) -> str:
    """An instant as the audit writes it: UTC, whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def look(loaded: LoadedProject, options: Options, recorder: Recorder, ledger: Ledger, say: Say) -> Looked:
    """Documents, project file and, unless offline, read probes of both systems."""
    secrets = Secrets(loaded.folder, options.environ)
    found = both_described(loaded, secrets, say)
    profiles = {name: one.profile for name, one in found.items() if one.profile is not None}
    findings = [*findings_of_project(loaded, profiles, secrets.missing, ledger)]
    for name, one in found.items():
        findings += document_findings(loaded, name, one, ledger)
    known = {name: Known(one.profile, one.document.api if one.document else None) for name, one in found.items()}
    live = Look(loaded, known, secrets, recorder, ledger, say)
    try:
        seen, stopped = ({name: live.unasked(name) for name in known}, False) if options.offline else live.run()
    finally:
        live.close()
    findings += [finding for one in seen.values() for finding in one.findings]
    return Looked(found, seen, tuple(findings), stopped)


def document_findings(loaded: LoadedProject, name: str, one: Described, ledger: Ledger) -> list[Finding]:
    """What is to be said of a system's document, be there one or not."""
    if one.profile is not None:
        return list(findings_of_document(name, one.profile, resource_names(loaded, name), ledger))
    problem = next(iter(one.problems), None)
    return list(findings_without_document(name, problem, loaded.project.systems[name].document))
