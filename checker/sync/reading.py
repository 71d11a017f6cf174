"""The records of a side, read for good: what came is kept in the project's state folder, and used again, or gone on with, by the next run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from checker.client.client import Client
from checker.errors import InputError
from checker.journal import FILE as JOURNAL
from checker.model.profile import ResourceProfile
from checker.project.types import RefreshTokenAuth, System
from checker.resources.extraction import Extraction, Told, usable
from checker.resources.kept import Asker, BusyError, Kept, tidy
from checker.store import Store
from checker.sync.exact import encoded
from checker.sync.rows import gone
from checker.sync.side import SyncSide


@dataclass(frozen=True, slots=True)
class Reading:
    """A list that was read between two instants."""

    begun: datetime
    finished: datetime
    kept: Kept
    profile: ResourceProfile

    def records(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The living records by id, in the list's order; few of them are in memory at once."""
        return ((key, one) for key, one in self.kept.each() if not gone(one, self.profile))


@dataclass(frozen=True)
class Keeping:
    """How a run deals with what is kept. `fresh`: nothing that was read before is used. `now` is the clock.

    `tell` hears what the one who reads should know: what an `Extraction` says, and busy (another process reads the list), unkept (nothing can
    be written there), where (records are kept).
    """

    tell: Callable[[Told], None] = lambda _: None
    fresh: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


QUIETLY = Keeping()


@dataclass
class Reader:
    """Reads whole lists into the project's state folder."""

    store: Store
    keeping: Keeping
    _seen: set[str] = field(default_factory=set)
    _used: set[str] = field(default_factory=set)
    _stored: bool = False

    @contextmanager
    def reading(self, side: SyncSide, who: str) -> Iterator[Reading]:
        """The side's list, read to its end. `who` says with whose eyes it is seen (`eyes`). Raises what `Extraction.done` raises."""
        subject, profile = side.resource.subject, side.resource.profile
        what = hashlib.sha256(encoded((profile, side.needs_detail))).hexdigest()
        with closing(self._file(subject)) as kept:
            asked = Extraction(
                side.resource,
                kept,
                Asker(who, what),
                self.keeping.now,
                self._told,
                side.whole if side.needs_detail else None,
                lambda begun: not self._written_since(begun),
            )
            try:
                state = asked.done(fresh=self.keeping.fresh and subject not in self._seen)
            finally:
                self._stored |= kept.path is not None and subject not in self._used and kept.count() > 0
            self._seen.add(subject)
            yield Reading(state.begun, state.finished or state.latest, kept, profile)

    def close(self) -> None:
        """Remove what nobody may use any more, and say where the rest lies."""
        with suppress(InputError):  # something else stands in the folder's place
            tidy(self.store.records_files(), lambda state: not usable(state, self.keeping.now()))
        if self._stored:
            self.keeping.tell(Told("where", "", 0, self.keeping.now()))

    def _told(self, told: Told) -> None:
        """What a run reads twice, it reads once; nobody needs to know."""
        if told.what == "kept":
            self._used.add(told.subject)
        if told.what != "kept" or told.subject not in self._seen:
            self.keeping.tell(told)

    def _file(self, subject: str) -> Kept:
        """Where a list is kept; where it can't be, a file that is gone with the process."""
        try:
            return Kept(self.store.records_file(subject))
        except BusyError:
            self.keeping.tell(Told("busy", subject, 0, self.keeping.now()))
        except InputError:
            self.keeping.tell(Told("unkept", subject, 0, self.keeping.now()))
        return Kept(None)

    def _written_since(self, begun: datetime) -> bool:
        """Whether a run of ours wrote to a system since: what was read before is no longer what is there."""
        files = (self.store.folder / f"{JOURNAL}{end}" for end in ("", "-wal"))
        return any(one.stat().st_mtime > begun.timestamp() for one in files if one.exists())


def eyes(client: Client, settings: System, secrets: Callable[[str], str]) -> str:
    """With whose eyes a system is seen: where it is, who asks, and what goes with every request. Tells secrets.

    A refresh token changes with every use, so its reference stands for it.
    """
    auth = msgspec.json.encode(settings.auth).decode()
    known = auth if isinstance(settings.auth, RefreshTokenAuth) else secrets(auth)
    return "\n".join([client.base_url, known, encoded(client.fixed).decode()])
