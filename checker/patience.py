"""Work in threads, so that Ctrl-C is felt at once where nothing is lost by it, and tears nothing apart where something is.

Python raises KeyboardInterrupt in the main thread alone; the threads here are daemons, so none of them holds the program's end up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from functools import partial
from typing import TypeVar

LONGEST_S = 2.0  # how long a Ctrl-C waits for what is nearly done; a second one waits for nothing
GLANCE_S = 0.1  # a wait without an end hears no Ctrl-C on Windows

Given = TypeVar("Given")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Given], Result], given: Iterable[Given]) -> list[Result]:
    """What `work` makes of each, all at once, in their order. Raises what the first that failed raised; Ctrl-C leaves the rest behind."""
    running: list[Future[Result]] = []
    for one in given:
        running.append(Future())
        _start(partial(work, one), running[-1])
    for future in running:
        _await(future)
    return [future.result() for future in running]


def undisturbed(work: Callable[[], Result], longest_s: float = LONGEST_S) -> tuple[Result, bool]:
    """What `work` makes, and whether Ctrl-C came meanwhile: it is finished all the same.

    Raises what `work` raises, and KeyboardInterrupt on a second Ctrl-C or `longest_s` seconds after the first.
    """
    running: Future[Result] = Future()
    try:
        _start(work, running)
        _await(running)
    except KeyboardInterrupt:
        wait([running], longest_s)
        if not running.done():
            raise
        return running.result(), True
    return running.result(), False


def _start(work: Callable[[], Result], future: Future[Result]) -> None:
    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()


def _await(future: Future[Result]) -> None:
    while not future.done():
        wait([future], GLANCE_S)
