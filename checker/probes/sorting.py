"""Sorting: does the server really order, numbers by their value, or does it ignore what it was asked?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.model.finding import Answer
from checker.model.instants import read_instant
from checker.model.paths import get
from checker.model.profile import Param
from checker.probes.base import Told, no, not_applicable, probe, unknown, whether, yes
from checker.probes.contexts import ResourceLook, evidence_of
from checker.probes.filtering import MADE_UP, TRIES, comparable, refusal
from checker.probes.ordering import allowed, orders, said
from checker.resources.query import Query
from checker.resources.resource import NUMBERED

ENOUGH = 10  # different changed times that hardly come in order by chance
NUMBERS = 2  # numeric fields that are tried


@probe("sort.honoured", "sort.default-still", "sort.unknown-refused", scope="resource")
def sorting(look: ResourceLook) -> Iterator[Told]:
    """Ask for both orders of one field: each must be in order, and the two must differ. Then ask, in the spelling that worked, for the order of
    numbers, which as texts would come otherwise, and for that of a field that doesn't exist. Look at the order in which the walk came, which asked
    for none.
    """
    if not look.readable:
        return
    params = [one for one in look.profile.sorting.params if one.in_ in ("query", "body")]
    told, spelt = _honoured_order(look, params)
    yield told if spelt is None else _as_texts(look, spelt) or told
    yield _default_still(look) if spelt is not None else unknown("sort.default-still", "no-order-seen")
    # What ignores every order, or was asked in a wrong form, says nothing by what it does with an unknown field.
    if spelt is None:
        yield unknown("sort.unknown-refused", "no-order-seen" if params else "not-declared")
        return
    asked, _ = list(orders(look, MADE_UP))[spelt]
    yield refusal("sort.unknown-refused", look.resource.page(asked), param=said(asked))


def _honoured_order(look: ResourceLook, params: list[Param]) -> tuple[Told, int | None]:
    """Whether the list can be put in order, and the place among `spellings` of the one that was seen to do so."""
    claim, fields = "sort.honoured", _sortable(look)
    if not params:
        return unknown(claim, "not-declared"), None
    if not fields:
        return unknown(claim, "all-equal" if look.walk.records else "no-records"), None
    last: Told | None = None
    for name in fields[:TRIES]:
        for place, (up, down) in enumerate(orders(look, name)):
            told = _ordered(look, name, up, down)
            if told is not None and told.answer is Answer.YES:
                return told, place
            last = told or last
    return last or unknown(claim, "refused"), None


def _default_still(look: ResourceLook) -> Told:
    """Whether the list's own order is another than that of the changed time, in which pages with numbers move while records change.

    What was never changed has that order, too: it takes records that did not come in the order in which they were made.
    """
    claim, roles, walked = "sort.default-still", look.profile.fields, look.walk
    if look.profile.pagination.style not in NUMBERED:
        return not_applicable(claim)
    stamps = [stamp.at for one in walked.records if (stamp := look.stamp(one)) is not None]
    if len(set(stamps)) < ENOUGH:
        return unknown(claim, "too-few-records", walked.evidence)
    if not _one_way(stamps):
        return yes(claim, walked.evidence)
    made = [_made(look, one) for one in walked.records]
    if None in made or _one_way(made):
        return unknown(claim, "inconclusive", walked.evidence)
    return no(claim, walked.evidence, field=roles.updated)


def _one_way(values: list[Any]) -> bool:
    return values in (sorted(values), sorted(values, reverse=True))


def _made(look: ResourceLook, record: dict[str, Any]) -> Any:
    """When a record was made, as far as its creation time or a numeric id tells; None where neither does."""
    created, own = look.profile.fields.created, look.asked.id_of(record)
    instant = read_instant(get(record, created), look.system.zone) if isinstance(created, str) else None
    if isinstance(created, str):
        return instant.at if instant is not None else None
    return int(own) if own is not None and own.isdigit() else None


def _as_texts(look: ResourceLook, spelt: int) -> Told | None:
    """The no of a server that puts numbers in the order of texts (100 before 20), both ways; None where nothing shows that it does.

    An order that is refused or passed over says nothing here: many servers sort by some of their fields only.
    """
    for name in _numbers(look)[:NUMBERS]:
        up, down = list(orders(look, name))[spelt]
        rising, falling = (look.resource.page(one) for one in (up, down))
        held = [[get(one, name) for one in page.records] for page in (rising, falling)]
        values = [[one for one in each if one is not None] for each in held]
        values[1].reverse()
        if all(_texts_in_order(one) and not in_order(one) for one in values):
            return no("sort.honoured", evidence_of(rising.response, falling.response), param=said(up), field=name)
    return None


def _texts_in_order(values: list[Any]) -> bool:
    texts = [str(one) for one in values]
    return texts == sorted(texts)


def _numbers(look: ResourceLook) -> list[str]:
    """Numeric fields whose values come in another order as texts; those that the document lets the list be ordered by, where it names any."""
    records, by = look.walk.records, allowed(look)
    found = []
    for name in dict.fromkeys(name for one in records for name in one):
        values = [one[name] for one in records if one.get(name) is not None]
        numeric = all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)
        if numeric and sorted(values) != sorted(values, key=str) and (not by or look.profile.spoken(name) in by):
            found.append(name)
    return found


def _sortable(look: ResourceLook) -> list[str]:
    """Fields whose values differ between records: the changed time first, then created, number, name, id."""
    roles = look.profile.fields
    split = roles.updated if isinstance(roles.updated, list) else [roles.updated]
    names = [*split, roles.created, roles.number, roles.name, roles.email, roles.id]
    known = [one for one in names if isinstance(one, str)]
    return [
        one for one in dict.fromkeys(known) if len({comparable(get(record, one)) for record in look.walk.records}) > 1
    ]


def in_order(values: list[Any]) -> bool:
    """Whether values ascend: by number, by code point, or without regard to case (servers differ in that)."""
    present = [one for one in values if one is not None]
    if all(isinstance(one, int | float) for one in present):
        return present == sorted(present)
    texts = [str(one) for one in present]
    return texts == sorted(texts) or texts == sorted(texts, key=str.casefold)


def _ordered(look: ResourceLook, name: str, up: Query, down: Query) -> Told | None:
    """What both orders show; None where the server refuses this spelling."""
    rising, falling = (look.resource.page(one) for one in (up, down))
    evidence = evidence_of(rising.response, falling.response)
    if not (rising.response.ok and falling.response.ok):
        return None
    values = [[get(record, name) for record in page.records] for page in (rising, falling)]
    if not all(values):
        return unknown("sort.honoured", "empty-answer", evidence, param=said(up), field=name)
    ordered = in_order(values[0]) and in_order(values[1][::-1]) and values[0] != values[1]
    return whether("sort.honoured", ordered, evidence, param=said(up), field=name)
