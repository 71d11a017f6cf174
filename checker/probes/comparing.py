"""Filters that compare, and filters that leave out: do they keep to the side that their name says, and what becomes of empty fields?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeGuard

from checker.model.finding import Answer
from checker.model.instants import read_instant
from checker.model.paths import get
from checker.model.profile import Param
from checker.probes.base import Told, not_applicable, probe, unknown, whether
from checker.probes.contexts import ResourceLook, evidence_of
from checker.probes.filtering import (
    OTHER_THAN_EQUAL,
    comparable,
    description,
    failing,
    field_of,
    narrowed,
    plain,
    schema_of,
)
from checker.profiles.names import flat, words
from checker.resources.query import of_params
from checker.resources.resource import Page

AMOUNT = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,10}", re.ASCII)
OPERATORS = 2  # comparing parameters that are tried
DAY = 86_400.0  # seconds within which a time proves nothing: some filters count whole days, or read a time in another zone
# What a name's word says of the values that come: whether those above the bound, and whether the bound itself (None: it doesn't say).
COMPARING: dict[str, tuple[bool, bool | None]] = {
    "gt": (True, False), "gte": (True, True), "ge": (True, True), "lt": (False, False), "lte": (False, True), "le": (False, True),
    "min": (True, None), "from": (True, None), "since": (True, None), "after": (True, None),
    "max": (False, None), "to": (False, None), "until": (False, None), "before": (False, None), "greater": (True, None), "less": (False, None),
}  # fmt: skip
EXCLUDING = frozenset({"ne", "neq", "not", "nin"})
# Words of filters by whether a field is empty: true asks for the empty ones, or, where a name says the opposite, for the filled ones.
EMPTY, FILLED = frozenset({"blank", "empty", "isnull", "null"}), frozenset({"exists", "filled", "nnull", "notnull"})
# What documents say of a filter that takes null for "without a value", and of one that is off with it.
FOR_NULL = re.compile(r"\bnull\b[^.;]*\b(empty|missing|no value|not set|unset|without|leer\w*|ohne)\b|\b(empty|missing|no value|not set|unset|without|leer\w*|ohne)\b[^.;]*\bnull\b", re.IGNORECASE)  # fmt: skip
OFF = re.compile(
    r"ignor|unfilter|\b(no|not|without|ohne|kein\w*) (a |be |einen )?filter|\ball\b|\bevery|\balle\b", re.IGNORECASE
)
BESIDE = frozenset(
    {"filter", "where", "in", "is", "eq", "equal", "equals", "or", "than"}
)  # words of such names that are no field
# How the field of a time is called, where the parameter's name says only what happened: `created_after`.
TIMES = ("{}", "{}_at", "{}_on", "{}_date", "date_{}")


def field_behind(param: Param, operators: Iterable[str], records: list[dict[str, Any]]) -> str | None:
    """The field that a parameter with one of these operators in its name is about: `price[gte]`, `min_price`, `created_after`, `filter[city][_neq]`."""
    rest = [one for one in words(param.name) if one not in operators and one not in BESIDE]
    if not rest:
        return None
    within = next((name for record in records if (name := field_of(param, record))), None)
    if within is not None:
        return within
    wanted = {form.format("_".join(rest)) for form in TIMES}
    names = dict.fromkeys(chain.from_iterable(records))
    return next((one for one in names if {flat(one), flat(one.partition(".")[2])} & wanted), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A parameter that compares: the field, whether what lies above the bound comes, and whether its name says that the bound does (`within`)."""

    param: Param
    field: str
    above: bool
    within: bool | None
    look: ResourceLook

    def measured(self, record: Mapping[str, Any]) -> float | None:
        """A number as it is or as a text (an amount), a time in seconds; None for anything else."""
        value = get(record, self.field)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if _is_amount(value):
            return float(value)
        instant = read_instant(value, self.look.system.zone) if isinstance(value, str) and not value.isdigit() else None
        return None if instant is None else instant.at.timestamp()

    def strange(self, record: Mapping[str, Any], bound: Mapping[str, Any]) -> bool:
        """Whether the record lies on the side that should not come, clearly."""
        held, limit = self.measured(record), self.measured(bound)
        if held is None or limit is None:
            return False
        value = get(bound, self.field)
        margin = DAY if isinstance(value, str) and not _is_amount(value) else 0.0
        return held < limit - margin if self.above else held > limit + margin

    def bounds(self) -> list[dict[str, Any]]:
        """Records whose value makes a bound, the middle one first: some of the unfiltered first page lie beyond it, others don't."""
        shown = {value: one for one in self.look.first.records if (value := self.measured(one)) is not None}
        ordered = [shown[value] for value in sorted(shown)]
        inner = [one for at, one in enumerate(ordered) if 0 < at < len(ordered) - 1]
        useful = [one for one in inner if any(self.strange(other, one) for other in self.look.first.records)]
        return sorted(useful, key=lambda one: abs(ordered.index(one) - len(ordered) // 2))

    def inclusive(self, page: Page, bound: Mapping[str, Any]) -> bool | None:
        """Whether the bound itself came; None where the page is too short to tell."""
        limit = self.measured(bound)
        if any(self.measured(one) == limit for one in page.records):
            return True
        return False if page.natural or page.total == len(page.records) else None

    def breaks_its_word(self, page: Page, bound: Mapping[str, Any]) -> bool:
        """Whether the bound came though the name says that it doesn't, or the other way round. Only what is shown as it is stored can tell: whole
        numbers, and times from which on records come, since a time may be shown with fewer digits than it has.
        """
        value, came = get(bound, self.field), self.inclusive(page, bound)
        exact = isinstance(value, int) or (self.above and self.within is True)
        return exact and came is not None and self.within is not None and came is not self.within


def _is_amount(value: Any) -> TypeGuard[str]:
    """Whether a text is a number with a fraction, as interfaces write amounts that fear for their decimals."""
    return isinstance(value, str) and AMOUNT.fullmatch(value) is not None


def comparisons(look: ResourceLook) -> list[Comparison]:
    """The parameters that compare numbers or times, but for the one that asks what changed since: that is a question of its own."""
    since, updated = look.profile.updated_since.param, look.profile.fields.updated
    known = [updated] if isinstance(updated, str) else updated or []
    found = []
    for param in look.profile.filtering.params:
        said = [one for one in words(param.name) if one in COMPARING]
        if len(said) != 1 or (since is not None and param.name == since.name):
            continue
        name = field_behind(param, said, look.walk.records)
        if name is not None and name not in known:
            found.append(Comparison(param, name, *COMPARING[said[0]], look))
    return found


@probe("filter.operators-honoured", scope="resource")
def comparing(look: ResourceLook) -> Iterator[Told]:
    """Ask for what lies above, or below, a value from the middle: nothing from the other side may come. Ask for all but one value: it may not come."""
    if not look.readable:
        return
    claim, declared, exclusions = "filter.operators-honoured", comparisons(look), _exclusions(look)
    usable = [(one, bounds) for one in declared if (bounds := one.bounds())]
    without = [(param, name, values) for param, name in exclusions if len(values := _values(look, name)) > 1]
    if not usable and not without:
        yield unknown(claim, "no-fitting-value") if declared or exclusions else not_applicable(claim)
        return
    others = sorted(usable[1:], key=lambda one: one[0].above is usable[0][0].above)  # one of each side says more
    told = [_compared(*one) for one in (*usable[:1], *others)[:OPERATORS]]
    told += [_excluded(look, *one) for one in without[:1]]
    yield next(one for answer in (Answer.NO, Answer.YES, Answer.UNKNOWN) for one in told if one.answer is answer)


def _compared(one: Comparison, bounds: list[dict[str, Any]]) -> Told:
    """A no takes two bounds, where the values give two."""
    told = _bounded(one, bounds[0])
    return told if told.answer is not Answer.NO else _doubted(one.look, told, _bounded(one, bounds[-1]))


def _excluded(look: ResourceLook, param: Param, name: str, values: list[Any]) -> Told:
    """The same of a filter that leaves one value out: a no takes two values."""
    told = _kept_out(look, param, name, values[0])
    return told if told.answer is not Answer.NO else _doubted(look, told, _kept_out(look, param, name, values[1]))


def _kept_out(look: ResourceLook, param: Param, name: str, value: Any) -> Told:
    claim = "filter.operators-honoured"
    page = look.resource.page(of_params([(param, value)]))
    strangers = sum(comparable(get(one, name)) == comparable(value) for one in page.records)
    values = {"param": param.name, "field": name, "kept": len(page.records), "strangers": strangers}
    if not page.response.ok or not page.records:
        reason = failing(page.response) or ("empty-answer" if page.response.ok else "refused")
        return unknown(claim, reason, evidence_of(page.response), **values)
    return whether(claim, not strangers, evidence_of(page.response), **values)


def _doubted(look: ResourceLook, told: Told, again: Told) -> Told:
    """A no that came twice, of a list that has filters which work; else it stays open what is at fault."""
    evidence = (*told.evidence, *again.evidence)
    if again.answer is not Answer.NO:
        return unknown(told.claim, "inconclusive", evidence, **told.values)
    return (
        told._replace(evidence=evidence)
        if narrowed(look)
        else unknown(told.claim, "no-filter-seen", evidence, **told.values)
    )


def _bounded(one: Comparison, bound: Mapping[str, Any]) -> Told:
    claim = "filter.operators-honoured"
    page = one.look.resource.page(of_params([(one.param, get(bound, one.field))]))
    evidence = evidence_of(page.response)
    values = {"param": one.param.name, "field": one.field, "kept": len(page.records)}
    if not page.response.ok:
        return unknown(claim, failing(page.response) or "refused", evidence, **values)
    if not page.records:  # may be another way of writing the value
        return unknown(claim, "empty-answer", evidence, **values)
    strangers = sum(one.strange(record, bound) for record in page.records)
    values |= {"strangers": strangers, "inclusive": one.inclusive(page, bound)}
    return whether(claim, not strangers and not one.breaks_its_word(page, bound), evidence, **values)


@probe("filter.excluding-keeps-empty", scope="resource")
def excluding(look: ResourceLook) -> Iterator[Told]:
    """Ask for every record but those of one value, by a field that is empty in some: the empty ones are others, too, yet in a language with
    three-valued logic (SQL) they are not.
    """
    if not look.readable:
        return
    claim, declared = "filter.excluding-keeps-empty", _exclusions(look)
    usable = [(param, name, values) for param, name in declared if (values := _beside_empty(look, name))]
    if not usable:
        yield unknown(claim, "no-empty-values") if declared else not_applicable(claim)
        return
    param, name, values = usable[0]
    told = _left_out(look, param, name, values[0])
    yield told if told.answer is not Answer.NO else _doubted(look, told, _left_out(look, param, name, values[1]))


def _exclusions(look: ResourceLook) -> list[tuple[Param, str]]:
    """The parameters that leave out one value, each with its field; none that combine it with another word (`not_null`, `not_before`)."""
    found = []
    for param in look.profile.filtering.params:
        said = OTHER_THAN_EQUAL & set(words(param.name))
        if said and said <= EXCLUDING:
            name = field_behind(param, said, look.walk.records)
            found += [(param, name)] if name is not None else []
    return found


def _values(look: ResourceLook, name: str) -> list[Any]:
    """The field's different values in the first page, which that page without the filter is sure to show."""
    return list({comparable(one): one for each in look.first.records if plain(one := get(each, name))}.values())


def _beside_empty(look: ResourceLook, name: str) -> list[Any]:
    """Two values of the field in the first page, where some of that page have none: what is left out moves these forward, so that they must
    still be there. Nothing where the page has no such mixture.
    """
    filled = _values(look, name)
    return filled[:2] if len(filled) > 1 and any(_empty(get(one, name)) for one in look.first.records) else []


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _left_out(look: ResourceLook, param: Param, name: str, value: Any) -> Told:
    claim = "filter.excluding-keeps-empty"
    page = look.resource.page(of_params([(param, value)]))
    evidence = evidence_of(page.response)
    held = [get(one, name) for one in page.records]
    values = {"param": param.name, "field": name, "kept": len(held), "empty": sum(_empty(one) for one in held)}
    if not page.response.ok:
        return unknown(claim, failing(page.response) or "refused", evidence, **values)
    if any(comparable(one) == comparable(value) for one in held):
        return unknown(claim, "filter-ignored", evidence, **values)
    if not held:
        return unknown(claim, "empty-answer", evidence, **values)
    return whether(claim, bool(values["empty"]), evidence, **values)


@dataclass(frozen=True, slots=True)
class Emptiness:
    """A way to ask for the records whose field is empty, or filled: what is asked for each of them (`ask`; None where there is no way)."""

    param: Param
    field: str
    ask: Mapping[bool, Any]  # whether the empty ones are wanted → the parameter's value

    def wrong(self, records: Iterable[Mapping[str, Any]], *, empty: bool) -> int:
        """How many of the records were not asked for."""
        return sum(_empty(get(one, self.field)) is not empty for one in records)


@probe("filter.null-honoured", scope="resource")
def emptiness(look: ResourceLook) -> Iterator[Told]:
    """Ask for the records whose field is empty, of a list that shows both: no others may come."""
    if not look.readable:
        return
    claim, declared = "filter.null-honoured", _emptinesses(look)
    mixed = [one for one in declared if one.wrong(look.first.records, empty=True) not in (0, len(look.first.records))]
    if not mixed:
        yield unknown(claim, "no-empty-values") if declared else not_applicable(claim)
        return
    told = _emptied(look, mixed[0], empty=True)
    opposite = False in mixed[0].ask
    yield told if told.answer is not Answer.NO else _doubted(look, told, _emptied(look, mixed[0], empty=not opposite))


def _emptinesses(look: ResourceLook) -> list[Emptiness]:
    """The parameters that ask for empty fields: by a word of their name, or by null where the document says so of a body's filter."""
    found = []
    for param in look.profile.filtering.params:
        said = (EMPTY | FILLED | {"not"}) & set(words(param.name))
        if said - {"not"}:
            name = field_behind(param, said, look.walk.records)
            found += (
                [Emptiness(param, name, _truths(look, param, bool(said & FILLED) is not ("not" in said)))]
                if name
                else []
            )
        elif param.in_ == "body" and FOR_NULL.search(text := description(look, param)) and not OFF.search(text):
            name = next((name for one in look.walk.records if (name := field_of(param, one))), None)
            found += [Emptiness(param, name, {True: None})] if name else []
    return found


def _truths(look: ResourceLook, param: Param, filled: bool) -> dict[bool, Any]:
    """What a filter is set to for the empty and for the filled records; `filled` where true asks for the latter."""
    declared = schema_of(look, param)
    true, false = (1, 0) if declared is not None and declared.type in ("integer", "number") else (True, False)
    written = (true, false) if param.in_ == "body" else tuple(str(one).lower() for one in (true, false))
    return dict(zip((not filled, filled), written, strict=True))


def _emptied(look: ResourceLook, one: Emptiness, *, empty: bool) -> Told:
    claim = "filter.null-honoured"
    page = look.resource.page(of_params([(one.param, one.ask[empty])]))
    strangers = one.wrong(page.records, empty=empty)
    evidence = evidence_of(page.response)
    values = {"param": one.param.name, "field": one.field, "kept": len(page.records), "strangers": strangers}
    if not page.response.ok:
        return unknown(claim, failing(page.response) or "refused", evidence, **values)
    if not page.records:  # may be another way of writing the value
        return unknown(claim, "empty-answer", evidence, **values)
    if strangers == len(page.records):  # true may mean the opposite
        return unknown(claim, "inconclusive", evidence, **values)
    return whether(claim, not strangers, evidence, **values)
