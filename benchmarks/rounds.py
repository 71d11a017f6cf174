"""Commands timed in turns, as whole processes, so that a busy machine is busy for both."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def seconds(command: Sequence[str], folder: Path | None = None) -> float:
    """Wall seconds of one run of a command; its output is thrown away. Raises CalledProcessError where it fails."""
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def in_turns(commands: Mapping[str, Sequence[str]], rounds: int, folder: Path | None = None) -> dict[str, list[float]]:
    """Each command `rounds` times, A B A B …, after one round that isn't counted."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            took = seconds(command, folder)
            if number:
                times[name].append(took)
    return times


def python(*words: str) -> list[str]:
    """This very Python with those words."""
    return [sys.executable, *words]


def show(times: Mapping[str, Sequence[float]], base: str) -> None:
    """A line a command: least and middle time, and the ratio of the least ones to the base's."""
    for name, took in times.items():
        ordered = sorted(took)
        ratio = ordered[0] / min(times[base])
        print(f"{name:46} min {ordered[0]:7.3f} s   median {ordered[len(ordered) // 2]:7.3f} s   {ratio:5.2f} x {base}")
