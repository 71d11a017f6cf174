"""The first page: what it says, in whose words, and what adds up."""

from __future__ import annotations

import msgspec
import pytest
from sample import RESULTS, alternative, bare, ready, result, sample, step

from checker.model.audit import Audit, SyncMode
from checker.model.finding import Answer
from checker.reports.book import Book, open_book
from checker.reports.front import Front, front
from checker.reports.matrix import matrices
from checker.reports.words import Words, phrases


def page(audit: Audit, language: str = "en") -> Front:
    """The first page of an audit."""
    return front(open_book(audit, language))


def changed(audit: Audit, **more: object) -> Audit:
    """The audit with some fields replaced."""
    return msgspec.structs.replace(audit, **more)


def test_every_phrase_is_there_in_both_languages() -> None:
    """No reader meets an empty place or the other language's words, and both fill the same placeholders."""
    import re

    for key, text in phrases().items():
        assert text.en, key
        assert text.de, key
        assert set(re.findall(r"\{\w+\}", text.en)) == set(re.findall(r"\{\w+\}", text.de)), key


def test_phrases_for_one_have_their_phrase_for_many() -> None:
    """Whatever can be counted reads well for one and for several."""
    ones = {key.removesuffix(".one") for key in phrases() if key.endswith(".one")}
    assert ones == {key.removesuffix(".many") for key in phrases() if key.endswith(".many")}


def test_german_page_says_nothing_in_english() -> None:
    """Findings, next steps and questions come from the texts, never from the English renderings beside them."""
    from checker.reports import render

    for format_ in ("terminal", "html"):
        text = render(sample(), format_, "de")
        assert "says of" not in text
        assert "summary of" not in text


def test_numbers_and_dates_are_the_readers() -> None:
    """1.152 and 04.12.2026 in German, 1,152 and 4 Dec 2026 in English."""
    assert Words("de").number(1152.0) == "1.152"
    assert Words("en").number(1152.5) == "1,152.5"
    assert Words("de").date("2026-12-04") == "04.12.2026"
    assert Words("en").date("2026-12-04") == "4 Dec 2026"
    assert Words("de").instant("2026-11-27T16:40:00+01:00") == "27.11.2026 15:40 UTC"
    assert Words("de").date("demnächst\x1b") == "demnächst\\u{1b}"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.05, "3 seconds"), (1, "1 minute"), (11, "11 minutes"), (60, "1 hour"), (1440, "24 hours"), (1450, "24 h 10 min"), (0, "0 minutes")],
)  # fmt: skip
def test_ages_are_said_as_people_say_them(minutes: float, said: str) -> None:
    """Seconds, minutes, hours."""
    assert Words("en").age(minutes) == said


def test_verdict_says_what_blocks_and_the_longest_way() -> None:
    """The headline counts the causes and names what takes longest, with the date that it has to be there."""
    told = page(sample())
    assert (told.verdict.state, told.verdict.word) == ("not-ready", "Not yet ready for go-live.")
    assert told.sentences[0] == "4 items block."
    assert "usually 20 days" in told.sentences[1]
    assert told.sentences[2] == "If it does not begin by 12 Jan 2027, 1 Feb 2027 can’t be held."


def test_go_live_that_is_too_near_is_said_to_be() -> None:
    """A way of 20 days begun today ends after a go-live in ten: the page says so instead of naming a day in the past."""
    told = page(changed(sample(), go_live="2026-12-07"))
    assert told.sentences[2] == "Begun today, it takes until 17 Dec 2026: 7 Dec 2026 can’t be held."


def test_without_go_live_no_date_is_threatened() -> None:
    """Nothing can be held or missed where no go-live is planned."""
    assert not any("2027" in one for one in page(changed(sample(), go_live=None)).sentences)


def test_items_with_the_same_bad_finding_are_one_cause() -> None:
    """The ERP that does not answer is told once, though two items stumble over it, and says what it holds up."""
    first = page(sample()).blockers[0]
    assert {one.item for one in first.results} >= {"firewall-ip-allowlist", "test-system-available"}
    assert first.effect == "holds up 3 items · Your IT, by 4 Dec 2026"


def test_at_most_five_causes_then_and_more() -> None:
    """The page lists five and counts the rest."""
    more = tuple(result(f"extra-{n}", "pair", "not-ready", severity="blocker", gate="start") for n in range(3))
    blocking = (*sample().verdict.blocking, *(f"{one.item}@pair" for one in more))
    verdict = msgspec.structs.replace(sample().verdict, blocking=blocking)
    told = page(changed(sample(), results=(*RESULTS, *more), verdict=verdict))
    assert len(told.blockers) == 5
    assert told.more_blockers == "and 2 more"
    assert any(cell.more for row in told.gates for cell in row.cells)


def test_a_gate_names_only_causes_of_its_own_and_of_earlier_gates() -> None:
    """Products stumble over the numbers from the build gate on, not before."""
    products = next(row for row in page(sample()).gates if row.flow == "Products")
    assert [3 in cell.numbers for cell in products.cells] == [False, True, True]


def test_open_verdict_lists_what_is_open() -> None:
    """Where nothing is known to block, the page says who still owes an answer, and never "ready"."""
    results = tuple(one for one in RESULTS if one.state != "not-ready")
    verdict = msgspec.structs.replace(sample().verdict, gates={"go-live": "unknown"})
    told = page(changed(sample(), results=results, verdict=verdict))
    assert told.verdict.state == "unknown"
    assert told.sentences[0] == "Nothing known blocks."
    assert not told.known_blockers
    assert any("Your project lead" in one.title for one in told.blockers)


def test_status_adds_up() -> None:
    """The tallies are all items, the waits are all open ones."""
    book = open_book(sample(), "en")
    status = front(book).status
    assert sum(one.n for one in status.tallies) == len(book.rows) == 36
    waiting = sum(int(one.split()[0]) for one in status.waits)
    assert waiting == next(one.n for one in status.tallies if one.mark.state == "unknown")


def test_same_step_for_several_subjects_is_one_step_with_the_earliest_date() -> None:
    """Nobody reads the same sentence twice."""
    same = {
        "state": "not-ready",
        "severity": "blocker",
        "assignee": "it",
        "next_step": step("network.tcp", address="a", port=1),
    }
    results = (result("x", "crm", due="2026-12-09", **same), result("x", "erp", due="2026-12-04", **same))
    (group,) = page(changed(sample(), results=results)).tasks.groups
    assert group.who == "Your IT"
    assert [(one.what, one.due) for one in group.tasks] == [
        ("CRM, ERP: Allow our address a on port 1 (form enclosed)", "4 Dec 2026")
    ]


def test_open_questions_are_counted_per_person_not_listed() -> None:
    """The project lead reads one line for four questions."""
    lead = next(one for one in page(sample()).tasks.groups if one.who == "Your project lead")
    assert [one.what for one in lead.tasks] == [
        "answer 4 open questions (about 10 minutes, answers go into answers.yaml)"
    ]


def test_we_come_last_and_minor_steps_stay_off_the_page() -> None:
    """The customer's steps stand first; what does not count for a gate stands with its item only."""
    groups = page(sample()).tasks.groups
    assert groups[-1].who == "We"
    assert not any(one.who.endswith("vendor") for one in groups)


def test_sync_lines_are_one_per_direction_and_mode() -> None:
    """Three flows with events are one line; the flows are named only where the direction has several modes."""
    lines = page(sample()).sync.lines
    assert [(one.direction, one.flows) for one in lines] == [
        ("CRM → ERP", ""),
        ("ERP → CRM", "Companies, Contacts"),
        ("ERP → CRM", "Products"),
    ]


def test_sum_is_shown_term_by_term_with_what_is_too_much() -> None:
    """The reader can add it up: 1,152 + 310 + 890, times 1.1, is 87 above the share."""
    table = page(sample()).sync.table
    assert table is not None
    assert table.rows[0].terms == ("1,152", "310", "890")
    assert (table.rows[0].total, table.rows[0].mark.word) == ("2,587", "87 too many")
    assert table.rows[1].mark.word == "78 % of the share"


def test_unknown_quota_is_open_not_fitting() -> None:
    """Where no quota is known, no alternative is said to fit."""
    flow = sample().sync_mode.flows[1]
    unknown = msgspec.structs.replace(alternative(5, 1152, 2587, fits=True), fits=None)
    mode = SyncMode(
        headline=None,
        provisional=True,
        flows=(msgspec.structs.replace(flow, mode=None, alternatives=(unknown,), arithmetic={}),),
    )
    told = page(changed(sample(), sync_mode=mode)).sync
    assert told.lines[0].mode == "None recommended yet"
    assert told.table is not None
    assert told.table.rows[0].mark.state == "unknown"


def rows(book: Book, name: str) -> dict[str, tuple[str, str, str, str]]:
    """A resource's capabilities as the page shows them."""
    one = next(one for one in matrices(book) if one.name == name)
    return {
        row.capability: (row.declared.mark.word, row.observed.mark.word, row.needed.mark.word, row.warning)
        for row in one.rows
    }


def test_matrix_tells_declared_observed_and_needed_apart() -> None:
    """The document's word, what was seen, and the flows' need stand side by side."""
    contacts = rows(open_book(sample(), "en"), "CRM contacts")
    assert contacts["Changed since"] == ("yes", "yes", "needed", "")
    assert contacts["Paging"] == ("yes", "no", "needed", "gap")
    assert contacts["Sort"] == ("open", "not looked at", "helpful", "")


def test_needed_operation_that_the_document_lacks_is_a_gap() -> None:
    """Orders must be updated in the ERP, which has no operation for it."""
    assert rows(open_book(sample(), "en"), "ERP orders")["Update"][3] == "gap"


def test_simulated_observation_says_so() -> None:
    """What a stand-in showed is never shown as tested."""
    one = next(one for one in matrices(open_book(sample(), "en")) if one.name == "CRM products")
    assert one.rows[0].observed.detail == "simulated"


def test_ready_and_bare_audits_have_a_page() -> None:
    """Nothing to say is no reason to fail."""
    assert page(ready()).verdict.state == "ready"
    assert page(bare()).gates[0].flow == "All flows"


def test_failed_check_is_ours_and_never_the_systems() -> None:
    """An error is told as ours (report-and-words.md, section 3)."""
    book = open_book(sample(), "en")
    failed = next(one for one in book.audit.findings if one.answer == Answer.ERROR)
    assert "ours, not yours" in book.sentence(failed)


def test_the_vendor_is_asked_by_whoever_looks_after_the_system() -> None:
    """A vendor doesn't read this report: the customer's people put the question."""
    names = open_book(sample(), "de").names
    assert names.acts("vendor", "erp") == "Ihre ERP-Betreuung"
    assert names.acts("it", "erp", "answers:vendor") == "Ihre ERP-Betreuung"
    assert names.acts("it", "erp", "us:touch") == "Wir"
