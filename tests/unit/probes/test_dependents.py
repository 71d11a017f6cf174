"""What becomes of a record that points at a deleted one, and whether a run that asks for changes sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from checker.model.finding import Answer, Finding
from checker.probes.deleting import blocked
from checker.probes.rules import control
from checker.sandbox.store import Record, Store
from tests.unit.probes.touched import asked, world

YES, NO = Answer.YES, Answer.NO
Becomes = Callable[[Store, Record], None]


def emptied(store: Store, contact: Record) -> None:
    """The link is emptied as a user would do it: the changed time moves."""
    store.change("contacts", contact.id, {**contact.data, "company_id": None}, "system")


def emptied_in_silence(store: Store, contact: Record) -> None:
    """The link is emptied as a database does it: the changed time stays."""
    store.put("contacts", replace(contact, data={**contact.data, "company_id": None}))


def deleted_too(store: Store, contact: Record) -> None:
    """The contact is deleted as a user would do it, and marked."""
    store.delete("contacts", contact.id, "system")


def vanished(store: Store, contact: Record) -> None:
    """The contact is gone for good."""
    store.forget("contacts", contact.id)


def left_alone(store: Store, contact: Record) -> None:
    """The contact points at nobody."""


def told(folder: Path, becomes: Becomes | None) -> Finding:
    """What is said of deleting a company of ours that a contact of ours points at; None: such a delete is refused."""
    with world(folder) as made:
        system, store = made.system("crm"), made.pair.crm.store
        refuses = store.check_unused

        def unused(name: str, record_id: int | str) -> None:
            contacts = [one for one in store.living("contacts") if one.data.get("company_id") == record_id]
            for one in contacts if becomes and name == "companies" else ():
                becomes(store, one)

        by_name = {one.profile.name: one for one in system.resources}
        for name in ("companies", "contacts"):
            control(by_name[name], {})
        if becomes is not None:
            store.check_unused = unused  # type: ignore[method-assign]
        found = {one.id: one for one in asked(blocked, by_name["companies"])}
        store.check_unused = refuses  # type: ignore[method-assign]
        return found["delete.dependents-shown"]


@pytest.mark.parametrize(
    ("becomes", "answer", "outcome"),
    [
        (None, YES, "kept"),
        (emptied, YES, "emptied"),
        (emptied_in_silence, NO, "emptied"),
        (deleted_too, YES, "cascaded"),
        (vanished, NO, "cascaded"),
        (left_alone, NO, "orphaned"),
    ],
)
def test_what_becomes_of_a_contact_is_told_with_whether_it_shows(
    tmp_path: Path, becomes: Becomes | None, answer: Answer, outcome: str
) -> None:
    """Refused, emptied, deleted along or left pointing at nobody. Catches: every emptied link is bad news, every vanished child is good."""
    found = told(tmp_path, becomes)
    assert (found.answer, found.values.get("outcome")) == (answer, outcome)
    assert found.values["pointing"] == "contacts.company_id"
    assert found.evidence
