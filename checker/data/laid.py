"""Things that are walked again and again without being in memory: each walk makes them anew, or reads them from where they were laid aside, which is a file if they are many."""

from __future__ import annotations

import pickle
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Generic, TypeVar

FEW = 500  # that are in memory at a time
HELD = 10_000  # of the first, which stay in memory: test data seldom has more, and to read a record anew takes about as long as what is asked of it

One = TypeVar("One")


@dataclass
class Again(Collection[One], Generic[One]):
    """What `walk` gives, however often it is asked for; `count` is how many they are, where that is known."""

    walk: Callable[[], Iterable[One]]
    count: int | None = None

    def __iter__(self) -> Iterator[One]:
        """From the first on."""
        return iter(self.walk())

    def __len__(self) -> int:
        """How many they are, counted once."""
        if self.count is None:
            self.count = sum(1 for _ in self)
        return self.count

    def __contains__(self, one: object) -> bool:
        """Whether a walk comes upon it."""
        return any(one == each for each in self)


def laid(path: Path, many: Iterable[One]) -> Again[One]:
    """Lay things aside in their order, values as they are: the first in memory, what comes after them in a new file.

    The file is ours alone: its folder is to be one that only we may read.
    """
    coming = iter(many)
    held = list(islice(coming, HELD))
    count = len(held)
    with path.open("xb") as file:
        for some in iter(lambda: list(islice(coming, FEW)), []):
            pickle.dump(some, file, pickle.HIGHEST_PROTOCOL)
            count += len(some)
    return Again(lambda: chain(held, _read(path)), count)


def _read(path: Path) -> Iterator[One]:
    with path.open("rb") as file:
        while file.peek(1):
            yield from pickle.load(file)  # noqa: S301 - written above, by this very process, where nobody else may write


def shared(walk: Callable[[], Iterable[Hashable | None]]) -> int:
    """How many of these are equal to another one; None isn't one.

    A number is held of each; those few whose numbers are equal are walked over once more.
    """
    numbers = sorted(array("q", (hash(one) for one in walk() if one is not None)))
    several = {one for one, next_ in pairwise(numbers) if one == next_}
    if not several:
        return 0
    counts = Counter(one for one in walk() if one is not None and hash(one) in several)
    return sum(many for many in counts.values() if many > 1)
