"""What the project file says, held against both documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker.model.finding import Finding
from checker.model.profile import (
    AuthScheme,
    DocumentInfo,
    FieldInfo,
    Operations,
    Pagination,
    Profile,
    Relation,
    ResourceProfile,
    UpdatedSince,
    Validation,
    Webhooks,
)
from checker.probes.base import Ledger
from checker.probes.configured import findings_of_project
from checker.probes.declared import findings_of_document, findings_without_document
from checker.project.load import load_project

PROJECT = """\
project: fits
systems:
  crm: {base_url: http://127.0.0.1:1, sandbox: true, auth: {kind: bearer, token: "${env:T}"}}
  erp: {base_url: http://10.0.0.1}
flows:
  - name: companies
    left: crm/companies
    right: erp/partners
    leading: crm
    on_delete: ignore
    match: [vat_id]
    fields:
      - {left: name, right: name}
      - {left: vat_id, right: vat}
  - name: contacts
    left: crm/contacts
    right: erp/partners.persons[]
    direction: left-to-right
    fields:
      - {left: email, right: mail}
      - {left: company_id, right: partner, link: companies}
"""


def resource(
    name: str,
    fields: dict[str, dict[str, Any]],
    required: tuple[str, ...] = (),
    relations: tuple[Relation, ...] = (),
    **more: Any,
) -> ResourceProfile:
    """A resource with these fields."""
    operations = Operations(
        list=f"GET /{name}", read=f"GET /{name}/{{id}}", create=f"POST /{name}", update=f"PATCH /{name}/{{id}}"
    )
    schema = tuple(FieldInfo(name=one, **{"type": "string", **info}) for one, info in fields.items())
    values: dict[str, Any] = {
        "operations": operations,
        "schema": schema,
        "validation": Validation(required=required),
        "relations": relations,
        **more,
    }
    return ResourceProfile(name=name, **values)


def whole(*resources: ResourceProfile, **more: Any) -> Profile:
    """A profile of these resources."""
    return Profile(
        document=DocumentInfo(title="t", version="1", openapi="3.1.0", source="t.json"), resources=resources, **more
    )


CRM = whole(
    resource("companies", {"name": {"max_length": 120}, "vat_id": {}, "size": {}}),
    resource("contacts", {"email": {}, "company_id": {}}, relations=(Relation(field="company_id", to="companies"),)),
)
ERP = whole(
    resource(
        "partners",
        {
            "name": {"max_length": 60},
            "vat": {},
            "number": {},
            "version": {"type": "integer"},  # of the record: wants no reason
            "persons": {},
            "persons[].mail": {},
            "persons[].partner": {},
        },
        ("name", "number", "persons[].mail"),
    )
)


def found(
    tmp_path: Path,
    text: str = PROJECT,
    crm: Profile | None = CRM,
    erp: Profile | None = ERP,
    environ: tuple[str, ...] = ("T",),
) -> dict[tuple[str, str], Finding]:
    """The findings by claim and subject."""
    path = tmp_path / "readiness.yaml"
    path.write_text(text, "utf-8")
    profiles = {name: one for name, one in (("crm", crm), ("erp", erp)) if one is not None}
    unset = lambda reference: None if any(one in reference for one in environ) else reference  # noqa: E731
    return {(one.id, one.subject): one for one in findings_of_project(load_project(path), profiles, unset, Ledger())}


def test_a_required_field_that_nothing_feeds_is_named_per_direction(tmp_path: Path) -> None:
    """The ERP demands a number that the mapping doesn't fill; the other way lacks nothing."""
    there = found(tmp_path)
    starved = there["mapping.required-fed", "flow:companies:crm->erp"]
    assert (starved.answer, starved.values["missing"]) == ("no", ["number"])
    assert there["mapping.required-fed", "flow:companies:erp->crm"].answer == "yes"


def test_required_fields_of_records_inside_a_record_are_seen_from_them(tmp_path: Path) -> None:
    """Contact persons inside the business partner need their mail, not the partner's number."""
    told = found(tmp_path)["mapping.required-fed", "flow:contacts:crm->erp"]
    assert (told.answer, told.values["required"]) == ("yes", ["mail"])


def test_a_text_that_may_be_cut_on_the_other_side_is_a_clash(tmp_path: Path) -> None:
    """120 characters don't fit into 60; a number doesn't fit into a text."""
    told = found(tmp_path)["mapping.types-fit", "flow:companies"]
    assert (told.answer, told.values["clashes"]) == ("no", ["name (120) → name (60)"])


def test_a_mapped_field_that_no_document_has_is_named(tmp_path: Path) -> None:
    """A misspelt field of the mapping is found before any record is lost."""
    told = found(tmp_path, PROJECT.replace("right: vat}", "right: vta}"))["mapping.fields-exist", "flow:companies"]
    assert (told.answer, told.values["missing"]) == ("no", ["erp: vta"])


def test_fields_that_are_neither_mapped_nor_explained_are_listed(tmp_path: Path) -> None:
    """Every unmapped field wants a reason; not_synced gives it."""
    assert found(tmp_path)["mapping.unmapped-explained", "flow:companies"].values["unexplained"] == [
        "crm: size",
        "erp: number",
        "erp: persons",
    ]
    text = PROJECT.replace(
        "    on_delete: ignore",
        "    on_delete: ignore\n    not_synced: {size: no use, number: theirs, persons: own flow}",
    )
    assert found(tmp_path, text)["mapping.unmapped-explained", "flow:companies"].answer == "yes"


def test_a_relation_to_a_flows_resource_must_be_linked(tmp_path: Path) -> None:
    """A contact's company is resolved through the companies flow, or told as missing."""
    assert found(tmp_path)["flow.relations-linked", "flow:contacts"].answer == "yes"
    told = found(tmp_path, PROJECT.replace(", link: companies", ""))["flow.relations-linked", "flow:contacts"]
    assert (told.answer, told.values["missing"]) == ("no", ["crm: company_id → companies"])


def test_the_id_inside_a_record_that_is_shown_links_it(tmp_path: Path) -> None:
    """A relation that is told as `company` is linked by its `company.id`."""
    relation = Relation(field="company", to="companies")
    orders = resource("orders", {"number": {}, "company.id": {}}, relations=(relation,))
    crm = whole(*CRM.resources, orders)
    stated = PROJECT + ORDERS.split("    lines:", maxsplit=1)[0].replace(
        "{left: number, right: number}]", "{left: company.id, right: number, link: companies}]"
    )
    assert found(tmp_path, stated, crm)["flow.relations-linked", "flow:orders"].answer == "yes"


ORDERS = """\
  - name: orders
    left: crm/orders
    right: erp/orders
    direction: left-to-right
    match: [number]
    fields: [{left: number, right: number}]
    lines: {left: lines, right: rows, fields: [{left: company, right: partner}]}
"""


def test_a_line_that_points_at_a_flows_resource_must_be_linked_too(tmp_path: Path) -> None:
    """A line's id of one system means nothing in the other: without a link it is told, with one the flow it leans on is loaded before."""
    relation = Relation(field="lines[].company", to="companies")
    orders = resource("orders", {"number": {}, "lines[].company": {}}, relations=(relation,))
    crm = whole(*CRM.resources, orders)
    told = found(tmp_path, PROJECT + ORDERS, crm)["flow.relations-linked", "flow:orders"]
    assert (told.answer, told.values["missing"]) == ("no", ["crm: lines[].company → companies"])
    linked = (PROJECT + ORDERS).replace("right: partner}]", "right: partner, link: companies}]")
    there = found(tmp_path, linked, crm)
    assert there["flow.relations-linked", "flow:orders"].answer == "yes"
    order = there["flow.order-computed", "pair"].values["order"]
    assert order.index("companies") < order.index("orders")


def test_the_load_order_follows_the_links_and_a_circle_is_told(tmp_path: Path) -> None:
    """What a link points at is loaded first; two flows that link to each other can't be ordered."""
    assert found(tmp_path)["flow.order-computed", "pair"].values["order"] == ["companies", "contacts"]
    circle = PROJECT.replace("{left: vat_id, right: vat}", "{left: vat_id, right: vat, link: contacts}")
    assert found(tmp_path, circle)["flow.order-computed", "pair"].answer == "no"


def test_decisions_that_nobody_wrote_down_are_open_not_no(tmp_path: Path) -> None:
    """A stated policy is a yes, a missing one unknown with the reason."""
    there = found(tmp_path)
    assert there["flow.on-delete-stated", "flow:companies"].answer == "yes"
    told = there["flow.on-delete-stated", "flow:contacts"]
    assert (told.answer, told.values["reason"]) == ("unknown", "not-in-mapping")


def test_a_missing_operation_of_the_target_is_named(tmp_path: Path) -> None:
    """Without an update on the target, that direction doesn't suffice."""
    partners = resource(
        "partners", {"name": {}}, operations=Operations(list="GET /p", read="GET /p/{id}", create="POST /p")
    )
    told = found(tmp_path, erp=whole(partners))["endpoints.suffice-declared", "flow:companies:crm->erp"]
    assert (told.answer, told.values["missing"]) == ("no", ["erp: update"])


def test_a_resource_that_no_document_has_leaves_the_flow_open(tmp_path: Path) -> None:
    """Without a profile the objects aren't found, and what depends on them is unknown."""
    there = found(tmp_path, erp=None)
    assert there["flow.objects-found", "flow:companies"].values["missing"] == ["erp/partners"]
    assert there["endpoints.suffice-declared", "flow:companies:crm->erp"].answer == "unknown"


def test_plain_http_beyond_this_machine_is_a_no(tmp_path: Path) -> None:
    """Plain http is fine on loopback, and nowhere else."""
    there = found(tmp_path)
    assert (there["transport.encrypted", "crm"].answer, there["transport.encrypted", "erp"].answer) == ("yes", "no")


def test_a_reference_that_leads_nowhere_is_told_with_its_name(tmp_path: Path) -> None:
    """An unset variable is a no with the reference as written; no credentials at all is open."""
    there = found(tmp_path, environ=())
    assert (
        there["credentials.configured", "crm"].answer,
        there["credentials.configured", "crm"].values["missing"],
    ) == ("no", "${env:T}")
    assert there["credentials.configured", "erp"].answer == "unknown"


def test_every_finding_points_at_its_place_in_the_project_file(tmp_path: Path) -> None:
    """A project finding's evidence is a line of readiness.yaml."""
    path = tmp_path / "readiness.yaml"
    path.write_text(PROJECT, "utf-8")
    ledger = Ledger()
    told = list(findings_of_project(load_project(path), {"crm": CRM, "erp": ERP}, lambda _: None, ledger))
    assert all(one.evidence for one in told)
    assert ledger.evidence["project|flow:contacts"].line == 15  # type: ignore[union-attr]


@pytest.mark.parametrize(("supported", "answer"), [(True, "yes"), (False, "no"), (None, "unknown")])
def test_what_a_document_leaves_open_is_open(supported: bool | None, answer: str) -> None:
    """yes, no and not said are three answers."""
    profile = whole(resource("contacts", {"email": {}}, updated_since=UpdatedSince(supported=supported)))
    told = {
        one.id: one
        for one in findings_of_document("crm", profile, ["contacts"], Ledger())
        if one.subject == "crm/contacts"
    }
    assert told["updated-since.declared"].answer == answer


def test_a_document_without_fields_leaves_roles_open() -> None:
    """Where the record isn't described, a missing changed time is unknown, not no."""
    profile = whole(resource("items", {}))
    told = {one.id: one for one in findings_of_document("crm", profile, ["items"], Ledger())}
    assert (told["timestamp.declared"].answer, told["timestamp.declared"].values["reason"]) == ("unknown", "no-schema")


def test_declared_findings_have_a_pointer_as_evidence() -> None:
    """Each yes and no about a resource points into the document."""
    ledger = Ledger()
    profile = whole(
        resource("contacts", {"email": {}}, pagination=Pagination(style="page", pointer="#/paths/~1contacts/get")),
        auth=(AuthScheme(kind="bearer", name="b"),),
        webhooks=Webhooks(
            kind="subscription_api", operations=("POST /hooks",), events=("contact.created", "contact.updated")
        ),
    )
    told = {one.id: one for one in findings_of_document("crm", profile, ["contacts"], ledger)}
    assert ledger.evidence[told["pagination.declared"].evidence[0]].pointer == "#/paths/~1contacts/get"  # type: ignore[union-attr]
    assert told["webhooks.events-declared"].values["missing"] == ["delete"]


def test_a_system_without_a_document_is_told() -> None:
    """No document at all: available is a no, and nothing is invented."""
    assert [(one.id, one.answer) for one in findings_without_document("erp", None, None)] == [
        ("document.available", "no")
    ]


def test_without_any_document_nobody_can_say_that_an_object_is_missing(tmp_path: Path) -> None:
    """A project that has just begun has open questions, not bad answers."""
    told = found(tmp_path, crm=None, erp=None)["flow.objects-found", "flow:companies"]
    assert (told.answer, told.values["reason"]) == ("unknown", "no-document")


def test_an_address_that_nobody_has_stated_is_not_a_bad_one(tmp_path: Path) -> None:
    """Whether a system is a test system is open until it has an address."""
    there = found(tmp_path, text=PROJECT.replace("erp: {base_url: http://10.0.0.1}", "erp: {}"))
    assert there["sandbox.marked", "erp"].answer == "unknown"
    assert found(tmp_path)["sandbox.marked", "erp"].answer == "no"


def test_a_decision_for_each_field_that_nobody_has_begun_is_open(tmp_path: Path) -> None:
    """Some fields decided and some not is a no; none decided is a question that nobody has answered yet."""
    assert found(tmp_path)["mapping.empty-stated", "flow:companies"].answer == "unknown"
    begun = PROJECT.replace("right: name}", "right: name, empty: skip}")
    assert found(tmp_path, text=begun)["mapping.empty-stated", "flow:companies"].answer == "no"
