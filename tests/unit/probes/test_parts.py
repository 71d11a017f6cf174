"""Events about parts: whether a change of nothing but lines, or of what a record points at, is told as any other change is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker.model.finding import Answer, Finding
from checker.probes.hooking import Lab, Patience, ResourceHooks
from checker.probes.parts import parts
from checker.probes.run import ask
from checker.probes.touching import ResourceTouch
from checker.project.types import WebhookSettings
from checker.receiver import Receiver
from tests.unit.probes.shop import shop
from tests.unit.probes.test_relinking import TEXT, linked
from tests.unit.probes.touched import TODAY

HOOK = "/events"
PATIENCE = Patience(events=0.6, quiet=0.05)


def heard(server: Any, touch: ResourceTouch) -> Finding:
    """What is told of the events about parts of a resource's records."""
    receiver = Receiver()
    server.hook = receiver.base + HOOK
    try:
        settings = WebhookSettings(registration="manual")
        lab = Lab(touch.system, [touch], receiver, None, settings, TODAY, HOOK, PATIENCE)
        return next(iter(ask(parts, ResourceHooks(lab, touch), touch.subject)))
    finally:
        server.hook = ""
        receiver.stop()


@pytest.mark.parametrize(
    ("defect", "answer", "missing"),
    [
        ("", Answer.YES, []),
        ("one-event-is-lost", Answer.YES, []),  # once may be chance
        ("lines-change-in-silence", Answer.NO, ["lines"]),
    ],
)
def test_a_change_of_nothing_but_lines_that_no_event_tells_of_is_told(
    tmp_path: Path, defect: str, answer: Answer, missing: list[str]
) -> None:
    """Whoever listens, and doesn't poll, never learns of another quantity."""
    with shop(tmp_path, defect) as (server, system):
        found = heard(server, system.resources[0])
    assert (found.answer, found.values["parts"], found.values["missing_parts"]) == (answer, ["lines"], missing)
    assert found.evidence


@pytest.mark.parametrize(("silent", "answer"), [(False, Answer.YES), (True, Answer.NO)])
def test_a_change_of_what_a_record_points_at_that_no_event_tells_of_is_told(
    tmp_path: Path, silent: bool, answer: Answer
) -> None:
    """A contact that works for another company now."""
    fields = {"first_name": TEXT, "company_id": {**TEXT, "nullable": True}}
    with linked(tmp_path, fields, flows=("companies", "contacts"), silent=silent) as (server, touch):
        found = heard(server, touch)
    assert (found.answer, found.values["parts"]) == (answer, ["links"])


def test_without_lines_or_links_there_is_nothing_to_tell(tmp_path: Path) -> None:
    """A record of plain fields."""
    with linked(tmp_path, {}) as (server, touch):
        assert heard(server, touch).answer is Answer.NOT_APPLICABLE
