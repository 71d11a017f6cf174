"""One run at a time writes; the other is told who is at it, and a dead holder's lock is free (acceptance A15)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from checker.errors import RefusedError
from checker.store import Store

HOLD = "import sys, time; from pathlib import Path; from checker.store import Store\nwith Store(Path(sys.argv[1])).locked('audit'): print('held', flush=True); time.sleep(60)"


def test_a_second_run_is_told_who_writes(tmp_path: Path) -> None:
    """Process, command and since when: exit 4."""
    store = Store(tmp_path)
    with store.locked("audit"), pytest.raises(RefusedError) as caught, store.locked("cleanup"):
        pass
    problem = caught.value.problems[0]
    assert (problem.code, caught.value.exit_code) == ("store.locked", 4)
    assert (problem.values["process"], problem.values["command"]) == (os.getpid(), "audit")
    assert problem.values["since"]
    with store.locked("cleanup"):
        pass


def test_a_dead_holders_lock_is_taken_over(tmp_path: Path) -> None:
    """A killed process leaves no lock behind, though its name still stands there. Mutant: a lock that is a file's existence."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(RefusedError) as caught, Store(tmp_path).locked("cleanup"):
        pass
    assert caught.value.problems[0].values["process"] == child.pid
    child.kill()
    child.wait()
    child.stdout.close()
    with Store(tmp_path).locked("cleanup"):
        pass


def test_of_two_at_once_exactly_one_wins(tmp_path: Path) -> None:
    """Fifty pairs of runs start together: one gets the lock, the other is refused. Mutant: asked first, taken later."""
    for trial in range(50):
        folder = tmp_path / str(trial)
        folder.mkdir()
        start, both, won = threading.Barrier(2), threading.Barrier(2), list[str]()

        def run(
            folder: Path = folder,
            start: threading.Barrier = start,
            both: threading.Barrier = both,
            won: list[str] = won,
        ) -> None:
            start.wait()
            try:
                with Store(folder).locked("audit"):
                    won.append("won")
                    both.wait()
            except RefusedError:
                both.wait()

        threads = [threading.Thread(target=run) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert won == ["won"]
