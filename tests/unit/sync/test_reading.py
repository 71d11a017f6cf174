"""What is kept of a system's records goes when nobody may use it any more; whose view of a system it is tells credentials apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from checker.project.types import BearerAuth, Fixed, RefreshTokenAuth, System
from checker.resources.extraction import GOES_ON_FOR, HOLDS_FOR
from checker.resources.kept import Asker, Kept
from checker.store import Store
from checker.sync.reading import Keeping, Reader, eyes
from tests.clients import client

NOW = datetime(2026, 11, 27, 10, 32, tzinfo=UTC)
URL = "http://127.0.0.1:9"


@pytest.mark.parametrize(("finished", "holds"), [(True, HOLDS_FOR), (False, GOES_ON_FOR)])
def test_records_are_removed_by_the_next_run_once_nobody_may_use_them(
    tmp_path: Path, finished: bool, holds: timedelta
) -> None:
    """A finished reading after an hour, one that stopped after two days, whatever that run reads."""
    path = Store(tmp_path).records_file("crm/contacts")
    kept = Kept(path)
    state = kept.begin(Asker("me", "contacts"), NOW)
    kept.note(replace(state, finished=NOW if finished else None))
    kept.close()
    Reader(Store(tmp_path), Keeping(now=lambda: NOW + holds)).close()
    assert path.exists()
    Reader(Store(tmp_path), Keeping(now=lambda: NOW + holds + timedelta(seconds=1))).close()
    assert not path.exists()


def test_other_credentials_or_another_tenant_are_other_eyes() -> None:
    """The token decides in many systems whose records one sees; so does what goes with every request. A refresh token changes by itself."""

    def seen(token: str, **more: object) -> str:
        auth = BearerAuth(token="${env:TOKEN}")
        made = client(URL, auth, secrets={"TOKEN": token}, **more)
        made.close()
        return eyes(made, System(base_url=URL, auth=auth), lambda text: text.replace("${env:TOKEN}", token))

    assert seen("one") == seen("one")
    assert len({seen("one"), seen("two"), seen("one", fixed=Fixed(headers={"X-Tenant": "acme"}))}) == 3
    refreshing = RefreshTokenAuth(
        token_url=f"{URL}/token", client_id="us", client_secret="${env:SECRET}", refresh_token="${file:token}"
    )
    made = client(URL)
    made.close()
    told = {eyes(made, System(base_url=URL, auth=refreshing), lambda text, at=at: f"{text}{at}") for at in range(2)}
    assert len(told) == 1
