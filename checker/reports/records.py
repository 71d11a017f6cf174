"""What the records say: for each flow how both sides meet, how well fields are filled, what would be refused, and when records were changed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.catalogue.words import reasons
from checker.model.figures import (
    FieldFigures,
    FlowFigures,
    RecordFigures,
    ResourceFigures,
    SideFigures,
    TimeFigures,
)
from checker.model.text import fill, safe
from checker.reports import plots
from checker.reports.words import Words

# The classes of a record, in the order of the bar's pieces. Each is a phrase, and a colour of the style sheet.
CLASSES = ("linked", "ambiguous", "keyless", "create", "decide", "stay")
SHOWN_FIELDS = 12  # of a side; keys stand first, then the emptiest
SHOWN_REFUSED = 8
ROLES = ("updated", "created")
PARENT = ".."  # before the name of a field of the record around, as in the project file
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One side's stacked bar: whose it is, its pieces, and the same in a sentence."""

    name: str
    total: str
    segments: tuple[plots.Segment, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the figures beside the bars: its colour (empty: none), what it counts, and both sides' numbers. `under`: a part of the line above."""

    css: str
    name: str
    left: str
    right: str
    under: bool = False


@dataclass(frozen=True, slots=True)
class Overlap:
    """How both sides meet; `why` says it where it can't be told."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """One field: how much of its bar is filled, and how much of that are different values; with the figures as text."""

    name: str
    notes: tuple[str, ...]
    filled: str
    distinct: str
    share: str
    values: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Records over time: columns, marks over clumps, the axis's ends, and what there is to say. `title` names the field."""

    title: str
    columns: tuple[plots.Column, ...]
    marks: tuple[str, ...]
    first: str
    last: str
    most: str
    says: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a flow: where its figures come from, its fields, what would be refused of it, and its records over time."""

    name: str
    source: str
    why: str
    fields: tuple[Gauge, ...]
    more_fields: str
    refused_title: str
    refused: tuple[Gauge, ...]
    refused_says: str
    times: tuple[Timeline, ...]
    times_why: str


@dataclass(frozen=True, slots=True)
class FlowRecords:
    """All that is drawn of a flow."""

    name: str
    route: str
    systems: tuple[str, str]
    overlap: Overlap
    sides: tuple[SideView, SideView]


def records_view(figures: RecordFigures | None, words: Words) -> tuple[FlowRecords, ...]:
    """The flows of which there are figures, in their order; none where no records were read."""
    return tuple(_flow(one, figures, words) for one in figures.flows) if figures is not None else ()


def systems(figures: RecordFigures, words: Words) -> str:
    """Both systems of the flows: CRM ↔ ERP."""
    ends = [end.reference.partition("/")[0] for one in figures.flows for end in (one.left, one.right)]
    return " ↔ ".join(words.system(one) for one in dict.fromkeys(ends))


def _flow(flow: FlowFigures, figures: RecordFigures, words: Words) -> FlowRecords:
    left, right = (words.system(one.reference.partition("/")[0]) for one in (flow.left, flow.right))
    sides = (
        _side(flow.left, _resource(flow.left, figures), words, other=right),
        _side(flow.right, _resource(flow.right, figures), words, other=left),
    )
    return FlowRecords(
        name=words.flow(flow.flow),
        route=words.route(flow.left.reference, flow.right.reference, flow.direction),
        systems=(left, right),
        overlap=_overlap(flow, figures, words),
        sides=sides,
    )


def _resource(side: SideFigures, figures: RecordFigures) -> ResourceFigures | None:
    """The resource whose records a side shows; those inside other records are in its list, too."""
    known = [name for name in figures.sources if side.reference == name or side.reference.startswith(f"{name}.")]
    return figures.sources[max(known, key=len)] if known else None


def _name(side: SideFigures, words: Words) -> str:
    system, _, resource = side.reference.partition("/")
    return f"{words.system(system)} {safe(resource)}"


def _counted(n: int, words: Words) -> str:
    return words.count("records.records", n)


def _reason(code: str, words: Words) -> str:
    text = reasons().get(code)
    return words("records.why", reason=fill(text.of(words.language), {}, words.language) if text else safe(code))


def _overlap(flow: FlowFigures, figures: RecordFigures, words: Words) -> Overlap:
    sides = (flow.left, flow.right)
    if flow.missing is not None:
        parts = [_partly(one, _resource(one, figures), words) for one in sides]
        said = " ".join(one for one in parts if one) if flow.missing == "not-all-read" else ""
        return Overlap((), (), " ".join([_reason(flow.missing, words), *([said] if said else [])]))
    most = max(one.records for one in sides)
    ends = [one.reference.partition("/")[0] for one in sides]
    bars = tuple(
        _bar(one, most, words, other=words.system(end)) for one, end in zip(sides, reversed(ends), strict=True)
    )
    return Overlap(bars, tuple(_lines(flow, words)), "")


def _partly(side: SideFigures, resource: ResourceFigures | None, words: Words) -> str:
    """How much was read of a list that was not read to its end."""
    if resource is None or resource.whole or resource.missing is not None:
        return ""
    return words(
        "records.partly", name=_name(side, words), records=_counted(resource.records, words), all=resource.total
    )


def _bar(side: SideFigures, most: int, words: Words, *, other: str) -> Bar:
    counts = [(name, getattr(side, name)) for name in CLASSES]
    said = ", ".join(f"{words.number(n)} {words(f'records.{name}', system=other)}" for name, n in counts if n)
    return Bar(
        name=_name(side, words),
        total=_counted(side.records, words),
        segments=plots.stacked(counts, most, words.number),
        says=said or words("records.nothing"),
    )


def _lines(flow: FlowFigures, words: Words) -> Iterator[Line]:
    """Exact numbers: all records, then class by class, links by key beneath."""
    left, right = flow.left, flow.right
    yield Line("", words("records.all"), words.number(left.records), words.number(right.records))
    for name in CLASSES:
        ours, theirs = getattr(left, name), getattr(right, name)
        if not (ours or theirs or name == "linked"):
            continue
        yield Line(name, words(f"records.{name}-either"), words.number(ours), words.number(theirs))
        if name == "linked":
            for key in flow.linked_by:
                pairs = words.number(key.pairs)
                yield Line("", words("records.by", by=key.by), pairs, pairs, under=True)


def _side(side: SideFigures, resource: ResourceFigures | None, words: Words, *, other: str) -> SideView:
    missing = resource.missing if resource is not None else "not-settled"
    fields = tuple(_gauge(one, side.wanted, words, other=other) for one in side.fields[:SHOWN_FIELDS])
    times = _times(resource, words)
    return SideView(
        name=_name(side, words),
        source=_source(side, resource, words),
        why=_why(side, missing, words),
        fields=fields,
        more_fields=_more(side.fields[SHOWN_FIELDS:], side.wanted, words),
        refused_title=words("records.refused", system=other),
        refused=tuple(_refused(side, words)),
        refused_says=_refusal(side, words, other=other),
        times=times,
        times_why="" if times or missing else words("records.no-times"),
    )


def _why(side: SideFigures, missing: str | None, words: Words) -> str:
    """Why there are no fields to draw."""
    if missing or not side.records:
        return _reason(missing or "no-records", words)
    return "" if side.wanted else words("records.none-wanted")


def _source(side: SideFigures, resource: ResourceFigures | None, words: Words) -> str:
    """How many records, from where, when, and how many of them the flow is about."""
    if resource is None or resource.missing is not None:
        return ""
    source = words.known(f"records.source.{resource.source}", resource.source)
    said = [
        words("records.from", records=_counted(resource.records, words), source=source, at=words.instant(resource.at))
    ]
    if "[]" in side.reference:
        said.append(words("records.inside", records=_counted(side.records, words)))
    if side.wanted < side.records:
        said.append(words("records.wanted", n=side.wanted))
    if not resource.whole:
        said.append(_partly(side, resource, words))
    return " ".join(said)


def _gauge(one: FieldFigures, records: int, words: Words, *, other: str) -> Gauge:
    notes = [words("records.key", n=one.key)] if one.key is not None else []
    if one.demanded:
        notes.append(words("records.demanded", system=other))
    return Gauge(
        name=_field(one.name, words),
        notes=tuple(notes),
        filled=plots.percent(one.filled, records),
        distinct=plots.percent(min(one.distinct, one.filled), records),
        share=_share(one.filled, records, words),
        values=words.number(one.distinct),
    )


def _field(name: str, words: Words) -> str:
    """A field as the project file names it; one of the record around in words."""
    return words("records.around", name=name.removeprefix(PARENT)) if name.startswith(PARENT) else safe(name)


def _share(part: int, whole: int, words: Words) -> str:
    """A share in percent that is 100 only where all are meant, and 0 only where none is."""
    rounded = round(WHOLE * part / whole) if whole else 0
    if rounded == WHOLE and part < whole:
        return words("records.nearly-all")
    if rounded == 0 and part > 0:
        return words("records.nearly-none")
    return words.percent(part, whole)


def _more(rest: Sequence[FieldFigures], records: int, words: Words) -> str:
    if not rest:
        return ""
    least = min(rest, key=lambda one: one.filled)
    return words.count("records.more-fields", len(rest), share=_share(least.filled, records, words))


def _refused(side: SideFigures, words: Words) -> Iterator[Gauge]:
    worst = sorted((side.refused or {}).items(), key=lambda pair: (-pair[1], pair[0]))
    for name, n in worst[:SHOWN_REFUSED]:
        share = words("records.of", n=n, all=side.wanted)
        yield Gauge(_field(name, words), (), plots.percent(n, side.wanted), "0%", share, "")


def _refusal(side: SideFigures, words: Words, *, other: str) -> str:
    """What there is to say of refused values where no bar is drawn, or more than are."""
    if side.refused is None:
        return ""
    rest = len(side.refused) - SHOWN_REFUSED
    if rest > 0:
        return words.count("records.more-refused", rest)
    return "" if side.refused else words("records.none-refused", system=other)


def _times(resource: ResourceFigures | None, words: Words) -> tuple[Timeline, ...]:
    known = {one.role: one for one in resource.times} if resource is not None else {}
    return tuple(_timeline(known[role], words) for role in ROLES if role in known)


def _timeline(one: TimeFigures, words: Words) -> Timeline:
    counts = plots.units(one.counts)
    title = words(f"records.{one.role}", name=one.name)
    notes = tuple(_time_notes(one, words, drawn=bool(counts)))
    if not counts:
        return Timeline(title, (), (), "", "", "", words("records.no-stamps"), notes)
    most = max(counts, key=lambda key: (counts[key], key))
    first, last = next(iter(counts)), list(counts)[-1]
    marks = dict.fromkeys(where for clump in one.clumps if (where := plots.at(counts, clump.at)) is not None)
    says = words(
        "records.time-says" if last != first else "records.time-says-one", records=_counted(sum(counts.values()), words), unit=words(f"records.by-{_kind(first)}"),
        first=_when(first, words), last=_when(last, words), most=counts[most], peak=_when(most, words),
    )  # fmt: skip
    return Timeline(
        title, plots.columns(counts), tuple(marks), _when(first, words), _when(last, words) if last != first else "", words.number(counts[most]), says, notes
    )  # fmt: skip


def _time_notes(one: TimeFigures, words: Words, *, drawn: bool) -> Iterator[str]:
    for clump in one.clumps:
        at = words.date(clump.at) if len(clump.at) == plots.DAY else words.instant(clump.at)
        yield words("records.clump", n=clump.records, at=at)
    for name in ("without", "earlier", "later"):
        n = getattr(one, name)
        if n and (drawn or name != "without"):
            yield words.count(f"records.{name}", n)


def _kind(key: str) -> str:
    return {plots.DAY: "day", plots.MONTH: "month"}.get(len(key), "year")


def _when(key: str, words: Words) -> str:
    """A day, a month or a year as a reader writes it."""
    if len(key) == plots.DAY:
        return words.date(key)
    return words.month(key) if len(key) == plots.MONTH else key
