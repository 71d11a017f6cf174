"""Gates per flow, severities, the verdict and its exit code."""

import pytest
from judging import SCOPE

from checker.checklist.gates import exit_code, verdict
from checker.model.audit import Result, State
from checker.model.checklist import Gate, Severity
from checker.model.scope import Scope

BOTH = ("contacts", "invoices")


def result(state=State.READY, severity="blocker", gate="build", flows=BOTH, item="i", subject="pair", **more) -> Result:
    return Result(
        item=item,
        subject=subject,
        state=State(state),
        severity=severity,
        gate=gate,
        grade=None,
        summary="",
        flows=flows,
        **more,
    )


def gates(*results, gate=Gate.GO_LIVE, **more) -> dict[str, str]:
    return verdict(results, SCOPE, gate, **more).gates


def test_a_flows_gate_holds_only_what_concerns_it():
    """A bad product list doesn't hold up the contacts; the audit's gate is the worst of its flows'."""
    told = verdict([result("not-ready", flows=("invoices",))], SCOPE, Gate.BUILD)
    assert told.flows["contacts"] == {"start": "ready", "build": "ready", "go-live": "ready"}
    assert told.flows["invoices"] == {"start": "ready", "build": "not-ready", "go-live": "not-ready"}
    assert told.gates["build"] == "not-ready"


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        (("ready", "conditional"), "conditional"),
        (("conditional", "unknown"), "unknown"),
        (("unknown", "not-ready"), "not-ready"),
        (("ready", "error"), "unknown"),
        (("ready", "not-permitted"), "unknown"),
        (("waived", "not-applicable"), "ready"),
        ((), "ready"),
    ],
)
def test_a_gate_is_the_worst_of_its_items(states, worst):
    """not-ready > unknown > conditional > ready; what could not be looked at is open."""
    assert gates(*map(result, states), gate=Gate.BUILD)["build"] == worst


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("blocker", ("not-ready", "not-ready", "not-ready")),
        ("major", ("ready", "ready", "not-ready")),
        ("minor", ("ready", "ready", "ready")),
        ("info", ("ready", "ready", "ready")),
    ],
)
def test_blockers_count_everywhere_majors_at_go_live(severity, expected):
    """Which severities count depends on the gate."""
    assert tuple(gates(result("not-ready", severity, "start")).values()) == expected


def test_a_gate_contains_the_gates_before_it():
    """What stops the start stops everything after it, and nothing before."""
    assert tuple(gates(result("unknown", gate="start")).values()) == ("unknown",) * 3
    assert tuple(gates(result("unknown", gate="go-live")).values()) == ("ready", "ready", "unknown")


def test_fail_on_overrides_what_counts():
    """`--fail-on minor` lets minors count at every gate, `--fail-on blocker` only blockers."""
    minor = result("not-ready", "minor", "start")
    assert set(gates(minor, fail_on=Severity.MINOR).values()) == {"not-ready"}
    assert set(gates(result("not-ready", "major"), fail_on=Severity.BLOCKER).values()) == {"ready"}


def test_a_conditional_passes_build_but_go_live_only_when_done():
    """The measure has to be marked as done before production is written."""
    open_, done = result("conditional"), result("conditional", measure_done=True)
    assert verdict([open_], SCOPE, Gate.BUILD).ready
    assert not verdict([open_], SCOPE, Gate.GO_LIVE).ready
    assert verdict([done], SCOPE, Gate.GO_LIVE).ready


@pytest.mark.parametrize(
    ("state", "gate", "code"),
    [
        ("ready", Gate.GO_LIVE, 0),
        ("conditional", Gate.BUILD, 0),
        ("conditional", Gate.GO_LIVE, 1),
        ("not-ready", Gate.GO_LIVE, 1),
        ("unknown", Gate.GO_LIVE, 3),
        ("error", Gate.BUILD, 3),
        ("unknown", Gate.START, 0),
    ],
)
def test_the_exit_code_tells_the_verdict(state, gate, code):
    """0 ready, 1 not ready, 3 undecided, at the asked gate."""
    assert exit_code(verdict([result(state)], SCOPE, gate)) == code


def test_blocking_names_the_worst_first():
    """Not met before open before conditional, blockers before majors, earlier gates first, larger effects first."""
    told = verdict(
        [
            result("conditional", item="f"),
            result("unknown", item="e", waits_on="c@pair"),
            result("not-ready", item="d", severity="major", gate="start"),
            result("not-ready", item="b"),
            result("not-ready", item="c"),
            result("not-ready", item="a", gate="start"),
            result("not-ready", item="x", severity="minor"),
            result("ready", item="y"),
        ],
        SCOPE, Gate.GO_LIVE,
    )  # fmt: skip
    assert told.blocking == tuple(f"{name}@pair" for name in "acbdef")
    assert told.counts["not-ready"] == 5
    assert told.counts["waived"] == 0


def test_a_project_without_flows_still_has_a_verdict():
    """What belongs to no flow counts for the whole."""
    told = verdict([result("unknown", flows=())], Scope(("crm", "erp")), Gate.GO_LIVE)
    assert (told.flows, told.gates["build"], told.ready) == ({}, "unknown", False)
