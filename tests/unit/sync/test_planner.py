"""What a sync would do: field by field against the base, creates, policies, and what it only reports."""

from dataclasses import replace
from typing import Any

import pytest

from checker.model.profile import FieldInfo, ResourceProfile
from checker.model.sync import Ambiguous, Base, FlowPlan, Kind, Matched, NoticeKind, Row, Which
from checker.project.types import FieldMapping, Lines, SideFilter
from checker.sync.linked import Linked, supplied
from checker.sync.plan import plan
from tests.memory import linked, rows, view_of

NAME = FieldMapping(left="name", right="name1", transform=["trim"])
EMAIL = FieldMapping(left="email", right="mail", transform=["lowercase"])


def one_pair(
    mapping: FieldMapping, left: Any, right: Any, base: tuple[Any, Any] | None = None, **flow: Any
) -> FlowPlan:
    """The plan for a linked pair with one field, whose base is that."""
    known = {("l", "r"): Base(left={mapping.left: base[0]}, right={mapping.right: base[1]})} if base else {}
    ours, theirs = {mapping.left: left}, {mapping.right: right}
    return plan(view_of(mapping, **flow), rows(l=ours), rows(r=theirs), known, linked(("l", "r")))


@pytest.mark.parametrize(
    ("left", "right", "base", "does"),
    [
        ("A", "A", ("A", "A"), None),
        ("B", "A", ("A", "A"), ("right", "B")),
        ("A", "B", ("A", "A"), ("left", "B")),
        ("B", "B", ("A", "A"), None),
        ("B", "C", ("A", "A"), "conflict"),
        ("A", "a short", ("A", "a short"), None),
        (" A ", "A", ("A", "A"), None),
        ("A", "A", None, None),
        ("A", "B", None, "conflict"),
        ("A", None, None, ("right", "A")),
        ("", "B", None, ("left", "B")),
    ],
)
def test_each_field_is_compared_with_what_both_sides_said_last(
    left: Any, right: Any, base: tuple[str, str] | None, does: Any
) -> None:
    """The side that changed is taken over; both changed is a conflict; a difference that nobody made is left alone."""
    made = one_pair(NAME, left, right, base)
    if does == "conflict":
        (notice,) = made.notices
        assert notice.kind is NoticeKind.CONFLICT
        assert notice.values == {"left": left, "right": right}
        assert (notice.left, notice.right, notice.on_field) == ("l", "r", "name")
        assert not made.actions
        return
    assert not made.notices
    assert [(one.side, next(iter(one.values.values()))) for one in made.actions] == ([does] if does else [])


def test_an_action_says_what_stands_and_what_shall_stand() -> None:
    """Who reads a plan sees both names, the old value and the new one in the target's spelling."""
    (action,) = one_pair(EMAIL, "New@Example.com", "old@example.com", ("old@example.com", "old@example.com")).actions
    assert (action.id, action.kind, action.source, action.record) == ("contacts:update:right:l", Kind.UPDATE, "l", "r")
    assert action.values == {"mail": "new@example.com"}
    (change,) = action.changes
    assert (change.left, change.right) == ("email", "mail")
    assert (change.before, change.after) == ("old@example.com", "new@example.com")


@pytest.mark.parametrize(("leading", "side"), [("crm", Which.RIGHT), ("erp", Which.LEFT)])
def test_at_a_first_meeting_the_leading_side_wins(leading: str, side: Which) -> None:
    """Where both differ and never agreed, the flow's leading system is taken over, a field's own before it."""
    (action,) = one_pair(NAME, "A", "B", leading=leading).actions
    assert action.side is side
    field = FieldMapping(left="name", right="name1", leading=leading)
    (action,) = one_pair(field, "A", "B", leading="erp" if leading == "crm" else "crm").actions
    assert action.side is side


@pytest.mark.parametrize("base", [None, ("A", "A")])
def test_one_way_the_source_wins(base: tuple[str, str] | None) -> None:
    """In a flow of one direction the source is taken over, both edited or not; nothing is ever written to it."""
    made = one_pair(NAME, "B", "C", base, direction="left-to-right")
    assert [(one.side, one.values) for one in made.actions] == [(Which.RIGHT, {"name1": "B"})]
    assert not one_pair(NAME, "A", "C", ("A", "A"), direction="left-to-right").actions
    field = FieldMapping(left="name", right="name1", direction="right-to-left")
    (action,) = one_pair(field, "B", "C", base).actions
    assert (action.side, action.values) == (Which.LEFT, {"name": "C"})


@pytest.mark.parametrize(
    ("policy", "decided"),
    [(None, "ask"), ("ask", "ask"), ("leading", "right"), ("newest", "left")],
)
def test_a_conflict_is_reported_with_what_the_policy_would_do(policy: Any, decided: str) -> None:
    """A conflict is never written by the plan; the reader sees both values and who would win."""
    view = view_of(NAME, leading="erp", on_conflict=policy)
    left = {"l": Row(id="l", values={"name": "B"}, changed="2026-11-27T10:00:00+01:00")}
    right = {"r": Row(id="r", values={"name1": "C"}, changed="2026-11-27T08:59:59+00:00")}
    base = {("l", "r"): Base(left={"name": "A"}, right={"name1": "A"})}
    made = plan(view, left, right, base, linked(("l", "r")))
    assert not made.actions
    (notice,) = made.notices
    assert notice.decides == decided


@pytest.mark.parametrize(
    ("empty", "default", "expected"),
    [("clear", None, [{"name1": None}]), ("clear", "-", [{"name1": "-"}]), ("skip", "-", []), (None, None, [])],
)
def test_an_emptied_field_is_cleared_only_where_the_mapping_says_so(
    empty: Any, default: str | None, expected: list[Any]
) -> None:
    """Emptied here: cleared there, or the default, where the mapping says clear; otherwise the other side keeps what it has."""
    mapping = FieldMapping(left="name", right="name1", empty=empty, default=default)
    made = one_pair(mapping, None, "A", ("A", "A"))
    assert [one.values for one in made.actions] == expected
    assert not made.notices


def test_a_default_that_stands_for_nothing_does_not_come_back() -> None:
    """A dash that we wrote for an empty field is no value of its own: both sides agree."""
    mapping = FieldMapping(left="name", right="name1", default="-")
    assert not one_pair(mapping, None, "-").actions


def created(view: Any, left: dict[str, Any], **others: Any) -> FlowPlan:
    """The plan for one record that only the left side has."""
    return plan(view, rows(l=left), {}, {}, Matched(only_left=("l",)), **others)


def test_a_create_carries_every_field_that_travels() -> None:
    """A record without counterpart is created with all mapped fields, defaults for empty ones, nothing for the rest."""
    view = view_of(
        EMAIL,
        NAME,
        FieldMapping(left="note", right="remark", default="-"),
        FieldMapping(left="phone", right="tel"),
        FieldMapping(left="number", right="nr", direction="right-to-left"),
        FieldMapping(left="address.city", right="ort"),
    )
    (action,) = created(view, {"email": "A@x.de", "name": " N ", "number": 7, "address": {"city": "Kiel"}}).actions
    assert (action.id, action.record) == ("contacts:create:right:l", None)
    assert action.values == {"mail": "a@x.de", "name1": "N", "remark": "-", "ort": "Kiel"}


@pytest.mark.parametrize(
    ("policy", "does"),
    [
        ("create", True),
        ("ask", False),
        ("ignore", False),
        (None, False),
        ({"left-to-right": "create", "right-to-left": "ask"}, True),
        ({"left-to-right": "ignore", "right-to-left": "create"}, False),
        ({"right-to-left": "create"}, False),
    ],
)
def test_creating_follows_the_policy_of_the_direction(policy: Any, does: bool) -> None:
    """Without a policy nothing is written: what isn't created is told, with what the policy says."""
    made = created(view_of(NAME, on_create=policy), {"name": "N"})
    assert bool(made.actions) is does
    assert [one.kind for one in made.notices] == ([] if does else [NoticeKind.NOT_CREATED])


@pytest.mark.parametrize("policy", ["ask", "ignore", None])
def test_updates_follow_the_policy_too(policy: Any) -> None:
    """A change that may not be written is told, field by field, with what stands on both sides."""
    made = one_pair(NAME, "B", "A", ("A", "A"), on_update=policy)
    assert not made.actions
    (notice,) = made.notices
    assert (notice.kind, notice.on_field) == (NoticeKind.NOT_UPDATED, "name")
    assert notice.values == {"left": "B", "right": "A"}
    assert notice.decides == (policy or "ask")


def test_records_out_of_scope_are_not_created_but_linked_ones_go_on() -> None:
    """The filter says what enters the sync; what is in it stays in it when it leaves the scope."""
    view = view_of(NAME, filter=SideFilter(left={"status": "active", "kind": ["a", "b"]}))
    assert created(view, {"name": "N", "status": "active", "kind": "b"}).actions
    for out in ({"status": "inactive", "kind": "a"}, {"status": "active", "kind": "c"}, {}):
        made = created(view, {"name": "N", **out})
        assert not made.actions
        assert not made.notices
    base = {("l", "r"): Base(left={"name": "A"}, right={"name1": "A"})}
    made = plan(view, rows(l={"name": "B"}), rows(r={"name1": "A"}), base, linked(("l", "r")))
    assert made.actions


def test_against_the_flows_direction_nothing_is_created() -> None:
    """A one-way flow ignores what only its target has."""
    made = plan(view_of(NAME, direction="right-to-left"), rows(l={"name": "N"}), {}, {}, Matched(only_left=("l",)))
    assert not made.actions
    assert not made.notices


@pytest.mark.parametrize(("now", "says"), [("A", "deactivate"), ("B", "keep")])
def test_a_record_that_is_gone_is_reported_and_an_edit_beats_the_delete(now: str, says: str) -> None:
    """Deletes are told, never passed on; where the other side was edited since, the record is to be kept."""
    base = {("l", "r"): Base(left={"name": "A"}, right={"name1": "A"})}
    view = view_of(NAME, on_delete={"right-to-left": "ask", "left-to-right": "deactivate"})
    made = plan(view, {}, rows(r={"name1": now}), base, linked(("l", "r")))
    assert not made.actions
    (notice,) = made.notices
    assert (notice.kind, notice.decides, notice.values["gone"]) == (NoticeKind.DELETED, says, "left")
    assert made.links, "the link stays, or the record would be created again"
    assert plan(view, {}, {}, base, linked(("l", "r"))).notices == ()


def test_records_that_share_a_key_are_reported_and_left_alone() -> None:
    """One key, several records: somebody has to say which one is meant."""
    found = Ambiguous(by="email", key="a@x.de", left=("l",), right=("r", "s"))
    made = plan(view_of(NAME), rows(l={}), rows(r={}, s={}), {}, Matched(ambiguous=(found,)))
    assert not made.actions
    (notice,) = made.notices
    assert (notice.kind, notice.left, notice.right) == (NoticeKind.AMBIGUOUS, "l", None)
    assert notice.values["right"] == ["r", "s"]


def test_a_value_that_cannot_be_taken_over_is_reported_and_the_other_fields_go_on() -> None:
    """One bad price doesn't hold up the record's name."""
    price = FieldMapping(left="price", right="preis", transform=["decimal_comma"])
    base = {("l", "r"): Base(left={"name": "A", "price": 1}, right={"name1": "A", "preis": "1,00"})}
    made = plan(
        view_of(NAME, price), rows(l={"name": "B", "price": "cheap"}), rows(r={"name1": "A", "preis": "1,00"}), base,
        linked(("l", "r")),
    )  # fmt: skip
    assert [one.values for one in made.actions] == [{"name1": "B"}]
    (notice,) = made.notices
    assert (notice.kind, notice.on_field) == (NoticeKind.UNTRANSLATABLE, "price")
    assert notice.values == {"value": "cheap", "reason": "no-number"}


@pytest.mark.parametrize("required", [True, False])
def test_no_record_is_created_without_a_value_that_the_target_demands(required: bool) -> None:
    """A required value that can't be taken over keeps the record back; another one is only left out."""
    price = FieldMapping(left="price", right="preis", transform=["decimal_comma"])
    view = view_of(NAME, price)
    profile = ResourceProfile(name="customers", schema=(FieldInfo(name="preis", type="string", required=required),))
    view = replace(view, right=replace(view.right, profile=profile))
    made = created(view, {"name": "B", "price": "cheap"})
    assert [one.values for one in made.actions] == ([] if required else [{"name1": "B"}])
    assert [one.kind for one in made.notices] == [NoticeKind.UNTRANSLATABLE]


LINK = FieldMapping(left="company_id", right="kunde_id", link="companies")


def test_a_link_is_written_as_the_other_systems_id_in_its_type() -> None:
    """A contact's company here is its customer's number there, and back."""
    links = {"companies": Linked({"cmp_1": "17"}, {"17": "cmp_1"})}
    view = view_of(NAME, LINK)
    profile = ResourceProfile(name="customers", schema=(FieldInfo(name="kunde_id", type="integer"),))
    view = replace(view, right=replace(view.right, profile=profile))
    assert created(view, {"company_id": "cmp_1"}, links=links).actions[0].values == {"kunde_id": 17}
    back = plan(view, {}, rows(r={"kunde_id": 17}), {}, Matched(only_right=("r",)), links)
    assert back.actions[0].values == {"company_id": "cmp_1"}
    same = plan(view, rows(l={"company_id": "cmp_1"}), rows(r={"kunde_id": 17}), {}, linked(("l", "r")), links)
    assert not same.actions
    assert not same.notices


def test_a_link_to_a_record_of_the_same_plan_is_supplied_later() -> None:
    """A contact of a company that is only being created waits for the company's id, not for the next run."""
    links = {"companies": Linked.of_plan(created(view_of(NAME), {"name": "N"}))}
    (action,) = created(view_of(NAME, LINK), {"name": "C", "company_id": "l"}, links=links).actions
    assert action.values == {"name1": "C"}
    assert action.links == {"kunde_id": ("companies", "l")}


def test_a_link_to_nobody_is_reported() -> None:
    """A link whose record has no counterpart is named; the record comes without it, to be completed later."""
    made = created(view_of(NAME, LINK), {"name": "C", "company_id": "cmp_9"})
    assert made.actions[0].values == {"name1": "C"}
    (notice,) = made.notices
    assert (notice.kind, notice.on_field, notice.values["value"]) == (NoticeKind.UNLINKED, "company_id", "cmp_9")


INSIDE = FieldMapping(left="company_id", right="..id", link="companies")


def test_a_record_inside_another_is_created_where_its_link_points() -> None:
    """The record around of a contact person is the partner that its company is linked with; without one it isn't created."""
    view = view_of(NAME, INSIDE)
    view = replace(view, right=replace(view.right, inside="persons[]"))
    links = {"companies": Linked({"cmp_1": "17"}, {"17": "cmp_1"})}
    assert created(view, {"name": "C", "company_id": "cmp_1"}, links=links).actions[0].values == {
        "name1": "C",
        "..id": "17",
    }
    for homeless in ({"name": "C", "company_id": "cmp_9"}, {"name": "C"}):
        made = created(view, homeless, links=links)
        assert not made.actions
        assert [one.kind for one in made.notices] == [NoticeKind.UNLINKED]
    person = {"17/1": Row(id="17/1", values={"name1": "P"}, around={"id": 17})}
    back = plan(view, {}, person, {}, Matched(only_right=("17/1",)), links)
    assert back.actions[0].values == {"name": "P", "company_id": "cmp_1"}


def test_a_record_inside_another_does_not_move_by_an_update() -> None:
    """A contact whose company changed is reported: it would have to be created anew elsewhere."""
    view = view_of(NAME, INSIDE)
    view = replace(view, right=replace(view.right, inside="persons[]"))
    links = {"companies": Linked({"cmp_1": "17", "cmp_2": "18"}, {"17": "cmp_1", "18": "cmp_2"})}
    base = {("l", "17/1"): Base(left={"name": "A", "company_id": "cmp_1"}, right={"name1": "A", "..id": 17})}
    person = {"17/1": Row(id="17/1", values={"name1": "A"}, around={"id": 17})}
    made = plan(view, rows(l={"name": "B", "company_id": "cmp_2"}), person, base, linked(("l", "17/1")), links)
    assert [one.values for one in made.actions] == [{"name1": "B"}]
    assert [(one.kind, one.on_field) for one in made.notices] == [(NoticeKind.NOT_UPDATED, "company_id")]


LINES = Lines(
    left="items",
    right="positionen",
    match=["sku"],
    fields=[
        FieldMapping(left="sku", right="artikel", transform=[{"insert": "-", "at": 1}]),
        FieldMapping(left="price", right="cent", transform=["minor_units"]),
    ],
)


def test_line_items_are_one_value_whatever_their_order() -> None:
    """The same lines in another order and spelling are no difference; one other price is, and the whole list is written."""
    ours = [{"sku": "A1", "price": 12.5}, {"sku": "B2", "price": 1}]
    theirs = [{"artikel": "B-2", "cent": 100, "pos": 20}, {"artikel": "A-1", "cent": 1250, "pos": 10}]
    view = view_of(lines=LINES, leading="crm")
    assert not plan(view, rows(l={"items": ours}), rows(r={"positionen": theirs}), {}, linked(("l", "r"))).actions
    other = [{"sku": "A1", "price": 12.5}, {"sku": "B2", "price": 2}]
    made = plan(view, rows(l={"items": other}), rows(r={"positionen": theirs}), {}, linked(("l", "r")))
    (action,) = made.actions
    assert action.values == {
        "positionen": [{"artikel": "A-1", "cent": 1250, "pos": 10}, {"artikel": "B-2", "cent": 200, "pos": 20}]
    }
    assert (action.changes[0].left, action.changes[0].right) == ("items", "positionen")


def test_line_items_changed_on_both_sides_are_a_conflict() -> None:
    """Nobody merges two edited lists."""
    base = {("l", "r"): Base(left={"items": [{"sku": "A1", "price": 1}]}, right={"positionen": [{"artikel": "A-1", "cent": 100}]})}  # fmt: skip
    ours, theirs = [{"sku": "A1", "price": 2}], [{"artikel": "A-1", "cent": 100}, {"artikel": "B-2", "cent": 1}]
    made = plan(view_of(lines=LINES), rows(l={"items": ours}), rows(r={"positionen": theirs}), base, linked(("l", "r")))
    assert not made.actions
    assert [(one.kind, one.on_field) for one in made.notices] == [(NoticeKind.CONFLICT, "items")]


def test_a_line_that_cannot_be_taken_over_holds_back_its_list() -> None:
    """Half a list would be a wrong invoice."""
    made = created(view_of(NAME, lines=LINES), {"name": "N", "items": [{"sku": "A1", "price": 0.001}]})
    assert made.actions[0].values == {"name1": "N"}
    assert [(one.kind, one.values["reason"]) for one in made.notices] == [(NoticeKind.UNTRANSLATABLE, "too-precise")]


PRODUCTS = Lines(
    left="items",
    right="data.positionen",
    match=["product"],
    fields=[
        FieldMapping(left="product", right="artikel", link="products"),
        FieldMapping(left="quantity", right="menge"),
    ],
)
ORDER = {"items": [{"product": "p1", "quantity": 2}, {"product": "p2", "quantity": 1}]}


def test_a_line_names_the_other_systems_product() -> None:
    """Line items that point at products by id are written with the linked product's id, and compared by it, whatever their order."""
    links = {"products": Linked({"p1": "71", "p2": "72"}, {"71": "p1", "72": "p2"})}
    view = view_of(lines=PRODUCTS, leading="crm")
    there = {"data": {"positionen": [{"artikel": "72", "menge": 1}, {"artikel": "71", "menge": 2}]}}
    assert created(view, ORDER, links=links).actions[0].values == {
        "data.positionen": [{"artikel": "71", "menge": 2}, {"artikel": "72", "menge": 1}]
    }
    assert not plan(view, rows(l=ORDER), rows(r=there), {}, linked(("l", "r")), links).actions


def test_a_line_waits_for_a_product_of_the_same_plan() -> None:
    """An order of a product that is only being created waits for the product's id, in its line's place; the other lines are complete."""
    coming = Linked({"p1": "71"}, {"71": "p1"}, {Which.LEFT: frozenset({"p2"})})
    (action,) = created(view_of(lines=PRODUCTS), ORDER, links={"products": coming}).actions
    assert action.values == {"data.positionen": [{"artikel": "71", "menge": 2}, {"menge": 1}]}
    assert action.links == {"data.positionen.1.artikel": ("products", "p2")}
    (name,) = action.links
    assert supplied(action.values, name, "72") == {
        "data.positionen": [{"artikel": "71", "menge": 2}, {"artikel": "72", "menge": 1}]
    }


def test_a_line_of_a_product_that_nobody_has_holds_back_its_list() -> None:
    """A product without a counterpart is named, and no order is written with a line too few or another system's id."""
    links = {"products": Linked({"p1": "71"}, {"71": "p1"})}
    made = created(view_of(NAME, lines=PRODUCTS), {"name": "N", **ORDER}, links=links)
    assert made.actions[0].values == {"name1": "N"}
    assert [(one.kind, one.on_field, one.values["value"]) for one in made.notices] == [
        (NoticeKind.UNLINKED, "items", ORDER["items"])
    ]


def test_actions_stand_in_a_fixed_order_updates_first() -> None:
    """The same world gives the same plan, and a value that moves to a new record is free before it is created."""
    base = {("b", "r"): Base(left={"name": "A"}, right={"name1": "A"})}
    left = rows(c={"name": "C"}, b={"name": "B"}, a={"name": "A2"})
    matched = Matched(links=linked(("b", "r")).links, only_left=("c", "a"))
    made = plan(view_of(NAME), left, rows(r={"name1": "A"}), base, matched)
    ids = [one.id for one in made.actions]
    assert ids == ["contacts:update:right:b", "contacts:create:right:a", "contacts:create:right:c"]
    assert made.records == {"left": 3, "right": 1, "linked": 1}
