"""Normal forms and checks of keys. Mutants: a number without its court as a key; levelling that takes two products for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.catalogue import finding
from checker.data import match
from checker.data.across import Both, of_flow
from checker.data.checks import PLAIN_MAIL, valid, valid_mail
from checker.data.fields import field_stats
from checker.data.keys import Between, form_of
from checker.data.normal import normal
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldRoles, ResourceProfile
from checker.model.sync import Row
from checker.project.sides import FlowView, Side
from checker.project.types import FieldMapping
from tests.unit.data.flows import flow

MUNICH = "muenchen hrb 12345"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Amtsgericht München, HRB 12345", MUNICH),
        ("HRB12345 München", MUNICH),
        ("AG Muenchen HRB-Nr. 012 345", MUNICH),
        ("München, Handelsregister: HRB 12.345", MUNICH),
        ("HRA 12345 München", "muenchen hra 12345"),
        ("HRB 12345 B, Amtsgericht Charlottenburg (Berlin)", "berlin hrb 12345b"),
        ("Berlin (Charlottenburg) HRB 12345 B", "berlin hrb 12345b"),
        ("HRB 7 AG Ulm", "ulm hrb 7"),
        ("Amtsgericht Frankfurt/Oder, HRB 7", "frankfurt oder hrb 7"),
        ("FN 123456 a, Handelsgericht Wien", "fn 123456a"),
        ("CHE-123.456.789", "che 123456789"),
    ],
)
def test_an_entry_in_a_register_is_court_kind_and_number(text: str, entry: str) -> None:
    """However it is written; Austria and Switzerland number in one row, so that their courts don't count."""
    assert normal("register", text) == entry


@pytest.mark.parametrize(
    "text", ["12345", "HRB 12345", "München 12345", "HRB", "Amtsgericht München", "HRB 1 2 München"]
)
def test_a_number_without_kind_and_court_is_nobodys(text: str) -> None:
    """The next court has that number, too, and so has the other kind of register."""
    assert normal("register", text) == ""
    assert not valid("register", text)


def test_court_and_number_may_stand_in_two_fields() -> None:
    """The court comes with or without its title, the number with its kind. Mutant: a number whose court stands beside it is no key."""
    fields = [FieldMapping(left=one, right=one) for one in ("register_number", "register_court")]
    here = [Row(id="a", values={"register_number": "HRB 12345", "register_court": "Amtsgericht München"})]
    there = [
        Row(id="1", values={"register_number": "HRB 12345", "register_court": "Ulm"}),
        Row(id="2", values={"register_number": "hrb012345", "register_court": "AG Muenchen"}),
    ]
    found = match(flow(["register_number", "register_court"], fields=fields), here, there)
    assert [(one.left, one.right) for one in found.links] == [("a", "2")]
    assert not match(flow("register_number", fields=fields), here, there[:1]).links


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("Kern GmbH & Co. KG", "Kern GmbH & Co KG"),
        ("Kern GmbH & Co. KG", "KERN Gmbh u. Co. KG"),
        ("Kern GmbH & Co. KG", "Kern GmbH und Co.KG"),
        ("Kern GmbH & Co. KG", "Kern GMBH&CO.KG"),
        ("Kern GmbH", "Kern Ges.m.b.H."),
        ("Kern GmbH", "Kern Gesellschaft mit beschränkter Haftung"),
        ("Kern UG (haftungsbeschränkt)", "Kern UG"),
        ("Anna Kern e. K.", "Anna Kern e.Kfr."),
        ("Kern, Huber & Söhne OHG", "Kern Huber&Söhne oHG"),
        ("Alpha Trade Ltd.", "Alpha Trade Limited"),
        ("Rossi S.r.l.", "Rossi SRL"),
    ],
)
def test_a_legal_form_is_one_however_it_is_spelt(here: str, there: str) -> None:
    """Full stops, `u.` and `&`, in full or short."""
    assert normal("name", here) == normal("name", there)


@pytest.mark.parametrize(
    ("here", "there"),
    [("Kern GmbH", "Kern GmbH & Co. KG"), ("Kern AG", "Kern GmbH"), ("Kern", "Kern GmbH"), ("Kern KG", "Kern KGaA")],
)
def test_another_legal_form_is_another_company(here: str, there: str) -> None:
    """The general partner isn't its partnership. Mutant: legal forms left out."""
    assert normal("name", here) != normal("name", there)


def view(*keys: str) -> FlowView:
    """A flow of products."""
    made = flow(*keys, fields=[FieldMapping(left="sku", right="artikelnummer")])
    sides = [Side(one.system, one.resource, "", None) for one in (made.left, made.right)]
    return FlowView(made.flow, *sides)


def products(*numbers: str, left: bool) -> list[Row]:
    """Products with these numbers."""
    return [Row(id=one, values={"sku" if left else "artikelnummer": one}) for one in numbers]


def common(lefts: list[Row], rights: list[Row]) -> tuple[Answer, str, dict[str, object]]:
    """What is said of the numbers in common."""
    made = Both(view("sku"), lefts, rights, match(view("sku"), lefts, rights), Between({}, (None, None)), "product")
    (found,) = [one for one in of_flow(made) if one.claim == "keys.product-number-common"]
    says = finding(found.claim, "flow:products", found.answer, Grade.PROBED, found.values).says
    return found.answer, says, dict(found.values)


def test_product_numbers_are_one_whatever_case_blanks_hyphens_and_zeros() -> None:
    """Levelled where no side has two numbers that become one; how many are spelt alike is told."""
    lefts, rights = (
        products("A-00012", "00815", "B 7", "C", left=True),
        products("a00012", "815", "b-7", "C", left=False),
    )
    found = match(view("sku"), lefts, rights)
    assert {(one.left, one.right) for one in found.links} == {("A-00012", "a00012"), ("00815", "815"), ("B 7", "b-7"), ("C", "C")}  # fmt: skip
    answer, says, values = common(lefts, rights)
    assert (answer, values["exact"], values["mixed"]) == (Answer.YES, 1, {})
    assert "spelt alike: 1 of 4" in says


def test_numbers_that_would_be_mixed_up_are_compared_as_they_are_spelt() -> None:
    """One side has A-12 and A12: then the hyphen counts, on both sides, and it is said. Mutant: each number is levelled by itself."""
    lefts, rights = products("A-12", "A12", "B-1", left=True), products("A12", "B1", left=False)
    assert [(one.left, one.right) for one in match(view("sku"), lefts, rights).links] == [("A12", "A12")]
    _, says, values = common(lefts, rights)
    assert values["mixed"] == {"crm": 2}
    assert "would mix up different numbers: crm: 2" in says


@pytest.mark.parametrize(
    ("form", "text", "holds"),
    [
        ("iban", "DE89 3704 0044 0532 0130 00", True),
        ("iban", "de89370400440532013000", True),
        ("iban", "DE88 3704 0044 0532 0130 00", False),
        ("iban", "DE89 3704 0044 0532 0130", False),
        ("email", "anna.huber@kern.de", True),
        ("email", "Jörg@müller.de", True),
        ("email", "a@firma.test", True),
        ("email", "a..b@kern.de", False),
        ("email", "a@kern..de", False),
        ("email", "a@-kern.de", False),
        ("email", "a@kern.de; b@kern.de", False),
        ("email", "n/a", False),
        ("email", "info@kern", False),
        ("vat_id", "DE136695977", False),
        ("text", "anything", True),
    ],
)
def test_what_has_a_check_is_checked(form: str, text: str, holds: bool) -> None:
    """Check digits of accounts and VAT ids, the syntax of addresses; what has no check passes."""
    assert valid(form, text) is holds


@given(st.from_regex(PLAIN_MAIL, fullmatch=True))
def test_a_plain_address_needs_no_library(text: str) -> None:
    """What is taken without asking the library is what the library takes."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
        taken = True
    except EmailNotValidError:
        taken = False
    assert taken or not valid_mail(text)


def test_values_of_keys_that_fail_their_check_are_counted() -> None:
    """By system and kind; a value is never told."""
    made = flow("vat_id", "iban", "email", fields=[FieldMapping(left=one, right=one) for one in ("vat_id", "iban", "email")])  # fmt: skip
    lefts = [
        Row(id="a", values={"vat_id": "DE136695977", "iban": "DE88370400440532013000", "email": "a@kern.de"}),
        Row(id="b", values={"vat_id": "DE136695976", "iban": "", "email": None}),
    ]
    both = Both(made, lefts, lefts[1:], match(made, lefts, lefts[1:]), Between({}, (None, None)), "company")
    (found,) = [one for one in of_flow(both) if one.claim == "keys.valid"]
    assert (found.answer, found.values) == (Answer.NO, {"invalid": {"crm.vat_id": 1, "crm.iban": 1}, "of": 5})
    assert "DE13669" not in finding(found.claim, "flow:x", found.answer, Grade.PROBED, found.values).says


def test_a_register_number_without_its_court_is_counted_as_no_key() -> None:
    """The claim about companies tells it apart from a VAT id with a wrong check digit."""
    made = flow("register_number", fields=[FieldMapping(left="register_number", right="register_number")])
    lefts = [Row(id=one, values={"register_number": one}) for one in ("HRB 12345 München", "HRB 12345")]
    both = Both(made, lefts, lefts[:1], match(made, lefts, lefts[:1]), Between({}, (None, None)), "company")
    (found,) = [one for one in of_flow(both) if one.claim == "keys.company-usable"]
    assert (found.answer, found.values["incomplete"], found.values["without"]) == (Answer.NO, {"crm": 1}, {"crm": 1})


def test_a_profile_counts_what_fails_its_check() -> None:
    """By the field's name; a field whose name says nothing has no check."""
    stats = {
        one.name: one
        for one in field_stats(
            [
                {"email": "n/a", "iban": "DE89370400440532013000", "note": "n/a"},
                {"email": "a@kern.de", "iban": None, "note": "x"},
            ]
        )
    }
    assert [stats[one].invalid for one in ("email", "iban", "note")] == [1, 0, None]


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("bank.iban", "iban"),
        ("handelsregister", "register"),
        ("register_no", "register"),
        ("amtsgericht", "court"),
        ("registergericht", "court"),
        ("article_number", "product"),
        ("artikelnummer", "product"),
        ("siren", "text"),
        ("kvk_nummer", "text"),
        ("country", "country"),
        ("number", "text"),
    ],
)
def test_a_field_has_the_form_that_its_name_says(field: str, form: str) -> None:
    """Registers of other countries number the whole country in one row: their numbers need no court."""
    assert form_of(field, Side("crm", "companies", "", None)) == form


def test_the_number_of_a_product_is_a_product_number() -> None:
    """`number` says little; the resource says the rest."""
    profile = ResourceProfile(name="articles", role="product", fields=FieldRoles(number="nr"))
    assert form_of("number", Side("erp", "articles", "", profile)) == form_of("nr", Side("erp", "articles", "", profile)) == "product"  # fmt: skip
