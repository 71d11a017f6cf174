"""Pairs that one company's number makes one although they lie in different places: one VAT id may be several branches. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from checker.data.across import numbers_of
from checker.data.keys import Between, Part, keys, part
from checker.model.sync import Link, Row, Which
from checker.profiles.meanings import USUALLY, meaning
from checker.project.sides import FlowView, many

OF_COMPANIES = frozenset({"vat_id"})  # numbers that a company has once, however many places it has
COUNTRY = re.compile(r"^[a-z]{1,3}-(?=[0-9])")  # before a postal code: D-90402
PLACES = ("postal_code", "city")  # what tells a place, the surest first


def site(view: FlowView, between: Between) -> Part | None:
    """The mapped field that tells where somebody is: the postal code, else the city; None where neither is mapped."""
    names = [name for one in view.flow.fields if one.link is None for name in many(one.left)]
    found = ((name, meaning(name)) for name in names)
    roles = {one.role: name for name, one in found if one is not None and one.score >= USUALLY}
    name = next((roles[one] for one in PLACES if one in roles), None)
    return part(name, view, between) if name is not None else None


def elsewhere(
    view: FlowView, between: Between, links: Iterable[Link], left: Iterable[Row], right: Iterable[Row]
) -> tuple[Link, ...]:
    """The links that rest on a company's number alone and whose records lie in two places, as far as both tell it. Rows are walked once."""
    where, company = site(view, between), _by_company(view, between)
    asked = [one for one in links if one.by in company]
    if where is None or not asked:
        return ()

    def told(given: str | None) -> int | None:
        place = COUNTRY.sub("", "".join((given or "").split()).casefold()).lstrip("0")  # which spreadsheets lose
        return hash(place) if place else None

    ours = numbers_of(asked, Which.LEFT, left, lambda row, _: told(where.left(row)))
    theirs = numbers_of(asked, Which.RIGHT, right, lambda row, _: told(where.right(row)))
    return tuple(
        one for one, here, there in zip(asked, ours, theirs, strict=True) if None not in (here, there) and here != there
    )


def _by_company(view: FlowView, between: Between) -> Collection[str]:
    """What keys are called that are a company's number and nothing else."""
    return {one.by for one in keys(view, between) if {each.form for each in one.parts} <= OF_COMPANIES}
