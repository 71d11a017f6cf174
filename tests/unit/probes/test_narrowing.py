"""Lookups by a key and totals beside a filter: what is meant as a search is none, and what could be chance is no fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.describe import described
from checker.model.api import Api
from checker.model.finding import Answer
from tests.servers import Answered
from tests.unit.probes.lists import Lists, probed, record
from tests.unit.probes.test_comparing import Bounded, declaring


def saying(folder: Path, description: str, summary: str = "List contacts") -> Api:
    """The list as a document has it that says this of the filter by mail."""
    text = {"type": "string"}
    email = {"name": "email", "in": "query", "description": description, "schema": text}
    paths = {
        "/contacts": {
            "get": {"summary": summary, "parameters": [email], "responses": {"200": {"description": "a page"}}}
        }
    }
    path = folder / "lists.json"
    path.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}), "utf-8")
    known = described(str(path))
    assert known.document is not None
    return known.document.api


@pytest.mark.parametrize(
    ("description", "summary", "answer"),
    [
        ("Mail address", "List contacts", Answer.NO),
        ("Exact match, in any case", "Search contacts", Answer.NO),
        ("Records whose address starts with this text", "List contacts", Answer.NOT_APPLICABLE),
        ("Contains this text", "List contacts", Answer.NOT_APPLICABLE),
        ("Teil der Adresse", "List contacts", Answer.NOT_APPLICABLE),
        ("Mail address", "All filters take a substring", Answer.NOT_APPLICABLE),
    ],
)
def test_a_filter_that_the_document_calls_a_search_may_find_more(
    tmp_path: Path, description: str, summary: str, answer: Answer
) -> None:
    """What says that it looks for beginnings or parts is not held to equal values; what doesn't, is."""
    found = probed(Lists("finds-beginnings"), api=saying(tmp_path, description, summary))
    assert found["filter.exact"].answer is answer


def test_a_filter_whose_name_says_contains_may_find_more() -> None:
    """`email[contains]` does what it says; there is no lookup to speak of."""
    server = Bounded(name="email[contains]", kept=lambda one, wanted: wanted in one["email"])
    assert probed(server, declaring("email[contains]", email="email"))["filter.exact"].answer is Answer.NOT_APPLICABLE


def test_a_plain_filter_by_a_name_is_no_lookup_by_a_key() -> None:
    """Many systems look for parts of names without a word of it."""
    server = Bounded(name="name", kept=lambda one, wanted: one["name"].startswith(wanted))
    assert probed(server, declaring("name", name="name"))["filter.exact"].answer is Answer.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("kept", "reason"), [(None, "refused"), (lambda _one, _wanted: False, "empty-answer")], ids=["refused", "empty"]
)
def test_a_lookup_that_does_not_find_the_whole_value_says_nothing_of_parts(kept: Any, reason: str) -> None:
    """Without the record that is there, that nothing comes for a part proves nothing."""
    found = probed(Bounded(name="email", kept=kept), declaring("email", email="email"))
    assert (found["filter.exact"].answer, found["filter.exact"].values["reason"]) == (Answer.UNKNOWN, reason)
    assert found["count.filtered"].answer is Answer.UNKNOWN


def test_one_part_that_brings_somebody_is_no_proof() -> None:
    """An address that came into being meanwhile is no fault of the filter: it takes two values."""
    first = record(0)["email"][:-1]
    server = Bounded(name="email", kept=lambda one, wanted: wanted in (one["email"], first))
    found = probed(server, declaring("email", email="email"))["filter.exact"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "inconclusive")


def test_numbers_that_are_compared_as_numbers_are_equal_with_and_without_leading_zeros() -> None:
    """001 finds 0001 where customers have numbers: that is no beginning of 0010."""
    records = [
        {**record(number), "number": f"{number * 10:04}" if number % 2 else f"{number:04}"} for number in range(1, 20)
    ]
    server = Bounded(records=records, name="number", kept=lambda one, wanted: int(one["number"]) == int(wanted))
    found = probed(server, declaring("number", number="number"))["filter.exact"]
    assert found.answer is Answer.YES


class Estimating(Lists):
    """A list whose totals are estimates."""

    def cut(self, found: list[dict[str, Any]], start: int, size: int) -> Answered | Any:
        """One page, with a rough total."""
        return {**super().cut(found, start, size), "total": max(10, len(found))}


def test_a_total_that_is_neither_the_lists_nor_the_filters_stays_open() -> None:
    """A rough number proves neither that the filter counts nor that it doesn't."""
    found = probed(Estimating())["count.filtered"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "inconclusive")
