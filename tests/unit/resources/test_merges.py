"""What a declared merge takes: the ids of two records and nothing else, or it isn't clear and nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest

from checker.resources.merges import merge_form
from tests.unit.profiles.profile_apis import api, fields, operation, query

IDS = ("7", "8")
MANY = {"type": "array", "items": {"type": "string"}}
NUMBER = {"type": "integer"}


def form(path: str, body: Any = None, known: tuple[str, ...] = (), demanded: str = "") -> Any:
    """The form of a merge that is declared so; `demanded` is a header that has to be sent."""
    params = [{**query(demanded, where="header"), "required": True}] if demanded else []
    return merge_form(api({f"POST {path}": operation(body=body, params=params)}).operations[0], known, "contacts")


@pytest.mark.parametrize(
    ("path", "body", "in_path", "sent"),
    [
        ("/contacts/merge", fields("winner_id loser_id"), {}, {"winner_id": "7", "loser_id": "8"}),
        ("/contacts/merge", fields("", primaryId=NUMBER, duplicateId=NUMBER), {}, {"primaryId": 7, "duplicateId": 8}),
        ("/contacts/merge", fields("", ids=MANY), {}, {"ids": ["7", "8"]}),
        ("/contacts/merge", fields("", primary_id={"type": "string"}, merge_ids=MANY), {}, {"primary_id": "7", "merge_ids": ["8"]}),
        ("/contacts/merge", fields("primaryObjectId objectIdToMerge"), {}, {"primaryObjectId": "7", "objectIdToMerge": "8"}),
        ("/contacts/{contactId}/merge", fields("merge_with_contact_id"), {"contactId": "7"}, {"merge_with_contact_id": "8"}),
        ("/kontakte/{id}/zusammenfuehren", fields("dublette"), {"id": "7"}, {"dublette": "8"}),
        ("/contacts/{id}/merge", fields("", duplicates=MANY), {"id": "7"}, {"duplicates": ["8"]}),
        ("/contacts/{id}/merge/{other}", None, {"id": "7", "other": "8"}, None),
        ("/contacts/merge", {**fields("winner_id loser_id note"), "required": ["winner_id", "loser_id"]}, {}, {"winner_id": "7", "loser_id": "8"}),
    ],
)  # fmt: skip
def test_two_places_for_ids_are_what_a_merge_takes(path: str, body: Any, in_path: Any, sent: Any) -> None:
    """In the path, in two fields or in one list, as texts or numbers; what may be left out is left out."""
    found = form(path, body)
    assert (found.operation, found.path(IDS), found.body(IDS)) == (f"POST {path}", in_path, sent)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/contacts/merge", None),
        ("/contacts/merge", fields("winner_id")),
        ("/contacts/merge", fields("winner_id loser_id other_id")),
        ("/contacts/merge", {**fields("winner_id loser_id reason"), "required": ["winner_id", "loser_id", "reason"]}),
        ("/contacts/merge", fields("name email")),
        ("/contacts/merge", fields("", from_ids=MANY, into_ids=MANY)),
        ("/contacts/merge", fields("", winner_id={"type": "object"}, loser_id={"type": "object"})),
        ("/contacts/{id}/merge", fields("winner_id loser_id")),
        ("/a/{x}/b/{y}/merge/{z}", None),
        ("/contacts/{id}/merge", fields("company_id")),
        ("/contacts/{id}/merge/{companyId}", None),
    ],
)  # fmt: skip
def test_what_isnt_clear_is_not_guessed(path: str, body: Any) -> None:
    """Too few ids, too many, another kind's, a demand that nobody knows how to meet. Catches: any field with an id is taken for one."""
    assert form(path, body) is None


def test_what_is_sent_with_every_request_is_no_riddle() -> None:
    """A tenant in the path and a header that the project file fixes are filled; one that nobody fixes can't be."""
    ids = fields("winner_id loser_id")
    assert form("/{tenant}/contacts/merge", ids) is None
    assert form("/{tenant}/contacts/merge", ids, ("tenant",)).in_path == ()
    assert form("/contacts/merge", ids, (), "X-Reason") is None
    assert form("/contacts/merge", ids, ("X-Reason",), "X-Reason") is not None
