"""The two documents: valid, and true to what the servers answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from checker.sandbox import crm, erp
from checker.sandbox.document import Document, as_json_schema, document_text, read_document, typed
from checker.sandbox.pair import CRM_DOCUMENT, ERP_DOCUMENT
from checker.sandbox.refusal import Refusal

CRM, ERP = Document(read_document(CRM_DOCUMENT)), Document(read_document(ERP_DOCUMENT))


def test_both_documents_are_valid() -> None:
    """The validator that the audit trusts finds nothing wrong with either document."""
    assert list(OpenAPIV31SpecValidator(CRM.raw).iter_errors()) == []
    assert list(OpenAPIV30SpecValidator(ERP.raw).iter_errors()) == []


@pytest.mark.parametrize("name", ["Companies", "Contacts", "Deals", "Products", "Invoices"])
def test_crm_lists_match_their_document(crm_reader: httpx.Client, name: str) -> None:
    """Every seeded record of the CRM is what its document promises."""
    operation = CRM.operations[f"list{name}"]
    check = CRM.validator(operation.answer or {})
    answer = crm_reader.get(name.lower(), params={"limit": 100}).json()
    assert answer["total"] > 20
    assert [error.message for error in check.iter_errors(answer)] == []


@pytest.mark.parametrize("name", ["Geschaeftspartner", "Artikel", "Rechnungen"])
def test_erp_lists_match_their_document(erp_reader: httpx.Client, name: str) -> None:
    """Every seeded record of the ERP is what its document promises, and could be written as it stands."""
    operation = ERP.operations[f"liste{name}"]
    check = ERP.validator(operation.answer or {})
    for page in (1, 2):
        answer = erp_reader.get(name.lower(), params={"anzahl": 50, "seite": page}).json()
        assert [error.message for error in check.iter_errors(answer)] == []
        for record in answer["daten"]:
            ERP.operations[f"anlegen{name}"].check_body(record)


@pytest.mark.parametrize("document", [CRM, ERP])
def test_examples_of_bodies_are_accepted_by_their_schemas(document: Document) -> None:
    """Whoever copies an example of a request body from the document sends a valid one."""
    seen = 0
    for operation in document.operations.values():
        node = document.resolved(document.raw["paths"][operation.path][operation.method.lower()].get("requestBody", {}))
        if node:
            operation.check_body(node["content"]["application/json"]["example"])
            seen += 1
    assert seen > 5


def test_examples_of_records_match_their_schemas() -> None:
    """Examples of answers are valid too."""
    for document, operation_id in ((CRM, "getInvoice"), (CRM, "getContact"), (ERP, "lesenGeschaeftspartner")):
        operation = document.operations[operation_id]
        node = document.raw["paths"][operation.path]["get"]["responses"]["200"]["content"]["application/json"]
        assert document.validator(node["schema"]).is_valid(node["example"])


def test_every_operation_is_described(seeded: Any) -> None:
    """No operation is without summary, declared errors for wrong credentials, and a unique id."""
    for document in (CRM, ERP):
        for operation in document.operations.values():
            node = document.raw["paths"][operation.path][operation.method.lower()]
            assert node["summary"]
            assert "401" in node["responses"]


def test_a_server_publishes_its_document_to_everybody(seeded: Any) -> None:
    """The document can be had from the running server without credentials."""
    assert httpx.get(f"{seeded.crm.base_url}/openapi.yaml").text == document_text(CRM_DOCUMENT)
    assert httpx.get(f"{seeded.erp.base_url}/openapi.json").json()["openapi"] == "3.0.3"


def test_every_error_code_is_documented() -> None:
    """Whatever a server may answer as an error code stands in its document, and nothing else does."""
    crm_codes = CRM.raw["components"]["schemas"]["Errors"]["properties"]["errors"]["items"]["properties"]["code"][
        "enum"
    ]
    erp_codes = ERP.raw["components"]["schemas"]["Fehler"]["properties"]["fehler"]["properties"]["code"]["enum"]
    assert set(crm.MESSAGES) == set(crm_codes)
    assert {code for code, _ in erp.MESSAGES.values()} == set(erp_codes)


def test_nullable_and_exclusive_minimum_of_openapi_3_0_are_understood() -> None:
    """An OpenAPI 3.0 schema means the same after it became JSON Schema."""
    schema = {"type": "number", "nullable": True, "minimum": 0, "exclusiveMinimum": True, "example": 3}
    assert as_json_schema(schema) == {"type": ["number", "null"], "exclusiveMinimum": 0}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", "integer", 12),
        ("1.5", "number", 1.5),
        ("true", "boolean", True),
        ("٣", "integer", "٣"),
        ("yes", "boolean", "yes"),
        ("12", "string", "12"),
    ],
)
def test_query_texts_get_their_declared_type(text: str, kind: str, value: object) -> None:
    """A text that isn't of the declared type stays one, so that the check refuses it; only ASCII digits are digits."""
    assert typed(text, {"type": kind}) == value


def test_each_broken_rule_is_named() -> None:
    """A body that breaks several rules is refused with all of them and the field of each."""
    with pytest.raises(Refusal) as refused:
        CRM.operations["createProduct"].check_body({"sku": "12", "name": "x" * 200, "price": "1", "colour": "red"})
    found = {(issue.field, issue.code) for issue in refused.value.issues}
    assert found == {
        ("sku", "invalid_format"),
        ("name", "too_long"),
        ("price", "wrong_type"),
        ("currency", "required"),
        ("colour", "unknown_field"),
    }
