"""Matching over the running pair, read over HTTP: who is who is known of the seed (checker/sandbox/FACTS.md).

Nobody's telephone number is anybody else's, and no key reads it: it tells whether a link is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from checker.client.build import client_for
from checker.client.recorder import Recorder
from checker.data import forecast, match
from checker.describe import described
from checker.model.finding import Answer
from checker.model.sync import Matched, Row
from checker.project.load import load_project
from checker.project.secrets import Secrets
from checker.project.sides import FlowView, views
from checker.resources.resource import Resource
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import SEED_NOW, running_pair
from checker.sandbox.seed import erp_phone

ZONES = (None, "Europe/Berlin")
Record = dict[str, Any]


@dataclass(frozen=True)
class World:
    """The demonstration's flows, and all that both sides list."""

    flows: dict[str, FlowView]
    records: dict[str, list[Record]]

    def rows(self, name: str) -> list[Row]:
        """A list's records as rows."""
        return [Row(id=str(one["id"]), values=one) for one in self.records[name]]

    def persons(self) -> list[Row]:
        """The contact persons, each inside its business partner."""
        return [
            Row(id=f"{around['id']}/{one['nr']}", values=one, around=around)
            for around in self.records["geschaeftspartner"]
            for one in around["ansprechpartner"]
        ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything that matching needs, walked page by page."""
    with running_pair() as pair:
        loaded = load_project(write_demo(tmp_path_factory.mktemp("demo"), pair, SEED_NOW))
        profiles, records = {}, {}
        for name, system in loaded.project.systems.items():
            source = str(loaded.folder / str(system.document))
            profile = described(source, overrides=system.resources).profile
            assert profile is not None
            profiles[name] = profile
            secrets = Secrets(Path(loaded.folder), environ=demo_environment())
            client = client_for(name, system, secrets, Recorder(), folder=loaded.folder)
            for one in ("companies", "contacts", "products", "invoices", "geschaeftspartner", "artikel", "rechnungen"):
                if found := profile.resource(one):
                    records[one] = list(Resource(name, found, client).walk())
            client.close()
        yield World({one.flow.name: one for one in views(loaded.project, profiles)}, records)


@pytest.fixture(scope="module")
def companies(world: World) -> Matched:
    """The matching of the flow companies."""
    return match(world.flows["companies"], world.rows("companies"), world.rows("geschaeftspartner"), zones=ZONES)


def right_ones(matched: Matched, left: list[Row], right: list[Row]) -> list[bool]:
    """Of each link, whether both records have one telephone number."""
    here = {row.id: erp_phone(row.values["phone"]) for row in left}
    there = {row.id: row.values["telefon"] for row in right}
    return [here[one.left] == there[one.right] for one in matched.links]


def test_customers_are_linked_by_vat_id_then_by_name_and_country(world: World, companies: Matched) -> None:
    """Of 42 customers on both sides 38 are linked: three are recorded twice in the CRM, and Ørsted, without VAT id, is Oersted in the ERP."""
    assert all(right_ones(companies, world.rows("companies"), world.rows("geschaeftspartner")))
    assert len(companies.links) == 42 - 3 - 1
    by = [one.by for one in companies.links]
    assert (by.count("vat_id"), by.count("name + country")) == (31, 7)


def test_customers_recorded_twice_await_a_decision(world: World, companies: Matched) -> None:
    """The three customers whose VAT id stands in the CRM twice, with everybody concerned."""
    names = {str(one["id"]): one["name"] for one in world.records["companies"]}
    assert {tuple(names[id_] for id_ in one.left) for one in companies.ambiguous} == {
        ("Müller Maschinenbau GmbH", "MÜLLER MASCHINENBAU GMBH"),
        ("Steirer Stahlbau GmbH", "Steirer Stahlbau Ges.m.b.H."),
        ("Officine Rossi S.r.l.", "Officine Rossi S.r.l. - Filiale Torino"),
    }
    assert [len(one.right) for one in companies.ambiguous] == [1, 1, 1]
    assert {one.by for one in companies.ambiguous} == {"vat_id"}


def test_customers_of_one_side_are_left_over(companies: Matched) -> None:
    """Nine only in the CRM, seven only in the ERP, Ørsted and Oersted, and duplicates without VAT id: one there, two here."""
    assert (len(companies.only_left), len(companies.only_right)) == (9 + 1 + 1, 7 + 1 + 2)


def test_products_are_linked_though_numbers_are_spelt_differently(world: World) -> None:
    """A00012 is A-00012: thirty in common, four only in the CRM, six only in the ERP."""
    found = match(world.flows["products"], world.rows("products"), world.rows("artikel"))
    assert (len(found.links), len(found.only_left), len(found.only_right), found.ambiguous) == (30, 4, 6, ())


def test_invoices_are_linked_by_number(world: World) -> None:
    """Twenty-two in common; drafts have no number of the ERP."""
    found = match(world.flows["invoices"], world.rows("invoices"), world.rows("rechnungen"))
    assert (len(found.links), len(found.only_left), len(found.only_right)) == (22, 24 - 22, 30 - 22)


def test_contact_persons_are_linked_inside_their_business_partner(world: World) -> None:
    """E-mail in any case, then the name, find the same person; nobody is linked to somebody else."""
    left, right = world.rows("contacts"), world.persons()
    found = match(world.flows["contacts"], left, right, zones=ZONES)
    assert len(right) == 92
    assert all(right_ones(found, left, right))
    common = {erp_phone(row.values["phone"]) for row in left} & {row.values["telefon"] for row in right}
    assert (len(common), len(found.links)) == (73, 72)
    # The one that is open: without e-mail in the ERP's list, and two of that name in the CRM, one of them a private customer.
    assert [(one.by, one.key, len(one.left), len(one.right)) for one in found.ambiguous] == [
        ("last_name + first_name", "zürcher + reto", 2, 1)
    ]


def test_the_company_of_a_contact_can_be_part_of_a_key(world: World, companies: Matched) -> None:
    """An id of the other system is read through the other flow's links; without them nobody is linked by it. Mutant: ids are compared as they are."""
    view = world.flows["contacts"]
    flow = type(view.flow)(
        name="contacts",
        left=view.flow.left,
        right=view.flow.right,
        match=[["company_id", "last_name", "first_name"]],
        fields=view.flow.fields,
    )
    with_company = FlowView(flow, view.left, view.right)
    left, right = world.rows("contacts"), world.persons()
    assert not match(with_company, left, right).links
    found = match(with_company, left, right, links={"companies": companies.links})
    assert found.links
    assert all(right_ones(found, left, right))


def test_the_forecast_counts_what_matching_found(world: World, companies: Matched) -> None:
    """The numbers that the departments sign are the links' own; that some are open is a finding of its own."""
    computed, unambiguous = forecast(world.flows["companies"], companies)
    counts = {"left": 55, "right": 51, "linked": 38, "open_left": 6, "open_right": 3, "only_left": 11, "only_right": 10}
    assert (computed.claim, computed.answer) == ("match.forecast-computed", Answer.YES)
    assert {name: computed.values[name] for name in counts} == counts
    assert (unambiguous.claim, unambiguous.answer) == ("match.unambiguous", Answer.NO)
