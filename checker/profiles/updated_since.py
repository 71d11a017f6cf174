"""Whether a list can be asked for what changed since an instant."""

from __future__ import annotations

import re

from checker.model.api import Schema
from checker.model.profile import Param, Undetermined, UpdatedSince
from checker.profiles.declared import GONE, switch_of
from checker.profiles.fields import find_updated
from checker.profiles.inputs import QUERY, filters, sorts
from checker.profiles.languages import CONDITIONS, certain
from checker.profiles.names import flat, vocabulary, words
from checker.profiles.view import Detection, Input, View

CHANGE = vocabulary(
    "updated update modified modify modification changed change edited upd lastmod mod aenderung geaendert"
)
SINCE = vocabulary("since after from min gt gte ge start begin seit ab newer")
UNTIL = vocabulary("before until to max lt lte le end bis older")
RANGE_KEYS = vocabulary("gt gte ge from min start after since start_at start_time begin greater_than start_date")
# Words of a structured filter that can say "at or after": operator names of public query bodies.
RANGE_SIGNS = frozenset((">", ">=", "=>"))
RANGE_OPERATORS = vocabulary(
    "range gte gt ge greater_than_or_equal greater_than_equal greater_than after since min from"
)
# Parameters with a query language of their own that may be no more than a search for words.
WORDS = ("q", "query", "search", "search_query", "domain", "fql")

_SAID = re.compile(
    r"(updated|modified|changed|edited|ge[aä]ndert)\b[^.]{0,60}?\b(since|after|later|newer|on or after|seit|nach|greater)\b"
    r"|\b(since|after|seit|nach)\b[^.]{0,40}\b(updated|modified|last change|changed|ge[aä]ndert)",
    re.IGNORECASE,
)
_LOWER_BOUND = re.compile(r"\b(begin|start|from|since|after|min|lower|ab|seit)\b", re.IGNORECASE)
_ABOUT_CHANGE = re.compile(r"updated|modified|changed|modification|ge[aä]ndert", re.IGNORECASE)
_EPOCH_MS = re.compile(r"milli|\bms\b", re.IGNORECASE)
_EPOCH = re.compile(r"unix|epoch|timestamp in seconds|seconds since", re.IGNORECASE)
_NAIVE = re.compile(r"without (a )?(time ?)?zone|no time ?zone|ohne zeitzone|\blocal time\b|ortszeit", re.IGNORECASE)
_INCLUSIVE = re.compile(
    r"\beinschlie(ß|ss)lich|\binclusive|at or after|on or after|>=|greater than or equal|since or", re.IGNORECASE
)
_EXCLUSIVE = re.compile(r"\bexclusive|strictly after|later than|>(?!=)", re.IGNORECASE)


def _rank(one: Input, view: View) -> int:
    """How clearly an input asks for changes since an instant; 0 is not at all."""
    if sorts(one) or one.schema.type == "boolean":
        return 0
    said = words(one.name)
    change = bool(CHANGE.intersection(said))
    if one.location == "header":
        return 8 if flat(one.name) == "if_modified_since" or (change and SINCE & set(said)) else 0
    if not change and "created" in said:
        return 0
    if change and SINCE.intersection(said):
        return 0 if UNTIL.intersection(said) and not SINCE.intersection(said[-1:]) else 9
    if change and not UNTIL.intersection(said):
        return _ranged(one, view)
    if UNTIL.intersection(said):
        return 0
    if SINCE.intersection(said) and GONE.intersection(words(view.group.name)):
        return 5 if one.schema.format == "date-time" else 0  # of what was deleted, that is its last change
    return _by_prose(one, said)


def _ranged(one: Input, view: View) -> int:
    keys = {flat(name) for name in view.shapes.properties(one.schema)}
    for variant in one.schema.variants:
        keys |= {flat(name) for name in variant.properties()}
    if keys & RANGE_KEYS:
        return 7
    return 6 if one.location != "body" and _SAID.search(one.description) else 0


def _by_prose(one: Input, said: tuple[str, ...]) -> int:
    dated = one.schema.format in ("date", "date-time", "unix-time") or bool(
        {"time", "date", "since", "timestamp"} & set(said)
    )
    if not dated or one.name.count(".") > 1:
        return 0
    if _SAID.search(one.description):
        return 5
    lower = _LOWER_BOUND.search(" ".join(said)) is not None
    return 4 if lower and _ABOUT_CHANGE.search(one.description) else 0


def _structured(view: View) -> Input | None:
    """A filter in a body whose conditions have range operators, so that the updated field can be asked for."""
    for one in view.inputs:
        if (
            one.location == "body"
            and one.name.count(".") <= 1
            and flat(one.name.rpartition(".")[2]) in QUERY
            and _says_range(one.schema, view, 4)
        ):
            return one
    return None


def _says_range(schema: Schema, view: View, depth: int, seen: set[Schema] | None = None) -> bool:
    seen = set() if seen is None else seen
    if schema in seen:
        return False
    seen.add(schema)
    values = {str(value) for value in schema.enum}
    if values & RANGE_SIGNS or {flat(value) for value in values} & RANGE_OPERATORS:
        return True
    if depth == 0:
        return False
    inner = [*schema.variants, *view.shapes.properties(schema).values()]
    if schema.items is not None:
        inner.append(schema.items)
    if {flat(name) for name in view.shapes.properties(schema)} & (RANGE_OPERATORS - {"from", "min", "since", "after"}):
        return True
    return any(_says_range(one, view, depth - 1, seen) for one in inner)


def _sorting_with(view: View) -> dict[str, str]:
    """A sort value by the updated field, where the sort parameter lists its values."""
    for one in view.inputs:
        if sorts(one):
            for value in one.schema.enum:
                if (
                    CHANGE.intersection(words(str(value)))
                    and "desc" not in str(value).lower()
                    and not str(value).startswith("-")
                ):
                    return {one.name: str(value)}
    return {}


def _format(one: Input) -> str | None:
    if one.location == "header":
        return "rfc3339" if one.schema.format == "date-time" else None
    if one.schema.format == "date":
        return "date"
    if one.schema.type in ("integer", "number") or one.schema.format == "unix-time" or _EPOCH.search(one.description):
        return "epoch_ms" if _EPOCH_MS.search(one.description) else "epoch_s"
    if _NAIVE.search(one.description):
        return "naive"
    return "rfc3339" if one.schema.format == "date-time" else None


def _boundary(one: Input) -> str | None:
    said = set(words(one.name))
    if _INCLUSIVE.search(one.description) or said & {"gte", "ge"}:
        return "inclusive"
    return "exclusive" if _EXCLUSIVE.search(one.description) or "gt" in said else None


def detect_updated_since(view: View) -> Detection:
    """`updated_since`: a parameter, a header, or a structured filter; open where only a query language of its own could say it."""
    if view.listing is None:
        return Detection({})
    ranked = sorted(
        ((_rank(one, view), -number, one) for number, one in enumerate(view.inputs)), key=lambda r: r[:2], reverse=True
    )
    if ranked and ranked[0][0] > 0:
        return _found(ranked[0][2], ranked[0][0], view)
    updated = find_updated(view)
    structured = _structured(view) if updated is not None else None
    if structured is not None:
        since = UpdatedSince(
            supported=True, operation=structured.operation.key, param=structured.param(), pointer=structured.pointer
        )
        why = f"the filter {structured.name} knows ranges, and records have {updated}"
        return Detection({"updated_since": since}, {"updated_since": why}, {"updated_since": 0.7})
    known = _in_language(view, updated) if updated is not None else None
    return known or _not_found(view, updated)


def _found(one: Input, rank: int, view: View) -> Detection:
    together = (
        _sorting_with(view) if rank in (4, 5) and one.location == "query" and "sort" in one.description.lower() else {}
    )
    since = UpdatedSince(
        supported=True,
        operation=one.operation.key,
        param=Param(name=one.name, in_=one.location),
        together_with=together,
        format=_format(one),
        boundary=_boundary(one),
        deleted_query=switch_of(view),
        pointer=one.pointer,
    )
    return Detection(
        {"updated_since": since},
        {"updated_since": f"{one.location} {one.name}"},
        {"updated_since": min(0.95, 0.5 + rank / 20)},
    )


def _in_language(view: View, updated: str) -> Detection | None:
    """A query parameter whose language is known by its neighbours."""
    asked = [one for one in view.inputs if one.location == "query" and one.operation is view.listing]
    for one in asked:
        template = certain(one.name, {other.name for other in asked}, updated)
        if template is not None:
            since = UpdatedSince(
                supported=True,
                operation=one.operation.key,
                param=one.param(),
                query=template,
                format="rfc3339",
                boundary="inclusive",
                deleted_query=switch_of(view),
                pointer=one.pointer,
            )
            why = f"{one.name} takes OData's expressions, and records have {updated}"
            return Detection({"updated_since": since}, {"updated_since": why}, {"updated_since": 0.8})
    return None


def _not_found(view: View, updated: str | None) -> Detection:
    languages = sorted((one for one in view.inputs if _own_language(one, view)), key=_speaks)
    query = next(iter(languages), None)
    operation = view.listing.key if view.listing is not None else None
    if query is not None and (updated is not None or not view.properties):
        reason = f"{query.name} takes a query of the system's own; whether it can ask for changes isn't said"
        since = UpdatedSince(
            supported=None,
            operation=query.operation.key,
            param=query.param(),
            deleted_query=switch_of(view),
            pointer=query.pointer,
        )
        still = (Undetermined(what="updated_since", why=reason, settled_by="updated-since.excludes-older"),)
        return Detection({"updated_since": since}, {"updated_since": reason}, {"updated_since": 0.5}, still)
    since = UpdatedSince(supported=False, operation=operation, deleted_query=switch_of(view))
    return Detection(
        {"updated_since": since},
        {"updated_since": "nothing asks for changes since an instant"},
        {"updated_since": 0.75},
    )


def _own_language(one: Input, view: View) -> bool:
    """Whether a parameter of the list takes a query language, so that more may be asked than is said."""
    name = flat(one.name.removeprefix("$"))
    free = one.location == "query" and one.operation is view.operation("list") and not one.schema.enum
    return free and name in (*CONDITIONS, *WORDS) and filters(one, view)


def _speaks(one: Input) -> bool:
    """Whether a query language looks for words rather than for values of fields: those come last."""
    return flat(one.name.removeprefix("$")) not in CONDITIONS
