"""Work in threads, so that Ctrl-C is felt at once where nothing is lost by it, and tears nothing apart where something is.

Python raises KeyboardInterrupt in the main thread alone, wherever that is; where that may be between two works whose results would be lost,
it is kept back until the next moment that is made for it. The threads here are daemons, so none of them holds the program's end up.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import TypeVar

LONGEST_S = 2.0  # how long a Ctrl-C waits for what is nearly done; a second one waits for nothing
GLANCE_S = 0.1  # a wait without an end hears no Ctrl-C on Windows

Given = TypeVar("Given")
Result = TypeVar("Result")


class _Keeper:
    """What Ctrl-C does while it is kept back: the first interrupts where it is felt and is remembered elsewhere, a second interrupts anywhere."""

    def __init__(self) -> None:
        self.felt, self.kept = 0, False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if self.felt:
            raise KeyboardInterrupt
        self.kept = True


class _Here(threading.local):
    keeper: _Keeper | None = None


_HERE = _Here()  # Ctrl-C is the main thread's: the others have no keeper


@contextmanager
def kept_back() -> Iterator[None]:
    """Within, the first Ctrl-C interrupts nothing but what is `felt`, the waits of this module among it: at once, or as soon as the next one begins.

    One that comes after the last of them is KeyboardInterrupt at the end. Changes nothing where Ctrl-C is somebody else's, or ignored.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    keeper = _Keeper()
    _HERE.keeper = keeper
    signal.signal(signal.SIGINT, keeper)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _HERE.keeper = None
    if keeper.kept:
        raise KeyboardInterrupt


@contextmanager
def felt() -> Iterator[None]:
    """Within, Ctrl-C is KeyboardInterrupt, also one that was kept back before: the caller catches it, and keeps what was found."""
    keeper = _HERE.keeper
    if keeper is None:
        yield
        return
    keeper.felt += 1
    try:
        if keeper.kept:
            keeper.kept = False
            raise KeyboardInterrupt
        yield
    finally:
        keeper.felt -= 1


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


def begun(work: Callable[[], Result]) -> Future[Result]:
    """Start `work` in a thread of its own, called `begun`, for `outcome` to wait for."""
    running: Future[Result] = Future()
    _start(work, running, "begun")
    return running


def outcome(running: Future[Result]) -> Result:
    """What the work made; raises what it raised. Ctrl-C is felt while one waits, and leaves the work behind."""
    _await(running)
    return running.result()


def in_threads(works: Mapping[str, Callable[[], None]], stop: Callable[[], None], longest_s: float | None) -> bool:
    """Do all works at once, each in a thread of its name; whether Ctrl-C came. Raises what the first work that failed raised, unless it came.

    After Ctrl-C `stop` is called and the works have `longest_s` seconds to end; without, as long as they need, or until a second Ctrl-C.
    """
    futures: dict[str, Future[None]] = {name: Future() for name in works}
    running = list(futures.values())
    stopped = False
    try:
        with felt():
            for name, work in works.items():
                _start(work, futures[name], name)
            _await_all(running)
    except KeyboardInterrupt:
        stopped = True
        stop()
        with suppress(KeyboardInterrupt):
            for one in running:
                one.cancel()  # what has not begun needn't
            _await_all(running, longest_s)
    finished = [one for one in running if one.done() and not one.cancelled()]
    crashes = [error for one in finished if (error := one.exception()) is not None]
    if crashes and not stopped:
        raise crashes[0]
    return stopped


def _await_all(running: Iterable[Future[None]], longest_s: float | None = None) -> None:
    """Wait for futures, never for threads: a `Thread.join` that Ctrl-C interrupts takes a thread that still works for ended (Python before 3.13)."""
    latest = None if longest_s is None else time.monotonic() + longest_s
    for one in running:
        while not one.done() and (latest is None or time.monotonic() < latest):
            wait([one], GLANCE_S)


def _start(work: Callable[[], Result], future: Future[Result], name: str | None = None) -> None:
    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits
            future.set_exception(error)

    threading.Thread(target=run, daemon=True, name=name).start()


def _await(future: Future[Result]) -> None:
    with felt():
        while not future.done():
            wait([future], GLANCE_S)
