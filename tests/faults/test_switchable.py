"""Every switchable fault of the embedded pair is noticed by an item that speaks of it, and turns nothing that has nothing to do with it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pytest

from checker.audit import Options, audit
from checker.checklist.load import items, load_packs
from checker.model.audit import Audit
from checker.model.finding import Answer
from checker.project.load import load_project
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.faulty import FAULTS, Listed, listed
from checker.sandbox.pair import running_pair
from checker.trial import Wish

FEW = (
    "crm-page-repeats-a-record", "erp-filters-ignored", "crm-changed-since-ignored", "crm-update-keeps-the-stamp", "crm-deletes-leave-no-trace",
    "crm-name-cut", "crm-required-not-enforced", "crm-restricted-may-write", "erp-partners-twice", "erp-gross-is-wrong",
)  # fmt: skip
LEAST = 80
WORSE = {
    "ready": 0,
    "waived": 0,
    "not-applicable": 0,
    "conditional": 1,
    "unknown": 2,
}  # all others are worse than these


@dataclass(frozen=True)
class Heard:
    """What an audit says: the state of each item about each subject at each gate, and the claims that don't hold, by subject."""

    states: dict[tuple[str, str, str], str]
    refuted: frozenset[tuple[str, str]]


def audited(*faults: str, phase: str = "touch") -> Audit:
    """An audit of the pair with these faults, its limits lifted, with both checklists; it goes as far as `phase`."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder, running_pair(now, rate_limit=10_000_000, switched_on=faults) as pair:
        path = write_demo(Path(folder), pair, now)
        text = path.read_text("utf-8").replace("per_second: 100", "per_second: 5000")
        path.write_text(f"{text}\nchecklists: [core, extended]\n", "utf-8")
        wish = Wish(touch=phase != "look", rehearse=phase == "rehearsal", agree=lambda _planned, _addresses: None)
        return audit(load_project(path), Options(environ=demo_environment(), wish=wish), lambda _text: None).audit


def heard(made: Audit) -> Heard:
    """What an audit says, in short."""
    states = {(one.item, one.subject, one.gate): str(one.state) for one in made.results}
    return Heard(
        states, frozenset((one.id, one.subject) for one in made.findings if one.answer is Answer.NO and one.evidence)
    )


@cache
def clean(phase: str) -> Heard:
    """What is said without any fault."""
    return heard(audited(phase=phase))


@cache
def asking() -> dict[str, frozenset[str]]:
    """The items that need a claim, by claim."""
    packs = load_packs(("core", "extended"), relative_to=Path())
    needs = [(claim, name) for name, (item, _) in items(packs).items() for need in item.needs for claim in need.all]
    return {claim: frozenset(name for one, name in needs if one == claim) for claim, _ in needs}


def turned(name: str) -> set[str]:
    """Items that a fault makes worse, or gives a new reason, with evidence, for what they were already."""
    phase = listed()[name].phase
    before, now = clean(phase), heard(audited(name, phase=phase))
    rank = {key: WORSE.get(state, len(WORSE)) for key, state in now.states.items()}
    worse = {key[0] for key, state in before.states.items() if key in rank and rank[key] > WORSE.get(state, len(WORSE))}
    in_scope = {key[0] for key in now.states}
    spoken = {item for claim, _ in now.refuted - before.refuted for item in asking().get(claim, ())}
    return worse | (spoken & in_scope)


def wrong(fault: Listed, found: set[str]) -> str:
    """What is wrong with the items that a fault turned; empty where nothing is."""
    missing, strangers = set(fault.must) - found, found - {*fault.must, *fault.may}
    return (
        f"{fault.id}: not noticed by {sorted(missing)}; turned for nothing {sorted(strangers)}"
        if missing or strangers
        else ""
    )


def test_there_are_enough_faults_and_each_is_told_whole() -> None:
    """At least eighty are noticed; each has a function, a sentence in both languages, and items that exist."""
    known = set(items(load_packs(("core", "extended"), relative_to=Path())))
    assert set(listed()) == set(FAULTS)
    assert sum(bool(one.must) for one in listed().values()) >= LEAST
    for one in listed().values():
        assert all(text.endswith(".") for text in one.breaks.values()), one.id
        assert {*one.must, *one.may} <= known, one.id


def problems(names: Iterable[str]) -> list[str]:
    """What is wrong with the items that these faults turn, each in a process of its own."""
    some = list(names)
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        found = dict(zip(some, pool.map(turned, some), strict=True))
    return [problem for name in some if (problem := wrong(listed()[name], found[name]))]


@pytest.mark.slow
def test_faults_that_reading_notices_are_noticed_and_nothing_else_turns() -> None:
    """All that a look finds: what must turn turns, and what turns has to do with it."""
    assert problems(name for name, one in listed().items() if one.phase == "look") == []


@pytest.mark.slow
def test_some_faults_that_writing_notices_are_noticed() -> None:
    """Every sixth of those that write probes find; the soak has all."""
    assert problems([name for name, one in listed().items() if one.phase == "touch"][::6]) == []


@pytest.mark.soak
def test_every_fault_is_noticed_and_nothing_else_turns() -> None:
    """All of them, those that nothing notices yet included: these turn nothing."""
    assert problems(name for name, one in listed().items() if one.phase != "look") == []


@pytest.mark.parametrize("fault", FEW[:3])
def test_some_faults_are_noticed_at_once(fault: str) -> None:
    """A few of them in every run of the tests."""
    assert wrong(listed()[fault], turned(fault)) == ""
