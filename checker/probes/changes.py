"""Change detection: what do timestamps say, and does "changed since" leave out the older and keep the boundary?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from checker.model.instants import Instant
from checker.model.profile import UpdatedSince
from checker.probes.base import Told, no, not_applicable, probe, unknown, whether, yes
from checker.probes.contexts import ResourceLook, Walk, evidence_of, walk
from checker.probes.filtering import failing, schema_of
from checker.profiles import languages
from checker.resources.query import brackets, written

FINE = frozenset({"second", "millisecond", "microsecond"})
CLUMP_SHARE = 0.1  # of the records that may share one changed time before a time cursor is in danger
CLUMP_LEAST = 3
SEVERAL = 3  # days that hardly have the same time of day by chance
ENOUGH = 2  # different changed times that a boundary needs
SINCE_PAGES = 10
SHOWN_PAGES = 3  # of an answer to a changed time that is sent back as it was shown
SINCE_RECORDS = 200  # up to which a list of changes is asked for in small pages
NONSENSE = "not-a-date"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # an instant that every system can take


def _stamped(look: ResourceLook) -> list[tuple[dict[str, Any], Instant]]:
    return [(record, instant) for record in look.walk.records if (instant := look.stamp(record)) is not None]


@probe("timestamp.filled", "timestamp.zoned", "timestamp.precise", "timestamp.distinct", scope="resource")
def timestamps(look: ResourceLook) -> Iterator[Told]:
    """Look at the changed times of the records that the walk brought."""
    if not look.readable:
        return
    name = look.profile.fields.updated
    records = look.walk.records
    if name is None or not records:
        for claim in ("timestamp.filled", "timestamp.zoned", "timestamp.precise", "timestamp.distinct"):
            yield unknown(claim, "no-timestamp-field" if name is None else "no-records")
        return
    shown = " + ".join(name) if isinstance(name, list) else name
    stamped = [instant for _, instant in _stamped(look)]
    shared = max(Counter(one.at for one in stamped).values(), default=0)
    forms = sorted({one.form for one in stamped})
    counted = {"filled": len(stamped), "forms": forms, "shared": shared}
    evidence = (*look.walk.evidence, look.counted("timestamps", counted))
    yield whether(
        "timestamp.filled", len(stamped) == len(records), evidence, field=shown, filled=len(stamped), of=len(records)
    )
    if not stamped:
        for claim in ("timestamp.zoned", "timestamp.precise", "timestamp.distinct"):
            yield unknown(claim, "no-timestamp", evidence)
        return
    yield whether("timestamp.zoned", all(one.zoned for one in stamped), evidence, field=shown, format=", ".join(forms))
    precision = _precision(stamped)
    yield whether("timestamp.precise", precision in FINE, evidence, field=shown, precision=precision)
    if len(stamped) < ENOUGH:
        yield unknown("timestamp.distinct", "too-few-records", evidence)
    else:
        clumped = shared >= CLUMP_LEAST and shared > CLUMP_SHARE * len(stamped)
        yield whether("timestamp.distinct", not clumped, evidence, field=shown, shared=shared, of=len(stamped))


def _precision(stamped: Sequence[Instant]) -> str:
    """The finest that a stamp shows: a second that ends in 000 is no proof against milliseconds. Stamps of several days that all show the same
    time of day are days, however they are written.
    """
    days, hours = {one.at.date() for one in stamped}, {one.at.time() for one in stamped}
    if len(hours) == 1 and len(days) >= SEVERAL:
        return "day"
    return max((one.precision for one in stamped), key=("day", "minute", "second", "millisecond", "microsecond").index)


CLAIMS = (
    "updated-since.excludes-older",
    "updated-since.includes-boundary",
    "updated-since.nonsense-refused",
    "updated-since.zone-kept",
    "updated-since.as-shown",
)
JUST_BEFORE = timedelta(seconds=1)  # an instant to ask with whose own record needn't come
EAST = timedelta(hours=5)  # who takes this clock's time for his own asks for a later instant


@probe(*CLAIMS, scope="resource")
def updated_since(look: ResourceLook) -> Iterator[Told]:
    """Ask for what changed since an instant in the middle of the records' own: the older must be missing, the boundary there."""
    if not look.readable:
        return
    declared = look.profile.updated_since
    stamped = _stamped(look)
    reason = None
    if look.resource.since(NONSENSE) is None:
        reason = "not-declared"
    elif look.profile.fields.updated is None:
        reason = "no-timestamp-field"
    elif len({instant.at for _, instant in stamped}) < ENOUGH:
        reason = "too-few-records"
    if reason is not None:
        yield from (unknown(claim, reason) for claim in CLAIMS if claim != "updated-since.nonsense-refused")
        yield _nonsense(look, stamped, declared)
        return
    moments = sorted({instant.at for _, instant in stamped})
    middle = moments[len(moments) // 2]
    asked = _Spelt(declared) if declared.supported is not None or declared.query else _spelt(look, stamped, middle)
    if asked.way is None:
        yield from (unknown(claim, asked.why, asked.evidence) for claim in CLAIMS)
        return
    yield from _boundary(look, stamped, middle, asked.way)
    yield _nonsense(look, stamped, asked.way)


def _nonsense(look: ResourceLook, stamped: list[tuple[dict[str, Any], Instant]], way: UpdatedSince) -> Told:
    query = look.resource.since(NONSENSE, way=way)
    if query is None:
        return unknown("updated-since.nonsense-refused", "not-declared")
    page = look.resource.page(query)
    evidence = evidence_of(page.response)
    if not page.response.ok and not _takes_instants(look, stamped, way):
        # What refuses every instant proves nothing by refusing nonsense: the question was put in a wrong form.
        return unknown("updated-since.nonsense-refused", "refused", evidence, status=page.response.status)
    return whether("updated-since.nonsense-refused", not page.response.ok, evidence, status=page.response.status)


@dataclass(frozen=True, slots=True)
class _Spelt:
    """How changes are asked for; where `way` is None, why it isn't known, and what was asked to find out."""

    way: UpdatedSince | None
    why: str = ""
    evidence: tuple[str, ...] = ()


def _spelt(look: ResourceLook, stamped: list[tuple[dict[str, Any], Instant]], middle: datetime) -> _Spelt:
    """The spelling that works of a filter whose language the document doesn't tell: it brings records, and none of the older."""
    declared, updated = look.profile.updated_since, look.profile.fields.updated
    name = updated[0] if isinstance(updated, list) else updated
    guesses = languages.usual(declared.param, name) if declared.param is not None and name is not None else ()
    evidence: list[str] = []
    refused = True
    shown: UpdatedSince | None = None
    for way in (*(replace(declared, query=one, format=form or declared.format) for one, form in guesses), declared):
        page = look.resource.page(look.resource.since(middle, spelling(way, stamped[0][1]), way))
        evidence += evidence_of(page.response)
        refused = refused and not page.response.ok
        came = [look.stamp(record) for record in page.records]
        if page.response.ok and came and all(one is not None and one.at >= middle for one in came):
            return _Spelt(way)
        as_shown = declared.param is not None and declared.param.means == languages.EXPRESSION
        if shown is None and as_shown and way.query and page.response.ok and came:
            shown = way  # written as the document has it: what it brings counts
    if shown is not None:
        return _Spelt(shown)
    return _Spelt(None, "refused" if refused else "language-unknown", tuple(evidence))


def _takes_instants(look: ResourceLook, stamped: list[tuple[dict[str, Any], Instant]], way: UpdatedSince) -> bool:
    """Whether the list answers to a sensible instant in the form in which the boundary is asked."""
    form = spelling(way, stamped[0][1]) if stamped else way.format
    query = look.resource.since(LONG_AGO, form, way)
    return query is not None and look.resource.page(query, size=1).response.ok


# How a profile's formats (project file, updated_since.format) are called for the forms in which stamps are seen.
SPELLINGS = {"naive": "naive", "date": "date", "epoch_s": "epoch_s", "epoch_ms": "epoch_ms"}


def spelling(way: UpdatedSince, seen: Instant) -> str:
    """The format to ask in: the one that goes with the way of asking, else the one in which the system writes its own stamps."""
    return way.format or SPELLINGS.get(seen.form, "rfc3339")


def _zone(
    look: ResourceLook,
    stamped: list[tuple[dict[str, Any], Instant]],
    since: datetime,
    wanted: set[str],
    way: UpdatedSince,
) -> Iterator[Told]:
    """Where instants are asked for with their zone: is it heeded?"""
    zoned = spelling(way, stamped[0][1]) == "rfc3339"
    yield _elsewhere(look, since, wanted, way) if zoned else not_applicable("updated-since.zone-kept")


def _elsewhere(look: ResourceLook, since: datetime, wanted: set[str], way: UpdatedSince) -> Told:
    """Whether an instant that the `wanted` records are to be shown for, told by the clock of another zone, is the same one."""
    claim = "updated-since.zone-kept"
    local = f"{str(written(since + EAST, 'rfc3339')).removesuffix('Z')}+05:00"
    answer = walk(look.resource, None, look.resource.since(local, way=way), SINCE_PAGES)
    values = {"param": _named(way), "asked": local}
    refused = answer.pages[0].response
    if not refused.ok:
        declared = schema_of(look, way.param) if way.param is not None else None
        offsets = declared is not None and declared.format == "date-time"  # RFC 3339, which has them
        if offsets and failing(refused) is None and not refused.redirects:  # a redirect may have lost the offset's plus
            return no(claim, answer.evidence, **values, status=refused.status)
        return unknown(claim, failing(refused) or "refused", answer.evidence, **values)
    there = wanted <= _ids(look, answer.records)
    if not there and answer.stop is None:
        return unknown(claim, "budget-used-up", answer.evidence, **values)
    return whether(claim, there, answer.evidence, **values)


def _as_shown(
    look: ResourceLook,
    stamped: list[tuple[dict[str, Any], Instant]],
    middle: datetime,
    way: UpdatedSince,
    known: tuple[str, ...],
) -> Told:
    """Whether a changed time, sent back as a record shows it, is the boundary that it is in the document's form: connectors remember the last one
    that they saw. A no takes two of them. `known`: the evidence of the boundary as it was asked for.
    """
    claim, shown = "updated-since.as-shown", {"param": _named(way), "form": stamped[0][1].form}
    later = [one for one in stamped if one[1].at > middle]
    at_middle = next(one for one in stamped if one[1].at == middle)
    evidence: tuple[str, ...] = ()
    answered = []
    for record, instant in (at_middle, *later[:1]):
        raw = look.raw_stamp(record)
        if not isinstance(raw, str | int):
            return not_applicable(claim)  # a day and an hour in two fields
        query = look.resource.since(raw, way=way)
        if query == look.resource.since(instant.at, spelling(way, instant), way):
            return yes(claim, evidence or known, **shown)  # what was asked before
        answer = walk(look.resource, None, query, SHOWN_PAGES)
        evidence += answer.evidence
        first = answer.pages[0].response
        if not first.ok:  # whoever sends it will notice
            return unknown(claim, failing(first) or "refused", evidence, **shown)
        answered.append(_kept(look, answer, look.asked.id_of(record), instant.at))
        if answered[-1]:
            break
    if len(set(answered)) == 1 and (answered[0] or len(answered) > 1):
        return whether(claim, answered[0], evidence, **shown)
    return unknown(claim, "inconclusive", evidence, **shown)


def _kept(look: ResourceLook, answer: Walk, boundary: str | None, at: datetime) -> bool:
    """Whether an answer has nothing older, and, where it came to its end, the record on the boundary."""
    older = any(stamp is not None and stamp.at < at for stamp in map(look.stamp, answer.records))
    return not older and (not answer.ended or boundary in _ids(look, answer.records))


def _ids(look: ResourceLook, records: Iterable[dict[str, Any]]) -> set[str]:
    return {found for record in records if (found := look.asked.id_of(record)) is not None}


def _named(way: UpdatedSince) -> str | None:
    """The parameters that a query for changes sets."""
    if (way.operation or "").startswith("POST"):
        return ", ".join(way.query) or (way.param.name if way.param else None)
    named = dict.fromkeys(name for key, below in way.query.items() for name, _ in brackets(key, below))
    return ", ".join(named) or (way.param.name if way.param else None)


def _boundary(
    look: ResourceLook, stamped: list[tuple[dict[str, Any], Instant]], middle: datetime, way: UpdatedSince
) -> Iterator[Told]:
    shown = {"param": _named(way)}
    expected = sum(instant.at >= middle for _, instant in stamped)
    # Two pages and a bit: some servers forget the filter behind the first.
    size = max(1, expected // 2) if look.profile.pagination.style != "none" and expected <= SINCE_RECORDS else None
    answer: Walk = walk(
        look.resource, size, look.resource.since(middle, spelling(way, stamped[0][1]), way), SINCE_PAGES
    )
    first = answer.pages[0]
    if not first.response.ok:
        for claim in ("updated-since.excludes-older", "updated-since.includes-boundary"):
            yield unknown(claim, "refused", answer.evidence, **shown)
        return
    got = [(record, look.stamp(record)) for record in answer.records]
    older = [record for record, instant in got if instant is not None and instant.at < middle]
    instant_text = middle.isoformat()
    if not got:
        # A filter that leaves nothing looks like "nothing changed": the positive control failed, so nothing follows for older records.
        yield unknown("updated-since.excludes-older", "empty-answer", answer.evidence, **shown)
        yield no("updated-since.includes-boundary", answer.evidence, **shown, boundary=instant_text)
        return
    yield whether(
        "updated-since.excludes-older", not older, answer.evidence, **shown, older=len(older), since=instant_text
    )
    if older:
        yield unknown("updated-since.includes-boundary", "filter-ignored", answer.evidence, **shown)
        return
    there = _ids(look, (record for record, _ in got))
    at_boundary = _ids(look, (record for record, instant in stamped if instant.at == middle))
    if not at_boundary or (answer.stop is None and not at_boundary <= there):
        yield unknown(
            "updated-since.includes-boundary",
            "no-id" if not at_boundary else "budget-used-up",
            answer.evidence,
            **shown,
        )
    elif not at_boundary <= there:
        yield no("updated-since.includes-boundary", answer.evidence, **shown, boundary=instant_text)
        before = middle - JUST_BEFORE
        control = walk(look.resource, None, look.resource.since(before, spelling(way, stamped[0][1]), way), SINCE_PAGES)
        if at_boundary <= _ids(look, control.records):
            yield from _zone(look, stamped, before, at_boundary, way)
        else:  # it leaves out more than the boundary, in any zone
            yield unknown("updated-since.zone-kept", "inconclusive", control.evidence)
    else:
        later, evidence = _left_out(look, stamped, middle, there) if answer.ended else (None, ())
        at = later.isoformat() if later is not None else instant_text
        answered = (*answer.evidence, *evidence)
        yield whether("updated-since.includes-boundary", later is None, answered, **shown, boundary=at)
        yield from _zone(look, stamped, middle, at_boundary, way)
        yield _as_shown(look, stamped, middle, way, answer.evidence)


def _left_out(
    look: ResourceLook, stamped: list[tuple[dict[str, Any], Instant]], since: datetime, there: set[str]
) -> tuple[datetime | None, tuple[str, ...]]:
    """When a record was changed that the whole answer leaves out, though it is there and was changed later; None where none is."""
    missing = [
        (known, instant.at)
        for record, instant in stamped
        if instant.at > since and (known := look.asked.id_of(record)) is not None and known not in there
    ]
    whole = look.walk.ended and len(_ids(look, look.walk.records)) == look.walk.total
    if (
        not missing or not whole or look.profile.operations.read is None
    ):  # a list that loses records does so with any query
        return None, ()
    known, at = missing[0]
    single = look.resource.read(known)  # somebody may have deleted it meanwhile
    still = look.stamp(single.record) if single.record is not None else None
    return (at if still is not None and still.at == at else None), evidence_of(single.response)
