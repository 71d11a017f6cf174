"""Runs probes: answers become findings, what is left unsaid becomes unknown, a crash becomes the answer "error"."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from checker.catalogue import finding
from checker.errors import (
    DeadlineError,
    OriginError,
    RefusedError,
    TooLargeError,
    TransportError,
    UnreachableError,
    UnreadableError,
)
from checker.model.finding import Answer, Finding, Grade
from checker.probes.base import Probe, Told, unknown

logger = logging.getLogger(__name__)

# Why a question stayed open, by what went wrong on the way; codes of catalogue/reasons.yaml.
REASONS: tuple[tuple[type[TransportError], str], ...] = (
    (UnreachableError, "unreachable"),
    (DeadlineError, "deadline"),
    (TooLargeError, "too-large"),
    (OriginError, "other-origin"),
    (UnreadableError, "unreadable-answer"),
    (TransportError, "unreachable"),
)
# What says more than its type.
CODES = {
    "http.told-to-wait": "rate-limited",
    "http.requests-used-up": "budget-used-up",
    "http.quota-share-used-up": "budget-used-up",
    "http.token-refused": "credentials-refused",
    "http.no-token-in-answer": "unreadable-answer",
    "http.cut": "connection-lost",
    "write.credentials-lost": "credentials-refused",
}


def reason_of(error: TransportError) -> str:
    """The reason's code for a request that got no usable answer."""
    named = (CODES[one.code] for one in error.problems if one.code in CODES)
    return next(named, next(reason for kind, reason in REASONS if isinstance(error, kind)))


def why(error: TransportError) -> dict[str, Any]:
    """The values of a question that a request left open: the reason, and until when the system does not want to be asked."""
    until = next((one.values["until"] for one in error.problems if one.values.get("until")), None)
    return {"reason": reason_of(error)} | ({"until": until} if until else {})


def redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """A value without this run's secrets: some systems say back what they were sent."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redacted(name, redact): redacted(one, redact) for name, one in value.items()}
    return [redacted(one, redact) for one in value] if isinstance(value, list | tuple) else value


def ask(probe: Probe[Any], look: Any, subject: str) -> Iterator[Finding]:
    """Run one probe about `subject`; gives exactly one finding for each of its claims."""
    told: dict[str, Told] = {}
    open_ = {"reason": "not-settled"}
    crash = None
    evidence: tuple[str, ...] = ()
    try:
        for one in probe.ask(look):
            told[one.claim] = one
    except TransportError as error:
        open_, evidence = why(error), (error.exchange,) if error.exchange else ()
    except RefusedError:  # the writer's: what a probe would change is no test record of ours
        open_ = {"reason": "not-ours"}
    except Exception as error:  # a probe's crash must not end the audit: it becomes the finding "error"
        logger.debug("probe %s crashed", probe.name, exc_info=True)
        crash = type(error).__name__
    if told.keys() - set(probe.claims):
        crash = f"{probe.name} answered what it doesn't name: {', '.join(told)}"
    for claim in probe.claims:
        if claim in told:
            one = told[claim]
            yield finding(claim, subject, one.answer, Grade.PROBED, redacted(one.values, look.redact), one.evidence)
        elif crash is not None:
            yield finding(claim, subject, Answer.ERROR, Grade.PROBED, {"error": crash})
        else:
            yield finding(claim, subject, Answer.UNKNOWN, Grade.PROBED, open_, evidence)


def left_open(claims: Iterable[str], subject: str, reason: str) -> Iterator[Finding]:
    """One finding "unknown" for each claim that could not be asked about, with the reason (a code of catalogue/reasons.yaml)."""
    for claim in claims:
        one = unknown(claim, reason)
        yield finding(claim, subject, one.answer, Grade.PROBED, one.values)
