"""What a list is narrowed by: query parameters, headers, body parts and path values, built in the profile's form. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from checker.client.messages import as_pairs
from checker.model.paths import merged, put
from checker.model.profile import Filtering, Param, UpdatedSince

SINCE = "{since}"


@dataclass(frozen=True, slots=True)
class Query:
    """Additions to a list's request. `operation` (`METHOD /path`) asks by another operation than the list's own."""

    pairs: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    operation: str | None = None

    def __or__(self, other: Query) -> Query:
        """Both; where both set a parameter, the other's value is taken."""
        named = {name for name, _ in other.pairs}
        return Query(
            (*((name, value) for name, value in self.pairs if name not in named), *other.pairs),
            {**self.headers, **other.headers},
            merged(self.body, other.body),
            {**self.path, **other.path},
            other.operation or self.operation,
        )


def of_params(values: Iterable[tuple[Param, Any]]) -> Query:
    """Values for parameters, each where its `in` says. A body parameter's name is a dotted path; a nested value goes into bracket form."""
    query = Query()
    for param, value in values:
        query = query | _placed(param, value)
    return query


def _placed(param: Param, value: Any) -> Query:
    if param.in_ == "body":
        return Query(body=put({}, param.name, value))
    if param.in_ == "header":
        return Query(headers={param.name: str(value)})
    if param.in_ == "path":
        return Query(path={param.name: str(value)})
    if param.in_ == "cookie":
        return Query(headers={"Cookie": f"{param.name}={value}"})
    return Query(brackets(param.name, value))


def brackets(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    """A nested value in bracket form: `filter[age][_gte]=3`, a list's members as `name[0]` where they are nested, else as `name` repeated."""
    if isinstance(value, Mapping):
        return tuple(pair for key, below in value.items() for pair in brackets(f"{name}[{key}]", below))
    if isinstance(value, list) and any(isinstance(one, Mapping | list) for one in value):
        return tuple(pair for index, below in enumerate(value) for pair in brackets(f"{name}[{index}]", below))
    return as_pairs({name: value})


def filtered(filtering: Filtering, conditions: Mapping[str, Any]) -> Query | None:
    """Conditions by parameter name, placed as the profile says; None where a parameter isn't one of the list's filters.

    A condition may be nested (`{"filter": {"email": {"_eq": "…"}}}`) where the filter language has it so. An empty list of filters with
    `supported` true lets any name through, in the query: the user said so.
    """
    known = {one.name: one for one in filtering.params}
    query = Query(operation=filtering.operation)
    for name, value in conditions.items():
        param = known.get(name)
        if param is None and not (filtering.supported and not known):
            return None
        query = query | _placed(param or Param(name=name, in_="query"), value)
    return query


def since(
    declared: UpdatedSince,
    instant: datetime | str | int,
    *,
    form: str | None = None,
    zone: tzinfo | None = None,
    post: bool = False,
) -> Query | None:
    """What changed since an instant, in the profile's form; None where the profile knows no way.

    A text or number is sent as it is (a record's own timestamp, or nonsense on purpose). `form` overrides the declared format; `zone` is what
    timestamps without a zone are meant in; with `post` a template goes into the body.
    """
    value = instant if isinstance(instant, str | int) else written(instant, form or declared.format or "rfc3339", zone)
    query = Query(operation=declared.operation)
    if declared.query:
        template = filled(declared.query, value)
        if post:
            query = query | Query(body=template)
        else:
            query = query | Query(tuple(pair for name, below in template.items() for pair in brackets(name, below)))
    elif declared.param is not None:
        query = query | _placed(declared.param, value)
    else:
        return None
    for name, beside in declared.together_with.items():
        query = query | (Query(body={name: beside}) if post else Query(brackets(name, beside)))
    return query


def written(instant: datetime, form: str, zone: tzinfo | None = None) -> str | int:
    """An aware instant in one of the profile's formats: rfc3339, epoch_s, epoch_ms, date, naive. Raises ValueError for another name."""
    local = instant.astimezone(zone or UTC)
    if form == "rfc3339":
        return _iso(instant.astimezone(UTC)) + "Z"
    if form == "epoch_s":
        return int(instant.timestamp())
    if form == "epoch_ms":
        return int(instant.timestamp() * 1000)
    if form == "date":
        return date(local.year, local.month, local.day).isoformat()
    if form == "naive":
        return _iso(local)
    raise ValueError(form)


def _iso(instant: datetime) -> str:
    """Without a zone; fractions only where there are any, milliseconds where they suffice."""
    precision = (
        "seconds" if not instant.microsecond else "microseconds" if instant.microsecond % 1000 else "milliseconds"
    )
    return instant.replace(tzinfo=None).isoformat(timespec=precision)


def filled(template: Any, value: str | int) -> Any:
    """The template with `{since}` replaced in every text; a text that is nothing else becomes the value itself, numbers stay numbers."""
    if isinstance(template, str):
        return value if template == SINCE else template.replace(SINCE, str(value))
    if isinstance(template, Mapping):
        return {key: filled(below, value) for key, below in template.items()}
    return [filled(one, value) for one in template] if isinstance(template, list) else template
