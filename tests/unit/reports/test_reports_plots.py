"""Where bars stand: numbers in, lengths out. Mutants: a scale that doesn't begin at nothing, an axis that skips empty months, a label without room."""

from __future__ import annotations

import pytest

from checker.reports.plots import Column, Segment, at, columns, percent, stacked, units


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(1, 8, "12.5%"), (1, 3, "33.33%"), (0, 5, "0%"), (5, 5, "100%"), (7, 5, "100%"), (-1, 5, "0%"), (1, 0, "0%")],
)
def test_a_share_stays_between_nothing_and_the_whole(part: float, whole: float, told: str) -> None:
    """Whatever is counted, no bar leaves its picture; of nothing everything is nothing."""
    assert percent(part, whole) == told


def test_pieces_follow_each_other_on_the_common_scale() -> None:
    """Each begins where the one before ends; the bar of a smaller side is shorter; what is nothing has no piece."""
    assert stacked([("linked", 40), ("ambiguous", 0), ("create", 10)], 100) == (
        Segment("linked", "0%", "40%", "20%", "40"),
        Segment("create", "40%", "10%", "45%", "10"),
    )


def test_a_number_stands_in_its_piece_only_where_there_is_room() -> None:
    """On a phone three digits need a ninth of the bar; the table beside has all numbers."""
    labels = {one.css: one.label for one in stacked([("wide", 880), ("narrow", 120)], 1000)}
    assert labels == {"wide": "880", "narrow": "120"}
    assert [one.label for one in stacked([("wide", 900), ("narrow", 100)], 1000)] == ["900", ""]
    assert stacked([("linked", 1000)], 1000, lambda n: f"{n:,}")[0].label == "1,000"


@pytest.mark.parametrize("whole", [0, -1])
def test_without_records_there_is_no_bar(whole: int) -> None:
    """Nothing of nothing is drawn."""
    assert stacked([("linked", 0), ("create", 3)], whole) == ()


def test_one_record_is_one_column_that_fills_its_box() -> None:
    """A single day is the whole axis."""
    assert columns({"2026-11-27": 1}) == (Column("9%", "0%", "82%", "100%"),)


def test_columns_stand_on_an_even_axis_from_nothing_to_the_highest() -> None:
    """Months without records keep their place, across the turn of the year; half as many records are half as high."""
    assert columns({"2025-11": 2, "2026-02": 4}) == (
        Column("2.25%", "50%", "20.5%", "50%"),
        Column("77.25%", "0%", "20.5%", "100%"),
    )
    assert [one.x for one in columns({"2024": 1, "2025": 1})] == ["4.5%", "54.5%"]
    assert [one.x for one in columns({"2026-02-28": 1, "2026-03-01": 1})] == ["4.5%", "54.5%"]


@pytest.mark.parametrize("counts", [{}, {"2026": 0}])
def test_without_counts_there_are_no_columns(counts: dict[str, int]) -> None:
    """An empty picture breaks nothing."""
    assert columns(counts) == ()
    assert at({}, "2026-11-27") is None


def test_a_clump_is_marked_over_its_own_column() -> None:
    """By the unit of the axis; a stamp outside of it has no mark."""
    counts = {"2025-11": 2, "2026-02": 4}
    assert at(counts, "2026-02-03T02:00:00Z") == "87.5%"
    assert at(counts, "2026-03-01") is None
    assert at(counts, "2026") is None
    assert at(counts, "2026-0x-03") is None


def test_keys_that_are_no_units_are_left_out() -> None:
    """A saved audit may have been edited by anyone: strange keys, and another kind than the first, are not drawn."""
    assert units({"2026-02": 1, "2025-11": 2, "<b>": 3, "2026": 4, "20261127": 5, "": 6, "٢٠٢٦": 7}) == {
        "2025-11": 2,
        "2026-02": 1,
    }
