"""A plan as a file: whoever reads it reads what will be done, and whoever edits it gets it refused."""

from __future__ import annotations

import json
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from checker import __version__
from checker.errors import InputError, RefusedError
from checker.model.sync import Action, FlowPlan, Kind, Plan, Which
from checker.sync.files import plan_text, read_plan, sealed, write_plan

ACTION = Action(
    id="products:create:left:7",
    kind=Kind.CREATE,
    flow="products",
    side=Which.LEFT,
    source="7",
    values={"name": "Pumpe ↔", "price": Decimal("1.12345678901234567891"), "big": 2**70, "rate": 19.0},
    links={"company_id": ("companies", "4")},
)
PLAN = sealed(
    Plan(
        project="Fjord ↔ Hanse",
        made="2026-11-24T09:00:00Z",
        readiness_version=__version__,
        flows=(FlowPlan(flow="products", actions=(ACTION,), records={"left": 1, "right": 2}),),
        made_from={"project": "ab", "record:erp/artikel/7": "cd"},
    )
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A kept plan."""
    write_plan(tmp_path / "plan.json", PLAN)
    return tmp_path / "plan.json"


def test_a_plan_comes_back_as_it_was_kept(path: Path) -> None:
    """Values keep every digit and their type. Mutant: a fraction goes through a double."""
    assert read_plan(path, project="Fjord ↔ Hanse") == PLAN


def test_a_plan_is_readable_and_private(path: Path) -> None:
    """Indented and sorted, for it is read and compared; for its owner only, for records' values are in it."""
    text = path.read_text("utf-8")
    assert '\n  "flows": [' in text
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace('"Pumpe ↔"', '"Pumpe"'),
        lambda text: text.replace('"source": "7"', '"source": "8"'),
        lambda text: text.replace('"cd"', '"ce"'),
        lambda text: text.replace("19.0", "19"),
        lambda text: text.replace("  ", " "),
        lambda text: text.replace('"seal": "', '"unknown": 1, "seal": "'),
    ],
)
def test_an_edited_plan_is_refused(path: Path, edit: object) -> None:
    """Any edit: a value, a record, a digest, an added key, even blanks. Mutant: the seal covers the actions only."""
    path.write_text(edit(path.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    with pytest.raises(RefusedError) as refused:
        read_plan(path, project="Fjord ↔ Hanse")
    assert refused.value.problems[0].code == "sync.plan-edited"
    assert refused.value.exit_code == 4


def test_another_projects_and_another_versions_plan_are_refused(path: Path) -> None:
    """A plan is applied by the version and in the project that made it."""
    with pytest.raises(RefusedError) as refused:
        read_plan(path, project="another")
    assert refused.value.problems[0].code == "sync.plan-other-project"
    path.write_bytes(plan_text(sealed(replace(PLAN, readiness_version="0.0.9"))))
    with pytest.raises(RefusedError) as refused:
        read_plan(path, project="Fjord ↔ Hanse")
    assert refused.value.problems[0].code == "sync.plan-version"


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"project": 1}', b"[" * 100_000])
def test_what_is_no_plan_is_said_to_be_none(path: Path, text: bytes) -> None:
    """Nonsense ends in a sentence, exit 2, and no traceback."""
    path.write_bytes(text)
    with pytest.raises(InputError) as wrong:
        read_plan(path, project="Fjord ↔ Hanse")
    assert wrong.value.problems[0].code == "sync.no-plan"


def test_a_plan_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """A wrong file name is wrong input."""
    with pytest.raises(InputError):
        read_plan(tmp_path / "nothing.json", project="x")
