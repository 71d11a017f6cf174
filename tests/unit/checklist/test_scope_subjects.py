"""Which subjects an item has, where its claims are looked up, and for which flows it counts."""

import pytest
from judging import CONTACTS, SCOPE

from checker.checklist.scope import scope_of
from checker.model.profile import DocumentInfo, Profile, ResourceProfile, Webhooks
from checker.project.types import Flow, Project, ResourceOverrides, System

INFO = DocumentInfo(title="t", version="1", openapi="3.1.0", source="t.yaml")


@pytest.mark.parametrize(
    ("scope", "subjects"),
    [
        ("pair", ["pair"]),
        ("system", ["crm", "erp"]),
        ("resource", ["crm/contacts", "erp/customers", "crm/bills", "erp/invoices"]),
        ("flow", ["flow:contacts", "flow:invoices"]),
        ("direction", ["flow:contacts:crm->erp", "flow:contacts:erp->crm", "flow:invoices:erp->crm"]),
    ],
)
def test_an_items_scope_gives_its_subjects(scope, subjects):
    """Every scope word names its subjects, each once, in the project's order."""
    assert list(SCOPE.subjects(scope)) == subjects


def test_another_scope_word_is_refused():
    """A word that is no scope is an error of the caller."""
    with pytest.raises(KeyError):
        SCOPE.subjects("galaxy")


@pytest.mark.parametrize(
    ("subject", "claim_scope", "stage", "places"),
    [
        ("crm/contacts", "resource", "probe", ["crm/contacts"]),
        ("crm/contacts", "system", "probe", ["crm"]),
        ("crm/contacts", "pair", "project", ["pair"]),
        ("crm/contacts", "flow", "project", ["flow:contacts"]),
        ("crm/contacts", "direction", "document", ["flow:contacts:crm->erp"]),
        ("flow:contacts", "resource", "probe", ["crm/contacts", "erp/customers"]),
        ("flow:contacts", "system", "probe", ["crm", "erp"]),
        ("flow:contacts", "direction", "document", ["flow:contacts:crm->erp", "flow:contacts:erp->crm"]),
        ("flow:invoices:erp->crm", "resource", "probe", ["erp/invoices"]),
        ("flow:invoices:erp->crm", "resource", "write", ["crm/bills"]),
        ("flow:invoices:erp->crm", "system", "probe", ["erp"]),
        ("flow:invoices:erp->crm", "system", "write", ["crm"]),
        ("flow:invoices:erp->crm", "direction", "document", ["flow:invoices:erp->crm"]),
        ("flow:invoices:erp->crm", "flow", "project", ["flow:invoices"]),
        ("pair", "flow", "project", ["flow:contacts", "flow:invoices"]),
        ("pair", "system", "probe", ["crm", "erp"]),
        ("erp", "resource", "probe", ["erp/customers", "erp/invoices"]),
        ("erp", "direction", "document", ["flow:contacts:erp->crm", "flow:invoices:erp->crm"]),
    ],
)
def test_a_claim_is_looked_up_inside_the_items_subject(subject, claim_scope, stage, places):
    """Wider claims are looked up where the subject belongs; a direction stands for its source, and for its target when written."""
    assert list(SCOPE.subjects_of_claim(subject, claim_scope, stage)) == places


@pytest.mark.parametrize(
    ("subject", "flows"),
    [
        ("pair", ["contacts", "invoices"]),
        ("crm", ["contacts", "invoices"]),
        ("erp/invoices", ["invoices"]),
        ("flow:contacts#email", ["contacts"]),
        ("flow:contacts:crm->erp", ["contacts"]),
        ("crm/unused", []),
    ],
)
def test_a_subject_counts_for_the_flows_that_it_concerns(subject, flows):
    """A resource counts for the flows that carry it, a system for all of its flows."""
    assert list(SCOPE.flows_of(subject)) == flows


def test_a_flow_is_found_by_its_name():
    """An unknown name is none."""
    assert SCOPE.flow("contacts") is CONTACTS
    assert SCOPE.flow("orders") is None


def project(**flow) -> Project:
    plain = {"name": "people", "left": "crm/contacts", "right": "erp/partners.persons[]", "freshness": "15m"}
    return Project(project="p", systems={"crm": System(), "erp": System()}, flows=[Flow(**(plain | flow))])


def profile(name: str, role: str | None, events: str = "none") -> Profile:
    return Profile(document=INFO, resources=(ResourceProfile(name=name, role=role),), webhooks=Webhooks(kind=events))


def test_the_project_file_gives_the_scope():
    """Directions, freshness and roles come from the project and the profiles; inner records belong to their resource."""
    scope = scope_of(project(), {"crm": profile("contacts", None), "erp": profile("partners", "company")})
    flow = scope.flows[0]
    assert flow.resources == ("crm/contacts", "erp/partners")
    assert (flow.role, flow.two_way, flow.daily, flow.freshness_minutes) == ("company", True, False, 15)
    assert not flow.events


def test_a_role_in_the_project_file_beats_the_recognised_one():
    """What the user says of a resource's role holds."""
    stated = project()
    overridden = System(resources={"contacts": ResourceOverrides(role="invoice")})
    stated = Project(project="p", systems={"crm": overridden, "erp": System()}, flows=stated.flows)
    flow = scope_of(stated, {"crm": profile("contacts", "contact"), "erp": None}).flows[0]
    assert flow.role == "invoice"


def test_policies_and_events_are_read_off():
    """A delete policy in any direction counts; events count where they are found, or where nobody could look."""
    known = {"crm": profile("contacts", "contact", "subscription_api"), "erp": profile("partners", "company")}
    flow = scope_of(project(on_delete={"left-to-right": "ask", "right-to-left": "delete"}), known).flows[0]
    assert flow.deletes
    assert flow.events
    assert not scope_of(project(direction="right-to-left"), known).flows[0].events
    assert scope_of(project(direction="right-to-left"), {}).flows[0].events


def test_without_a_stated_freshness_a_day_may_be_enough():
    """Nobody has said that a day is too long, so what is asked of a daily run is asked."""
    assert scope_of(project(freshness=None), {}).flows[0].daily


@pytest.mark.parametrize(("text", "value"), [("90s", 1.5), ("5m", 5), ("2h", 120), ("1d", 1440), (None, None)])
def test_a_freshness_is_read_in_minutes(text, value):
    """Every unit of the project file counts in minutes."""
    assert scope_of(project(freshness=text), {}).flows[0].freshness_minutes == value
