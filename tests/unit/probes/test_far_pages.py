"""Pages far behind the last one, behind ten thousand records, and shorter than asked: what a walk may rely on, and what it survives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from checker.model.finding import Answer
from checker.model.profile import Pagination, Param, ResourceProfile
from checker.probes.paging import deep_page
from checker.probes.run import ask
from tests.servers import Answered
from tests.unit.probes.lists import Lists, looking, probed, profile, record
from tests.unit.profiles.profile_apis import api, fields, listed, operation, query


@dataclass
class Numbered(Lists):
    """The same list in numbered pages; the answer doesn't say which page it is. `short`: pages behind the first lack a record."""

    first: int = 1
    short: bool = False

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The page of that number."""
        number, size = int(query.pop("page", str(self.first))), int(query.get("limit", "100"))
        answer = super().listed({**query, "offset": str((number - self.first) * size)})
        if self.short and number > self.first and isinstance(answer, dict) and len(answer["data"]) == size:
            del answer["data"][-1]
            answer["total"] -= 3
        return answer


def numbered() -> ResourceProfile:
    """A profile of numbered pages."""
    params = (Param(name="limit", in_="query", means="size"), Param(name="page", in_="query", means="position"))
    paged = Pagination(style="page", operation="GET /contacts", params=params, max_page_size=50, total_path="total")
    return replace(profile(), pagination=paged)


@pytest.mark.parametrize("first", [0, 1])
def test_numbered_pages_are_steady_and_end_whatever_the_first_is_called(first: int) -> None:
    """The page that is asked for once more to learn how pages are counted is no short one."""
    found = probed(Numbered(first=first), numbered())
    assert found["page-size.steady"].answer is Answer.YES
    assert found["pagination.past-end"].answer is Answer.YES


def test_a_refused_page_behind_the_last_is_an_end() -> None:
    """A 404 far behind the last page says that there is nothing."""
    found = probed(Lists("far-refused"))["pagination.past-end"]
    assert (found.answer, found.values["status"]) == (Answer.YES, 404)


@pytest.mark.parametrize(
    ("defect", "reason"), [("no-total", "no-total"), ("endless", "walk-not-ended"), ("incomplete", "inconclusive")]
)
def test_far_behind_is_asked_only_where_the_end_is_known(defect: str, reason: str) -> None:
    """Without a walk that brought what the server counts, nobody knows what is behind the end."""
    found = probed(Lists(defect))["pagination.past-end"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, reason)


def test_cursor_pages_have_no_page_far_behind() -> None:
    """Where the server hands out the way to the next page, no page can be asked for out of turn."""
    found = probed(Lists(), profile(style="cursor"))
    assert found["pagination.past-end"].answer is Answer.NOT_APPLICABLE
    assert found["pagination.deep-page"].values["reason"] == "no-page-numbers"


def test_a_walk_goes_on_behind_a_short_page() -> None:
    """A page shorter than asked ends no walk: all records come, and the first short page is told."""
    found = probed(Lists("short-pages"))
    assert (found["pagination.complete"].answer, found["pagination.complete"].values["seen"]) == (Answer.YES, 23)
    steady = found["page-size.steady"]
    assert (steady.answer, steady.values["page"], steady.values["got"]) == (Answer.NO, 2, 5)


def test_pages_that_are_filtered_after_cutting_are_told() -> None:
    """Numbered pages from which the server took records after cutting them are short in the middle of the list."""
    assert probed(Numbered(short=True), numbered())["page-size.steady"].answer is Answer.NO


def test_a_size_that_the_server_cuts_is_steady() -> None:
    """Pages that are all cut to the same smaller size are no short ones."""
    capped = [record(number) for number in range(230)]

    @dataclass
    class Capped(Lists):
        def listed(self, query: dict[str, str]) -> Answered | Any:
            return super().listed({**query, "limit": str(min(20, int(query.get("limit", "20"))))})

    found = probed(Capped(records=capped))["page-size.steady"]
    assert (found.answer, found.values["full"]) == (Answer.YES, 20)


@pytest.mark.parametrize(("defect", "answer"), [("", Answer.YES), ("window", Answer.NO), ("window-again", Answer.NO)])
def test_a_page_behind_ten_thousand_records_is_tried_where_there_are_more(defect: str, answer: Answer) -> None:
    """One page behind the ten-thousandth record shows whether the list has a ceiling."""
    many = [{"id": str(number), "email": f"p{number}@example.com", "name": "P", "points": 1, "town": None, "updated_at": "2026-11-01T08:00:00Z"} for number in range(10_200)]  # fmt: skip
    found = probed(Lists(defect, records=many))["pagination.deep-page"]
    assert (found.answer, found.values["total"]) == (answer, 10_200)


@pytest.mark.parametrize(
    ("style", "name", "largest", "behind"),
    [("offset", "offset", 99, 100), ("page", "page", 4, 200), ("offset", "offset", 5000, None)],
)
def test_the_documents_own_limit_is_tried_where_the_list_is_longer(
    style: str, name: str, largest: int, behind: int | None
) -> None:
    """The page right behind the largest offset or page number that the document names; nothing where the list ends before."""
    declared = query(name, "integer", maximum=largest)
    server = Lists if style == "offset" else Numbered
    with looking(
        server(records=[record(number) for number in range(400)]), profile() if style == "offset" else numbered()
    ) as look:
        look.api = api({"GET /contacts": operation(listed(fields("id")), params=[declared])})
        found = next(ask(deep_page, look.resources[0], "crm/contacts"))
    assert found.values.get("behind") == behind
    assert found.answer is (Answer.UNKNOWN if behind is None else Answer.YES)


def test_a_short_list_says_nothing_of_ceilings() -> None:
    """Where there are fewer records, the question stays open and costs no request."""
    found = probed(Lists())["pagination.deep-page"]
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "too-few-records")
