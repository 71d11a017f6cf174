"""The guard against mass changes: acceptance A9."""

import pytest

from checker.model.sync import Matched, Which
from checker.project.types import FieldMapping, Guard
from checker.sync.guard import over_guard
from checker.sync.plan import plan
from tests.memory import linked, rows, view_of

NAME = FieldMapping(left="name", right="name1")


@pytest.mark.parametrize(
    ("new", "held", "guard", "over"),
    [
        (10, 100, Guard(percent=10, records=20), False),
        (11, 100, Guard(percent=10, records=20), True),
        (21, 1000, Guard(percent=10, records=20), True),
        (20, 1000, Guard(percent=10, records=20), False),
        (1, 0, Guard(percent=10, records=20), True),
        (0, 0, Guard(percent=10, records=0), False),
    ],
)
def test_more_than_the_percentage_or_the_number_is_over(new: int, held: int, guard: Guard, over: bool) -> None:
    """More than 10 % of what the side holds, or more than 20 records, is refused; just as many is not."""
    view = view_of(NAME, guard=guard)
    left = rows(**{f"l{i}": {"name": "n"} for i in range(new)})
    right = rows(**{f"r{i}": {"name1": "n"} for i in range(held)})
    made = plan(view, left, right, {}, Matched(only_left=tuple(left)))
    found = over_guard(made, view.flow)
    assert bool(found) is over
    if found:
        assert (found[0].side, found[0].what, found[0].number, found[0].of) == (Which.RIGHT, "create", new, held)


@pytest.mark.parametrize("gone", [Which.LEFT, Which.RIGHT])
def test_a_side_that_is_suddenly_empty_is_over(gone: Which) -> None:
    """An empty list with status 200 never passes as fifteen deletes."""
    pairs = [(f"l{i}", f"r{i}") for i in range(15)]
    left = {} if gone is Which.LEFT else rows(**{one: {"name": "n"} for one, _ in pairs})
    right = {} if gone is Which.RIGHT else rows(**{one: {"name1": "n"} for _, one in pairs})
    view = view_of(NAME)
    made = plan(view, left, right, {}, linked(*pairs))
    (found,) = over_guard(made, view.flow)
    assert (found.side, found.what, found.number, found.of, found.allowed) == (gone, "gone", 15, 15, 1)


def test_updates_count_too() -> None:
    """A normaliser gone wild that changes every record is stopped as well."""
    pairs = [(f"l{i}", f"r{i}") for i in range(30)]
    left, right = rows(**{one: {"name": "x"} for one, _ in pairs}), rows(**{one: {"name1": "y"} for _, one in pairs})
    view = view_of(NAME, leading="crm")
    made = plan(view, left, right, {}, linked(*pairs))
    (found,) = over_guard(made, view.flow)
    assert (found.what, found.number, found.allowed) == ("update", 30, 3)
    (found,) = over_guard(made, view.flow, dict.fromkeys(Which, 10))
    assert (found.of, found.allowed) == (10, 1)
