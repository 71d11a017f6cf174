"""What a run asks: not what `--only` and `--skip` leave out, and not what the interrupted audit that it resumes has settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.model.finding import Answer, Finding
from checker.model.selection import Selection
from checker.probes.base import Probe
from checker.probes.run import left_open

LEFT_OUT = "left-out"
# What stays as it is when a run goes on; what was open or broke is asked again.
SETTLED = frozenset({Answer.YES, Answer.NO, Answer.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Round:
    """The questions of one run. `earlier`: what an interrupted audit found, by claim and subject."""

    selection: Selection = field(default_factory=Selection)
    earlier: Mapping[tuple[str, str], Finding] = field(default_factory=dict)

    def spared(self, probe: Probe[Any], subject: str) -> list[Finding] | None:
        """What is said of a probe that needn't be asked; None where it has to be."""
        if not self.selection.asks(probe.claims, subject):
            return list(left_open(probe.claims, subject, LEFT_OUT))
        known = [self.earlier[claim, subject] for claim in probe.claims if (claim, subject) in self.earlier]
        settled = len(known) == len(probe.claims) and all(one.answer in SETTLED for one in known)
        return list(self.narrowed(known)) if settled else None

    def narrowed(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """The findings, those that weren't asked for left open: a probe may answer more than what was selected."""
        for one in found:
            if self.selection.asks([one.id], one.subject):
                yield one
            else:
                yield from left_open([one.id], one.subject, LEFT_OUT)
