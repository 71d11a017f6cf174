"""The touch: both systems side by side behind their permits, and nothing left however it ends."""

from __future__ import annotations

import _thread
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from checker.model.finding import Answer
from checker.model.permit import Permit
from checker.model.profile import Relation, ResourceProfile
from checker.probes import (
    CLEANUP_PROBES,
    HOOK_PROBES,
    HOOK_SYSTEM_PROBES,
    LAST_WRITE_PROBES,
    WRITE_PROBES,
    WRITE_SYSTEM_PROBES,
)
from checker.probes.attempts import Waiting
from checker.probes.round import Round
from checker.touch import Say, Touch, in_order, planned
from tests.unit.probes.touched import TODAY, World, world


def permits(made: World) -> dict[str, Permit | str]:
    """Leave to write in both systems."""
    return {name: Permit(name, look.whole_client.base_url) for name, look in made.looks.items()}


def touch(made: World, say: Say = lambda _: None, given: Mapping[str, Permit | str] | None = None) -> Touch:
    """A touch of the pair."""
    allowed = permits(made) if given is None else given
    writers = {name: made.writer(name) for name, one in allowed.items() if isinstance(one, Permit)}
    waiting = Waiting(made.time.sleep, made.time.monotonic)
    return Touch(made.loaded, made.profiles, made.looks, allowed, writers, say, TODAY, waiting=waiting)


def claims_of(made: World) -> set[tuple[str, str]]:
    """Every (subject, claim) that a touch answers."""
    system = [claim for probe in (*WRITE_SYSTEM_PROBES, *HOOK_SYSTEM_PROBES, *CLEANUP_PROBES) for claim in probe.claims]
    resource = [claim for probe in (*WRITE_PROBES, *LAST_WRITE_PROBES, *HOOK_PROBES) for claim in probe.claims]
    subjects = [one.subject for look in made.looks.values() for one in look.resources]
    return {(name, claim) for name in made.looks for claim in system} | {
        (subject, claim) for subject in subjects for claim in resource
    }


def test_both_systems_are_touched_and_left_as_they_were(tmp_path: Path) -> None:
    """Every claim about every resource of the flows is answered once, what was written is gone, and the requests are counted."""
    with world(tmp_path) as made:
        before = made.living()
        touched, stopped = touch(made).run()
        assert made.living() == before
        answered = [(one.subject, one.id) for each in touched.values() for one in each.findings]
        assert Counter(answered) == Counter(claims_of(made))
        assert not stopped
        assert all(
            each.requests > 0 and each.cleaned is not None and not each.cleaned.left for each in touched.values()
        )
        assert not [one for each in touched.values() for one in each.findings if one.answer is Answer.ERROR]


def test_no_more_is_written_than_was_planned(tmp_path: Path) -> None:
    """Who agreed to the plan gets no more test records than it says, and only in the resources that it names."""
    with world(tmp_path) as made:
        plan = {
            (one.system, one.resource): one.at_most
            for one in planned(made.loaded, made.profiles, permits(made), Round())
        }
        touch(made).run()
        rows = made.journal._connection.execute(
            "SELECT system, resource, record FROM intents WHERE operation = 'create' AND record IS NOT NULL"
        ).fetchall()
        written = Counter((system, resource) for system, resource, _ in set(rows))
        assert written
        assert all(count <= plan[where] for where, count in written.items())


def test_a_system_without_a_permit_is_not_asked_at_all(tmp_path: Path) -> None:
    """Its claims stay open for the reason that there is none, no request is sent, and the plan doesn't name it."""
    with world(tmp_path) as made:
        given = {**permits(made), "erp": "not-sandbox"}
        touched, _ = touch(made, given=given).run()
        assert touched["erp"].requests == 0
        assert {(one.answer, one.values["reason"]) for one in touched["erp"].findings} == {
            (Answer.UNKNOWN, "not-sandbox")
        }
        assert {one.system for one in planned(made.loaded, made.profiles, given, Round())} == {"crm"}


def test_ctrl_c_keeps_what_was_found_and_cleans_up(tmp_path: Path) -> None:
    """After Ctrl-C no further question is asked, the test records are removed, and the open questions say that the run was stopped."""
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if text == "crm/companies: unique":
            _thread.interrupt_main()
            asked.stop.wait(10)

    with world(tmp_path) as made:
        before = made.living()
        asked = touch(made, say)
        touched, stopped = asked.run()
        assert stopped
        assert made.living() == before
        answers = {(one.subject, one.id): one for one in touched["crm"].findings}
        assert answers["crm/companies", "write.create-accepted"].answer is Answer.YES
        assert answers["crm/invoices", "write.create-accepted"].values["reason"] == "stopped"
        assert answers["crm", "cleanup.nothing-left"].answer is Answer.YES
        assert "crm/contacts: create" not in said


def test_a_crash_leaves_no_test_record(tmp_path: Path) -> None:
    """What breaks the run itself is raised, after the clean-up."""

    def say(text: str) -> None:
        if text == "erp/artikel: rules":
            raise ValueError(text)

    with world(tmp_path) as made:
        before = made.living()
        with pytest.raises(ValueError, match="erp/artikel: rules"):
            touch(made, say).run()
        assert made.living() == before


def test_resources_come_after_those_that_they_point_at() -> None:
    """A record that others need is created first; a circle is cut where it begins."""
    rows = {"c": ["b"], "b": ["a"], "a": [], "x": ["y"], "y": ["x"]}
    profiles = [
        ResourceProfile(name=name, relations=tuple(Relation(field=to, to=to) for to in points))
        for name, points in rows.items()
    ]
    assert [one.name for one in in_order(profiles)] == ["a", "b", "c", "x", "y"]
