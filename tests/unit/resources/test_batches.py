"""Several records in one call: how a document shows that, and whether an answer speaks of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checker.model.api import Api, Body, Operation, Place, Schema
from checker.model.profile import FieldRoles, Operations, ResourceProfile
from checker.resources.batches import BatchForm, batch_change_form, batch_form, names_a_row

ROW: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
ROWS: dict[str, Any] = {"type": "array", "items": ROW}


def api(method: str = "POST", /, **bodies: dict[str, Any]) -> Api:
    """An interface with a POST, or another method, for each path, whose body has that schema."""
    blank = Operation(
        method, "/", None, "", "", (), (), None, (), None, deprecated=False, callbacks=(), pointer="", extensions={}
    )
    operations = tuple(
        replace(
            blank,
            path=f"/{path}",
            body=Body({"application/json": Schema(node, Place("x", "#/x"), lambda *_: None)}, required=True),
        )
        for path, node in bodies.items()
    )
    return Api("x", "1", "3.1", "x", "", (), operations, {}, (), {}, {}, {}, {})


def form(bulk: str | None, **bodies: dict[str, Any]) -> BatchForm | None:
    """The form of a resource that is created by POST /one."""
    profile = ResourceProfile(name="x", operations=Operations(create="POST /one", bulk=bulk))
    return batch_form(profile, api(**bodies))


def test_a_batch_is_a_bare_list_or_a_list_under_a_name() -> None:
    """An operation of its own, or the create itself where it takes a list as well; one record alone is none."""
    assert form("POST /many", many=ROWS, one=ROW) == BatchForm("POST /many")
    assert form("POST /many", many={"type": "object", "properties": {"inputs": ROWS}}, one=ROW) == BatchForm(
        "POST /many", "inputs"
    )
    assert form(None, one={"oneOf": [ROW, ROWS]}) == BatchForm("POST /one")
    assert form(None, one=ROW) is None
    assert form(None, one={"type": "object", "properties": {"lines": ROWS}}) is None
    assert form("PATCH /one", one={"type": "object", "properties": {"name": {"type": "string"}, "lines": ROWS}}) is None


def test_changes_of_many_need_a_partial_call_whose_rows_have_ids() -> None:
    """Rows that can't say which record they change are no batch of changes, and neither are whole records."""
    named = {
        "type": "array",
        "items": {"type": "object", "properties": {"id": {"type": "string"}, **ROW["properties"]}},
    }
    profile = ResourceProfile(
        name="x", operations=Operations(create="POST /one", bulk="POST /many"), fields=FieldRoles(id="id")
    )
    assert batch_change_form(profile, api("PATCH", many=named, one=ROW)) == BatchForm("PATCH /many")
    assert batch_change_form(profile, api("PATCH", one={"oneOf": [ROW, named]})) == BatchForm("PATCH /one")
    assert batch_change_form(profile, api("PATCH", many=ROWS, one=ROW)) is None
    assert batch_change_form(profile, api("PUT", many=named, one=named)) is None
    assert batch_change_form(profile, None) is None


def test_the_body_is_made_in_that_form() -> None:
    """With its name around it, or bare."""
    assert BatchForm("POST /many", "inputs").filled([{"a": 1}]) == {"inputs": [{"a": 1}]}
    assert BatchForm("POST /many").filled([{"a": 1}]) == [{"a": 1}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"results": [{"status": 201}, {"status": 422}, {"status": 201}]}, True),
        ([{"id": 1, "error": None}, {"id": None, "error": "name is missing"}, {"id": 2, "error": None}], True),
        ([{"id": 1}, {"message": "name is missing"}, {"id": 2}], True),
        (
            [{"ok": True, "message": "created"}, {"ok": True, "message": "created"}, {"ok": False, "message": "no"}],
            True,
        ),
        ({"results": [{"index": place, "status": 201, "id": place or None} for place in range(3)]}, False),
        ([{"id": "a"}, {"id": "b"}, {"id": "c"}], False),
        ({"errors": [{"index": 1, "message": "no"}]}, True),
        ({"errors": [{"row": "2"}]}, True),
        ({"detail": [{"loc": "body[1].name"}]}, True),
        ({"errors": [{"pointer": "/1/name"}]}, True),
        ({"errors": [{"message": "name is required"}]}, False),
        ({"created": 1}, False),
        ("no", False),
        (None, False),
    ],
)
def test_an_answer_speaks_of_each_record_or_not(body: Any, told: bool) -> None:
    """Three results of which one failed, or the place of one; results that are all the same hide it."""
    assert names_a_row(body) is told
