"""Orders of numbers: what comes in the order of texts is noticed, and nothing else is taken for that."""

from __future__ import annotations

from typing import Any

import pytest

from checker.model.finding import Answer
from tests.servers import Answered
from tests.unit.probes.lists import Lists, probed, record


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


def changed_in_disorder(number: int) -> dict[str, Any]:
    """A contact, changed in another order than made."""
    return {**record(number), "updated_at": record(number * 7 % 23)["updated_at"]}


class ByChange(Lists):
    """A list that comes with the latest change first where nobody asks for an order."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list in the order asked for, else in that of its changes."""
        return super().listed({"sort": "-updated_at", **query})


@pytest.mark.parametrize(
    ("server", "answer"),
    [
        (ByChange(records=[changed_in_disorder(i) for i in range(23)]), Answer.NO),
        (Lists(records=[changed_in_disorder(i) for i in range(23)]), Answer.YES),
        (ByChange(), Answer.UNKNOWN),
        (Lists(), Answer.UNKNOWN),
        (Lists(records=[changed_in_disorder(i) for i in range(5)]), Answer.UNKNOWN),
        (ByChange("ignores-sort", records=[changed_in_disorder(i) for i in range(23)]), Answer.UNKNOWN),
    ],
    ids=["by-change", "as-made", "by-change-never-changed", "never-changed", "few", "no-order-at-all"],
)
def test_a_list_whose_own_order_is_that_of_its_changes_is_told(server: Lists, answer: Answer) -> None:
    """Pages with numbers move while records change; what was never changed can't tell the two orders apart."""
    assert probed(server)["sort.default-still"].answer is answer
