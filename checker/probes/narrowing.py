"""Narrowed lists at their edges: does a lookup by a key bring equal values only, and does the total count what the filter left?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from checker.model.finding import Answer
from checker.model.paths import get
from checker.model.profile import Param
from checker.probes.base import Told, no, not_applicable, probe, unknown, yes
from checker.probes.contexts import ResourceLook, evidence_of
from checker.probes.filtering import (
    One,
    answers,
    asked,
    comparable,
    description,
    failing,
    filters,
    in_language,
    plain,
    taking_filters,
)
from checker.profiles.names import words
from checker.resources.resource import Page

TWICE = 2
SHORTEST_PART = 3  # characters; less begins too many values
# Words of names whose filters are meant to find more than equal values, and of those that say they don't.
MORE_THAN_EQUAL = frozenset(
    {"any", "begins", "contains", "ends", "fuzzy", "icontains", "ilike", "in", "like", "match", "partial", "prefix", "q", "query", "search", "starts", "startswith", "substring", "term"}
)  # fmt: skip
EQUAL = frozenset({"eq", "equal", "equals", "exact"})
# What documents say of such filters, in English and German; of an operation as a whole only what can't be said of its other parts.
PARTLY = re.compile(r"begin|contain|fuzzy|\blike\b|partial|part of|prefix|search|start|substring|wildcard|ähnlich|anfang|enth[aä]lt|Präfix|Suche|sucht|Teil|Platzhalter", re.IGNORECASE)  # fmt: skip
WHOLLY = re.compile(r"fuzzy|partial|prefix|substring|wildcard|Präfix|Platzhalter|Teilbegriff", re.IGNORECASE)


@probe("filter.exact", "count.filtered", scope="resource")
def lookups(look: ResourceLook) -> Iterator[Told]:
    """Ask for a key that a record has, then for one short of its last letter, which none has: nothing may come. The total that came with the first
    answer counts what the filter left, not the whole list.
    """
    if not look.readable:
        return
    usable = [*filters(look)] or [*in_language(look)]
    exact = next((one for one in usable if _says_equal(look, one)), None)
    one = exact or next(iter(usable), None)
    if one is None:
        yield not_applicable("filter.exact")
        yield unknown("count.filtered", "no-fitting-value")
        return
    found = look.resource.page(asked(*one))
    yield _exact(look, exact, found) if exact is not None else not_applicable("filter.exact")
    yield _counted(look, one, found)


def _says_equal(look: ResourceLook, one: One) -> bool:
    """Whether a filter is meant for equal texts: its name says so, or it is that of a key, and neither name nor document speak of more."""
    param, name, value = one
    roles, said = look.profile.fields, set(words(param.name))
    keys = (roles.email, roles.number, roles.vat_id, roles.external_id)
    if not isinstance(value, str) or said & MORE_THAN_EQUAL or not (name in keys or said & EQUAL):
        return False
    return not _documented_as_more(look, param)


def _documented_as_more(look: ResourceLook, param: Param) -> bool:
    """Whether the document says of the filter, or of the whole operation, that it finds more than equal values."""
    operation = taking_filters(look)
    whole = f"{operation.summary} {operation.description}" if operation is not None else ""
    return bool(PARTLY.search(description(look, param)) or WHOLLY.search(whole))


def _parts(look: ResourceLook, name: str) -> list[str]:
    """Values short of their last letter that no record has, nor would have if signs or leading zeros didn't count; two of them at most."""
    held = [value for one in look.walk.records if isinstance(value := get(one, name), str) and plain(value)]
    whole = {_unpadded(one) for one in held}
    cut = [one[:-1] for one in held if len(one) > SHORTEST_PART and one[-2:].isalnum()]
    return list(dict.fromkeys(one for one in cut if _unpadded(one) not in whole))[:TWICE]


def _exact(look: ResourceLook, one: One, found: Page) -> Told:
    """A no takes two values of which each brings others; a yes takes that the whole value brings its record."""
    claim, (param, name, value) = "filter.exact", one
    shown = {"param": param.name, "field": name}
    if not _of_value(found, name, value):
        return unknown(claim, _silent(found), evidence_of(found.response), **shown)
    evidence, strangers = evidence_of(found.response), []
    for part in _parts(look, name):
        page = look.resource.page(asked(param, name, part))
        evidence += evidence_of(page.response)
        if not page.response.ok:
            return unknown(claim, _silent(page), evidence, **shown)
        strangers.append(len(page.records) - len(_of_value(page, name, part)))
        if not strangers[-1]:
            break
    if strangers == [0]:
        return yes(claim, evidence, **shown)
    if len(strangers) < TWICE or not strangers[-1]:
        return unknown(claim, "inconclusive" if strangers else "no-fitting-value", evidence, **shown)
    return no(claim, evidence, **shown, strangers=strangers[0])


def _of_value(page: Page, name: str, value: Any) -> list[Any]:
    return [one for one in page.records if _unpadded(get(one, name)) == _unpadded(value)]


def _unpadded(value: Any) -> str:
    """A value as systems compare it that take numbers of customers for numbers: 0010 is 10."""
    return comparable(value).lstrip("0")


def _silent(page: Page) -> str:
    """Why an answer without the record that was asked for says nothing."""
    return failing(page.response) or ("empty-answer" if page.response.ok else "refused")


def _counted(look: ResourceLook, one: One, found: Page) -> Told:
    """Whether the total is that of the narrowed list, which is whole on its page; a no takes two values."""
    told = _total(look, one, found)
    if told.answer is not Answer.NO:
        return told
    param, name, value = one
    other = next(
        (
            held
            for each in look.walk.records
            if plain(held := get(each, name)) and not answers(held, value) and not answers(value, held)
        ),
        None,
    )
    again = (param, name, other)
    second = _total(look, again, look.resource.page(asked(*again))) if other is not None else None
    evidence = (*told.evidence, *(second.evidence if second is not None else ()))
    if second is None or second.answer is not Answer.NO:
        return unknown(told.claim, "inconclusive", evidence, **told.values)
    return told._replace(evidence=evidence)


def _total(look: ResourceLook, one: One, found: Page) -> Told:
    claim, (param, name, value), whole, kept = "count.filtered", one, look.first.total, len(found.records)
    evidence, values = evidence_of(found.response), {"param": param.name, "kept": kept, "total": found.total}
    if not found.response.ok or not kept:
        return unknown(claim, _silent(found), evidence, **values)
    if whole is None or found.total is None:
        return unknown(claim, "no-total", evidence, **values)
    if not all(answers(get(each, name), value) for each in found.records):
        return unknown(claim, "filter-ignored", evidence, **values)
    if kept >= min(whole, len(look.first.records)):  # there may be more behind this page
        return unknown(claim, "no-fitting-value", evidence, **values)
    if found.total == kept:
        return yes(claim, evidence, **values)
    return no(claim, evidence, **values) if found.total >= whole else unknown(claim, "inconclusive", evidence, **values)
