"""Matching: which record here is which record there. It happens once; forecast and sync take the same links (design.md, decision 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from checker.data.engine import BATCH, EMBEDDED, Engine
from checker.data.joining import Joined, Pairs, Rest, Shared, Vetoed, joined
from checker.data.keys import Between, Text, keys
from checker.data.mixing import unmixed
from checker.data.vetoes import vetoes
from checker.model.sync import Ambiguous, Link, Matched, Row, Which
from checker.project.sides import FlowView

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader


def match(
    view: FlowView,
    left: Iterable[Row],
    right: Iterable[Row],
    known: Iterable[Link] = (),
    *,
    links: Mapping[str, Iterable[Link]] | None = None,
    zones: tuple[str | None, str | None] = (None, None),
    engine: Engine = EMBEDDED,
) -> Matched:
    """Links, ambiguous keys, and what is left over. Each row's id stands in exactly one of the four; the same rows give the same answer.

    Known links stand as they are, first and for good. Then key by key: where one free row of each side has the key's value, they are
    linked; where several of a side do, all that share it await a decision, and no later key links them. Where something that proves more
    speaks against a pair (`vetoes.py`), a later key may link its rows with others; else the pair awaits a decision.

    `links` are other flows' by their names, for keys that point at other records (the company of a contact); `zones` both systems' time
    zones (IANA names), which tell a lens how times and telephone numbers are meant. Raises InputError for an unknown transformation,
    and where the engine isn't there.
    """
    held = _for_good(known)
    here = _free(left, {one.left for one in held})
    there = _free(right, {one.right for one in held})
    pointed = {flow: {one.right: one.left for one in given} for flow, given in (links or {}).items()}
    rows = {Which.LEFT: here, Which.RIGHT: there}
    found = _found(view, Between(pointed, zones), here, there, engine)
    return told(found, held, lambda side, positions: [rows[side][one].id for one in positions])


Ids = Callable[[Which, Iterable[Any]], Iterable[str]]  # the ids of rows, as an answer names them


def told(found: Iterable[Joined], held: Iterable[Link], ids: Ids) -> Matched:
    """What was joined, beside the links that were known. A pair with a veto whose rows no later key took awaits a decision.

    Questions come in the order of the keys, those of one key in the order of the left rows.
    """
    links = list(held)
    unclear: list[tuple[int, Any, Ambiguous]] = []
    order: dict[str, int] = {}
    rest: dict[Which, dict[Any, None]] = {Which.LEFT: {}, Which.RIGHT: {}}
    vetoed: list[Vetoed] = []
    for one in found:
        number = order.setdefault(one.by, len(order)) if not isinstance(one, Rest) else 0
        match one:
            case Pairs(by, left, right):
                pairs = zip(ids(Which.LEFT, left.to_pylist()), ids(Which.RIGHT, right.to_pylist()), strict=True)
                links += [Link(left=ours, right=theirs, by=by) for ours, theirs in pairs]
            case Shared(by, key, left, right):
                ours, theirs = tuple(ids(Which.LEFT, left)), tuple(ids(Which.RIGHT, right))
                unclear.append((number, left[0], Ambiguous(by=by, key=key, left=ours, right=theirs)))
            case Vetoed():
                vetoed.append(one)
            case Rest(side, rows):
                rest[side] |= dict.fromkeys(rows.to_pylist())
    for pair in vetoed:
        if pair.left in rest[Which.LEFT] and pair.right in rest[Which.RIGHT]:
            del rest[Which.LEFT][pair.left], rest[Which.RIGHT][pair.right]
            ours, theirs = tuple(ids(Which.LEFT, [pair.left])), tuple(ids(Which.RIGHT, [pair.right]))
            question = Ambiguous(by=pair.by, key=pair.key, left=ours, right=theirs, against=pair.against)
            unclear.append((order[pair.by], pair.left, question))
    left_over, right_over = (tuple(ids(side, rest[side])) for side in (Which.LEFT, Which.RIGHT))
    return Matched(
        links=tuple(links),
        ambiguous=tuple(one for _, _, one in sorted(unclear, key=lambda asked: asked[:2])),
        only_left=left_over,
        only_right=right_over,
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


def _found(
    view: FlowView, between: Between, left: Sequence[Row], right: Sequence[Row], engine: Engine
) -> Iterator[Joined]:
    import pyarrow as pa

    wanted = unmixed(keys(view, between), left, right)
    against = vetoes(view, wanted, between)
    asked = chain.from_iterable(veto.parts for one in wanted for veto in against[one.by])
    parts = list(dict.fromkeys((*chain.from_iterable(one.parts for one in wanted), *asked)))
    if parts and left and right:
        columns = texts_of(left, [one.left for one in parts]), texts_of(right, [one.right for one in parts])
        yield from joined(wanted, parts, *columns, against, chosen=engine)
    else:
        yield Rest(Which.LEFT, pa.arange(0, len(left)))
        yield Rest(Which.RIGHT, pa.arange(0, len(right)))


def texts_of(rows: Sequence[Row], texts: Sequence[Text]) -> RecordBatchReader:
    """Rows as the engine takes them: their positions, and the text of each part. Made before it starts, so that what goes wrong here is told as it is."""
    import pyarrow as pa

    columns = {f"part{at}": pa.array(map(text, rows), pa.string()) for at, text in enumerate(texts)}
    return pa.table({"row": pa.arange(0, len(rows)), **columns}).to_reader(BATCH)
