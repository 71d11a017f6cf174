"""The rehearsal in the reports: what was done, what happened, what is to be decided, in the reader's language."""

from __future__ import annotations

import re

import msgspec
import pytest
from sample import played, sample

from checker.catalogue.rehearsal_texts import rehearsal_texts, said, tell
from checker.model.audit import Audit, Rehearsal, RehearsalStep, Said, StepOutcome
from checker.model.text import PLACEHOLDER
from checker.reports import render
from checker.reports.book import open_book
from checker.reports.rehearsal import RehearsalView, rehearsal_view
from checker.reports.words import phrases

NOT_GERMAN = re.compile(
    r"\b(Sandbox|Rehearsal|Flow|Mapping|Sync|Owner|Gate|Matching|Master|Record|Update|Create|Link)\b"
)
SITUATIONS = (
    "first-load", "second-run-idle", "change-left", "change-right", "different-fields", "same-field",
    "refused-value", "other-side-down", "deleted-record", "one-key-twice", "clean-up",
)  # fmt: skip


def rehearsed(*steps: RehearsalStep) -> Audit:
    """The sample with these situations only."""
    return msgspec.structs.replace(sample(), rehearsal=Rehearsal(steps=steps), phases=("look",))


def view(audit: Audit, language: str = "en") -> RehearsalView:
    """What the report says of the audit's rehearsal."""
    found = rehearsal_view(open_book(audit, language))
    assert found is not None
    return found


def test_every_sentence_is_there_in_both_languages_with_the_same_values() -> None:
    """No reader meets an empty place, the other language's words, or a word that the glossary rules out."""
    for code, text in rehearsal_texts().items():
        assert text.en, code
        assert text.de, code
        assert text.en != text.de, code
        assert set(PLACEHOLDER.findall(text.en)) == set(PLACEHOLDER.findall(text.de)), code
        assert not NOT_GERMAN.search(text.de), code
        assert text.de.count("„") == text.de.count("“"), code


def test_every_situation_and_outcome_has_its_name() -> None:
    """Nothing is shown under its code."""
    named = {key.removeprefix("rehearsal-step.") for key in phrases() if key.startswith("rehearsal-step.")}
    assert named == set(SITUATIONS)
    assert {key.removeprefix("outcome.") for key in phrases() if key.startswith("outcome.")} == set(StepOutcome)


def test_situations_stand_by_flow_in_the_order_played_and_are_counted() -> None:
    """The reader finds each flow by itself, with its route, and the sum above."""
    shown = view(sample())
    assert [(one.flow, one.route, len(one.rows)) for one in shown.flows] == [
        ("Companies", "CRM ⇄ ERP", 2),
        ("Contacts", "CRM ⇄ ERP", 8),
        ("Products", "CRM ← ERP", 1),
        ("All flows", "", 1),
    ]
    assert shown.summary == "✔ 7 passed · ✖ 1 failed · ◐ 2 decision needed · – 1 not possible here · ? 1 open"


def test_a_change_names_the_system_that_was_changed() -> None:
    """Nobody has to know which side is left: the situation is called "Change in CRM"."""
    rows = {one.name for one in view(sample()).flows[1].rows}
    assert {"Change in CRM", "Change in ERP"} <= rows


def test_saved_rehearsal_is_told_in_another_language() -> None:
    """Systems, policies and reasons come in the reader's words, not in the language of the run."""
    saved = msgspec.json.decode(render(sample(), "json", "en").encode(), type=Audit)
    row = view(saved, "de").flows[0].rows[0]
    assert "CRM: 1" in row.did
    assert "„eine Person fragen“" in row.happened
    assert row.decide.startswith("Wer entscheidet, welche neuen Datensätze aus CRM in ERP")


def test_what_passed_is_one_line_and_what_needs_somebody_is_told_whole() -> None:
    """The terminal stays short: five passed situations are five names; a decision is asked with what led to it."""
    text = render(sample(), "terminal", "en")
    assert "✔ passed: First load, Change in CRM, Change in ERP, Different fields on both sides" in text
    assert "To be decided: Which side is right" in " ".join(text.split())


def test_a_situation_that_passed_with_a_question_is_not_folded_away() -> None:
    """A refused value that was listed as it should be still asks who corrects it."""
    rows = {one.name: one for one in view(sample()).flows[1].telling}
    assert rows["Refused value"].outcome is StepOutcome.PASS
    assert rows["Refused value"].decide


@pytest.mark.parametrize("language", ["en", "de"])
def test_sentence_of_a_later_version_is_told_as_that_version_told_it(language: str) -> None:
    """An audit saved by a newer version opens: its English rendering stands where we have no words."""
    later = played("first-load", "pass", Said(code="of-a-later-version", values={}))
    (row,) = view(rehearsed(later), language).flows[0].rows
    assert row.happened == "says of first-load"


def test_without_a_rehearsal_nothing_is_said_of_one() -> None:
    """A look alone has no section that could be taken for a result."""
    for format_ in ("terminal", "html"):
        assert "rehearsal" not in render(rehearsed(), format_, "en").split("<main>")[-1].lower()


def test_unknown_sentence_can_not_be_made() -> None:
    """A code without words is a mistake of ours, found at once."""
    with pytest.raises(KeyError):
        said("no-such-code")
    assert tell(said("idle"), "de") == "Es wurde nichts geschrieben."


def test_what_can_not_occur_is_one_line_unless_nothing_could_be_played() -> None:
    """A one-way flow's three empty situations are three names; a flow of which nothing could be played says why."""
    skip = played("change-left", "skipped", said("skip-one-way", source="crm", target="erp"), flow="products")
    load = played("first-load", "pass", said("arrived", arrived=2, expected=2), flow="products")
    assert view(rehearsed(load, skip)).flows[0].skipped == ("Change in CRM",)
    assert view(rehearsed(load, skip)).flows[0].telling == ()
    assert [one.name for one in view(rehearsed(skip)).flows[0].telling] == ["Change in CRM"]
