"""Every transformation by its name in the project file: the way there, the way back, and what it can't take."""

from typing import Any

import pytest

from checker.catalogue.words import reasons
from checker.errors import InputError
from checker.mapping.fields import FieldLens, lens_of
from checker.mapping.lens import Untranslatable
from checker.mapping.registry import TRANSFORMATIONS
from checker.model.profile import FieldInfo
from checker.model.transformations import TRANSFORMATION_NAMES
from checker.project.types import FieldMapping

BERLIN = "Europe/Berlin"
SIGNED = {"currency_symbol": {"$": "USD"}}


def one(*transform: str | dict[str, Any], **others: Any) -> FieldLens:
    """The lens of one field here and one there."""
    return lens_of(FieldMapping(left="here", right="there", transform=list(transform), **others), right_zone=BERLIN)


@pytest.mark.parametrize(
    ("transform", "left", "right"),
    [
        ("country_name", "DE", "Deutschland"),
        ({"country_name": "en"}, "DE", "Germany"),
        ("currency_symbol", "EUR", "€"),
        ("currency_symbol", "CHF", "CHF"),
        ("currency_symbol", "PLN", "zł"),
        (SIGNED, "USD", "$"),
        ({"insert": "-", "at": 1}, "A00012", "A-00012"),
        ("decimal_comma", 1249.9, "1.249,90"),
        ("decimal_comma", -0.125, "-0,125"),
        ("minor_units", 12.34, 1234),
        ({"minor_units": {"places": 3}}, 1.234, 1234),
        ({"table": {"draft": "E", "sent": "G"}}, "sent", "G"),
        ("phone", "+49305550017", "+49305550017"),
        ("trim", "Nord", "Nord"),
        ("timezone", "2026-07-01T10:00:00Z", "2026-07-01T12:00:00"),
    ],
)
def test_a_value_goes_there_and_comes_back(transform: Any, left: Any, right: Any) -> None:
    """What one side writes, the other gets in its own spelling, and back it is the same."""
    lens = one(transform)
    assert lens.to_right({"here": left}) == {"there": right}
    assert lens.to_left({"there": right}) == {"here": left}
    assert lens.same({"here": left}, {"there": right})


@pytest.mark.parametrize(
    ("transform", "untidy", "tidy"),
    [
        (["trim", "lowercase"], " Info@Example.DE ", "info@example.de"),
        (["remove_blanks", "uppercase"], "de 136 695 976", "DE136695976"),
        (["phone"], "030/555 00-17", "+49305550017"),
        (["phone"], "0049 (0)30 5550017", "+49305550017"),
        (["phone"], "0039/02/5550017", "+39025550017"),
        (["phone"], "030 5550017 ext. 12", "+49305550017 ext. 12"),
    ],
)
def test_spellings_of_one_value_agree_and_are_no_change(transform: list[Any], untidy: str, tidy: str) -> None:
    """An untidy spelling on either side is no difference, so that neither side overwrites the other for it."""
    lens = one(*transform)
    assert lens.to_right({"here": untidy}) == {"there": tidy}
    assert lens.same({"here": untidy}, {"there": tidy})
    assert lens.same({"here": tidy}, {"there": untidy})
    assert not lens.left_moved({"here": untidy}, {"here": tidy})
    assert not lens.right_moved({"there": tidy}, {"there": untidy})


@pytest.mark.parametrize(
    ("name", "code"),
    [("Großbritannien", "GB"), ("USA", "US"), ("österreich", "AT"), ("Switzerland", "CH"), ("FR", "FR"), ("de", "DE")],
)
def test_a_country_is_understood_in_german_in_english_and_as_code(name: str, code: str) -> None:
    """However the other system's users write a country, it is the same country."""
    lens = one("country_name")
    assert lens.to_left({"there": name}) == {"here": code}
    assert lens.same({"here": code}, {"there": name})


@pytest.mark.parametrize(
    ("transform", "value", "why"),
    [
        ("country_name", "Atlantis", "unknown-country"),
        ("currency_symbol", "ABC", "unknown-currency"),
        ("currency_symbol", "USD", "ambiguous-sign"),
        ("currency_symbol", "CAD", "ambiguous-sign"),
        (SIGNED, "CAD", "ambiguous-sign"),
        ({"insert": "-", "at": 3}, "A", "too-short"),
        ("decimal_comma", "1.249,90", "no-number"),
        ("decimal_comma", "١٢", "no-number"),
        ("decimal_comma", float("nan"), "no-number"),
        ("decimal_comma", True, "no-number"),
        ("minor_units", 0.005, "too-precise"),
        ("phone", "ask at the desk", "no-phone"),
        ("phone", "5550017", "no-phone"),
        ("phone", "030 5550017 oder 0171 5550018", "no-phone"),
        ("phone", "0800 FLOWERS", "no-phone"),
        ("lowercase", {"a": 1}, "no-text"),
        ("discount", "3", "other-fields"),
        ("timezone", "soon", "no-instant"),
        ("timezone", "2026-10-25T00:30:00Z", "hour-twice"),
        ({"table": {"a": "b"}}, "c", "unknown-option"),
        ({"table": {"a": ["b", "c"]}}, "a", "other-fields"),
    ],
)
def test_what_would_lose_or_guess_something_is_untranslatable_on_the_way_there(
    transform: Any, value: Any, why: str
) -> None:
    """No value is rounded, cut or guessed: the reader is told which one it is and why, in both languages."""
    with pytest.raises(Untranslatable) as told:
        one(transform).to_right({"here": value})
    assert told.value.why == why
    assert reasons()[why].en
    assert reasons()[why].de


@pytest.mark.parametrize(
    ("transform", "value", "why"),
    [
        ("currency_symbol", "$", "ambiguous-sign"),
        ("currency_symbol", "?", "unknown-currency"),
        ({"insert": "-", "at": 1}, "A00012", "no-mark"),
        ("decimal_comma", "1249.90", "no-number"),
        ("decimal_comma", "1.24,90", "no-number"),
        ("decimal_comma", "12.345.678.901.234.567,89", "too-precise"),
        ("minor_units", 12.5, "too-precise"),
        ("join_date_and_time", "", None),
        ("timezone", "2026-03-29T02:30:00", "no-such-hour"),
        ("timezone", "2026-10-25T02:30:00", "hour-twice"),
        ({"table": {"a": "b"}}, "c", "unknown-option"),
    ],
)
def test_what_would_lose_or_guess_something_is_untranslatable_on_the_way_back(
    transform: Any, value: Any, why: str | None
) -> None:
    """The way back guesses as little; nothing at all stays nothing."""
    lens = one(transform)
    if why is None:
        assert lens.to_left({"there": value}) == {"here": None}
        return
    with pytest.raises(Untranslatable) as told:
        lens.to_left({"there": value})
    assert told.value.why == why
    assert reasons()[why].de


def test_a_number_without_country_code_needs_a_country() -> None:
    """Where neither zone nor project file tells the country, a national number is nobody's."""
    nowhere = lens_of(FieldMapping(left="a", right="b", transform=["phone"]), right_zone="UTC")
    with pytest.raises(Untranslatable, match="no-region"):
        nowhere.to_right({"a": "030 5550017"})
    told = lens_of(FieldMapping(left="a", right="b", transform=[{"phone": {"region": "CH"}}]))
    assert told.to_right({"a": "044 555 00 17"}) == {"b": "+41445550017"}


@pytest.mark.parametrize("transform", [[], ["trim", "lowercase"], ["phone"], ["decimal_comma"], ["country_name"]])
@pytest.mark.parametrize("nothing", [None, "", []])
def test_nothing_stays_nothing(transform: list[Any], nothing: Any) -> None:
    """Null, empty text and an empty list are one and the same nothing, for every transformation."""
    lens = one(*transform)
    assert lens.to_right({"here": nothing}) == {"there": None}
    assert lens.to_left({}) == {"here": None}
    assert lens.same({"here": nothing}, {"there": None})


def test_one_status_stands_in_two_fields_on_the_other_side() -> None:
    """A table may name several fields: paid is G and J there."""
    table = {"draft": ["E", "N"], "sent": ["G", "N"], "paid": ["G", "J"], "void": ["S", "N"]}
    lens = lens_of(FieldMapping(left="status", right=["status", "bezahlt"], transform=[{"table": table}]))
    assert lens.to_right({"status": "paid"}) == {"status": "G", "bezahlt": "J"}
    assert lens.to_left({"status": "G", "bezahlt": "N"}) == {"status": "sent"}
    with pytest.raises(Untranslatable, match="unknown-option"):
        lens.to_left({"status": "X", "bezahlt": "N"})


@pytest.mark.parametrize(
    ("kind", "value", "there", "back"),
    [
        ("percent", 3, {"percent": 3, "amount": None}, ("percent", 3)),
        ("amount", 50, {"percent": None, "amount": "50,00"}, ("amount", 50)),
        (None, None, {"percent": None, "amount": None}, (None, None)),
        ("percent", 0, {"percent": None, "amount": None}, (None, None)),
    ],
)
def test_a_discount_is_a_rate_or_an_amount(
    kind: str | None, value: int | None, there: dict[str, Any], back: tuple[Any, Any]
) -> None:
    """Kind and value here are rate or amount there; an amount in a text field has a decimal comma, and 0 is no discount."""
    lens = lens_of(
        FieldMapping(left=["type", "value"], right=["percent", "amount"], transform=["discount"]),
        right={"amount": FieldInfo(name="amount", type="string")},
    )
    assert lens.to_right({"type": kind, "value": value}) == there
    assert tuple(lens.to_left(there).values()) == back
    with pytest.raises(Untranslatable, match="two-discounts"):
        lens.to_left({"percent": 3, "amount": "5,00"})
    with pytest.raises(Untranslatable, match="unknown-option"):
        lens.to_right({"type": "gift", "value": 1})


def test_a_stamp_in_two_fields_is_one_instant() -> None:
    """UTC in one field here is local day and time in two fields there, and back."""
    lens = lens_of(
        FieldMapping(left="at", right=["day", "time"], transform=["timezone", "date_and_time"]), right_zone=BERLIN
    )
    assert lens.to_right({"at": "2026-11-22T23:30:00.000Z"}) == {"day": "2026-11-23", "time": "00:30:00"}
    assert lens.to_left({"day": "2026-11-23", "time": "00:30:00"}) == {"at": "2026-11-22T23:30:00Z"}
    turned = lens_of(FieldMapping(left=["day", "time"], right="at", transform=["join_date_and_time"]))
    assert turned.to_right({"day": "2026-11-23", "time": "10:00"}) == {"at": "2026-11-23T10:00"}
    assert turned.to_left({"at": "2026-11-23"}) == {"day": "2026-11-23", "time": None}


def test_options_come_back_in_the_fields_own_type() -> None:
    """YAML keeps a table's keys as text; a number stays a number and a flag a flag where the document says so."""
    rates = FieldMapping(left="tax", right="key", options={"19": "V19", "7.5": "V7"})
    typed = lens_of(rates, left={"tax": FieldInfo(name="tax", type="number")})
    assert typed.to_left({"key": "V19"}) == {"tax": 19}
    assert typed.to_left({"key": "V7"}) == {"tax": 7.5}
    assert typed.to_right({"tax": 19.0}) == {"key": "V19"}
    flags = FieldMapping(left="active", right="blocked", options={"true": "N", "false": "J"})
    flag = lens_of(flags, left={"active": FieldInfo(name="active", type="boolean")})
    assert flag.to_left({"blocked": "J"}) == {"active": False}
    assert flag.to_right({"active": True}) == {"blocked": "N"}


def test_an_unknown_option_is_an_error_or_the_default() -> None:
    """A lead has no counterpart: an error, or what the project file says for it; the lead stays a lead."""
    options = {"active": "A", "inactive": "I"}
    with pytest.raises(Untranslatable, match="unknown-option"):
        one(options=options).to_right({"here": "lead"})
    lens = one(options=options, unknown_option={"default": "A"})
    assert lens.to_right({"here": "lead"}) == {"there": "A"}
    assert lens.same({"here": "lead"}, {"there": "A"})
    assert not lens.same({"here": "lead"}, {"there": "I"})


def test_a_name_that_nobody_knows_is_an_input_error() -> None:
    """Whoever comes past the project file's check still gets a sentence, not a traceback."""
    with pytest.raises(InputError) as told:
        one("lower_case")
    assert told.value.problems[0].values["suggestion"] == "lowercase"


def test_the_project_files_names_are_those_of_the_registry() -> None:
    """A transformation that exists can be named, and one that can be named exists."""
    assert tuple(sorted(TRANSFORMATIONS)) == TRANSFORMATION_NAMES
