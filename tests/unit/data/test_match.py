"""Matching as the customer sees it: which record is which, and what a person must decide."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest

from checker.data import match
from checker.model.profile import FieldRoles, ResourceProfile
from checker.model.sync import Ambiguous, Link, Matched, Row
from checker.project.sides import FlowView
from checker.project.types import FieldMapping
from tests.unit.data.flows import flow, left, right


def test_records_with_the_same_key_are_linked_and_the_others_left_over() -> None:
    """A key's value that one record of each side has links them, and the link says by what."""
    found = match(flow("email"), [left("a", email="x@y.de"), left("b", email="b@y.de")], [right("1", email="x@y.de")])
    assert found == Matched(links=(Link(left="a", right="1", by="email"),), only_left=("b",))


@pytest.mark.parametrize(
    ("key", "here", "there"),
    [
        ("email", "Info@Jaeger.example.de", " info@jaeger.EXAMPLE.de\t"),
        ("vat_id", "de 100 010 003", "DE100010003"),
        ("name", "Weiß & Söhne KG ", "WEIß &  SÖHNE\u00a0KG"),
        ("name", "Caffe\u0300", "Caffè"),
        ("country", "Österreich", "ÖSTERREICH "),
        ("number", 17, "17"),
        ("number", 17.0, Decimal("17.00")),
        ("number", " 0017", "0017 "),
    ],
)
def test_spellings_of_one_value_are_one(key: str, here: object, there: object) -> None:
    """Case, blanks and composed letters don't keep records apart where the field's kind says that they don't count."""
    assert match(flow(key), [left("a", **{key: here})], [right("1", **{key: there})]).links


@pytest.mark.parametrize(
    ("key", "here", "there"),
    [
        ("name", "Weiß", "Weiss"),
        ("number", "a1", "A1"),
        ("number", "1 2", "12"),
        ("number", "017", 17),
        ("name", "A", "Á"),
    ],
)
def test_what_may_be_two_values_stays_two(key: str, here: object, there: object) -> None:
    """Only what is safe is levelled: an ß, an accent, a number's leading zero count. Mutant: `upper` makes Weiß Weiss."""
    assert not match(flow(key), [left("a", **{key: here})], [right("1", **{key: there})]).links


def test_a_record_without_the_first_key_is_linked_by_the_next() -> None:
    """Null, empty and blank are no value, so that two records without VAT id aren't one; the next key finds them."""
    here = [left("a", vat_id=None, name="Ost", country="DE"), left("b", vat_id=" ", name="West", country="DE")]
    there = [right("1", vat_id="", name="WEST", country="DE"), right("2", name="Ost", country="DE")]
    found = match(flow("vat_id", ["name", "country"]), here, there)
    assert {(one.left, one.right, one.by) for one in found.links} == {
        ("a", "2", "name + country"),
        ("b", "1", "name + country"),
    }


def test_a_composite_key_needs_all_its_parts() -> None:
    """Same name, another country or none: nobody is linked. Mutant: a missing part counts as equal."""
    here = [left("a", name="Ost", country="DE"), left("b", name="West")]
    there = [right("1", name="Ost", country="AT"), right("2", name="West")]
    assert match(flow(["name", "country"]), here, there) == Matched(only_left=("a", "b"), only_right=("1", "2"))


def test_values_of_a_composite_key_never_run_together() -> None:
    """`a + b` with `c` isn't `a` with `b + c`. Mutant: parts joined to one text."""
    here, there = left("a", name="a + b", country="c"), right("1", name="a", country="b + c")
    assert not match(flow(["name", "country"]), [here], [there]).links


def test_a_shared_key_is_ambiguous_and_no_later_key_decides_it() -> None:
    """Two with one VAT id await a decision, though their names would tell them apart."""
    here = [left("a", vat_id="DE1", name="Ost"), left("b", vat_id="de 1", name="West")]
    there = [right("1", vat_id="DE1", name="Ost"), right("2", name="West")]
    assert match(flow("vat_id", "name"), here, there) == Matched(
        ambiguous=(Ambiguous(by="vat_id", key="DE1", left=("a", "b"), right=("1",)),), only_right=("2",)
    )


def test_several_on_the_right_are_ambiguous_too() -> None:
    """One here and two there: nobody may guess. Mutant: the first of several is taken."""
    found = match(flow("email"), [left("a", email="i@x")], [right("1", email="i@x"), right("2", email="I@x")])
    assert found == Matched(ambiguous=(Ambiguous(by="email", key="i@x", left=("a",), right=("1", "2")),))


def test_duplicates_of_one_side_alone_go_on_to_the_next_key() -> None:
    """A key that only one side has links nobody, and is no question either: both go on to the next key."""
    here = [left("a", email="i@x", name="Ost"), left("b", email="i@x", name="West")]
    found = match(flow("email", "name"), here, [right("1", name="ost")])
    assert found == Matched(links=(Link(left="a", right="1", by="name"),), only_left=("b",))


def test_a_record_that_is_linked_takes_no_part_in_later_keys() -> None:
    """What the first key linked makes nobody ambiguous by the second. Mutant: all rows join in each key."""
    here = [left("a", email="i@x", name="Ost"), left("b", name="Ost")]
    there = [right("1", email="i@x", name="Ost"), right("2", name="Ost")]
    found = match(flow("email", "name"), here, there)
    assert [(one.left, one.right, one.by) for one in found.links] == [("a", "1", "email"), ("b", "2", "name")]


def test_known_links_stand_first_and_for_good() -> None:
    """A known link holds though the values say otherwise, and though one of its records is gone; a second one for an id is dropped."""
    known = [
        Link(left="a", right="2", by="created"),
        Link(left="gone", right="3", by="email"),
        Link(left="a", right="1", by="email"),
    ]
    here = [left("a", email="i@x"), left("b", email="j@x")]
    there = [right("1", email="i@x"), right("2", email="j@x"), right("3", email="j@x")]
    assert match(flow("email"), here, there, known) == Matched(
        links=tuple(known[:2]), only_left=("b",), only_right=("1",)
    )


def test_a_row_that_was_read_twice_is_one_row() -> None:
    """A list that shifts while it is walked gives a record twice; that makes nobody ambiguous, and the later reading counts."""
    here = [left("a", email="old@x"), left("a", email="i@x")]
    assert match(flow("email"), here, [right("1", email="i@x")]).links == (Link(left="a", right="1", by="email"),)


def test_without_keys_or_records_nobody_is_linked() -> None:
    """No keys, an unknown key, or an empty side: everything is left over."""
    here, there = [left("a", email="i@x")], [right("1", email="i@x")]
    assert match(flow(), here, there) == Matched(only_left=("a",), only_right=("1",))
    assert match(flow("colour", ["email", "colour"]), here, there) == Matched(only_left=("a",), only_right=("1",))
    assert match(flow("email"), here, []) == Matched(only_left=("a",))


def test_hostile_text_is_only_text() -> None:
    """Quotes, zeros, halves of a surrogate pair and a million letters are values like any other."""
    texts = ["'; drop table left; --", "a\x00b", "\ud800", "x" * 1_000_000, '{"a": 1}', "%_\\"]
    here = [left(str(number), number=one) for number, one in enumerate(texts)]
    there = [right(f"r{number}", number=one) for number, one in enumerate(texts)]
    found = match(flow("number"), here, there)
    assert [(one.left, one.right) for one in found.links] == [(str(n), f"r{n}") for n in range(len(texts))]


def test_a_value_that_the_mapping_cannot_translate_is_no_value() -> None:
    """A product number without its hyphen is nobody's on the left; matching goes on. Mutant: the whole flow breaks off."""
    view = flow("sku", fields=[FieldMapping(left="sku", right="artikel", transform=[{"insert": "-", "at": 1}])])
    there = [Row(id="1", values={"artikel": "A00001"}), Row(id="2", values={"artikel": "A-00002"})]
    found = match(view, [left("a", sku="A00001"), left("b", sku="A00002"), left("c", sku="")], there)
    assert found == Matched(links=(Link(left="b", right="2", by="sku"),), only_left=("a", "c"), only_right=("1",))


def test_a_spelling_that_the_mapping_tidies_keeps_nobody_apart() -> None:
    """Where the mapping writes capitals without blanks, `a 12` and `A12` are one, on whichever side the untidy one stands."""
    view = flow("code", fields=[FieldMapping(left="code", right="kode", transform=["remove_blanks", "uppercase"])])
    here, there = [left("a", code="a 12"), left("b", code="B34")], [Row(id="1", values={"kode": "A12"})]
    found = match(view, here, [*there, Row(id="2", values={"kode": "b 34"})])
    assert {(one.left, one.right) for one in found.links} == {("a", "1"), ("b", "2")}


def test_a_key_that_is_no_mapped_field_may_be_a_role() -> None:
    """`email` finds the field that each document has for it, in the normal form of that role; a role of one side only is no key."""
    made = flow("email", "vat_id", fields=[])
    roles = FieldRoles(email="mail_address", vat_id="tax"), FieldRoles(email="kontakt.mailadresse")
    sides = [
        replace(side, profile=ResourceProfile(name=side.resource, fields=fields))
        for side, fields in zip((made.left, made.right), roles, strict=True)
    ]
    here = [left("a", mail_address="I@X", tax="1"), left("b", tax="2")]
    there = [Row(id="1", values={"kontakt": {"mailadresse": "i@x "}}), Row(id="2", values={"tax": "2"})]
    found = match(FlowView(made.flow, *sides), here, there)
    assert found == Matched(links=(Link(left="a", right="1", by="email"),), only_left=("b",), only_right=("2",))


def test_a_field_of_the_record_around_can_be_a_key() -> None:
    """`..name` reads the record in which the contact person sits."""
    view = flow(
        ["company", "name"],
        fields=[FieldMapping(left="company", right="..name1"), FieldMapping(left="name", right="nachname")],
    )
    there = [
        Row(id="1/1", values={"nachname": "Lange"}, around={"name1": "Ost"}),
        Row(id="2/1", values={"nachname": "Lange"}, around={"name1": "West"}),
    ]
    found = match(view, [left("a", company="West", name="Lange")], there)
    assert found.links == (Link(left="a", right="2/1", by="company + name"),)


def test_the_engine_is_imported_only_when_records_are_matched() -> None:
    """Start-up is felt: neither the package nor a command's help brings the dataframe engine in."""
    code = (
        "import sys, checker.data, checker.cli.main; "
        "print([one for one in ('ibis', 'duckdb', 'pyarrow', 'pandas', 'sqlglot') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_matching_does_without_pandas() -> None:
    """Arrow loads it wherever it is installed, which takes as long as matching thousands of records: so the package doesn't ask for it."""
    code = (
        "import sys; sys.modules |= {'pandas': None, 'numpy': None}; "
        "from tests.unit.data.flows import flow, left, right; from checker.data import match; "
        "print(match(flow('email'), [left('a', email='x@y.de')], [right('1', email='X@y.de')]).links)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "by='email'" in done.stdout
