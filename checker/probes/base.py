"""What a probe is: a small experiment that answers yes-or-no questions about one subject and shows evidence.

A probe yields `Told`s; the runner (`run.py`) makes findings of them, fills in what was left unsaid as unknown, and turns a crash into
the answer "error". A probe knows nothing of severity, and nothing of the checklist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from checker.model.finding import Answer, Evidence

Look = TypeVar("Look")


class Told(NamedTuple):
    """One answer of a probe, about the probe's subject."""

    claim: str
    answer: Answer
    values: Mapping[str, Any] = {}
    evidence: tuple[str, ...] = ()


def yes(claim: str, evidence: tuple[str, ...] = (), **values: Any) -> Told:
    """The claim holds."""
    return Told(claim, Answer.YES, values, evidence)


def no(claim: str, evidence: tuple[str, ...] = (), **values: Any) -> Told:
    """The claim doesn't hold."""
    return Told(claim, Answer.NO, values, evidence)


def unknown(claim: str, reason: str, evidence: tuple[str, ...] = (), **values: Any) -> Told:
    """The claim could not be settled; `reason` is a code of `catalogue/reasons.yaml`."""
    return Told(claim, Answer.UNKNOWN, {**values, "reason": reason}, evidence)


def not_applicable(claim: str) -> Told:
    """The claim is about something that the document doesn't speak of and that can well be missing."""
    return Told(claim, Answer.NOT_APPLICABLE)


def whether(claim: str, holds: bool, evidence: tuple[str, ...] = (), **values: Any) -> Told:
    """Yes where it holds, no where it doesn't."""
    return Told(claim, Answer.YES if holds else Answer.NO, values, evidence)


@dataclass(frozen=True, slots=True)
class Probe(Generic[Look]):
    """The claims it answers, each time it runs, and the experiment. `scope` says what its subject is: system or resource."""

    name: str
    claims: tuple[str, ...]
    scope: str
    ask: Callable[[Look], Iterator[Told]]


def probe(*claims: str, scope: str) -> Callable[[Callable[[Look], Iterator[Told]]], Probe[Look]]:
    """Make a probe of a function that yields `Told`s about `claims`."""

    def made(ask: Callable[[Look], Iterator[Told]]) -> Probe[Look]:
        return Probe(ask.__name__.replace("_", "-"), claims, scope, ask)

    return made


@dataclass(slots=True)
class Ledger:
    """Evidence that is no HTTP exchange, by key; keys sort by system, probe, sequence."""

    evidence: dict[str, Evidence] = field(default_factory=dict)

    def add(self, key: str, evidence: Evidence) -> str:
        """Keep the evidence under `key`, and give the key back."""
        self.evidence[key] = evidence
        return key
