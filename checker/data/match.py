"""Matching: which record here is which record there. It happens once; forecast and sync take the same links (design.md, decision 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from checker.data.joining import Hit, hits
from checker.data.keys import keys
from checker.model.sync import Ambiguous, Link, Matched, Row
from checker.project.sides import FlowView, many
from checker.project.types import FieldMapping


class AsItIs:
    """A mapping's values without its transformations."""

    def __init__(self, mapping: FieldMapping) -> None:
        self._left, self._right = many(mapping.left), many(mapping.right)

    def to_right(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same values under the right side's names."""
        return dict(zip(self._right, map(values.get, self._left), strict=False))

    def to_left(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same values under the left side's names."""
        return dict(zip(self._left, map(values.get, self._right), strict=False))


def match(view: FlowView, left: Iterable[Row], right: Iterable[Row], known: Iterable[Link] = ()) -> Matched:
    """Links, ambiguous keys, and what is left over. Each row's id stands in exactly one of the four; the same rows give the same answer.

    Known links stand as they are, first and for good. Then key by key: where one free row of each side has the key's value, they are
    linked; where several of a side do, all that share it await a decision, and no later key links them.
    """
    links = _for_good(known)
    here = _free(left, {one.left for one in links})
    there = _free(right, {one.right for one in links})
    found = _found(view, here, there)
    return Matched(
        links=(
            *links,
            *(Link(left=here[one.left[0]].id, right=there[one.right[0]].id, by=one.by) for one in found if _lone(one)),
        ),
        ambiguous=tuple(_ambiguous(one, here, there) for one in found if not _lone(one)),
        only_left=_rest(here, chain.from_iterable(one.left for one in found)),
        only_right=_rest(there, chain.from_iterable(one.right for one in found)),
    )


def _for_good(known: Iterable[Link]) -> list[Link]:
    """The known links, one for each id: what was linked first stays."""
    lefts: dict[str, Link] = {}
    rights: set[str] = set()
    for one in known:
        if one.left not in lefts and one.right not in rights:
            lefts[one.left] = one
            rights.add(one.right)
    return list(lefts.values())


def _free(rows: Iterable[Row], linked: set[str]) -> list[Row]:
    """Rows that no link holds, each id once; of a row that was read twice the later reading counts."""
    return list({row.id: row for row in rows if row.id not in linked}.values())


def _found(view: FlowView, left: Sequence[Row], right: Sequence[Row]) -> list[Hit]:
    wanted = keys(view, AsItIs)
    parts = list(dict.fromkeys(chain.from_iterable(one.parts for one in wanted)))
    if not (parts and left and right):
        return []
    columns = (
        ([part.left(row) for row in left] for part in parts),
        ([part.right(row) for row in right] for part in parts),
    )
    return list(hits(wanted, parts, list(columns[0]), list(columns[1])))


def _lone(hit: Hit) -> bool:
    return len(hit.left) == len(hit.right) == 1


def _ambiguous(hit: Hit, left: Sequence[Row], right: Sequence[Row]) -> Ambiguous:
    ids = tuple(left[one].id for one in hit.left), tuple(right[one].id for one in hit.right)
    return Ambiguous(by=hit.by, key=hit.key, left=ids[0], right=ids[1])


def _rest(rows: Sequence[Row], taken: Iterable[int]) -> tuple[str, ...]:
    gone = set(taken)
    return tuple(row.id for number, row in enumerate(rows) if number not in gone)
