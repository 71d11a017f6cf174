"""Ctrl-C while something is under way."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial

import pytest

from checker.patience import felt, in_threads, kept_back, side_by_side, undisturbed


def pressing(after: threading.Event) -> None:
    """Press Ctrl-C once the work is under way."""

    def press() -> None:
        after.wait(10)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()


def test_work_is_finished_although_somebody_presses_ctrl_c() -> None:
    """A report that is nearly written is written, and the caller learns of the wish to end."""
    under_way = threading.Event()

    def work() -> int:
        under_way.set()
        threading.Event().wait(0.4)
        return 7

    pressing(under_way)
    assert undisturbed(work) == (7, True)


def test_work_that_nobody_disturbs_says_so() -> None:
    """Without Ctrl-C there is the result alone; what it raises is raised."""
    assert undisturbed(lambda: 7) == (7, False)
    with pytest.raises(ZeroDivisionError):
        undisturbed(lambda: 1 / 0)


def test_ctrl_c_does_not_wait_for_what_takes_longer_than_patience() -> None:
    """Work that hangs does not hold the end up."""
    under_way, never = threading.Event(), threading.Event()

    def work() -> None:
        under_way.set()
        never.wait(10)

    pressing(under_way)
    with pytest.raises(KeyboardInterrupt):
        undisturbed(work, longest_s=0.1)
    never.set()


def test_side_by_side_keeps_the_order_and_leaves_hanging_work_behind_on_ctrl_c() -> None:
    """Results come in the order of what was given; Ctrl-C is felt at once, whatever is under way."""
    assert side_by_side(lambda one: one * 2, [3, 1, 2]) == [6, 2, 4]
    under_way, never = threading.Event(), threading.Event()

    def work(_one: int) -> None:
        under_way.set()
        never.wait(10)

    pressing(under_way)
    with pytest.raises(KeyboardInterrupt):
        side_by_side(work, [1, 2])
    never.set()


def test_a_stop_waits_for_the_clean_up_of_all() -> None:
    """Ctrl-C while several work: each is told and ends in its own time, none is taken for ended. Catches: a join that Ctrl-C interrupted (bpo-45274)."""
    under_way, stop, cleaned = threading.Event(), threading.Event(), list[str]()
    both = threading.Barrier(2, under_way.set)

    def work(name: str) -> None:
        both.wait(10)
        stop.wait(10)
        threading.Event().wait(0.5)
        cleaned.append(name)

    pressing(under_way)
    assert in_threads({name: partial(work, name) for name in ("crm", "erp")}, stop.set, None)
    assert sorted(cleaned) == ["crm", "erp"]


def test_ctrl_c_between_two_works_waits_for_the_second() -> None:
    """Kept back, it interrupts neither what lies between them nor what was found: the next wait hears it at once."""
    done = list[str]()
    with kept_back():
        signal.raise_signal(signal.SIGINT)
        done.append("between")
        with pytest.raises(KeyboardInterrupt):
            side_by_side(lambda one: threading.Event().wait(10) and one, [1])
        done.append("after")
        assert undisturbed(lambda: 7) == (7, False)
    assert done == ["between", "after"]


def test_ctrl_c_is_felt_where_work_is_made_for_it() -> None:
    """Also where what it interrupts is no wait of a thread."""
    with kept_back():
        with pytest.raises(KeyboardInterrupt), felt():
            signal.raise_signal(signal.SIGINT)
        assert undisturbed(lambda: 7) == (7, False)


def test_a_second_ctrl_c_waits_for_nothing() -> None:
    """Whoever presses twice means it."""
    reached = list[str]()
    with pytest.raises(KeyboardInterrupt), kept_back():
        signal.raise_signal(signal.SIGINT)
        reached.append("first")
        signal.raise_signal(signal.SIGINT)
        reached.append("second")
    assert reached == ["first"]


def test_ctrl_c_after_everything_is_told_at_the_end() -> None:
    """Nothing is left that could hear it; afterwards Ctrl-C is Python's again."""
    finished = list[str]()
    with pytest.raises(KeyboardInterrupt), kept_back():
        signal.raise_signal(signal.SIGINT)
        finished.append("all of it")
    assert finished == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_that_is_ignored_stays_ignored() -> None:
    """A process started with SIGINT ignored (nohup, a shell's background) is not made to hear it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with kept_back():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
