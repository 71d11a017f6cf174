"""Every place in a document has its line, in JSON and in YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.documents import load
from checker.documents.lines import lines
from checker.model.api import Place

ROOT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "a: b # c", "version": "1", "description": "one\n\ntwo:\n  - three\n"},
    "paths": {"/a/{id}": {"get": {"tags": ["x", "y"], "responses": {"200": {"description": ""}, "default": {}}}}, "/~": {}},
    "x-list": [[1, [2, 3]], {"a": None}],
}  # fmt: skip


def pointers(value: Any, at: str = "") -> list[tuple[str, Any]]:
    """Every place below a value."""
    found = [(at, value)]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        found += pointers(one, at + "/" + str(key).replace("~", "~0").replace("/", "~1"))
    return found


def test_json_one_value_a_line() -> None:
    """In a JSON text laid out with one member or element a line, each place is on the line of its key."""
    text = json.dumps(ROOT, indent=1)
    places = [at for at, _ in pointers(ROOT)]
    found = lines(text.encode(), places)
    written = text.split("\n")
    for at in places[1:]:
        key = at.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        line = written[found[at] - 1].strip()
        assert key.isdigit() or line.startswith(json.dumps(key) + ":")
    assert [found[at] for at in places] == sorted(found[at] for at in places)


def test_yaml_as_the_authors_write_it() -> None:
    """Block texts, quotes, compact lists and flow mappings don't shift the lines."""
    text = (
        "openapi: 3.0.0\ninfo:\n  title: 'a:\n    b'\n  description: |\n    paths:\n      x: y\n\n"
        "paths:\n  # comment\n  /a:\n    get: {tags: [x,\n      y], responses: {200: {}}}\n"
        "x-list:\n- a: 1\n  b: 2\n- - c\n  - d\n"
    )
    wanted = {
        "/info": 2, "/info/description": 5, "/paths": 9, "/paths/~1a": 11, "/paths/~1a/get/tags/1": 13,
        "/paths/~1a/get/responses/200": 13, "/x-list/0": 15, "/x-list/0/b": 16, "/x-list/1/0": 17, "/x-list/1/1": 18,
    }  # fmt: skip
    assert lines(text.encode(), list(wanted)) == wanted
    assert yaml.safe_load(text)["x-list"][1] == ["c", "d"]


@pytest.mark.parametrize("text", [json.dumps(ROOT, indent=2), yaml.safe_dump(ROOT)])
def test_a_place_that_is_not_there_has_its_ancestors_line(text: str) -> None:
    """Of a place that only exists behind a reference one gets the nearest line above it."""
    found = lines(text.encode(), ["/info/none/of/this", "/paths", "/nothing", ""])
    assert found["/info/none/of/this"] == lines(text.encode(), ["/info"])["/info"]
    assert found["/nothing"] == found[""] == 1


def test_lines_of_problems_in_every_file(tmp_path: Path) -> None:
    """A problem in a file beside the document has that file's name and line."""
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: b.json}\n",
        "utf-8",
    )
    (tmp_path / "b.json").write_text('{\n"properties": {\n"x": {\n"type": "string",\n"default": 5}}}', "utf-8")
    document = load(tmp_path / "api.yaml")
    (problem,) = document.with_lines(document.problems)
    assert (problem.pointer, problem.line) == ("b.json#/properties/x", 3)
    assert document.line_of("#/components/schemas/A") == 6
    assert document.line_of(Place("b.json", "#/properties")) == 2
    assert document.line_of("other.json#/x") is None
