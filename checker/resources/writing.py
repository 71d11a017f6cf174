"""The writer: the only thing that writes. It shows a permit, writes down what it intends before a byte leaves, and what came of it.

Every test record carries the run's mark in its text fields, so that it is found again whatever the answer said; only what is marked **and** in
the journal is ever deleted (design.md, decisions 2 and 7; acceptance A2 to A4, A16, F10).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from checker.client.clock import Clock
from checker.client.messages import Response
from checker.errors import Problem, RefusedError, TransportError, UnreadableError
from checker.journal import Intent, Journal
from checker.model.paths import get
from checker.model.permit import Permit
from checker.resources import seeking, sending
from checker.resources.batches import BatchForm
from checker.resources.marks import holds, marked, texts_of
from checker.resources.merges import MergeForm
from checker.resources.outcomes import SERVER_ERROR, Outcome, Written, answered, unanswered
from checker.resources.replacing import merged, writable
from checker.resources.resource import Resource

SETTLE_S = 2.0  # a server may commit after the connection broke; then it is looked for a second time
UNAUTHORIZED = 401
SYNC = "sync"  # the purpose that may change records that are not ours
OWN = "own"  # the credentials without which nothing goes on


class Writer:
    """Writes in one system, in one run. Thread-safe. `idempotency` tells, by resource, where the create's key goes (`header NAME`).

    `settle_s` is how long a server gets to commit what it broke off; `clock` sleeps meanwhile.
    """

    def __init__(
        self,
        permit: Permit,
        journal: Journal,
        mark: str,
        *,
        idempotency: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        settle_s: float = SETTLE_S,
    ) -> None:
        self.permit, self.journal, self.mark = permit, journal, mark
        self._keys = idempotency or {}
        self.clock = clock or Clock()
        self._settle_s = settle_s
        self._lost = False
        self._owned: set[tuple[str, str]] = set()  # records seen with the mark: so each is looked at once
        self._demands: dict[str, Response] = {}  # by resource: the refusal of a change that named no version
        self.writes = 0

    def create(
        self,
        resource: Resource,
        body: Mapping[str, Any],
        *,
        purpose: str = "probe",
        key: str | None = None,
        test_record: bool = True,
    ) -> Written:
        """Create a record. An end that nobody knows is looked up by the mark, waited for, and looked up again.

        Raises RefusedError outside the permit, InputError where nothing can be written down, TransportError where the credentials are lost.
        """
        place = self._keys.get(resource.name)
        sent_key = (place, key or secrets.token_hex(16)) if place else None
        texts = texts_of(body, self.mark)
        intent = self._intend(resource, "create", None, purpose, sent_key, test=test_record, body=texts)
        written = self._sent(resource, "create", body, None, intent, sent_key)
        if written.ok:
            written = self._confirmed(resource, written, texts, sure=test_record)
        elif marked(texts, self.mark):
            written = self._settled(resource, written, texts)
        return self._noted(written)

    def upsert(self, resource: Resource, operation: str, key: Mapping[str, str], body: Mapping[str, Any]) -> Written:
        """Create a test record, or change the one of that key, by a declared operation. What nobody knows is looked up as a create's. Raises as `create`."""
        texts = texts_of(body, self.mark)
        intent = self._intend(resource, "create", None, "probe", None, test=True, body=texts)
        send = partial(sending.send_upsert, resource, operation, key, body)
        written = self._answered(resource, "create", send, intent)
        settled = self._confirmed(resource, written, texts, sure=True) if written.ok else written
        return self._noted(settled if written.ok else self._settled(resource, written, texts))

    def create_many(
        self, resource: Resource, form: BatchForm, bodies: Sequence[Mapping[str, Any]]
    ) -> tuple[Response, tuple[str | None, ...]]:
        """Create several test records in one call; gives the answer, and each record's id, None for one that is not there afterwards.

        What the answer says counts for nothing: each is looked for by its marked texts. Raises as `create`.
        """
        texts = [texts_of(one, self.mark) for one in bodies]
        intents = [self._intend(resource, "create", None, "probe", None, test=True, body=one) for one in texts]
        response = sending.send_many(resource, form, bodies)
        if response.status >= SERVER_ERROR:
            self.clock.sleep(self._settle_s)
        known = {one.record for one in self.journal.test_records(resource.system, self.mark)}
        rows = [one for one in seeking.marked_rows(resource, self.mark, {}) if resource.id_of(one) not in known]
        ids = tuple(next((resource.id_of(row) for row in rows if holds(row, one, self.mark)), None) for one in texts)
        # Of an answer that promises, with nothing there yet, nobody knows the end: the clean-up looks again.
        open_ = response.status >= SERVER_ERROR or (response.ok and not any(ids))
        for intent, found in zip(intents, ids, strict=True):
            outcome = Outcome.DONE if found else Outcome.UNKNOWN if open_ else Outcome.REFUSED
            self.journal.settle(intent, outcome, found, str(response.status))
        return response, ids

    def update(
        self,
        resource: Resource,
        record_id: str,
        changes: Mapping[str, Any],
        *,
        purpose: str = "probe",
        condition: str | None = None,
    ) -> Written:
        """Change a record; a PUT gets the whole record as it is now, with the changes in it. Raises as `create`.

        `condition`: the entity tag that the record has to have still (If-Match). Only a sync may change what is no test record of ours: for
        any other purpose that raises RefusedError.
        """
        if purpose != SYNC and not self.owns(resource, record_id):
            raise self._not_ours(resource, record_id, "not in the journal, or without the mark")
        ours = self.journal.is_test_record(resource.system, resource.name, record_id)
        only_if = ("header If-Match", condition) if condition is not None else None
        return self._changed(resource, record_id, changes, purpose, only_if, ours=ours)

    def update_row(
        self, parent: Resource, parent_id: str, row: Resource, row_id: str, pointing: str, changes: Mapping[str, Any]
    ) -> Written:
        """Change a row of a test record of ours that is a record of its own: it has neither mark nor entry, and is ours as long as it points there.

        `pointing` is the row's field that names its test record. Raises RefusedError where it names another one; else as `create`.
        """
        held = seeking.found(row, row_id) if self.owns(parent, parent_id) else None
        if held is None or str(get(held, pointing)) != parent_id:
            raise self._not_ours(row, row_id, "no row of a test record")
        return self._changed(row, row_id, changes, "probe", None, ours=True)

    def call(self, resource: Resource, record_id: str, operation: tuple[str, str], body: Mapping[str, Any]) -> Written:
        """Make a call (method, path) about a test record of ours, its body as it stands. `record` is what the answer shows.

        Raises RefusedError for any other record; else as `create`.
        """
        if not self.owns(resource, record_id):
            raise self._not_ours(resource, record_id, "not in the journal, or without the mark")
        intent = self._intend(resource, "update", record_id, "probe", None, test=True)
        send = partial(sending.send_call, resource, *operation, body)
        return self._noted(replace(self._answered(resource, "update", send, intent), record_id=record_id))

    def _changed(
        self,
        resource: Resource,
        record_id: str,
        changes: Mapping[str, Any],
        purpose: str,
        only_if: tuple[str, str] | None,
        *,
        ours: bool,
    ) -> Written:
        """Send a change that may be sent."""
        method, _ = resource.operation(resource.profile.operations.update, "update")
        before = None
        if method == "PUT":  # what a PUT leaves out is cleared: without the record as it is nothing may be sent
            before = seeking.whole(resource, record_id)
        elif purpose == SYNC and resource.profile.operations.read:
            before = resource.read(record_id).record
        body = merged(writable(before or {}, resource.profile), changes) if method == "PUT" else dict(changes)
        intent = self._intend(resource, "update", record_id, purpose, None, test=ours, before=before)
        written = self._sent(resource, "update", body, record_id, intent, only_if)
        return self._noted(replace(written, record_id=record_id))

    def update_many(self, resource: Resource, form: BatchForm, rows: Mapping[str, Mapping[str, Any]]) -> Response:
        """Change several test records in one call; `rows` has each record's id as the API wants it, and its changes, by id as text.

        Raises RefusedError where one of them is no test record of ours; else as `create`.
        """
        for record_id in rows:
            if not self.owns(resource, record_id):
                raise self._not_ours(resource, record_id, "not in the journal, or without the mark")
        intents = {one: self._intend(resource, "update", one, "probe", None, test=True) for one in rows}
        response = sending.send_many(resource, form, list(rows.values()))
        broke = response.status >= SERVER_ERROR
        outcome = Outcome.DONE if response.ok else Outcome.UNKNOWN if broke else Outcome.REFUSED
        for record_id, intent in intents.items():
            self.journal.settle(intent, outcome, record_id, str(response.status))
        return response

    def merge(self, resource: Resource, form: MergeForm, ids: tuple[str, str]) -> Written:
        """Merge two test records of ours into one, which can't be undone. `record_id` is that of a third record, where one came of it.

        Raises RefusedError unless both are there, in the journal and marked; else as `create`.
        """
        for one in ids:
            if self._ours(resource, one) is None or ids[0] == ids[1]:
                raise self._not_ours(resource, one, "not there, or the same twice")
        intents = [self._intend(resource, "merge", one, "probe", None, test=True) for one in ids]
        # Some systems make a new record of the two: it is written down as one that may be ours, and looked for by the mark.
        third = self._intend(resource, "create", None, "probe", None, test=True)
        written = self._answered(resource, "merge", lambda: sending.send_merge(resource, form, ids), third)
        note = str(written.response.status) if written.response is not None else None
        for intent, one in zip(intents, ids, strict=True):
            self.journal.settle(intent, written.outcome, one, note)
        if not written.ok:
            return self._noted(written)
        found = self._third(resource, ids)
        self.journal.settle(third, Outcome.DONE if found else Outcome.REFUSED, found, note)
        return replace(written, record_id=found)

    def _third(self, resource: Resource, ids: tuple[str, str]) -> str | None:
        """The record that two others were merged into, where neither of them is left."""
        if any(seeking.found(resource, one) is not None for one in ids):
            return None
        new = self.unknown_records(resource, self.mark, {})
        return new[0] if len(new) == 1 else None

    def owns(self, resource: Resource, record_id: str) -> bool:
        """Whether a record is a test record of ours: by the journal and, once it can be read, by the mark that it carries.

        A system may answer a create with the id of another record. Raises TransportError where nobody can tell.
        """
        where = (resource.name, record_id)
        if where in self._owned:
            return True
        if not self.journal.is_test_record(resource.system, resource.name, record_id):
            return False
        record = seeking.found(resource, record_id)
        if record is None:  # not visible yet, or gone: nobody else's
            return True
        if any(one and marked(record, one) for one in self._marks(resource, record_id)):
            self._owned.add(where)
            return True
        return False

    def delete(self, resource: Resource, record_id: str, *, purpose: str = "probe") -> Written:
        """Delete a test record of ours. Raises RefusedError for any other: without our journal's word, or without the mark; else as `create`."""
        self._ours(
            resource, record_id
        )  # of which no image is kept: nobody wants it back, and one of a subscription has its secret in it
        intent = self._intend(resource, "delete", record_id, purpose, None, test=True)
        return self._noted(replace(self._sent(resource, "delete", None, record_id, intent, None), record_id=record_id))

    def _ours(self, resource: Resource, record_id: str) -> dict[str, Any] | None:
        """A test record of ours as it is now; None where it is gone. Raises RefusedError for any other."""
        if not self.journal.is_test_record(resource.system, resource.name, record_id):
            raise self._not_ours(resource, record_id, "not in the journal")
        record = seeking.found(resource, record_id)
        if record is not None and not any(one and marked(record, one) for one in self._marks(resource, record_id)):
            raise self._not_ours(resource, record_id, "without the mark")
        if record is not None:
            self._owned.add((resource.name, record_id))
        return record

    def saw(self, resource: Resource, record_id: str) -> bool:
        """Whether this id was seen to find a record of ours: only then it is a proof that it finds none any more."""
        return (resource.name, record_id) in self._owned

    def unknown_records(self, resource: Resource, mark: str, texts: Mapping[str, Any]) -> list[str]:
        """Ids of the records that carry a mark and stand in no entry of the journal for this resource. Raises as `marked_records`."""
        entries = self.journal.test_records(resource.system, mark)
        known = {one.record for one in entries if one.resource == resource.name}
        return [one for one in seeking.marked_records(resource, mark, texts) if one not in known]

    def _marks(self, resource: Resource, record_id: str) -> list[str]:
        entries = self.journal.test_records(resource.system)
        return [one.mark for one in entries if (one.resource, one.record) == (resource.name, record_id)] or [self.mark]

    def _intend(  # noqa: PLR0913 - the parts of an intent
        self,
        resource: Resource,
        operation: str,
        record: str | None,
        purpose: str,
        key: tuple[str, str] | None,
        *,
        test: bool,
        body: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> int:
        """Check the permit, then write the intent down."""
        base_url = resource.client.base_url
        if (resource.system, base_url) != (self.permit.system, self.permit.base_url):
            values = {"system": resource.system, "permitted": self.permit.base_url, "base_url": base_url}
            raise RefusedError(Problem("write.other-origin", values))
        if self._lost and operation != "delete":
            raise TransportError(Problem("write.credentials-lost", {"system": resource.system}))
        self.writes += 1
        return self.journal.intend(
            Intent(
                mark=self.mark, purpose=purpose, system=resource.system, base_url=base_url, resource=resource.name,
                operation=operation, record=record, key=key[1] if key else None, test=test, body=body, before=before,
            )
        )  # fmt: skip

    def _sent(
        self,
        resource: Resource,
        verb: str,
        body: Mapping[str, Any] | None,
        record_id: str | None,
        intent: int,
        key: tuple[str, str] | None,
    ) -> Written:
        return self._answered(resource, verb, lambda: self._answer(resource, verb, body, record_id, key), intent)

    def _answered(self, resource: Resource, verb: str, send: Callable[[], Response], intent: int) -> Written:
        """Send a write, and say what its answer, or that there is none, makes of it."""
        try:
            response = send()
        except TransportError as error:
            return unanswered(error, intent)
        # Another user's refusal says nothing about ours.
        if response.status == UNAUTHORIZED and resource.credentials == OWN:
            self._lost = True
        return answered(resource, verb, response, intent)

    def _answer(
        self,
        resource: Resource,
        verb: str,
        body: Mapping[str, Any] | None,
        record_id: str | None,
        key: tuple[str, str] | None,
    ) -> Response:
        """The answer to a write. A change for which the system wants a condition goes under the record's entity tag of now.

        Whoever gave a condition of his own gets the answer to that one.
        """
        if record_id is None or key is not None:
            return sending.send(resource, verb, body, record_id, key)
        if resource.name not in self._demands:
            response = sending.send(resource, verb, body, record_id, None)
            if not sending.wants_condition(response) or resource.profile.operations.read is None:
                return response
            self._demands[resource.name] = response
        tag = resource.read(record_id).response.headers.get("etag")
        return sending.send(resource, verb, body, record_id, ("header If-Match", tag) if tag else None)

    def demand(self, resource: Resource) -> Response | None:
        """The refusal of a change that named no version; None where every change was taken without."""
        return self._demands.get(resource.name)

    def _confirmed(self, resource: Resource, written: Written, texts: Mapping[str, Any], *, sure: bool) -> Written:
        """A create that was answered well, with the id of what was created: never that of another record."""
        assert written.response is not None  # noqa: S101 - only what was answered is DONE
        told = sending.created_id(written.response, written.record, resource.profile)
        ours = not sure or not marked(texts, self.mark) or written.record is None or marked(written.record, self.mark)
        if told is not None and ours:
            return replace(written, record_id=told)
        try:
            new = self.unknown_records(resource, self.mark, texts)
        except TransportError:  # stored it is; clean-up looks for it again
            new = []
        return replace(written, record_id=new[0] if len(new) == 1 else told if ours else None)

    def _settled(self, resource: Resource, written: Written, texts: Mapping[str, Any]) -> Written:
        """What became of a create that nobody answered for: looked up, waited for, looked up again.

        An error inside a good status is looked up once: some servers store the record all the same. Other refusals are believed.
        """
        if written.outcome is Outcome.REFUSED and (written.response is None or not written.response.ok):
            return written
        for wait in (0.0,) if written.outcome is Outcome.REFUSED else (0.0, self._settle_s):
            if wait:
                self.clock.sleep(wait)
            try:
                new = self.unknown_records(resource, self.mark, texts)
            except (TransportError, UnreadableError):
                continue
            if len(new) == 1:
                return replace(written, outcome=Outcome.DONE, record_id=new[0])
        return written

    def _noted(self, written: Written) -> Written:
        """Write down what came of it."""
        note = str(written.response.status) if written.response is not None else None
        if written.error is not None:
            note = "; ".join(one.code for one in written.error.problems)
        self.journal.settle(written.intent, written.outcome, written.record_id, note)
        return written

    @staticmethod
    def _not_ours(resource: Resource, record_id: str, why: str) -> RefusedError:
        values = {"system": resource.system, "resource": resource.name, "record": record_id, "why": why}
        return RefusedError(Problem("write.not-ours", values))
