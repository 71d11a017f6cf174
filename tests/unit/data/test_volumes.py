"""How much there is and how it moves. Mutants: a test system's count that passes for production's, a rate over all time, a person's name shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.catalogue import finding
from checker.data.quality import Sample
from checker.data.volumes import rate, volumes
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldRoles
from tests.clients import contacts

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ROLES = FieldRoles(id="id", updated="updated_at", created="created_at")
NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)


def told(claim: str, records: list[dict[str, Any]], *, whole: bool = True, production: bool = True) -> Any:
    sample = Sample(contacts(fields=ROLES), records, whole=whole, production=production)
    found = {one.claim: one for one in volumes(sample)}
    for one in found.values():
        finding(one.claim, "crm/contacts", one.answer, Grade.PROBED, one.values)
    return found[claim]


def changed(*days_ago: float) -> list[dict[str, Any]]:
    return [{"id": n, "updated_at": (NEWEST - timedelta(days=one)).isoformat()} for n, one in enumerate(days_ago)]


def test_only_productions_own_records_say_how_many_there_are() -> None:
    """A test system's count is told, and the question stays open; a list that was cut is no count."""
    records = changed(0, 1)
    assert (told("volume.counted", records).answer, told("volume.counted", records).values["records"]) == (YES, 2)
    in_test = told("volume.counted", records, production=False)
    assert (in_test.answer, in_test.values) == (UNKNOWN, {"records": 2, "reason": "test-system-only"})
    assert told("volume.counted", records, whole=False).values["reason"] == "not-all-read"


def test_growth_is_what_was_created_in_the_last_month_of_the_records() -> None:
    """Counted back from the newest record, not from today: an export may be old."""
    records = [{"id": n, "created_at": (NEWEST - timedelta(days=one)).isoformat()} for n, one in enumerate((0, 5, 90))]
    assert told("volume.counted", records).values["new_last_month"] == 2


def test_changes_a_day_are_counted_over_the_last_month() -> None:
    """What changed long ago says nothing of today; the busiest day and hour are told apart from the average."""
    found = told("change-rate.measured", changed(0, 0.01, 0.02, 2, 4, 6, 8, 400, 500))
    assert found.answer is YES
    assert {name: found.values[name] for name in ("per_day", "busiest_day", "busiest_hour", "of")} == {
        "per_day": 1, "busiest_day": 3, "busiest_hour": 2, "of": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("records", "options", "reason"),
    [
        (changed(0, 1, 2), {}, "too-few-days"),
        (changed(0, 2, 4, 6, 8), {"production": False}, "test-system-only"),
        (changed(0, 2, 4, 6, 8), {"whole": False}, "not-all-read"),
        ([{"id": 1}], {}, "no-timestamp"),
        ([], {}, "no-records"),
    ],
)
def test_without_enough_days_of_production_there_is_no_rate(records: Any, options: Any, reason: str) -> None:
    """The reason says what would show it."""
    found = told("change-rate.measured", records, **options)
    assert (found.answer, found.values["reason"]) == (UNKNOWN, reason)


@given(st.lists(st.floats(0, 60), min_size=1, max_size=60))
def test_a_rate_never_exceeds_its_busiest_day_nor_that_the_month(days: list[float]) -> None:
    """Average ≤ busiest day ≤ all of the month; hour ≤ day; what shares an instant ≤ hour."""
    found = rate([NEWEST - timedelta(days=one) for one in days])
    assert found["per_day"] <= found["busiest_day"] <= found["of"] <= len(days)
    assert 1 <= found["at_once"] <= found["busiest_hour"] <= found["busiest_day"]


@pytest.mark.parametrize(
    ("writers", "production", "answer"),
    [
        (["n.lind@x.de", "n.lind@x.de"], True, YES),
        (["n.lind@x.de", "n.lind@x.de"], False, UNKNOWN),
        (["n.lind@x.de", "a.kern@x.de"], True, UNKNOWN),
        (["n.lind@x.de", "shop-import"], True, NO),
        (["ApiUser", "n.lind@x.de"], False, NO),
        (["n.lind@x.de", None], True, UNKNOWN),
        ([None, None], True, UNKNOWN),
    ],
)
def test_another_writer_is_told_by_how_it_is_called(writers: list[Any], production: bool, answer: Answer) -> None:
    """Two persons may be two persons; a program that is called so is a second writer, also in a test system. No name is repeated."""
    found = told("changed-by.single-writer", [{"updated_by": one} for one in writers], production=production)
    assert found.answer is answer
    assert "lind" not in str(found.values)
