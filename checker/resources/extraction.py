"""A whole list read into a file, page by page, so that an interruption loses nothing: the next reading goes on where this one stopped.

Going on is safe where the list is still the one that was begun. A numbered place shifts when records come or go before it, so the last page
is asked for again, and has to show the same records; a cursor may have expired, which some systems say and others answer with an empty page or
with the first one. Where it isn't safe, the list is read anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from checker.client.client import Client
from checker.errors import Problem, RefusedError, TransportError
from checker.resources import answers
from checker.resources.kept import Asker, Kept, State, encoded
from checker.resources.resource import Page, Place, Resource

# A daily quota that is used up is there again on the next day.
GOES_ON_FOR = timedelta(hours=48)  # since the last page
HOLDS_FOR = timedelta(hours=1)  # of a finished reading: whoever looks at the records twice in a row asks for them once
CHECKED = frozenset({"page", "offset", "link"})  # styles whose place shifts, or may: a link often has a number in it
NOT_OF_THE_PLACE = frozenset({401, 403, 408, 429})  # refusals that have nothing to do with where the walk goes on

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Something about a reading that its reader should know. `what`: kept (an earlier reading is used), resumed, stopped (it can go on), or
    why it is read anew: old, other (another asker's), moved. `records` that are there already, and when the last of them was read.
    """

    what: str
    subject: str
    records: int
    at: datetime


class _MovedError(Exception):
    """The place of an earlier reading leads nowhere any more."""


@dataclass(frozen=True)
class Extraction:
    """One list on its way into a file. `whole` gives a record as its single read shows it, where the list doesn't show all of it.

    `trusted`: whether a finished reading of that beginning may be used again.
    """

    resource: Resource
    kept: Kept
    asker: Asker
    now: Callable[[], datetime]
    tell: Callable[[Told], None]
    whole: Callable[[str, dict[str, Any]], Record] | None = None
    trusted: Callable[[datetime], bool] = lambda _: True

    def done(self, *, fresh: bool = False) -> State:
        """Read what is not read yet. `fresh`: all of it.

        Raises what `Resource.pages` raises, TransportError where the list breaks off, RefusedError where it is incomplete or has records
        without an id, InputError where the file can't be written.
        """
        state = self._usable(fresh=fresh)
        if state is not None and state.finished is not None:
            self._say("kept", state)
            return state
        if state is None:
            state = self.kept.begin(self.asker, self.now())
        elif self.kept.count():
            self._say("resumed", state)
        try:
            state = self._walked(state)
            state = self._completed(state)
        finally:
            self._stopped()
        return state

    def _usable(self, *, fresh: bool) -> State | None:
        """An earlier reading that holds still, or can go on; None where all has to be read."""
        if fresh:
            return None
        state = self.kept.state(self.asker)
        if state is None:
            self._give_up_others()
            return None
        if state.finished is not None:
            holds = self.now() - state.finished <= HOLDS_FOR and self.trusted(state.begun)
            return state if holds else None
        if not state.walked and state.place is None:
            return None
        if usable(state, self.now()) and self.trusted(state.begun):
            return state
        self._say("old", state)
        return None

    def _give_up_others(self) -> None:
        """Say it where the reading that is given up is one that was going to go on."""
        state = self.kept.any_state()
        if state is not None and state.finished is None and state.place is not None:
            self._say("other", state)

    def _say(self, what: str, state: State) -> None:
        self.tell(Told(what, self.resource.subject, self.kept.count(), state.finished or state.latest))

    def _stopped(self) -> None:
        """Say what is there after an interruption."""
        state = self.kept.any_state()
        if state is not None and state.finished is None and (state.place is not None or state.walked):
            self._say("stopped", state)

    def _walked(self, state: State) -> State:
        if state.walked:
            return state
        if state.place is not None:
            try:
                return self._followed(state)
            except _MovedError:
                self._say("moved", state)
                state = self.kept.begin(self.asker, self.now())
        return self._followed(state)

    def _followed(self, state: State) -> State:
        start, style = state.place, self.resource.profile.pagination.style
        first, came = start is not None, 0 if start is None else start.came
        step = None if start is None else start.step
        for page in self.resource.pages(wanted=math.inf, start=start):
            if first and self._moved(page, state):
                raise _MovedError
            first = False
            sound(self.resource, page)
            records = by_id(self.resource, page)
            place = Place(step, page.number - 1, came) if step is not None else None
            came, step = came + len(page.records), page.next
            if style not in CHECKED:
                place = Place(page.next, page.number, came) if page.next is not None else None
            told = state.told if page.total is None else page.total
            place = self._harmless(place) if records else state.place
            state = replace(state, latest=self.now(), came=came, told=told, place=place, walked=page.natural)
            self.kept.add(page.number, self._written(records), state)
        try:
            all_came(self.resource, came, state.told)
        except RefusedError:
            self.kept.begin(self.asker, self.now())  # what is missing is not to be had by going on
            raise
        return state

    def _moved(self, page: Page, state: State) -> bool:
        """Whether the first page after an interruption is not the one that was to come."""
        if page.stop in {"status", "past-end"}:
            return 400 <= page.response.status < 500 and page.response.status not in NOT_OF_THE_PLACE  # noqa: PLR2004 - RFC 9110 15.5
        if page.stop is not None and not page.natural:
            return False
        ids = [key for one in page.records if (key := self.resource.id_of(one)) is not None]
        style = self.resource.profile.pagination.style
        if style in CHECKED:
            return set(ids) != self.kept.ids_of(page.number)
        if not ids:  # an empty page may well come in mid-walk; at its end it is what some systems make of a cursor that they forgot
            return style == "cursor" and page.next is None and (state.told is None or state.came < state.told)
        return self.kept.knows_all(ids)

    def _harmless(self, place: Place | None) -> Place | None:
        """A place that may be written down: a link that has our credentials in it may not."""
        text = "" if place is None else encoded(place).decode()
        return place if self.resource.client.redact(text) == text else None

    def _written(self, records: Mapping[str, Record]) -> list[tuple[str, bytes]]:
        """Records as they are kept, without the secrets of this run, should a system repeat one of them."""
        contents = [(key, encoded(one)) for key, one in records.items()]
        client = self.resource.client
        if not client.tells_secret(b"\n".join(one for _, one in contents).decode()):
            return contents
        return [(redacted(key, client), encoded(redacted(one, client))) for key, one in records.items()]

    def _completed(self, state: State) -> State:
        """Read singly what the list doesn't show whole."""
        if self.whole is not None:
            for key, listed in self.kept.each(whole=False):
                self.kept.complete(key, self._written({key: self.whole(key, listed)})[0][1])
        state = replace(state, place=None, finished=self.now())
        self.kept.note(state)
        return state


def usable(state: State, now: datetime) -> bool:
    """Whether anybody may still use a reading, or go on with it."""
    return now - (state.finished or state.latest) <= (HOLDS_FOR if state.finished is not None else GOES_ON_FOR)


def redacted(value: Any, client: Client) -> Any:
    """A value without the secrets of this run, in whatever depth they stand."""
    if isinstance(value, Mapping):
        return {redacted(name, client): redacted(one, client) for name, one in value.items()}
    if isinstance(value, list):
        return [redacted(one, client) for one in value]
    return client.redact(value) if isinstance(value, str) else value


def sound(resource: Resource, page: Page) -> None:
    """Raise TransportError where a walk breaks off at this page."""
    if page.stop is None or page.natural:
        return
    values = {"resource": resource.subject, "page": page.number, "status": page.response.status, "reason": page.stop}
    error = TransportError(Problem("resource.walk-broke", values))
    error.exchange = page.response.exchange
    raise error


def by_id(resource: Resource, page: Page) -> dict[str, dict[str, Any]]:
    """A page's records by id. Raises RefusedError for one without."""
    ids = answers.record_ids(page.records, resource.profile) if page.records else []
    if ids is None:
        raise RefusedError(Problem("sync.no-id", {"resource": resource.subject}))
    return dict(zip(ids, page.records, strict=True))


def all_came(resource: Resource, came: int, told: int | None) -> None:
    """Raise RefusedError where a list that was read to its end gave fewer records than it tells of."""
    if told is not None and came < told:
        raise RefusedError(Problem("sync.list-incomplete", {"resource": resource.subject, "came": came, "told": told}))
