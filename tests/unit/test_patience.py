"""Ctrl-C while something is under way."""

from __future__ import annotations

import _thread
import threading

import pytest

from checker.patience import side_by_side, undisturbed


def pressing(after: threading.Event) -> None:
    """Press Ctrl-C once the work is under way."""

    def press() -> None:
        after.wait(10)
        _thread.interrupt_main()

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
