"""The known facts of a real system against what the audit says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from checker import catalogue
from checker.model.finding import Answer, Finding, Subject
from tests.real.facts_of_directus import FACTS, Expected, Row
from tests.real.projects import Looked
from tests.real.scripts import sandboxes

pytestmark = pytest.mark.real

NOW = [pytest.param(row, id=row.fact) for row in FACTS if row.now]
LEAST_NOW = 35


def holds(found: Finding, answer: Answer, values: Mapping[str, Any]) -> None:
    """The finding has this answer and these values."""
    assert (found.answer, {name: found.values.get(name) for name in values}) == (answer, dict(values)), found.says


def test_the_table_has_every_fact_once() -> None:
    """Every fact that the system's own script confirms stands in the table, and nothing else does."""
    known = yaml.safe_load((sandboxes() / "directus" / "facts.yaml").read_text("utf-8"))["facts"]
    assert sorted(row.fact for row in FACTS) == sorted(one["id"] for one in known)


def test_every_row_says_what_becomes_of_its_fact() -> None:
    """A fact is asserted, or is said to be nobody's question; enough of them are asserted."""
    for row in FACTS:
        assert bool(row.now) != bool(row.not_ours), row.fact
    assert len(NOW) >= LEAST_NOW


@pytest.mark.parametrize("row", NOW)
def test_the_table_names_claims_that_exist(row: Row) -> None:
    """Each finding of the table is a claim of the catalogue, about a subject of the kind that the claim is about."""
    claims = catalogue.claims()
    for one in row.now:
        assert Subject.parse(one.subject).scope == claims[one.claim].scope, one.claim


@pytest.mark.parametrize("row", NOW)
def test_a_known_fact_is_found(row: Row, audit_of: Callable[[str], Looked]) -> None:
    """What is known of the system is what the audit says of it."""
    for one in row.now:
        holds(found(one, audit_of), one.answer, one.values)


def found(one: Expected, audit_of: Callable[[str], Looked]) -> Finding:
    """The finding that is expected; fails where the audit has none."""
    finding = audit_of(one.audit).finding(one.claim, one.subject)
    assert finding is not None, f"no finding {one.claim}@{one.subject}"
    return finding
