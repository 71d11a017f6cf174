"""Pictures in numbers: where the bars of an inline SVG stand. Pure; the templates draw them.

Lengths are shares of the picture's box, in percent: it has any width, and its text keeps its size on a phone and on paper. Colours are the
style sheet's, so that a picture follows dark mode and passes the page's policy, which lets no other style through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

ROOM = 250.0  # pixels that a bar has on the narrowest phone
DIGIT, MARGIN = 8.0, 6.0  # pixels of a digit of a label, and of the room around it
GAP = 0.18  # of a column's step that stays free, so that columns stand apart
MONTHS = 12
DAY, MONTH, YEAR = 10, 7, 4  # letters of an ISO 8601 day that name a unit


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: its class in the style sheet, where it begins and how long it is, and its label with its middle, empty where there is no room."""

    css: str
    x: str
    width: str
    middle: str
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column that stands on the box's floor."""

    x: str
    y: str
    width: str
    height: str


def percent(part: float, whole: float) -> str:
    """A share as SVG writes it: `12.5%`. Never less than nothing, never more than the whole."""
    share = min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
    return f"{round(100 * share, 2):g}%"


def stacked(parts: Sequence[tuple[str, int]], whole: int, told: Callable[[int], str] = str) -> tuple[Segment, ...]:
    """One bar of pieces, (class, number) each, on a scale that ends at `whole`. What is nothing has no piece. `told` writes a number."""
    segments, start = [], 0
    for css, n in parts:
        if n > 0 and whole > 0:
            text = told(n)
            label = text if n / whole * ROOM >= len(text) * DIGIT + MARGIN else ""
            middle = percent(start + n / 2, whole)
            segments.append(Segment(css, percent(start, whole), percent(n, whole), middle, label))
            start += n
    return tuple(segments)


def columns(counts: Mapping[str, int]) -> tuple[Column, ...]:
    """Columns on an even axis of time, from the first unit to the last; the highest fills the box. Keys are ISO days, months or years, all of one kind."""
    first, steps, most = span(counts)
    if not steps or most <= 0:
        return ()
    step = 1 / steps
    return tuple(
        Column(
            x=percent((place(key) - first + GAP / 2) * step, 1),
            y=percent(most - n, most),
            width=percent((1 - GAP) * step, 1),
            height=percent(n, most),
        )
        for key, n in counts.items()
        if n > 0
    )


def at(counts: Mapping[str, int], stamp: str) -> str | None:
    """Where on the axis of `columns` a stamp lies: the middle of its unit; None where it lies outside."""
    first, steps, _ = span(counts)
    unit = stamp[: len(next(iter(counts), ""))]
    if not steps or not _is_unit(unit):
        return None
    where = place(unit) - first
    return percent(where + 0.5, steps) if 0 <= where < steps else None


def span(counts: Mapping[str, int]) -> tuple[int, int, int]:
    """The place of the first unit, how many units there are to the last, and the highest count; zeros where there is nothing."""
    if not counts:
        return 0, 0, 0
    places = [place(key) for key in counts]
    return min(places), max(places) - min(places) + 1, max(counts.values())


def place(key: str) -> int:
    """A unit's number on its axis. Raises ValueError for what is no ISO day, month or year."""
    if len(key) == DAY:
        return date.fromisoformat(key).toordinal()
    if len(key) == MONTH:
        first = date.fromisoformat(f"{key}-01")
        return first.year * MONTHS + first.month
    return date.fromisoformat(f"{key}-01-01").year


def units(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts in order, without keys that are no unit or not of the first one's kind: a saved audit may have been edited by anyone."""
    fine = sorted(key for key in counts if _is_unit(key))
    return {key: counts[key] for key in fine if len(key) == len(fine[0])}


def _is_unit(key: str) -> bool:
    try:
        place(key)
    except ValueError:
        return False
    return len(key) in {DAY, MONTH, YEAR} and key.isascii()
