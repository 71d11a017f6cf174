"""A declared merge is told from the calls around it."""

from __future__ import annotations

import pytest

from checker.model.profile import Operations, ResourceProfile
from checker.probes.merging import merge_of
from tests.unit.profiles.profile_apis import api, operation

CONTACTS = ResourceProfile(name="contacts", operations=Operations(list="GET /contacts", create="POST /contacts"))


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("POST /contacts/merge", True),
        ("POST /contacts/{id}/mergeInto", True),
        ("POST /companies/merge", False),
        ("GET /contacts/merged", False),
        ("PATCH /contacts/{id}/merge-patch", False),
        ("POST /contacts/emergency", False),
    ],
)
def test_a_merge_is_a_call_below_the_resource_that_says_so(key: str, found: bool) -> None:
    """What merges others, shows merges or changes one record is none."""
    document = api({"GET /contacts": operation(), "POST /contacts": operation(), key: operation()})
    told = merge_of(CONTACTS, document)
    assert (told.key if told else None) == (key if found else None)


def test_without_a_document_no_merge_is_known() -> None:
    """Nobody declared one."""
    assert merge_of(CONTACTS, None) is None
