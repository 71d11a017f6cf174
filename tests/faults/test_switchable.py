"""Every switchable fault of the embedded pair is noticed by an item that speaks of it, and turns nothing that has nothing to do with it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pytest

from checker.audit import Options, audit
from checker.checklist.load import items, load_packs
from checker.checklist.turned import turned
from checker.model.audit import Audit
from checker.model.selection import Selection
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
PACKS = load_packs(("core", "extended"), relative_to=Path())


def audited(*faults: str, phase: str = "touch", only: tuple[str, ...] = ()) -> Audit:
    """An audit of the pair with these faults, its limits lifted, with both checklists; it goes as far as `phase`, and asks `only` these claims."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder, running_pair(now, rate_limit=10_000_000, switched_on=faults) as pair:
        path = write_demo(Path(folder), pair, now, checklists=[one.pack for one in PACKS])
        path.write_text(path.read_text("utf-8").replace("per_second: 100", "per_second: 5000"), "utf-8")
        wish = Wish(touch=phase != "look", rehearse=phase == "rehearsal", agree=lambda _planned, _addresses: None)
        options = Options(environ=demo_environment(), wish=wish, selection=Selection(only=only))
        return audit(load_project(path), options, lambda _text: None).audit


@cache
def clean(phase: str) -> Audit:
    """What is said without any fault."""
    return audited(phase=phase)


def turned_by(name: str) -> set[str]:
    """Items that a fault makes worse, or gives a new reason, with evidence, for what they were already."""
    phase = listed()[name].phase
    return set(turned(clean(phase), audited(name, phase=phase), PACKS))


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
    known = set(items(PACKS))
    assert set(listed()) == set(FAULTS)
    assert sum(bool(one.must) for one in listed().values()) >= LEAST
    for one in listed().values():
        assert all(text.endswith(".") for text in one.breaks.values()), one.id
        assert {*one.must, *one.may} <= known, one.id


def problems(names: Iterable[str]) -> list[str]:
    """What is wrong with the items that these faults turn, each in a process of its own."""
    some = list(names)
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        found = dict(zip(some, pool.map(turned_by, some), strict=True))
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
    assert wrong(listed()[fault], turned_by(fault)) == ""
