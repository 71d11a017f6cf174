"""Write probes against the embedded pair: they find what FACTS.md says of it, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from checker.model.finding import Answer, Finding
from checker.probes.alterations import how
from checker.touch import cleaned
from tests.unit.probes.touched import World, probed, told, world

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
MOST_REQUESTS = 65  # that the probing of one resource may cost
Found = Mapping[str, Mapping[str, Finding]]

# Subject, claim -> answer and some values, as FACTS.md has it.
FACTS: dict[tuple[str, str], tuple[Answer, dict[str, Any]]] = {
    # creates and rules
    ("crm/companies", "write.create-accepted"): (YES, {"shape": "full", "tried": 1}),
    ("crm/companies", "write.unique-enforced"): (NO, {"fields": ["vat_id"]}),
    ("crm/contacts", "write.unique-enforced"): (YES, {"fields": ["email"], "status": [409]}),
    ("crm/products", "write.unique-enforced"): (YES, {"fields": ["sku"], "status": [409]}),
    ("crm/invoices", "write.unique-enforced"): (YES, {"fields": ["number"], "status": [409]}),
    ("crm/companies", "write.idempotent-create"): (YES, {"header": "Idempotency-Key", "outcome": "replayed"}),
    ("crm/companies", "write.required-enforced"): (YES, {"field": "name", "status": 422}),
    ("crm/companies", "write.max-length-enforced"): (YES, {"status": 422}),
    ("crm/companies", "write.enum-enforced"): (YES, {"status": 422}),
    ("crm/companies", "write.format-enforced"): (YES, {"field": "email", "status": 422}),
    ("crm/companies", "write.read-only-refused"): (YES, {"status": 422}),
    ("crm/companies", "write.error-names-field"): (YES, {}),
    ("erp/geschaeftspartner", "write.unique-enforced"): (YES, {"fields": ["ust_id"], "status": [409]}),
    ("erp/geschaeftspartner", "write.idempotent-create"): (NO, {"header": None, "outcome": "two-records"}),
    ("erp/artikel", "write.idempotent-create"): (YES, {"header": None, "outcome": "refused"}),
    ("erp/geschaeftspartner", "write.read-only-refused"): (NO, {"outcome": "ignored"}),
    ("erp/geschaeftspartner", "write.format-enforced"): (NO, {"field": "email", "outcome": "stored"}),
    ("erp/geschaeftspartner", "write.error-names-field"): (YES, {}),
    # what becomes of values
    ("crm/companies", "write.not-altered"): (YES, {"alterations": []}),
    ("erp/geschaeftspartner", "write.not-altered"): (NO, {"alterations": ["strasse: trimmed", "ust_id: tidied"]}),
    ("crm/companies", "write.unicode-kept"): (YES, {}),
    ("erp/geschaeftspartner", "write.unicode-kept"): (YES, {}),
    ("crm/companies", "write.null-clears"): (YES, {"null": "cleared", "left_out": "kept"}),
    ("erp/geschaeftspartner", "write.null-clears"): (YES, {"null": "cleared", "left_out": "whole-record"}),
    # stamps and who
    ("crm/invoices", "timestamp.moves-on-child"): (YES, {"field": "updated_at"}),
    ("erp/geschaeftspartner", "timestamp.moves-on-update"): (YES, {"field": "geaendert_datum + geaendert_zeit"}),
    ("erp/geschaeftspartner", "timestamp.moves-on-child"): (YES, {"field": "geaendert_datum + geaendert_zeit"}),
    ("crm/companies", "timestamp.moves-on-child"): (UNKNOWN, {"reason": "no-child-rows"}),
    ("crm/companies", "list.shows-change-at-once"): (YES, {}),
    ("crm/companies", "changed-by.own-user-shown"): (YES, {"field": "updated_by", "differs": True}),
    ("erp/artikel", "changed-by.own-user-shown"): (YES, {"field": "geaendert_von", "differs": None}),
    # deletes
    ("crm/companies", "delete.visible"): (YES, {"how": "field deleted_at", "listed": False}),
    ("erp/geschaeftspartner", "delete.accepted"): (YES, {"outcome": "gone"}),
    ("erp/geschaeftspartner", "delete.visible"): (NO, {"how": None, "listed": False}),
    # systems
    ("crm", "rights.restricted-refused"): (YES, {"status": 403}),
    ("erp", "rights.restricted-refused"): (YES, {"status": 403}),
    ("crm", "cleanup.nothing-left"): (YES, {}),
    ("erp", "cleanup.nothing-left"): (YES, {}),
}


@pytest.fixture(scope="module")
def touched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Found, Mapping[str, int]]]:
    """Both systems, touched once: the findings by subject and claim, and the requests by resource."""
    found: dict[str, Mapping[str, Finding]] = {}
    requests: dict[str, int] = {}
    with world(tmp_path_factory.mktemp("pair")) as made:
        for name in ("crm", "erp"):
            system = made.system(name)
            for touch in system.resources:
                before = system.look.whole_client.requests
                found[touch.subject] = probed(system, touch.profile.name)
                requests[touch.subject] = system.look.whole_client.requests - before
            told(system)
            system.cleaned = cleaned(system)
            found[name] = told(system)
        yield made, found, requests


@pytest.mark.parametrize(("subject", "claim"), FACTS, ids=[f"{subject}-{claim}" for subject, claim in FACTS])
def test_a_known_fact_of_the_pair_is_found(
    touched: tuple[World, Found, Mapping[str, int]], subject: str, claim: str
) -> None:
    """What FACTS.md says of a system is what the probes tell of it."""
    finding = touched[1][subject][claim]
    answer, values = FACTS[subject, claim]
    assert (finding.answer, {name: finding.values.get(name) for name in values}) == (answer, values)


def test_no_probe_of_the_pair_crashes(touched: tuple[World, Found, Mapping[str, int]]) -> None:
    """No finding is an error of ours."""
    assert not [one for found in touched[1].values() for one in found.values() if one.answer is Answer.ERROR]


def test_probing_a_resource_costs_few_requests(touched: tuple[World, Found, Mapping[str, int]]) -> None:
    """A resource's whole life is probed in at most sixty requests."""
    assert {subject: cost for subject, cost in touched[2].items() if cost > MOST_REQUESTS} == {}


def test_what_was_done_is_shown(touched: tuple[World, Found, Mapping[str, int]]) -> None:
    """Whatever is told as yes or no about a resource shows the exchanges that it goes by."""
    bare = [
        (subject, claim)
        for subject, found in touched[1].items()
        for claim, one in found.items()
        if one.answer in {YES, NO} and not one.evidence and claim != "cleanup.nothing-left"
    ]
    assert bare == []


def test_a_lost_leading_zero_is_a_change() -> None:
    """A postcode that comes back as a number has lost a digit; an amount may be spelt as a text."""
    assert how("01234", 1234) == "changed"
    assert [how("0.50", 0.5), how("10", 10), how("0", 0)] == [None, None, None]


def test_a_reference_that_comes_back_as_its_record_is_kept() -> None:
    """Some systems take an id and show the record that it leads to; another record, or one without that id, is no such thing."""
    assert how("d1", {"id": 7, "documentId": "d1"}) is None
    assert how("d1", {"id": 7, "documentId": "d2"}) == "changed"
