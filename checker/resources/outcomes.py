"""What came of a write: what its answer says, or that there was none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from checker.client.messages import Response
from checker.errors import TransportError, UnreachableError
from checker.resources import sending
from checker.resources.resource import Resource

TIMED_OUT, SERVER_ERROR = 408, 500
REDIRECTS = frozenset({301, 302, 303, 307, 308})  # after a write: 303 may lead to what was created
TOLD_TO_WAIT = "http.told-to-wait"
# Codes of errors after which it is sure that nothing was sent.
NOT_SENT = frozenset(
    {"http.requests-used-up", "http.quota-share-used-up", "http.told-to-wait", "http.token-refused", "write.credentials-lost"}
)  # fmt: skip


class Outcome(StrEnum):
    """What came of a write. UNKNOWN: it was sent, and nobody knows whether it was stored."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Written:
    """A write and what came of it. `record` is what the answer shows, `record_id` the written record's; both None where nobody told."""

    outcome: Outcome
    response: Response | None
    record: dict[str, Any] | None
    record_id: str | None
    error: TransportError | None
    intent: int

    @property
    def ok(self) -> bool:
        """Whether it was stored."""
        return self.outcome is Outcome.DONE

    @property
    def evidence(self) -> tuple[str, ...]:
        """The exchange's key, where something was recorded."""
        key = self.response.exchange if self.response is not None else self.error.exchange if self.error else None
        return (key,) if key else ()


def unanswered(error: TransportError, intent: int) -> Written:
    """What is known of a write that nobody answered."""
    nothing_left = isinstance(error, UnreachableError) or any(one.code in NOT_SENT for one in error.problems)
    # Told to wait by the answer to this very write: it was sent, and a 503 says nothing about what was stored.
    nothing_left = nothing_left and not (error.exchange and error.problems[0].code == TOLD_TO_WAIT)
    return Written(Outcome.REFUSED if nothing_left else Outcome.UNKNOWN, None, None, None, error, intent)


def answered(resource: Resource, verb: str, response: Response, intent: int) -> Written:
    """What the answer to a write says came of it."""
    if not response.ok:
        unclear = response.status >= SERVER_ERROR or response.status == TIMED_OUT or response.status in REDIRECTS
        return Written(Outcome.UNKNOWN if unclear else Outcome.REFUSED, response, None, None, None, intent)
    record = sending.answered(response, resource.profile, verb)
    if sending.says_error(response) and (record is None or resource.id_of(record) is None):
        return Written(Outcome.REFUSED, response, None, None, None, intent)
    return Written(Outcome.DONE, response, record, None, None, intent)
