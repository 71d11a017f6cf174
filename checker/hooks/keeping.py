"""A delivery as evidence, and as the line that is kept of it: personal data masked, secrets taken out."""

from __future__ import annotations

import msgspec

from checker.client.recorder import Exchange, Recorder
from checker.receiver import UNANSWERED, Delivery


def exchange(delivery: Delivery, base: str) -> Exchange:
    """A delivery as an exchange: what came to the receiver at `base`, and what was answered."""
    headers = tuple(delivery.headers.items())
    answered = None if delivery.status == UNANSWERED else delivery.status
    return Exchange("POST", base + delivery.path, headers, delivery.body, delivery.at, status=answered)


def kept(recorder: Recorder, system: str, base: str, delivery: Delivery) -> bytes:
    """The line of a delivery in the file of kept events, as JSON."""
    shown = recorder.shown(system, exchange(delivery, base))
    return msgspec.json.encode(
        {"system": system, "at": shown.at, "request": shown.request, "status": delivery.status or None}
    )
