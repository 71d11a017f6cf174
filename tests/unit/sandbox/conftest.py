"""Running pairs for the tests of the sandbox, and a client for each side."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from checker.sandbox.pair import Pair, Running, running_pair


def client(system: Running, header: str = "Authorization") -> httpx.Client:
    """A client with the system's own credentials."""
    value = f"Bearer {system.token}" if header == "Authorization" else system.token
    return httpx.Client(base_url=system.base_url, headers={header: value}, timeout=10, verify=False)


@pytest.fixture(scope="package")
def seeded() -> Iterator[Pair]:
    """A pair that nobody writes to."""
    with running_pair() as pair:
        yield pair


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A fresh pair."""
    with running_pair() as pair:
        yield pair


@pytest.fixture
def crm_reader(seeded: Pair) -> Iterator[httpx.Client]:
    """A client of the CRM that only reads."""
    with client(seeded.crm) as http:
        yield http


@pytest.fixture
def erp_reader(seeded: Pair) -> Iterator[httpx.Client]:
    """A client of the ERP that only reads, below the Mandant."""
    with client(seeded.erp, "X-Api-Key") as http:
        http.base_url = httpx.URL(f"{seeded.erp.base_url}/mandanten/100/")
        yield http


@pytest.fixture
def crm(pair: Pair) -> Iterator[httpx.Client]:
    """A client of a fresh CRM."""
    with client(pair.crm) as http:
        yield http


@pytest.fixture
def erp(pair: Pair) -> Iterator[httpx.Client]:
    """A client of a fresh ERP, below the Mandant."""
    with client(pair.erp, "X-Api-Key") as http:
        http.base_url = httpx.URL(f"{pair.erp.base_url}/mandanten/100/")
        yield http
