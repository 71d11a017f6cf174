"""What answers tell of the limit of calls: relied on where the figures agree, and told where they don't."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import pytest

from checker.model.finding import Finding
from checker.probes import pacing
from checker.probes.run import ask
from tests.servers import Answered, Asked
from tests.unit.probes.lists import Lists, looking

HOUR_S = 3600
Told = Callable[[int], dict[str, Any]]


@dataclass
class Limited(Lists):
    """A list whose answers tell of a limit, by how many came before."""

    told: Told = lambda _turn: {}
    answers: int = 0

    def __call__(self, asked: Asked) -> Answered | Any:
        """The list, with the headers of its turn."""
        self.answers += 1
        headers = [(name, str(value)) for name, value in self.told(self.answers).items()]
        return Answered(body=super().__call__(asked), headers=headers)


def found(told: Told) -> Finding:
    """What is said of the figures."""
    with looking(Limited(told=told)) as look:
        return next(iter(ask(pacing.figures, look, "crm")))


def usual(turn: int, **more: Any) -> dict[str, Any]:
    """A limit of which a call is used up each time, and that begins anew in a minute."""
    return {"X-RateLimit-Limit": 600, "X-RateLimit-Remaining": 600 - turn, "X-RateLimit-Reset": int(time.time()) + 60} | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "outcomes"),
    [
        (lambda turn: usual(turn, X_RateLimit_Limit=(100, 5000, 20000)[turn % 3], X_RateLimit_Remaining=50), ["limit-changes"]),
        (lambda turn: usual(turn, X_RateLimit_Remaining=600 + turn), ["more-left-than-limit"]),
        (lambda turn: usual(turn, X_RateLimit_Reset=int(time.time()) - HOUR_S), ["reset-past"]),
        (lambda turn: usual(turn, X_RateLimit_Reset=formatdate(time.time() - HOUR_S, usegmt=True)), ["reset-past"]),
    ],
)  # fmt: skip
def test_figures_that_nobody_can_pace_by_are_told(told: Told, outcomes: list[str]) -> None:
    """Another limit each time, more left than there is, a new beginning that is past."""
    finding = found(told)
    assert (finding.answer.value, finding.values["outcomes"]) == ("no", outcomes)
    assert finding.evidence


@pytest.mark.parametrize(
    "told",
    [
        usual,
        lambda turn: usual(turn, X_RateLimit_Limit=600 if turn < 4 else 1200),
        lambda turn: usual(turn, X_RateLimit_Reset=60 - turn),  # seconds to wait
        lambda turn: usual(turn, X_RateLimit_Remaining=600, X_RateLimit_Reset=int(time.time()) - HOUR_S),  # no window has begun
        lambda turn: usual(turn, X_RateLimit_Reset=int(time.time()) + 60, Date=formatdate(time.time() + 600, usegmt=True)),  # a clock ten minutes ahead
    ],
)  # fmt: skip
def test_figures_that_agree_are_not_held_against_a_system(told: Told) -> None:
    """What changes once, is told in seconds, or hasn't begun, and what another clock shows: no alarm."""
    assert found(told).answer.value == "yes"


def test_without_such_headers_nothing_is_said() -> None:
    """And nothing more is asked."""
    finding = found(lambda _turn: {})
    assert (finding.answer.value, finding.values["reason"]) == ("unknown", "no-limit-headers")
