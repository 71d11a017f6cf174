"""`readiness inspect`: what changed between two versions of a document, and what to ask the vendor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.sandbox.demo_project import write_demo
from checker.sandbox.document import read_document
from checker.sandbox.pair import CRM_DOCUMENT, SEED_NOW, running_pair
from tests.story.cli import Readiness

ROOT = Path(__file__).parents[2]


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """The CRM's document, and one of a next version that breaks a few things."""
    old, new = read_document(CRM_DOCUMENT), read_document(CRM_DOCUMENT)
    del new["paths"]["/deals"]
    _parameters(new, "/contacts", "get").append(
        {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}
    )
    company = new["components"]["schemas"]
    for schema in company.values():
        if "vat_id" in schema.get("properties", {}):
            schema["properties"].pop("vat_id")
    paths = tmp_path / "old.json", tmp_path / "new.json"
    for path, document in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps(document), "utf-8")
    return paths


def _parameters(document: dict[str, Any], path: str, method: str) -> list[Any]:
    return document["paths"][path][method].setdefault("parameters", [])


def test_what_breaks_between_two_versions_comes_first(readiness: Readiness, versions: tuple[Path, Path]) -> None:
    """A call that is gone, a parameter that is demanded, a field that is no longer answered: each with its operation, in both languages."""
    old, new = map(str, versions)
    said = readiness("inspect", new, "--against", old)
    assert said.code == 0
    assert "GET /deals  is gone" in said.out
    assert "GET /contacts  parameter tenant is demanded now" in said.out
    assert "vat_id is no longer answered" in said.out
    assert "entfällt" in readiness("inspect", new, "--against", old, "--language", "de").out
    told = json.loads(readiness("inspect", new, "--against", old, "--format", "json").out)
    assert {"operation-gone", "parameter-demanded", "answer-field-gone"} <= {one["code"] for one in told["changes"]}
    assert readiness("inspect", old, "--against", old).out.strip() == "Nothing changed."


def test_beside_a_project_only_what_it_maps_is_compared(
    readiness: Readiness, versions: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deals are in no flow, so that their end is nobody's business here; the VAT id is mapped, so it is."""
    with running_pair(SEED_NOW) as pair:
        write_demo(tmp_path, pair, SEED_NOW)
    (tmp_path / CRM_DOCUMENT).write_text(versions[1].read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    said = readiness("inspect", CRM_DOCUMENT, "--against", str(versions[0])).out
    assert "companies" in said.splitlines()[0]
    assert "vat_id" in said
    assert "/deals" not in said


def test_open_questions_are_put_to_the_vendor(readiness: Readiness, versions: tuple[Path, Path]) -> None:
    """Markdown, German too: what the document tells isn't asked, what it leaves open is."""
    said = readiness("inspect", str(ROOT / "checker" / "sandbox" / "erp.openapi.json"), "--ask").out
    assert said.startswith("# Questions about the interface of Hanse ERP")
    assert "Which call lists" not in said
    assert "How do we learn that one of geschaeftspartner was deleted?" in said
    assert "Aufrufe je Sekunde" in readiness("inspect", str(versions[0]), "--ask", "--language", "de").out
