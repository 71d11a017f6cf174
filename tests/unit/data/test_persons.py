"""Private customers, and the purpose of personal data. Mutants: a field named type that tells of something else, a purpose for one field of two."""

from __future__ import annotations

from typing import Any

import pytest

from checker.catalogue import finding
from checker.data.persons import personal_fields, private_customers
from checker.data.quality import Sample
from checker.model.finding import Answer, Grade
from checker.model.profile import FieldInfo, FieldRoles
from checker.project.types import FieldMapping
from tests.clients import contacts
from tests.unit.data.flows import flow

YES, NO, UNKNOWN, NA = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_APPLICABLE


def told(records: list[dict[str, Any]], *infos: FieldInfo, role: str = "company") -> Any:
    profile = contacts(role=role, fields=FieldRoles(id="id", vat_id="vat_id"), schema=infos)
    found = private_customers(Sample(profile, records, whole=True, production=True))
    finding(found.claim, "crm/companies", found.answer, Grade.PROBED, found.values)
    return found.answer


@pytest.mark.parametrize(
    ("info", "values", "answer"),
    [
        (FieldInfo(name="customer_type", type="string"), ["business", "private"], YES),
        (FieldInfo(name="Kundenart", type="string"), ["Firma", "Privatperson"], YES),
        (FieldInfo(name="is_company", type="boolean"), [True, False], YES),
        (FieldInfo(name="type", type="string"), ["lead", "customer"], NO),
        (FieldInfo(name="legal_form", type="string"), ["GmbH", "AG"], NO),
        (FieldInfo(name="note", type="string"), ["private", "business"], NO),
    ],
)
def test_a_field_tells_private_customers_from_companies(info: FieldInfo, values: list[Any], answer: Answer) -> None:
    """By its values, or a yes-or-no field by its name; else those without a VAT id can't be told apart."""
    assert told([{info.name: one} for one in values], info) is answer


def test_where_all_have_a_vat_id_nothing_follows() -> None:
    """Private customers may still come: the department is asked. Products are nobody's customers."""
    assert told([{"vat_id": "DE136695976"}]) is UNKNOWN
    assert told([{"vat_id": "DE136695976"}], role="product") is NA


MAIL, SIZE = FieldMapping(left="email", right="mail"), FieldMapping(left="size", right="groesse")


@pytest.mark.parametrize(
    ("mappings", "answer"),
    [
        ([MAIL, SIZE], UNKNOWN),
        ([SIZE], NA),
        ([], UNKNOWN),
        ([FieldMapping(left="email", right="mail", purpose="order confirmations")], YES),
        (
            [
                FieldMapping(left="email", right="mail", purpose="order confirmations"),
                FieldMapping(left="birthday", right="x"),
            ],
            NO,
        ),
        ([FieldMapping(left="a", right="Geburtsdatum"), FieldMapping(left="phone", right="tel", purpose="calls")], NO),
    ],
)
def test_a_personal_field_needs_its_purpose(mappings: list[FieldMapping], answer: Answer) -> None:
    """Where nobody began to state purposes it is open; where one is missing beside others it is told; a size is nobody's affair."""
    found = personal_fields(flow("email", fields=mappings))
    finding(found.claim, "flow:customers", found.answer, Grade.PROBED, found.values)
    assert found.answer is answer
