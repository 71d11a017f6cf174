"""Filters: does the server really narrow, or does it ignore what it was asked?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from checker.client.messages import Response
from checker.model.api import Operation, Schema
from checker.model.finding import Answer
from checker.model.instants import read_instant
from checker.model.paths import get
from checker.model.profile import Param
from checker.probes.base import Told, no, not_applicable, probe, unknown, whether, yes
from checker.probes.contexts import UNREADABLE, ResourceLook, evidence_of
from checker.probes.listing import SERVER_ERROR, TOO_MANY
from checker.profiles import languages
from checker.profiles.names import words
from checker.resources.query import Query, of_params
from checker.resources.resource import Page

UTC = ZoneInfo("UTC")
TRIES = 4  # filter parameters that are tried
MADE_UP = "readiness_no_such_field"
PLAIN = (str, int, float)
# Words of operators under which another record than one of the same value is no stranger.
OTHER_THAN_EQUAL = frozenset(
    {"after", "before", "between", "empty", "exists", "from", "ge", "greater", "gt", "gte", "isnull", "le", "less", "lt", "lte", "max", "min", "ne", "neq", "nin", "nnull", "not", "null", "since", "to", "until"}
)  # fmt: skip
LONGEST_VALUE = 120  # characters of a value that is asked for

One = tuple[Param, str, Any]


def field_of(param: Param, record: Mapping[str, Any]) -> str | None:
    """The record's field that a filter parameter is about: `email`, `id:in`, `filter[email][_eq]`, `filter[company][country][_eq]`
    (`company.country`, the deepest that the record has), `Filter.Email` of a search's body; None where none fits.
    """
    parts = [one for one in re.split(r"[\[\]:.]+" if param.in_ == "body" else r"[\[\]:]+", param.name) if one]
    for start, part in enumerate(parts):
        if get(record, part) is not None:
            names = (".".join(parts[start:end]) for end in range(len(parts), start, -1))
            return next(name for name in names if get(record, name) is not None)
        held = next((one for one in record if one.partition(".")[2] in (part, f"{part}.data.id")), None)
        if held is not None and record[held] is not None:
            return held  # of a record whose fields an object holds (`attributes.email`)
    return None


def comparable(value: Any) -> str:
    """A value as it is compared with another: without blanks around it and case."""
    return str(value).strip().casefold()


def filters(look: ResourceLook) -> Iterator[One]:
    """(parameter, field, value) that should leave some records out: the value isn't every record's."""
    records = look.walk.records
    for param in look.profile.filtering.params:
        if OTHER_THAN_EQUAL & set(words(param.name)):
            continue
        for record in records:
            name = field_of(param, record)
            value = get(record, name) if name else None
            if (
                name is None
                or not plain(value)
                or (isinstance(value, str) and read_instant(value, UTC) is not None)  # may well mean "since"
            ):
                continue
            if any(comparable(get(other, name)) != comparable(value) for other in records):
                yield param, name, value
                break


def description(look: ResourceLook, param: Param) -> str:
    """What the document says of a filter; empty where it says nothing."""
    operation, schema = taking_filters(look), schema_of(look, param)
    declared = operation.parameter(param.name) if operation is not None and param.in_ != "body" else None
    return " ".join(one.description for one in (declared, schema) if one is not None)


def schema_of(look: ResourceLook, param: Param) -> Schema | None:
    """The values of a filter, as the document describes them."""
    operation = taking_filters(look)
    if operation is None:
        return None
    if param.in_ != "body":
        declared = operation.parameter(param.name)
        return declared.schema if declared is not None else None
    schema = operation.body.schema if operation.body is not None else None
    for part in param.name.split("."):
        schema = schema.properties(variants=True).get(part) if schema is not None else None
    return schema


def taking_filters(look: ResourceLook) -> Operation | None:
    """The operation that takes the filters, as the document describes it."""
    operations, api = look.profile.operations, look.system.api
    key = look.profile.filtering.operation or operations.list or operations.search
    return api.operation(key) if api is not None and key else None


def plain(value: Any) -> bool:
    """Whether a value can be asked for: a text or number, neither empty nor long."""
    return isinstance(value, PLAIN) and not isinstance(value, bool) and 0 < len(str(value)) <= LONGEST_VALUE


@probe("filter.honoured", "filter.unknown-refused", "filter.case-known", scope="resource")
def filtering(look: ResourceLook) -> Iterator[Told]:
    """Ask for one record's value: nothing else may come. Ask for it in capitals, where it is a key. Ask by a field that doesn't exist: the server
    should refuse.
    """
    if not look.readable:
        return
    if len(look.walk.records) > 1:
        tried = [(one, _tried(look, *one)) for one in islice(filters(look), TRIES)] or _in_language(look)
        yield _honoured(look, [told for _, told in tried])
        yield _case(look, [one for one, told in tried if told.answer is Answer.YES])
    else:
        yield unknown("filter.honoured", "too-few-records")
        yield unknown("filter.case-known", "too-few-records")
    yield _unknown_refused(look)


def _unknown_refused(look: ResourceLook) -> Told:
    """Every way to filter by what nobody has has to be refused: what passes one over in silence answers with everybody."""
    for query in _made_up(look):
        told = refusal("filter.unknown-refused", look.resource.page(query))
        if told.answer is not Answer.YES:
            break
    return told


def _made_up(look: ResourceLook) -> Iterator[Query]:
    """Filters by a field that nobody has: in a search's body where the others stand there, else plainly in the query, and in `filter[…]` or as the
    document writes conditions.
    """
    params = look.profile.filtering.params
    inside = next((one.name for one in params if one.in_ == "body"), None)
    if inside is not None:
        yield of_params([(Param(name=".".join([*inside.split(".")[:-1], MADE_UP]), in_="body"), "1")])
        return
    yield Query(((MADE_UP, "1"),))
    shown = next((one for one in params if one.means == languages.EXPRESSION), None)
    if shown is not None:
        yield of_params(languages.equal(shown, MADE_UP, "1"))
    bracketed = {one.name.partition("[")[0] for one in params if one.in_ == "query"}
    holder = bracketed.pop() if len(bracketed) == 1 and all("[" in one.name for one in params) else None
    if holder is not None:
        yield Query(((f"{holder}[{MADE_UP}]", "1"),))


def _honoured(look: ResourceLook, told: list[Told]) -> Told:
    """Several parameters are tried: one that brings strangers is a filter that doesn't filter, whatever the others do."""
    if not told:
        return unknown("filter.honoured", "not-declared" if not look.profile.filtering.params else "no-fitting-value")
    return next(one for answer in (Answer.NO, Answer.YES, Answer.UNKNOWN) for one in told if one.answer is answer)


def _in_language(look: ResourceLook) -> list[tuple[One, Told]]:
    """The first usual spelling that finds a record by a key, of a filter with a language of its own; else that none is known to. What was asked
    in a wrong form is no filter that fails.
    """
    params = [one for one in look.profile.filtering.params if languages.takes_conditions(one)]
    key = next(_keys(look), None) if params else None
    if key is None:
        return []
    evidence: tuple[str, ...] = ()
    for param in params:
        for spelt, _ in languages.equal(param, *key):
            told = _tried(look, spelt, *key)
            as_shown = param.means == languages.EXPRESSION  # by the document, so that what it brings counts
            if told.answer is Answer.YES or (as_shown and told.answer is Answer.NO):
                return [((spelt, *key), told)]
            evidence += told.evidence
    shown = {"param": ", ".join(one.name for one in params), "field": key[0]}
    return [((params[0], *key), unknown("filter.honoured", "language-unknown", evidence, **shown))]


def in_language(look: ResourceLook) -> Iterator[One]:
    """Filters by several texts in a language of the list's own, in the spelling in which a key was seen to find its record."""
    for (param, key, value), told in _in_language(look):
        if told.answer is Answer.YES:
            yield param, key, value
            yield from ((languages.likewise(param, key, name), name, held) for name, held in _texts(look, key))


def _texts(look: ResourceLook, but: str) -> Iterator[tuple[str, str]]:
    """Other plain texts of the records, each with a value that not all have; what has a form of its own is written otherwise in some languages."""
    for one in look.profile.schema:
        if one.type != "string" or one.format is not None or one.name == but or "[]" in one.name:
            continue
        held = [
            value for record in look.walk.records if isinstance(value := get(record, one.name), str) and plain(value)
        ]
        if len({comparable(value) for value in held}) > 1 and read_instant(held[0], UTC) is None:
            yield one.name, held[0]


def _keys(look: ResourceLook) -> Iterator[tuple[str, str]]:
    """Fields by which records are looked up, each with a value that not all have."""
    roles, records = look.profile.fields, look.walk.records
    others = {one.field for one in look.profile.relations}  # what stands inside is another record's
    for name in (roles.email, roles.number, roles.vat_id, roles.external_id, roles.name):
        if name is None or name.partition(".")[0] in others:
            continue
        held = [value for one in records if isinstance(value := get(one, name), str) and plain(value)]
        if len({comparable(one) for one in held}) > 1:
            yield name, held[0]


def asked(param: Param, name: str, value: Any) -> Query:
    """The request for a value of a field: by the field's own parameter, or by a condition in a language."""
    if languages.takes_expressions(param) and languages.takes_conditions(param):
        return of_params(languages.equal(param, name, str(value)))
    return of_params([(param, value)])


def narrowed(look: ResourceLook) -> bool:
    """Whether a plain filter of this list narrows it: beside one that does, another kind of filter that fails is a fault of its own."""
    return any(_tried(look, *one).answer is Answer.YES for one in islice(filters(look), TRIES))


def _case(look: ResourceLook, honoured: list[One]) -> Told:
    """Whether case counts in the filter by which a record is looked up before it is created; mail addresses first, of contacts nothing else.

    Numbers and names are compared as they are written, by many for good reason. A mail address is the same one in any case to people and to
    nearly all mail systems (RFC 5321, section 2.4), so that a lookup that misses it makes a second record.
    """
    claim, roles = "filter.case-known", look.profile.fields
    keys = [roles.email, *(() if look.profile.role == "contact" else (roles.vat_id, roles.number, roles.name))]
    known = {
        name: (param, value) for param, name, value in honoured if isinstance(value, str) and other_case(value) != value
    }
    name = next((one for one in keys if one in known), None)
    if name is None:
        return not_applicable(claim)
    param, value = known[name]
    page = look.resource.page(asked(param, name, other_case(value)))
    evidence = evidence_of(page.response)
    values = {"param": param.name, "field": name, "sensitive": not page.records}
    if not page.response.ok:
        return unknown(claim, failing(page.response) or "refused", evidence, param=param.name, field=name)
    if page.records and not any(answers(get(one, name), value) for one in page.records):
        return unknown(claim, "inconclusive", evidence, param=param.name, field=name)
    return whether(claim, not (name == roles.email and values["sensitive"]), evidence, **values)


def other_case(value: str) -> str:
    """A text in capitals, or in small letters where it has no others; letters beyond A to Z stay, since some change with their case (ß, SS)."""
    text = "".join(one.upper() if one.isascii() else one for one in value)
    return text if text != value else "".join(one.lower() if one.isascii() else one for one in value)


def _tried(look: ResourceLook, param: Param, name: str, value: Any) -> Told:
    page = look.resource.page(asked(param, name, value))
    evidence = evidence_of(page.response)
    strangers = [one for one in page.records if not answers(get(one, name), value)]
    values = {
        "param": param.name,
        "field": name,
        "kept": len(page.records),
        "of": len(look.walk.records),
        "strangers": len(strangers),
    }
    if not page.response.ok:
        return unknown("filter.honoured", "refused", evidence, **values)
    if not page.records:  # may be another way of writing the value
        return unknown("filter.honoured", "empty-answer", evidence, **values)
    return whether("filter.honoured", not strangers, evidence, **values)


def answers(held: Any, wanted: Any) -> bool:
    """Whether a record is what was asked for: it has the value, or holds it, for some filters look for parts of texts."""
    return comparable(wanted) in comparable(held)


def refusal(claim: str, page: Page, **values: Any) -> Told:
    """Whether the server refused what it can't know: yes for a refusal, no where it answers all the same; an error of its own is neither."""
    status, evidence = page.response.status, evidence_of(page.response)
    if page.response.ok:
        if page.stop in UNREADABLE:  # some put their refusals into answers of status 200
            return unknown(claim, "unreadable-answer", evidence, status=status, **values)
        return no(claim, evidence, status=status, **values)
    broken = failing(page.response)
    if broken is not None:
        return unknown(claim, broken, evidence, status=status, **values)
    return yes(claim, evidence, status=status, **values)


def failing(response: Response) -> str | None:
    """Why an answer says nothing: the server was broken or overrun (the reason's code); None where it took or refused what was asked."""
    if response.status >= SERVER_ERROR:
        return "server-error"
    return "rate-limited" if response.status == TOO_MANY else None
