"""One address book in the manners that public APIs have: wrapping, naming and searching differ, what it can do is found in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.describe import described
from checker.model.profile import ResourceProfile
from tests.manners import BARE, HAL, JSON_API, KEYED, ODATA, POST_SEARCH, Document


def contacts(folder: Path, document: Document) -> ResourceProfile:
    """The profile of the document's contacts; the document is valid."""
    path = folder / "api.json"
    path.write_text(json.dumps(document), "utf-8")
    found = described(str(path)).profile
    assert found is not None
    assert found.valid is True, found.problems
    (one,) = [one for one in found.resources if one.role == "contact"]
    return one


EXPECTED: dict[str, tuple[Document, dict[str, Any]]] = {
    "JSON:API": (
        JSON_API,
        {
            "items": "data",
            "style": "page",
            "paging": {"page[size]": "size", "page[number]": "position"},
            "since": "filter[updatedAt][gte]",
            "sort": ["sort"],
            "email": "attributes.emailAddress",
        },
    ),
    "OData": (
        ODATA,
        {
            "items": "value",
            "style": "offset",
            "paging": {"$top": "size", "$skip": "position", "$count": "total"},
            "since": "$filter",
            "sort": ["$orderby"],
            "email": "EMail",
        },
    ),
    "HAL": (
        HAL,
        {
            "items": "_embedded.contacts",
            "style": "page",
            "paging": {"page": "position", "size": "size"},
            "since": "updatedAfter",
            "sort": ["sort"],
            "email": "email",
        },
    ),
    "a bare list": (
        BARE,
        {
            "items": "",
            "style": "offset",
            "paging": {"offset": "position", "limit": "size"},
            "since": None,
            "sort": [],
            "email": "email",
        },
    ),
    "search by POST, tenant in the path": (
        POST_SEARCH,
        {
            "items": "results",
            "style": "cursor",
            "paging": {"limit": "size", "startAfter": "position"},
            "since": "filter.updatedAtFrom",
            "sort": ["sort"],
            "email": "email",
        },
    ),
}


@pytest.mark.parametrize("manner", EXPECTED)
def test_what_a_system_can_do_is_found_in_every_manner(tmp_path: Path, manner: str) -> None:
    """Where the items are, how one pages and sorts, what tells changes, where the e-mail address is."""
    document, expected = EXPECTED[manner]
    one = contacts(tmp_path, document)
    since = one.updated_since.param
    assert {
        "items": one.items_path,
        "style": one.pagination.style,
        "paging": {param.name: param.means for param in one.pagination.params},
        "since": since.name if since else None,
        "sort": [param.name for param in one.sorting.params],
        "email": one.fields.email,
    } == expected
    assert one.operations.create is not None
    assert one.operations.read is not None
    assert one.operations.update is not None


def test_a_map_of_records_by_key_is_a_list_too(tmp_path: Path) -> None:
    """`{"contacts": {"17": {…}}}`: the values are the records; the cursor, its largest page and the parameter with hyphens are found."""
    one = contacts(tmp_path, KEYED)
    assert one.fields.email == "email"
    assert one.items_path == "contacts"
    assert one.pagination.style == "cursor"
    assert one.pagination.max_page_size == 250
    assert one.updated_since.param is not None
    assert one.updated_since.param.name == "modified-since"
