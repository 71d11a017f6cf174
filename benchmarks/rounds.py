"""Commands timed in turns, as whole processes, so that a busy machine is busy for all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

Given = ParamSpec("Given")
Got = TypeVar("Got")


class Run(NamedTuple):
    """One run of a command: wall and CPU seconds, and the most memory it held, in MB (Linux counts in kB)."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], folder: Path | None = None, allowed: Sequence[int] = (0,)) -> Run:
    """One run; its output is thrown away. Raises CalledProcessError where it ends otherwise than `allowed`."""
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in allowed:
        raise subprocess.CalledProcessError(child.returncode, command)
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def in_turns(
    commands: Mapping[str, Sequence[str]], rounds: int, folder: Path | None = None, allowed: Sequence[int] = (0,)
) -> dict[str, list[Run]]:
    """Each command `rounds` times, A B A B …, after one round that isn't counted."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            took = run(command, folder, allowed)
            if number:
                runs[name].append(took)
    return runs


def apart(work: Callable[Given, Got], *given: Given.args, **named: Given.kwargs) -> Got:
    """Heavy work in a process of its own: a command that is timed later counts what this process held at most as its own peak (Linux does)."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given, **named).result()


def python(*words: str) -> list[str]:
    """This very Python with those words."""
    return [sys.executable, *words]


def least(runs: Sequence[Run], what: Callable[[Run], float] = lambda one: one.wall) -> float:
    """The least of the runs' figures: what the machine's other work disturbed least."""
    return min(map(what, runs))


def show(runs: Mapping[str, Sequence[Run]], base: str) -> None:
    """A line a command: least and middle wall time, the ratios of the least wall and CPU times to the base's, the most memory."""
    for name, took in runs.items():
        walls = sorted(one.wall for one in took)
        wall, cpu = (
            least(took, what) / least(runs[base], what) for what in (lambda one: one.wall, lambda one: one.cpu)
        )
        peak = max(one.peak for one in took)
        ratio = peak / max(one.peak for one in runs[base])
        print(
            f"{name:46} min {walls[0]:7.3f} s   median {walls[len(walls) // 2]:7.3f} s   {wall:6.2f} x (CPU {cpu:6.2f} x) {base},"
            f"   peak {peak:5.0f} MB ({ratio:.2f} x)"
        )
