"""Tokens while they are used: one that ends before its time is renewed on the way, and the audit tells it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from checker.client.messages import Request
from checker.client.recorder import Recorder
from checker.model.finding import Finding
from checker.model.profile import DocumentInfo, Profile
from checker.probes import access
from checker.probes.base import Ledger
from checker.probes.contexts import SystemLook
from checker.probes.run import ask
from checker.project.types import ClientCredentialsAuth, System
from tests.clients import FAST, Time, client
from tests.servers import Answered, Asked, serve

HOUR_S = 3600


@dataclass
class Counting:
    """An OAuth server whose tokens end after a number of requests; `closed` is a path that nobody may read, which is told by a 401, too."""

    carries: int
    expires_in: int | None = HOUR_S
    given: int = 0
    used: int = 0
    closed: str = "/closed"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, asked: Asked) -> Answered | Any:
        """A token, or a list for whoever has one that lives."""
        with self.lock:
            if asked.path == "/token":
                self.given, self.used = self.given + 1, 0
                return {"access_token": f"tok-{self.given}", "token_type": "Bearer", "expires_in": self.expires_in}
            self.used += 1
            lives = asked.headers.get("authorization") == f"Bearer tok-{self.given}" and self.used <= self.carries
            return {"data": []} if lives and asked.path != self.closed else Answered(401, {"error": "invalid_token"})


def told(counting: Counting, requests: int, path: str = "/contacts") -> tuple[Finding, list[int]]:
    """What is said of the tokens after so many requests, ten seconds apart, and how these were answered."""
    at = Time()
    with serve(counting) as server:
        auth = ClientCredentialsAuth(token_url=f"{server.url}/token", client_id="id", client_secret="${env:S}")
        made, recorder = client(server.url, auth, at=at, secrets={"S": "s3cret"}), Recorder()
        settings = System(base_url=server.url, auth=auth, limits=FAST)
        whole = Profile(document=DocumentInfo(title="t", version="1", openapi="3.1.0", source="t.json"))
        look = SystemLook("crm", settings, whole, None, made, recorder, Ledger())
        statuses = []
        for _ in range(requests):
            statuses.append(look.client.send(Request("GET", path)).status)
            at.ahead += 10
        found = next(iter(ask(access.lifetime, look, "crm")))
        made.close()
    return found, statuses


def test_tokens_that_end_before_their_time_are_renewed_at_once_and_told() -> None:
    """Each request is answered well in the end; the report says how early tokens ended, for whoever builds the connector has to renew them, too."""
    found, statuses = told(Counting(carries=3), 9)
    assert statuses == [200] * 9
    assert found.answer.value == "no"
    assert {name: found.values[name] for name in ("lifetime", "times", "after", "requests")} == {
        "lifetime": HOUR_S, "times": 2, "after": 30, "requests": 4,
    }  # fmt: skip
    assert len(found.evidence) == 2


@pytest.mark.parametrize(
    ("counting", "requests", "path", "said"),
    [
        (Counting(1000), 9, "/contacts", ("yes", None)),
        (Counting(3), 5, "/contacts", ("unknown", "once-is-chance")),  # somebody else signed in
        (Counting(3, expires_in=None), 9, "/contacts", ("unknown", "no-lifetime-told")),
        (Counting(1000), 3, "/closed", ("yes", None)),  # a right that is missing ends no token
    ],
)
def test_what_ends_no_token_is_not_held_against_it(
    counting: Counting, requests: int, path: str, said: tuple[str, str | None]
) -> None:
    """One refusal may have another cause; without a time that was told nothing came too early; a 401 to the new token as well is about the path."""
    found, _ = told(counting, requests, path)
    assert (found.answer.value, found.values.get("reason")) == said
