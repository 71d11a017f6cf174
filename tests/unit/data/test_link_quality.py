"""Of a hundred links ninety-nine are right, on made-up customers and persons of whom it is known who is who (`benchmarks/people.py`)."""

from __future__ import annotations

import pytest

from benchmarks.people import Sides, companies, persons
from benchmarks.quality import BY_COMPANY, BY_PERSON, OTHER_KEYS, Figure, Keys, figures

COUNT = 2_000  # records a side
PRECISION, RECALL = 0.99, 0.6


@pytest.fixture(scope="module")
def customers() -> Sides:
    """Companies with groups, branches and private customers, recorded twice, misspelt, moved; with more groups than usual."""
    return companies(COUNT, seed=8, groups=0.1)


def told(sides: Sides, keys: Keys) -> dict[str, Figure]:
    """The figures by what they are about."""
    return {one.what: one for one in figures(sides, keys)}


@pytest.mark.parametrize("keys", [BY_COMPANY, *OTHER_KEYS.values()], ids=str)
def test_links_between_customers_are_right(customers: Sides, keys: Keys) -> None:
    """By certain keys first, and by less careful ones: group mailboxes and companies of one name link nobody. Mutant: no vetoes."""
    found = told(customers, keys)
    assert found["links"].precision >= PRECISION, found
    assert found["links"].recall > RECALL, found


def test_links_between_persons_are_right() -> None:
    """By mail address, then by name: a shared mailbox is no person."""
    found = told(persons(COUNT, seed=8), BY_PERSON)
    assert found["links"].precision >= PRECISION, found
    assert found["links"].recall > RECALL, found


def test_what_each_key_finds_is_told(customers: Sides) -> None:
    """The keys' shares make the whole, and each key finds some."""
    found = told(customers, BY_COMPANY)
    by_key = [one for what, one in found.items() if what.startswith("  by ")]
    assert len(by_key) == len(BY_COMPANY)
    assert sum(one.pairs for one in by_key) == found["links"].pairs
    assert sum(one.recall for one in by_key) == pytest.approx(found["links"].recall)


def test_the_same_seed_makes_the_same_lists() -> None:
    """A figure can be looked at again."""
    assert companies(200, seed=3) == companies(200, seed=3)
    assert persons(200, seed=3) != persons(200, seed=4)
