"""Writes when things go wrong: what the server has in the end, and what it was asked (acceptance A2 to A4, A14 to A16, B17, F10)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from checker.errors import RefusedError, TransportError
from checker.journal import Intent, Journal
from checker.model.permit import Permit
from checker.model.profile import Operations, Relation
from checker.resources.cleaning import clean_up
from checker.resources.outcomes import Outcome
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from tests.clients import Time, client, contacts
from tests.servers import Answered, Asked, serve

MARK = "rdy4k7q2m9x"
BODY = {"name": f"{MARK} Nordlicht"}
OPERATIONS = Operations(
    list="GET /contacts", read="GET /contacts/{id}", create="POST /contacts", update="PATCH /contacts/{id}", delete="DELETE /contacts/{id}"
)  # fmt: skip


@dataclass
class Shelf:
    """A server with records, those of other people among them. `answer` is how it answers a create after it has stored the record."""

    answer: Callable[[dict[str, Any]], Answered] = lambda record: Answered(201, record)
    before: Callable[[Asked], Answered | None] = lambda _: None
    records: dict[str, dict[str, Any]] = field(default_factory=lambda: {"f1": {"id": "f1", "name": "Foreign"}})
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        self.asked.append(asked)
        early = self.before(asked)
        if early is not None:
            return early
        record_id = asked.path.removeprefix("/contacts").strip("/")
        if asked.method == "POST":
            record = {"id": f"n{len(self.records)}", **asked.json()}
            self.records[record["id"]] = record
            return self.answer(record)
        if not record_id:
            return {"data": list(self.records.values())}
        if record_id not in self.records:
            return Answered(404, {})
        if asked.method == "DELETE":
            self.records.pop(record_id)
            return Answered(204, b"")
        if asked.method == "PATCH":
            self.records[record_id] |= asked.json()
        if asked.method == "PUT":
            self.records[record_id] = {"id": record_id, **asked.json()}
        return self.records[record_id]

    def count(self, method: str) -> int:
        """How often it was asked so."""
        return sum(one.method == method for one in self.asked)

    @property
    def ours(self) -> list[str]:
        """Ids of the marked records."""
        return [one for one, record in self.records.items() if MARK in str(record)]


@dataclass
class Desk:
    """A writer at work on a shelf."""

    shelf: Shelf
    resource: Resource
    writer: Writer
    journal: Journal
    time: Time

    def cleaned(self) -> int:
        """How many records are left after a clean-up."""
        return len(clean_up(self.writer, {"contacts": self.resource}).left)


@contextmanager
def desk(folder: Path, shelf: Shelf, key: str | None = None, limits: Any = None, **profile: Any) -> Iterator[Desk]:
    """A writer with a permit for the shelf."""
    at, journal = Time(), Journal(folder / "journal.sqlite", "test")
    with serve(shelf) as server:
        asking = client(server.url, at=at, **({"limits": limits} if limits else {}))
        resource = Resource("crm", contacts(**{"operations": OPERATIONS, **profile}), asking)
        keys = {"contacts": key} if key else {}
        writer = Writer(Permit("crm", asking.base_url), journal, MARK, idempotency=keys, clock=at.clock)
        try:
            yield Desk(shelf, resource, writer, journal, at)
        finally:
            asking.close()
            journal.close()


ANSWERS: dict[str, Callable[[dict[str, Any]], Answered]] = {
    "500 after storing": lambda _: Answered(500, {"error": "oops"}),
    "201 without id": lambda _: Answered(201, {}),
    "201 without body": lambda _: Answered(201, b""),
    "201 with Location": lambda one: Answered(201, b"", [("Location", f"/contacts/{one['id']}")]),
    "201 unreadable": lambda _: Answered(201, b"<html>"),
    "another record": lambda _: Answered(201, {"id": "f1", "name": "Foreign"}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_was_stored_is_found_whatever_the_answer_said(tmp_path: Path, name: str) -> None:
    """One record, sent once, known by its own id, and removed again; the foreign one stays. Mutant: the answer's id is believed."""
    with desk(tmp_path, Shelf(ANSWERS[name])) as one:
        written = one.writer.create(one.resource, BODY)
        assert (written.ok, [written.record_id]) == (True, one.shelf.ours)
        assert one.shelf.count("POST") == 1
        assert one.cleaned() == 0
        assert list(one.shelf.records) == ["f1"]


def test_a_good_status_with_an_error_inside_is_a_refusal(tmp_path: Path) -> None:
    """200 with `error` in it stored nothing. Mutant: only the status is looked at."""
    shelf = Shelf(before=lambda it: Answered(200, {"error": "no"}) if it.method == "POST" else None)
    with desk(tmp_path, shelf) as one:
        assert one.writer.create(one.resource, BODY).outcome is Outcome.REFUSED
        assert one.journal.test_records() == []


def test_a_late_commit_is_found_by_the_second_look(tmp_path: Path) -> None:
    """The server stores after it gave up answering: after the settle wait the record is there. Mutant: one look only."""
    shelf = Shelf(lambda _: Answered(500, {}))
    with desk(tmp_path, shelf) as one:

        def late(asked: Asked) -> Answered | None:
            hidden = asked.method == "GET" and asked.path == "/contacts" and not one.time.slept
            return Answered(200, {"data": []}) if hidden else None

        shelf.before = late
        written = one.writer.create(one.resource, BODY)
        assert (written.ok, [written.record_id], one.time.slept) == (True, shelf.ours, [2.0])


@pytest.mark.parametrize(("key", "sent"), [("header Idempotency-Key", 2), (None, 1)])
def test_a_write_is_repeated_under_its_key_only(tmp_path: Path, key: str | None, sent: int) -> None:
    """With a key the create goes out again, under the same key; without one never. Mutant: a retry without a key, or with another."""
    tries: list[int] = []

    def once(asked: Asked) -> Answered | None:
        if asked.method == "POST":
            tries.append(1)
        return Answered(503, {}) if asked.method == "POST" and len(tries) == 1 else None

    with desk(tmp_path, Shelf(before=once), key) as one:
        one.writer.create(one.resource, BODY)
        posts = [it for it in one.shelf.asked if it.method == "POST"]
        assert len(posts) == sent
        assert len({it.headers.get("idempotency-key") for it in posts}) == 1
        assert len(one.shelf.ours) == sent - 1


def test_after_lost_credentials_nothing_more_is_written_but_cleaned(tmp_path: Path) -> None:
    """A 401 in mid-run ends the writing; what is there is removed where that still goes. Mutant: the next record is tried as well."""
    with desk(tmp_path, Shelf()) as one:
        one.writer.create(one.resource, BODY)
        one.shelf.before = lambda it: Answered(401, {}) if it.method == "POST" else None
        assert one.writer.create(one.resource, BODY).outcome is Outcome.REFUSED
        posts = one.shelf.count("POST")
        with pytest.raises(TransportError):
            one.writer.create(one.resource, BODY)
        assert one.shelf.count("POST") == posts
        assert one.cleaned() == 0
        assert list(one.shelf.records) == ["f1"]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_list_that_is_refused_is_no_proof_that_nothing_is_there(tmp_path: Path, status: int) -> None:
    """A create without a known id stays in the journal until a look-up went through. Mutant: no record on the page means gone."""
    broken = Shelf(lambda _: Answered(500, {}), lambda it: Answered(status, {}) if it.method == "GET" else None)
    with desk(tmp_path, broken) as one:
        assert one.writer.create(one.resource, BODY).outcome is Outcome.UNKNOWN
        assert one.cleaned() == 1
        broken.before = lambda _: None
        assert one.cleaned() == 0
        assert list(broken.records) == ["f1"]


def test_put_keeps_what_is_not_named(tmp_path: Path) -> None:
    """A PUT sends the whole record with the change in it. Mutant: only the change is sent."""
    put = Operations(list="GET /contacts", read="GET /contacts/{id}", update="PUT /contacts/{id}")
    shelf = Shelf(records={"f1": {"id": "f1", "name": "A", "city": "Kiel", "more": {"a": 1, "b": 2}}})
    with desk(tmp_path, shelf, operations=put) as one:
        assert one.writer.update(one.resource, "f1", {"name": "B", "more": {"b": 3}}, purpose="sync").ok
    assert shelf.records["f1"] == {"id": "f1", "name": "B", "city": "Kiel", "more": {"a": 1, "b": 3}}


def test_put_sends_lines_that_came_on_demand_and_no_other_record_that_did(tmp_path: Path) -> None:
    """A record that is referred to came along to be seen: sent back whole it would be refused. Mutant: it is sent."""
    put = Operations(list="GET /contacts", read="GET /contacts/{id}", update="PUT /contacts/{id}")
    along = {"GET /contacts/{id}": {"include": "lines,company"}}
    shelf = Shelf(records={"f1": {"id": "f1", "name": "A", "lines": [1], "company": {"id": "c1", "name": "Kern"}}})
    relations = (Relation(field="company", to="companies"),)
    with desk(tmp_path, shelf, operations=put, expand=along, relations=relations) as one:
        assert one.writer.update(one.resource, "f1", {"name": "B"}, purpose="sync").ok
    assert shelf.records["f1"] == {"id": "f1", "name": "B", "lines": [1]}


@pytest.mark.parametrize(
    ("profile", "sent"),
    [
        ({"body_path": "data.contact"}, {"data": {"contact": BODY}}),
        ({"write_as": {"name": "title"}}, {"title": BODY["name"]}),
        ({"body_media": "application/x-www-form-urlencoded"}, b"name=rdy4k7q2m9x+Nordlicht"),
    ],
)
def test_the_body_is_wrapped_renamed_and_encoded_as_the_profile_says(tmp_path: Path, profile: Any, sent: Any) -> None:
    """body_path, write_as and the form encoding reach the wire. Mutant: the body is sent as it was given."""
    shelf = Shelf(before=lambda it: Answered(201, {"id": "n1", **BODY}) if it.method == "POST" else None)
    with desk(tmp_path, shelf, **profile) as one:
        assert one.writer.create(one.resource, BODY).record_id == "n1"
    body = shelf.asked[0].body
    assert (body if isinstance(sent, bytes) else json.loads(body)) == sent


@pytest.mark.parametrize("profile", [{"created_id_path": "meta.key"}, {"answer_path": {"create": "made"}}])
def test_the_new_id_is_read_where_the_profile_says(tmp_path: Path, profile: Any) -> None:
    """created_id_path and answer_path lead to the id. Mutant: the id of the body's top is taken."""
    answer = {"id": "f1", "meta": {"key": "n7"}, "made": {"id": "n7", **BODY}, "name": MARK}
    shelf = Shelf(before=lambda it: Answered(201, answer) if it.method == "POST" else None)
    with desk(tmp_path, shelf, **profile) as one:
        assert one.writer.create(one.resource, BODY).record_id == "n7"


def test_only_what_is_journalled_and_marked_is_deleted(tmp_path: Path) -> None:
    """A thousand look-alikes stay: marked but not ours, ours by the journal but without the mark. Mutant: one of both is enough."""
    lookalikes = {f"a{at}": {"id": f"a{at}", "name": f"{MARK} {at}"} for at in range(500)}
    lookalikes |= {f"b{at}": {"id": f"b{at}", "name": MARK[: at % len(MARK)]} for at in range(500)}
    shelf = Shelf(records=dict(lookalikes))
    with desk(tmp_path, shelf) as one:
        one.journal._connection.execute("PRAGMA synchronous = OFF")
        for at in range(500):
            number = one.journal.intend(
                Intent(mark=MARK, purpose="probe", system="crm", base_url=one.writer.permit.base_url, resource="contacts", operation="create", test=True)
            )  # fmt: skip
            one.journal.settle(number, "done", f"b{at}")
        for at in range(0, 500, 25):
            for record_id in (f"a{at}", f"b{at}"):
                with pytest.raises(RefusedError):
                    one.writer.delete(one.resource, record_id)
        assert shelf.count("DELETE") == 0
    assert shelf.records == lookalikes
