"""Evidence gets its numbers last: sorted by system, probe and sequence, so that the same answers give the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from msgspec.structs import replace

from checker.model.audit import Rehearsal
from checker.model.finding import (
    ActionEvidence,
    CountEvidence,
    DocumentEvidence,
    Evidence,
    ExchangeEvidence,
    Finding,
    PersonEvidence,
    ProjectEvidence,
)

PREFIXES: Mapping[type[Evidence], str] = {
    ExchangeEvidence: "ex",
    DocumentEvidence: "doc",
    CountEvidence: "count",
    PersonEvidence: "answer",
    ActionEvidence: "act",
    ProjectEvidence: "proj",
}


def numbered(
    findings: Iterable[Finding], evidence: Mapping[str, Evidence], rehearsal: Rehearsal
) -> tuple[tuple[Finding, ...], Rehearsal, dict[str, Evidence]]:
    """The findings sorted by subject and id, the rehearsal, and the evidence that both point at, under numbers (`ex-12`, `doc-3`)."""
    ordered = sorted(findings, key=lambda one: (one.subject, one.id, -one.grade.rank))
    named = chain((one.evidence for one in ordered), (one.evidence for one in rehearsal.steps))
    used = {key for keys in named for key in keys if key in evidence}
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for key in sorted(used):
        prefix = PREFIXES[type(evidence[key])]
        counts[prefix] += 1
        names[key] = f"{prefix}-{counts[prefix]}"
    found = tuple(replace(one, evidence=_named(one.evidence, names)) for one in ordered)
    steps = tuple(replace(one, evidence=_named(one.evidence, names)) for one in rehearsal.steps)
    return found, replace(rehearsal, steps=steps), {names[key]: evidence[key] for key in sorted(used)}


def _named(keys: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names[key] for key in keys if key in names)
