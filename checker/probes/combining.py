"""Filters together, and an order with ties: what a walk that is narrowed, resumed or cut into pages relies on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, islice
from typing import Any

from checker.model.finding import Answer
from checker.model.paths import get
from checker.model.profile import Param
from checker.probes.base import Told, probe, unknown, whether
from checker.probes.contexts import ResourceLook, evidence_of
from checker.probes.filtering import TRIES, One, answers, comparable, filters, in_language, plain
from checker.probes.ordering import allowed, mentioned, orders
from checker.probes.sorting import in_order
from checker.profiles import languages
from checker.resources.query import Query, of_params

PAIRS = 2  # of filters that are tried together
PAGES = 3  # of a walk in the order of a field with ties
WALKS = 2
ORDERS = 2  # fields that are tried
FEWEST = 4  # records, below which pages of two prove nothing


@probe("filter.combined", scope="resource")
def combined(look: ResourceLook) -> Iterator[Told]:
    """Ask for one record's values of two fields, and for values that no record has together: both filters must count."""
    if not look.readable:
        return
    claim = "filter.combined"
    usable = list(islice(filters(look), TRIES)) or list(islice(in_language(look), TRIES))
    pairs = [(one, other) for one, other in combinations(usable, 2) if one[1] != other[1] and _apart(one[0], other[0])]
    if not pairs:
        yield unknown(claim, "no-two-filters")
        return
    told = [_together(look, *pair) for pair in pairs[:PAIRS]]
    yield next(one for answer in (Answer.NO, Answer.YES, Answer.UNKNOWN) for one in told if one.answer is answer)


def _apart(one: Param, other: Param) -> bool:
    """Whether two conditions can be asked for at once: by two parameters, or joined in the language of one."""
    return one.name != other.name or languages.takes_expressions(one)


def _asked(one: One, other: One, second: Any) -> Query:
    """The request for the value of the first, and for `second` in the field of the other."""
    if one[0].name == other[0].name:
        return of_params([(one[0], languages.both(one[0], (one[1], one[2]), (other[1], second)))])
    return of_params([(one[0], one[2]), (other[0], second)])


def _together(look: ResourceLook, one: One, other: One) -> Told:
    """Values that one record has bring it, and nothing that lacks one of them; values of two records bring neither."""
    claim, names = "filter.combined", (one[1], other[1])
    holder = next(each for each in look.walk.records if comparable(get(each, one[1])) == comparable(one[2]))
    own = get(holder, other[1])
    foreign = next(
        (value for each in look.walk.records if plain(value := get(each, other[1])) and not answers(value, own)), None
    )
    if not plain(own) or foreign is None:
        return unknown(claim, "no-fitting-value")
    both, crossed = (look.resource.page(_asked(one, other, second)) for second in (own, foreign))
    evidence = evidence_of(both.response, crossed.response)
    values = {"params": list(dict.fromkeys((one[0].name, other[0].name))), "kept": len(both.records)}
    if not (both.response.ok and crossed.response.ok):
        return unknown(claim, "refused", evidence, **values)
    if not both.records:
        return unknown(claim, "empty-answer", evidence, **values)
    strangers = sum(
        not all(answers(get(each, name), value) for name, value in zip(names, (one[2], second), strict=True))
        for page, second in ((both, own), (crossed, foreign))
        for each in page.records
    )
    return whether(claim, not strangers, evidence, **values, strangers=strangers)


@probe("sort.stable", scope="resource")
def ties(look: ResourceLook) -> Iterator[Told]:
    """Walk the list twice in the order of a field that several records share: no record comes twice, and both walks agree."""
    if not look.readable:
        return
    claim = "sort.stable"
    params = [one for one in look.profile.sorting.params if one.in_ in ("query", "body")]
    fields = _tied(look)
    if not params or look.profile.pagination.style == "none":
        yield unknown(claim, "not-declared" if not params else "not-paged")
        return
    if not fields or len(look.walk.records) < FEWEST:
        yield unknown(claim, "no-ties" if look.walk.records else "no-records")
        return
    for name in fields[:ORDERS]:
        for asked, _ in orders(look, name):
            told = _walked(look, name, asked)
            if told is not None:
                yield told
                return
    yield unknown(claim, "refused")


def _tied(look: ResourceLook) -> list[str]:
    """Plain fields that two records share, and that not all do: those that the document lets the list be ordered by; where it lists none,
    those that its words on the order name, and those that lists are usually ordered by.
    """
    counts: dict[str, Counter[str]] = {}
    for record in look.walk.records:
        for name, value in record.items():
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                counts.setdefault(name, Counter())[str(value)] += 1
    tied = [name for name, seen in counts.items() if max(seen.values()) > 1 and len(seen) > 1]
    by, spoken, roles = allowed(look), look.profile.spoken, look.profile.fields
    said = [one for one in tied if spoken(one) in by]
    named = [one for one in tied if spoken(one) in mentioned(look)]
    usual = [*named, roles.updated, roles.created, roles.name, *(said or tied)]
    wanted = [one for one in dict.fromkeys(one for one in usual if isinstance(one, str)) if one in tied]
    return [one for one in wanted if not by or spoken(one) in by]


def _walked(look: ResourceLook, name: str, query: Query) -> Told | None:
    """What the walks show; None where the server refuses this order, or doesn't keep it (that is another question)."""
    size = max(2, -(-len(look.walk.records) // PAGES))
    walks: list[list[str]] = []
    evidence: tuple[str, ...] = ()
    for _ in range(WALKS):
        pages = list(islice(look.resource.pages(query, size=size, most=PAGES), PAGES))
        records = [record for page in pages for record in page.records]
        if not all(page.response.ok for page in pages) or not in_order([get(one, name) for one in records]):
            return None
        evidence += evidence_of(*(page.response for page in pages))
        walks.append([str(look.resource.id_of(one)) for one in records])
    repeated = sum(many - 1 for many in Counter(walks[0]).values())
    moved = sum(one != other for one, other in zip(*walks, strict=False))
    return whether(
        "sort.stable",
        not repeated and not moved,
        evidence,
        field=name,
        repeated=repeated,
        moved=moved,
        of=len(walks[0]),
    )
