"""Which events a receiver may trust: signed with a secret that is known, fresh, and not seen before (acceptance C36)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from checker.hooks.events import read_event
from checker.hooks.signatures import verified

TAKEN, AGAIN, UNTRUSTED = 204, 208, 401
MOST_REMEMBERED = 100_000


@dataclass
class Guard:
    """Says with which status an event is answered. Without `secrets` every event is taken; several hold while one is renewed.

    `url` is where events come to, which some sign. An event whose id was seen before is answered well, so that it isn't sent again, and told apart (208). Thread-safe.
    """

    secrets: tuple[str, ...] = ()
    url: str = ""
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    _seen: dict[str, None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _path: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status for one event. `headers` in lower case, `body` as it came."""
        if self.secrets and verified(headers, body, self.secrets, self.now(), self.url).state != "valid":
            return UNTRUSTED
        told = read_event(headers, body).id
        return TAKEN if told is None or self._first(told) else AGAIN

    def _first(self, told: str) -> bool:
        """Whether an id is new. Of too many the older half is forgotten: their time stamps are stale by then."""
        with self._lock:
            if len(self._seen) >= MOST_REMEMBERED:
                self._seen = dict.fromkeys(list(self._seen)[MOST_REMEMBERED // 2 :])
            new = told not in self._seen
            self._seen[told] = None
            return new
