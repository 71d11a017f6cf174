"""What one situation of the rehearsal came to, and the findings that follow from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker import catalogue
from checker.catalogue.rehearsal_texts import said, tell_all
from checker.model.audit import RehearsalStep, Said, StepOutcome
from checker.model.finding import Answer, Finding, Grade
from checker.probes.base import Told, unknown

# The claims that a flow's situations settle, by the situation that is asked about when none was settled.
FLOW_CLAIMS = (
    "rehearsal.first-load",
    "rehearsal.create-policy-kept",
    "rehearsal.amounts-agree",
    "rehearsal.second-run-idle",
    "rehearsal.update-policy-kept",
    "rehearsal.own-writes-recognised",
    "rehearsal.fields-merge",
    "rehearsal.conflict-found",
    "rehearsal.refused-value-listed",
    "rehearsal.outage-survived",
    "rehearsal.multi-hit-stops",
    "rehearsal.guard-stops",
    "rehearsal.delete-policy-kept",
)
DIRECTION_CLAIM = "rehearsal.change-travels"
ORDER_CLAIM = "rehearsal.load-order-works"


@dataclass(frozen=True, slots=True)
class Scene:
    """A situation as it was played. `told` holds answers about the flow, or about `about` where one names another subject."""

    name: str
    outcome: StepOutcome
    did: tuple[Said, ...] = ()
    happened: tuple[Said, ...] = ()
    decide: tuple[Said, ...] = ()
    actions: int = 0
    evidence: tuple[str, ...] = ()
    told: tuple[tuple[str, Told], ...] = ()

    def step(self, flow: str | None) -> RehearsalStep:
        """The situation as the audit keeps it."""
        return RehearsalStep(
            name=self.name,
            outcome=self.outcome,
            says=tell_all(self.happened, "en"),
            actions=self.actions,
            flow=flow,
            did=self.did,
            happened=self.happened,
            decide=self.decide,
            evidence=self.evidence,
        )


def skipped(name: str, code: str, *told: tuple[str, Told], **values: Any) -> Scene:
    """A situation that can't occur here, with the reason, and what follows from that."""
    return Scene(name, StepOutcome.SKIPPED, happened=(said(code, **values),), told=told)


def not_applicable(claim: str) -> Told:
    """The claim is about something that can't occur here."""
    return Told(claim, Answer.NOT_APPLICABLE)


def broke_off(name: str, reason: str, evidence: Iterable[str] = (), did: tuple[Said, ...] = ()) -> Scene:
    """A situation that could not be played to its end; `reason` is a code of the catalogue or an error's own words."""
    return Scene(
        name, StepOutcome.UNKNOWN, did=did, happened=(said("broke-off", reason=reason),), evidence=tuple(evidence)
    )


def findings_of(
    flow: str, directions: Iterable[tuple[str, str]], scenes: Sequence[Scene], reason: str = "not-played"
) -> Iterator[Finding]:
    """One finding for each claim about a flow and its directions: what its scenes told, else unknown with the reason.

    Of several answers to one claim the bad one counts: what failed once has failed.
    """
    told: dict[tuple[str, str], Told] = {}
    for scene in scenes:
        for subject, one in scene.told:
            held = told.get((one.claim, subject))
            if held is None or (held.answer is not Answer.NO and one.answer is not Answer.UNKNOWN):
                told[one.claim, subject] = one
    subjects = [(f"flow:{flow}", claim) for claim in FLOW_CLAIMS]
    subjects += [(f"flow:{flow}:{source}->{target}", DIRECTION_CLAIM) for source, target in directions]
    for subject, claim in subjects:
        one = told.get((claim, subject), unknown(claim, reason))
        yield catalogue.finding(claim, subject, one.answer, Grade.PROBED, one.values, one.evidence)


def order_finding(unlinked: Mapping[str, Sequence[str]], loaded: Sequence[str], linking: Sequence[str]) -> Finding:
    """Whether all flows could be loaded in their order: `unlinked` fields by flow, the flows loaded, and those of them that point at others."""
    missing = {flow: list(fields) for flow, fields in unlinked.items() if fields}
    if missing:
        return catalogue.finding(ORDER_CLAIM, "pair", Answer.NO, Grade.PROBED, {"missing_links": missing})
    if not linking or set(linking) - set(loaded):
        return catalogue.finding(ORDER_CLAIM, "pair", Answer.UNKNOWN, Grade.PROBED, {"reason": "not-played"})
    return catalogue.finding(ORDER_CLAIM, "pair", Answer.YES, Grade.PROBED, {"order": list(loaded)})
