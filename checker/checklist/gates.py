"""Gates: results → the verdict, per flow and over all (design.md, Gates, severity, verdict). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from checker.model.audit import Result, State, Verdict
from checker.model.checklist import Gate, Severity
from checker.model.scope import Scope

GATES = tuple(Gate)
SEVERITIES = tuple(Severity)
# A gate's states, worst first.
GATE_STATES = (State.NOT_READY, State.UNKNOWN, State.CONDITIONAL, State.READY)
# What a result's state means for a gate: what could not be looked at is open, what somebody answers for or doesn't apply is clear.
AT_GATE = {
    State.ERROR: State.UNKNOWN,
    State.NOT_PERMITTED: State.UNKNOWN,
    State.WAIVED: State.READY,
    State.NOT_APPLICABLE: State.READY,
}
# The least severity that counts at each gate.
COUNTS_FROM = {Gate.START: Severity.BLOCKER, Gate.BUILD: Severity.BLOCKER, Gate.GO_LIVE: Severity.MAJOR}


def verdict(results: Sequence[Result], scope: Scope, gate: Gate, fail_on: Severity | None = None) -> Verdict:
    """The verdict at the asked gate. `fail_on` is the least severity that counts, at every gate, instead of the usual ones.

    A flow's gate is the worst of the flow's own results, its systems' and the pair's, of this gate and of those before it; the audit's is the
    worst of its flows'. `blocking` names every result that counts and doesn't pass the asked gate, the worst first.
    """
    flows = {
        flow.name: {str(one): str(_state(_of_flow(results, flow.name), one, fail_on)) for one in GATES}
        for flow in scope.flows
    }
    # results that belong to no flow (a project without flows) still count for the whole
    homeless = [one for one in results if not one.flows]
    gates = {
        str(one): str(worst([_state(homeless, one, fail_on), *(State(states[str(one)]) for states in flows.values())]))
        for one in GATES
    }
    counted = Counter(str(one.state) for one in results)
    return Verdict(
        ready=passes(State(gates[str(gate)]), gate),
        gate=str(gate),
        gates=gates,
        flows=flows,
        blocking=_blocking(results, gate, fail_on),
        counts={str(state): counted[str(state)] for state in State},
    )


def exit_code(verdict: Verdict) -> int:
    """0 ready; 1 not ready (or go-live hangs on measures that are not done); 3 undecided: nothing failed, something that counts is unknown."""
    if verdict.ready:
        return 0
    return 3 if verdict.gates[verdict.gate] == State.UNKNOWN else 1


def worst(states: Iterable[State]) -> State:
    """The worst of some gate states; ready where there are none."""
    return min(states, key=GATE_STATES.index, default=State.READY)


def passes(state: State, gate: Gate) -> bool:
    """Whether a state passes a gate: ready always, conditional at start and build."""
    return state is State.READY or (state is State.CONDITIONAL and gate is not Gate.GO_LIVE)


def at_gate(result: Result) -> State:
    """What a result means for a gate; a conditional whose measure is done is clear."""
    if result.state is State.CONDITIONAL and result.measure_done:
        return State.READY
    return AT_GATE.get(result.state, result.state)


def counts(result: Result, gate: Gate, fail_on: Severity | None = None) -> bool:
    """Whether a result counts at a gate: it belongs to this gate or one before it, and is severe enough."""
    least = fail_on or COUNTS_FROM[gate]
    return GATES.index(Gate(result.gate)) <= GATES.index(gate) and (
        SEVERITIES.index(Severity(result.severity)) <= SEVERITIES.index(least)
    )


def _of_flow(results: Iterable[Result], flow: str) -> list[Result]:
    return [one for one in results if flow in one.flows]


def _state(results: Iterable[Result], gate: Gate, fail_on: Severity | None) -> State:
    return worst(at_gate(one) for one in results if counts(one, gate, fail_on))


def _blocking(results: Iterable[Result], gate: Gate, fail_on: Severity | None) -> tuple[str, ...]:
    holding = [one for one in results if counts(one, gate, fail_on) and not passes(at_gate(one), gate)]
    held_up = Counter(one.waits_on for one in results if one.waits_on)

    def weight(one: Result) -> tuple[int, int, int, int]:
        return (
            GATE_STATES.index(at_gate(one)),
            SEVERITIES.index(Severity(one.severity)),
            GATES.index(Gate(one.gate)),
            -held_up[f"{one.item}@{one.subject}"],
        )

    return tuple(dict.fromkeys(f"{one.item}@{one.subject}" for one in sorted(holding, key=weight)))
