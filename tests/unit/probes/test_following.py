"""Links beside page numbers: whoever follows them must see the same list, and whoever has none is not asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from checker.model.finding import Answer, Finding
from checker.model.profile import UpdatedSince
from tests.servers import Answered
from tests.unit.probes.lists import Lists, probed, profile

CLAIM = "pagination.links-agree"


class Linked(Lists):
    """The list, with a link to the next page in each answer; `defect` says what is wrong with the links."""

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list as asked, with its link."""
        page = super().listed(query)
        if not isinstance(page, dict):
            return page
        following = int(query.get("offset", "0")) + len(page["data"])
        kept = {name: value for name, value in query.items() if name != "since" or self.defect != "drop-the-filter"}
        kept = {"limit": "x"} if self.defect == "lead-nowhere" else {**kept, "offset": str(following)}
        host = "http://elsewhere.example" if self.defect == "leave-the-system" else ""
        if following < page["total"] or self.defect == "lead-beyond-the-end":
            page = {**page, "links": {"next": f"{host}/contacts?{urlencode(kept)}"}}
        elif self.defect == "lead-back":
            page = {**page, "links": {"next": f"/contacts?{urlencode({**kept, 'offset': '0'})}"}}
        return page

    def cut(self, found: list[dict[str, Any]], start: int, size: int) -> Answered | Any:
        """One page; what lies beyond the end may be refused."""
        beyond = self.defect == "lead-beyond-the-end" and start >= len(found)
        return Answered(404, {"error": "no such page"}) if beyond else super().cut(found, start, size)

    def __call__(self, asked: Any) -> Answered | Any:
        """Answer a request; a size that is no number is refused."""
        return Answered(404, {"error": "none"}) if asked.query.get("limit") == "x" else super().__call__(asked)


def found(server: Lists, **changed: Any) -> Finding:
    """What is said of the links."""
    return probed(server, replace(profile(), **changed))[CLAIM]


@pytest.mark.parametrize(
    ("defect", "shown"),
    [("drop-the-filter", "strangers"), ("lead-back", "circle"), ("lead-nowhere", "broken")],
)
def test_links_that_lead_astray_are_told_with_what_they_do(defect: str, shown: str) -> None:
    """Page numbers work, and the links beside them lose the filter, lead back, or lead nowhere."""
    told = found(Linked(defect))
    assert told.answer is Answer.NO
    assert told.values[shown]
    assert told.evidence


@pytest.mark.parametrize("changed", [{}, {"updated_since": UpdatedSince(supported=False)}], ids=["changed", "filtered"])
def test_links_that_lead_through_the_list_are_good(changed: dict[str, Any]) -> None:
    """They are followed through what changed since, or through what a filter leaves, where there is no way to ask for changes."""
    assert found(Linked(), **changed).answer is Answer.YES


def test_a_long_list_is_narrowed_to_what_the_walk_can_follow() -> None:
    """Of many records the latest are enough, in pages as large as the system allows."""
    paged = replace(profile().pagination, max_page_size=2)
    assert found(Linked(), pagination=paged).answer is Answer.YES


def test_a_last_link_into_nothing_harms_nobody() -> None:
    """Where everything came before the refusal, nothing is lost by it."""
    told = found(Linked("lead-beyond-the-end"))
    assert (told.answer, told.values["reason"]) == (Answer.UNKNOWN, "walk-not-ended")


def test_links_to_another_host_are_not_followed() -> None:
    """A system behind a gateway may show its own address; no request goes there."""
    told = found(Linked("leave-the-system"))
    assert (told.answer, told.values["reason"]) == (Answer.UNKNOWN, "other-origin")


def test_a_list_that_forgets_its_filter_on_page_two_is_not_blamed_on_its_links() -> None:
    """What page numbers do as well is no fault of the links."""
    told = found(Linked("forgets-since"))
    assert (told.answer, told.values["reason"]) == (Answer.UNKNOWN, "inconclusive")


def test_a_list_without_links_is_not_asked() -> None:
    """Page numbers are enough."""
    assert found(Lists()).answer is Answer.NOT_APPLICABLE
