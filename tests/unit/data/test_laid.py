"""Things laid aside on disk: they come back as they were, as often as they are asked for, and what is shared is counted exactly."""

from __future__ import annotations

from collections import Counter
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.data.laid import FEW, Again, laid, shared
from checker.model.sync import Row


def test_rows_come_back_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in memory, and those in the file. Values that no text format keeps: halves of letters, exact fractions, numbers of any length, times; in their order, again and again."""
    monkeypatch.setattr("checker.data.laid.HELD", FEW)
    values: dict[str, Any] = {
        "a": "\ud800",
        "b": Decimal("0.10"),
        "c": 2**70,
        "d": time(8, 5),
        "e": [{"f": None}],
        "g": float("inf"),
    }
    rows = [Row(id=str(n), values={**values, "n": n}, around={"n": n}, changed=None) for n in range(2 * FEW + 1)]
    held = laid(tmp_path / "rows", iter(rows))
    assert list(held) == list(held) == rows
    assert len(held) == len(rows)
    assert rows[3] in held
    assert not laid(tmp_path / "none", ())


def test_a_walk_that_is_not_finished_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once read each for itself."""
    monkeypatch.setattr("checker.data.laid.HELD", FEW)
    held = laid(tmp_path / "numbers", range(3 * FEW))
    first = iter(held)
    next(first)
    assert list(zip(held, held, strict=True))[-1] == (3 * FEW - 1, 3 * FEW - 1)
    assert next(first) == 1


@given(st.lists(st.none() | st.integers(0, 5) | st.just(-1) | st.just(-2) | st.text(max_size=1)))
def test_what_is_shared_is_counted_as_a_list_would_be(many: list[Any]) -> None:
    """-1 and -2 have the same hash in Python: equal numbers are looked at once more. Mutant: hashes alone."""
    counts = Counter(one for one in many if one is not None)
    assert shared(lambda: many) == sum(n for n in counts.values() if n > 1)
    assert len(Again(lambda: many)) == len(many)
