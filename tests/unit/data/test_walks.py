"""All that is asked of records walks over them: few are in memory at once, however many there are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet
from zoneinfo import ZoneInfo

import pytest

from checker.data import match
from checker.data.across import Both
from checker.data.counts import counts_of_flow, counts_of_resource
from checker.data.keys import Between
from checker.data.laid import Again
from checker.data.mapped import legal
from checker.data.quality import Sample
from checker.model.profile import FieldInfo, FieldRoles, Relation
from checker.model.sync import Row
from checker.project.types import FieldMapping
from checker.sync.rows import whole
from tests.clients import contacts
from tests.unit.data.flows import FIELDS, flow

SOME = 200
MANY = 5 * SOME + 100
ROLES = FieldRoles(id="id", name="name", email="email", vat_id="vat_id", country="country", currency="currency", created="made", updated="changed")  # fmt: skip
SCHEMA = (FieldInfo(name="made", type="string", format="date-time"), FieldInfo(name="kind", type="string"))


class Known(dict[str, Any]):
    """A record that is counted while it is there."""

    __hash__ = object.__hash__  # type: ignore[assignment] - by identity


class Alive:
    """Records that are made anew on each walk, and the most of them that were there at once."""

    def __init__(self) -> None:
        self.there: WeakSet[Known] = WeakSet()
        self.most = 0

    def walk(self, names: dict[str, str], count: int = MANY) -> Iterator[Known]:
        """Documents with lines whose sums nearly always come out right; every fiftieth shares its keys with another."""
        for number in range(count):
            same = number - number % 50 // 49
            told = {"id": f"{names['id']}{number}", names["email"]: f"A{same}@kern.de", names["vat_id"]: f"DE{same}", names["name"]: f"Körn {same}", names["country"]: "DE"}  # fmt: skip
            told |= {"currency": "EUR", "made": "2026-01-05T10:00:00Z", "changed": f"2026-02-{number % 28 + 1:02}T10:00:00Z", "by": "api", "kind": f"{number % 3}"}  # fmt: skip
            told |= {"net": "10.00", "tax": "1.90", "gross": "11.90", "tax_rate": "19", "parent": "l1"}
            made = Known(told, lines=[{"quantity": 2, "price": 5, "discount": number % 2, "net": "10.00"}])
            self.there.add(made)
            self.most = max(self.most, len(self.there))
            yield made


LEFT = {name: name for name in ("id", "email", "vat_id", "name", "country")}
RIGHT = {"id": "r", "email": "mail", "vat_id": "ust_id", "name": "name1", "country": "land"}


@pytest.mark.parametrize("role", ["company", "order"])
def test_the_questions_of_a_resource_hold_few_records(role: str) -> None:
    """Duplicates, dates, sums, tax rates, changes, kinds of customers. Mutant: the records as a list."""
    alive = Alive()
    profile = contacts(fields=ROLES, role=role, schema=SCHEMA, line_items_path="lines[]", relations=(Relation(field="parent", to="contacts"),))  # fmt: skip
    records: Again[Any] = Again(lambda: alive.walk(LEFT, 900))
    sample = Sample(profile, records, whole=True, pointed={"contacts": frozenset({"l1"})}, production=True)
    assert len({one.claim for one in counts_of_resource(sample)}) > 12
    assert alive.most < 400  # of charges and discounts that are tried on the first 300


def test_matching_and_the_questions_of_a_flow_hold_few_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, options, what comes back, the other side's rules, changes at once. Mutants: rows by id, texts of all."""
    monkeypatch.setattr(sys.modules["checker.data.match"], "SOME", SOME)
    alive = Alive()
    profile = contacts(fields=ROLES, schema=SCHEMA)

    def rows(names: dict[str, str]) -> Callable[[], Iterator[Row]]:
        return lambda: (whole(one, one["id"], profile, ZoneInfo("UTC")) for one in alive.walk(names))

    fields = [*FIELDS, FieldMapping(left="kind", right="kind", options={"0": "0", "1": "1"})]
    view = flow("email", "vat_id", ["name", "country"], fields=fields)
    left, right = Again(rows(LEFT)), Again(rows(RIGHT))
    matched = match(view, left, right)
    assert len(matched.links) > MANY * 0.9
    both = Both(view, left, right, matched, Between({}, (None, None)), "company")
    assert len(list(counts_of_flow(both, production=True))) > 8
    legal(both, view.right)
    assert alive.most < 3 * SOME
