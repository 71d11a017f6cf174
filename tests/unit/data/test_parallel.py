"""Edits on both sides at once. Mutants: a record as it was created counts as changed, the sign of the difference, a test system that proves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from checker.catalogue import finding
from checker.data.parallel import parallel_edits
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldRoles
from checker.model.sync import Row
from checker.project.sides import FlowView, Side
from tests.clients import contacts
from tests.unit.data.flows import flow
from tests.unit.data.test_across import both

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(id_: str, name: str, changed: float | None, created: float = -1000) -> Row:
    """A record that was changed and created so many minutes after noon."""
    values = {name: "a@x.de", "created": (NOON + timedelta(minutes=created)).isoformat()}
    return Row(
        id=id_, values=values, changed=(NOON + timedelta(minutes=changed)).isoformat() if changed is not None else None
    )


def told(left: Row, right: Row, *, production: bool = True) -> Any:
    plain = flow("email")
    profile = contacts(fields=FieldRoles(id="id", created="created"))
    view = FlowView(plain.flow, *(Side(one.system, one.resource, "", profile) for one in (plain.left, plain.right)))
    found = parallel_edits(both(view, [left], [right]), production=production)
    finding(found.claim, "flow:customers", found.answer, Grade.PROBED, found.values)
    return found.answer


def test_changes_within_one_interval_are_parallel_whichever_was_first() -> None:
    """Five minutes where the flow states no freshness."""
    assert told(row("a", "email", 0), row("1", "mail", 4)) is Answer.NO
    assert told(row("a", "email", 4), row("1", "mail", 0)) is Answer.NO
    assert told(row("a", "email", 0), row("1", "mail", 6)) is Answer.YES


def test_what_was_only_created_was_not_edited() -> None:
    """Both sides filled in one go is a first load, not two people."""
    assert told(row("a", "email", 0, created=0), row("1", "mail", 1)) is Answer.UNKNOWN


def test_neither_a_test_system_nor_records_without_times_prove_anything() -> None:
    """The question stays open."""
    assert told(row("a", "email", 0), row("1", "mail", 4), production=False) is Answer.UNKNOWN
    assert told(row("a", "email", None), row("1", "mail", 4)) is Answer.UNKNOWN
