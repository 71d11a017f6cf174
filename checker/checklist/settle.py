"""What the findings say about an item: its lines of needs held against what was found. Pure.

How a claim is answered at a subject. Findings about parts of the subject (`crm/contacts#email`) count for it. For each part the surest finding
with an answer decides; one that says only "unknown" or "error" doesn't talk away what a document says. Evidence that is merely simulated or
assumed answers nothing. One `no` among the parts, or at one of the subjects, is a no.

How lines settle an item:

1. A line *holds* when all of its claims are answered well at all of their subjects, each at least with the least grade (the line's own or
   the gate's, whichever is higher). It is *refuted* by a single no, of whatever grade: bad news needs no minimum. Otherwise it is *open*.
2. The first line that holds or is refuted settles the item; open lines are passed over.
3. A later line may still save a refuted one, since it may name another way to the same end (no filter, but a cheap full read): it has to
   hold, on evidence no weaker than the no. What a probe refuted, a document can't talk away. A line marked `fallback` is for want of the
   lines before it, and saves nothing.
4. A line whose claims all don't apply is passed over; the item doesn't apply when that is so of every line.
5. Where nothing settles it, the item is open, and the gaps of the first open line say what would settle it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from checker.catalogue import Claim
from checker.model.audit import State
from checker.model.checklist import Item, Need, Text
from checker.model.finding import Answer, Finding, Grade
from checker.model.scope import Scope

# Among findings of one grade the worse one decides, so that their order never matters.
WORST_ANSWER_FIRST = (
    Answer.NO, Answer.ERROR, Answer.NOT_PERMITTED, Answer.UNKNOWN, Answer.NOT_APPLICABLE, Answer.YES,
)  # fmt: skip
SILENT = frozenset({Answer.UNKNOWN, Answer.ERROR, Answer.NOT_PERMITTED})


class Why(StrEnum):
    """Why a claim leaves a line open."""

    MISSING = "missing"  # nobody looked
    UNKNOWN = "unknown"  # somebody looked and could not tell
    WEAK = "weak"  # told, but not surely enough
    NOT_PERMITTED = "not-permitted"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Gap:
    """A claim that would have to be settled at a subject, and the finding that falls short, if there is one."""

    claim: str
    subject: str
    why: Why
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What the findings make of an item. `grade` is the least of what it rests on; `decider` the finding that tipped it.

    `assignee` takes the measure, where that is not the item's own.
    """

    state: State
    grade: Grade | None = None
    findings: tuple[Finding, ...] = ()
    decider: Finding | None = None
    measure: Text | None = None
    assignee: str | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def firm(self) -> bool:
        """Whether the findings settle the item by themselves."""
        return self.state not in (State.UNKNOWN, State.ERROR, State.NOT_PERMITTED)


@dataclass(slots=True)
class Known:
    """All findings, each claim's surest answer ready to hand. Simulated and assumed ones are kept: they say why something is still open."""

    _by_place: dict[tuple[str, str], dict[str, list[Finding]]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Known:
        """Index the findings by claim and subject, the parts of a subject under it."""
        known = cls()
        for one in findings:
            whole = one.subject.partition("#")[0]
            known._by_place.setdefault((one.id, whole), {}).setdefault(one.subject, []).append(one)
        return known

    def about(self, claim: str, subject: str) -> tuple[Finding, ...]:
        """The deciding finding about the subject and about each of its parts."""
        parts = self._by_place.get((claim, subject), {})
        return tuple(_surest(parts[part]) for part in sorted(parts))


def _surest(findings: Sequence[Finding]) -> Finding:
    return min(findings, key=lambda one: (one.answer in SILENT, -one.grade.rank, WORST_ANSWER_FIRST.index(one.answer)))


@dataclass(slots=True)
class _Line:
    """One line of needs, held against the findings."""

    need: Need
    good: list[Finding] = field(default_factory=list)
    bad: list[Finding] = field(default_factory=list)
    beside: list[Finding] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return bool(self.good) and not self.bad and not self.gaps

    @property
    def idle(self) -> bool:
        """Whether none of its claims applies."""
        return bool(self.beside) and not (self.good or self.bad or self.gaps)

    def settled(self) -> Settled:
        """What a line that holds gives."""
        weakest = min(self.good, key=lambda one: one.grade.rank)
        told = (*self.good, *self.beside)
        need = self.need
        return Settled(State(need.gives), weakest.grade, told, weakest, measure=need.measure, assignee=need.assignee)


def settle(
    item: Item, subject: str, least: Grade | None, known: Known, scope: Scope, claims: Mapping[str, Claim]
) -> Settled:
    """What the findings make of the item at the subject, where evidence must be of grade `least` or better (None: any that opens gates).

    Raises KeyError for a claim that isn't in `claims`.
    """
    lines = [_hold(need, subject, least, known, scope, claims) for need in item.needs]
    refuted: list[Finding] = []
    first_refuted: _Line | None = None
    for line in lines:
        if line.bad:
            first_refuted = first_refuted or line
            refuted += line.bad
        elif line.holds and not (refuted and line.need.fallback):
            strength = max((one.grade.rank for one in refuted), default=-1)
            if min(one.grade.rank for one in line.good) >= strength:
                return line.settled()
    if first_refuted is not None:
        worst = max(first_refuted.bad, key=lambda one: one.grade.rank)
        told = (*first_refuted.bad, *first_refuted.good)
        return Settled(State.NOT_READY, worst.grade, told, worst, gaps=tuple(first_refuted.gaps))
    return _open(lines)


def _open(lines: Sequence[_Line]) -> Settled:
    """The state of an item that nothing settles, and what would settle it."""
    first = next((line for line in lines if not line.idle), None)
    if first is None:
        idle = tuple(chain.from_iterable(line.beside for line in lines))
        return Settled(State.NOT_APPLICABLE, findings=idle, decider=idle[0]) if idle else Settled(State.UNKNOWN)
    gaps = first.gaps
    kinds = {gap.why for gap in gaps}
    state = (
        State.ERROR if Why.ERROR in kinds
        else State.NOT_PERMITTED if Why.NOT_PERMITTED in kinds
        else State.UNKNOWN
    )  # fmt: skip
    seen = [gap.finding for gap in gaps if gap.finding is not None]
    weak = min((gap.finding.grade for gap in gaps if gap.why is Why.WEAK and gap.finding), default=None, key=_rank)
    return Settled(state, weak, (*seen, *first.good), next(iter(seen), None), gaps=tuple(gaps))


def _rank(grade: Grade) -> int:
    return grade.rank


def _hold(
    need: Need, subject: str, least: Grade | None, known: Known, scope: Scope, claims: Mapping[str, Claim]
) -> _Line:
    """Hold one line against the findings."""
    line = _Line(need)
    floor = max(grade.rank for grade in (need.grade, least, Grade.ANSWERED) if grade is not None)
    for claim in need.all:
        where = scope.subjects_of_claim(subject, claims[claim].scope, claims[claim].stage)
        for place in where:
            findings = known.about(claim, place)
            _weigh(line, findings, floor)
            if not findings:
                line.gaps.append(Gap(claim, place, Why.MISSING))
        if not where:  # a claim that is looked up nowhere must not hold by silence
            line.gaps.append(Gap(claim, subject, Why.MISSING))
    if not need.all:
        line.gaps.append(Gap("", subject, Why.MISSING))
    return line


def _weigh(line: _Line, findings: Iterable[Finding], floor: int) -> None:
    for one in findings:
        why = _shortfall(one, floor)
        if why is not None:
            line.gaps.append(Gap(one.id, one.subject, why, one))
        elif one.answer is Answer.NO:
            line.bad.append(one)
        elif one.answer is Answer.YES:
            line.good.append(one)
        else:
            line.beside.append(one)


def _shortfall(finding: Finding, floor: int) -> Why | None:
    """Why a finding settles nothing; None where it does."""
    if finding.answer in SILENT:
        return Why(str(finding.answer))
    if not finding.grade.opens_gates:
        return Why.WEAK
    return Why.WEAK if finding.answer is Answer.YES and finding.grade.rank < floor else None


def references(findings: Iterable[Finding]) -> tuple[str, ...]:
    """`ID@SUBJECT` of each finding, once."""
    return tuple(dict.fromkeys(f"{one.id}@{one.subject}" for one in findings))


def answered(known: Known, claim: str, places: Iterable[str]) -> Iterator[Answer | None]:
    """The answer of a claim at each place; None where nothing that opens a gate says it."""
    for place in places:
        findings = known.about(claim, place)
        yield from (
            (one.answer if one.answer not in SILENT and one.grade.opens_gates else None for one in findings)
            if findings
            else chain((None,))
        )
