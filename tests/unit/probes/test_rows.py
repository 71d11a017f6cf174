"""Rows that are records of their own: what becomes of them, and of their document, when either is changed or deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.describe import described
from checker.errors import RefusedError
from checker.hooks import read_event
from checker.hooks.events import CREATE, DELETE
from checker.model.finding import Answer, Finding
from checker.model.permit import Permit
from checker.probes import CLEANUP_PROBES
from checker.probes.hooking import Deed, Lab, Patience, ResourceHooks
from checker.probes.round import Round
from checker.probes.rows import row_of
from checker.probes.run import ask
from checker.probes.webhooks import events
from checker.project.load import load_project
from checker.project.types import WebhookSettings
from checker.receiver import Receiver
from checker.touch import cleaned, planned
from tests.unit.probes.shop import LINE, TEXT, document, shop
from tests.unit.probes.touched import TODAY, probed, told

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
HOOK = "/events-of-the-shop"


def found(folder: Path, defect: str = "") -> dict[tuple[str, str], Finding]:
    """What is told of orders and their lines, by resource and claim."""
    with shop(folder, defect) as (_, system):
        return {(name, one.id): one for name in ("orders", "order-lines") for one in probed(system, name).values()}


MOVES, VISIBLE = ("orders", "timestamp.moves-on-child"), ("order-lines", "delete.visible")
DEFECTS: list[tuple[str, tuple[str, str], Answer, dict[str, Any]]] = [
    ("", MOVES, YES, {"field": "updated_at"}),
    ("", VISIBLE, YES, {"how": "changes", "parent": "orders"}),
    ("line-moves-nothing", MOVES, NO, {"field": "updated_at", "alone": "order-lines"}),
    ("line-ignores", MOVES, YES, {"field": "updated_at"}),  # sent inside the order it moves; alone nothing could be changed
    ("lines-vanish", VISIBLE, NO, {"how": None, "listed": False, "parent": "orders"}),
    ("lines-stay", VISIBLE, UNKNOWN, {"reason": "row-stays", "parent": "orders"}),
    ("lists-somebody-elses", VISIBLE, UNKNOWN, {"reason": "no-room-for-mark"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("defect", "where", "answer", "values"), DEFECTS, ids=[f"{one[0]}-{one[1][1]}" for one in DEFECTS]
)
def test_what_becomes_of_a_row_is_told(
    tmp_path: Path, defect: str, where: tuple[str, str], answer: Answer, values: dict[str, Any]
) -> None:
    """A line that has no room for our mark is changed and lost with its order: that the order stands still, or nothing shows the loss, is told."""
    finding = found(tmp_path, defect)[where]
    assert (finding.answer, {name: finding.values.get(name) for name in values}) == (answer, values)
    assert finding.evidence or answer is UNKNOWN


@pytest.mark.parametrize(("defect", "answer", "parent"), [("", YES, None), ("lines-vanish", NO, "orders")])
def test_a_line_that_shows_its_own_delete_has_to_show_that_of_its_order(
    tmp_path: Path, defect: str, answer: Answer, parent: str | None
) -> None:
    """A line with a text of its own is deleted alone, which shows, and with its order: one that shows in one way only is found in neither."""
    with shop(tmp_path, defect, {**LINE, "remark": TEXT}) as (_, system):
        probed(system, "orders")
        found = probed(system, "order-lines")
    assert found["delete.accepted"].answer is YES
    assert (found["delete.visible"].answer, found["delete.visible"].values.get("parent")) == (answer, parent)


@pytest.mark.parametrize(
    ("defect", "answer"), [("", YES), ("lines-vanish", YES), ("list-lags", YES), ("lines-stay", NO)]
)
def test_lines_that_stay_behind_are_no_clean_sandbox(tmp_path: Path, defect: str, answer: Answer) -> None:
    """All orders are removed, and their lines are still there: nothing of ours can remove them, so that they are named."""
    with shop(tmp_path, defect) as (server, system):
        probed(system, "orders")
        system.cleaned = cleaned(system)
        found = told(system, CLEANUP_PROBES)["cleanup.nothing-left"]
        left = [one for one, line in server.lines.items() if one != "l0" and not line.get("deleted_at")]
    assert (found.answer, found.values.get("left", 0)) == (answer, len(left))
    assert set(found.values.get("records", [])) <= {f"order-lines {one}" for one in left}


def test_a_line_of_our_own_that_stays_is_left_behind_once(tmp_path: Path) -> None:
    """A line with the mark that can't be deleted, and whose order is gone: it is no row besides."""
    with shop(tmp_path, "lines-stay-for-good", {**LINE, "remark": TEXT}) as (server, system):
        probed(system, "orders")
        probed(system, "order-lines")
        system.cleaned = cleaned(system)
        found = told(system, CLEANUP_PROBES)["cleanup.nothing-left"]
        assert found.values["left"] == len(server.lines) - 1
        assert {one.resource for one in system.cleaned.left} == {"order-lines"}


def test_the_order_that_is_deleted_for_its_lines_stands_in_the_plan(tmp_path: Path) -> None:
    """Who is asked for leave to write is told of one order more where the delete of lines is a question, too."""
    (tmp_path / "shop.json").write_text(json.dumps(document()), "utf-8")
    known = described(str(tmp_path / "shop.json"))
    assert known.profile is not None
    most = []
    for asked in (("orders",), ("orders", "order-lines")):
        flows = [{"name": one, "left": f"crm/{one}", "right": "erp/none"} for one in asked]
        systems = {"crm": {"document": "shop.json", "base_url": "http://127.0.0.1:1", "sandbox": True}, "erp": {}}
        project = tmp_path / "readiness.yaml"
        project.write_text(json.dumps({"project": "Shop", "systems": systems, "flows": flows}), "utf-8")
        permits = {"crm": Permit("crm", "http://127.0.0.1:1/")}
        plan = planned(load_project(project), {"crm": known.profile}, permits, Round())
        most.append({one.resource: one.at_most for one in plan}["orders"])
    assert most[1] == most[0] + 1


def test_a_row_that_points_elsewhere_is_never_written(tmp_path: Path) -> None:
    """An order that lists somebody else's line: the line is nobody's row of ours, and a change of it is refused before a byte leaves."""
    with shop(tmp_path, "lists-somebody-elses") as (_, system):
        orders, lines = system.resources
        assert orders.birth is not None
        held = orders.first_seen.record or {}
        assert [one["id"] for one in held["lines"]] == ["l0"]
        assert row_of(orders, orders.birth.body, held) is None
        with pytest.raises(RefusedError):
            system.writer.update_row(
                orders.resource, orders.id or "", lines.resource, "l0", "order_id", {"quantity": 8}
            )
        with pytest.raises(RefusedError):  # an order that isn't ours, as its line says
            system.writer.update_row(orders.resource, "o0", lines.resource, "l0", "order_id", {"quantity": 8})


def heard(
    folder: Path, defect: str = "", asked: tuple[str, ...] = ("orders", "order-lines")
) -> tuple[dict[tuple[str, str], Finding], list[str]]:
    """What is told of the events of orders and their lines, by resource and claim; and the resources whose events were waited for."""
    receiver = Receiver()
    try:
        with shop(folder, defect) as (server, system):
            server.hook = receiver.base + HOOK
            touches = [one for one in system.resources if one.profile.name in asked]
            settings, patience = WebhookSettings(registration="manual"), Patience(events=2, quiet=0.1)
            lab = Lab(system, touches, receiver, None, settings, TODAY, HOOK, patience)
            told = [(touch, one) for touch in touches for one in ask(events, ResourceHooks(lab, touch), touch.subject)]
            return {(touch.profile.name, one.id): one for touch, one in told}, [one.resource for one in lab.deeds]
    finally:
        receiver.stop()


def test_the_events_of_rows_are_those_of_their_documents_life(tmp_path: Path) -> None:
    """Lines that come and go with an order are listened for; that nobody changed one alone is left open."""
    found, _ = heard(tmp_path)
    assert found["orders", "webhook.covers-events"].answer is YES
    assert found["order-lines", "webhook.arrives"].answer is YES
    covered = found["order-lines", "webhook.covers-events"]
    assert (covered.answer, covered.values["reason"]) == (UNKNOWN, "nothing-changed")
    assert (covered.values["missing"], covered.values["tried"]) == ([], [CREATE, DELETE])


def test_lines_that_go_without_an_event_are_told(tmp_path: Path) -> None:
    """The order's own delete comes, its lines' doesn't: whoever listens for lines never learns of it."""
    found, _ = heard(tmp_path, "lines-vanish")
    assert found["orders", "webhook.covers-events"].answer is YES
    covered = found["order-lines", "webhook.covers-events"]
    assert (covered.answer, covered.values["missing"], covered.values["name"]) == (NO, [DELETE], "order_line.created")


def test_rows_that_nobody_listens_for_are_no_deeds(tmp_path: Path) -> None:
    """Where lines are no flow's affair, their events aren't waited for."""
    _, waited_for = heard(tmp_path, asked=("orders",))
    assert set(waited_for) == {"orders"}


def test_a_bare_number_in_its_documents_event_is_no_event_of_a_row() -> None:
    """Line 27 of order 12 and order 27: an event that has the number only is the line's where it names lines."""
    row = Deed("order-lines", DELETE, "27", 0.0, {}, (), frozenset({"line"}))
    order = Deed("orders", DELETE, "27", 0.0, {}, ())
    of_order = read_event({}, json.dumps({"event": "orders.deleted", "keys": ["27"]}).encode())
    of_line = read_event({}, json.dumps({"event": "line_item.deleted", "key": 27}).encode())
    assert (row.told_by(of_order), row.told_by(of_line), order.told_by(of_order)) == (False, True, True)
