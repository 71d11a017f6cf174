"""Writing is safe whatever a system answers: nothing foreign is deleted, nothing is cleared by accident, nothing of ours is forgotten."""

import sqlite3

import pytest
from msgspec.structs import replace

from checker.errors import InputError, RefusedError, TransportError
from checker.journal import Intent, Journal
from checker.resources.batches import BatchForm
from checker.resources.cleaning import clean_up
from checker.resources.merges import MergeForm, Place
from checker.resources.outcomes import Outcome
from tests.faults.test_write_faults import BODY, MARK, OPERATIONS, Shelf, desk
from tests.servers import Answered


def intent(one, **more):
    return Intent(
        **{
            "mark": MARK,
            "purpose": "probe",
            "system": "crm",
            "base_url": one.resource.client.base_url,
            "resource": "contacts",
            "operation": "create",
            "test": True,
            "body": BODY,
            **more,
        }
    )


def honest(one, left):
    """Nothing of ours is on the server, or it is listed"""
    assert not one.shelf.ours or left, f"on the server: {one.shelf.ours}, listed: none"


def test_put_after_failed_read_sends_nothing(tmp_path):
    """A PUT clears what it leaves out: where the record can't be read, nothing is sent."""
    broken = []
    shelf = Shelf(before=lambda a: Answered(500, {}) if broken and a.method == "GET" else None)
    with desk(tmp_path, shelf, operations=replace(OPERATIONS, update="PUT /contacts/{id}")) as one:
        shelf.records["f1"] |= {"phone": "030"}
        broken.append(1)
        try:
            one.writer.update(one.resource, "f1", {"name": "new"}, purpose="sync")
        except TransportError:
            pass
        assert shelf.records["f1"].get("phone") == "030", shelf.records["f1"]


def test_a_foreign_record_is_changed_by_a_sync_only(tmp_path):
    """A probe or a rehearsal changes test records of ours alone, also where the journal was told a wrong id."""
    with desk(tmp_path, Shelf()) as one:
        one.journal.settle(one.journal.intend(intent(one)), Outcome.DONE, "f1")
        for purpose in ("probe", "rehearsal"):
            with pytest.raises(RefusedError):
                one.writer.update(one.resource, "f1", {"name": "new"}, purpose=purpose)
        assert one.shelf.records["f1"] == {"id": "f1", "name": "Foreign"}
        assert one.shelf.count("PATCH") == 0


def test_what_was_answered_with_a_foreign_id_is_found_by_its_mark_and_removed(tmp_path):
    """Three creates, each answered with our texts and somebody else's id: ours are removed, the foreign record stays as it was."""
    shelf = Shelf(answer=lambda record: Answered(201, {**record, "id": "f1"}))
    with desk(tmp_path, shelf) as one:
        for _ in range(3):
            one.writer.create(one.resource, BODY)
        assert clean_up(one.writer, {"contacts": one.resource}).left == ()
        assert shelf.records == {"f1": {"id": "f1", "name": "Foreign"}}


def test_what_was_answered_with_an_id_that_finds_nothing_is_not_taken_for_gone(tmp_path):
    """A record has an id of the database's and another one by which it is read: ours is found by its mark and removed."""
    with desk(tmp_path, Shelf(answer=lambda record: Answered(201, {**record, "id": "230"}))) as one:
        one.writer.create(one.resource, BODY)
        left = clean_up(one.writer, {"contacts": one.resource}).left
        assert (left, one.shelf.ours) == ((), [])


def test_what_the_list_still_shows_is_not_taken_for_gone(tmp_path):
    """No record can be read by the id that the list shows: by its mark there it is ours, and it is removed."""
    unread = Shelf(before=lambda a: Answered(404, {}) if a.method == "GET" and a.path != "/contacts" else None)
    with desk(tmp_path, unread) as one:
        one.writer.create(one.resource, BODY)
        left = clean_up(one.writer, {"contacts": one.resource}).left
        assert (left, one.shelf.ours) == ((), [])


def test_a_delete_that_was_refused_says_nothing_of_a_record_that_its_id_does_not_find(tmp_path):
    """No path with the id leads anywhere, for reads or deletes: what the list still shows is told as left. Catches: asked to go, so it is gone."""
    lost = Shelf(before=lambda a: Answered(404, {}) if a.path != "/contacts" else None)
    with desk(tmp_path, lost) as one:
        written = one.writer.create(one.resource, BODY)
        one.writer.delete(one.resource, written.record_id)
        left = clean_up(one.writer, {"contacts": one.resource}).left
        assert one.shelf.ours
        assert [each.why for each in left] == ["still-listed"]


def test_a_delete_that_was_answered_well_says_nothing_of_a_record_that_no_read_ever_found(tmp_path):
    """204 to any delete and 404 to any read: what the list still shows is ours, and is found by its mark. Catches: 204, so it is gone."""

    def blind(asked):
        if asked.path == "/contacts" or asked.method not in ("GET", "DELETE"):
            return None
        return Answered(404, {}) if asked.method == "GET" else Answered(204, b"")

    with desk(tmp_path, Shelf(before=blind)) as one:
        written = one.writer.create(one.resource, BODY)
        assert one.writer.delete(one.resource, written.record_id).ok
        left = clean_up(one.writer, {"contacts": one.resource}).left
        assert one.shelf.ours
        assert [each.why for each in left] == ["still-listed"]


def test_what_was_read_once_and_is_read_no_more_is_gone_without_a_look_at_the_list(tmp_path):
    """The usual system: a record that its id found and that was deleted is gone, and the list isn't walked for it."""
    with desk(tmp_path, Shelf()) as one:
        written = one.writer.create(one.resource, BODY)
        one.writer.delete(one.resource, written.record_id)
        before = sum(asked.path == "/contacts" for asked in one.shelf.asked)
        assert clean_up(one.writer, {"contacts": one.resource}).left == ()
        assert sum(asked.path == "/contacts" for asked in one.shelf.asked) == before


def test_a_batch_that_is_stored_later_is_removed_all_the_same(tmp_path):
    """202, and the records are there only after the first look: nobody takes them for refused, and the clean-up finds them by their mark."""
    later = []

    def promised(asked):
        if asked.path.endswith("/batch"):
            later.extend(asked.json())
            return Answered(202, {})
        return None

    shelf = Shelf(before=promised)
    with desk(tmp_path, shelf) as one:
        form = BatchForm("POST /contacts/batch")
        answer, ids = one.writer.create_many(one.resource, form, [{"name": f"{MARK}-1"}, {"name": f"{MARK}-2"}])
        assert (answer.status, ids) == (202, (None, None))
        for number, body in enumerate(later):
            shelf.records[f"b{number}"] = {"id": f"b{number}", **body}
        assert clean_up(one.writer, {"contacts": one.resource}).left == ()
        assert shelf.ours == []


def test_same_id_in_two_resources(tmp_path):
    """An id that two resources share is no mix-up: both records are removed."""
    shelf = Shelf()
    with desk(tmp_path, shelf) as one:
        number = one.journal.intend(intent(one, resource="other"))
        one.journal.settle(number, Outcome.DONE, "n1")  # id n1 in another resource of the same run
        one.journal.intend(intent(one))  # killed after sending
        shelf.records["n1"] = {"id": "n1", **BODY}
        honest(one, [x for x in clean_up(one.writer, {"contacts": one.resource}).left if x.resource == "contacts"])


def test_late_commit_after_a_kill(tmp_path):
    """A server that stores late, after the process was killed: the second look finds the record."""
    shelf, looks = Shelf(), []

    def commits_between_the_looks(asked):
        looks.append(asked.path)
        if len(looks) == 2:
            shelf.records["n1"] = {"id": "n1", **BODY}

    shelf.before = commits_between_the_looks
    with desk(tmp_path, shelf) as one:
        one.journal.intend(intent(one))
        honest(one, clean_up(one.writer, {"contacts": one.resource}).left)


def test_a_half_made_journal_is_taken(tmp_path):
    """A journal whose maker was stopped in the middle of making it is finished, not refused."""
    path = tmp_path / "journal.sqlite"
    con = sqlite3.connect(path)
    con.execute("create table meta (name text primary key, value text not null) without rowid")
    con.commit()
    con.close()
    Journal(path, "test").close()


@pytest.mark.parametrize("status", [403, 400])
def test_a_forbidden_read_is_no_proof(tmp_path, status):
    """A single read that is refused doesn't say that the record is gone: the list has the last word."""
    shelf = Shelf(
        before=lambda a: (
            Answered(status, {})
            if a.method == "GET" and a.path != "/contacts"
            else Answered(403, {})
            if a.method == "DELETE"
            else None
        )
    )
    with desk(tmp_path, shelf) as one:
        assert one.writer.create(one.resource, BODY).ok
        honest(one, clean_up(one.writer, {"contacts": one.resource}).left)


def test_delete_without_having_seen_the_mark(tmp_path):
    """A record whose mark nobody saw is not deleted, even where the journal has its id."""
    shelf = Shelf(before=lambda a: Answered(403, {}) if a.method == "GET" else None)
    with desk(tmp_path, shelf) as one:
        one.journal.settle(one.journal.intend(intent(one)), Outcome.DONE, "f1")  # id that was reused / wrongly told
        try:
            one.writer.delete(one.resource, "f1")
        except (RefusedError, TransportError):
            pass
        assert "f1" in shelf.records


def test_delete_answered_404_while_the_record_stands(tmp_path):
    """A delete answered with 404 is no proof either: the record is listed as left."""
    shelf = Shelf(before=lambda a: Answered(404, {}) if a.method == "DELETE" else None)
    with desk(tmp_path, shelf) as one:
        one.writer.create(one.resource, BODY)
        honest(one, clean_up(one.writer, {"contacts": one.resource}).left)


@pytest.mark.parametrize(
    "answer",
    [
        Answered(503, {}, [("Retry-After", "3600")]),
        Answered(200, {"error": "oops"}),
        Answered(408, {}),
        Answered(303, b"", [("Location", "/contacts/n1")]),
    ],
    ids=["503 wait an hour", "200 error", "408", "303"],
)
def test_stored_though_answered_otherwise(tmp_path, answer):
    """Stored, and answered as if it were not: found by its mark and removed."""
    shelf = Shelf(answer=lambda _: answer)
    with desk(tmp_path, shelf) as one:
        try:
            one.writer.create(one.resource, BODY)
        except TransportError:
            pass
        shelf.before = lambda _: None
        honest(one, clean_up(one.writer, {"contacts": one.resource}).left)


def test_two_lost_creates_are_both_removed(tmp_path):
    """Two creates of which nobody saw the answer: both records are found and removed."""
    shelf = Shelf()
    with desk(tmp_path, shelf) as one:
        for n in (1, 2):
            one.journal.intend(intent(one, body={"name": f"{MARK} {n}"}))
            shelf.records[f"n{n}"] = {"id": f"n{n}", "name": f"{MARK} {n}"}
        clean_up(one.writer, {"contacts": one.resource})
        assert shelf.ours == []


def test_killed_in_an_update_of_a_test_record_then_clean(tmp_path):
    """A test record whose change ended unknown leaves nothing open once the record is gone."""
    shelf = Shelf(before=lambda a: Answered(500, {}) if a.method == "PATCH" else None)
    with desk(tmp_path, shelf) as one:
        made = one.writer.create(one.resource, BODY)
        one.writer.update(one.resource, made.record_id, {"name": f"{MARK} x"})
        clean_up(one.writer, {"contacts": one.resource})
        assert shelf.ours == []
        # what checker/cleanup.py reports as "End unknown, check by hand" (exit 5) for ever:
        assert [x for x in one.journal.unresolved() if x.operation != "delete" and not x.test] == []


def test_nothing_is_changed_together_with_somebody_elses_record(tmp_path):
    """One record among several that is no test record of ours, and none of them is sent."""
    shelf = Shelf()
    with desk(tmp_path, shelf) as one:
        made = one.writer.create(one.resource, BODY)
        rows = {made.record_id: {"id": made.record_id, "name": f"{MARK} x"}, "f1": {"id": "f1", "name": f"{MARK} x"}}
        before = dict(shelf.records)
        with pytest.raises(RefusedError):
            one.writer.update_many(one.resource, BatchForm("PATCH /contacts"), rows)
        assert shelf.records == before
        assert not [x for x in one.journal.unresolved() if x.operation == "update"]


def test_nothing_awaits_an_answer_about_a_test_record_that_is_gone(tmp_path):
    """A change of ours ended nobody knows how; once the record is removed nobody needs to know. Catches: `purge` is refused for ever."""
    shelf = Shelf()
    with desk(tmp_path, shelf) as one:
        made, kept = (one.writer.create(one.resource, {"name": f"{MARK}-{n}"}) for n in range(2))
        shelf.before = lambda asked: Answered(500, {}) if asked.method == "PATCH" else None
        for record in (made, kept):
            one.writer.update(one.resource, record.record_id, {"name": f"{MARK} x"})
        assert len(one.journal.unresolved()) == 2
        one.journal.removed(made.intent)
        assert [x.record for x in one.journal.unresolved()] == [kept.record_id]
        assert one.cleaned() == 0
        assert one.journal.unresolved() == []


MERGE = MergeForm(
    "POST /contacts/merge", (), (Place("into", many=False, numbers=False), Place("from", many=False, numbers=False))
)


def merging(shelf, answer=None):
    """The shelf merges: both records go, and a third is made of them; `answer` replaces what it says then."""

    def merged(asked):
        if not asked.path.endswith("/merge"):
            return None
        told = asked.json()
        both = [shelf.records.pop(told[name]) for name in ("into", "from")]
        shelf.records["m1"] = {"id": "m1", "name": " ".join(one["name"] for one in both)}
        return answer or Answered(200, {"id": "m1"})

    shelf.before = merged
    return shelf


def test_only_records_of_ours_are_merged(tmp_path):
    """A merge can't be undone: a foreign record, one that lost our mark, one that is gone, and twice the same are refused before anything is sent."""
    shelf = merging(Shelf())
    with desk(tmp_path, shelf) as one:
        ours, lost, gone = (one.writer.create(one.resource, {"name": f"{MARK}-{n}"}).record_id for n in range(3))
        one.journal.settle(one.journal.intend(intent(one)), Outcome.DONE, "f1")  # the journal was told a wrong id
        shelf.records[lost]["name"] = "Taken over by somebody"
        del shelf.records[gone]
        before, asked = dict(shelf.records), shelf.count("POST")
        for other in ("f1", "f2", lost, gone, ours):
            for ids in ((ours, other), (other, ours)):
                with pytest.raises(RefusedError):
                    one.writer.merge(one.resource, MERGE, ids)
        assert (shelf.records, shelf.count("POST")) == (before, asked)
        assert not [x for x in one.journal.unresolved() if x.operation == "merge"]


@pytest.mark.parametrize("answer", [None, Answered(202, b""), Answered(500, {"error": "oops"})])
def test_what_came_of_a_merge_is_removed_whatever_was_answered(tmp_path, answer):
    """Both records are gone and a third bears our mark: it is removed, also after an error, and nothing foreign is."""
    shelf = merging(Shelf(), answer)
    with desk(tmp_path, shelf) as one:
        two = tuple(one.writer.create(one.resource, {"name": f"{MARK}-{n}"}).record_id for n in range(2))
        written = one.writer.merge(one.resource, MERGE, two)
        assert written.outcome is (Outcome.UNKNOWN if answer and answer.status == 500 else Outcome.DONE)
        assert shelf.ours == ["m1"]
        assert one.cleaned() == 0
        assert shelf.records == {"f1": {"id": "f1", "name": "Foreign"}}
        assert one.journal.unresolved() == []


def test_a_merge_is_written_down_before_it_is_sent(tmp_path):
    """Killed between sending and hearing: the clean-up of the next run finds what came of it."""
    shelf = Shelf()
    with desk(tmp_path, shelf) as one:
        two = tuple(one.writer.create(one.resource, {"name": f"{MARK}-{n}"}).record_id for n in range(2))

        def killed(asked):
            if asked.path.endswith("/merge"):
                noted.extend(x.operation for x in one.journal.unresolved())

        noted = []
        shelf.before = killed
        one.writer.merge(one.resource, MERGE, two)
        assert sorted(noted) == ["create", "merge", "merge"]


def test_a_foreign_sqlite_file_is_not_adopted(tmp_path):
    """Somebody else's database at the journal's place stays as it is."""
    path = tmp_path / "journal.sqlite"
    con = sqlite3.connect(path)
    con.execute("create table accounts (a)")
    con.commit()
    con.close()
    with pytest.raises((RefusedError, InputError)):
        Journal(path, "test").close()


def test_a_newer_journal_is_left_as_it_is(tmp_path):
    """A journal of another version is refused before anything is written into it."""
    path = tmp_path / "journal.sqlite"
    con = sqlite3.connect(path)
    con.execute("create table meta (name text primary key, value text not null) without rowid")
    con.execute("insert into meta values ('version','2'),('project','test')")
    con.commit()
    con.close()
    with pytest.raises(RefusedError):
        Journal(path, "test")
    con = sqlite3.connect(path)
    assert [r[0] for r in con.execute("select name from sqlite_master where type='table'")] == ["meta"]
    con.close()
