"""Orders of numbers: what comes in the order of texts is noticed, and nothing else is taken for that."""

from __future__ import annotations

from typing import Any

import pytest

from checker.model.finding import Answer
from tests.servers import Answered
from tests.unit.probes.lists import Lists, probed


class SomeFieldsOnly(Lists):
    """A list that sorts by its texts; the order of its numbers it refuses, or passes over (`defect`)."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list in the order asked for, where it knows one."""
        if query.get("sort", "").lstrip("-") != "points":
            return super().listed(query)
        if self.defect == "refuses":
            return Answered(400, {"error": "no such order"})
        return super().listed({name: value for name, value in query.items() if name != "sort"})


@pytest.mark.parametrize("defect", ["refuses", "passes-over"])
def test_a_list_that_has_no_order_of_its_numbers_is_not_held_to_one(defect: str) -> None:
    """Many systems sort by some of their fields only; those by which they do are enough."""
    assert probed(SomeFieldsOnly(defect))["sort.honoured"].answer is Answer.YES


def test_numbers_in_the_order_of_texts_are_told_with_their_field() -> None:
    """A list that puts 100 before 20 has a no that names the field, though its times and names are in order."""
    found = probed(Lists("sorts-numbers-as-texts"))["sort.honoured"]
    assert (found.answer, found.values["field"]) == (Answer.NO, "points")
    assert len(found.evidence) == 2
