"""Making test records: after an existing record's shape, marked, and journalled by the writer so that they can be removed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.model.sync import Link, Row, Which
from checker.project.sides import many
from checker.rehearsing.order import needed_by
from checker.rehearsing.own import OwnSide
from checker.rehearsing.runs import why_not
from checker.rehearsing.specimens import Wanted, specimen
from checker.resources.marks import marked
from checker.resources.outcomes import Outcome
from checker.resources.writing import Writer
from checker.sync.parts import Part, PartLens
from checker.sync.planning import Pairing
from checker.sync.state import State


@dataclass
class Maker:
    """Makes one flow's test records. `trouble`: why the last one that did not come about did not."""

    pairing: Pairing
    state: State
    writers: Mapping[str, Writer]
    mark: str
    parts: Callable[[], tuple[Part, ...]]
    sides: Mapping[Which, OwnSide]
    trouble: str | None = None
    _number: int = 0
    _models: dict[Which, list[Row]] = field(default_factory=dict)
    _shared: tuple[Which, dict[str, Any]] | None = None
    _numbers: dict[tuple[Which, str], int] = field(default_factory=dict)

    def next(self) -> int:
        """A number that no test record and no value of ours had before."""
        self._number += 1
        return self._number

    def texts(self, which: Which, record: str) -> tuple[str, ...]:
        """How a test record's number stands in its texts."""
        number = self._numbers[which, record]
        return (f"{self.mark} {number:03}", f"{self.mark}-{number}@")

    def make(self, which: Which, n: int, *, same: bool = False) -> list[str]:
        """Create test records on a side; gives the ids of those that came about, and keeps why others did not (`trouble`).

        `same`: all with the match keys of the first one that was made so, on this side or the other.
        """
        made = []
        for _ in range(n):
            self.next()
            record = self._made(which, lean=False, same=same) or self._made(which, lean=True, same=same)
            made += [record] if record is not None else []
        return made

    def _made(self, which: Which, *, lean: bool, same: bool) -> str | None:
        """One test record; `lean`: without what may have been refused, texts of an existing record's own."""
        values = self._specimen(which, lean=lean)
        if values is None:
            return None
        values = self.sides[which].branded(values | (self._keys(which) if same else {}), self._number)
        if not marked(values, self.mark):
            self.trouble = "no-room-for-mark"
            return None
        side = self.pairing.side(which)
        landed = side.create(self.writers[side.system], values, purpose="rehearsal", mine=True)
        if landed.outcome is Outcome.DONE and landed.row is not None:
            self._numbers[which, landed.row] = self._number
            self._shared = self._shared or ((which, values) if same else None)
            return landed.row
        self.trouble = why_not(landed.written, landed.why)
        return None

    def _keys(self, which: Which) -> dict[str, Any]:
        """The match keys that several records shall share, as this side spells them."""
        if self._shared is None:
            return {}
        side, values = self._shared
        names = {name for key in self.pairing.view.flow.match for name in many(key)}
        lenses = [one.lens for one in self.parts() if names & set(one.names(Which.LEFT))]
        if side is which:
            return {name: values[name] for one in lenses for name in _names(one, which) if name in values}
        told = (one.to_right(values) if side is Which.LEFT else one.to_left(values) for one in lenses)
        return {name: value for each in told for name, value in each.items() if value is not None}

    def _specimen(self, which: Which, *, lean: bool) -> dict[str, Any] | None:
        """Values of the next test record; None where nothing could be its model."""
        links = {flow: self._first(flow, which) for flow in needed_by(self.pairing.view)}
        if not all(links.values()):
            self.trouble = "needs-other-flow"
            return None
        wanted = Wanted(self.mark, self._number, {flow: one for flow, one in links.items() if one}, lean=lean)
        if which not in self._models:
            self._models[which] = self.sides[which].models()
        models = self._models[which]
        lenses = [one.lens for one in self.parts()][: len(self.pairing.view.flow.fields)]  # line items come last
        found = (specimen(self.pairing.view, which, one, lenses, wanted) for one in models)
        values = next((one for one in found if one is not None), None)
        self.trouble = self.trouble if values is not None else "no-records"
        return values

    def _first(self, flow: str, which: Which) -> str | None:
        return next((of_pair(one, which) for one in self.state.links(flow)), None)


def of_pair(pair: Link, which: Which) -> str:
    """The id of a pair's record on a side."""
    return pair.left if which is Which.LEFT else pair.right


def _names(lens: PartLens, which: Which) -> tuple[str, ...]:
    return lens.left if which is Which.LEFT else lens.right
