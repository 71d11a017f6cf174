"""Matching of exported files without rows: columns of text, from the file to the engine. It answers what `match` answers for the rows of these files."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from checker.data.columns import Columns
from checker.data.engine import EMBEDDED, Engine
from checker.data.joining import joined
from checker.data.keys import Between, Key, Part, Text, Translated, keys, role_field
from checker.data.laid import Again
from checker.data.match import looked_at, told
from checker.data.mixing import unmixed
from checker.data.sites import site
from checker.data.vetoes import Vetoes
from checker.model.sync import Matched, Which
from checker.project.sides import PARENT, FlowView

SIDES = (Which.LEFT, Which.RIGHT)


class IndirectError(Exception):
    """A flow whose records have to be rows; the reason is for those who work on this program."""


class Wanted(NamedTuple):
    """What matching looks at: keys, all their parts and those of their vetoes. `names`: the fields of both sides, those of filters and for likeness, too.

    `texts`: those of them that are read as text, whatever else stands there.
    """

    keys: tuple[Key, ...]
    parts: tuple[Part, ...]
    vetoes: Vetoes
    names: Mapping[Which, tuple[str, ...]]
    texts: Mapping[Which, tuple[str, ...]]

    def read(self, which: Which) -> list[Text]:
        """How the text of each part is read on a side."""
        return [part.left if which is Which.LEFT else part.right for part in self.parts]


def wanted_of(view: FlowView, between: Between) -> Wanted:
    """What matching a flow looks at. Raises IndirectError where it needs more than fields as they stand in the file, and InputError as `match` does."""
    if view.left.inside or view.right.inside:
        raise IndirectError("records inside others")
    found = keys(view, between)
    parts, against = looked_at(view, found, between)
    if not parts:
        raise IndirectError("no keys")
    return _with_fields(Wanted(found, parts, against, {}, {}), view, site(view, between))


def _with_fields(wanted: Wanted, view: FlowView, place: Part | None) -> Wanted:
    names, texts = dict[Which, tuple[str, ...]](), dict[Which, tuple[str, ...]]()
    sides = (Which.LEFT, view.left, view.flow.filter.left), (Which.RIGHT, view.right, view.flow.filter.right)
    for which, side, filtered in sides:
        read = wanted.read(which)
        alike = [found for role in ("name", "country") if (found := role_field(role, side))]
        placed = [place.left if which is Which.LEFT else place.right] if place else []
        translated = chain.from_iterable(one.names for one in (*read, *placed) if isinstance(one, Translated))
        texts[which] = tuple(dict.fromkeys((*alike, *translated)))
        told = chain.from_iterable(one.names for one in (*read, *placed))
        names[which] = tuple(dict.fromkeys((*told, *texts[which], *filtered)))
        if any(one.startswith(PARENT) for one in names[which]):
            raise IndirectError("a field of the record around")
    return wanted._replace(names=names, texts=texts)


def match_columns(
    view: FlowView, wanted: Wanted, sides: Mapping[Which, Columns], between: Between, engine: Engine = EMBEDDED
) -> Matched:
    """As `match` for the rows of these columns, without known links. Raises InputError where the engine isn't there."""
    walks = {which: Again(sides[which].rows) for which in SIDES}
    settled = unmixed(wanted.keys, walks[Which.LEFT], walks[Which.RIGHT])
    if settled != wanted.keys:
        parts, against = looked_at(view, settled, between)
        wanted = wanted._replace(keys=settled, parts=parts, vetoes=against)
    left, right = (sides[which].reader(wanted.read(which)) for which in SIDES)
    found = joined(wanted.keys, wanted.parts, left, right, wanted.vetoes, chosen=engine)
    return told(found, (), lambda side, rows: sides[side].ids_of(rows))
