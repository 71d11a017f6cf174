"""Matching: which record here is which record there. It happens once; forecast and sync take the same links (design.md, decision 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from checker.data.joining import Hit, hits
from checker.data.keys import Between, Key, keys
from checker.data.mixing import unmixed
from checker.model.sync import Ambiguous, Link, Matched, Row
from checker.project.sides import FlowView


def match(
    view: FlowView,
    left: Iterable[Row],
    right: Iterable[Row],
    known: Iterable[Link] = (),
    *,
    links: Mapping[str, Iterable[Link]] | None = None,
    zones: tuple[str | None, str | None] = (None, None),
) -> Matched:
    """Links, ambiguous keys, and what is left over. Each row's id stands in exactly one of the four; the same rows give the same answer.

    Known links stand as they are, first and for good. Then key by key: where one free row of each side has the key's value, they are
    linked; where several of a side do, all that share it await a decision, and no later key links them.

    `links` are other flows' by their names, for keys that point at other records (the company of a contact); `zones` both systems' time
    zones (IANA names), which tell a lens how times and telephone numbers are meant. Raises InputError for an unknown transformation.
    """
    held = _for_good(known)
    here = _free(left, {one.left for one in held})
    there = _free(right, {one.right for one in held})
    pointed = {flow: {one.right: one.left for one in given} for flow, given in (links or {}).items()}
    found = _found(unmixed(keys(view, Between(pointed, zones)), here, there), here, there)
    return Matched(
        links=(
            *held,
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


def _found(wanted: Sequence[Key], left: Sequence[Row], right: Sequence[Row]) -> list[Hit]:
    parts = list(chain.from_iterable(one.parts for one in wanted))
    if not (parts and left and right):
        return []
    here = [[part.left(row) for row in left] for part in parts]
    there = [[part.right(row) for row in right] for part in parts]
    return list(hits(wanted, parts, here, there))


def _lone(hit: Hit) -> bool:
    return len(hit.left) == len(hit.right) == 1


def _ambiguous(hit: Hit, left: Sequence[Row], right: Sequence[Row]) -> Ambiguous:
    ids = tuple(left[one].id for one in hit.left), tuple(right[one].id for one in hit.right)
    return Ambiguous(by=hit.by, key=hit.key, left=ids[0], right=ids[1])


def _rest(rows: Sequence[Row], taken: Iterable[int]) -> tuple[str, ...]:
    gone = set(taken)
    return tuple(row.id for number, row in enumerate(rows) if number not in gone)
