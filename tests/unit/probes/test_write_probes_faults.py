"""Every claim of the write probes, with a system that keeps it and one that breaks it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checker.model.finding import Answer
from checker.model.profile import Operations, Relation, ResourceProfile, UpdatedSince
from checker.probes import CLEANUP_PROBES, WRITE_PROBES, WRITE_SYSTEM_PROBES
from checker.probes.journals import tells
from checker.probes.merging import merges
from checker.touch import cleaned
from tests.servers import Answered, Asked
from tests.unit.probes.touched import asked
from tests.unit.probes.writable import COMPANY, FIELDS, Writable, document, small

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

# What the small CRM does wrong -> what must be told of it: (claim, answer, some of its values). Each line is the mutant that it catches: a
# probe that doesn't look gives the answer of the good citizen.
DEFECTS: list[tuple[str, str, Answer, dict[str, Any]]] = [
    ("no-create", "write.create-accepted", NO, {"status": 403}),
    ("no-create", "write.rights-suffice", NO, {"status": 403}),
    ("no-update", "write.update-accepted", NO, {"status": 409}),
    ("never-readable", "write.round-trip", NO, {"status": 404}),
    ("hides", "write.round-trip", NO, {"fields": ["note"]}),
    ("hides", "write.rights-suffice", NO, {"fields": ["note"]}),
    ("drops", "write.round-trip", NO, {"fields": ["note"]}),
    ("drops", "write.not-altered", NO, {"alterations": ["note: dropped"]}),
    ("cuts", "write.not-altered", NO, {"alterations": ["note: cut"]}),
    ("rounds", "write.not-altered", NO, {"alterations": ["amount: rounded"]}),
    ("trims", "write.not-altered", NO, {"alterations": ["nickname: trimmed"]}),
    ("recases", "write.not-altered", NO, {"alterations": ["email: recased"]}),
    ("squeezes", "write.not-altered", NO, {"alterations": ["note: tidied"]}),
    ("ignores-town", "write.not-altered", NO, {"alterations": ["town: changed"]}),
    ("escapes", "write.unicode-kept", NO, {"field": "last_name"}),
    ("ascii", "write.unicode-kept", NO, {"field": "last_name"}),
    ("composes", "write.unicode-kept", NO, {"field": "last_name", "outcome": "recoded"}),
    ("decomposes", "write.unicode-kept", NO, {"field": "last_name", "outcome": "recoded"}),
    ("allows-required", "write.required-enforced", NO, {"field": "stage", "status": 201}),
    ("allows-max-length", "write.max-length-enforced", NO, {"field": "last_name", "outcome": "cut"}),
    ("allows-enum", "write.enum-enforced", NO, {"field": "stage", "outcome": "stored"}),
    ("allows-format", "write.format-enforced", NO, {"field": "email", "outcome": "stored"}),
    ("allows-calendar", "write.calendar-checked", NO, {"field": "due_on", "outcome": "stored"}),
    ("allows-calendar", "write.format-enforced", YES, {}),
    ("rolls-over", "write.calendar-checked", NO, {"field": "due_on", "outcome": "changed"}),
    ("allows-type", "write.format-enforced", NO, {"field": "amount", "outcome": "stored"}),
    ("allows-day", "write.format-enforced", NO, {"field": "due_on", "outcome": "stored"}),
    ("allows-pattern", "write.format-enforced", NO, {"field": "code", "outcome": "stored"}),
    ("allows-range", "write.format-enforced", NO, {"field": "amount", "outcome": "stored"}),
    ("allows-read-only", "write.read-only-refused", NO, {"outcome": "ignored"}),
    ("allows-read-only", "write.read-only-kept", YES, {"outcome": "ignored"}),
    ("takes-read-only", "write.read-only-kept", NO, {"outcome": "stored"}),
    ("allows-unique", "write.unique-enforced", NO, {"fields": ["email"]}),
    # A mail address that was refused for its form says nothing about a second one.
    ("allows-unique", "write.unique-under-race", UNKNOWN, {"reason": "no-unique-rule"}),
    ("allows-reference", "write.reference-enforced", NO, {"field": "company_id", "outcome": "stored"}),
    ("allows-unknown", "write.unknown-field-refused", NO, {"field": "readiness_no_such_field", "outcome": "ignored"}),
    ("allows-empty", "write.empty-required-refused", NO, {"field": "last_name", "outcome": "stored"}),
    ("unchecked-updates", "write.rules-hold-on-update", NO, {"field": "stage", "outcome": "stored"}),
    ("no-update", "write.rules-hold-on-update", UNKNOWN, {"reason": "control-refused"}),
    ("races", "write.unique-under-race", NO, {"field": "email"}),
    ("stamps-settable", "timestamp.not-settable", NO, {"field": "updated_at"}),
    ("local-as-utc", "timestamp.in-step", NO, {"field": "updated_at", "minutes": 60}),
    ("silent", "write.error-names-field", NO, {}),
    ("tells-nothing", "write.answer-tells-record", NO, {"outcome": "no-id-told"}),
    ("shows-another", "write.answer-tells-record", NO, {"outcome": "another-record"}),
    ("shows-another", "write.update-accepted", UNKNOWN, {"reason": "not-ours"}),
    ("adds-lines", "write.lines-replaced", NO, {"field": "lines", "sent": 1, "found": 2}),
    ("turns-lines", "write.lines-replaced", NO, {"field": "lines", "sent": 2, "found": 2}),
    ("keeps-lines", "write.lines-replaced", NO, {"field": "lines", "sent": 0, "found": 1}),
    ("makes-lines-anew", "write.lines-replaced", NO, {"field": "lines", "sent": 2, "outcome": "line-ids-anew"}),
    ("replaces", "write.update-keeps-rest", NO, {}),
    ("keeps-null", "write.null-clears", NO, {"null": "kept", "empty": "kept"}),
    ("two-records", "write.idempotent-create", NO, {"outcome": "two-records"}),
    (
        "upserts-anew",
        "write.upsert-one-record",
        NO,
        {"operation": "PUT /contacts/by-nickname/{nickname}", "records": 3},
    ),
    ("upserts-once", "write.upsert-one-record", YES, {"outcome": "refused"}),
    ("stuck", "timestamp.moves-on-update", NO, {"field": "updated_at"}),
    ("child-stuck", "timestamp.moves-on-child", NO, {"field": "updated_at"}),
    ("link-stuck", "timestamp.moves-on-link", NO, {"field": "updated_at", "link": "company_id"}),
    ("bulk-stuck", "timestamp.moves-on-bulk", NO, {"field": "updated_at"}),
    ("bulk-ignored", "timestamp.moves-on-bulk", UNKNOWN, {"reason": "batch-ignored", "status": 200}),
    ("read-moves", "timestamp.still-on-read", NO, {"reads": 4}),
    ("moves-for-nothing", "timestamp.still-on-same", NO, {"field": "last_name"}),
    ("state-stands-still", "write.transitions-known", NO, {"field": "stage"}),
    ("state-stands-still", "deactivate.accepted", NO, {"field": "stage", "outcome": "ignored"}),
    ("untold-rule", "write.rules-known", NO, {"refused": 1}),
    ("brings-another", "side-effects.none-seen", NO, {}),
    ("batch-all-or-nothing", "batch.errors-per-row", NO, {"status": 400, "outcome": "all-refused"}),
    ("batch-stops", "batch.errors-per-row", NO, {"status": 207, "outcome": "stopped-at-it"}),
    ("batch-hides", "batch.errors-per-row", NO, {"status": 207, "outcome": "one-left-out"}),
    ("batch-silent", "batch.errors-per-row", NO, {"status": 200, "outcome": "one-left-out"}),
    ("wants-condition", "write.version-not-demanded", NO, {"status": 428, "header": "If-Match"}),
    ("names-condition", "write.version-not-demanded", NO, {"status": 400, "header": "If-Match"}),
    ("no-update", "write.version-not-demanded", UNKNOWN, {"reason": "refused"}),
    ("ignores-lock", "write.lock-honoured", NO, {"header": "ETag", "status": 200}),
    ("list-lags", "list.shows-change-at-once", NO, {}),
    ("no-delete", "delete.accepted", NO, {"status": 409}),
    ("cursor-counts", "list.complete-while-changing", NO, {}),
    ("delete-ignored", "list.complete-while-changing", UNKNOWN, {"reason": "still-there"}),
    ("ids-again", "ids.not-reused", NO, {"times": 2}),
    ("delete-ignored", "ids.not-reused", UNKNOWN, {"reason": "still-there"}),
    ("delete-ignored", "delete.accepted", NO, {"outcome": "still-there"}),
    ("delete-again-breaks", "delete.again-told", NO, {"status": 500}),
    ("no-delete", "delete.again-told", UNKNOWN, {"reason": "delete-refused"}),
    ("delete-breaks-reads", "delete.accepted", UNKNOWN, {"reason": "server-error"}),
    # 204 and no read that ever finds it: the list decides; where it never showed the record either, nobody can tell.
    ("never-readable", "delete.accepted", YES, {"status": 204, "outcome": "gone"}),
    ("never-readable-nor-deleted", "delete.accepted", NO, {"status": 204, "outcome": "still-there"}),
    ("other-id", "delete.accepted", UNKNOWN, {"reason": "never-seen"}),
    ("other-id", "delete.visible", UNKNOWN, {"reason": "never-seen"}),
    ("other-id", "cleanup.nothing-left", YES, {}),
    ("merge-untraced", "merge.visible", NO, {"outcome": "gone-untraced", "operation": "POST /contacts/merge"}),
    ("merge-in-silence", "merge.visible", NO, {"outcome": "changed-in-silence"}),
    ("merge-does-nothing", "merge.visible", UNKNOWN, {"reason": "merge-does-nothing"}),
    ("merge-redirects", "merge.visible", YES, {"outcome": "redirected"}),
    ("merge-makes-a-third", "merge.visible", YES, {"outcome": "marked"}),
    ("sums-off", "write.sums-right", NO, {"fields": ["net", "tax", "gross"]}),
    ("anyone-writes", "rights.restricted-refused", NO, {"status": 201, "deed": "create"}),
    ("anyone-changes", "rights.restricted-refused", NO, {"status": 200, "deed": "update"}),
    ("anyone-deletes", "rights.restricted-refused", NO, {"status": 204, "deed": "delete"}),
    ("no-user", "changed-by.own-user-shown", NO, {"field": None}),
    ("same-user", "changed-by.own-user-shown", NO, {"differs": False}),
    ("no-delete", "cleanup.nothing-left", NO, {}),
    # A refusal that comes whatever is sent says nothing about the fault in it, and neither does a broken server.
    # A system that breaks on each faulty body, twice, keeps its rules in its own way; what was stored at the second try was not refused.
    ("breaks", "write.required-enforced", YES, {"field": "stage", "status": 500}),
    ("breaks", "write.unique-enforced", YES, {"fields": ["email"]}),
    ("breaks", "write.error-names-field", NO, {}),
    ("broken", "write.error-names-field", UNKNOWN, {"reason": "write-unclear"}),
    ("breaks-once", "write.required-enforced", NO, {"field": "stage"}),
    ("full", "write.read-only-refused", UNKNOWN, {"reason": "control-refused"}),
    ("full", "write.idempotent-create", UNKNOWN, {"reason": "control-refused"}),
    ("broken", "write.create-accepted", UNKNOWN, {"reason": "write-unclear"}),
    ("broken", "write.required-enforced", UNKNOWN, {"reason": "write-unclear"}),
]


def test_a_system_that_keeps_its_rules_is_told_so(tmp_path: Path) -> None:
    """Every claim is a yes for the good citizen, in at most a hundred requests, and no test record is left.

    That no mail went out nobody can see; what a PUT leaves out is no question of a system that takes partial changes.
    """
    with small(tmp_path) as one:
        found = one.probed()
        answers = {claim: finding.answer for claim, finding in found.items()}
        open_ = {"side-effects.none-seen": UNKNOWN, "write.put-replaces": Answer.NOT_APPLICABLE}
        assert answers == {**dict.fromkeys(found, YES), **open_}
        assert found.keys() == {
            claim for probe in (*WRITE_PROBES, *WRITE_SYSTEM_PROBES, *CLEANUP_PROBES) for claim in probe.claims
        }
        assert one.requests <= 100
        assert all(record["deleted_at"] for record in one.server.records.values())


@pytest.mark.parametrize(
    ("defect", "claim", "answer", "values"), DEFECTS, ids=[f"{one[0]}-{one[1]}" for one in DEFECTS]
)
def test_a_defect_is_noticed(tmp_path: Path, defect: str, claim: str, answer: Answer, values: dict[str, Any]) -> None:
    """What the system does wrong is told, with the field and what happened."""
    with small(tmp_path, defect) as one:
        finding = one.probed()[claim]
    assert (finding.answer, {name: finding.values.get(name) for name in values}) == (answer, values)
    assert finding.evidence or answer is UNKNOWN or claim == "cleanup.nothing-left"


def test_a_link_that_was_tried_points_where_it_pointed(tmp_path: Path) -> None:
    """What becomes of records that point at a deleted one is tried later, with the same link."""
    with small(tmp_path) as one:
        assert one.probed()["timestamp.moves-on-link"].answer is YES
        assert {record["company_id"] for record in one.server.records.values()} <= {COMPANY, None}


def test_every_claim_has_a_system_that_breaks_it() -> None:
    """No claim is told without a test in which the answer is no; that a delete leaves no trace is told of the ERP, and what a PUT
    leaves out is asked of another dialect (test_emptying.py).
    """
    claims = {claim for probe in (*WRITE_PROBES, *WRITE_SYSTEM_PROBES, *CLEANUP_PROBES) for claim in probe.claims}
    assert claims - {claim for _, claim, answer, _ in DEFECTS if answer is NO} == {
        "delete.visible",
        "write.put-replaces",
    }


@pytest.mark.parametrize(("mapped", "written"), [("company_id", True), ("company_id.id", True), ("company_idx", False)])
def test_a_reference_is_written_where_a_flow_maps_it_or_the_id_inside_it(
    tmp_path: Path, mapped: str, written: bool
) -> None:
    """Without it nothing can be told of what becomes of records that point at a deleted one."""
    with small(tmp_path) as it:
        touch = it.system.resources[0]
        touch.plan = dataclasses.replace(touch.plan, wanted=frozenset({mapped}))
        assert dict(it.system.references(touch)) == ({"company_id": COMPANY} if written else {})


def test_a_system_that_breaks_on_the_second_of_two_keeps_its_rule(tmp_path: Path) -> None:
    """Where only the database sees that two came at once, the second is answered with 500: one record is there all the same, and no alarm."""
    with small(tmp_path, "race-breaks") as one:
        finding = one.probed()["write.unique-under-race"]
    assert (finding.answer, sorted(finding.values["status"])) == (YES, [201, 500])


def test_a_system_that_wants_the_version_with_every_change_is_changed_and_left_clean(tmp_path: Path) -> None:
    """Precondition Required (428) is no refusal of the change: it goes under the version of now, and an outdated one is still refused."""
    with small(tmp_path, "wants-condition") as it:
        found = it.probed()
        claims = ("write.update-accepted", "write.lock-honoured", "delete.accepted", "cleanup.nothing-left")
        assert {claim: found[claim].answer for claim in claims} == dict.fromkeys(claims, YES)
        assert all(record["deleted_at"] for record in it.server.records.values())


def test_a_list_inside_another_record_keeps_nobody_from_looking_for_side_effects(tmp_path: Path) -> None:
    with small(tmp_path, "brings-another") as it:
        look = it.system.look
        inside = replace(
            look.resources[0].profile,
            name="rows",
            operations=Operations(list="GET /contacts/{id}/rows", create="POST /contacts/{id}/rows"),
            updated_since=UpdatedSince(),
        )
        look.profile = replace(look.profile, resources=(inside, *look.profile.resources))
        assert it.probed()["side-effects.none-seen"].answer is NO


def test_lines_that_were_sent_along_are_no_side_effect_in_a_list_of_their_own(tmp_path: Path) -> None:
    """What points at a record of ours that was written with lines is such a line."""
    with small(tmp_path) as it:
        look = it.system.look
        rows = ResourceProfile(
            name="rows",
            operations=Operations(list="GET /rows", create="POST /rows"),
            items_path="data",
            relations=(Relation(field="contact_id", to="contacts"),),
        )
        look.profile = replace(look.profile, resources=(rows, *look.profile.resources))
        found = it.probed()["side-effects.none-seen"]
        assert (found.answer, "rows" in found.values["looked"]) == (UNKNOWN, True)


def test_a_mark_where_records_do_not_show_it_is_none(tmp_path: Path) -> None:
    """Lines that only a special read shows can't tell a record as ours: what bears the mark nowhere else is not created."""
    fields = {
        "last_name": {"type": "string", "enum": ["Kern"]},
        **{name: FIELDS[name] for name in ("stage", "email", "lines")},
    }
    with small(tmp_path, "hides-lines", fields) as it:
        assert it.probed()["cleanup.nothing-left"].answer is YES
        assert it.server.records


def test_a_lagging_list_is_waited_for_and_its_delay_told(tmp_path: Path) -> None:
    """A list that shows changes three seconds late is no list without changes: the delay is told."""
    with small(tmp_path, "list-lags") as one:
        finding = one.probed()["list.shows-change-at-once"]
    assert 3.0 <= finding.values["delay"] < 8.0


def test_a_merge_that_is_asked_for_alone_makes_its_own_records(tmp_path: Path) -> None:
    """Without other questions before it there are no records left to merge: two are created for it, and the record of the others stays alone."""
    with small(tmp_path) as one:
        (found,) = asked(merges, one.system.resources[0])
        assert (found.answer, found.values["outcome"]) == (YES, "marked")
        assert len(one.server.records) == 3
        cleaned(one.system)
        assert all(record["deleted_at"] for record in one.server.records.values())


def test_what_a_merge_made_of_two_records_is_removed(tmp_path: Path) -> None:
    """A system that makes a third record of the two: no create of ours named it, and it is found by its mark and deleted like the others."""
    with small(tmp_path, "merge-makes-a-third") as one:
        one.probed()
        thirds = [record for name, record in one.server.records.items() if name.startswith("m")]
        assert [one.system.writer.mark in str(record) for record in thirds] == [True]
        assert all(record["deleted_at"] for record in one.server.records.values())


def test_a_record_that_is_readable_late_is_waited_for(tmp_path: Path) -> None:
    """A read-back waits until the new record is there, and tells how long that took."""
    with small(tmp_path, "read-lags") as one:
        finding = one.probed()["write.round-trip"]
    assert finding.answer is YES
    assert 3.0 <= finding.values["delay"] < 8.0


@pytest.mark.parametrize("defect", ["reader-unauthorised", "reader-sees-nothing"])
def test_a_restricted_user_that_is_sent_away_takes_nothing_from_ours(tmp_path: Path, defect: str) -> None:
    """A 401 to somebody else's write is a refusal, and so is one to whoever may not even read; our own writes go on."""
    with small(tmp_path, defect) as one:
        assert one.probed()["rights.restricted-refused"].answer is YES
        touch = one.system.resources[0]
        assert touch.writer.create(touch.resource, touch.body()).ok


def test_a_delete_that_only_the_list_of_changes_shows_is_visible(tmp_path: Path) -> None:
    """A record that can't be read any more, but is among what changed, is a delete that can be noticed."""
    with small(tmp_path, "vanishes") as one:
        finding = one.probed()["delete.visible"]
    assert (finding.answer, finding.values["how"]) == (YES, "changes")


def test_a_delete_that_only_the_systems_own_journal_tells_is_visible(tmp_path: Path) -> None:
    """A record that is gone from every list, with an entry in a list that nobody writes by the API: its newest entries are looked at."""
    with small(tmp_path, "only-logged") as one:
        finding = one.probed()["delete.visible"]
    assert (finding.answer, finding.values["how"]) == (YES, "journal audit-log")


def test_a_journal_of_other_records_tells_nothing() -> None:
    """The same id of another kind, a change instead of a delete, or another id is no sign of it."""
    entry = {"action": "delete", "collection": "contacts", "item": "61"}
    assert tells(entry, "contacts", "61")
    assert not tells({**entry, "collection": "companies"}, "contacts", "61")
    assert not tells({**entry, "action": "update"}, "contacts", "61")
    assert not tells({**entry, "item": "610"}, "contacts", "61")
    assert not tells({**entry, "collection": "contact_notes"}, "contacts", "61", ["contacts", "contact_notes"])
    assert tells({**entry, "collection": "contact_notes"}, "contact_notes", "61", ["contacts", "contact_notes"])


def test_what_a_restricted_user_created_is_removed(tmp_path: Path) -> None:
    """A record that should never have come to be is a finding, and is cleaned up like the others."""
    with small(tmp_path, "anyone-writes") as one:
        assert one.probed()["rights.restricted-refused"].answer is NO
        assert all(record["deleted_at"] for record in one.server.records.values())


def test_every_test_record_bears_the_mark(tmp_path: Path) -> None:
    """Whatever is accepted, a record of ours can be told as ours, also where the name was left out."""
    for defect in ("allows-required", "allows-format", "allows-enum"):
        folder = tmp_path / defect
        folder.mkdir()
        with small(folder, defect) as one:
            one.probed()
            assert all(one.system.writer.mark in str(record) for record in one.server.records.values())


def test_what_could_not_be_told_as_ours_is_never_created(tmp_path: Path) -> None:
    """Where only the required field has room for the mark, leaving it out isn't tried: such a record could never be removed."""
    with small(tmp_path, "allows-required", {"last_name": FIELDS["last_name"]}) as one:
        finding = one.probed()["write.required-enforced"]
        assert (finding.answer, finding.values["reason"]) == (UNKNOWN, "no-room-for-mark")
        assert all(one.system.writer.mark in str(record) for record in one.server.records.values())


def test_the_record_of_somebody_else_stays_as_it_was(tmp_path: Path) -> None:
    """A system that answers each create with the id of another record: that one is neither changed nor deleted."""
    with small(tmp_path, "shows-another") as one:
        one.probed()
        other = one.server.records["c0"]
        assert (other["last_name"], other["note"], other["deleted_at"]) == ("Somebody", None, None)


class Binned(Writable):
    """Deleted records are gone from the list, at any time of change, and from the single read; a list of their own holds them."""

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        if asked.path == "/contacts/deleted":
            gone = [one for one in self.records.values() if one["deleted_at"] and self.defect != "bin-empty"]
            return {"data": [{"id": one["id"], "when": one["deleted_at"]} for one in gone]}
        if asked.path == "/contacts" and asked.method == "GET":
            asked = dataclasses.replace(asked, pairs=[one for one in asked.pairs if one[0] != "updated_since"])
        record = self.records.get(asked.path.rpartition("/")[2])
        if record is not None and asked.method == "GET" and record["deleted_at"]:
            return Answered(404, {"error": "none"})
        return super().__call__(asked)


def binned(fields: Any) -> dict[str, Any]:
    """The small CRM's document, with the list of what was deleted and without the journal."""
    made = document(fields)
    entry = {"type": "object", "properties": {"id": {"type": "string"}, "when": {"type": "string"}}}
    many = {"type": "object", "properties": {"data": {"type": "array", "items": entry}}}
    del made["paths"]["/audit-log"]
    answer = {"description": "many", "content": {"application/json": {"schema": many}}}
    made["paths"]["/contacts/deleted"] = {"get": {"responses": {"200": answer}}}
    return made


@pytest.mark.parametrize(("defect", "answer", "how"), [("", YES, "list /contacts/deleted"), ("bin-empty", NO, None)])
def test_a_list_of_deleted_records_shows_a_delete(tmp_path: Path, defect: str, answer: Answer, how: str | None) -> None:
    """Where a list of its own holds what was deleted, a delete can be noticed; where that is empty, it can't."""
    with small(tmp_path, defect, speaks=Binned, told=binned) as one:
        finding = one.probed()["delete.visible"]
    assert (finding.answer, finding.values["how"]) == (answer, how)


@pytest.mark.parametrize(
    ("defect", "told"), [("", []), ("ignores-town", ["town.street: changed", "town.city: changed"])]
)
def test_a_field_inside_an_object_is_changed_too(tmp_path: Path, defect: str, told: list[str]) -> None:
    """What a change of an address leaves as it was is an alteration like any other; ids in it stay."""
    parts = {
        "street": {"type": "string"},
        "city": {"type": "string", "maxLength": 30},
        "country_id": {"type": "integer"},
    }
    fields = {**FIELDS, "town": {"type": "object", "properties": parts}}
    with small(tmp_path, defect, fields) as one:
        finding = one.probed()["write.not-altered"]
        assert len({(record["town"] or {}).get("country_id") for record in one.server.records.values()}) == 1
    assert finding.values["alterations"] == told


class Versioned(Writable):
    """Records have a version that counts their changes; a change that names another one is refused, but for the defect."""

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record as answers show it."""
        return {**super().shown(record), "version": record.get("version", 1)}

    def updated(self, record_id: str, body: dict[str, Any], user: str) -> Any:
        """A changed record."""
        now, named = self.records[record_id].get("version", 1), body.pop("version", None)
        if self.defect == "plain-field":
            answer = super().updated(record_id, body, user)
            self.records[record_id]["version"] = named or now + 1
            return answer
        if named not in (None, now) and self.defect != "version-ignored":
            return Answered(409, {"error": {"code": "version_conflict"}})
        answer = super().updated(record_id, body, user)
        self.records[record_id]["version"] = now + 1
        return answer


@pytest.mark.parametrize(
    ("defect", "answer", "values"),
    [
        ("", YES, {"header": "version", "status": 409}),
        ("version-ignored", NO, {"header": "version"}),
        ("plain-field", UNKNOWN, {"reason": "no-version-shown"}),
    ],
)
def test_a_version_in_a_field_is_a_lock(tmp_path: Path, defect: str, answer: Answer, values: dict[str, Any]) -> None:
    """Where the document has a field for the version instead of a header, an outdated one is sent in it; a field that takes any value is none."""
    with small(tmp_path, defect, {**FIELDS, "version": {"type": "integer"}}, speaks=Versioned) as one:
        finding = one.probed()["write.lock-honoured"]
    assert (finding.answer, {name: finding.values[name] for name in values}) == (answer, values)


class Told(Binned):
    """Of what was deleted tell, by defect: a list of all kinds, asked since an instant; the list itself, with a switch; nothing."""

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        pairs = dict(asked.pairs)
        gone = [one for one in self.records.values() if one["deleted_at"]]
        if asked.path == "/deletions":
            new = gone if self.defect == "journal" and "since" in pairs else []
            others = [{"kind": "contacts", "ref": str(number), "at": "2020-01-01T00:00:00Z"} for number in range(60)]
            return {
                "data": [
                    *([] if new else others),
                    *({"kind": "contacts", "ref": one["id"], "at": one["deleted_at"]} for one in new),
                ]
            }
        if asked.path == "/contacts" and asked.method == "GET" and pairs.get("deleted") == "only":
            return {"data": [{"id": one["id"]} for one in gone] if self.defect == "switch" else []}
        return super().__call__(asked)


def told(fields: Any) -> dict[str, Any]:
    """The small CRM's document with a list of all that was deleted, and an option of the list that brings deleted records."""
    made = binned(fields)
    entry = {"type": "object", "properties": {one: {"type": "string"} for one in ("kind", "ref", "at")}}
    many = {"type": "object", "properties": {"data": {"type": "array", "items": entry}}}
    del made["paths"]["/contacts/deleted"]
    since = {"name": "since", "in": "query", "schema": {"type": "string", "format": "date-time"}}
    answer = {"description": "many", "content": {"application/json": {"schema": many}}}
    made["paths"]["/deletions"] = {"get": {"parameters": [since], "responses": {"200": answer}}}
    option = {"name": "deleted", "in": "query", "schema": {"type": "string", "enum": ["no", "only"]}}
    kept = [one for one in made["paths"]["/contacts"]["get"]["parameters"] if one.get("name") != "updated_since"]
    made["paths"]["/contacts"]["get"]["parameters"] = [*kept, option]
    return made


@pytest.mark.parametrize(
    ("defect", "answer", "how"),
    [("journal", YES, "journal deletions"), ("switch", YES, "parameter deleted"), ("", NO, None)],
)
def test_a_delete_shows_in_a_list_for_all_kinds_or_by_an_option_of_the_list(
    tmp_path: Path, defect: str, answer: Answer, how: str | None
) -> None:
    """A list of everything that was deleted, however long, and an option that brings deleted records are looked at; empty ones tell nothing."""
    with small(tmp_path, defect, speaks=Told, told=told) as one:
        finding = one.probed()["delete.visible"]
    assert (finding.answer, finding.values["how"]) == (answer, how)


def test_what_a_line_points_at_is_left_alone(tmp_path: Path) -> None:
    """A line is changed in a value of its own: another id would be another product, or none."""
    inside = {"product_id": {"type": "integer"}, "text": {"type": "string"}}
    line = {"type": "object", "required": list(inside), "properties": inside}
    with small(tmp_path, fields={**FIELDS, "lines": {"type": "array", "items": line}}) as it:
        assert it.probed()["timestamp.moves-on-child"].answer is YES
        lines = [one for record in it.server.records.values() for one in record["lines"] or []]
    assert len({one["product_id"] for one in lines}) == 1
