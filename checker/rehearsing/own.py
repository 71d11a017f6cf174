"""A side of a flow of which a rehearsal sees its own test records only, however many others the system holds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from checker.model.sync import Row, Which
from checker.project.sides import FlowView
from checker.resources.marks import marked
from checker.resources.resource import Resource
from checker.sync.side import SyncSide

MOST_WALKED = 3  # pages that are walked at each run; of a longer list the test records are read one by one
MOST_LOOKED_THROUGH = 200  # pages
SAMPLES = 40  # existing records that are looked at as models of test records


class OwnSide(SyncSide):
    """A side that knows which records are ours: `ids` tells them as the journal has them, of records around where ours are inside those."""

    def __init__(
        self, view: FlowView, which: Which, resource: Resource, zone: ZoneInfo, ids: Callable[[], Collection[str]]
    ) -> None:
        super().__init__(view, which, resource, zone)
        self._ids = ids
        self._short: bool | None = None

    def rows(self) -> dict[str, Row]:
        """The records by id: all of a short list, ours of a long one, which would cost too many calls at each run."""
        if self._short is None:
            pages = list(islice(self.resource.pages(most=MOST_WALKED), MOST_WALKED))
            self._short = not pages or pages[-1].natural
        return super().rows() if self._short else self._ours()

    def samples(self) -> list[Row]:
        """Some existing records."""
        found = ((self.resource.id_of(one), one) for one in self.resource.walk(limit=SAMPLES))
        return self._as_rows({key: self._whole(key, one) for key, one in found if key is not None})

    def copies(self, texts: Collection[str]) -> int:
        """How many records hold one of the texts, whoever made them: the list is walked, as far as that is reasonable."""
        pages = self.resource.pages(most=MOST_LOOKED_THROUGH)
        found = ((self.resource.id_of(one), one) for page in pages for one in page.records)
        rows = self._as_rows({key: one for key, one in found if key is not None})
        return sum(any(marked(row.values, text) for text in texts) for row in rows)

    def _ours(self) -> dict[str, Row]:
        read = ((key, self._read(key)) for key in self._ids())
        return {row.id: row for row in self._as_rows({key: one for key, one in read if one is not None})}

    def _as_rows(self, records: dict[str, dict[str, Any]]) -> list[Row]:
        if not self.side.inside:
            return [self._row(key, one) for key, one in records.items()]
        self._learn(list(records.values()))
        return [row for key, one in records.items() for row in self._inner(key, one)]
