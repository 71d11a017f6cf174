"""The status: how many items are in which state, on which grade the met ones rest, and what the open ones wait for. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from checker.model.finding import Grade
from checker.reports.blockers import SHOWN, Blocker, system_of
from checker.reports.book import OPEN, Book, ItemRow, item_of, shorten
from checker.reports.words import Mark

SHOWN_WAITS = 5
LONGEST_CAUSE = 90
# The states as the page counts them: everything open in one figure (report-and-words.md, section 1).
COUNTED = ("ready", "conditional", "not-ready", "unknown", "waived", "not-applicable")


@dataclass(frozen=True, slots=True)
class Tally:
    """One figure of the status."""

    mark: Mark
    n: int


@dataclass(frozen=True, slots=True)
class Status:
    """The status; `tallies` add up to `total`, `met` to the ready ones, `waits` to the open ones."""

    total: str
    tallies: tuple[Tally, ...]
    met: tuple[str, ...]
    waits: tuple[str, ...]


def status(book: Book, causes: tuple[Blocker, ...]) -> Status:
    """Count every item once, by its worst state. What an open one waits for is named by its number among `causes` where it has one."""
    counts = Counter("unknown" if row.state in OPEN else row.state for row in book.rows)
    met = Counter(row.grade for row in book.rows if row.state == "ready")
    words = book.words
    return Status(
        total=words.count("status.items", len(book.rows)),
        tallies=tuple(
            Tally(Mark(state, words(f"status.{state}")), counts[state])
            for state in COUNTED
            if counts[state] or state in ("ready", "not-ready", "unknown")
        ),
        met=tuple(f"{words.number(met[grade])} {words.grade(grade)}" for grade in Grade if met[grade]),
        waits=_waits(book, causes),
    )


def _waits(book: Book, blockers: tuple[Blocker, ...]) -> tuple[str, ...]:
    """The open items by what they wait for, the largest groups first; small ones beyond the page's room are summed."""
    causes = Counter(_cause(row) for row in book.rows if row.state in OPEN)
    about = {
        cause: system_of(
            one for row in book.rows if _cause(row) == cause for one in row.results if str(one.state) in OPEN
        )
        for cause in causes
    }
    ordered = sorted(causes.items(), key=lambda pair: -pair[1])
    kept = ordered if len(ordered) <= SHOWN_WAITS else ordered[: SHOWN_WAITS - 1]
    numbers = {result.item: one.number for one in blockers[:SHOWN] if one.item for result in one.results}
    said = [_said(book, cause, n, numbers.get(cause), about[cause]) for cause, n in kept]
    rest = sum(n for _, n in ordered[len(kept) :])
    return tuple([*said, book.words.count("waits.other", rest)] if rest else said)


def _cause(row: ItemRow) -> str:
    if row.state == "error":
        return "error"
    if row.state == "not-permitted":
        return "permission"
    if row.waits_on is None:
        return "other"
    return item_of(row.waits_on)


def _said(book: Book, cause: str, n: int, number: int | None, about: str) -> str:
    words = book.words
    if cause in ("error", "permission", "other"):
        return words.count(f"waits.{cause}", n)
    if number is not None:
        return words.count("waits.number", n, number=number)
    kind, what = book.waits(cause)
    if kind == "answers":
        return words.count("waits.answers", n, who=book.names.who(cause.partition(":")[2], about))
    if kind == "item":
        return words.count("waits.item", n, what=shorten(what, LONGEST_CAUSE))
    return words.count(f"waits.{kind}", n)
