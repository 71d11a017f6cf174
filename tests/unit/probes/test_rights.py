"""What a user with too few rights is shown of a list: told as a danger where it is nothing, without a word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from checker.model.finding import Finding
from checker.probes import rights
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.run import ask
from checker.project.types import BearerAuth
from checker.resources.resource import Resource
from tests.clients import client
from tests.servers import Answered, Asked
from tests.unit.probes.lists import TOKEN, Lists, looking, profile

FEW = "few-rights"


@dataclass
class Ranked(Lists):
    """A list that shows the restricted user something else than everybody else."""

    shows: str = "all"
    asked: int = 0

    def __call__(self, asked: Asked) -> Answered | Any:
        """The list as its reader may see it."""
        if asked.headers.get("authorization") != f"Bearer {FEW}":
            return super().__call__(asked)
        self.asked += 1
        if self.shows.isdigit():
            return Answered(int(self.shows), {"error": "so"})
        if self.shows == "nothing" or (self.shows == "nothing once" and self.asked == 1):
            return {"data": [], "total": 0}
        mine = self.records[: 3 if self.shows == "some" else None]
        return self.cut(mine, 0, int(asked.query.get("limit", "100")))


@contextmanager
def looked_at(lists: Lists, *, restricted: bool = True) -> Iterator[SystemLook]:
    """A look with the credentials of a restricted user beside the own."""
    with looking(lists) as look:
        url = look.whole_client.base_url
        other = {"restricted": BearerAuth(token="${env:R}")} if restricted else {}
        auth = BearerAuth(token="${env:T}")
        made = client(url, auth, secrets={"T": TOKEN, "R": FEW}, other_auth=other)
        look.whole_client = made
        look.resources = [ResourceLook(look, Resource("crm", profile(), made))]
        try:
            yield look
        finally:
            made.close()


def told(lists: Lists, *, restricted: bool = True) -> Finding:
    """What is said of the lack of rights."""
    with looked_at(lists, restricted=restricted) as look:
        return next(iter(ask(rights.lack, look, "crm")))


@pytest.mark.parametrize(
    ("shows", "answer", "values"),
    [
        ("nothing", "no", {"empty": ["contacts"]}),
        ("nothing once", "yes", {"empty": []}),  # a list may fill late
        ("all", "yes", {"seen": ["contacts"], "fewer": []}),
        ("some", "yes", {"seen": ["contacts"], "fewer": ["contacts"]}),
        ("403", "yes", {"refused": ["contacts"]}),
        ("404", "yes", {"refused": ["contacts"]}),
        ("401", "unknown", {"reason": "credentials-refused"}),
        ("503", "unknown", {"reason": "server-error"}),
        ("429", "unknown", {"reason": "server-error"}),
    ],
)
def test_a_list_that_is_empty_without_a_word_for_whoever_may_not_read_it_is_a_danger(
    shows: str, answer: str, values: dict[str, Any]
) -> None:
    """A sync with too few rights would take it for deletes. A refusal, or fewer records, is told as what it is."""
    finding = told(Ranked(shows=shows))
    assert finding.answer.value == answer
    assert {name: finding.values[name] for name in values} == values


def test_without_a_restricted_user_or_records_nothing_is_said_of_rights() -> None:
    """Nobody to ask with, or nothing that could be hidden."""
    assert told(Ranked(), restricted=False).values["reason"] == "no-other-credentials"
    assert told(Ranked(shows="nothing", records=[])).values["reason"] == "no-records"
