"""Records of one side that share a key."""

from __future__ import annotations

from checker.data.doubles import doubled, parts_of
from checker.data.keys import Between, keys
from checker.data.match import texts_of
from checker.model.sync import Which
from tests.unit.data.flows import left, plainly_doubled, right
from tests.unit.data.test_spark import VIEW, customers


def test_doubles_are_those_of_each_side_alone() -> None:
    """By key, each complete value that several rows have; one that both sides have once is none."""
    rows = {Which.LEFT: customers(left, "a", 1), Which.RIGHT: customers(right, "b", 2)}
    wanted = keys(VIEW, Between({}, (None, None)))
    parts = parts_of(wanted)
    given = {which: texts_of(some, [getattr(one, which.value) for one in parts]) for which, some in rows.items()}
    told = list(doubled(wanted, given))
    assert {(one.side, one.by) for one in told} == {(which, one.by) for which in Which for one in wanted}
    assert told == list(plainly_doubled(wanted, rows))
    assert not list(doubled((), given))
