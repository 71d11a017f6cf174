"""The embedded pair: a CRM and an ERP that run in this process and answer over HTTP on loopback.

with running_pair() as pair:
    pair.crm.base_url, pair.crm.token, pair.erp.base_url, pair.erp.token
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from checker.sandbox import crm, erp
from checker.sandbox.engine import Fault, Sandbox
from checker.sandbox.seed import seed
from checker.sandbox.server import Server
from checker.sandbox.store import Store
from checker.sandbox.webhooks import Sender, subscriptions

if TYPE_CHECKING:
    from checker.sandbox.faulty import Fault as SwitchedOn
    from checker.sandbox.faulty import Faulty

CRM_DOCUMENT = "crm.openapi.yaml"
ERP_DOCUMENT = "erp.openapi.json"
RATE_LIMIT = 12_000  # requests per minute and token: high enough for an audit, low enough to be a limit
SEED_NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)  # the pair's time at its start, unless another is given


@dataclass(frozen=True, slots=True)
class Running:
    """One running system. `faults` may be changed while it runs; `token` is what its users send."""

    base_url: str
    document: str
    token: str
    readonly_token: str
    store: Store
    faults: dict[str, Fault]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both running systems."""

    crm: Running
    erp: Running


@contextmanager
def running_pair(
    now: datetime = SEED_NOW,
    *,
    ports: tuple[int, int] = (0, 0),
    rate_limit: int = RATE_LIMIT,
    faults: Mapping[str, Mapping[str, Fault]] | None = None,
    switched_on: Collection[str] = (),
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[Pair]:
    """Run both systems with fresh seeds until the block ends. `ports` 0 takes free ones.

    The pair's clock begins at `now` (aware) and goes on with `monotonic`. `faults`: `{"crm": {"GET /contacts": …}}`; `switched_on`: ids of
    `faults.yaml`. Raises KeyError for an id that isn't there.
    """
    began = monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=monotonic() - began)

    crm_store = Store(crm.KINDS, clock, crm.PRECISION)
    erp_store = Store(erp.KINDS, clock, erp.PRECISION)
    seed(crm_store, erp_store, now)
    given = faults or {}
    sender = Sender(crm_store, bends=[one.sends() for one in _own("crm", switched_on) if one.sends is not None])
    spoken = crm.Crm(crm_store, subscriptions(crm_store), rate_limit, monotonic)
    crm_app = Sandbox(CRM_DOCUMENT, spoken, crm_store, crm.BASE_PATH, given.get("crm"))
    erp_app = Sandbox(ERP_DOCUMENT, erp.Erp(erp_store), erp_store, erp.BASE_PATH, given.get("erp"))
    servers: list[Server] = []
    try:
        servers.append(Server(_with(crm_app, crm_store, "crm", switched_on), ports[0]))
        servers.append(Server(_with(erp_app, erp_store, "erp", switched_on), ports[1]))
        origins = [one.origin for one in servers]
        yield Pair(
            Running(origins[0] + crm.BASE_PATH, CRM_DOCUMENT, crm.TOKEN, crm.READ_TOKEN, crm_store, crm_app.faults),
            Running(origins[1] + erp.BASE_PATH, ERP_DOCUMENT, erp.KEY, erp.READ_KEY, erp_store, erp_app.faults),
        )
    finally:
        for server in servers:
            server.stop()
        sender.stop()


def _with(app: Sandbox, store: Store, system: str, switched_on: Collection[str]) -> Sandbox | Faulty:
    """The system with those of the faults that are its own; without any it is what it was."""
    own = _own(system, switched_on)
    if not own:
        return app
    from checker.sandbox import faulty  # noqa: PLC0415 - a healthy pair needs none of them

    return faulty.Faulty(app, store, own)


def _own(system: str, switched_on: Collection[str]) -> list[SwitchedOn]:
    if not switched_on:
        return []
    from checker.sandbox import faulty  # noqa: PLC0415 - as above

    return [faulty.FAULTS[name] for name in switched_on if faulty.listed()[name].system == system]
