"""Lenses, by properties: there and back is stable, both sides agree on what was taken over, and nothing breaks on foreign values."""

from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from checker.mapping.fields import FieldLens, lens_of
from checker.mapping.lens import Untranslatable
from checker.model.transformations import TRANSFORMATION_NAMES
from checker.project.types import FieldMapping

FEW = settings(max_examples=60, deadline=None)
ARGUMENTS: dict[str, Any] = {
    "insert": {"insert": "-", "at": 1},
    "table": {"table": {"draft": "E", "sent": "G", "19": "V19", "true": "J"}},
    "currency_symbol": {"currency_symbol": {"$": "USD"}},
}
TWO_RIGHT = frozenset({"date_and_time"})
TWO_LEFT = frozenset({"join_date_and_time"})
TWO_BOTH = frozenset({"discount"})

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["DE", "Österreich", "€", "$", "EUR", "A-1", "1.249,90", "12,5", "030/5550017", "+49 30 1234567"])
    | st.sampled_from(["2026-11-23T10:00:00Z", "2026-10-25T02:30:00", "2026-03-29T02:30:00", "E", "draft", "percent"])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


def lens_by_name(name: str) -> FieldLens:
    """The transformation between fields a (and b) here and x (and y) there."""
    left: Any = ["a", "b"] if name in TWO_LEFT | TWO_BOTH else "a"
    right: Any = ["x", "y"] if name in TWO_RIGHT | TWO_BOTH else "x"
    mapping = FieldMapping(left=left, right=right, transform=[ARGUMENTS.get(name, name)])
    return lens_of(mapping, right_zone="Europe/Berlin")


@pytest.mark.parametrize("name", TRANSFORMATION_NAMES)
@FEW
@given(first=JSON, second=JSON)
def test_what_comes_over_from_the_left_is_agreed_on_and_stays(name: str, first: Any, second: Any) -> None:
    """A taken-over value is no difference afterwards, and neither side would write it again; whatever else is told as untranslatable."""
    lens = lens_by_name(name)
    left = {"a": first, "b": second}
    try:
        right = lens.to_right(left)
    except Untranslatable:
        return
    assert lens.same(left, right)
    try:
        again = lens.to_left(right)
    except Untranslatable:
        return
    assert lens.same(again, right)
    assert lens.to_right(again) == right
    assert not lens.left_moved(left, again)


@pytest.mark.parametrize("name", TRANSFORMATION_NAMES)
@FEW
@example(first="+49 30 1234567", second=None)
@example(first="2026-11-23 10:00:00", second=None)
@given(first=JSON, second=JSON)
def test_what_comes_over_from_the_right_is_agreed_on_and_stays(name: str, first: Any, second: Any) -> None:
    """The same from the other side, whose spelling may be untidy."""
    lens = lens_by_name(name)
    right = {"x": first, "y": second}
    try:
        left = lens.to_left(right)
        tidy = lens.to_right(left)
    except Untranslatable:
        return
    assert lens.same(left, right)
    assert lens.to_left(tidy) == left or lens.same(lens.to_left(tidy), right)
    assert not lens.right_moved(right, tidy)


@FEW
@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_amounts_keep_every_digit(amount: Any) -> None:
    """Cents and decimal commas bring back exactly the amount that went there."""
    for name in ("decimal_comma", "minor_units"):
        lens = lens_by_name(name)
        assert lens.to_left(lens.to_right({"a": float(amount)})) == {"a": float(amount)}


@FEW
@given(st.text(alphabet="0123456789٠١٢., -", max_size=12))
def test_only_ascii_digits_are_numbers(text: str) -> None:
    """Digits of other scripts, and points and commas in other places, are never read as an amount."""
    try:
        lens_by_name("decimal_comma").to_left({"x": text})
    except Untranslatable:
        return
    assume(text.strip())
    assert text.isascii()


@FEW
@given(before=SCALARS, now=SCALARS)
def test_a_change_is_seen_from_both_sides_alike(before: Any, now: Any) -> None:
    """Without a transformation a value has moved exactly when it isn't the same."""
    lens = lens_of(FieldMapping(left="a", right="x"))
    assert lens.left_moved({"a": before}, {"a": now}) is not lens.same({"a": before}, {"x": now})
    assert lens.right_moved({"x": before}, {"x": now}) is lens.left_moved({"a": before}, {"a": now})
