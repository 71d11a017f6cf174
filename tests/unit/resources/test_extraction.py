"""A list read into a file: what is kept after an interruption, who may go on with it, and when it is read anew. Against a real server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.client.client import Client
from checker.errors import RefusedError, TransportError
from checker.model.profile import ResourceProfile
from checker.project.types import BearerAuth, Limits
from checker.resources.extraction import GOES_ON_FOR, HOLDS_FOR, Extraction, Told
from checker.resources.kept import Asker, Kept
from checker.resources.resource import Resource
from tests.clients import Unhurried, client, contacts, paging
from tests.servers import Answered, Asked, Server, serve

NOW = datetime(2026, 11, 27, 10, 32, tzinfo=UTC)
SIZE = 10
TOKEN = "fjord-sandbox-token"
ME = Asker("https://crm.example token", "contacts")


@dataclass
class World:
    """A list of contacts; `answer` may be replaced while it runs."""

    folder: Path
    answer: Callable[[Asked], Any]
    server: Server = field(default_factory=lambda: Server("", 0))
    now: datetime = NOW
    said: list[Told] = field(default_factory=list)

    def read(
        self,
        profile: ResourceProfile,
        *,
        asker: Asker = ME,
        made: Client | None = None,
        fresh: bool = False,
        **more: Any,
    ) -> dict[str, dict[str, Any]]:
        """One run: the records by id. `said` and `server.asked` are those of this run alone."""
        self.said.clear()
        self.server.asked.clear()
        made, kept = made or client(self.server.url), Kept(self.folder / "list.sqlite")
        try:
            resource = Resource("crm", profile, made)
            Extraction(resource, kept, asker, lambda: self.now, self.said.append, **more).done(fresh=fresh)
            return dict(kept.each())
        finally:
            kept.close()
            made.close()

    def cut(self, profile: ResourceProfile, after: int, **more: Any) -> None:
        """A run whose connection dies for good after that many answers."""
        whole = self.answer

        def dying(asked: Asked) -> Any:
            if len(self.server.asked) > after:
                raise ConnectionResetError
            return whole(asked)

        self.answer = dying
        with pytest.raises(TransportError):
            self.read(profile, **more)
        self.answer = whole

    @property
    def what(self) -> list[str]:
        """What was said, by its code."""
        return [one.what for one in self.said]


def by_offset(records: list[dict[str, Any]]) -> Callable[[Asked], Any]:
    """The list in pages of ten."""

    def answer(asked: Asked) -> Any:
        start = int(asked.query.get("offset", 0))
        return {"data": records[start : start + SIZE]}

    return answer


def by_cursor(records: list[dict[str, Any]], unknown: Callable[[], Any] | None = None) -> Callable[[Asked], Any]:
    """The same by cursor; `unknown` answers in place of a page once cursors have expired."""

    def answer(asked: Asked) -> Any:
        at = asked.query.get("cursor")
        if at is not None and unknown is not None:
            return unknown()
        start = int(at or 0)
        return {
            "data": records[start : start + SIZE],
            "next": str(start + SIZE) if start + SIZE < len(records) else None,
        }

    return answer


OFFSET = contacts(pagination=paging("offset", place="offset"))
CURSOR = contacts(pagination=paging("cursor", place="cursor", next_path="next"))


def people(count: int) -> list[dict[str, Any]]:
    """Contacts."""
    return [{"id": one, "name": f"Person {one}"} for one in range(count)]


@contextmanager
def world(tmp_path: Path, answer: Callable[[Asked], Any]) -> Iterator[World]:
    """A world whose server runs."""
    made = World(tmp_path, answer)
    with serve(lambda asked: made.answer(asked)) as server:  # noqa: PLW0108 - the answer changes
        made.server = server
        yield made


def ids(found: dict[str, Any]) -> list[str]:
    """Their ids, in order."""
    return list(found)


def test_a_reading_that_was_cut_off_goes_on_after_the_last_page(tmp_path: Path) -> None:
    """57 records, cut off after three pages: the second run asks for the other three. The first says what it kept, the second what it goes on after."""
    with world(tmp_path, by_cursor(people(57))) as made:
        made.cut(CURSOR, after=3)
        assert [(one.what, one.records, one.at) for one in made.said] == [("stopped", 30, NOW)]
        made.now += timedelta(minutes=5)
        found = made.read(CURSOR)
        assert ids(found) == [str(one) for one in range(57)]
        assert [one.query["cursor"] for one in made.server.asked] == ["30", "40", "50"]
        assert [(one.what, one.records, one.at) for one in made.said] == [("resumed", 30, NOW)]


def test_where_the_place_is_a_number_the_last_page_is_looked_at_again(tmp_path: Path) -> None:
    """It shows the same records: so nothing came or went before it, and the walk goes on."""
    with world(tmp_path, by_offset(people(57))) as made:
        made.cut(OFFSET, after=3)
        assert ids(made.read(OFFSET)) == [str(one) for one in range(57)]
        assert [one.query["offset"] for one in made.server.asked] == ["20", "30", "40", "50", "57"]


def test_going_on_asks_for_nothing_beyond_the_end(tmp_path: Path) -> None:
    """Pages by number that are asked for ahead: what was read before the interruption counts. Mutant: the total is taken for what is left."""
    records, dead = people(57), [True]

    def answer(asked: Asked) -> Any:
        if dead and int(asked.query.get("page", 1)) > 3:
            raise ConnectionResetError
        start = (int(asked.query.get("page", 1)) - 1) * SIZE
        return {"page": start // SIZE + 1, "total": 57, "data": records[start : start + SIZE]}

    profile = contacts(pagination=paging("page", place="page", total_path="total"))
    with world(tmp_path, answer) as made:
        with pytest.raises(TransportError):
            made.read(profile)
        dead.clear()
        assert len(made.read(profile, made=client(made.server.url, at=Unhurried()))) == 57
        assert sorted(int(one.query["page"]) for one in made.server.asked) == [3, 4, 5, 6, 7]


def test_a_list_that_moved_meanwhile_is_read_anew(tmp_path: Path) -> None:
    """A record before the place is gone, so that going on would leave one out. Mutant: the last page isn't looked at again."""
    records = people(57)
    with world(tmp_path, by_offset(records)) as made:
        made.cut(OFFSET, after=3)
        del records[4]
        assert ids(made.read(OFFSET)) == [str(one) for one in range(57) if one != 4]
        assert made.what == ["resumed", "moved"]


@pytest.mark.parametrize(
    "unknown",
    [
        lambda: Answered(400, {"error": "cursor expired"}),
        lambda: Answered(410, {}),
        lambda: {"data": [], "next": None},
        lambda: {"data": people(SIZE), "next": None},
    ],
    ids=["refused", "gone", "an empty page", "the first page"],
)
def test_a_cursor_that_the_system_no_longer_takes_means_reading_anew(
    tmp_path: Path, unknown: Callable[[], Any]
) -> None:
    """Whatever the system makes of it. Mutant: an empty page is taken for the end, and half of the records are missing."""
    whole = by_cursor(people(57))
    with world(tmp_path, whole) as made:
        made.cut(CURSOR, after=3)
        first: list[bool] = []

        def forgetful(asked: Asked) -> Any:
            if not first and "cursor" in asked.query:
                first.append(True)
                return unknown()
            return whole(asked)

        made.answer = forgetful
        assert ids(made.read(CURSOR)) == [str(one) for one in range(57)]
        assert made.what == ["resumed", "moved"]


def test_an_empty_page_in_mid_list_is_no_reason_to_read_anew(tmp_path: Path) -> None:
    """Some systems narrow a page after they cut it: what follows is still said, so the place holds."""
    whole = by_cursor(people(57))

    def narrowed(asked: Asked) -> Any:
        shown = whole(asked)
        return {**shown, "data": []} if asked.query.get("cursor") == "30" else shown

    with world(tmp_path, narrowed) as made:
        made.cut(CURSOR, after=3)
        assert len(made.read(CURSOR)) == 47
        assert (made.what, len(made.server.asked)) == (["resumed"], 3)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_refusal_that_has_nothing_to_do_with_the_place_keeps_what_is_there(tmp_path: Path, status: int) -> None:
    """The run fails; the next one goes on after the same records."""
    with world(tmp_path, by_cursor(people(57), lambda: Answered(status, {}))) as made:
        whole = by_cursor(people(57))
        made.answer = whole
        made.cut(CURSOR, after=3)
        made.answer = by_cursor(people(57), lambda: Answered(status, {}))
        with pytest.raises(TransportError):
            made.read(CURSOR)
        assert made.what == ["resumed", "stopped"]
        made.answer = whole
        assert len(made.read(CURSOR)) == 57
        assert made.server.asked[0].query["cursor"] == "30"


def test_what_a_used_up_quota_let_through_is_not_asked_for_again(tmp_path: Path) -> None:
    """Three requests a run, 57 records on six pages: done in the second run, with six requests in all."""
    limits = Limits(requests_per_second=100_000, max_requests=3)
    with world(tmp_path, by_cursor(people(57))) as made:
        with pytest.raises(TransportError, match="requests-used-up"):
            made.read(CURSOR, made=client(made.server.url, limits=limits))
        assert len(made.server.asked) == 3
        assert len(made.read(CURSOR, made=client(made.server.url, limits=limits))) == 57
        assert len(made.server.asked) == 3


@pytest.mark.parametrize("other", [Asker("another token", "contacts"), Asker(ME.who, "another profile")])
def test_another_askers_reading_is_not_taken(tmp_path: Path, other: Asker) -> None:
    """Other credentials or another profile see another list: nothing of it is used, finished or not, and a stopped one is told of."""
    with world(tmp_path, by_cursor(people(57))) as made:
        made.cut(CURSOR, after=3, asker=other)
        assert len(made.read(CURSOR)) == 57
        assert (made.what, len(made.server.asked)) == (["other"], 6)
        made.read(CURSOR, asker=other)
        assert (made.what, len(made.server.asked)) == ([], 6)


def test_a_finished_reading_is_used_again_for_an_hour(tmp_path: Path) -> None:
    """Nobody is asked, and it is said when it was read; later, or where one wants it fresh, or where we wrote meanwhile, all is read anew."""
    with world(tmp_path, by_cursor(people(57))) as made:
        whole = made.read(CURSOR)
        made.now += HOLDS_FOR
        assert made.read(CURSOR) == whole
        assert ([(one.what, one.at) for one in made.said], len(made.server.asked)) == ([("kept", NOW)], 0)
        for more in ({"fresh": True}, {"trusted": lambda begun: begun > made.now}):
            made.read(CURSOR, **more)
            assert (made.what, len(made.server.asked)) == ([], 6)
        made.now += HOLDS_FOR + timedelta(seconds=1)
        made.read(CURSOR)
        assert (made.what, len(made.server.asked)) == ([], 6)


def test_a_stopped_reading_is_gone_on_with_on_the_next_day_and_not_after(tmp_path: Path) -> None:
    """A daily quota is there again tomorrow; after two days too much may have changed, and that is said."""
    with world(tmp_path, by_cursor(people(57))) as made:
        made.cut(CURSOR, after=2)
        made.now += GOES_ON_FOR
        made.cut(CURSOR, after=2)
        assert made.what == ["resumed", "stopped"]
        made.now += GOES_ON_FOR + timedelta(seconds=1)
        assert len(made.read(CURSOR)) == 57
        assert made.what == ["old"]


def test_a_list_that_gave_fewer_than_it_tells_is_no_reading(tmp_path: Path) -> None:
    """It is refused, and the next run begins anew instead of going on at the end of it."""
    records = people(30)
    plain = by_offset(records)
    profile = contacts(pagination=paging("offset", place="offset", total_path="total"))
    with world(tmp_path, lambda asked: {**plain(asked), "total": 31}) as made:
        with pytest.raises(RefusedError, match="list-incomplete"):
            made.read(profile)
        records.append({"id": 30, "name": "Late"})
        assert (len(made.read(profile)), made.what) == (31, [])


def test_single_reads_that_were_done_are_not_done_again(tmp_path: Path) -> None:
    """Only the single read shows the phone number: cut off in the middle of them, the next run reads the rest, and no list."""

    def answer(asked: Asked) -> Any:
        one = asked.path.rpartition("/")[2]
        return {"id": int(one), "phone": f"+49 {one}"} if one.isdigit() else plain(asked)

    plain = by_cursor(people(20))
    with world(tmp_path, answer) as made:

        def whole_by(made_client: Client) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
            resource = Resource("crm", CURSOR, made_client)
            return lambda key, listed: resource.read(key).record or listed

        first, second = client(made.server.url), client(made.server.url)
        made.cut(CURSOR, after=9, made=first, whole=whole_by(first))
        assert [(one.what, one.records) for one in made.said] == [("stopped", 20)]
        found = made.read(CURSOR, made=second, whole=whole_by(second))
        assert [one["phone"] for one in found.values()] == [f"+49 {one}" for one in range(20)]
        assert [one.path for one in made.server.asked] == [f"/contacts/{one}" for one in range(7, 20)]


def test_no_secret_is_ever_kept(tmp_path: Path) -> None:
    """A system that repeats our token in records and in its next links: nothing of it is in any file, and a link that has it is no place to go on from."""

    def answer(asked: Asked) -> Any:
        start = int(asked.query.get("from", 0))
        token = asked.headers["authorization"].removeprefix("Bearer ")
        held = [{**one, "note": {"seen": [f"by {token}"]}} for one in people(40)[start : start + SIZE]]
        return {
            "data": held,
            "next": f"{made.server.url}/contacts?from={start + SIZE}&key={token}" if start < 30 else None,
        }

    profile = contacts(pagination=paging("link", next_path="next"))
    auth = BearerAuth(token="${env:CRM_TOKEN}")
    with world(tmp_path, answer) as made:

        def asking() -> Client:
            return client(made.server.url, auth, secrets={"CRM_TOKEN": TOKEN})

        made.cut(profile, after=2, made=asking(), asker=Asker(f"Bearer {TOKEN}", "contacts"))
        assert made.what == []
        written = b"".join(one.read_bytes() for one in tmp_path.iterdir())
        assert b"Person 13" in written
        assert TOKEN.encode() not in written
        found = made.read(profile, made=asking())
        assert found["39"]["note"] == {"seen": ["by $CRM_TOKEN"]}
        assert not any(TOKEN.encode() in one.read_bytes() for one in tmp_path.iterdir())
