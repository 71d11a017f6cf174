"""Dotted paths into answers."""

from __future__ import annotations

import pytest

from checker.model.paths import get, get_all, has, merged, put

BODY = {
    "data": [{"id": 1, "lines": [{"sku": "a"}, {"sku": "b"}]}, {"id": 2, "lines": []}],
    "@odata.nextLink": "x",
    "a": {"b.c": 3, "n": None},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", BODY),
        ("data[].id", 1),
        ("data.1.id", 2),
        ("@odata.nextLink", "x"),
        ("a.b.c", 3),
        ("a.n", None),
        ("a.zz", "default"),
        ("data.id", "default"),
        ("data.7.id", "default"),
        ("data.١.id", "default"),
    ],
)
def test_a_path_leads_to_the_value_or_to_the_default(path: str, found: object) -> None:
    """A path finds keys, array members and keys with dots; what isn't there is the default, null is null."""
    assert get(BODY, path, "default") == found


def test_an_array_is_spread() -> None:
    """`[]` gives every member, in order, through several levels."""
    assert get_all(BODY, "data[].lines[].sku") == ["a", "b"]
    assert get_all([[1], [2, 3]], "[][]") == [1, 2, 3]
    assert get_all(BODY, "nothing[].x") == []


def test_null_is_there_and_a_missing_key_is_not() -> None:
    """`has` tells null from missing."""
    assert has(BODY, "a.n")
    assert not has(BODY, "a.m")


def test_putting_a_value_leaves_the_old_mapping_alone() -> None:
    """`put` makes what is missing on the way and copies what is there."""
    old = {"page": {"size": 10}}
    assert put(old, "page.number", 2) == {"page": {"size": 10, "number": 2}}
    assert put({"a": 1}, "a.b", 2) == {"a": {"b": 2}}
    assert old == {"page": {"size": 10}}


def test_merging_joins_mappings_and_lists() -> None:
    """The upper mapping wins, mappings are merged in turn, lists are joined."""
    assert merged({"a": {"x": 1, "y": 1}, "f": [1]}, {"a": {"y": 2}, "f": [2]}) == {"a": {"x": 1, "y": 2}, "f": [1, 2]}
