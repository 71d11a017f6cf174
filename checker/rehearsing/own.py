"""A side of a flow of which a rehearsal sees its own test records only, however many others the system holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from checker.model.sync import Row, Which
from checker.project.sides import FlowView
from checker.resources.bodies import Bodies
from checker.resources.marks import marked
from checker.resources.resource import Resource
from checker.sync.side import SyncSide

MOST_WALKED = 3  # pages that are walked at each run; of a longer list the test records are read one by one
MOST_LOOKED_THROUGH = 200  # pages
SAMPLES = 40  # existing records that are looked at as models of test records


class OwnSide(SyncSide):
    """A side that knows which records are ours: `ids` tells them as the journal has them, of records around where ours are inside those.

    `bodies` makes up a record, for where no existing one can be a model.
    """

    def __init__(
        self,
        view: FlowView,
        which: Which,
        resource: Resource,
        zone: ZoneInfo,
        ids: Callable[[], Collection[str]],
        bodies: Bodies,
    ) -> None:
        super().__init__(view, which, resource, zone)
        self._ids, self._bodies = ids, bodies
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

    def models(self) -> list[Row]:
        """What test records may be made after: existing records of others, and last a made-up one, after the user's example or the schema."""
        found = [row for row in self.samples() if not marked(row.values, self._bodies.mark)]
        made_up = {} if self.side.inside or self._bodies.source is None else self._bodies.variant(0)
        return [*found, *([Row(id="", values=made_up)] if made_up else [])]

    def branded(self, values: dict[str, Any], number: int) -> dict[str, Any]:
        """A test record's values with the mark in them, without which it could not be removed; by dotted name as they were."""
        return values if self.side.inside else self._bodies.branded(values, number)

    def copies(self, texts: Collection[str]) -> int:
        """How many records hold one of the texts, whoever made them: the list is walked, as far as that is reasonable."""
        pages = self.resource.pages(most=MOST_LOOKED_THROUGH, wanted=math.inf)
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
