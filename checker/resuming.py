"""Going on with an interrupted audit: what its look had settled is taken over, as long as the ground is the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from checker.errors import InputError, Problem
from checker.model.audit import Audit
from checker.model.finding import Evidence, Finding, Subject
from checker.probes import LAST_SYSTEM_PROBES, RESOURCE_PROBES, SYSTEM_PROBES
from checker.probes.base import Probe

INTERRUPTED = "interrupted"
LOOK: tuple[Probe[Any], ...] = (*SYSTEM_PROBES, *RESOURCE_PROBES, *LAST_SYSTEM_PROBES)
PROBE_OF = {claim: probe.name for probe in LOOK for claim in probe.claims}


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier audit found by looking: findings by claim and subject, and their evidence under this run's kind of keys."""

    findings: Mapping[tuple[str, str], Finding] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


def earlier(saved: Audit, made_from: Mapping[str, str]) -> Earlier:
    """What can be taken over of an audit that was interrupted. `made_from`: digests of what this run rests on.

    Raises InputError where it wasn't interrupted, and where the project or a document has changed since: its findings are of another ground.
    """
    if saved.stopped != INTERRUPTED:
        raise InputError(Problem("resume.not-interrupted", {"started": saved.started}))
    moved = sorted(name for name in {*saved.made_from, *made_from} if saved.made_from.get(name) != made_from.get(name))
    if moved:
        raise InputError(Problem("resume.moved", {"started": saved.started, "moved": moved}))
    looked = [one for one in saved.findings if one.id in PROBE_OF]
    names = dict(_names(looked, saved.evidence))
    found = (replace(one, evidence=tuple(names[key] for key in one.evidence if key in names)) for one in looked)
    return Earlier(
        {(one.id, one.subject): one for one in found}, {new: saved.evidence[key] for key, new in names.items()}
    )


def _names(findings: Iterable[Finding], evidence: Mapping[str, Evidence]) -> Iterator[tuple[str, str]]:
    """Each piece of evidence with a key as the recorder gives them, which sort by system, probe, subject and sequence."""
    seen: set[str] = set()
    for one in findings:
        system = Subject.parse(one.subject).system
        for key in one.evidence:
            if key in evidence and key not in seen:
                seen.add(key)
                yield key, f"{system}|{PROBE_OF[one.id]}|{one.subject}|earlier-{len(seen):04d}"
