"""Killed at any moment, nothing is left behind (acceptance A14). Mutant: a journal that is written after the send."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checker.describe import described
from checker.journal import Journal
from checker.resources.cleaning import clean_up
from checker.sandbox.demo_project import write_demo
from checker.sandbox.pair import SEED_NOW, Pair, running_pair
from tests.faults import writing_child as child

ROOT = Path(__file__).parents[2]
TRIALS, LATE_TRIALS, SEED = 60, 20, 20261127
LONGEST_S = 0.25  # that a child writes before it is killed
MARK = "rdykill"
PARTNER = {"name1": f"{MARK} #", "kundengruppe": "GK", "land": "DE", "waehrung": "€"}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """The running pair."""
    with running_pair(SEED_NOW, rate_limit=10_000_000) as running:
        yield running


@pytest.fixture(scope="module")
def systems(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a child has to know of both systems."""
    folder = tmp_path_factory.mktemp("kill")
    write_demo(folder, pair, SEED_NOW)
    wanted = {
        "crm": (pair.crm, "companies", {"name": f"{MARK} #"}, {}),
        "erp": (pair.erp, "geschaeftspartner", PARTNER, {"path": {"mandant": "100"}}),
    }
    orders = {}
    for name, (running, resource, body, fixed) in wanted.items():
        known = described(str(folder / running.document))
        assert known.profile is not None
        profile = msgspec.to_builtins(known.profile.resource(resource))
        orders[name] = {
            "base_url": running.base_url,
            "token": running.token,
            "profile": profile,
            "body": body,
            "fixed": fixed,
        }
    return orders


def living(pair: Pair) -> list[str]:
    """All records of both systems, as texts."""
    return [
        repr(one) for store in (pair.crm.store, pair.erp.store) for kind in store.kinds for one in store.living(kind)
    ]


def killed(folder: Path, systems: dict[str, Any], after: float, *, late: bool) -> dict[str, Any]:
    """A child that wrote and was killed `after` seconds; its orders."""
    folder.mkdir()
    orders = {"folder": str(folder), "mark": MARK, "late": late, "systems": systems}
    path = folder / "orders.json"
    path.write_text(json.dumps(orders), "utf-8")
    words = [sys.executable, "-m", "tests.faults.writing_child", str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        time.sleep(after)
        assert run.poll() is None
        run.kill()
    time.sleep(0.02)  # what is on its way arrives
    return orders


def cleaned(orders: dict[str, Any]) -> None:
    """Clean up after it, in this process."""
    journal = Journal(Path(orders["folder"]) / "journal.sqlite", "test")
    resources = child.opened(orders)
    for name, writer in child.writers(orders, journal).items():
        clean_up(writer, {resources[name].name: resources[name]})
        resources[name].client.close()
    journal.close()


def trials(pair: Pair, folder: Path, systems: dict[str, Any], count: int, *, late: bool) -> tuple[int, int]:
    """How many records were written in all, and in how many trials some were left; foreign ones must all be there, unchanged."""
    draw = random.Random(SEED)
    written = bad = 0
    for trial in range(count):
        before = living(pair)
        after = draw.uniform(0, LONGEST_S)
        orders = killed(folder / f"{late}{trial}", systems, after, late=late)
        written += len(living(pair)) - len(before)
        cleaned(orders)
        left = living(pair)
        assert not set(before) - set(left), (
            f"seed {SEED}, trial {trial}, killed after {after:.4f} s: foreign records touched"
        )
        assert late or left == before, (
            f"seed {SEED}, trial {trial}, killed after {after:.4f} s: {len(left) - len(before)} left"
        )
        bad += len(left) > len(before)
    return written, bad


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_left(pair: Pair, tmp_path: Path, systems: dict[str, Any]) -> None:
    """Sixty children are killed for real: no record of ours is left, no foreign one was touched."""
    written, bad = trials(pair, tmp_path, systems, TRIALS, late=False)
    assert (written > TRIALS, bad) == (True, 0)


@pytest.mark.slow
def test_a_journal_written_after_the_send_would_leave_records(
    pair: Pair, tmp_path: Path, systems: dict[str, Any]
) -> None:
    """The trials see what they are for: the mutant leaves records behind in a fair share of them."""
    _, bad = trials(pair, tmp_path, systems, LATE_TRIALS, late=True)
    assert bad >= 2
