"""The real systems, started once for all tests of this folder, and the audits of them, each run once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from checker.sandbox import erp
from checker.sandbox.document import document_text
from checker.sandbox.pair import ERP_DOCUMENT, running_pair
from checker.store import Store
from tests.real import projects
from tests.real.projects import Looked
from tests.real.scripts import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    ADMIN_TOKEN,
    INTEGRATION_TOKEN,
    Sandbox,
    free_port,
    sandboxes,
)

SINGLY, TOGETHER = 12, 8  # records that their users change: contacts one by one, companies in one call
MORE_PRODUCTS = 110  # more than fit on a page of the system's own default size
BEARER = {"kind": "bearer", "token": "${env:CRM_TOKEN}"}


@pytest.fixture(scope="session")
def directus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A seeded Directus that people have worked with for a while; it is only read."""
    with seeded(tmp_path_factory.mktemp("directus")) as system:
        yield system


@pytest.fixture(scope="session")
def written_directus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Another one like it, which is written to."""
    with seeded(tmp_path_factory.mktemp("written")) as system:
        yield system


@contextmanager
def seeded(state: Path) -> Iterator[Sandbox]:
    """A running Directus with its test data."""
    system = Sandbox(sandboxes() / "directus", state, free_port())
    system.start()
    try:
        filled = system.run("seed.py")
        assert filled.returncode == 0, filled.stdout
        used(system)
        yield system
    finally:
        system.stop()


def held(system: Sandbox) -> dict[str, dict[Any, Any]]:
    """Every record of the collections that flows carry, as it stands, by collection and id."""
    names = ("companies", "contacts", "products", "invoices", "invoice_lines", "deals")
    return {name: {one["id"]: one for one in system.call("GET", f"/items/{name}?limit=-1")} for name in names}


def used(system: Sandbox) -> None:
    """What its users did since: the changed time is null until a record's first update, and stamps clump where many change at once."""
    for contact in system.call("GET", f"/items/contacts?fields=id,phone&sort=id&limit={SINGLY}"):
        system.call("PATCH", f"/items/contacts/{contact['id']}", {"phone": contact["phone"]})
    companies = system.call("GET", f"/items/companies?fields=id,vat_id&sort=id&limit={TOGETHER + 2}")
    together = [one["id"] for one in companies[:TOGETHER]]
    system.call("PATCH", "/items/companies", {"keys": together, "data": {"currency": "EUR"}})
    for company in companies[TOGETHER:]:
        system.call("PATCH", f"/items/companies/{company['id']}", {"vat_id": company["vat_id"]})
    products = [
        {"sku": f"MORE-{number:05d}", "name": f"Dübel {number}", "price": 1.5} for number in range(MORE_PRODUCTS)
    ]
    system.call("POST", "/items/products", products)


def changes(system: Sandbox) -> list[int]:
    """Everything that was ever created, changed or deleted, by the system's own journal; a login is no change."""
    entries = system.call("GET", "/activity?filter[action][_neq]=login&fields=id&limit=-1&sort=id")
    return [one["id"] for one in entries]


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A stateless mock of Directus' document."""
    system = Sandbox(sandboxes() / "prism", tmp_path_factory.mktemp("prism"), free_port())
    system.start()
    try:
        yield system
    finally:
        system.stop()


class Audits:
    """The audits of one Directus, each a way to ask it; run when first wanted, and kept."""

    def __init__(self, system: Sandbox, folder: Path, written: Callable[[], Sandbox]) -> None:
        self.system, self.folder, self._written = system, folder, written
        self.document = f"{system.url}/server/specs/oas"
        self.changes_before = changes(system)
        self.admin = {"CRM_TOKEN": ADMIN_TOKEN}

    @cached_property
    def pair(self) -> Looked:
        """As a consultant sets it up: with what the document doesn't tell, against the embedded ERP."""
        return audited_pair(self.folder / "pair", self.system.url, self.document)

    @cached_property
    def touched(self) -> Looked:
        """As a consultant sets it up, the writing part and the rehearsal included; in a system of its own."""
        system = self._written()
        self.before = held(system)
        made = audited_pair(self.folder / "touched", system.url, f"{system.url}/server/specs/oas", touch=True)
        self.after = held(system)
        return made

    @cached_property
    def lab(self) -> Looked:
        """Every collection that flows carry, with what its users know of their rules; the writing part alone."""
        system = self._written()
        project = projects.written(
            self.folder / "lab", "lab.readiness.yaml",
            CRM_URL=system.url, CRM_DOCUMENT=f"{system.url}/server/specs/oas",
        )  # fmt: skip
        return projects.looked(project, self.admin, touch=True, rehearse=False)

    @cached_property
    def unlinked(self) -> Looked:
        """Companies and the contacts that point at them, and nothing that forbids to delete a company; the writing part alone."""
        system = self._written()
        project = projects.written(
            self.folder / "unlinked", "unlinked.readiness.yaml",
            CRM_URL=system.url, CRM_DOCUMENT=f"{system.url}/server/specs/oas",
        )  # fmt: skip
        return projects.looked(project, self.admin, touch=True, rehearse=False)

    @cached_property
    def restricted(self) -> Looked:
        """Products and invoices with a user beside who may not write them; the writing part alone."""
        system = self._written()
        auth = {"kind": "bearer", "token": "${env:CRM_READONLY}"}
        project = projects.small(
            self.folder / "restricted", url=system.url, document=f"{system.url}/server/specs/oas", auth=BEARER,
            resources=("products", "invoices"), others={"restricted": auth},
        )  # fmt: skip
        environ = {**self.admin, "CRM_READONLY": INTEGRATION_TOKEN}
        return projects.looked(project, environ, touch=True, rehearse=False)

    @cached_property
    def hooked(self) -> Looked:
        """With a flow that sends its events to the receiver; the writing part alone."""
        system, port = self._written(), free_port()
        project = projects.small(
            self.folder / "hooked", url=system.url, document=f"{system.url}/server/specs/oas", auth=BEARER,
            resources=("contacts", "products"), listen=f"127.0.0.1:{port}",
        )  # fmt: skip
        return self._heard(system, project, port)

    @cached_property
    def subscribed(self) -> Looked:
        """With the calls that make such a flow in the project file: the audit subscribes and ends it itself; the writing part alone."""
        system = self._written()
        project = projects.written(
            self.folder / "subscribed", "flows.readiness.yaml",
            CRM_URL=system.url, CRM_DOCUMENT=f"{system.url}/server/specs/oas",
        )  # fmt: skip
        made = projects.looked(project, self.admin, touch=True, rehearse=False)
        assert (system.call("GET", "/flows"), system.call("GET", "/operations")) == ([], [])
        return made

    @cached_property
    def nested(self) -> Looked:
        """Invoices with lines, while such a flow sends the events of both; the writing part alone."""
        system, port = self._written(), free_port()
        project = projects.written(
            self.folder / "nested", "events.readiness.yaml",
            CRM_URL=system.url, CRM_DOCUMENT=f"{system.url}/server/specs/oas", LISTEN=f"127.0.0.1:{port}",
        )  # fmt: skip
        return self._heard(system, project, port)

    def _heard(self, system: Sandbox, project: Path, port: int) -> Looked:
        """An audit while a flow, which a person has set up by hand, sends the system's events to the receiver."""
        address = f"http://127.0.0.1:{port}{Store(project.parent).receiver_path('crm')}"
        made = system.run("webhook.py", "create", address)
        assert made.returncode == 0, made.stdout
        try:
            return projects.looked(project, self.admin, touch=True, rehearse=False)
        finally:
            system.run("webhook.py", "delete")

    @cached_property
    def scopes(self) -> Looked:
        """The same records asked for in other ways, right and wrong ones."""
        template = projects.resources_of("scopes.readiness.yaml")
        project = projects.written(
            self.folder / "scopes", "scopes.readiness.yaml",
            CRM_URL=self.system.url, CRM_DOCUMENT=self.document, FLOWS=projects.flow_lines(template),
        )  # fmt: skip
        return projects.looked(project, self.admin)

    @cached_property
    def bare(self) -> Looked:
        """Only what the document tells, all collections."""
        return self._small(
            "bare", BEARER, ("contacts", "companies", "products", "deals", "invoices", "invoice_lines"), self.admin
        )

    @cached_property
    def integration(self) -> Looked:
        """As the integration's own user sees it, with the document that is served to it."""
        return self._small(
            "integration", BEARER, ("contacts", "products", "invoices"), {"CRM_TOKEN": INTEGRATION_TOKEN}
        )

    @cached_property
    def promised(self) -> Looked:
        """As the integration's own user sees it, with the document that was served to the administrator."""
        shutil.copy(self.system.folder / "openapi.json", self.folder)
        return self._small(
            "promised", BEARER, ("contacts", "products", "invoices", "activity"), {"CRM_TOKEN": INTEGRATION_TOKEN},
            str(self.folder / "openapi.json"),
        )  # fmt: skip

    @cached_property
    def key_in_query(self) -> Looked:
        """With the token in the query."""
        auth = {"kind": "api_key_query", "name": "access_token", "value": "${env:CRM_TOKEN}"}
        return self._small("key-in-query", auth, ("contacts",), self.admin)

    @cached_property
    def login(self) -> Looked:
        """With a login by e-mail and password."""
        body = {"email": ADMIN_EMAIL, "password": "${env:CRM_PASSWORD}"}
        auth = {
            "kind": "login",
            "request": "POST /auth/login",
            "body": body,
            "token_path": "data.access_token",
            "lifetime": "15m",
        }
        return self._small("login", auth, ("contacts",), {"CRM_PASSWORD": ADMIN_PASSWORD})

    def _small(
        self,
        name: str,
        auth: dict[str, object],
        resources: tuple[str, ...],
        environ: dict[str, str],
        document: str = "",
    ) -> Looked:
        project = projects.small(
            self.folder / name, url=self.system.url, document=document or self.document, auth=auth, resources=resources
        )
        return projects.looked(project, environ)


def audited_pair(folder: Path, url: str, document: str, *, offline: bool = False, touch: bool = False) -> Looked:
    """The audit of a system against the embedded ERP, set up as a consultant would; `offline` asks neither of them."""
    template = "directus.readiness.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ERP_DOCUMENT).write_text(document_text(ERP_DOCUMENT), "utf-8")
    with running_pair(datetime.now(UTC)) as pair:
        project = projects.written(folder, template, CRM_URL=url, CRM_DOCUMENT=document, ERP_URL=pair.erp.base_url)
        environ = {"CRM_TOKEN": ADMIN_TOKEN, "ERP_KEY": erp.KEY}
        return projects.looked(project, environ, offline=offline, touch=touch)


@pytest.fixture(scope="session")
def audits(directus: Sandbox, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Audits:
    """The audits of Directus; the second one starts when an audit writes."""
    written: Callable[[], Sandbox] = lambda: request.getfixturevalue("written_directus")  # noqa: E731
    return Audits(directus, tmp_path_factory.mktemp("audits"), written)


@pytest.fixture(scope="session")
def audit_of(audits: Audits) -> Callable[[str], Looked]:
    """An audit by its name (the attributes of `Audits`)."""
    return lambda name: getattr(audits, name)


@pytest.fixture(scope="session")
def mocked(prism: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """The audit of a stateless mock, set up like the real system, against the embedded ERP."""
    return audited_pair(tmp_path_factory.mktemp("mocked"), prism.url, str(prism.folder / "openapi.json"))


@pytest.fixture(scope="session")
def unasked(prism: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """The audit of the same project without asking either system."""
    return audited_pair(tmp_path_factory.mktemp("unasked"), prism.url, str(prism.folder / "openapi.json"), offline=True)
