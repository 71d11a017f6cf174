"""An overlay corrects a vendor's document without touching it: what it says holds, everywhere the document is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.describe import described
from checker.documents import load, read_overlay
from checker.errors import DocumentError

DOCUMENT = """\
openapi: 3.0.3
info: {title: t, version: "1"}
x-shared: &limit {name: limit, in: query, schema: {type: integer}}
paths:
  /contacts:
    get:
      parameters: [*limit]
      responses: {"200": {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: integer}}}}}}}}
    delete: {responses: {"204": {description: none}}}
  /deals:
    get:
      parameters: [*limit]
      responses: {"200": {description: all}}
"""


def corrected(folder: Path, *actions: dict[str, Any]) -> Any:
    """The document's value after an overlay of these actions."""
    (folder / "api.yaml").write_text(DOCUMENT, "utf-8")
    (folder / "fix.yaml").write_text(json.dumps({"overlay": "1.0.0", "actions": actions}), "utf-8")
    return load(folder / "api.yaml", overlay=read_overlay(folder / "fix.yaml"))


def test_mappings_are_merged_lists_grow_and_what_is_removed_is_gone(tmp_path: Path) -> None:
    """Overlay 1.0, 4.4.3: update merges into a mapping and appends to a list; remove takes away; actions act in turn."""
    after = corrected(
        tmp_path,
        {"target": "$.paths['/contacts'].get", "update": {"summary": "All contacts", "responses": {"400": {}}}},
        {"target": "$.paths['/contacts'].get.parameters", "update": {"name": "page", "in": "query"}},
        {"target": "$.paths.*.delete", "remove": True},
        {"target": "$.paths['/contacts'].get.parameters[?@.name == 'limit']", "remove": True},
    )
    contacts = after.raw["paths"]["/contacts"]
    assert contacts["get"]["summary"] == "All contacts"
    assert set(contacts["get"]["responses"]) == {"200", "400"}
    assert [one["name"] for one in contacts["get"]["parameters"]] == ["page"]
    assert "delete" not in contacts
    assert [one.at for one in after.corrections] == [
        "#/paths/~1contacts/get",
        "#/paths/~1contacts/get/parameters",
        "#/paths/~1contacts/delete",
        "#/paths/~1contacts/get/parameters/0",
    ]


def test_a_node_that_a_yaml_alias_shares_is_corrected_where_the_target_is_and_nowhere_else(tmp_path: Path) -> None:
    """`*limit` stands in two operations; one of them is corrected."""
    after = corrected(tmp_path, {"target": "$.paths['/deals'].get.parameters[0]", "update": {"name": "per_page"}})
    names = [after.raw["paths"][path]["get"]["parameters"][0]["name"] for path in ("/contacts", "/deals")]
    assert names == ["limit", "per_page"]


def test_several_hits_of_a_list_are_removed_whatever_their_order(tmp_path: Path) -> None:
    """Removing the first entry moves no other one out of the way."""
    more = {"target": "$.paths['/deals'].get.parameters", "update": {"name": "b", "in": "query"}}
    after = corrected(tmp_path, more, {"target": "$.paths['/deals'].get.parameters[*]", "remove": True})
    assert after.raw["paths"]["/deals"]["get"]["parameters"] == []


def test_the_profile_and_the_digest_follow_the_overlay_and_the_profile_says_so(tmp_path: Path) -> None:
    """A parameter that the vendor forgot is found once the overlay adds it; the profile names what was corrected and by which file."""
    plain = corrected(tmp_path, {"target": "$.info", "update": {"title": "t"}})
    added = {"name": "updated_since", "in": "query", "schema": {"type": "string", "format": "date-time"}}
    corrected(tmp_path, {"target": "$.paths['/contacts'].get.parameters", "update": added})
    found = described(str(tmp_path / "api.yaml"), overlay=(tmp_path / "fix.yaml", "fix.yaml"), strict=True)
    assert found.profile is not None
    assert found.document is not None
    contacts = found.profile.resource("contacts")
    assert contacts is not None
    assert contacts.updated_since.param is not None
    assert contacts.updated_since.param.name == "updated_since"
    assert [(one.by, one.at) for one in found.profile.corrections] == [
        ("fix.yaml", "#/paths/~1contacts/get/parameters")
    ]
    assert found.document.digest != plain.digest


def test_a_target_that_is_nowhere_changes_nothing_and_is_told_with_its_line(tmp_path: Path) -> None:
    """4.4.3: no match is no error; but it is a typing error or news from the vendor, so that it is listed."""
    (tmp_path / "api.yaml").write_text(DOCUMENT, "utf-8")
    (tmp_path / "fix.yaml").write_text(
        "overlay: 1.0.0\nactions:\n  - target: $.paths['/contact']\n    remove: true\n", "utf-8"
    )
    found = described(str(tmp_path / "api.yaml"), overlay=(tmp_path / "fix.yaml", "fix.yaml"))
    assert found.profile is not None
    told = [one for one in found.profile.problems if "overlay" in one.message]
    assert [(one.line, "/contact" in one.message) for one in told] == [(3, True)]
    assert found.profile.valid is True


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("overlay: 2.0.0\nactions: [{target: $, update: {}}]\n", "overlay.none", None),
        ("openapi: 3.0.0\n", "overlay.none", None),
        ("overlay: 1.0.0\nactions: []\n", "overlay.none", None),
        ("overlay: 1.0.0\nactions:\n  - {update: {a: 1}}\n", "overlay.action", 3),
        ("overlay: 1.0.0\nactions:\n  - {target: $.info}\n", "overlay.action", 3),
        ("overlay: 1.0.0\nactions:\n  - {target: $.info, updat: {}}\n", "overlay.action", 3),
        ("overlay: 1.0.0\nactions:\n  - {target: '$.[', update: {}}\n", "overlay.action", 3),
        ("overlay: 1.0.0\nactions:\n  - {target: $.info.title, update: {a: 1}}\n", "overlay.action", 3),
        ("overlay: 1.0.0\nactions:\n  - {target: $, remove: true}\n", "overlay.action", 3),
        ("overlay: 1.0.0\nactions:\n  - text\n", "overlay.action", 3),
    ],
)
def test_what_is_no_overlay_is_refused_with_file_and_line(
    tmp_path: Path, text: str, code: str, line: int | None
) -> None:
    """Another kind of file, another version, an action without target or effect, a broken JSONPath, text as a target."""
    (tmp_path / "api.yaml").write_text(DOCUMENT, "utf-8")
    (tmp_path / "fix.yaml").write_text(text, "utf-8")
    with pytest.raises(DocumentError) as caught:
        load(tmp_path / "api.yaml", overlay=read_overlay(tmp_path / "fix.yaml", "fix.yaml"))
    problem = caught.value.problems[0]
    assert (problem.code, problem.line, problem.file) == (code, line, "fix.yaml")
