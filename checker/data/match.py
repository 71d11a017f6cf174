"""Matching: which record here is which record there. It happens once; forecast and sync take the same links (design.md, decision 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from checker.data.joining import Hit, hits
from checker.data.keys import Between, keys
from checker.data.mixing import unmixed
from checker.data.vetoes import vetoes
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
    linked; where several of a side do, all that share it await a decision, and no later key links them. Where something that proves more
    speaks against a pair (`vetoes.py`), a later key may link its rows with others; else the pair awaits a decision.

    `links` are other flows' by their names, for keys that point at other records (the company of a contact); `zones` both systems' time
    zones (IANA names), which tell a lens how times and telephone numbers are meant. Raises InputError for an unknown transformation.
    """
    held = _for_good(known)
    here = _free(left, {one.left for one in held})
    there = _free(right, {one.right for one in held})
    pointed = {flow: {one.right: one.left for one in given} for flow, given in (links or {}).items()}
    found = list(_settled(_found(view, Between(pointed, zones), here, there)))
    return Matched(
        links=(
            *held,
            *(
                Link(left=here[one.left[0]].id, right=there[one.right[0]].id, by=one.by)
                for one in found
                if _linked(one)
            ),
        ),
        ambiguous=tuple(_ambiguous(one, here, there) for one in found if not _linked(one)),
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


def _found(view: FlowView, between: Between, left: Sequence[Row], right: Sequence[Row]) -> list[Hit]:
    wanted = unmixed(keys(view, between), left, right)
    against = vetoes(view, wanted, between)
    asked = chain.from_iterable(veto.parts for one in wanted for veto in against[one.by])
    parts = list(dict.fromkeys((*chain.from_iterable(one.parts for one in wanted), *asked)))
    if not (parts and left and right):
        return []
    here = [[part.left(row) for row in left] for part in parts]
    there = [[part.right(row) for row in right] for part in parts]
    return list(hits(wanted, parts, here, there, against))


def _settled(found: Sequence[Hit]) -> Iterator[Hit]:
    """The hits, each row in one: what no later key linked or asked for awaits a decision with the first that it was vetoed with."""
    sure = [one for one in found if not one.against]
    lefts = set(chain.from_iterable(one.left for one in sure))
    rights = set(chain.from_iterable(one.right for one in sure))
    for one in found:
        if not one.against:
            yield one
        elif lefts.isdisjoint(one.left) and rights.isdisjoint(one.right):
            lefts.update(one.left)
            rights.update(one.right)
            yield one


def _linked(hit: Hit) -> bool:
    return len(hit.left) == len(hit.right) == 1 and hit.against is None


def _ambiguous(hit: Hit, left: Sequence[Row], right: Sequence[Row]) -> Ambiguous:
    ids = tuple(left[one].id for one in hit.left), tuple(right[one].id for one in hit.right)
    return Ambiguous(by=hit.by, key=hit.key, left=ids[0], right=ids[1], against=hit.against)


def _rest(rows: Sequence[Row], taken: Iterable[int]) -> tuple[str, ...]:
    gone = set(taken)
    return tuple(row.id for number, row in enumerate(rows) if number not in gone)
