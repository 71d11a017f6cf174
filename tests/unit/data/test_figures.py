"""In which class each record of a flow is, and how its fields are filled. Mutants: a class counted by scope alone, a demand of a side that nothing travels to."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from checker.data.across import Both
from checker.data.figures import flow_figures
from checker.data.keys import Between
from checker.data.mapped import legal
from checker.data.match import match
from checker.model.figures import FieldFigures, FlowFigures, KeyFigures
from checker.model.profile import FieldRoles, Validation
from checker.model.sync import Row
from checker.project.sides import FlowView, Side
from tests.clients import contacts
from tests.unit.data.flows import flow, left, right

CREATED = ("create", "ask")


def figures(
    view: FlowView, lefts: list[Row], rights: list[Row], creates: tuple[str, str] = CREATED, **more: Any
) -> FlowFigures:
    """The flow's figures, its records matched as the sync would; `wanted`: ids of the left records in scope, all where none are named."""
    wanted = more.pop("wanted", None)
    inside = [row for row in lefts if wanted is None or row.id in wanted]
    both = Both(view, inside, rights, match(view, lefts, rights), Between({}, (None, None)), None)
    return flow_figures(both, (lefts, rights), creates, {"right": legal(both, view.right)}, **more)


LEFTS = [
    left("a", vat_id="DE1", name="Kern"),
    left("b", vat_id="DE2", name="Voss"),
    left("c", vat_id="DE2", name="Voss"),
    left("d", name="Wolf", country="DE"),
    left("e", vat_id="DE5"),
    left("f", vat_id="DE6"),
    left("g"),
]
RIGHTS = [
    right("1", vat_id="de1"),
    right("2", vat_id="DE2"),
    right("4", name="WOLF ", country="DE"),
    right("9", vat_id="DE9"),
]


def test_every_record_is_in_one_class() -> None:
    """Linked by which key, ambiguous, without a key, to be created, left to a person, or left where it is, for the filter leaves it out."""
    found = figures(flow("vat_id", ["name", "country"]), LEFTS, RIGHTS, wanted={"a", "b", "c", "d", "e"})
    ours, theirs = found.left, found.right
    assert (ours.records, ours.wanted) == (7, 5)
    assert (ours.linked, ours.ambiguous, ours.keyless, ours.create, ours.decide, ours.stay) == (2, 2, 1, 1, 0, 1)
    assert (theirs.linked, theirs.ambiguous, theirs.keyless) == (2, 1, 0)
    assert (theirs.create, theirs.decide, theirs.stay) == (0, 1, 0)
    assert found.linked_by == (KeyFigures(by="vat_id", pairs=1), KeyFigures(by="name + country", pairs=1))


def test_what_the_flow_does_not_carry_stays_where_it_is() -> None:
    """Where nothing is created, records without a counterpart are no work that waits."""
    found = figures(flow("vat_id"), LEFTS, RIGHTS, ("ignore", "create"))
    assert (found.left.create, found.left.decide, found.left.stay) == (0, 0, 2)


def test_where_nothing_can_be_matched_the_reason_stands_instead_of_classes() -> None:
    """No key, no records on one side, or a list that was not read to its end: the fields are counted all the same."""
    assert figures(flow(), LEFTS, RIGHTS).missing == "no-match-keys"
    assert figures(flow("vat_id"), LEFTS, []).missing == "no-records"
    found = figures(flow("vat_id"), LEFTS, RIGHTS, missing="not-all-read")
    assert (found.missing, found.left.linked, found.left.stay, found.linked_by) == ("not-all-read", 0, 0, ())
    assert found.left.fields


def test_a_record_that_came_twice_is_one() -> None:
    """Pages that repeat a record don't make two of it."""
    assert figures(flow("vat_id"), [*LEFTS, LEFTS[0]], RIGHTS).left.records == len(LEFTS)


def test_fields_come_with_what_matters_first() -> None:
    """Keys in their order, then what the other side demands and lacks, then the emptiest; filled and different values are counted."""
    view = flow("vat_id", ["name", "country"])
    target = contacts(validation=Validation(required=("mail",)))
    demanding = replace_right(view, Side("erp", "partners", "", target))
    lefts = [left("a", vat_id="DE1", name="Kern", email="a@x.de", number=5), left("b", vat_id="DE1", name="", number=7)]
    assert figures(demanding, lefts, RIGHTS).left.fields == (
        FieldFigures(name="vat_id", filled=2, distinct=1, key=1),
        FieldFigures(name="country", filled=0, distinct=0, key=2),
        FieldFigures(name="name", filled=1, distinct=1, key=2),
        FieldFigures(name="email", filled=1, distinct=1, demanded=True),
        FieldFigures(name="number", filled=2, distinct=2),
    )


def test_nothing_is_demanded_by_a_side_that_the_flow_does_not_travel_to() -> None:
    """One way only: the target's demands are held against the source's fields, not the other way round."""
    target = contacts(validation=Validation(required=("mail",)))
    one_way = replace_right(flow("vat_id"), Side("erp", "partners", "", target), direction="right-to-left")
    assert not any(one.demanded for one in figures(one_way, LEFTS, RIGHTS).left.fields)


def test_a_key_that_names_a_role_is_found_in_both_sides_fields() -> None:
    """The flow maps no such field, yet both documents have one that plays the role."""
    sides = [
        Side(system, "contacts", "", contacts(fields=FieldRoles(id="id", email=name)))
        for system, name in (("crm", "e_mail"), ("erp", "mailadresse"))
    ]
    view = FlowView(replace(flow("email").flow, fields=[]), sides[0], sides[1])
    found = figures(view, [Row(id="a", values={"e_mail": "a@x.de"})], [Row(id="1", values={"mailadresse": "a@x.de"})])
    assert [side.fields[0].name for side in (found.left, found.right)] == ["e_mail", "mailadresse"]
    assert found.left.linked == 1


def test_lists_and_objects_count_as_values() -> None:
    """A field may hold more than a text; an empty list is nothing."""
    lefts = [left("a", vat_id="DE1", name=["x", {"y": [1]}]), left("b", vat_id="DE2", name=[])]
    name = next(one for one in figures(flow("vat_id"), lefts, RIGHTS).left.fields if one.name == "name")
    assert (name.filled, name.distinct) == (1, 1)


def test_refused_values_are_told_only_where_something_travels() -> None:
    """Towards the right they were counted, towards the left nobody did."""
    found = figures(flow("vat_id"), LEFTS, RIGHTS)
    assert (found.left.refused, found.right.refused) == ({}, None)


def replace_right(view: FlowView, side: Side, **changes: Any) -> FlowView:
    """The view with another right side, and a changed flow."""
    return FlowView(replace(view.flow, **changes), view.left, side)
