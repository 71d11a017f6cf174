"""Changed times sent back as they are shown, and instants in other zones: what is taken for something else without a word is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checker.describe import described
from checker.model.finding import Answer
from checker.model.profile import Param, ResourceProfile, UpdatedSince
from tests.servers import Answered
from tests.unit.probes.lists import Lists, probed, profile, record

CLAIM = "updated-since.as-shown"


def shown_as(form: Callable[[datetime], Any]) -> list[dict[str, Any]]:
    """Records whose changed time is shown in that form."""
    return [{**one, "updated_at": form(datetime.fromisoformat(one["updated_at"]))} for one in map(record, range(23))]


class Milliseconds(Lists):
    """A list that takes milliseconds for `since`, whatever it shows."""

    def narrowed(self, query: dict[str, str]) -> list[dict[str, Any]] | Answered:
        """Only records changed since, or a refusal of what is no number of milliseconds (`strict`: of our times)."""
        if "since" not in query:
            return super().narrowed(query)
        since = query.pop("since")
        if not since.isdigit() or (self.defect == "strict" and len(since) < len("1700000000000")):
            return Answered(400, {"error": "no milliseconds"})
        at = {
            one["id"]: datetime.fromisoformat(record(int(one["id"]))["updated_at"]).timestamp() for one in self.records
        }
        return [one for one in self.records if at[one["id"]] * 1000 >= int(since)]


def asking(form: str) -> ResourceProfile:
    """The list, whose document says in which form instants are asked for."""
    return replace(
        profile(), updated_since=UpdatedSince(supported=True, param=Param(name="since", in_="query"), format=form)
    )


@pytest.mark.parametrize(
    ("shown", "defect", "answer"),
    [
        (lambda at: int(at.timestamp() * 1000), "", Answer.YES),
        (lambda at: int(at.timestamp()), "", Answer.NO),
        (lambda at: int(at.timestamp()), "strict", Answer.UNKNOWN),
        (lambda at: at.isoformat(), "", Answer.UNKNOWN),
    ],
    ids=["as-taken", "in-seconds", "in-seconds-refused", "as-a-text-refused"],
)
def test_a_changed_time_in_another_unit_than_is_taken_is_told(shown: Any, defect: str, answer: Answer) -> None:
    """Seconds where milliseconds are taken bring everything, each time; a refusal is noticed by whoever sends them."""
    found = probed(Milliseconds(defect, records=shown_as(shown)), asking("epoch_ms"))
    assert found["updated-since.includes-boundary"].answer is Answer.YES
    assert found[CLAIM].answer is answer


def test_another_spelling_of_the_same_instant_is_understood() -> None:
    """`+00:00` instead of `Z` is the same boundary."""
    found = probed(Lists(records=shown_as(lambda at: at.isoformat())))[CLAIM]
    assert (found.answer, found.values["form"]) == (Answer.YES, "rfc3339")


class UtcOnly(Lists):
    """A list that refuses instants of other zones."""

    def narrowed(self, query: dict[str, str]) -> list[dict[str, Any]] | Answered:
        """What changed since, where that is written with Z."""
        since = query.get("since", "Z")
        return super().narrowed(query) if since.endswith("Z") else Answered(400, {"error": "no date"})


@pytest.mark.parametrize(("form", "answer"), [("date-time", Answer.NO), (None, Answer.UNKNOWN)])
def test_an_offset_may_be_refused_only_where_no_document_promises_it(
    tmp_path: Path, form: str | None, answer: Answer
) -> None:
    """`format: date-time` is RFC 3339, which has offsets; where the document says no more than text, nothing was promised."""
    since = {"name": "since", "in": "query", "schema": {"type": "string", **({"format": form} if form else {})}}
    paths = {"/contacts": {"get": {"parameters": [since], "responses": {"200": {"description": "a page"}}}}}
    path = tmp_path / "lists.json"
    path.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}), "utf-8")
    known = described(str(path))
    assert known.document is not None
    found = probed(UtcOnly(), api=known.document.api)["updated-since.zone-kept"]
    assert found.answer is answer
