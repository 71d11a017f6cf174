"""Before the first write: who has leave to write where. The look's findings, or a knock on the door where there was no look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from checker.catalogue import finding
from checker.client.clock import Clock
from checker.client.recorder import Recorder
from checker.describe import Say, both_described
from checker.errors import Problem
from checker.journal import FILE, Journal
from checker.look import Known as Seen
from checker.look import Look
from checker.model.finding import Answer, Finding, Grade
from checker.model.permit import Permit
from checker.permit import Known, permit
from checker.probes import access, statefulness
from checker.probes.base import Ledger
from checker.probes.contexts import SystemLook
from checker.probes.identity import identity
from checker.probes.needs import key_places
from checker.probes.run import ask
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.resources.marks import new_mark
from checker.resources.writing import Writer
from checker.store import Store

Permits = Mapping[str, Permit | tuple[Problem, ...]]
UNSETTLED = {"permit.credentials-not-accepted", "permit.no-address", "permit.stateless"}


@contextmanager
def opened(loaded: LoadedProject, environ: Mapping[str, str], say: Say) -> Iterator[dict[str, SystemLook]]:
    """The systems of a project that can be asked, without a look: documents read, clients open, nothing sent yet. Closed at the end.

    Raises InputError where an address or a file of the project is bad.
    """
    secrets = Secrets(loaded.folder, environ)
    described = both_described(loaded, secrets, say)
    known = {name: Seen(one.profile, one.document.api if one.document else None) for name, one in described.items()}
    live = Look(loaded, known, secrets, Recorder(), Ledger(), say)
    try:
        live.open()
        yield live.looks
    finally:
        live.close()


@contextmanager
def writers(
    loaded: LoadedProject, looks: Mapping[str, SystemLook], found: Permits, command: str, clock: Clock | None = None
) -> Iterator[dict[str, Writer]]:
    """Be the only run that writes for this project: a writer for each system that has a permit, all with one mark.

    Raises RefusedError where another run is at it, and where the journal is not ours or damaged.
    """
    store = Store(loaded.folder)
    with store.locked(command):
        journal, mark = Journal(store.folder / FILE, loaded.project.project), new_mark()
        try:
            yield {
                name: Writer(one, journal, mark, idempotency=key_places(looks[name]), clock=clock)
                for name, one in found.items()
                if isinstance(one, Permit)
            }
        finally:
            journal.close()


def knock(look: SystemLook) -> tuple[Finding, ...]:
    """The least that the permit wants to know of a system: are the credentials accepted, does it keep what it is given?"""
    found: list[Finding] = []
    for probe in (access.accepted, statefulness.statefulness):
        look.now(probe.name, look.name)
        found += ask(probe, look, look.name)
    return tuple(found)


def permits(loaded: LoadedProject, looks: Mapping[str, SystemLook], findings: Iterable[Finding]) -> Permits:
    """The permit of each system of the project, or what speaks against it. Asks what the systems say of themselves; writes nothing."""
    accepted = {one.subject: one.answer for one in findings if one.id == "credentials.accepted"}
    found: dict[str, Permit | tuple[Problem, ...]] = {}
    for name, settings in loaded.project.systems.items():
        look = looks.get(name)
        if look is not None:
            look.now("identity", name)
        known = Known(
            settings=settings,
            base_url=look.whole_client.base_url if look is not None else None,
            accepted=accepted.get(name, Answer.UNKNOWN),
            stateless=look.stateless if look is not None else None,
            server_names=look.api.server_names if look is not None and look.api is not None else {},
            says=identity(look) if look is not None and settings.sandbox else {},
        )
        found[name] = permit(name, known, loaded.answers)
    return found


def permitted_findings(permits: Permits) -> tuple[Finding, ...]:
    """`write.permitted` of each system: yes, no with the reasons, or open where only something else has to be settled first."""
    return tuple(_told(name, one) for name, one in permits.items())


def _told(name: str, one: Permit | tuple[Problem, ...]) -> Finding:
    if isinstance(one, Permit):
        return finding("write.permitted", name, Answer.YES, Grade.PROBED, {"base_url": one.base_url})
    codes = [problem.code for problem in one]
    if set(codes) <= UNSETTLED:
        return finding("write.permitted", name, Answer.UNKNOWN, Grade.PROBED, {"reason": "no-permit", "codes": codes})
    return finding("write.permitted", name, Answer.NO, Grade.PROBED, {"codes": codes})


def refused(permits: Permits) -> tuple[Problem, ...]:
    """All that speaks against writing, of all systems."""
    return tuple(problem for one in permits.values() if not isinstance(one, Permit) for problem in one)
