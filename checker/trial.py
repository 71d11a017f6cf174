"""The touch, as one story: leave to write, agreement, write probes, rehearsal, clean-up. It composes and holds no logic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from checker.errors import Problem, RefusedError
from checker.look import Look
from checker.model.audit import Rehearsal
from checker.model.finding import Finding
from checker.model.permit import Permit, Planned
from checker.model.profile import Profile
from checker.patience import felt
from checker.permitting import Permits, permits, permitted_findings, refused, writers
from checker.probes.round import LEFT_OUT, Round
from checker.rehearsal import Cast, Rehearsed, rehearse, unplayed
from checker.rehearsal import planned as planned_rehearsal
from checker.resources.cleaning import Leftover
from checker.resources.writing import Writer
from checker.touch import Touch, Touched
from checker.touch import planned as planned_probes

COMMAND = "audit"
Agree = Callable[[tuple[Planned, ...], Mapping[str, str]], None]


def nobody_agrees(_planned: tuple[Planned, ...], _addresses: Mapping[str, str]) -> None:
    """Refuses: nobody was asked."""
    raise RefusedError(Problem("consent.nobody-asked"))


@dataclass(frozen=True)
class Wish:
    """How far an audit shall go. `touch`: on to writing where that is permitted; `rehearse`: and play the sync through.

    `agree` is shown what would be written and where, and raises RefusedError where that isn't agreed to.
    """

    touch: bool = False
    rehearse: bool = True
    agree: Agree = nobody_agrees


@dataclass(frozen=True)
class Tried:
    """What the touch found out. `phases` says how far it came, `refused` what spoke against it, `left` what could not be removed."""

    findings: tuple[Finding, ...] = ()
    rehearsal: Rehearsal = field(default_factory=Rehearsal)
    phases: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()
    left: tuple[Leftover, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    stopped: bool = False


def touch(live: Look, profiles: Mapping[str, Profile], findings: tuple[Finding, ...], wish: Wish, today: date) -> Tried:
    """Behind the permit: write probes of each permitted system and, where both are, the rehearsal; everything written is removed again.

    `live` is a finished look, its systems still open. What refuses, another run that writes for this project too, is told and no exception;
    Ctrl-C where one is asked ends the touch before it began.
    """
    found = permits(live.loaded, live.looks, findings)
    told, against = permitted_findings(found), refused(found)
    given = {name: one for name, one in found.items() if isinstance(one, Permit)}
    rehearsing = wish.rehearse and len(given) == len(found)
    stage = Stage(live, profiles, found, Round(live.round.selection), rehearsing=rehearsing, today=today)
    if not given:
        return Tried((*told, *stage.untouched("no-permit")), refused=against)
    try:
        if stage.planned:
            with felt():
                wish.agree(stage.planned, {name: one.base_url for name, one in given.items()})
    except RefusedError as error:
        return Tried((*told, *stage.untouched("not-agreed")), refused=(*against, *error.problems))
    except KeyboardInterrupt:
        return Tried((*told, *stage.untouched("stopped")), refused=against, stopped=True)
    try:
        with writers(live.loaded, live.looks, found, COMMAND) as them:
            tried = stage.play(them)
    except RefusedError as error:
        return Tried((*told, *stage.untouched("no-permit")), refused=(*against, *error.problems))
    return replace(tried, findings=(*told, *tried.findings), refused=against)


@dataclass(frozen=True)
class Stage:
    """Everything that the touch is done with. `round` selects and takes nothing over: the test records of an interrupted run are gone."""

    live: Look
    profiles: Mapping[str, Profile]
    permits: Permits
    round: Round
    rehearsing: bool
    today: date

    @property
    def planned(self) -> tuple[Planned, ...]:
        """What would be written at most."""
        held = {name: one if isinstance(one, Permit) else "no-permit" for name, one in self.permits.items()}
        played = planned_rehearsal(self.live.loaded, self.profiles) if self.playing else ()
        return (*planned_probes(self.live.loaded, self.profiles, held, self.round), *played)

    @property
    def playing(self) -> bool:
        """Whether the sync is played through: permitted, wanted, and asked about."""
        return self.rehearsing and any(
            one.values.get("reason") != LEFT_OUT for one in self.round.narrowed(self._unplayed("not-rehearsed"))
        )

    def untouched(self, reason: str) -> tuple[Finding, ...]:
        """Every write claim left open, for this reason."""
        touched, _ = self._touch(dict.fromkeys(self.permits, reason), {}).run()
        return (*(one for system in touched.values() for one in system.findings), *self._unplayed(reason))

    def play(self, them: Mapping[str, Writer]) -> Tried:
        """Write probes, then the rehearsal; after a stop only the clean-up."""
        held = {name: one if isinstance(one, Permit) else "no-permit" for name, one in self.permits.items()}
        touched, stopped = self._touch(held, them).run()
        played = rehearse(self._cast(them)) if self.playing and not stopped else None
        return Tried(
            findings=(
                *(one for system in touched.values() for one in system.findings),
                *(self.round.narrowed(played.findings) if played else self._left_unplayed(stopped=stopped)),
            ),
            rehearsal=played.rehearsal if played else Rehearsal(),
            phases=("touch",),
            left=_left(touched, played),
            requests={name: one.whole_client.requests for name, one in self.live.looks.items()},
            stopped=stopped or (played is not None and played.stopped),
        )

    def _left_unplayed(self, *, stopped: bool) -> Iterator[Finding]:
        return self.round.narrowed(self._unplayed("stopped" if stopped else "not-rehearsed"))

    def _unplayed(self, reason: str) -> tuple[Finding, ...]:
        return tuple(unplayed(self.live.loaded, self.profiles, reason))

    def _touch(self, held: Mapping[str, Permit | str], them: Mapping[str, Writer]) -> Touch:
        live = self.live
        return Touch(live.loaded, self.profiles, live.looks, held, them, live.say, self.today, self.round)

    def _cast(self, them: Mapping[str, Writer]) -> Cast:
        live = self.live
        return Cast(
            loaded=live.loaded,
            profiles=self.profiles,
            clients={name: one.whole_client for name, one in live.looks.items()},
            apis={name: one.api for name, one in live.looks.items()},
            writers=them,
            recorder=live.recorder,
            ledger=live.ledger,
            say=live.say,
        )


def _left(touched: Mapping[str, Touched], played: Rehearsed | None) -> tuple[Leftover, ...]:
    """What could not be removed; the later clean-up has seen what the first one left."""
    cleaned = {name: one.cleaned for name, one in touched.items()} | dict(played.cleaned if played else {})
    return tuple(left for one in cleaned.values() if one is not None for left in one.left)
