"""The audit, as one story: look, judge, tell (design.md, The way the data goes). It composes and holds no logic."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial

from checker import __version__
from checker.account import Facts, account
from checker.checklist.load import load_packs
from checker.client.recorder import Recorder
from checker.describe import Described, both_described, made_from
from checker.errors import Problem
from checker.look import Known, Look, Seen, resource_names
from checker.model.audit import Audit
from checker.model.figures import RecordFigures
from checker.model.finding import Finding
from checker.model.profile import Profile
from checker.model.selection import Selection
from checker.patience import felt, undisturbed
from checker.probes.base import Ledger
from checker.probes.configured import findings_of_project
from checker.probes.declared import findings_of_document, findings_without_document
from checker.probes.round import Round
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.records import weighed
from checker.resources.cleaning import Leftover
from checker.resuming import Earlier, earlier
from checker.store import Store
from checker.trial import Tried, Wish, touch
from checker.verdicts import Verdicts

Say = Callable[[str], None]
LONGEST_JUDGING_S = 30.0  # how long a Ctrl-C waits for the verdicts, a tenth of a second's work on an idle machine: what was found is lost without


@dataclass(frozen=True)
class Options:
    """How an audit is asked for. `environ` is where `${env:…}` references are looked up; `now` dates the audit, and dates are computed from it.

    `wish` says how far it shall go; without one it ends after the look. `selection`: which questions are asked. `resume`: an interrupted audit
    whose settled look is taken over.
    """

    gate: str = "go-live"
    fail_on: str | None = None
    offline: bool = False
    wish: Wish = field(default_factory=Wish)
    selection: Selection = field(default_factory=Selection)
    resume: Audit | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))


@dataclass(frozen=True)
class Audited:
    """A finished audit, the exit code of its verdict, and whether Ctrl-C came while it was made.

    `refused`: what spoke against writing; `left`: test records that could not be removed.
    """

    audit: Audit
    exit_code: int
    interrupted: bool = False
    refused: tuple[Problem, ...] = ()
    left: tuple[Leftover, ...] = ()


@dataclass(frozen=True)
class Looked:
    """Everything that the look found out; the systems in `live` are still open."""

    described: Mapping[str, Described]
    made_from: Mapping[str, str]
    earlier: Earlier
    live: Look
    seen: Mapping[str, Seen]
    findings: tuple[Finding, ...]
    stopped: bool
    records: RecordFigures | None = None

    @property
    def profiles(self) -> dict[str, Profile]:
        """The profiles of the documents that could be read."""
        return {name: one.profile for name, one in self.described.items() if one.profile is not None}


def audit(loaded: LoadedProject, options: Options, say: Say) -> Audited:
    """Look at both systems, touch them where that is permitted and agreed to, judge what was found, recommend a sync mode.

    Raises InputError for what is wrong with the project's own files, and where the audit that it shall resume can't be.
    """
    packs = load_packs(loaded.project.checklists, relative_to=loaded.folder)
    started = options.now()
    recorder, ledger = Recorder(), Ledger()
    looked = look(loaded, options, recorder, ledger, say)
    with closing(looked.live):
        going_on = options.wish.touch and not (options.offline or looked.stopped)
        tried = tried_out(looked, options, started.date()) if going_on else Tried()
    say("judging")
    facts = Facts(
        loaded=loaded,
        packs=packs,
        findings=(*looked.findings, *tried.findings),
        evidence={**looked.earlier.evidence, **ledger.evidence, **recorder.evidence()},
        profiles={name: one.profile for name, one in looked.described.items()},
        seen={name: replace(one, requests=tried.requests.get(name, one.requests)) for name, one in looked.seen.items()},
        stopped=looked.stopped or tried.stopped,
        live=not options.offline,
        gate=options.gate,
        fail_on=options.fail_on,
        today=started.date(),
        started=stamp(started),
        finished=stamp(options.now()),
        version=__version__,
        phases=("look", *tried.phases),
        rehearsal=tried.rehearsal,
        made_from=looked.made_from,
        records=looked.records,
    )
    (made, exit_code), late = undisturbed(partial(account, facts), LONGEST_JUDGING_S)
    return Audited(made, exit_code, facts.stopped or late, tried.refused, tried.left)


def tried_out(looked: Looked, options: Options, today: date) -> Tried:
    """The touch; where Ctrl-C ends it at a moment that it doesn't keep itself, what the look found is kept."""
    try:
        return touch(looked.live, looked.profiles, looked.findings, options.wish, today)
    except KeyboardInterrupt:
        return Tried(stopped=True)


def stamp(instant: datetime) -> str:
    """An instant as the audit writes it: UTC, whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def look(loaded: LoadedProject, options: Options, recorder: Recorder, ledger: Ledger, say: Say) -> Looked:
    """Documents, project file and, unless offline, read probes of both systems."""
    secrets = Secrets(loaded.folder, options.environ)
    found = both_described(loaded, secrets, say)
    ground = made_from(loaded, found)
    before = Earlier() if options.resume is None else earlier(options.resume, ground)
    verdicts = Verdicts(Store(loaded.folder), found)
    profiles = {name: one.profile for name, one in found.items() if one.profile is not None}
    findings = [*findings_of_project(loaded, profiles, secrets.missing, ledger)]
    known = {name: Known(one.profile, one.document.api if one.document else None) for name, one in found.items()}
    live = Look(loaded, known, secrets, recorder, ledger, say, Round(options.selection, before.findings))
    seen, stopped = ({name: live.unasked(name) for name in known}, False) if options.offline else live.run()
    try:
        found = verdicts.settled(found, wait=not stopped)
    except KeyboardInterrupt:
        found, stopped = verdicts.settled(found, wait=False), True
    findings += [told for name, one in found.items() for told in document_findings(loaded, name, one, ledger)]
    findings += [finding for one in seen.values() for finding in one.findings]
    records = None
    if live.looks and not stopped:
        try:
            with felt():
                said, records = weighed(live, profiles, findings)
            findings += said
        except KeyboardInterrupt:  # what was found so far is kept
            stopped = True
    return Looked(found, ground, before, live, seen, tuple(findings), stopped, records)


def document_findings(loaded: LoadedProject, name: str, one: Described, ledger: Ledger) -> list[Finding]:
    """What is to be said of a system's document, be there one or not."""
    if one.profile is not None:
        return list(findings_of_document(name, one.profile, resource_names(loaded, name), ledger))
    problem = next(iter(one.problems), None)
    return list(findings_without_document(name, problem, loaded.project.systems[name].document))
