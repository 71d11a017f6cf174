"""Matching any two lists: everybody is told once, and the engine says what plain Python says."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.data import match
from checker.data.engine import engine
from checker.data.normal import FORMS, normal
from checker.mapping.fields import lens_of
from checker.model.sync import Ambiguous, Link, Matched, Row
from checker.project.types import FieldMapping
from tests.unit.data.flows import flow, left, right

VIEW = flow("email", ["name", "country"])
# Few values, so that records meet; some are one value in two spellings, some are none.
EMAILS = st.sampled_from([None, "", " ", "i@x", "I@X ", "j@x", "k@y"])
NAMES = st.sampled_from([None, "Ost", "OST", "West", "Süd  GmbH", "süd gmbh"])
COUNTRIES = st.sampled_from([None, "DE", "AT"])
RECORDS = st.lists(st.fixed_dictionaries({"email": EMAILS, "name": NAMES, "country": COUNTRIES}), max_size=8)
KNOWN = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2)
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Letters that engines and Python treat differently, or nearly
TRICKY = "aAßẞİıiI\u0307ςσΣäÄ\u00e9e\u0301 \t\n\u00a0\u200a\u2028\x1c\x85\x000+9-/@.DEdeǅŉﬁ"
TEXTS = st.text(st.sampled_from(TRICKY) | st.characters(exclude_categories=["Cs"]), max_size=12)

Rows = tuple[list[Row], list[Row], list[Link]]


def rows(here: list[dict[str, str | None]], there: list[dict[str, str | None]], known: list[tuple[int, int]]) -> Rows:
    """Rows with ids `a0…` and `b0…`, and known links, also of records that aren't there."""
    return (
        [left(f"a{number}", **one) for number, one in enumerate(here)],
        [right(f"b{number}", **one) for number, one in enumerate(there)],
        [Link(left=f"a{one}", right=f"b{other}", by="created") for one, other in known],
    )


def told(found: Matched) -> tuple[list[str], list[str]]:
    """All ids of either side, in whatever of the four they stand."""
    lefts = [one.left for one in found.links] + [id_ for one in found.ambiguous for id_ in one.left]
    rights = [one.right for one in found.links] + [id_ for one in found.ambiguous for id_ in one.right]
    return sorted([*lefts, *found.only_left]), sorted([*rights, *found.only_right])


@SLOW
@given(RECORDS, RECORDS, KNOWN)
def test_every_id_stands_in_exactly_one_of_the_four(
    here: list[dict[str, str | None]], there: list[dict[str, str | None]], known: list[tuple[int, int]]
) -> None:
    """Nobody is lost and nobody is told twice. Mutant: an ambiguous record goes on to the next key."""
    given_left, given_right, links = rows(here, there, known)
    found = match(VIEW, given_left, given_right, links)
    gone = {one.left for one in found.links} - {row.id for row in given_left}
    gone_right = {one.right for one in found.links} - {row.id for row in given_right}
    assert told(found) == (
        sorted([row.id for row in given_left] + [*gone]),
        sorted([row.id for row in given_right] + [*gone_right]),
    )


def against(by: str, here: Row, there: Row) -> str | None:
    """What speaks against a pair: another name beside one address, an address of another domain beside one name."""
    texts = [
        [normal(form, row.values[name] or "") for row, name in ((here, one), (there, other))]
        for form, one, other in (("name", "name", "name1"), ("email", "email", "mail"))
    ]
    names, mails = texts
    if by == "email":
        return "name" if all(names) and names[0] != names[1] else None
    return "email" if all(mails) and mails[0].partition("@")[2] != mails[1].partition("@")[2] else None


def by_hand(here: list[Row], there: list[Row]) -> Matched:
    """The same matching, row by row in plain Python."""
    free = [list(here), list(there)]
    links: list[Link] = []
    unclear: list[Ambiguous] = []
    for by, names, forms in (
        ("email", (("email",), ("mail",)), ("email",)),
        ("name + country", (("name", "country"), ("name1", "land")), ("name", "country")),
    ):
        groups: list[dict[tuple[str, ...], list[Row]]] = [{}, {}]
        for side in (0, 1):
            for row in free[side]:
                key = tuple(normal(form, row.values[name] or "") for form, name in zip(forms, names[side], strict=True))
                if all(key):
                    groups[side].setdefault(key, []).append(row)
        for key in [one for one in groups[0] if one in groups[1]]:
            ids = [tuple(row.id for row in group[key]) for group in groups]
            lone = len(ids[0]) == len(ids[1]) == 1
            speaks = against(by, groups[0][key][0], groups[1][key][0]) if lone else None
            if lone and not speaks:
                links.append(Link(left=ids[0][0], right=ids[1][0], by=by))
            else:
                unclear.append(Ambiguous(by=by, key=" + ".join(key), left=ids[0], right=ids[1], against=speaks))
            if not speaks:
                free = [[row for row in side if row.id not in taken] for side, taken in zip(free, ids, strict=True)]
    told = [
        {one.left for one in links} | {id_ for one in unclear if not one.against for id_ in one.left},
        {one.right for one in links} | {id_ for one in unclear if not one.against for id_ in one.right},
    ]
    kept: list[Ambiguous] = []
    for one in unclear:
        if one.against and (told[0] & {*one.left} or told[1] & {*one.right}):
            continue
        kept.append(one)
        told = [told[0] | {*one.left}, told[1] | {*one.right}]
    return Matched(
        links=tuple(links),
        ambiguous=tuple(kept),
        only_left=tuple(row.id for row in here if row.id not in told[0]),
        only_right=tuple(row.id for row in there if row.id not in told[1]),
    )


@SLOW
@given(RECORDS, RECORDS)
def test_the_engine_says_what_plain_python_says(
    here: list[dict[str, str | None]], there: list[dict[str, str | None]]
) -> None:
    """Same links, same questions, same order, for any two lists."""
    given_left, given_right, _ = rows(here, there, [])
    assert match(VIEW, given_left, given_right) == by_hand(given_left, given_right)


@SLOW
@given(RECORDS, RECORDS)
def test_what_was_linked_stays_when_it_is_known(
    here: list[dict[str, str | None]], there: list[dict[str, str | None]]
) -> None:
    """Matching again with the links it found keeps every one of them."""
    given_left, given_right, _ = rows(here, there, [])
    first = match(VIEW, given_left, given_right)
    again = match(VIEW, given_left, given_right, first.links)
    assert again.links[: len(first.links)] == first.links


@pytest.fixture(scope="module")
def database() -> Iterator[object]:
    """One engine for all the texts."""
    with engine() as connection:
        yield connection


@pytest.mark.parametrize("form", FORMS)
def test_a_normal_form_is_the_same_in_the_engine_and_in_python(form: str, database) -> None:
    """Each form is computed alike for any text. Mutant: the engine's `strip` for our own blanks."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(TEXTS, min_size=1, max_size=200))
    def alike(texts: list[str]) -> None:
        table = database.create_table("texts", pa.table({"row": range(len(texts)), "text": texts}), overwrite=True)
        forms = table.select("row", form=FORMS[form].expression(table.text)).order_by("row").to_pyarrow()["form"]
        assert forms.to_pylist() == [normal(form, one) for one in texts]

    alike()


# Each form beside the transformations that say the same of a field
LENSES = {
    "text": ["trim"],
    "email": ["trim", "lowercase"],
    "name": ["trim", "lowercase"],
    "vat_id": ["remove_blanks", "uppercase"],
}
PLAIN = st.text(st.sampled_from("aAzZäÄßéÉ09 -\u00a0\t@."), max_size=12)


@given(PLAIN)
@pytest.mark.parametrize("form", LENSES)
def test_a_normal_form_says_what_the_lens_of_that_name_says(form: str, text: str) -> None:
    """Joining levels what the field mapping levels: a text and what its lens makes of it have one normal form.

    Where the lens alters nothing else than the form does, both are the same text: VAT ids have only letters A to Z.
    """
    lens = lens_of(FieldMapping(left="a", right="b", transform=LENSES[form]))
    if form == "vat_id":
        text = text.encode("ascii", "ignore").decode()
    there = lens.to_right({"a": text})["b"] or ""
    assert normal(form, there) == normal(form, text)
    assert form == "name" or there == normal(form, text) or not text.strip()


@given(TEXTS)
@pytest.mark.parametrize("form", FORMS)
def test_a_normal_form_is_its_own_normal_form(form: str, text: str) -> None:
    """Normalising twice is normalising once."""
    assert normal(form, normal(form, text)) == normal(form, text)
