"""Applying a plan between the running pair: what arrives, what is refused, and that nothing is written twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from werkzeug.wrappers import Request, Response

from checker.errors import RefusedError, TransportError
from checker.model.sync import Base, Kind, Link, NoticeKind, Plan, Which
from checker.sync.apply import Options
from checker.sync.files import sealed
from tests.sync_ground import Both, both, named


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Both]:
    """The pair, before any sync."""
    with both(tmp_path) as made:
        yield made


def crm(world: Both, name: str) -> list[Any]:
    """The living records of a collection of the CRM."""
    return list(world.pair.crm.store.living(name))


def edit_crm(world: Both, name: str, record_id: Any, **values: Any) -> None:
    """Somebody edits a record in the CRM."""
    store = world.pair.crm.store
    store.change(name, record_id, {**store.get(name, record_id).data, **values}, "nora.lind@example.com")


def edit_erp(world: Both, name: str, record_id: Any, **values: Any) -> None:
    """Somebody edits a record in the ERP."""
    store = world.pair.erp.store
    store.change(name, record_id, {**store.get(name, record_id).data, **values}, "MHUBER")


def settled(world: Both, *flows: str) -> Both:
    """The same, after a sync; its writes are forgotten."""
    world.sync(*flows)
    world.writes.clear()
    return world


def test_a_company_created_in_a_run_gives_its_contacts_their_link(world: Both) -> None:
    """A company and its contact person, new in the ERP, arrive in one run, and the contact hangs on the company.

    Mutant: links are read once, before the run.
    """
    partner = world.pair.erp.store.create(
        "geschaeftspartner",
        {
            **dict.fromkeys(("name2", "email", "telefon", "bemerkung", "fremdsystem_id", "kreditlimit", "zahlungsbedingung")),
            "name1": "Kühlhaus Stade GmbH", "kundengruppe": "GK", "ust_id": "DE136695976", "strasse": "Kai 1", "plz": "21680",
            "ort": "Stade", "land": "Deutschland", "waehrung": "€", "status": "A",
            "ansprechpartner": [{"vorname": "Ada", "nachname": "Kern", "email": "ada.kern@example.de", "status": "A"}],
        },
        "MHUBER",
    )  # fmt: skip
    created = f"companies:create:left:{partner.id}", f"contacts:create:left:{partner.id}/1"
    applied = world.apply(world.plan_only(*created))
    assert [one.action for one in applied.done] == [*created]
    company = named(crm(world, "companies"), name="Kühlhaus Stade GmbH")
    contact = named(crm(world, "contacts"), email="ada.kern@example.de")
    assert contact.data["company_id"] == company.id
    links = {(one.left, one.right) for one in world.opened.state.links("contacts")}
    assert (str(contact.id), f"{partner.id}/1") in links


def test_a_contact_becomes_an_entry_of_the_record_around_it(world: Both) -> None:
    """A new contact in the CRM is added to its company's list in the ERP; those that were there stay as they were.

    Mutant: the list is replaced by the new entry alone.
    """
    world.opened.state.learn("companies", world.plan("companies").plan.flows[0].links)
    link = next(
        one for one in world.opened.state.links("companies")
        if len(world.pair.erp.store.get("geschaeftspartner", int(one.right)).data["ansprechpartner"]) > 1
    )  # fmt: skip
    before = world.pair.erp.store.get("geschaeftspartner", int(link.right)).data["ansprechpartner"]
    model = crm(world, "contacts")[0].data
    new = {"first_name": "Ida", "last_name": "Nordhoff", "email": "ida.nordhoff@example.de", "company_id": link.left}
    contact = world.pair.crm.store.create("contacts", {**model, **new, "status": "active"}, "nora.lind@example.com")
    applied = world.apply(world.plan_only(f"contacts:create:right:{contact.id}"))
    after = world.pair.erp.store.get("geschaeftspartner", int(link.right)).data["ansprechpartner"]
    assert after[: len(before)] == before
    assert [one["email"] for one in after[len(before) :]] == ["ida.nordhoff@example.de"]
    assert [one.record for one in applied.done] == [f"{link.right}/{after[-1]['nr']}"]
    assert any(one.left == str(contact.id) for one in world.opened.state.links("contacts"))


def test_invoices_arrive_with_their_line_items(world: Both) -> None:
    """A posted invoice of the ERP is in the CRM afterwards, line by line, in the CRM's spelling."""
    world.opened.state.learn("companies", world.plan("companies").plan.flows[0].links)
    (flow,) = world.plan("invoices").plan.flows
    create = next(one for one in flow.actions if one.kind is Kind.CREATE)
    world.apply(world.plan_only(create.id))
    invoice = world.pair.erp.store.get("rechnungen", int(create.source)).data
    arrived = named(crm(world, "invoices"), number=invoice["rechnungsnummer"])
    assert [one["quantity"] for one in arrived.data["items"]] == [one["menge"] for one in invoice["positionen"]]
    assert [round(one["unit_price"] * 100) for one in arrived.data["items"]] == [
        one["einzelpreis_cent"] for one in invoice["positionen"]
    ]


def test_a_change_on_one_side_arrives_on_the_other_and_nothing_else_moves(world: Both) -> None:
    """One field edited in the ERP is one update in the CRM; the next plan is idle."""
    settled(world, "companies")
    link = world.opened.state.links("companies")[0]
    edit_erp(world, "geschaeftspartner", int(link.right), ort="Buxtehude")
    applied = world.sync("companies")
    assert [one.record for one in applied.done] == [link.left]
    assert world.pair.crm.store.get("companies", link.left).data["city"] == "Buxtehude"
    assert world.writes == ["PATCH /companies/{id}"]
    assert world.plan("companies").plan.flows[0].actions == ()


def test_a_conflict_is_kept_until_somebody_decides(world: Both) -> None:
    """One field changed on both sides is reported with both values and written nowhere, in this run and the next.

    Mutant: the base is renewed over the conflict, and the second run knows of none.
    """
    settled(world, "companies")
    link = world.opened.state.links("companies")[0]
    edit_erp(world, "geschaeftspartner", int(link.right), ort="Buxtehude")
    edit_crm(world, "companies", link.left, city="Stade")
    for _ in range(2):
        applied = world.sync("companies")
        (conflict,) = [one for one in applied.notices if one.kind is NoticeKind.CONFLICT and one.left == link.left]
        assert (conflict.on_field, conflict.values) == ("city", {"left": "Stade", "right": "Buxtehude"})
        assert applied.exit_code == 5
        assert world.writes == []
        assert conflict in world.opened.state.notices()


def stale(world: Both, plan: Plan) -> list[str]:
    """What a stale plan's refusal names."""
    with pytest.raises(RefusedError) as refused:
        world.apply(plan)
    assert refused.value.exit_code == 4
    assert {one.code for one in refused.value.problems} == {"sync.stale"}
    return [str(one.values["what"]) for one in refused.value.problems]


def test_a_plan_is_refused_when_its_source_moved(world: Both) -> None:
    """A record edited after the plan was made: refused, named, and no write reaches a server. Mutant: the plan is trusted."""
    plan = world.plan("companies").plan
    action = plan.flows[0].actions[0]
    assert action.side is Which.LEFT
    edit_erp(world, "geschaeftspartner", int(action.source), ort="Anderswo")
    assert stale(world, plan) == [f"erp/geschaeftspartner/{action.source}"]
    assert world.writes == []


def test_a_plan_is_refused_when_somebody_created_the_counterpart(world: Both) -> None:
    """A record that the plan would create was created by hand meanwhile. Mutant: only the records named in the plan are read again."""
    plan = world.plan("products").plan
    create = next(one for one in plan.flows[0].actions if one.kind is Kind.CREATE)
    model = crm(world, "products")[0].data
    world.pair.crm.store.create("products", {**model, "sku": create.values["sku"]}, "nora.lind@example.com")
    assert stale(world, plan) == [f"erp/artikel/{create.source}"]
    assert world.writes == []


@pytest.mark.parametrize("what", ["project", "document:crm", "target:erp"])
def test_a_plan_is_refused_when_project_document_or_target_changed(world: Both, what: str) -> None:
    """A plan is bound to what it was made from. Mutant: records alone are compared."""
    plan = world.plan("products").plan
    moved = sealed(replace(plan, made_from={**plan.made_from, what: "0" * 64}))
    assert stale(world, moved) == [what]
    assert world.writes == []


def test_a_mass_change_is_refused_until_its_number_is_named(world: Both) -> None:
    """More than the guard lets pass: refused before the first write; naming the number lets it pass. Mutant: the guard looks at deletes only."""
    plan = world.plan("products").plan
    counts = Counter(one.kind for one in plan.flows[0].actions)
    with pytest.raises(RefusedError) as refused:
        world.apply(plan, Options(allow=0))
    most = max(counts.values())
    assert {one.values["count"] for one in refused.value.problems} >= {most}
    assert refused.value.problems[0].code.startswith("sync.guard-")
    with pytest.raises(RefusedError):
        world.apply(plan, Options(allow=most - 1))
    assert world.writes == []
    assert world.apply(plan, Options(allow=most)).counts["done"] == sum(counts.values())


def test_a_side_that_is_suddenly_empty_stops_the_run(world: Both) -> None:
    """`[]` with 200 for a list that was full: its records look deleted, nothing of them is created anew, and another write is refused.

    Mutant: records that are gone don't count against the guard.
    """
    world.opened.state.learn("products", world.plan("products").plan.flows[0].links)
    empty = '{"results": [], "paging": {"next": null}, "total": 0}'
    world.pair.crm.faults["GET /products"] = lambda _: Response(empty, content_type="application/json")
    plan = world.plan("products").plan
    gone = [one for one in plan.flows[0].notices if one.kind is NoticeKind.DELETED]
    assert len(gone) == plan.flows[0].records["linked"] > 20
    creates = [one for one in plan.flows[0].actions if one.kind is Kind.CREATE]
    assert {one.source for one in creates}.isdisjoint({one.right for one in gone})
    with pytest.raises(RefusedError) as refused:
        world.apply(plan, Options(allow=len(creates)))
    assert [one.values["what"] for one in refused.value.problems] == ["gone"]
    assert world.writes == []


def test_a_list_that_ends_too_early_is_refused(world: Both) -> None:
    """A last page that is missing would make records look deleted. Mutant: what came is taken for all."""

    def cut(request: Request) -> Response | None:
        return Response('{"results": [], "paging": {"next": null}, "total": 34}', content_type="application/json")  # fmt: skip

    world.pair.crm.faults["GET /products"] = cut
    with pytest.raises(RefusedError) as refused:
        world.plan("products")
    assert refused.value.problems[0].code == "sync.list-incomplete"


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_list_that_is_refused_plans_nothing(world: Both, status: int) -> None:
    """A list that answers with an error is no empty list. Mutant: 404 is read as nothing."""
    world.pair.crm.faults["GET /products"] = lambda _: Response("{}", status=status, content_type="application/json")
    with pytest.raises(TransportError):
        world.plan("products")


def test_a_refused_record_is_listed_once_and_keeps_no_other_from_arriving(world: Both) -> None:
    """One record that the CRM always refuses: the others arrive, it is told with its reason, and it isn't sent again until a value changes.

    Mutants: the run stops at the first refusal; the record is sent in every run.
    """
    sent: list[str] = []
    plan = world.plan("products").plan
    creates = [one for one in plan.flows[0].actions if one.kind is Kind.CREATE]
    poison = creates[0].values["sku"]

    def refuse(request: Request) -> Response | None:
        if poison not in request.get_data(as_text=True):
            return None
        sent.append(poison)
        return Response(
            '{"errors": [{"field": "name", "code": "invalid_value"}]}', 422, content_type="application/json"
        )

    world.pair.crm.faults["POST /products"] = refuse
    applied = world.apply(plan)
    assert [(one.action, one.reason, one.status) for one in applied.refused] == [(creates[0].id, "refused", 422)]
    assert "invalid_value" in applied.refused[0].says
    assert len(applied.done) == len(plan.flows[0].actions) - 1
    again = world.sync("products")
    assert sent == [poison]
    assert [one.right for one in again.notices if one.kind is NoticeKind.REFUSED] == [creates[0].source]
    assert again.exit_code == 5
    edit_erp(world, "artikel", int(creates[0].source), bezeichnung="Ein anderer Name")
    world.sync("products")
    assert len(sent) == 2


def lose_the_answer(world: Both, key: str, *, stored: bool) -> list[int]:
    """The next request of that kind is stored or not, and answered with 500."""
    calls: list[int] = []

    def fault(request: Request) -> Response | None:
        calls.append(len(calls))
        if len(calls) > 1:
            return None
        if stored:
            world.pair.crm.store.create("products", {**dict.fromkeys(("description", "external_id")), **(request.get_json() or {})}, "integration@example.com")  # fmt: skip
        return Response("{}", 500, content_type="application/json")

    world.pair.crm.faults[key] = fault
    return calls


@pytest.mark.parametrize("stored", [True, False])
def test_a_create_whose_answer_was_lost_leaves_no_duplicate(world: Both, *, stored: bool) -> None:
    """500 after storing, and 500 without: either way the record is there once, in the end, and linked.

    Mutant: an unknown outcome is taken for a refusal, and the next plan creates it again.
    """
    calls = lose_the_answer(world, "POST /products", stored=stored)
    plan = world.plan("products").plan
    first = next(one for one in plan.flows[0].actions if one.kind is Kind.CREATE)
    applied = world.apply(plan)
    assert calls
    assert [one.action for one in applied.unknown] == ([] if stored else [first.id])
    world.sync("products")
    made = [one for one in crm(world, "products") if one.data["sku"] == first.values["sku"]]
    assert len(made) == 1
    assert str(made[0].id) in {one.left for one in world.opened.state.links("products")}
    assert world.writers["crm"].journal.unresolved() == []
    assert world.plan("products").plan.flows[0].actions == ()


def test_a_record_that_never_arrives_is_tried_three_times(world: Both) -> None:
    """A create that always ends in 500 is sent in three runs, then held back and told; no other record waits for it.

    Mutant: it is sent in every run for ever.
    """
    plan = world.plan("products").plan
    poison = next(one for one in plan.flows[0].actions if one.kind is Kind.CREATE)
    sent: list[str] = []

    def fail(request: Request) -> Response | None:
        if poison.values["sku"] not in request.get_data(as_text=True):
            return None
        sent.append(request.method)
        return Response("{}", 500, content_type="application/json")

    world.pair.crm.faults["POST /products"] = fail
    for _ in range(5):
        applied = world.sync("products")
    assert len(sent) == 3
    assert applied.unknown == ()
    assert [one.right for one in applied.notices if one.kind is NoticeKind.REFUSED] == [poison.source]


class Killed(BaseException):
    """The process ends here, at once."""


@pytest.mark.parametrize("nth", [1, 2])
def test_a_kill_between_send_and_base_leaves_no_duplicate(
    world: Both, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends at once after a record was sent and before its link was kept; the next plan finds it, links it, and goes on.

    Mutant: the create is remembered after it was sent, or not at all.
    """
    state = world.opened.state
    plan = world.plan("products").plan
    creates = [one for one in plan.flows[0].actions if one.kind is Kind.CREATE]
    keep, sent = state.settle, []

    def kill(flow: str, link: Link, base: Base | None, action: str | None = None) -> None:
        sent.extend([action] if action == creates[len(sent)].id else [])
        if len(sent) == nth:
            raise Killed
        keep(flow, link, base, action)

    monkeypatch.setattr(state, "settle", kill)
    with pytest.raises(Killed):
        world.apply(plan)
    monkeypatch.undo()
    last = state.last_run()
    assert last is not None
    assert last.finished is None
    applied = world.sync("products")
    assert applied.unknown == ()
    skus = Counter(one.data["sku"] for one in crm(world, "products"))
    assert max(skus.values()) == 1
    assert {one.values["sku"] for one in creates} <= set(skus)
    assert world.plan("products").plan.flows[0].actions == ()


def test_the_other_side_down_stops_the_flow_and_the_next_run_goes_on(world: Both) -> None:
    """A server that answers nothing any more: what was done is remembered, the rest is planned next time, and nothing comes twice.

    Mutant: each remaining write is tried against a dead system.
    """
    plan = world.plan("products").plan
    creates = [one for one in plan.flows[0].actions if one.kind is Kind.CREATE]
    calls: list[str] = []

    def down(request: Request) -> Response | None:
        calls.append(request.method)
        return Response("{}", 401, content_type="application/json") if len(calls) > 1 else None

    world.pair.crm.faults["POST /products"] = down
    applied = world.apply(plan)
    (stopped,) = applied.stopped
    assert (stopped.flow, stopped.system) == ("products", "crm")
    assert stopped.left == len(creates) - 2
    assert len([one for one in calls if one == "POST"]) == 2
    assert applied.exit_code == 5
    del world.pair.crm.faults["POST /products"]
    world.new_run()
    rest = world.sync("products")
    assert rest.stopped == ()
    skus = Counter(one.data["sku"] for one in crm(world, "products"))
    assert max(skus.values()) == 1
    assert {one.values["sku"] for one in creates} <= set(skus)


def test_an_edit_between_our_look_and_our_write_is_not_overwritten(world: Both) -> None:
    """Somebody edits the target after the run began: its update is held back as moved, and nothing of theirs is lost.

    Mutant: the target isn't read again just before it is written.
    """
    settled(world, "companies")
    ours, theirs = world.opened.state.links("companies")[:2]
    for link in (ours, theirs):
        edit_erp(world, "geschaeftspartner", int(link.right), ort="Buxtehude")
    plan = world.plan("companies").plan
    last = plan.flows[0].actions[-1]

    def meanwhile(request: Request) -> Response | None:
        del request
        if world.pair.crm.store.get("companies", last.record).data["street"] != "Neue Straße 1":
            edit_crm(world, "companies", last.record, street="Neue Straße 1", city="Stade")
        return None

    world.pair.crm.faults["PATCH /companies/{id}"] = meanwhile
    applied = world.apply(plan)
    assert [(one.action, one.reason) for one in applied.refused] == [(last.id, "moved")]
    assert world.pair.crm.store.get("companies", last.record).data["city"] == "Stade"
