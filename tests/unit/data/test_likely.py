"""Alike names: suggestions for people, of the same country, each record once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checker.data.likely import ALIKE, MOST_PAIRS, Likely, Named, bare, likely


def test_firms_are_alike_whatever_their_legal_form_and_order_of_words() -> None:
    """A spelling error, another legal form, another order; another firm, and one of another country, are none."""
    left = [
        Named("l1", "Müller Maschinenbau GmbH & Co. KG", "DE"),
        Named("l2", "Nordlicht Handel AG", "DE"),
        Named("l3", "Alpha Trade Ltd.", "GB"),
    ]
    right = [
        Named("r1", "Maschinenbau Mueller GmbH", "DE"),
        Named("r2", "Nordlicht Handl", "Deutschland"),
        Named("r3", "Alpha Trade S.A.", "FR"),
        Named("r4", "Nordwind Handel AG", "DE"),
    ]
    found = likely(left, right)
    assert found is not None
    assert {(one.left, one.right) for one in found} == {("l1", "r1"), ("l2", "r2")}


def test_where_no_country_is_known_the_name_alone_counts() -> None:
    """A record without a country may be from anywhere."""
    assert likely([Named("l", "Alpha Trade")], [Named("r", "Alpha Trade Ltd", "GB")]) == (Likely("l", "r", 100.0),)


def test_too_many_are_not_compared() -> None:
    """More than a few seconds' work is said to be so, instead of being done."""
    many = [Named(str(number), "x") for number in range(int(MOST_PAIRS**0.5) + 1)]
    assert likely(many, many) is None


def test_letters_may_be_written_as_people_without_them_do() -> None:
    """ø, ä, ß and accents in their usual substitutes, composed or not."""
    for one, other in [
        ("Ørsted Fisk AS", "Oersted Fisk"),
        ("Weiß & Söhne KG ", "WEISS SOEHNE"),
        ("Café Crème", "Cafe Cre\u0300me"),
    ]:
        assert bare(one) == bare(other)


NAMES = st.lists(st.text(alphabet="abc AG", max_size=12), max_size=8)


@given(NAMES, NAMES)
def test_each_record_is_suggested_once_and_the_names_are_alike(left: list[str], right: list[str]) -> None:
    """No record in two suggestions, none below the threshold, and the same both ways."""
    ours = [Named(f"l{number}", name) for number, name in enumerate(left)]
    theirs = [Named(f"r{number}", name) for number, name in enumerate(right)]
    found = likely(ours, theirs) or ()
    assert len({one.left for one in found}) == len({one.right for one in found}) == len(found)
    assert all(one.score >= ALIKE for one in found)
    names = {one.id: one.name for one in (*ours, *theirs)}
    assert all(bare(names[one.left]) and bare(names[one.right]) for one in found)
