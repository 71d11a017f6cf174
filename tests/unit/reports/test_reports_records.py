"""What the records say, as it is drawn. Mutants: 100 % of not quite all, a picture without its reason, a number that stands in the picture only."""

from __future__ import annotations

import re

import msgspec
import pytest
from hostile import PAYLOADS
from sample import FIGURES, READ, sample
from test_reports_html import skeleton

from checker.model.figures import (
    FieldFigures,
    FlowFigures,
    RecordFigures,
    ResourceFigures,
    SideFigures,
    TimeFigures,
)
from checker.reports import load_audit, render
from checker.reports.html import render_records
from checker.reports.records import FlowRecords, records_view
from checker.reports.words import Words

EN, DE = Words("en"), Words("de")


def drawn(figures: RecordFigures, words: Words = EN) -> FlowRecords:
    """The first flow."""
    return records_view(figures, words)[0]


def one_flow(side: SideFigures, resource: ResourceFigures, missing: str | None = None) -> RecordFigures:
    """A flow of which both sides are alike."""
    made = FlowFigures(flow="contacts", direction="both", left=side, right=side, missing=missing)
    return RecordFigures(sources={"crm/contacts": resource}, flows=(made,))


def test_every_number_of_the_bars_stands_in_the_table_too() -> None:
    """Exact numbers beside the picture, in the reader's spelling; links by key beneath; classes that neither side has are left out."""
    overlap = drawn(FIGURES, DE).overlap
    assert [(one.name.split(":")[0], one.left, one.right) for one in overlap.lines] == [
        ("alle", "1.250", "1.400"),
        ("verknüpft", "1.000", "1.000"),
        ("über email", "980", "980"),
        ("über last_name + first_name", "20", "20"),
        ("mehrdeutig", "12", "14"),
        ("unbrauchbar", "3", "0"),
        ("ohne Gegenstück, auf der anderen Seite anzulegen", "0", "386"),
        ("ohne Gegenstück, anzulegen, wenn eine Person zustimmt", "85", "0"),
        ("ohne Gegenstück, bleiben wie sie sind (Filter, Richtung oder Regel)", "150", "0"),
    ]
    assert overlap.bars[0].says.startswith("1.000 verknüpft, 12 mehrdeutig, 3 ohne Schlüssel")


def test_both_bars_have_one_scale_that_ends_with_the_larger_side() -> None:
    """The same number of links is the same length on both sides."""
    ours, theirs = drawn(FIGURES).overlap.bars
    assert ours.segments[0].width == theirs.segments[0].width == "71.43%"
    assert theirs.segments[-1].x == "72.43%"


@pytest.mark.parametrize(
    ("flow", "told"),
    [
        (1, "No picture: the system sends canned examples and keeps no records, so nothing can be proven with it."),
        (
            2,
            "No picture: not all of the records were read. CRM companies: only 5,000 records were read, of 5,200.",
        ),
    ],
)
def test_where_no_overlap_can_be_told_the_reason_stands_in_its_place(flow: int, told: str) -> None:
    """A mock proves nothing, and what was not read can't be missing."""
    overlap = records_view(FIGURES, EN)[flow].overlap
    assert (overlap.why, overlap.bars, overlap.lines) == (told, (), ())


def test_a_hundred_percent_are_all_and_nothing_is_none() -> None:
    """1,099 of 1,100 are not rounded up to all, 2 of 1,100 not down to none."""
    shares = [one.share for one in drawn(FIGURES).sides[0].fields]
    assert shares == ["> 99 %", "100 %", "< 1 %", "0 %"]


def test_a_field_says_whether_it_is_a_key_or_demanded() -> None:
    """With the number of the key, for several fields may be one; a field of the record around is told in words."""
    ours, theirs = drawn(FIGURES).sides
    assert [one.notes for one in ours.fields[:3]] == [("key 1",), ("key 2", "required in ERP"), ()]
    assert theirs.fields[1].name == "nr of the record around"
    assert [(one.name, one.share) for one in ours.refused] == [
        ("nachname", "3 of 1,100"),
        ("plz of the record around", "1 of 1,100"),
    ]
    assert theirs.refused_says == "By its document, CRM would refuse none of these values."


def test_what_is_not_drawn_is_counted() -> None:
    """Of many fields the emptiest are drawn, of many refused ones the worst; the rest is said."""
    flows = records_view(FIGURES, EN)
    assert flows[1].sides[0].more_fields == "1 more field, filled to 40 %, is not drawn."
    assert flows[2].sides[1].refused_says == "and 3 more fields"


def test_every_figure_names_its_source() -> None:
    """How many records, from where, when; how many of them the flow is about."""
    ours, theirs = drawn(FIGURES).sides
    assert ours.source == (
        "1,250 records, test system, 27 Nov 2026 15:31 UTC. The flow’s filter lets 1,100 of them pass; the fields are counted over these."
    )
    assert theirs.source == (
        "1,190 records, kunden.csv (CSV, utf-8), 25 Nov 2026 08:00 UTC. In them: 1,400 records of this flow."
    )


def test_the_timeline_says_in_words_what_it_shows() -> None:
    """Unit, span, peak; clumps, and what lies outside of the picture."""
    updated, created = drawn(FIGURES, DE).sides[0].times
    assert updated.says == "13 Datensätze nach Tagen, 20.11.2026 bis 27.11.2026; am meisten: 20.11.2026 (12)."
    assert updated.notes == ("4 Datensätze sind älter, als das Bild zeigt.",)
    assert created.says.startswith(
        "1.243 Datensätze nach Monaten, Nov. 2024 bis Nov. 2026; am meisten: Feb. 2025 (1.100)"
    )
    assert created.notes[0].startswith("● 1.031 Datensätze tragen genau dieselbe Zeit, 03.02.2025 02:00 UTC")
    assert len(created.marks) == 1


@pytest.mark.parametrize(
    ("resource", "side", "told"),
    [
        (ResourceFigures(source="sandbox", at=READ), SideFigures(reference="crm/contacts"), "the list has no records"),
        (ResourceFigures(source="sandbox", at="", missing="unreachable"), SideFigures(reference="crm/contacts"), "the system could not be reached"),
        (ResourceFigures(source="sandbox", at=READ, records=2), SideFigures(reference="crm/contacts", records=2), "no record passes the flow’s filter"),
        (ResourceFigures(source="sandbox", at=READ), SideFigures(reference="erp/elsewhere"), "the probe did not come to this question"),
    ],
)  # fmt: skip
def test_a_side_without_records_says_why(resource: ResourceFigures, side: SideFigures, told: str) -> None:
    """Nothing was read, nothing is there, or nothing is meant."""
    assert drawn(one_flow(side, resource, "no-records")).sides[0].why == f"No picture: {told}."


def test_one_record_is_told_as_one() -> None:
    """In the bar, in its source, on the axis."""
    side = SideFigures(
        reference="crm/contacts",
        records=1,
        wanted=1,
        linked=1,
        fields=(FieldFigures(name="email", filled=1, distinct=1),),
    )
    times = (TimeFigures(role="created", name="at", counts={"2026-11-27": 1}),)
    view = drawn(one_flow(side, ResourceFigures(source="sandbox", at=READ, records=1, times=times)))
    assert view.overlap.bars[0].total == "1 record"
    assert view.overlap.bars[0].segments[0].width == "100%"
    assert view.sides[0].source == "1 record, test system, 27 Nov 2026 15:31 UTC."
    assert view.sides[0].times[0].says == "1 record, of 27 Nov 2026."
    assert view.sides[0].times[0].last == ""


def test_without_a_known_field_the_timeline_says_so() -> None:
    """The role was not found."""
    side = SideFigures(reference="crm/contacts", records=1, wanted=1)
    found = drawn(one_flow(side, ResourceFigures(source="sandbox", at=READ, records=1))).sides[0]
    assert found.times_why == "No picture: no field is known that says when a record was created or changed."


def test_an_audit_of_an_older_version_has_no_such_section() -> None:
    """What was saved without these figures is rendered as before, without an empty heading or a link to nowhere."""
    older = msgspec.json.decode(render(sample(), "json", "en"))
    del older["records"]
    page = render(load_audit(msgspec.json.encode(older)), "html", "en")
    assert 'id="records"' not in page
    assert "#records" not in page


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_of_its_own_is_one_harmless_file(language: str) -> None:
    """The same section under its own heading: no script, no style of an element, nothing to load, each link has its target."""
    page = render_records(FIGURES, "Muster GmbH", READ, "0.1.0", language)
    assert "<h1>CRM ↔ ERP</h1>" in page
    assert not re.search(r"<(script|link|img|iframe|object|form|base)\b|\sstyle=|\son\w+=|\ssrc=|url\(|@import", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    named = re.findall(r'(?:aria-labelledby|aria-describedby)="([^"]+)"', page)
    assert {*named, *re.findall(r'href="#([^"]+)"', page)} <= {*ids}


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_name_becomes_structure(payload: str) -> None:
    """Names of flows, fields, files and projects, and the audit's own keys, are shown as text (acceptance C29)."""

    def page(text: str) -> str:
        field = FieldFigures(name=text, filled=1, distinct=1, key=1)
        side = SideFigures(reference=f"crm/{text}", records=2, wanted=2, linked=2, fields=(field,), refused={text: 1})
        times = (TimeFigures(role="created", name=text, counts={text: 3, "2026-11": 2}),)
        flow = FlowFigures(flow=text, direction=text, left=side, right=side)
        source = ResourceFigures(source=text, at=text, records=2, times=times)
        figures = RecordFigures(
            sources={f"crm/{text}": source}, flows=(flow, msgspec.structs.replace(flow, missing=text))
        )
        return render_records(figures, text, text, text, "de")

    assert skeleton(page(payload)) == skeleton(page("y" * len(payload)))
    assert not set(page(payload)) & {"\u202e", "\u2066", "\x00", "\x1b", "\ud800", "\u2028"}
