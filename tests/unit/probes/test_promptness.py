"""How late events come after their changes: told in seconds, and held against a system whose events come late as a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.model.finding import Answer, Finding
from checker.probes.hooking import Lab, Patience
from checker.probes.promptness import prompt
from checker.probes.run import ask
from checker.project.types import WebhookSettings
from checker.receiver import Receiver
from tests.unit.probes.shop import EVENTS_LATE_S, shop
from tests.unit.probes.touched import TODAY

HOOK = "/events-of-the-shop"
LATE_S = EVENTS_LATE_S["events-late"]


def told(folder: Path, defect: str, patience: Patience) -> Finding:
    """What is said of how late the events of orders come."""
    receiver = Receiver()
    try:
        with shop(folder, defect) as (server, system):
            server.hook = receiver.base + HOOK if defect != "events-lost" else ""
            settings = WebhookSettings(registration="manual")
            lab = Lab(system, system.resources[:1], receiver, None, settings, TODAY, HOOK, patience)
            return next(iter(ask(prompt, lab, "crm")))
    finally:
        receiver.stop()


@pytest.mark.parametrize(
    ("defect", "prompt_s", "answer"),
    [("", 20.0, Answer.YES), ("events-late", LATE_S / 2, Answer.NO), ("events-late", 20.0, Answer.YES)],
)
def test_events_that_come_late_as_a_rule_are_told_with_their_delay(
    tmp_path: Path, defect: str, prompt_s: float, answer: Answer
) -> None:
    """Typical and worst delay are measured; later than an event should come is a no."""
    found = told(tmp_path, defect, Patience(events=3, quiet=0.05, prompt=prompt_s))
    assert (found.answer, found.values["events"]) == (answer, 3)
    assert found.values["worst"] >= found.values["median"] >= (LATE_S if defect else 0)


def test_an_event_that_comes_after_everybody_stopped_waiting_is_late_and_not_never(tmp_path: Path) -> None:
    """No event came as long as they are waited for; the first that comes a little later tells how late they are."""
    found = told(tmp_path, "events-late", Patience(events=LATE_S / 3, quiet=0.01, late=3, prompt=LATE_S / 2))
    assert found.answer is Answer.NO
    assert found.values["median"] >= LATE_S


def test_where_nothing_comes_nothing_is_said_of_delays(tmp_path: Path) -> None:
    """An address to which nobody sends is told by other questions."""
    found = told(tmp_path, "events-lost", Patience(events=0.05, quiet=0.01, late=0.05))
    assert (found.answer, found.values["reason"]) == (Answer.UNKNOWN, "nothing-by-hand")
