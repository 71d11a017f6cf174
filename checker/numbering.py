"""Evidence gets its numbers last: sorted by system, probe and sequence, so that the same answers give the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

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
    findings: Iterable[Finding], evidence: Mapping[str, Evidence]
) -> tuple[tuple[Finding, ...], dict[str, Evidence]]:
    """The findings sorted by subject and id, and the evidence that they point at, under numbers (`ex-12`, `doc-3`)."""
    ordered = sorted(findings, key=lambda one: (one.subject, one.id, -one.grade.rank))
    used = {key for one in ordered for key in one.evidence if key in evidence}
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for key in sorted(used):
        prefix = PREFIXES[type(evidence[key])]
        counts[prefix] += 1
        names[key] = f"{prefix}-{counts[prefix]}"
    renamed = tuple(replace(one, evidence=tuple(names[key] for key in one.evidence if key in names)) for one in ordered)
    return renamed, {names[key]: evidence[key] for key in sorted(used)}
