"""What becomes of mapped values on the other side. Mutants: line items that nobody looks at, a rule that is declared and not held, equal values of two types taken for one."""

from __future__ import annotations

from typing import Any

import pytest

from checker.catalogue import finding
from checker.data.mapped import legal, of_mapped
from checker.data.ruled import broken_rule
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldInfo, Validation
from checker.model.sync import Row
from checker.project.sides import FlowView, Side
from checker.project.types import FieldMapping, Flow, Lines
from tests.clients import contacts
from tests.unit.data.flows import FIELDS, both, flow, left, right

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def told(view: FlowView, lefts: list[Row], rights: list[Row], claim: str) -> Any:
    """The answer to one claim; every answer has its sentence."""
    found = {one.claim: one for one in of_mapped(both(view, lefts, rights))}
    for one in found.values():
        finding(one.claim, "flow:customers", one.answer, Grade.PROBED, one.values)
    return found[claim]


def test_options_without_a_counterpart_are_counted_where_they_would_travel() -> None:
    """An option that no table knows is told, unless the mapping says what becomes of others."""
    table = FieldMapping(left="status", right="status", options={"active": "A"})
    lefts, rights = [left("a", status="lead", email="a@x.de")], [Row(id="1", values={"status": "A", "mail": "a@x.de"})]
    assert told(flow("email", fields=[*FIELDS, table]), lefts, rights, "options.all-mapped").values["fields"] == {
        "crm.status": 1
    }
    lenient = FieldMapping(left="status", right="status", options={"active": "A"}, unknown_option={"default": "A"})
    assert told(flow("email", fields=[*FIELDS, lenient]), lefts, rights, "options.all-mapped").answer is YES


def test_values_that_do_not_come_back_are_counted() -> None:
    """A sign that stands for several currencies can't be turned into a code."""
    money = FieldMapping(left="currency", right="waehrung", transform=["currency_symbol"])
    view = flow("email", fields=[*FIELDS, money])
    rights = [
        Row(id="1", values={"mail": "a@x.de", "waehrung": "€"}),
        Row(id="2", values={"mail": "b@x.de", "waehrung": "?"}),
    ]
    found = told(view, [left("a", email="a@x.de", currency="EUR")], rights, "transform.round-trip-stable")
    assert (found.answer, found.values["fields"]) == (NO, {"waehrung": 1})


def test_values_that_come_again_count_each_time_and_equal_ones_of_another_type_by_themselves() -> None:
    """1.0 has a text, true has none, though Python takes them for equal; a list is looked at as itself."""
    view = flow("email", fields=[*FIELDS, FieldMapping(left="note", right="notiz", transform=["trim"])])
    notes = [1.0, True, 1.0, True, "1", ["1"], ["1"]]
    lefts = [left(str(at), email=f"{at}@x.de", note=note) for at, note in enumerate(notes)]
    found = told(view, lefts, [right("1", email="0@x.de")], "transform.round-trip-stable")
    assert (found.answer, found.values["fields"]) == (NO, {"note": 4})


def against(schema: tuple[FieldInfo, ...], lefts: list[Row], lines: Lines | None = None, **more: Any) -> Any:
    """What the right side's document forbids of the left side's records."""
    profile = contacts(schema=schema, **more)
    made = Flow(name="customers", left="crm/companies", right="erp/partners", fields=FIELDS, lines=lines)
    view = FlowView(made, Side("crm", "companies", "", None), Side("erp", "partners", "", profile))
    found = legal(both(view, lefts, []), view.right)
    finding(found.claim, "flow:customers:crm->erp", found.answer, Grade.PROBED, found.values)
    return found


def test_rules_of_the_target_are_held_against_the_sources_values() -> None:
    """Too long, no option, nothing where something is demanded: counted by the rule and the target's field."""
    schema = (
        FieldInfo(name="name1", type="string", max_length=5),
        FieldInfo(name="land", type="string", enum=("DE", "AT")),
    )
    lefts = [left("a", name="Kern GmbH", country="DE", email="a@x.de"), left("b", name="Kern", country="Utopia")]
    found = against(schema, lefts, validation=Validation(required=("mail",)))
    assert (found.answer, found.values["fields"]) == (NO, {"name1": 1, "land": 1, "mail": 1})
    assert [found.values[one] for one in ("too_long", "no_option", "lacking")] == [
        {"name1": 1},
        {"land": 1},
        {"mail": 1},
    ]


@pytest.mark.parametrize(
    ("declared", "good", "bad", "rule"),
    [
        ({"type": "string", "max_length": 3}, "abc", "abcd", "too_long"),
        ({"type": "string", "limits": {"minLength": 2}}, "ab", "a", "too_short"),
        ({"type": "string", "pattern": "^[A-Z]{2}$"}, "DE", "Germany", "wrong_form"),
        ({"type": "string", "format": "date"}, "2026-02-28", "28.02.2026", "wrong_form"),
        ({"type": "string", "format": "date-time"}, "2026-02-28T10:00:00", "yesterday", "wrong_form"),
        ({"type": "string", "format": "time", "max_length": 8}, "10:30:00", "half past ten", "too_long"),
        ({"type": "string", "format": "email"}, "käthe@müller.example", "käthe at home", "wrong_form"),
        ({"type": "integer", "limits": {"minimum": 0, "maximum": 100}}, 100, 101, "out_of_range"),
        ({"type": "number", "limits": {"exclusiveMinimum": 0}}, 0.01, 0, "out_of_range"),
        ({"type": "number", "limits": {"multipleOf": 0.01}}, 19.99, 19.995, "too_fine"),
        ({"type": "integer"}, 5.0, 5.5, "too_fine"),
        ({"type": "number"}, "12.50", "12,50", "no_number"),
        ({"type": "string", "max_length": 3}, 123, 1234, "too_long"),
        ({"type": "string", "enum": ("1", "2")}, 1, 3, "no_option"),
        ({"type": "string", "pattern": "(", "max_length": 3}, "abc", "abcd", "too_long"),
    ],
)
def test_each_declared_rule_is_held_against_values(declared: dict[str, Any], good: Any, bad: Any, rule: str) -> None:
    """In JSON Schema's sense; a pattern that is no regular expression lets the other rules count."""
    broken = broken_rule(FieldInfo(name="x", **declared))
    assert [broken(one) for one in (good, bad, None, "")] == [None, rule, None, None]


def test_texts_that_only_change_their_case_are_told_and_break_no_rule() -> None:
    """The customer wants to know that names will stand there in capitals."""
    made = Flow(
        name="c",
        left="crm/x",
        right="erp/y",
        fields=[FieldMapping(left="name", right="name1", transform=["uppercase"])],
    )
    view = FlowView(made, Side("crm", "x", "", None), Side("erp", "y", "", contacts(schema=(FieldInfo(name="name1"),))))
    found = legal(
        both(view, [left("a", name="Kern"), left("b", name="KERN"), left("c", name=" Kern ")], []), view.right
    )
    assert (found.answer, found.values["recased"]) == (YES, {"name1": 2})


LINES = Lines(
    left="items",
    right="positionen",
    match=["sku"],
    fields=[
        FieldMapping(left="sku", right="artikelnummer"),
        FieldMapping(left="price", right="cent", transform=["minor_units"]),
        FieldMapping(left="tax", right="schluessel", options={"19": "V19"}),
    ],
)


def test_line_items_are_looked_at_as_records_are() -> None:
    """A line without product number can't be assigned; tax keys, prices and texts of lines meet the other side's rules."""
    items = [
        {"sku": "A1", "price": 12.5, "tax": 19},
        {"sku": None, "price": 12.505, "tax": 7},
        {"sku": "A-TOO-LONG", "price": 1},
    ]
    lefts = [left("a", email="a@x.de", items=items), left("b", email="b@x.de")]
    found = against((FieldInfo(name="positionen[].artikelnummer", type="string", max_length=4),), lefts, LINES)
    assert (found.answer, found.values["lines"]) == (NO, 3)
    assert found.values["lacking"] == found.values["too_long"] == {"positionen[].artikelnummer": 1}
    view = flow("email", lines=LINES)
    rights = [
        Row(
            id="1", values={"mail": "a@x.de", "positionen": [{"artikelnummer": "A1", "cent": 1250, "schluessel": "V7"}]}
        )
    ]
    unknown = told(view, lefts, rights, "options.all-mapped").values["fields"]
    assert unknown == {"crm.items[].tax": 1, "erp.positionen[].schluessel": 1}
    assert told(view, lefts, rights, "transform.round-trip-stable").values["fields"] == {"items[].price": 1}


def test_without_records_on_both_sides_what_is_mapped_stays_open() -> None:
    """Nothing passes by silence."""
    assert {one.answer for one in of_mapped(both(flow("email"), [left("a", email="a@x.de")], []))} == {UNKNOWN}
