"""Matching: which record here is which record there. It happens once; forecast and sync take the same links (design.md, decision 5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from checker.data.engine import EMBEDDED, Engine
from checker.data.joining import Joined, Pairs, Rest, Shared, Vetoed, joined
from checker.data.keys import Between, Key, Part, Text, keys
from checker.data.laid import Again
from checker.data.mixing import unmixed
from checker.data.vetoes import Vetoes, vetoes
from checker.model.sync import Ambiguous, Link, Matched, Row, Which
from checker.project.sides import FlowView

if TYPE_CHECKING:
    from pyarrow import RecordBatch, RecordBatchReader

SOME = 5_000  # rows that are made texts of at a time


def match(
    view: FlowView,
    left: Collection[Row],
    right: Collection[Row],
    known: Iterable[Link] = (),
    *,
    links: Mapping[str, Iterable[Link]] | None = None,
    zones: tuple[str | None, str | None] = (None, None),
    engine: Engine = EMBEDDED,
) -> Matched:
    """Links, ambiguous keys, and what is left over. Each row's id stands in exactly one of the four; the same rows give the same answer.

    Rows are walked several times, and few of them are in memory at once. Known links stand as they are, first and for good. Then key by key: where one free row of each side has the key's value, they are
    linked; where several of a side do, all that share it await a decision, and no later key links them. Where something that proves more
    speaks against a pair (`vetoes.py`), a later key may link its rows with others; else the pair awaits a decision.

    `links` are other flows' by their names, for keys that point at other records (the company of a contact); `zones` both systems' time
    zones (IANA names), which tell a lens how times and telephone numbers are meant. Raises InputError for an unknown transformation,
    and where the engine isn't there.
    """
    held = _for_good(known)
    here, our_ids = _free(left, {one.left for one in held})
    there, their_ids = _free(right, {one.right for one in held})
    pointed = {flow: {one.right: one.left for one in given} for flow, given in (links or {}).items()}
    ids = {Which.LEFT: our_ids, Which.RIGHT: their_ids}
    found = _found(view, Between(pointed, zones), here, there, engine)
    return told(found, held, lambda side, positions: [ids[side][one] for one in positions])


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


def _free(rows: Collection[Row], linked: set[str]) -> tuple[Collection[Row], list[str]]:
    """Rows that no link holds, each id once, and these ids; of a row that was read twice the later reading counts."""
    free = Again(lambda: (row for row in rows if row.id not in linked)) if linked else rows
    ids = [row.id for row in free]
    once = dict.fromkeys(ids)
    if len(once) < len(ids):
        free, ids = list({row.id: row for row in free}.values()), list(once)
    return free, ids


def _found(
    view: FlowView, between: Between, left: Collection[Row], right: Collection[Row], engine: Engine
) -> Iterator[Joined]:
    import pyarrow as pa

    wanted = unmixed(keys(view, between), left, right)
    parts, against = looked_at(view, wanted, between)
    if parts and left and right:
        columns = texts_of(left, [one.left for one in parts]), texts_of(right, [one.right for one in parts])
        yield from joined(wanted, parts, *columns, against, chosen=engine)
    else:
        yield Rest(Which.LEFT, pa.arange(0, len(left)))
        yield Rest(Which.RIGHT, pa.arange(0, len(right)))


def looked_at(view: FlowView, wanted: Sequence[Key], between: Between) -> tuple[tuple[Part, ...], Vetoes]:
    """All parts of these keys and of what may speak against their pairs, each once; and what may."""
    against = vetoes(view, wanted, between)
    asked = chain.from_iterable(veto.parts for one in wanted for veto in against[one.by])
    return tuple(dict.fromkeys((*chain.from_iterable(one.parts for one in wanted), *asked))), against


def texts_of(rows: Iterable[Row], texts: Sequence[Text]) -> RecordBatchReader:
    """Rows as the engine takes them, some after the others: their positions, and the text of each part."""
    import pyarrow as pa

    schema = pa.schema([("row", pa.int64()), *((f"part{at}", pa.string()) for at, _ in enumerate(texts))])

    def batches() -> Iterator[RecordBatch]:
        coming, first = iter(rows), 0
        for some in iter(lambda: list(islice(coming, SOME)), []):
            columns = [pa.array(map(text, some), pa.string()) for text in texts]
            places = pa.arange(first, first + len(some))
            yield pa.RecordBatch.from_arrays([places, *columns], schema=schema)
            first += len(some)

    return pa.RecordBatchReader.from_batches(schema, batches())
